"""SDMX-CSV: recorded files cell by cell, both versions, the three kinds of labels, and what is refused."""

from pathlib import Path

import polars as pl
import pytest

from assets.errors import SourceError
from assets.normalise.readers.sdmx_csv.message import read_sdmx_csv
from tests.normalise.readers.plain.plain_readings import cells_of, plain_bytes, plain_sdmx_csv

ONE = (
    b"DATAFLOW,LAST UPDATE,freq,geo,TIME_PERIOD,OBS_VALUE,OBS_FLAG,CONF_STATUS\r\n"
    b"ESTAT:X(1.0),21/02/23 23:00:00,A,FI,2020,1.5,,\r\n"
    b"ESTAT:X(1.0),21/02/23 23:00:00,A,FI,2021,-2,ep,F\r\n"
    b"ESTAT:X(1.0),21/02/23 23:00:00,A,FI,2022,,,C\r\n"
    b"ESTAT:X(1.0),21/02/23 23:00:00,A,SE,2022,,,\r\n"
)
NAMES = (
    b"STRUCTURE,STRUCTURE_ID,STRUCTURE_NAME,freq,Time frequency,geo,Geo,TIME_PERIOD,Time,"
    b"OBS_VALUE,Observation value,OBS_FLAG,Status,CONF_STATUS,Status\n"
    b'dataflow,ESTAT:X(1.0),"GDP, current",A,Annual,FI1C6,P\xc3\xa4ij\xc3\xa4t-H\xc3\xa4me,2024,,3.5,,'
    b"e,estimated,C,conf\n"
    b'dataflow,ESTAT:X(1.0),"GDP, current",A,Annual,SE,Sweden,2024,,4,,,,,\n'
)
BOTH = (
    b"STRUCTURE;STRUCTURE_ID;ACTION;FREQ: Frequency;REF_AREA:Reference area;TIME_PERIOD: Time;"
    b"OBS_VALUE: Value;TITLE: Title;OBS_STATUS: Status\n"
    b"dataflow;BIS:Y(1.0): Rates;I;M: Monthly;BR: Brazil;2024-01;11.75;Note: one;A: Normal\n"
    b"dataflow;BIS:Y(1.0): Rates;I;M: Monthly;BR: Brazil;2024-02;;Note: two;M: Missing\n"
)  # fmt: skip


def test_version_one_gives_every_column_and_confidentiality_as_a_flag() -> None:
    table = read_sdmx_csv(ONE)
    assert table.frame.select(
        "geo", "TIME_PERIOD", "OBS_VALUE", "OBS_FLAG", "CONF_STATUS"
    ).collect().rows() == [
        ("FI", "2020", 1.5, None, None),
        ("FI", "2021", -2.0, "ep", "F"),
        ("FI", "2022", None, "C", "C"),
    ]
    schema = table.frame.collect_schema()
    assert schema.names()[:2] == ["DATAFLOW", "LAST UPDATE"]
    assert schema.names()[-2:] == ["OBS_VALUE", "OBS_FLAG"]
    assert (schema["OBS_VALUE"], schema["OBS_FLAG"]) == (pl.Float64, pl.String)
    assert table.metadata["updated"] == "2023-02-21T23:00:00+01:00"
    assert table.metadata["dimensions"] == ["freq", "geo", "TIME_PERIOD"]


def test_version_two_with_name_columns_gives_codes_and_labels() -> None:
    table = read_sdmx_csv(NAMES)
    assert table.frame.collect_schema().names() == [
        "STRUCTURE", "STRUCTURE_ID", "freq", "geo", "TIME_PERIOD", "CONF_STATUS", "OBS_VALUE", "OBS_FLAG",
    ]  # fmt: skip
    assert table.frame.select("geo", "OBS_VALUE", "OBS_FLAG").collect().rows() == [
        ("FI1C6", 3.5, "eC"),
        ("SE", 4.0, None),
    ]
    assert table.metadata["labels"]["geo"] == {"FI1C6": "Päijät-Häme", "SE": "Sweden"}
    assert table.metadata["labels"]["STRUCTURE_ID"] == {"ESTAT:X(1.0)": "GDP, current"}
    assert table.metadata["dimension_labels"]["freq"] == "Time frequency"
    assert table.metadata["version"] == "2.0"


def test_labels_after_the_code_are_split_and_free_text_stays_whole() -> None:
    table = read_sdmx_csv(BOTH)
    assert table.frame.select("FREQ", "REF_AREA", "TITLE", "OBS_VALUE", "OBS_FLAG").collect().rows() == [
        ("M", "BR", "Note: one", 11.75, None),
        ("M", "BR", "Note: two", None, "M"),
    ]
    assert table.metadata["labels"]["OBS_STATUS"] == {"A": "Normal", "M": "Missing"}
    assert table.metadata["dimension_labels"]["REF_AREA"] == "Reference area"


def test_a_message_without_rows_has_no_rows() -> None:
    assert read_sdmx_csv(ONE.split(b"\n")[0] + b"\n").frame.collect().height == 0


@pytest.mark.parametrize(
    "name", ["demo_r_pjanaggr3_page_linear_2023-09.csv.gz", "nama_10r_3gdp_page_linear_2023-02.csv.gz"]
)
def test_a_recorded_file_equals_its_plain_reading(shared: Path, name: str) -> None:
    path = shared / "upstream" / "eurostat" / "sdmx-csv" / name
    table = read_sdmx_csv(path)
    dimensions = table.metadata["dimensions"]
    assert cells_of(table.frame, dimensions) == plain_sdmx_csv(plain_bytes(path), dimensions)


@pytest.mark.parametrize(
    ("content", "where"),
    [
        (b" \n", "empty"),
        (b"<html><body>no</body></html>\n", "HTML"),
        (b"unit,geo,time,values\nGDP,AT,2000,5\n", "line 1: no SDMX-CSV header"),
        (ONE[:-9], "line 5: the last line"),
        (ONE.replace(b",-2,", b",-2x,"), "line 3, column OBS_VALUE"),
        (ONE.replace(b",-2,", b",1e400,"), "line 3, column OBS_VALUE"),
        (ONE.replace(b",-2,", b",inf,"), "line 3, column OBS_VALUE"),
        (ONE.replace(b",-2,", b","), "line 3: 7 cells"),
        (ONE.replace(b",-2,", b",-2,,"), "line 3: 9 cells"),
        (ONE.replace(b",-2,", b",").replace(b",1.5,", b",1.5,,"), "line 2: 9 cells"),
        (ONE.replace(b",-2,", b',"-2,'), "line 3 or before: a quotation mark without its pair"),
        (ONE.replace(b"SE", b"S\x00"), "line 5: a NUL"),
        (ONE.replace(b"SE", b"\xe4"), "line 5, byte"),
        (ONE.replace(b"freq", b"geo"), "line 1: the column `geo`"),
        (ONE.replace(b"OBS_VALUE", b"VALUE"), "line 1: no column OBS_VALUE"),
        (BOTH.replace(b"1.0): Rates;I", b"1.0): Rates;D"), "line 2, column ACTION"),
        (ONE + b"\r\n", "cells"),
        (ONE.replace(b"FI,2021", b'F"I",2021'), "line 3: column geo: a stray quote"),
        (ONE.replace(b"FI,2021", b'"F"I"",2021'), "line 3: column geo: a stray quote"),
    ],
)
def test_what_is_not_whole_is_refused_with_its_place(content: bytes, where: str) -> None:
    with pytest.raises(SourceError) as caught:
        read_sdmx_csv(content).frame.collect()
    assert where in str(caught.value)
