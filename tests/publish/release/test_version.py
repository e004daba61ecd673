"""The next version, decided from content: every kind of change, and what is no change."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from assets.descriptor import Dataset
from assets.errors import PublishError
from assets.publish.release.layout import parse_version
from assets.publish.release.tree import publish_dataset
from assets.publish.release.version import has_same_keys, raise_version
from assets.store.snapshots import Snapshot
from tests.publish.release.made_dataset import (
    AREAS,
    BASE,
    DATASET,
    FIGURE_ROWS,
    FIGURES,
    REGISTER,
    SNAPSHOT,
    changed_field,
    changed_snapshot,
    figures,
    made_field,
    register,
    tables,
    texts,
)


def publish(
    out: Path,
    dataset: Dataset = DATASET,
    frames: dict[str, pl.LazyFrame] | None = None,
    snapshots: Sequence[Snapshot] = (SNAPSHOT,),
    base: str = BASE,
) -> tuple[str, str | None]:
    release = publish_dataset(dataset, frames or tables(), snapshots, AREAS, out, base)
    return release.version, release.change


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """A tree with version 1.0.0."""
    assert publish(tmp_path / "public") == ("1.0.0", None)
    return tmp_path / "public"


def change_row(index: int, **cells: Any) -> list[tuple[Any, ...]]:
    names = [field.name for field in FIGURES.fields]
    rows = [list(row) for row in FIGURE_ROWS]
    for name, value in cells.items():
        rows[index][names.index(name)] = value
    return [tuple(row) for row in rows]


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (change_row(0, obs_value=1.6), ("1.0.1", "patch")),
        (change_row(0, obs_flag="p"), ("1.0.1", "patch")),
        (FIGURE_ROWS[1:], ("1.1.0", "minor")),
        ([*FIGURE_ROWS, ("XX", "country", "2024", "T", 1.0, "A", None)], ("1.1.0", "minor")),
        (change_row(4, time_period="2024"), ("1.1.0", "minor")),
    ],
)
def test_rows(out: Path, rows: list[tuple[Any, ...]], expected: tuple[str, str]) -> None:
    assert publish(out, frames=tables(rows)) == expected


def test_text_in_a_register_is_a_value_and_its_key_a_key(out: Path) -> None:
    changed = tables() | {"made-register": register().with_columns(note=pl.lit("other"))}
    assert publish(out, frames=changed) == ("1.0.1", "patch")
    changed["made-register"] = register().with_columns(id=pl.col("id") + "\r\nx")
    assert publish(out, frames=changed) == ("1.1.0", "minor")
    changed["made-register"] = changed["made-register"].with_columns(count=pl.lit(1, pl.Int64))
    assert publish(out, frames=changed) == ("1.1.1", "patch")  # keys with line ends are found again


FIELDS = FIGURES.fields


@pytest.mark.parametrize(
    "changed",
    [
        replace(FIGURES, primary_key=FIGURES.primary_key[:3]),
        replace(FIGURES, fields=(*FIELDS, made_field("more", "string"))),
        replace(FIGURES, fields=FIELDS[:-1]),
        replace(FIGURES, fields=(FIELDS[1], FIELDS[0], *FIELDS[2:])),
        replace(FIGURES, fields=(*FIELDS[:-1], replace(FIELDS[-1], name="flag"))),
        replace(FIGURES, fields=(*FIELDS[:-1], replace(FIELDS[-1], type="integer"))),
    ],
    ids=["key", "more", "fewer", "order", "name", "type"],
)
def test_fields_and_keys_are_major(out: Path, changed: Any) -> None:
    columns = [
        pl.col(f.name) if f.name in figures().collect_schema() else pl.lit(None).alias(f.name)
        for f in changed.fields
    ]
    frame = (
        figures()
        .select(columns)
        .with_columns(
            pl.col(f.name).cast(pl.Int64, strict=False) for f in changed.fields if f.type == "integer"
        )
    )
    dataset = replace(DATASET, resources=(changed, REGISTER))
    assert publish(out, dataset, {"made-figures": frame, "made-register": register()}) == ("2.0.0", "major")


def test_a_table_gone_is_major_and_a_new_one_minor(out: Path) -> None:
    assert publish(out, replace(DATASET, resources=(FIGURES,))) == ("2.0.0", "major")
    assert publish(out) == ("2.1.0", "minor")


def test_a_new_vintage_is_minor(out: Path) -> None:
    raw = {**FIGURES.raw, "innoregio:classification": "nuts-2024"}
    dataset = replace(DATASET, resources=(replace(FIGURES, raw=raw), REGISTER))
    assert publish(out, dataset) == ("1.1.0", "minor")


@pytest.mark.parametrize(
    "dataset",
    [
        replace(DATASET, descriptions=texts("Other words.")),
        changed_field("sex", titles=texts("Gender")),
        changed_field("obs_value", constraints={"minimum": -100}),
        replace(DATASET, raw={**DATASET.raw, "licenses": [{"name": "CC0-1.0"}]}),
    ],
    ids=["description", "title", "constraint", "licence"],
)
def test_words_of_the_descriptor_are_a_patch(out: Path, dataset: Dataset) -> None:
    assert publish(out, dataset) == ("1.0.1", "patch")


def test_another_selection_and_another_address_are_a_patch(out: Path) -> None:
    assert publish(out, snapshots=[changed_snapshot(selection={"en": "More areas."})]) == ("1.0.1", "patch")
    assert publish(out, base="https://elsewhere.example.org/") == ("1.0.2", "patch")


@pytest.mark.parametrize(
    "changes",
    [
        {"updated": "2024-09-09"},
        {"retrieved": "2025-01-01T00:00:00Z", "recorded_before": None},
        {"sha256": "cd" * 32, "bytes": 7},
        {"obtained_from": "https://mirror.example.org/table"},
    ],
)
def test_dates_hashes_and_addresses_of_snapshots_are_no_release(out: Path, changes: dict[str, Any]) -> None:
    dataset = replace(DATASET, revised="2030-01-01", raw={**DATASET.raw, "innoregio:revised": "2030-01-01"})
    assert publish(out, dataset, snapshots=[changed_snapshot(**changes)]) == ("1.0.0", None)


def test_parquet_bytes_do_not_count(out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assets.publish.release.tables.ROW_GROUP", 2)
    assert publish(out) == ("1.0.0", None)


@pytest.mark.parametrize("keys", [(("id",),), ()], ids=["unique key", "no key"])
def test_a_table_without_primary_key(tmp_path: Path, keys: tuple[tuple[str, ...], ...]) -> None:
    table = replace(REGISTER, primary_key=(), unique_keys=keys)
    dataset = replace(DATASET, resources=(table,))
    assert publish(tmp_path, dataset) == ("1.0.0", None)
    other = {"made-register": register().with_columns(note=pl.lit("other"))}
    assert publish(tmp_path, dataset, other) == (("1.0.1", "patch") if keys else ("1.1.0", "minor"))


def test_the_greatest_change_wins(out: Path) -> None:
    rows = [*change_row(0, obs_value=9.0), ("XX", "country", "2024", "T", 1.0, "A", None)]
    assert publish(out, replace(DATASET, descriptions=texts("Other")), tables(rows)) == ("1.1.0", "minor")


def test_keys_are_found_again_in_any_order_and_with_gaps(tmp_path: Path) -> None:
    (tmp_path / "old.csv").write_bytes(b"a,b,c\r\n1,,x\r\n2,y,x\r\n")
    rows = pl.DataFrame({"a": ["2", "1"], "b": ["y", None], "c": ["z", "z"]})
    assert has_same_keys(tmp_path / "old.csv", rows, ["a", "b"])
    assert not has_same_keys(tmp_path / "old.csv", rows.with_columns(b=pl.lit("y")), ["a", "b"])


def test_versions_count_as_numbers() -> None:
    assert raise_version("1.9.3", "minor") == "1.10.0" and parse_version("1.10.0") > parse_version("1.9.3")
    assert (raise_version("1.9.3", "major"), raise_version("1.9.3", "patch")) == ("2.0.0", "1.9.4")


def test_a_published_file_that_cannot_be_read_is_said(out: Path) -> None:
    (out / "made-data/1.0.0/made-figures.csv").unlink()
    with pytest.raises(PublishError, match=r"made-figures.csv: a published file cannot be read; run verify"):
        publish(out, frames=tables(FIGURE_ROWS[1:]))
