"""PX files, as PC-Axis and PxWeb write them: keywords, metadata and cells."""
