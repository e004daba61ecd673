"""The workbooks of a dataset: its tables with labels, and what they are, in each language."""
