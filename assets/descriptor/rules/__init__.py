"""What must hold of a descriptor where JSON Schema cannot say it: a module for each of its parts. What JSON
Schema can say stands in `schemas/profile.json`.
"""
