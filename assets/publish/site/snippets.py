"""Code that loads a table from its address, as the dataset page shows it; a test runs every piece of it.

It is for today's releases of the programs: DuckDB fetches by itself what it reads addresses with.
"""

from collections.abc import Mapping
from typing import Any

from assets.publish.catalogue.packages import file_address


def snippets(dataset: str, entry: Mapping[str, Any], base: str) -> dict[str, str]:
    """Program -> code for one table; `entry` is its CSV resource."""
    csv = file_address(base, dataset, f"{entry['name']}.csv")
    parquet = file_address(base, dataset, f"{entry['name']}.parquet")
    strings = [field["name"] for field in entry["schema"]["fields"] if field["type"] == "string"]
    classes = ", ".join(f'`{name}` = "character"' for name in strings)  # quoted: `break` is a word of R
    types = ", ".join(f'"{name}": str' for name in strings)
    return {
        "Polars": f'import polars as pl\n\ntable = pl.read_parquet("{parquet}")',
        "pandas": (
            f'import pandas as pd\n\ntable = pd.read_csv(\n    "{csv}",\n    dtype={{{types}}},\n'
            '    keep_default_na=False,\n    na_values=[""],\n)'
        ),
        "R": (
            f'table <- read.csv("{csv}",\n  na.strings = "", encoding = "UTF-8", check.names = FALSE,\n'
            f"  colClasses = c({classes}))"
        ),
        "DuckDB": f"SELECT * FROM read_parquet('{parquet}');",
    }
