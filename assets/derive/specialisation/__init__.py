"""What areas specialise in: quotients with intervals, relatedness, variety, entries, shift and share.

Measures of counts by area and activity belong here; where a programme's participants are to `networks`.
"""
