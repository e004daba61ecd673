"""What descriptors without figures ask of Eurostat, against the content constraints that it stated in August
2026: each code is there, and each dimension and code that would come is known to the descriptor.
"""

from fnmatch import fnmatchcase
from pathlib import Path

import polars as pl
import pytest

from assets.descriptor import Resource, load_datasets
from assets.fetch.waiting import is_shipped_without_figures
from assets.normalise.geography import place_codes
from tests.upstream.descriptor_tables import field_codes

CONSTRAINTS = "upstream/eurostat/constraints/eurostat_constraints_2026-08.parquet"
TIME = "TIME_PERIOD"
RESOURCES = [
    (dataset.name, resource)
    for dataset in load_datasets()[0]
    if is_shipped_without_figures(dataset)
    for resource in dataset.resources
    if resource.sources[0].connector == "eurostat"
]


@pytest.fixture(scope="module")
def stated(shared: Path) -> dict[str, dict[str, list[str]]]:
    """Table -> dimension -> the codes that occur, of the tables that are asked for."""
    asked = [resource.sources[0].table.upper() for _, resource in RESOURCES]
    listed = pl.scan_parquet(shared / CONSTRAINTS).filter(pl.col("df_id").is_in(asked)).collect()
    tables: dict[str, dict[str, list[str]]] = {}
    for table, dimension, codes in (
        listed.group_by("df_id", "dimension_id").agg(pl.col("code_id").sort()).iter_rows()
    ):
        tables.setdefault(table.lower(), {})[dimension] = codes
    return tables


def test_there_are_some() -> None:
    assert len({name for name, _ in RESOURCES}) >= 20


@pytest.mark.parametrize(("name", "resource"), RESOURCES, ids=[f"{n}-{r.name}" for n, r in RESOURCES])
def test_what_is_asked_is_what_is_there(
    name: str, resource: Resource, stated: dict[str, dict[str, list[str]]]
) -> None:
    (source,) = resource.sources
    there = stated[source.table]
    query = source.options.get("query") or {}
    fields = {field.source_column: field for field in resource.fields if field.source_column in there}
    assert set(there) == set(fields) | set(resource.fixed) | set(resource.ignore), "dimensions"
    for dimension, codes in query.items():
        assert set(codes) <= set(there[dimension]), f"{dimension} is asked for codes that are not there"
    for dimension, occur in there.items():
        wanted = query.get(dimension, ["*"])
        come = {code for code in occur if any(fnmatchcase(code, one) for one in wanted)}
        if dimension in resource.fixed:
            assert come == {resource.fixed[dimension]}, f"{dimension} has one value"
        elif dimension not in ("geo", TIME):
            known = {*field_codes(fields[dimension]), *fields[dimension].ignored_codes}
            assert come <= known, f"{dimension}: codes without a label"
            assert set(field_codes(fields[dimension])) <= come, f"{dimension}: labels without a code"
    newest = next(rule for rule in resource.expectations if rule["rule"] == "newest_period")
    assert newest["minimum"] <= there[TIME][-1]
    covered = next(rule for rule in resource.expectations if rule["rule"] == "coverage")
    assert set(covered["values"]) <= set(there["geo"])


@pytest.mark.parametrize(("name", "resource"), RESOURCES, ids=[f"{n}-{r.name}" for n, r in RESOURCES])
def test_every_area_is_of_a_classification(
    name: str, resource: Resource, stated: dict[str, dict[str, list[str]]], areas: pl.LazyFrame
) -> None:
    assert resource.classification is not None
    ignored = set(resource.field("geo").ignored_codes)
    codes = pl.Series([code for code in stated[resource.sources[0].table]["geo"] if code not in ignored])
    (declared,) = {division.value for division in resource.classification.divisions}
    placed = place_codes(codes, areas, declared).filter(pl.col("geo_classification").is_null())
    assert placed["geo"].to_list() == []
