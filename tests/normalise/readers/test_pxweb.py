"""PxWeb's json and csv: the recorded csv against the csv module, made answers in the documented shape, what
is refused.
"""

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest

from assets.errors import SourceError
from assets.normalise.readers.pxweb import read_pxweb_csv, read_pxweb_json
from tests.normalise.readers.plain.plain_readings import cells_of

ANSWER: dict[str, Any] = {  # made in the documented shape; none is recorded
    "columns": [
        {"code": "Alue", "text": "Alue", "type": "d"},
        {"code": "Vuosi", "text": "Vuosi", "type": "t"},
        {"code": "vaesto", "text": "Väestö 31.12.", "type": "c"},
        {"code": "muutos", "text": "Muutos", "type": "c"},
    ],
    "comments": [],
    "data": [
        {"key": ["MK07", "2023"], "values": ["204479", "-0.3"]},
        {"key": ["MK07", "2024"], "values": ["204635", "..."]},
        {"key": ["MK08", "2024"], "values": ["", "-"]},
    ],
    "metadata": [{"updated": "2025-10-23T05.00.00Z", "label": "Väestö", "source": "Tilastokeskus"}],
}
CSV = (
    '"128c, made"\r\n\r\n"Information","Decile","2022","2023"\r\n'
    '"mean, ""gross""","I",16030,".."\r\n"2020","II",-1.5,\r\n'
)


def test_json_gives_one_row_per_value() -> None:
    table = read_pxweb_json(json.dumps(ANSWER).encode())
    assert table.frame.collect().rows() == [
        ("MK07", "2023", "vaesto", 204479.0, None),
        ("MK07", "2023", "muutos", -0.3, None),
        ("MK07", "2024", "vaesto", 204635.0, None),
        ("MK07", "2024", "muutos", None, "..."),
        ("MK08", "2024", "muutos", None, "-"),
    ]
    assert table.metadata["dimensions"] == ["Alue", "Vuosi", "ContentsCode"]
    assert table.metadata["updated"] == "2025-10-23T05:00:00Z"
    assert table.metadata["roles"]["time"] == ["Vuosi"]
    assert table.metadata["labels"]["ContentsCode"]["vaesto"] == "Väestö 31.12."


def test_csv_gives_stub_columns_and_the_heading() -> None:
    table = read_pxweb_csv(CSV.encode())
    assert table.frame.collect().rows() == [
        ('mean, "gross"', "I", "2022", 16030.0, None),
        ('mean, "gross"', "I", "2023", None, ".."),
        ("2020", "II", "2022", -1.5, None),
    ]
    assert table.metadata["label"] == "128c, made"
    assert table.metadata["dimensions"] == ["Information", "Decile", "heading"]


def test_csv_in_latin_1_when_told_so() -> None:
    content = CSV.replace("mean", "Päijät").encode("iso-8859-1")
    assert (
        read_pxweb_csv(content, encoding="iso-8859-1").frame.collect()["Information"][0].startswith("Päijät")
    )
    with pytest.raises(SourceError, match="line 4, byte"):
        read_pxweb_csv(content)


def test_the_recorded_csv_equals_its_plain_reading(shared: Path) -> None:
    path = shared / "upstream/statfin/csv/tjt_128c_2025-06.csv"
    table = read_pxweb_csv(path)
    title, _, header, *records = csv.reader(io.StringIO(path.read_text("utf-8"), newline=""))
    plain = {
        (*record[:2], heading): (float(text), None)
        for record in records
        for heading, text in zip(header[2:], record[2:], strict=True)
    }
    assert cells_of(table.frame, table.metadata["dimensions"]) == plain
    assert len(plain) == 40
    assert table.metadata["label"] == title[0]


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"columns": None}, "no PxWeb JSON"),
        ({"columns": [*ANSWER["columns"], ANSWER["columns"][0]]}, "columns: a column"),
        ({"columns": ANSWER["columns"][:2]}, "no column of type `c`"),
        ({"data": [{"key": ["MK07"], "values": ["1", "2"]}]}, "data 0: not 2 keys"),
        ({"data": [{"key": ["MK07", "2023"], "values": ["1", 2]}]}, "data 0: not 2 keys"),
        ({"data": [{"key": ["MK07", "2023"], "values": ["1", "x"]}]}, "data 0, muutos: `x`"),
        ({"data": [{"key": ["MK07", "2023"], "values": ["1", "1e400"]}]}, "data 0, muutos: `1e400`"),
        ({"data": [{"key": ["MK07", "2023"], "values": ["1", "nan"]}]}, "data 0, muutos: `nan`"),
        ({"data": [ANSWER["data"][0], ANSWER["data"][0]]}, "data 1: the key"),
    ],
)
def test_json_that_does_not_fit_is_refused(change: dict[str, Any], where: str) -> None:
    with pytest.raises(SourceError) as caught:
        read_pxweb_json(json.dumps({**ANSWER, **change}).encode())
    assert where in str(caught.value)


@pytest.mark.parametrize(
    ("old", "new", "where"),
    [
        (CSV, "", "empty"),
        (CSV, "<html></html>\n", "HTML"),
        (CSV, '"title"\n\n', "line 3: no header"),
        ("16030", "16x", "line 4, column `2022`"),
        ("16030", "1,6", "line 4: 5 cells"),
        ("16030,", "", "line 4: 3 cells"),
        ('"I"', '"I', "line 4: no CSV cell"),
        ('"2022"', '"2023"', "line 3: a column stands twice"),
        ("-1.5,\r\n", "-1.5,", "line 5: the last line"),
        ('"2020","II"', '"mean, ""gross""","I"', "line 5: the key"),
    ],
)
def test_csv_that_is_not_whole_is_refused(old: str, new: str, where: str) -> None:
    with pytest.raises(SourceError) as caught:
        read_pxweb_csv(CSV.replace(old, new, 1).encode())
    assert where in str(caught.value)
