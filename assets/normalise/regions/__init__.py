"""The dated geography that the dataset `regions` publishes: lists, changes, memberships,
territories, shares. Later stages may use it; converting figures by it belongs to `derive`.
"""
