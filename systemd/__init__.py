"""The systemd units, shipped in the wheel as ``agent.systemd``: ``followup-agent service install`` writes them."""
