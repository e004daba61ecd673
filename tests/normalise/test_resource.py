"""The stage from snapshots to a table, on small made Eurostat TSV files."""

import sys
import types
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.descriptor import Resource, Source
from assets.descriptor.classification import build_classification
from assets.errors import MappingError, StoreError
from assets.normalise.resource import normalise_resource
from assets.store.snapshots import Provenance, Snapshot
from tests.normalise.made_descriptors import OBSERVATION, make_field, make_resource

GEO = make_field("geo", "geo", codes="FI SE DK")
PERIOD = make_field("time_period", "TIME_PERIOD")
FIELDS = (GEO, PERIOD, *OBSERVATION)
RESOURCE = make_resource(*FIELDS, key="geo time_period", fixed={"freq": "A"})

Write = Callable[..., Snapshot]


def write_tsv(folder: Path, part: str, lines: Sequence[str], table: str = "made") -> Snapshot:
    path = folder / f"{table}-{part}.tsv"
    rows = ["freq,geo\\TIME_PERIOD|2020 |2021 ", *lines]
    path.write_text("".join(row.replace("|", "\t") + "\n" for row in rows))
    return Snapshot(path, Provenance("eurostat", table, part, "made", "made", "text/tab-separated-values"))


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write rows of cells as Eurostat TSV and hand out the snapshot."""

    def written(part: str, *lines: str, table: str = "made") -> Snapshot:
        return write_tsv(tmp_path, part, lines, table)

    return written


def hooked(monkeypatch: pytest.MonkeyPatch, function: Callable[..., Any]) -> str:
    """Put a function where a descriptor may name it, and give that name."""
    module = types.ModuleType("assets.normalise.made_hooks")
    module.made = function  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "assets.normalise.made_hooks", module)
    return "made_hooks.made"


def test_a_table_has_its_fields_in_order_in_their_dtypes_sorted(write: Write) -> None:
    table = normalise_resource(RESOURCE, [write("all", "A,SE|1 |2 p", "A,FI|: c|3.5 ")], None)
    assert isinstance(table, pl.LazyFrame)
    frame = table.collect()
    assert frame.schema == {
        "geo": pl.String,
        "time_period": pl.String,
        "obs_value": pl.Float64,
        "obs_status": pl.String,
        "obs_flag": pl.String,
    }
    assert frame.rows() == [
        ("FI", "2020", None, "Q", "c"),
        ("FI", "2021", 3.5, "A", None),
        ("SE", "2020", 1.0, "A", None),
        ("SE", "2021", 2.0, "P", "p"),
    ]


def test_minus_zero_is_zero(write: Write) -> None:
    """CSV would say -0, another text than 0 and no other figure."""
    frame = normalise_resource(RESOURCE, [write("all", "A,SE|-0 |-0.0 p", "A,FI|: c|-0.5 ")], None).collect()
    assert list(map(str, frame["obs_value"])) == ["None", "-0.5", "0.0", "0.0"]


@settings(deadline=None, max_examples=50)
@given(st.permutations(["A,SE|1 |2 p", "A,FI|: c|3.5 ", "A,DK|4 b|5 "]), st.permutations(["one", "two"]))
def test_the_order_in_the_source_does_not_matter(lines: list[str], parts: list[str]) -> None:
    with TemporaryDirectory() as folder:
        snapshots = [
            write_tsv(Path(folder), parts[0], lines[:2]),
            write_tsv(Path(folder), parts[1], lines[1:]),
        ]
        frame = normalise_resource(RESOURCE, snapshots, None).collect()
    assert frame["geo"].to_list() == ["DK", "DK", "FI", "FI", "SE", "SE"]
    assert frame["obs_flag"].to_list() == ["b", None, "c", None, None, "p"]


def test_only_the_snapshots_of_its_sources_are_read(write: Write) -> None:
    other = write("all", "A,XX|1 |1 ", table="other")
    parted = make_resource(
        *FIELDS,
        key="geo time_period",
        ignore=("freq",),
        sources=(Source("eurostat", "made", "x", "tsv", ("one",)),),
    )
    snapshots = [other, write("one", "A,FI|1 |: "), write("two", "A,SE|1 |: ")]
    assert normalise_resource(parted, snapshots, None).collect()["geo"].to_list() == ["FI"]
    assert normalise_resource(RESOURCE, snapshots, None).collect()["geo"].to_list() == ["FI", "SE"]


def test_a_missing_snapshot_or_part_stops(write: Write) -> None:
    with pytest.raises(StoreError, match="no snapshot of eurostat/made"):
        normalise_resource(RESOURCE, [write("one", "A,FI|1 |2 ", table="other")], None)
    both = make_resource(
        *FIELDS, key="geo time_period", sources=(Source("eurostat", "made", "x", "tsv", ("1", "2")),)
    )
    with pytest.raises(StoreError, match="no snapshot of eurostat/made: 2"):
        normalise_resource(both, [write("1", "A,FI|1 |2 ")], None)


def test_parts_that_agree_are_joined_and_parts_that_disagree_stop(write: Write) -> None:
    one, two = write("one", "A,FI|1 |2 p"), write("two", "A,FI|: |2 p", "A,SE|7 |: ")
    frame = normalise_resource(RESOURCE, [two, one], None).collect()
    assert frame.select("geo", "time_period").rows() == [("FI", "2020"), ("FI", "2021"), ("SE", "2020")]
    for cell in ("2 ", "3 p"):
        with pytest.raises(MappingError) as error:
            normalise_resource(RESOURCE, [one, write("three", f"A,FI|1 |{cell}")], None)
        told = str(error.value)
        assert (
            "parts 'eurostat/made/one' and 'eurostat/made/three' disagree at geo=FI, time_period=2021" in told
        )


def test_two_provider_codes_for_one_of_ours_stop(write: Write) -> None:
    geo = make_field("geo", "geo", code_map={"GR": "EL"})
    resource = make_resource(geo, *FIELDS[1:], key="geo time_period", ignore=("freq",))
    with pytest.raises(MappingError, match="two rows with the key geo=EL, time_period=2020"):
        normalise_resource(resource, [write("all", "A,GR|1 |: ", "A,EL|1 |: ")], None)


def test_an_unknown_code_column_or_flag_names_the_resource_and_the_part(write: Write) -> None:
    with pytest.raises(MappingError, match=r"^made: field 'geo' .*'NO' \(2 rows\)"):
        normalise_resource(RESOURCE, [write("all", "A,NO|1 |2 ")], None)
    with pytest.raises(MappingError, match=r"^made \(eurostat/made/all\): source column 'freq' must be 'A'"):
        normalise_resource(RESOURCE, [write("all", "Q,FI|1 |2 ")], None)
    with pytest.raises(
        MappingError, match=r"^made \(eurostat/made/all\): flags without a known meaning: 'x' with"
    ):
        normalise_resource(RESOURCE, [write("all", "A,FI|1 x|2 ")], None)


def test_an_unknown_format_stops(write: Write) -> None:
    resource = make_resource(*FIELDS, sources=(Source("eurostat", "made", "x", "docx"),))
    with pytest.raises(MappingError, match="no reader for the format 'docx'; use one of area-shares, "):
        normalise_resource(resource, [write("all", "A,FI|1 |2 ")], None)


def test_a_hook_gets_the_mapped_frame_and_may_read_ignored_columns(
    write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    def add_frequency(frame: pl.LazyFrame, resource: Resource) -> pl.LazyFrame:
        assert resource.name == "made"
        return frame.with_columns(frequency=pl.col("source.freq"), geo=pl.col("geo").str.replace("FI", "SE"))

    name = hooked(monkeypatch, add_frequency)
    resource = make_resource(
        *FIELDS, make_field("frequency"), key="geo time_period", ignore=("freq",), hook=name
    )
    frame = normalise_resource(resource, [write("all", "A,FI|1 |: ")], None).collect()
    assert frame.rows() == [("SE", "2020", 1.0, "A", None, "A")]


def test_what_a_hook_makes_is_checked_like_the_rest(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    made: dict[str, Callable[[pl.LazyFrame], pl.LazyFrame]] = {
        "'XX' \\(2 rows\\)": lambda frame: frame.with_columns(geo=pl.lit("XX")),
        "made columns that are no fields: more": lambda frame: frame.with_columns(more=1),
        "nothing makes the fields obs_flag": lambda frame: frame.drop("obs_flag"),
        "two rows with the key": lambda frame: frame.with_columns(time_period=pl.lit("2020")),
    }
    for problem, change in made.items():
        name = hooked(monkeypatch, lambda frame, resource, change=change: change(frame))
        resource = make_resource(*FIELDS, key="geo time_period", ignore=("freq",), hook=name)
        with pytest.raises(MappingError, match=problem):
            normalise_resource(resource, [write("all", "A,FI|1 |2 ")], None)


def test_a_make_function_gets_the_raw_tables_by_part(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    def count(tables: dict[str, pl.LazyFrame], resource: Resource) -> pl.LazyFrame:
        return pl.LazyFrame(
            {"rows": [str(t.collect().height) for t in tables.values()], "part": list(tables)}
        )

    fields = (make_field("part", codes="one two"), make_field("rows", type="integer"))
    resource = make_resource(*fields, key="part", build=hooked(monkeypatch, count))
    snapshots = [write("two", "A,XX|1 |2 "), write("one", "A,FI|1 |: ")]
    assert normalise_resource(resource, snapshots, None).collect().rows() == [("one", 1), ("two", 2)]


def test_a_make_function_never_gets_one_of_two_parts_of_one_name(write: Write) -> None:
    two = (Source("eurostat", "made", "x", "tsv"), Source("eurostat", "other", "x", "tsv"))
    resource = make_resource(*FIELDS, key="geo", build="regions.tables.areas", sources=two)
    with pytest.raises(MappingError, match="two sources have a part 'all'"):
        normalise_resource(
            resource, [write("all", "A,FI|1 |2 "), write("all", "A,FI|1 |2 ", table="other")], None
        )


@pytest.mark.parametrize(
    "name",
    [
        "os.system",
        "resource",
        "resource.nothing",
        "nothing.made",
        "a.b.c",
        "resource._read",
        "Resource.make",
        "",
    ],
)
def test_only_functions_of_the_stage_can_be_named(name: str, write: Write) -> None:
    resource = make_resource(*FIELDS, key="geo time_period", ignore=("freq",), hook=name or ".")
    with pytest.raises(MappingError, match="is not a function of assets"):
        normalise_resource(resource, [write("all", "A,FI|1 |2 ")], None)


def test_a_field_that_nothing_makes_stops(write: Write) -> None:
    resource = make_resource(*FIELDS, make_field("country"), key="geo time_period", ignore=("freq",))
    with pytest.raises(MappingError, match="nothing makes the fields country"):
        normalise_resource(resource, [write("all", "A,FI|1 |2 ")], None)


AREAS = pl.LazyFrame(
    {"geo_classification": ["country", "nuts-2021", "nuts-2024"], "geo": ["FI", "FI1C3", "FI1C6"]}
)


def test_rows_are_tagged_and_the_tag_is_part_of_the_key(write: Write) -> None:
    fields = (make_field("geo", "geo"), make_field("geo_classification"), *FIELDS[1:])
    resource = make_resource(
        *fields,
        key="geo geo_classification time_period",
        ignore=("freq",),
        classification=build_classification("nuts-2021"),
    )
    frame = normalise_resource(
        resource, [write("all", "A,FI1C6|1 |: ", "A,FI|: |2 ", "A,FI1C3|3 |: ")], AREAS
    ).collect()
    assert frame.select("geo", "geo_classification", "obs_value").rows() == [
        ("FI", "country", 2.0),
        ("FI1C3", "nuts-2021", 3.0),
        ("FI1C6", "nuts-2024", 1.0),
    ]
    with pytest.raises(MappingError, match=r"^made: 1 area codes .*FI1C9"):
        normalise_resource(resource, [write("all", "A,FI1C9|1 |: ")], AREAS)


@pytest.mark.parametrize(("classification", "areas"), [(None, AREAS), ("nuts-2021", None)])
def test_tagging_needs_a_vintage_and_the_areas(
    write: Write, classification: str | None, areas: pl.LazyFrame | None
) -> None:
    resource = make_resource(
        GEO, make_field("geo_classification"), *FIELDS[1:], ignore=("freq",), classification=classification
    )
    with pytest.raises(MappingError, match="needs innoregio:classification"):
        normalise_resource(resource, [write("all", "A,FI|1 |2 ")], areas)
