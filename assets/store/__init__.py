"""Where snapshots live: single ones by content address (`snapshots`), whole answers as sets (`sets`). What is
asked of a provider, and when, belongs to `fetch`.
"""
