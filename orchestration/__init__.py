"""When, where and how runs happen: Dagster definitions, jobs, schedules, resources and the command line.

What an asset does belongs to `assets`.
"""
