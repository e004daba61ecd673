"""What no mapping says of registers of projects: a module for each register."""
