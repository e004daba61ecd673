"""SDMX-CSV 1.0 and 2.0: the message, its records, and the labels in them."""
