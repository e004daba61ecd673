"""JSON-stat: recorded dialects cell by cell, every form of the standard, and what is refused."""

import gzip
import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from assets.errors import SourceError
from assets.normalise.readers.jsonstat.dataset import read_jsonstat
from tests.normalise.readers.plain.plain_readings import cells_of, plain_jsonstat

RECORDED = [
    "eurostat/json-stat/rd_e_gerdreg_2026-09.json",
    "statfin/pxweb-v1/tkke_13tn_response.json",
    "statfin/pxweb-v1/tkke_13tn_2022-2024_response.json",
    "statfin/pxweb-v1/vkour_12bs_response.json",
    "statfin/pxweb-v1/vaerak_11re_response.json",
    "statfin/pxweb-v1/kbar_11vs_response.json",
    "statfin/pxweb-v1/tyonv_12r5_response.json",
    "statfin/pxweb-v1-2026/vaerak_11re_three_cities.json",
    "statfin/pxgraf/alyr_11ge_maakunta_2024.json",
    "pxweb-v2/scb/TAB6471_data.json",
]


def cube(**changes: Any) -> dict[str, Any]:
    """A small dataset: two areas, two years, one content."""
    dataset = {
        "version": "2.0",
        "class": "dataset",
        "label": "Made",
        "id": ["geo", "time", "what"],
        "size": [2, 2, 1],
        "dimension": {
            "geo": {"category": {"index": {"SE": 1, "FI": 0}, "label": {"FI": "Finland", "SE": "Sweden"}}},
            "time": {"category": {"index": ["2023", "2024"]}},
            "what": {
                "label": "Contents",
                "category": {"label": {"x": "Thing"}, "unit": {"x": {"decimals": 1}}},
            },
        },
        "value": [1.5, None, 0, 1e3],
    }
    return {key: value for key, value in {**dataset, **changes}.items() if value != "absent"}


def rows(**changes: Any) -> list[tuple[Any, ...]]:
    return (
        read_jsonstat(json.dumps(cube(**changes)).encode()).frame.select(pl.exclude("what")).collect().rows()
    )


def test_a_dense_array_gives_the_cells_with_a_value() -> None:
    table = read_jsonstat(json.dumps(cube()).encode())
    assert table.frame.collect().rows() == [
        ("FI", "2023", "x", 1.5, None),
        ("SE", "2023", "x", 0.0, None),
        ("SE", "2024", "x", 1000.0, None),
    ]
    schema = table.frame.collect_schema()
    assert schema["geo"] == pl.Enum(["FI", "SE"])
    assert (schema["OBS_VALUE"], schema["OBS_FLAG"]) == (pl.Float64, pl.String)


@pytest.mark.parametrize(
    ("value", "status"),
    [
        ([1.5, None, None, 2], [None, "c", None, "p"]),
        ([1.5, None, None, 2], {"1": "c", "3": "p"}),
        ({"0": 1.5, "3": 2}, {"3": "p", "1": "c"}),
        ({"3": 2, "0": 1.5, "2": None}, ["", "c", None, "p"]),
        ({"0": 1.5, "3": 2}, {"1": "|c", "3": "p|", "2": "|"}),
    ],
)
def test_every_form_of_value_and_status_gives_one_table(value: Any, status: Any) -> None:
    assert rows(value=value, status=status) == [
        ("FI", "2023", 1.5, None),
        ("FI", "2024", None, "c"),
        ("SE", "2024", 2.0, "p"),
    ]


def test_one_status_for_all_and_two_part_flags() -> None:
    for one in ("e", ["e"]):
        assert [row[-1] for row in rows(status=one)] == ["e", "e", "e", "e"]
    assert rows(value={}, status={"0": "e|C"}) == [("FI", "2023", None, "eC")]


def test_an_empty_cube_and_an_empty_answer_have_no_rows() -> None:
    dimension = {**cube()["dimension"], "geo": {"category": {"index": []}}}
    assert rows(value={}) == []
    for empty in ([], {}):
        assert rows(size=[0, 2, 1], dimension=dimension, value=empty) == []


def test_metadata_says_what_the_source_says() -> None:
    role = {"time": ["time"], "geo": ["geo"], "metric": ["what"]}
    changes = {"updated": "2025-10-23T05.00.00Z", "role": role, "note": ["One."], "source": "ESTAT"}
    metadata = read_jsonstat(json.dumps(cube(**changes)).encode()).metadata
    assert metadata["updated"] == "2025-10-23T05:00:00Z"
    assert metadata["roles"] == role
    assert metadata["labels"]["geo"] == {"FI": "Finland", "SE": "Sweden"}
    assert metadata["labels"]["time"] == {"2023": "2023", "2024": "2024"}
    assert metadata["decimals"] == {"what": {"x": 1}}
    assert (metadata["notes"], metadata["source"]) == (["One."], "ESTAT")


@pytest.mark.parametrize("name", RECORDED)
def test_a_recorded_answer_equals_its_plain_reading(shared: Path, name: str) -> None:
    content = (shared / "upstream" / name).read_bytes()
    table = read_jsonstat(content)
    assert cells_of(table.frame, table.metadata["dimensions"]) == plain_jsonstat(content)
    assert table.metadata["label"]


