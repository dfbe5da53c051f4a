"""The units and the service under a real systemd."""
