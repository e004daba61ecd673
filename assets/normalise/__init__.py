"""Stage 2, `Snapshot` to frame: readers of wire formats, mapping to our names and codes, flags, geography.

Nothing is judged (`validate`) or written (`publish`) here.
"""
