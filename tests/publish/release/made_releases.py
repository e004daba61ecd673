"""Releases of a made statistic, one vintage after the other: revise, withdraw, recode. No figure is real."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl

from assets.descriptor import Dataset
from assets.publish.release.layout import DESCRIPTOR, read_descriptor
from assets.publish.release.release import Release
from assets.publish.release.tree import publish_dataset
from tests.publish.release.made_dataset import (
    BASE,
    DATASET,
    FIGURES,
    SNAPSHOT,
    changed_snapshot,
    figures,
    register,
)

STATISTIC = replace(DATASET, resources=(FIGURES,))
Rows = list[tuple[Any, ...]]


def made_areas(*areas: tuple[str, str, str]) -> pl.LazyFrame:
    """The list of areas: classification, code, name."""
    return pl.LazyFrame(
        [(vintage, code, "3", None, name, name, name, name, code[:2], None) for vintage, code, name in areas],
        schema=[
            *("geo_classification", "geo", "level", "parent", "name_native"),
            *("name_fi", "name_sv", "name_en", "country", "national_code"),
        ],
        orient="row",
    )


AREAS = made_areas(
    *(
        (vintage, f"AA{number}", f"Made area {number}")
        for vintage in ("nuts-2021", "nuts-2024")
        for number in range(1, 10)
    ),
    ("nuts-2024", "BB7", "Made area 5"),  # AA5 under another code
)


def made_rows(areas: Sequence[str], years: Sequence[int], vintage: str = "nuts-2021") -> Rows:
    """A figure for each area, year and sex."""
    return [
        (area, vintage, str(year), sex, round(int(area[2:]) * 10 + year % 100 + place / 4, 2), "A", None)
        for area in areas
        for year in years
        for place, sex in enumerate("FMT")
    ]


def changed(rows: Rows, change: Callable[[dict[str, Any]], dict[str, Any] | None]) -> Rows:
    """The rows after a change of each; None takes a row out."""
    names = [field.name for field in FIGURES.fields]
    told = (change(dict(zip(names, row, strict=True))) for row in rows)
    return sorted((tuple(row[name] for name in names) for row in told if row), key=lambda row: row[:4])


def revise(row: dict[str, Any]) -> dict[str, Any]:
    """A value, a flag, a value that is no longer given."""
    if (row["geo"], row["time_period"], row["sex"]) == ("AA1", "2021", "T"):
        return row | {"obs_value": row["obs_value"] * 1.5}
    if (row["geo"], row["time_period"], row["sex"]) == ("AA2", "2021", "T"):
        return row | {"obs_flag": "p"}
    if (row["geo"], row["time_period"], row["sex"]) == ("AA3", "2020", "F"):
        return row | {"obs_value": None, "obs_status": "O", "obs_flag": "c"}
    return row


def withdraw(row: dict[str, Any]) -> dict[str, Any] | None:
    """One area and one single row are gone."""
    gone = row["geo"] == "AA4" or (row["geo"], row["time_period"], row["sex"]) == ("AA1", "2020", "M")
    return None if gone else row


def recode(row: dict[str, Any]) -> dict[str, Any]:
    """The areas of the next vintage, one of them under another code; a value is revised at once."""
    if (row["geo"], row["time_period"], row["sex"]) == ("AA2", "2022", "T"):
        row = row | {"obs_value": 99.0}
    return row | {"geo": {"AA5": "BB7"}.get(row["geo"], row["geo"]), "geo_classification": "nuts-2024"}


FIRST = made_rows([f"AA{number}" for number in range(1, 6)], [2020, 2021, 2022])
NEXT = changed([*FIRST, *made_rows(["AA1", "AA2"], [2023])], revise)
FEWER = changed(NEXT, withdraw)
RECODED = changed(FEWER, recode)
VINTAGES = {"1.0.0": FIRST, "1.1.0": NEXT, "1.2.0": FEWER, "1.3.0": RECODED}


def publish(
    out: Path, rows: Rows, sha256: str = "ab" * 32, dataset: Dataset = STATISTIC, base_url: str = BASE
) -> Release:
    """The next release of the made statistic."""
    tables = {"made-figures": figures(rows), "made-register": register()}
    wanted = {resource.name: tables[resource.name] for resource in dataset.resources}
    snapshots = [changed_snapshot(sha256=sha256) if sha256 else SNAPSHOT]
    return publish_dataset(dataset, wanted, snapshots, AREAS, out, base_url)


def publish_vintages(out: Path) -> Path:
    """Four releases: the first one, revised, withdrawn from, recoded; the dataset's folder."""
    for number, (version, rows) in enumerate(VINTAGES.items()):
        assert publish(out, rows, f"{number:x}" * 64).version == version
    return out / STATISTIC.name


def published_table(folder: Path, version: str, name: str = "made-figures") -> pl.DataFrame:
    """A table as its release has it."""
    return pl.read_parquet(folder / version / f"{name}.parquet")


def published_package(folder: Path, version: str) -> dict[str, Any]:
    """A release's descriptor."""
    return read_descriptor(folder / version / DESCRIPTOR)
