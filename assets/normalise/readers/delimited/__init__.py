"""Delimited text of registers to a table of strings. The scanning itself belongs to `assets.csv`."""
