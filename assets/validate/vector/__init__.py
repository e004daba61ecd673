"""A field's rules compiled to Polars expressions, over text and over typed columns. Where an
expression cannot decide, the exact readers of `cells` do.
"""
