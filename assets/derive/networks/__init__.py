"""Who works with whom, from registers of projects: members of projects, ties, places of regions, brokers.

Counts, weights and measures of networks belong here; reading registers to `normalise`, placing to `placing`.
"""
