"""Makes the table that validation is measured on: ten columns of every usual kind, any number of rows.

The same bytes for one size. No figure is real. `write_register` leaves `clean.csv`, `clean.parquet`, and
`dirty.csv` with one cell in a thousand of each column broken; `SCHEMA` is what they are checked against.
"""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

COUNTRIES = [f"{a}{b}" for a in "ABCDEF" for b in "VWXYZ"]
REGIONS = [f"{country}{n:03d}" for country in COUNTRIES for n in range(72)]  # 2,160 codes
BROKEN = {  # what stands in every thousandth cell of a dirty table
    "id": "x1",
    "code": "no code",
    "country": "ZZ",
    "nuts": "FI",
    "year": "1999",
    "start": "2020-02-30",
    "end": "soon",
    "budget": "-1",
    "active": "maybe",
    "title": "x" * 200,
}
SCHEMA: dict[str, Any] = {
    "$schema": "https://datapackage.org/profiles/2.0/tableschema.json",
    "missingValues": ["", "NA"],
    "fields": [
        {"name": "id", "type": "integer", "constraints": {"required": True, "minimum": 1}},
        {
            "name": "code",
            "type": "string",
            "constraints": {"required": True, "unique": True, "pattern": "[A-Z]{2}-[0-9]{8}"},
        },
        {"name": "country", "type": "string", "constraints": {"enum": COUNTRIES}},
        {
            "name": "nuts",
            "type": "string",
            "constraints": {"required": True, "minLength": 5, "maxLength": 5},
        },
        {
            "name": "year",
            "type": "integer",
            "constraints": {"required": True, "minimum": 2000, "maximum": 2030},
        },
        {"name": "start", "type": "date", "constraints": {"required": True, "minimum": "2000-01-01"}},
        {"name": "end", "type": "date"},
        {"name": "budget", "type": "number", "constraints": {"minimum": 0, "maximum": 1_000_000_000}},
        {"name": "active", "type": "boolean"},
        {"name": "title", "type": "string", "constraints": {"maxLength": 120}},
    ],
    "primaryKey": ["id"],
    "foreignKeys": [{"fields": ["nuts"], "reference": {"resource": "regions", "fields": ["code"]}}],
}
REGION_SCHEMA: dict[str, Any] = {"fields": [{"name": "code", "type": "string"}], "primaryKey": ["code"]}


def write_register(folder: Path, rows: int) -> None:
    """Writes the three files and `regions.csv`, which their foreign key refers to."""
    import random

    import polars as pl

    folder.mkdir(parents=True, exist_ok=True)
    made = random.Random(rows)
    (folder / "regions.csv").write_text("code\n" + "".join(f"{code}\n" for code in REGIONS))
    days = [date(2000, 1, 1) + timedelta(days=n) for n in range(9000)]
    words = ["regional", "network", "for", "circular", "economy", "and", "smart", "industry", "of", "Lahti"]
    titles = [" ".join(made.choices(words, k=made.randint(4, 10))) for _ in range(5000)]
    places = list(range(rows))
    made.shuffle(places)  # the unique column is not sorted, as names and codes are not
    frame = pl.DataFrame(
        {
            "id": range(1, rows + 1),
            "code": [f"{COUNTRIES[n % 30]}-{n:08d}" for n in places],
            "country": made.choices([*COUNTRIES, None], k=rows),
            "nuts": made.choices(REGIONS, k=rows),
            "year": made.choices(range(2000, 2031), k=rows),
            "start": made.choices(days, k=rows),
            "end": made.choices([*days, None], k=rows),
            "budget": [round(made.uniform(0, 1e6), 2) if n % 50 else None for n in range(rows)],
            "active": made.choices([True, False, None], k=rows),
            "title": made.choices(titles, k=rows),
        }
    )
    frame.write_parquet(folder / "clean.parquet", compression="zstd", compression_level=3)
    frame.write_csv(folder / "clean.csv")
    dirty = frame.cast(pl.String).with_row_index("row").cast({"row": pl.Int64})
    dirty = dirty.with_columns(  # each column breaks in other rows; some codes and keys come twice
        pl.when(pl.col("row") % 1000 == 37 * n).then(pl.lit(text)).otherwise(name).alias(name)
        for n, (name, text) in enumerate(BROKEN.items(), start=1)
    )
    again = pl.col("row") % 1000 == 999
    dirty = dirty.with_columns(pl.when(again).then(pl.col(n).shift(5)).otherwise(n) for n in ("id", "code"))
    dirty.drop("row").write_csv(folder / "dirty.csv")
