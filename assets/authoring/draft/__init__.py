"""First descriptors, made from what a table says of itself. What a person has to decide stays theirs: a text
or a code that cannot be known is marked as one to be written, and the descriptor's check finds the mark.
"""
