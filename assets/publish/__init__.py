"""Stage 4, frames and reports to a release: tables, `datapackage.json`, code lists, the published tree and
its versions.
"""
