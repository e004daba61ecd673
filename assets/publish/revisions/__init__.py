"""What changed between releases: comparison by value, the ledger `revisions` and the walk back
through it, the words of the change.
"""
