"""Figures that are not tests: run them by hand, ``python -m benchmarks.first_sync``."""
