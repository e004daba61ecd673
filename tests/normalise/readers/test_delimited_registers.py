"""Registers' own habits by dialects: EURA, Business Finland, Kohesio; recorded files and made ones."""

import csv
import re
from pathlib import Path

import pytest

from assets.errors import DescriptorError, SourceError
from assets.normalise.readers.delimited.table import read_delimited
from tests.normalise.readers.register_forms import (
    BUSINESS_FINLAND,
    EURA_2007,
    EURA_2014,
    KOHESIO_2014,
    KOHESIO_2021,
)

EURA_HEADER = "Koodi,Rahasto,Nimi,Ohjelma,Tl,Viranomainen,Tila,Alku,Loppu,Toteuttaja,a,b,c,d\n"
EURA_LINE = (
    "S1,ESR,Samapalkkaisuus, tasa-arvo (SATU),Etelä-Suomen suuralueosio,1,Hämeen elinkeino-, liikenne- ja "
    "ympäristökeskus,Toiminta päättynyt,1.9.2008,31.12.2010,Oulun yliopisto, Kajaani,426925,-5,0,1\n"
)


def test_eura_2007_made() -> None:
    frame = read_delimited((EURA_HEADER + EURA_LINE).encode("windows-1252"), EURA_2007).frame.collect()
    [row] = frame.rows(named=True)
    assert row["Nimi"] == "Samapalkkaisuus, tasa-arvo (SATU)"
    assert row["Viranomainen"] == "Hämeen elinkeino-, liikenne- ja ympäristökeskus"
    assert (row["Toteuttaja"], row["b"]) == ("Oulun yliopisto, Kajaani", "-5")


def test_unquoted_commas_without_a_pattern_are_refused_with_their_line() -> None:
    content = (EURA_HEADER + EURA_LINE).encode("windows-1252")
    with pytest.raises(SourceError, match="line 2: 17 cells where the header has 14"):
        read_delimited(content, {"encoding": "windows-1252"})
    broken = content + b"A2,EAKR,x,Etel\xe4-Suomi,1\n" * 2
    with pytest.raises(
        SourceError, match=r"line 3: not a record .*: A2,EAKR,x,Etelä-Suomi,1 \(2 such lines\)"
    ):
        read_delimited(broken, EURA_2007)
    with pytest.raises(DescriptorError, match="14 groups, the header of bytes 13 cells"):
        read_delimited(content.replace(b"Koodi,", b""), EURA_2007)


@pytest.mark.slow
def test_eura_2007_recorded(shared: Path) -> None:
    """19,940 projects, 11,100 of them with commas inside cells; each line comes back from its cells."""
    path = shared / "upstream" / "eura" / "projektilista-2007-2013_old.csv"
    table = read_delimited(path, EURA_2007)
    frame = table.frame.collect()
    lines = path.read_text("windows-1252").split("\n")[1:-1]
    assert table.metadata["rows"] == len(lines) == 19_940
    assert [",".join(cell or "" for cell in row) for row in frame.rows()] == lines
    assert set(frame["Tl"].unique()) <= set("123456")
    assert frame["Viranomainen"].n_unique() == 42
    with pytest.raises(SourceError, match="line 1, byte 88: 0xe4 is not utf-8"):
        read_delimited(path)


def test_eura_2014_recorded_is_refused_for_its_hand_edited_lines(shared: Path) -> None:
    path = shared / "upstream" / "eura" / "projektilista-2014-2020_original.csv"
    with pytest.raises(SourceError, match=r"line 56: not a record .*: A70355.*\(24 such lines\)"):
        read_delimited(path, EURA_2014)
    lines = path.read_bytes().split(b"\n")
    pattern = re.compile(EURA_2014["recordPattern"])
    whole = [line for line in lines[1:-1] if pattern.fullmatch(line.decode().removesuffix(";"))]
    frame = read_delimited(b"\n".join([lines[0], *whole, b""]), EURA_2014).frame.collect()
    assert frame.height == len(lines) - 2 - 24 == 2_857
    assert frame.columns[-1] == "Toteutunut julkinen rahoitus yhteensä"


@pytest.mark.slow
def test_business_finland_recorded(shared: Path) -> None:
    """Every cell as the csv module has it, amounts without their no-break spaces."""
    path = shared / "upstream" / "businessfinland" / "BFData_2010-2022.csv"
    table = read_delimited(path, BUSINESS_FINLAND)
    with path.open(encoding="utf-8", newline="") as lines:
        plain = list(csv.DictReader(lines))
    assert table.metadata["rows"] == len(plain) == 50_116
    for row, expected in zip(table.frame.collect().rows(named=True), plain, strict=True):
        for column, cell in row.items():
            wanted = expected[column]
            if column in BUSINESS_FINLAND["numbers"]:
                wanted = wanted.replace("\u00a0", "").replace("−", "-")
            assert cell == (wanted or None)


@pytest.mark.parametrize(("columns", "number"), [(KOHESIO_2014, 40), (KOHESIO_2021, 44)])
def test_kohesio_layouts_made(columns: list[str], number: int) -> None:
    """Comma, quotes where needed, line ends inside values, dates as text: both layouts, by name."""
    assert len(columns) == number
    values = {column: f"{column}, first\nsecond" if "Summary" in column else "x" for column in columns}
    values |= {"Operation_Start_Date": "01/02/2023", "NUTS3_Code": "FI1C3|FI1C6", "Project_EU_Budget": "10.5"}
    line = ",".join(f'"{v}"' if "," in v else v for v in values.values())
    content = (",".join(columns) + "\n" + (line + "\n") * 3).encode()
    assert read_delimited(content).frame.collect().rows(named=True) == [values] * 3
    page = b"<!DOCTYPE html>\n<html><title>Kohesio</title></html>\n"
    with pytest.raises(SourceError, match="an HTML page in place of delimited text"):
        read_delimited(page)


def test_kohesio_beneficiaries_recorded(shared: Path) -> None:
    """Tabs, quotes that are text, and a tab at the end of every line."""
    path = shared / "upstream" / "kohesio" / "kohesio-beneficiaries-export-head.tsv"
    frame = read_delimited(path, {"delimiter": "\t", "quoteChar": None, "lineSuffix": "\t"}).frame.collect()
    plain = [line.split("\t") for line in path.read_text("utf-8").split("\n")]
    assert plain[-1] == [""] and all(len(cells) == 8 and cells[-1] == "" for cells in plain[:-1])
    assert [[cell or "" for cell in row] for row in frame.rows()] == [cells[:-1] for cells in plain[1:-1]]
    with pytest.raises(SourceError, match="line 1: column 8 has no name"):
        read_delimited(path, {"delimiter": "\t", "quoteChar": None})
