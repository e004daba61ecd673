"""JSON-stat 2.0: the dataset, its cells read plainly or in spans, and its metadata."""
