"""Whole packages and single files: which files a descriptor may name, each resource, and the report on all.
The verdict on one table belongs to `table_check`.
"""
