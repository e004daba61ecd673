"""What keeps the service running on a machine: its processes and their settings."""
