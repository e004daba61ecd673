"""PX files: keywords, metadata and cells."""
