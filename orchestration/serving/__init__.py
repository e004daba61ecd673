"""The published tree over HTTP: which file an address means (`addresses`), what is said of it (`headers`),
the answers (`app`) and the server around them (`server`). What the files hold belongs to `assets.publish`.
"""
