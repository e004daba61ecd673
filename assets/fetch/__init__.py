"""Stage 1, source to `Snapshot`: bytes as published with their provenance.

Nothing is parsed into rows here; that is `normalise`.
"""
