"""What the assets are and do: pure Python over bytes, frames and paths.

Only `factory.py` knows Dagster; when and how runs happen belongs to `orchestration`.
"""
