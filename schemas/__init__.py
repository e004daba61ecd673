"""What a statistician edits: descriptors, shared fields, code lists, regions. Data only, no code."""
