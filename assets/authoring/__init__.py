"""What a person starts from: a first descriptor from a table (`draft`), a first catalogue of their own,
recorded files taken into the store, codes to paste, an example tree.

What one person at a keyboard asks for belongs here; what a run of the pipeline does belongs to the stages.
"""
