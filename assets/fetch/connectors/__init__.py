"""A connector for each protocol (Eurostat, PxWeb, downloads, pages) and what they share. How HTTP is spoken
belongs to `http`, what becomes of an answer to `acquire`.
"""
