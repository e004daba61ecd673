"""Every constraint, key and type of every descriptor bites: its mutant is rejected for that reason.

Expectations belong to `test_expectations_shipped`.
"""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from assets.descriptor import Dataset, Resource
from assets.pipeline import choose_snapshots
from assets.publish.release.tree import publish_dataset
from assets.validate.engine import validate
from assets.workspace import Workspace
from tests.shipped import slow_beyond_sample, with_figures
from tests.validate.mutation_sweep import SAMPLE, key_values, missed, sampled, sweep, tables
from tests.validate.mutations import Row, mutants

BASE_URL = "http://127.0.0.1:8000/"
DATASETS = with_figures()


QUICK = ("rd-expenditure", "register-places", "yearbook-2026")  # the sweep over all is a slow test
EVERY_DATASET = pytest.mark.parametrize(
    "dataset",
    slow_beyond_sample([(one,) for one in DATASETS], QUICK[:1]),
)


@EVERY_DATASET
def test_every_mutant_of_a_published_table_is_rejected(
    published: Path, tmp_path: Path, dataset: Dataset
) -> None:
    count, survivors = sweep(published / dataset.name, tmp_path)
    assert survivors == []
    assert count > 20


@EVERY_DATASET
def test_every_mutant_of_a_ledger_is_rejected(published: Path, tmp_path: Path, dataset: Dataset) -> None:
    """The second release of each dataset, made with other rows, has the table `revisions`."""
    out = tmp_path / "public"
    shutil.copytree(published / dataset.name, out / dataset.name)
    frames = {
        one.name: pl.read_parquet(out / dataset.name / f"{one.name}.parquet") for one in dataset.resources
    }
    snapshots = choose_snapshots(dataset, Workspace(tmp_path / "data", published, BASE_URL))
    areas = pl.scan_parquet(published / "regions" / "areas.parquet")
    release = publish_dataset(
        dataset, {name: other_rows(frame) for name, frame in frames.items()}, snapshots, areas, out, BASE_URL
    )
    assert release.version == "1.1.0"
    count, survivors = sweep(out / dataset.name, tmp_path, "revisions")
    assert survivors == []
    assert count > 5


def other_rows(frame: pl.DataFrame) -> pl.LazyFrame:
    """The table without some of its rows and, where it has figures, with other ones in some."""
    step, row = max(frame.height // SAMPLE, 3), pl.int_range(pl.len())
    if "obs_value" in frame.columns:
        changed = pl.when(row % step == 1).then(pl.col("obs_value") + 1).otherwise("obs_value")
        frame = frame.with_columns(changed.cast(frame.schema["obs_value"]).alias("obs_value"))
    return frame.filter(row % step != 2).lazy()


RESOURCES = [(dataset.name, resource) for dataset in DATASETS for resource in dataset.resources]


@pytest.mark.parametrize(("dataset", "resource"), slow_beyond_sample(RESOURCES, QUICK))
def test_every_mutant_of_a_normalised_table_is_rejected(
    published: Path, dataset: str, resource: Resource
) -> None:
    """What the main job asks: the typed frame against the descriptor."""
    whole = pl.read_parquet(published / dataset / f"{resource.name}.parquet")
    types = whole.schema
    rows = sampled(published / dataset / f"{resource.name}.csv")
    package = json.loads((published / dataset / "datapackage.json").read_text("utf-8"))
    schema = next(schema for one, schema in tables(package) if one["name"] == resource.name)
    own = {r.name for d in DATASETS if d.name == dataset for r in d.resources}
    schema["foreignKeys"] = [
        key for key in schema.get("foreignKeys", ()) if key["reference"]["resource"] in own
    ]
    for field in schema["fields"]:
        field.pop("categories", None)  # the descriptor's codes are its enum
    others = {name: pl.scan_parquet(published / dataset / f"{name}.parquet") for name in own}
    quiet = replace(resource, expectations=())
    assert validate(typed(rows, types), quiet, others).valid
    foreign = {
        ",".join(key["fields"]): key_values(
            published / dataset / f"{key['reference']['resource'] or resource.name}.csv",
            tuple(key["reference"]["fields"]),
        )
        for key in schema["foreignKeys"]
    }
    survivors = [
        mutant.name
        for mutant in mutants(schema, rows, foreign)
        if mutant.type != "type-error" and missed(validate(typed(mutant.rows, types), quiet, others), mutant)
    ]
    assert survivors == []


def typed(rows: list[Row], types: pl.Schema) -> pl.LazyFrame:
    """Rows of text as the published Parquet has them."""
    frame = pl.DataFrame(rows, schema=dict.fromkeys(types, pl.String)).with_columns(
        pl.all().replace("", None)
    )
    columns = []
    for name, dtype in types.items():
        column = pl.col(name)
        if isinstance(dtype, pl.Datetime):
            column = column.str.to_datetime(
                "%Y-%m-%dT%H:%M:%S%.fZ", time_zone="UTC", time_unit=dtype.time_unit
            )
        elif dtype == pl.Date:
            column = column.str.to_date("%Y-%m-%d")
        elif dtype == pl.Boolean:
            column = column == "true"
        elif dtype == pl.Decimal:
            column = column.str.to_decimal(scale=dtype.scale or 0).cast(dtype)
        columns.append(column.cast(dtype))
    return frame.select(columns).lazy()
