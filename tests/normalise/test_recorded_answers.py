"""Known answers of datasets made from recorded files: looked up in the bundled bytes by a plain route (csv,
json, XML), and in the table that the pipeline makes of them.
"""

import csv
import gzip
import json
import re
import zipfile
from functools import cache
from io import BytesIO, StringIO
from pathlib import Path
from xml.etree import ElementTree

import polars as pl
import pytest

from assets.authoring.bundled_areas import read_bundled_areas
from assets.descriptor import load_dataset
from assets.fetch.snapshots import fetch_snapshots
from assets.normalise.resource import normalise_resource
from assets.overlay import packaged_schemas
from assets.store.snapshots import bundle_root

Found = dict[tuple[str, ...], str]


def plain_sheet(content: bytes) -> Found:
    """Cells of a Data Browser workbook by the label of the row and the heading."""
    main = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
    root = ElementTree.fromstring(zipfile.ZipFile(BytesIO(content)).read("xl/worksheets/sheet2.xml"))
    lines = [
        {re.sub(r"\d", "", cell.get("r", "")): "".join(cell.itertext()) for cell in row.iter(f"{main}c")}
        for row in root.iter(f"{main}row")
    ]
    [years] = [line for line in lines if line.get("A") == "TIME"]
    return {
        (line["A"], years[column]): text
        for line in reversed(lines)  # of rows with one label the first, which is the largest area
        for column, text in line.items()
        if line.get("A") and years.get(column, "").isdigit()
    }


def plain_lines(content: bytes) -> Found:
    """Cells of a Eurostat TSV by the codes of the line and the period."""
    header, *lines = content.decode().splitlines()
    periods = [period.strip() for period in header.split("\t")[1:]]
    return {
        (*line.split("\t")[0].split(","), period): text.strip().split(" ")[0]
        for line in lines
        for period, text in zip(periods, line.split("\t")[1:], strict=True)
    }


def plain_records(content: bytes) -> Found:
    """Cells of a CSV by the record without the cell, and the heading."""
    header, *records = csv.reader(StringIO(content.decode("utf-8-sig")))
    return {
        (*record[:place], *record[place + 1 :], heading): record[place]
        for record in records
        for place, heading in enumerate(header)
    }


def plain_shares(content: bytes) -> Found:
    """Population and shares of a country (no code) and its areas; values of a map by area and series."""
    told = json.loads(content)
    if "options" in told:
        return {
            (code, one["code"]): str(value) for one in told["options"] for code, value in one["data"].items()
        }
    areas = {"": told["national"], **told["areas"]["nuts3"]}
    return {
        (code, name): str(value)
        for code, area in areas.items()
        for name, value in [("population", area["population"]), *area["shares"].items()]
    }


READINGS = {".xlsx": plain_sheet, ".tsv": plain_lines, ".csv": plain_records, ".json": plain_shares}
with Path(__file__).with_name("recorded_answers.csv").open(encoding="utf-8", newline="") as stream:
    ANSWERS = list(csv.DictReader(stream))
DATASETS = sorted({answer["dataset"] for answer in ANSWERS})


PAYMENTS = {  # to Etelä-Suomi by fund and programming period, euro
    ("ERDF", "2000-2006"): 94_401_434,
    ("ERDF", "2007-2013"): 69_031_557,
    ("ESF", "2007-2013"): 88_157_620,
    ("ERDF", "2014-2020"): 10_812_150,
}


@cache
def bundled(table: str, part: str = "data") -> tuple[str, bytes]:
    """The extension and the bytes of a table's one bundled snapshot."""
    [path] = [
        path
        for path in bundle_root().glob(f"*/{table}/{part}/*")
        if re.fullmatch(r"[0-9a-f]{16}\.\w+(\.gz)?", path.name)
    ]
    content = path.read_bytes()
    return path.suffixes[0], gzip.decompress(content) if content[:2] == b"\x1f\x8b" else content


@cache
def plain_cells(table: str, part: str) -> Found:
    extension, content = bundled(table, part)
    return READINGS[extension](content)


@cache
def normalised(dataset: str, resource: str) -> pl.DataFrame:
    """The table as the pipeline makes it of the bundle."""
    found = load_dataset(packaged_schemas() / "datasets" / f"{dataset}.yaml", packaged_schemas())
    [table] = [one for one in found.resources if one.name == resource]
    snapshots = fetch_snapshots(found, [bundle_root()])
    return normalise_resource(table, snapshots, read_bundled_areas().lazy()).collect()


def answers(dataset: str) -> list[dict[str, str]]:
    return [answer for answer in ANSWERS if answer["dataset"] == dataset]


@pytest.mark.parametrize("dataset", DATASETS)
def test_the_bundled_bytes_have_the_figures(dataset: str) -> None:
    for answer in answers(dataset):
        cells = plain_cells(answer["table"], answer["part"] or "data")
        assert float(cells[tuple(answer["key"].split("|"))]) == float(answer["value"]), answer


@pytest.mark.parametrize("dataset", DATASETS)
def test_the_published_tables_have_the_figures(dataset: str) -> None:
    for answer in answers(dataset):
        where = dict(condition.split("=") for condition in answer["where"].split("&"))
        found = normalised(dataset, answer["resource"] or dataset).filter(
            pl.col(column).cast(pl.String) == value for column, value in where.items()
        )
        assert found["obs_value"].to_list() == [float(answer["value"])], answer


def test_payments_add_up_in_the_bytes_and_in_the_table() -> None:
    records = list(csv.DictReader(StringIO(bundled("tc55-7ysv")[1].decode("utf-8-sig"))))
    south = [record for record in records if record["NUTS2_ID"] == "FI1C"]
    assert len(south) == 126
    table = normalised("eu-payments-history", "eu-payments-history").filter(geo="FI1C", indicator="PAYMENT")
    for (fund, period), paid in PAYMENTS.items():
        mine = [one for one in south if (one["Fund"], one["Programming_Period"]) == (fund, period)]
        assert sum(int(one["EU_Payment_annual"]) for one in mine) == paid
        assert table.filter(fund=fund, programming_period=period)["obs_value"].sum() == paid
