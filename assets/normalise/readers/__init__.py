"""A reader for each wire format, bytes to `SourceTable`, and what they share. What columns and
codes mean belongs to `mapping` and the modules beside it; `formats` says which reader a
descriptor's `format` names.
"""
