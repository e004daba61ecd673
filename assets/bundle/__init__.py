"""Makes the bundled snapshots, `assets/snapshots`, from recorded files: for maintainers, and not in
the wheel. What a run does with the bundle belongs to `store` and `fetch`.
"""
