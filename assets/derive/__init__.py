"""What is worked out from normalised tables: figures converted to other classifications, series of one
territory, places of a register's rows, campuses. Reading sources belongs to `normalise`.
"""