def test_known_answers_of_13tn(shared: Path) -> None:
    table = read_jsonstat(shared / "upstream" / "statfin/pxweb-v1/tkke_13tn_response.json")
    lahti = table.frame.filter(pl.col("Alue") == "MK07", pl.col("Vuosi") == "2024").collect()
    assert lahti.filter(pl.col("Sektori") == "SSS")["OBS_VALUE"].to_list() == [116.6, 1286.0, 902.4]
    secret = table.frame.filter(pl.col("OBS_FLAG") == "...").collect()
    assert secret["OBS_VALUE"].null_count() == secret.height == 12


def test_metadata_without_data_is_refused_as_such(shared: Path) -> None:
    with pytest.raises(SourceError, match="metadata of a table"):
        read_jsonstat(shared / "upstream" / "pxweb-v2/scb/TAB6471_metadata.json")


BAD_DIMENSIONS = [
    ({"geo": {"category": {"index": {"FI": 0, "SE": 2}}}}, "dimension.geo.category.index"),
    ({"geo": {"category": {"index": {"FI": 0, "SE": True}}}}, "dimension.geo.category.index"),
    ({"geo": {"category": {"index": ["FI", "FI"]}}}, "a code stands twice"),
    ({"geo": {"category": {"index": ["FI"]}}}, "1 categories where `size` says 2"),
    ({"geo": {"category": {"label": {"FI": "", "SE": ""}}}}, "dimension.geo.category.index"),
    ({"geo": {}}, "dimension.geo: the dimension has no `category`"),
    ({"geo": None}, "dimension.geo: the dimension has no `category`"),
]


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"value": [1, 2, 3]}, "value: 3 cells where `size` makes 4"),
        ({"value": {"4": 1}}, "value `4`: no position in a cube of 4 cells"),
        ({"value": {"-1": 1}}, "value `-1`"),
        ({"value": {"01": 1}}, "value `01`"),
        ({"value": {"1.0": 1}}, "value `1.0`"),
        ({"value": [1, "..", 3, 4]}, "value 1: `..` is no number"),
        ({"value": [1, True, 3, 4]}, "value 1: `True` is no number"),
        ({"value": [1, [2], 3, 4]}, "value 1"),
        ({"value": "absent"}, "value: the dataset has no values"),
        ({"value": 5}, "value: no array or object"),
        ({"status": {"9": "e"}}, "status `9`: no position"),
        ({"status": ["e", "e"]}, "status: 2 cells"),
        ({"status": {"1": 5}}, "status 1: `5` is no text"),
        ({"size": [2, 2]}, "id, size"),
        ({"size": [2, 2, "1"]}, "dimension.what"),
        ({"id": ["geo", "geo", "what"]}, "id: a dimension stands twice"),
        ({"id": ["geo", "nothing", "what"]}, "dimension.nothing"),
        ({"class": "collection"}, "class: a JSON-stat collection"),
        ({"class": "dimension"}, "class: a JSON-stat dimension"),
        *(({"dimension": {**cube()["dimension"], **bad}}, where) for bad, where in BAD_DIMENSIONS),
    ],
)
def test_a_cube_that_does_not_fit_is_refused_with_its_place(changes: dict[str, Any], where: str) -> None:
    with pytest.raises(SourceError) as caught:
        rows(**changes)
    assert where in str(caught.value)


TEXT = json.dumps(cube()).encode()


@pytest.mark.parametrize(
    ("content", "where"),
    [
        (b'{"error":[{"status":404,"id":100,"label":"ERR_NOT_FOUND_4: x"}]}', "ERR_NOT_FOUND_4"),
        (b'{"warning":{"status":413,"label":"ASYNCHRONOUS_RESPONSE."}}', "ASYNCHRONOUS_RESPONSE"),
        (b'{"type":"Parameter error","title":"Too many cells selected","status":400}', "Too many cells"),
        (b"<!DOCTYPE html><html></html>", "HTML"),
        (b"", "empty"),
        (b"[]", "a JSON list"),
        (TEXT[:-30], "cut off"),
        (TEXT[:150], "line 1, column"),
        (TEXT.replace(b"1000.0", b"NaN"), "number `NaN`"),
        (TEXT.replace(b"1000.0", b"-Infinity"), "number `-Infinity`"),
        (TEXT.replace(b"1000.0", b"1e400"), "number `1e400`"),
        (TEXT.replace(b"1000.0", b"9" * 400), "number `999"),
        (TEXT.replace(b'"SE": 1', b'"FI": 1'), "key `FI`"),
        (TEXT.replace(b'"value":', b'"value": [], "value":'), "key `value`"),
        (TEXT.replace(b"Made", b"\xe4"), "line 1, byte"),
        (b"[" * 100_000 + b"]" * 100_000, "too deep"),
        (TEXT + b"x", "no valid JSON (Extra data)"),
        (gzip.compress(TEXT, mtime=0)[:-9], "gzip"),
        (
            json.dumps({"dataset": {"dimension": {"id": [], "size": []}, "value": []}}).encode(),
            "version 1 bundle",
        ),
        (json.dumps({"dimension": {"id": [], "size": []}, "value": []}).encode(), "version 1"),
    ],
)
def test_what_is_no_dataset_is_refused_with_its_reason(content: bytes, where: str) -> None:
    with pytest.raises(SourceError) as caught:
        read_jsonstat(content)
    assert where in str(caught.value)
    assert "\n" not in str(caught.value)
