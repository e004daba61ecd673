"""The exact reader of each Table Schema type: one cell in, its value out, as frictionless-py reads it.

These readers judge the few distinct texts that the vectorised pass does not accept, so they may be slow and
must be right. Nothing about frames belongs here.
"""
