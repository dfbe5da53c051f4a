"""Job-interview follow-ups as Gmail drafts. Never sends."""

__version__ = "0.1.0"
