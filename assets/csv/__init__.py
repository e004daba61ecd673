"""Delimited text, read exactly: how it is written, where its records and cells are, and proofs that a fast
reading has the same ones. What the cells mean belongs to the readers of `normalise` and to `validate`.
"""
