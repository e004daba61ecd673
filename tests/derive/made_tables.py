"""Made figures of Finnish regions in the forms of published tables, and indicators over them."""

from pathlib import Path
from typing import Any

import polars as pl

from assets.derive.conversion_weights import Geography
from assets.derive.indicators import build_indicators
from assets.descriptor.derivation import RELEASES, build_derivation
from assets.store.snapshots import Provenance, Snapshot

TEXTS = {"fi": "teksti", "sv": "text", "en": "text"}
SCHEMA = ("geo", "geo_classification", "time_period", "obs_value", "obs_status")


def figures(
    *rows: tuple[str, str, str, float | None] | tuple[str, str, str, float | None, str],
) -> pl.LazyFrame:
    """A table of rows (geo, classification, year, value, status); the status is A where none is given."""
    return pl.LazyFrame([(*row, "A")[:5] for row in rows], schema=SCHEMA, orient="row")


def indicator(code: str = "RATIO", divided: bool = True, **more: Any) -> dict[str, Any]:
    """An indicator over the tables `made/above` and `made/below`."""
    below = {"denominator": {"input": "made/below"}} if divided else {}
    texts = {"title_translated": TEXTS, "method_translated": TEXTS}
    given = {"code": code, "unit": "PC", "decimals": 4, "numerator": {"input": "made/above"}}
    return {name: value for name, value in (texts | given | below | more).items() if value is not None}


def derived(
    geography: Geography, above: pl.LazyFrame, below: pl.LazyFrame | None = None, **more: Any
) -> pl.DataFrame:
    """The table of one indicator on NUTS 2024."""
    asked = {
        "build": "indicators.build_indicators",
        "territory": "nuts-2024",
        "countries": ["FI", "SE", "EE"],
    }
    entry = indicator(divided=below is not None, **more)
    derivation = build_derivation({**asked, "indicators": [entry]})
    assert derivation is not None
    tables = {"made/above": above} | ({"made/below": below} if below is not None else {})
    return build_indicators(derivation, tables, geography)


def snapshot_of(published: Path, table: str) -> Snapshot:
    """A published table (`dataset/resource`) as an input of a derivation."""
    dataset, _, part = table.partition("/")
    provenance = Provenance(RELEASES, dataset, part, "", "", "application/vnd.apache.parquet")
    return Snapshot(published / dataset / f"{part}.parquet", provenance)
