"""What happened to Finland's municipalities: mergers, and moves from one area to another, with their days.

Reading events from the yearly memberships belongs here, and the units of land that mergers are made of. What
an event does to figures belongs to `municipal_weights`. Small shifts of a border between two municipalities
are in no key, and so not here.
"""

import polars as pl

from assets.errors import MappingError
from assets.normalise.regions.lists import read_region_list

MOVES_IN = ("maakunta", "seutukunta")  # divisions with codes that stay; NUTS 3 is compared by its successors


def find_municipal_changes(memberships: pl.DataFrame) -> pl.DataFrame:
    """Mergers and moves between two years of `regions/memberships`, sorted by day and municipality.

    Columns: `date` (Date, 1 January of the first year after), `municipality`, `event` (`merged`, `moved`),
    `from_classification`, `old`, `to_classification`, `new`, `source`. A municipality has moved when its code
    in a division is another one the year after, and in NUTS 3 when the area that most of the old area's
    municipalities went to is another one. Raises `MappingError` where a municipality ends and
    `schemas/regions/municipal_mergers.csv` does not say where its land went, or begins.
    """
    merged = _find_mergers(memberships)
    moved = [_find_moves(memberships, rf"^{division}-") for division in MOVES_IN]
    nuts = _find_moves(memberships.filter(pl.col("geo").str.len_chars() == 5), "^nuts-", successors=True)
    together = pl.concat([merged, *moved, nuts], how="diagonal")
    return together.sort("date", "municipality", "from_classification").select(
        "date", "municipality", "event", "from_classification", "old", "to_classification", "new", "source"
    )


def _find_mergers(memberships: pl.DataFrame) -> pl.DataFrame:
    listed = read_region_list("municipal_mergers").with_columns(pl.col("date").str.to_date("%Y-%m-%d"))
    years = memberships.select("year", "municipality").unique()
    first, last = years["year"].min(), years["year"].max()
    before = years.filter(pl.col("year") != last)
    after = years.filter(pl.col("year") != first).with_columns(pl.col("year") - 1)
    key = ["year", "municipality"]
    if begun := after.join(before, on=key, how="anti").sort(key).rows():
        year, code = begun[0]
        raise MappingError(f"regions: {code} is new in the key of {year + 1}: say what it was made of")
    ended = before.join(after, on=key, how="anti").with_columns(date=pl.date(pl.col("year") + 1, 1, 1))
    found = ended.join(listed, on=["date", "municipality"], how="left").sort("date", "municipality")
    if lost := found.filter(pl.col("into").is_null()).select("municipality", "year").rows():
        raise MappingError(
            f"regions: {lost[0][0]} ends with the key of {lost[0][1]}; say in "
            "schemas/regions/municipal_mergers.csv what it became part of, with a source"
        )
    return found.select(
        "date",
        "municipality",
        pl.lit("merged").alias("event"),
        pl.format("kunta-{}", "year").alias("from_classification"),
        pl.col("municipality").alias("old"),
        pl.format("kunta-{}", pl.col("year") + 1).alias("to_classification"),
        pl.col("into").alias("new"),
        "source",
    )


def _find_moves(memberships: pl.DataFrame, classifications: str, successors: bool = False) -> pl.DataFrame:
    own = memberships.filter(pl.col("geo_classification").str.contains(classifications))
    after = own.with_columns(pl.col("year") - 1)
    both = own.join(after, on=["year", "municipality"], suffix="_after")
    went = both.group_by("year", "geo", "geo_after").len()
    most = went.sort("len", "geo_after", descending=[True, False]).unique(["year", "geo"], keep="first")
    stays = pl.col("geo_after") == (pl.col("successor") if successors else pl.col("geo"))
    found = both.join(
        most.select("year", "geo", pl.col("geo_after").alias("successor")), on=["year", "geo"]
    ).filter(~stays)
    return found.select(
        pl.date(pl.col("year") + 1, 1, 1).alias("date"),
        "municipality",
        pl.lit("moved").alias("event"),
        pl.col("geo_classification").alias("from_classification"),
        pl.col("geo").alias("old"),
        pl.col("geo_classification_after").alias("to_classification"),
        pl.col("geo_after").alias("new"),
        pl.format("Municipality keys {} and {}", "year", pl.col("year") + 1).alias("source"),
    )


def list_municipal_units(years: pl.DataFrame, changes: pl.DataFrame) -> pl.DataFrame:
    """What land each municipality of each year is made of: `year`, `municipality`, `basic_unit`.

    A unit is a municipality of the first key, under its code without prefix; mergers add units and never
    split one. `years` has `year` and `municipality`, `changes` is `regions/municipal-changes`.
    """
    mergers = changes.filter(pl.col("event") == "merged").sort("date")
    events = [(day.year, old[2:], new[2:]) for day, old, new in mergers.select("date", "old", "new").rows()]
    rows = []
    for (year,), group in years.unique().sort("year", "municipality").group_by("year", maintain_order=True):
        owner: dict[str, list[str]] = {code[2:]: [code[2:]] for code in group["municipality"]}
        gone: dict[str, list[str]] = {}
        for start, old, new in events:
            if start <= int(str(year)):
                land = gone.pop(old, [old])
                (owner[new] if new in owner else gone.setdefault(new, [new])).extend(land)
        rows += [(year, f"KU{code}", unit) for code, land in owner.items() for unit in land]
    schema = {"year": pl.Int64, "municipality": pl.String, "basic_unit": pl.String}
    return pl.DataFrame(rows, schema=schema, orient="row")


def last_years_alone(changes: pl.DataFrame) -> dict[str, int]:
    """The last year in which a unit that took part in a merger was a municipality of its own."""
    mergers = changes.filter(pl.col("event") == "merged").sort("date", descending=True)
    found: dict[str, int] = {}
    for day, old, new in mergers.select("date", "old", "new").rows():
        found[old[2:]] = found[new[2:]] = day.year - 1
    return found
