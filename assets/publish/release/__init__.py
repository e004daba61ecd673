"""One release of a dataset: its tables, code lists, descriptor and provenance, its version, and the published
tree that it goes into. What changed since the release before belongs to `revisions`.
"""
