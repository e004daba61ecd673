"""JSON behind maps, shares by area, and wide tables: what is read and what is refused."""

import json
from typing import Any

import pytest

from assets.errors import DescriptorError, SourceError
from assets.normalise.readers.area_shares import read_area_shares
from assets.normalise.readers.delimited.table import read_delimited
from assets.normalise.readers.map_json import read_map_json
from assets.normalise.readers.unpivot import unpivot

SERIES = {
    "decimals": 1,
    "options": [
        {"code": "A", "label": "Females", "title": "Life", "data": {"FI1C": 84.7, "FI1D": ":"}},
        {"code": "B", "label": "Males", "title": "Life", "data": {"FI1C": 79, "FI1D": None}},
    ],
}
SHARES = {
    "source": "Census",
    "year": 2021,
    "unit": "%",
    "national": {"population": 10, "shares": {"native": 92.4, "other_eu": 2.0}},
    "areas": {
        "nuts3": {
            "FI1C3": {"code": "FI1C3", "name": "Päijät-Häme", "population": 4}
            | {"shares": {"native": 94.27, "other_eu": 1.54}}
        }
    },
}


def as_bytes(value: Any) -> bytes:
    return json.dumps(value).encode()


def test_the_three_layouts_of_a_map() -> None:
    table = read_map_json(as_bytes(SERIES))
    assert table.frame.collect().rows() == [("FI1C", "A", 84.7, None), ("FI1C", "B", 79.0, None)]
    assert table.metadata["labels"] == {"series": {"A": "Females", "B": "Males"}}
    assert table.metadata["title"] == "Life"
    assert read_map_json(b'{"FI1C": 71.0, "FI1D": ":"}').frame.collect().rows() == [
        ("FI1C", None, 71.0, None)
    ]
    stats = {"nutsYear": 2024, "stats": {"gdpChange": {"FI1C6": -12.0}, "type": {"FI1C6": 2}}}
    table = read_map_json(as_bytes(stats))
    assert table.frame.collect().rows() == [("FI1C6", "gdpChange", -12.0, None), ("FI1C6", "type", 2.0, None)]
    assert table.metadata["nutsYear"] == 2024


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"[1]", "no values of a map"),
        (b"{}", "no values of a map"),
        (b'{"FI1C": "71"}', "FI1C: `71` is no number"),
        (b'{"FI1C": true}', "FI1C: `True` is no number"),
        (b'{"FI1C": 1, "FI1C": 2}', "twice"),
        (b'{"FI1C": 1', "cut off|JSON"),
        (b"<html></html>", "HTML"),
        (as_bytes({"options": [SERIES["options"][0]] * 2}), "options: a series has no code, or two have one"),  # type: ignore[index]
        (as_bytes({"options": [{"code": "A"}]}), "series A: no values by area code"),
        (as_bytes({"title": "x", "colors": []}), "title: `x` is no number"),
    ],
)
def test_what_is_no_map_is_refused(content: bytes, problem: str) -> None:
    with pytest.raises(SourceError, match=problem):
        read_map_json(content)


def test_shares_and_population_of_a_country_and_its_areas() -> None:
    table = read_area_shares(as_bytes(SHARES))
    assert table.frame.collect().rows() == [
        ("FI", "2021", "population", 10.0, None),
        ("FI", "2021", "native", 92.4, None),
        ("FI", "2021", "other_eu", 2.0, None),
        ("FI1C3", "2021", "population", 4.0, None),
        ("FI1C3", "2021", "native", 94.27, None),
        ("FI1C3", "2021", "other_eu", 1.54, None),
    ]
    assert table.metadata["labels"] == {"geo": {"FI1C3": "Päijät-Häme"}}


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ('"national"', '"country"', "no shares by area"),
        ('"code": "FI1C3"', '"code": "FI1C4"', "area FI1C3: its entry has another code"),
        ('"native": 94.27, ', "", "area FI1C3: no shares of the groups native, other_eu"),
        ("94.27", '"94.27"', "area FI1C3: native: `94.27` is no number"),
        ('"population": 4', '"people": 4', "area FI1C3: population: `None` is no number"),
        ('{"FI1C3"', '{"EE001": {}, "FI1C3"', "areas of several countries: EE, FI"),
    ],
)
def test_what_are_no_shares_is_refused(old: str, new: str, problem: str) -> None:
    content = json.dumps(SHARES)
    assert old in content
    with pytest.raises(SourceError, match=problem):
        read_area_shares(content.replace(old, new).encode())


WIDE = b"geo,name,2015,Y 2016\nFI1C3,Home,1.5,\nFI1C4,Next,..,:\nFI1C5,Far,-,0\n"


def rows_of(content: bytes, options: dict[str, str], *marks: str) -> list[tuple[Any, ...]]:
    return unpivot(read_delimited(content), options, "made.csv", *marks).frame.collect().rows()


def test_a_wide_table_gets_a_row_for_each_cell() -> None:
    table = unpivot(read_delimited(WIDE), {"into": "year", "columns": r"(?:Y )?(\d{4})"}, "made.csv")
    assert table.frame.collect().rows() == [
        ("FI1C3", "Home", "2015", 1.5, None),
        ("FI1C4", "Next", "2015", None, ".."),
        ("FI1C5", "Far", "2015", None, "-"),
        ("FI1C5", "Far", "2016", 0.0, None),
    ]
    assert table.metadata["dimensions"] == ["geo", "name", "year"]
    grouped = 'geo,2015\nFI,"1\u00a0250,5"\nSE,..\n'.encode()
    assert rows_of(grouped, {"into": "year", "columns": r"\d+"}, ",", "\u00a0") == [
        ("FI", "2015", 1250.5, None),
        ("SE", "2015", None, ".."),
    ]


@pytest.mark.parametrize(
    ("content", "options", "problem"),
    [
        (WIDE, {"into": "year", "columns": r"\d{3}"}, r"header: no column is `\\d\{3\}`: geo, name, 2015"),
        (WIDE, {"into": "year", "columns": ".*"}, "header: every column is"),
        (WIDE, {"into": "geo", "columns": r"\d{4}"}, "geo is there already"),
        (WIDE, {"into": "year", "columns": r".*(20)1[56]"}, "header: unpivot gives two columns one heading"),
        (WIDE.replace(b"1.5", b'"1,5"'), {"into": "year", "columns": "2015"}, "record 1, column 2015: `1,5`"),
        (WIDE.replace(b"..", b"1e999"), {"into": "year", "columns": r"\d{4}"}, "record 2, column 2015"),
    ],
)  # fmt: skip
def test_what_cannot_be_unpivoted_is_refused(content: bytes, options: dict[str, str], problem: str) -> None:
    with pytest.raises(SourceError, match=problem):
        rows_of(content, options)
    with pytest.raises(DescriptorError, match="no regular expression"):
        rows_of(content, {"into": "year", "columns": "("})


def test_a_heading_of_two_groups_gives_two_columns() -> None:
    content = b'Area,"A Farming, 2017 (TP)","Services, 2017 (TP)"\nLahti,36,\n'
    options = {"into": ["industry", "year"], "columns": r"([A-Z](?= )|Services).*, (\d{4}) [(]TP[)]"}
    table = unpivot(read_delimited(content), options, "made.csv")
    assert table.metadata["dimensions"] == ["Area", "industry", "year"]
    assert table.frame.collect().rows() == [("Lahti", "A", "2017", 36.0, None)]
    with pytest.raises(DescriptorError, match="1 columns into for 2 groups"):
        unpivot(read_delimited(content), {**options, "into": "industry"}, "made.csv")
