"""A made dataset for the tests of publishing: every type, nulls, flags, hostile text. No figure is real."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl

from assets.descriptor import Code, Dataset, Field, Resource
from assets.descriptor.classification import build_classification
from assets.store.snapshots import Provenance, Snapshot

BASE = "https://data.example.org/"

SEX = (
    Code(
        "T",
        {"fi": "Yhteensä", "sv": "Totalt", "en": "Total"},
        source="Eurostat code list SEX",
        translated=("fi", "sv"),
    ),
    Code("F", {"fi": "Naiset", "sv": "Kvinnor", "en": "Females"}, parent="T"),
    Code("M", {"fi": "Miehet", "en": "Males"}, parent="T", definition="Men and boys"),
)


def texts(word: str) -> dict[str, str]:
    """A text in three languages."""
    return {"fi": f"{word} suomeksi", "sv": f"{word} på svenska", "en": word}


def made_field(name: str, kind: str, required: bool = False, **more: Any) -> Field:
    """A field with texts; `required` makes the constraint."""
    constraints = {**({"required": True} if required else {}), **more.pop("constraints", {})}
    return Field(name, kind, texts(name.capitalize()), texts(f"What {name} is."), constraints, **more)


FIGURES = Resource(
    name="made-figures",
    titles=texts("Made figures"),
    descriptions=texts("Figures for tests"),
    sources=(),
    fields=(
        made_field("geo", "string", True),
        made_field("geo_classification", "string", True),
        made_field("time_period", "string", True, constraints={"pattern": r"\d{4}"}),
        made_field(
            "sex",
            "string",
            True,
            codes=SEX,
            source_column="sukupuoli",
            code_map={"SSS": "T", "1": "M", "2": "F"},
        ),
        made_field("obs_value", "number", unit="EUR", constraints={"minimum": -10}),
        made_field("obs_status", "string", codes=(Code("A", texts("Normal")), Code("O", texts("Missing")))),
        made_field("obs_flag", "string", flags={"c": texts("confidential"), "p": texts("provisional")}),
    ),
    primary_key=("geo", "geo_classification", "time_period", "sex"),
    classification=build_classification("nuts-2021"),
    raw={
        "innoregio:classification": "nuts-2021",
        "innoregio:source": {"provider": "eurostat", "table": "made_1"},
    },
)
REGISTER = Resource(
    name="made-register",
    titles=texts("Made register"),
    descriptions=texts("Rows of every type"),
    sources=(),
    fields=(
        made_field("id", "string", True),
        made_field("note", "string"),
        made_field("count", "integer", constraints={"minimum": 0}),
        made_field("amount", "number", raw={"innoregio:decimals": 2}),
        made_field("share", "number"),
        made_field("is_open", "boolean"),
        made_field("start", "date"),
        made_field("updated", "datetime", constraints={"minimum": "2000-01-01T00:00:00Z"}),
    ),
    primary_key=("id",),
)
FIGURE_ROWS = [
    ("FI1C3", "nuts-2021", "2022", "F", 1.5, "A", None),
    ("FI1C3", "nuts-2021", "2022", "M", None, "O", "c"),
    ("FI1C3", "nuts-2021", "2022", "T", 3.0, "A", "p"),
    ("MK07", "maakunta-2025", "2023", "T", 0.0, "A", None),
    ("XX", "country", "2023", "T", -0.25, "A", None),
]
REGISTER_ROWS = [
    (
        "001",
        'say "hi", all',
        1,
        Decimal("10.00"),
        0.1,
        True,
        date(2024, 1, 31),
        datetime(2024, 5, 1, 6, tzinfo=UTC),
    ),
    ("002", "two\nlines", None, None, 1e16, False, None, None),
    (
        "003",
        "=1+1",
        0,
        Decimal("-0.05"),
        1.2e-7,
        None,
        date(1999, 12, 31),
        datetime(2024, 5, 1, 6, 0, 0, 120000, UTC),
    ),
    ("NA", None, 12345678901, Decimal("121250.50"), None, None, None, None),
    ("näyte", "cr\rhere", None, None, 2 / 3, None, None, None),
]
DATASET = Dataset(
    name="made-data",
    titles=texts("Made data"),
    descriptions=texts("Nothing in it is real."),
    resources=(FIGURES, REGISTER),
    keywords={"en": ("made", "test"), "fi": ("tehty",), "sv": ("gjord",)},
    themes=("REGI",),
    update_frequency="ANNUAL",
    citation="Source: nobody.",
    raw={
        "$schema": "../profile.json",
        "licenses": [{"name": "CC-BY-4.0", "path": "https://creativecommons.org/licenses/by/4.0/"}],
        "sources": [
            {
                "title": "Eurostat, made_1",
                "path": "https://example.org/made_1",
                "innoregio:tables": ["eurostat/made_1"],
            }
        ],
        "innoregio:themes": ["REGI"],
        "innoregio:updateFrequency": "ANNUAL",
        "innoregio:citation": "Source: nobody.",
    },
)
SNAPSHOT = Snapshot(
    Path("made_1.tsv"),
    Provenance(
        provider="eurostat",
        table="made_1",
        part="",
        obtained_from="https://github.com/someone/something/blob/0123/made_1.tsv",
        licence="CC-BY-4.0",
        media_type="text/tab-separated-values",
        recorded_before="2024-05-24",
        updated="2024-05-20T23:00:00+02:00",
        selection={"fi": "Vain keksityt alueet.", "sv": "Bara påhittade områden.", "en": "Made areas only."},
        sha256="ab" * 32,
        bytes=123,
    ),
)
AREAS = pl.LazyFrame(
    {
        "geo_classification": ["nuts-2021", "nuts-2024", "maakunta-2025"],
        "geo": ["FI1C3", "FI1C6", "MK07"],
        "level": ["3", "3", "maakunta"],
        "parent": ["FI1C", "FI1C", None],
        "name_native": ["Päijät-Häme"] * 3,
        "name_fi": ["Päijät-Häme"] * 3,
        "name_sv": ["Päijänne-Tavastland", None, "Päijänne-Tavastland"],
        "name_en": [None] * 3,
        "country": ["FI"] * 3,
        "national_code": ["07"] * 3,
    },
    schema_overrides={"name_en": pl.String},
)


def figures(rows: list[tuple[Any, ...]] | None = None) -> pl.LazyFrame:
    """The table of figures, from `rows`."""
    names = [field.name for field in FIGURES.fields]
    kinds = {name: pl.Float64 if name == "obs_value" else pl.String for name in names}
    return pl.LazyFrame(FIGURE_ROWS if rows is None else rows, schema=kinds, orient="row")


def register() -> pl.LazyFrame:
    """The table with every type."""
    schema = {
        "id": pl.String,
        "note": pl.String,
        "count": pl.Int64,
        "amount": pl.Decimal(18, 2),
        "share": pl.Float64,
        "is_open": pl.Boolean,
        "start": pl.Date,
        "updated": pl.Datetime("us", "UTC"),
    }
    return pl.LazyFrame(REGISTER_ROWS, schema=schema, orient="row")


def tables(rows: list[tuple[Any, ...]] | None = None) -> dict[str, pl.LazyFrame]:
    """Both tables by resource name."""
    return {"made-figures": figures(rows), "made-register": register()}


def changed_snapshot(**changes: Any) -> Snapshot:
    """The snapshot with other provenance."""
    return replace(SNAPSHOT, provenance=replace(SNAPSHOT.provenance, **changes))


def changed_field(name: str, **changes: Any) -> Dataset:
    """The dataset with one field of the figures changed."""
    fields = tuple(replace(f, **changes) if f.name == name else f for f in FIGURES.fields)
    return replace(DATASET, resources=(replace(FIGURES, fields=fields), REGISTER))


def tree_files(folder: Path) -> Mapping[str, bytes]:
    """Every file under a folder, by path."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
