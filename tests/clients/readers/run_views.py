"""run_views.py TREE QUERIES: the tree's `innoregio.sql`, then each query of the JSON list; the rows as JSON.

TREE is a folder or an address, with a slash at its end.
"""

import json
import sys
import urllib.request
from pathlib import Path

import duckdb
import duckdb_extension_httpfs

tree, queries = sys.argv[1], json.loads(sys.argv[2])
database = duckdb.connect()
if tree.startswith("http"):
    extension = next(Path(duckdb_extension_httpfs.__file__).parent.rglob("httpfs.duckdb_extension"))
    database.execute(f"LOAD '{extension}'")
    statements = urllib.request.urlopen(f"{tree}innoregio.sql").read().decode()
else:
    statements = Path(tree, "innoregio.sql").read_text("utf-8")
database.execute(f"SET VARIABLE innoregio = '{tree}'")
database.execute(statements)
print(json.dumps([database.execute(query).fetchall() for query in queries], ensure_ascii=False))
