"""Formats that a descriptor names, from a file through the descriptor's mapping to a table."""

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from assets.descriptor import Source
from assets.errors import MappingError
from assets.normalise.resource import normalise_resource
from assets.store.snapshots import Provenance, Snapshot
from tests.normalise.made_descriptors import OBSERVATION, make_field, make_resource
from tests.normalise.readers.made_workbooks import LABELLED, SUMMARY, make_workbook

RECORD = b"""<project xmlns="http://cordis.europa.eu"><id>101</id><relations><associations>
<organization type="coordinator" order="1" ecContribution="1000.5"><id>999</id><legalName>LAB</legalName>
</organization></associations></relations></project>"""
PARTICIPATION = (make_field("project", "projectID"), make_field("name", "name"), make_field("role", "role"))
ORGANISATION = b"projectID;name;role;organisationID;order;country\n101;LAB;coordinator;999;1;FI\n"
SUMMARIES = (
    b"id;title;projectID;projectAcronym;attachment;contentUpdateDate;rcn\n"
    b'"101_1_PS";"Periodic Reporting";"101";"ABC";"";"2024-01-01 10:00:00";"1"\n'
)
TABBED = {"delimiter": "\t", "quoteChar": None, "decimalChar": ","}
AREAS = pl.DataFrame(
    [("nuts-2024", "FI2", "1", "Åland"), ("nuts-2024", "FI20", "2", "Åland")],
    schema=["geo_classification", "geo", "level", "name_native"],
    orient="row",
).with_columns(pl.col("name_native").alias(f"name_{language}") for language in ("fi", "sv", "en"))


def archive(name: str, content: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as made:
        made.writestr(name, content)
    return packed.getvalue()


def rows_of(
    folder: Path, form: str, content: bytes, *fields: Any, key: str, options: Any = None, **given: Any
) -> list[tuple[Any, ...]]:
    """The rows of a resource that is made from one file; fields that the reader has none for are ignored."""
    path = folder / "made"
    path.write_bytes(content)
    source = Source("made", "made", "download", form, options=options or {})
    snapshot = Snapshot(path, Provenance("made", "made", "all", "made", "made", "text/plain"))
    resource = make_resource(*fields, key=key, sources=(source,), **given)
    return normalise_resource(resource, [snapshot], AREAS.lazy()).collect().rows()


def test_pxweb_json_and_csv(tmp_path: Path) -> None:
    fields = (make_field("area", "Alue"), make_field("content", "ContentsCode"), *OBSERVATION)
    answer = {
        "columns": [{"code": "Alue", "text": "Area", "type": "d"}, {"code": "v", "text": "P", "type": "c"}],
        "data": [{"key": ["MK07"], "values": ["204635"]}, {"key": ["MK01"], "values": [".."]}],
    }
    rows = rows_of(tmp_path, "pxweb-json", json.dumps(answer).encode(), *fields, key="area content")
    assert rows == [("MK01", "v", None, "O", ".."), ("MK07", "v", 204635.0, "A", None)]
    fields = (make_field("area", "Alue"), make_field("time_period", "heading"), *OBSERVATION)
    text = 'Väestö;\r\n\r\n"Alue";"2024"\r\n"Päijät-Häme";204635\r\n'
    rows = rows_of(
        tmp_path,
        "pxweb-csv",
        text.encode("iso-8859-1"),
        *fields,
        key="area time_period",
        options={"dialect": {"encoding": "iso-8859-1", "delimiter": ";"}},
    )
    assert rows == [("Päijät-Häme", "2024", 204635.0, "A", None)]


@pytest.mark.parametrize(
    ("form", "content"),
    [
        ("cordis-xml", RECORD),
        ("cordis-zip", archive("xml/101.xml", RECORD)),
        ("cordis-zip", archive("csv/organization.csv", ORGANISATION)),
    ],
    ids=["xml", "zip of xml", "zip of csv"],
)
def test_cordis_records_and_archives(tmp_path: Path, form: str, content: bytes) -> None:
    ignore = frozenset(("ecContribution", "organisationID", "order", "country", *OTHERS))
    rows = rows_of(
        tmp_path,
        form,
        content,
        *PARTICIPATION,
        key="project",
        options={"member": "organization"},
        ignore=ignore,
    )
    assert rows == [("101", "LAB", "coordinator")]


OTHERS = (
    *("projectAcronym", "vatNumber", "shortName", "SME", "activityType", "street", "postCode", "city"),
    *("nutsCode", "geolocation", "organizationURL", "contactForm", "contentUpdateDate", "rcn"),
    *("netEcContribution", "totalCost", "endOfParticipation", "active"),
)


def test_report_summaries_are_a_table_of_cordis(tmp_path: Path) -> None:
    fields = (make_field("report", "id"), make_field("project", "projectID"), make_field("title", "title"))
    ignore = frozenset(("projectAcronym", "attachment", "contentUpdateDate", "rcn"))
    expected = [("101_1_PS", "101", "Periodic Reporting")]
    assert rows_of(tmp_path, "cordis-csv", SUMMARIES, *fields, key="report", ignore=ignore) == expected
    packed = archive("reportSummaries.csv", SUMMARIES)
    options = {"member": "reportSummaries"}
    assert (
        rows_of(tmp_path, "cordis-zip", packed, *fields, key="report", options=options, ignore=ignore)
        == expected
    )


def test_a_workbook_with_names_of_areas_gets_codes(tmp_path: Path) -> None:
    content = make_workbook({"Summary": SUMMARY, "Sheet 1": LABELLED})
    fields = (
        make_field("geo", "GEO", area_names="nuts-2024"),
        make_field("month", "MONTH", code_map={"Total": "TOTAL", "January": "M01"}, codes="TOTAL M01"),
        *OBSERVATION,
    )
    fixed = {"Unit of measure": "Thousand"}
    assert rows_of(tmp_path, "data-browser", content, *fields, key="geo month", fixed=fixed) == [
        ("FI2", "M01", 1.0, "A", None),
        ("FI2", "TOTAL", 3.0, "A", None),
        ("FI20", "TOTAL", 3.0, "A", None),
    ]
    by_code = (make_field("geo", "GEO"), *fields[1:])
    with pytest.raises(MappingError, match="source column 'GEO_OCCURRENCE' is not mapped, fixed or ignored"):
        rows_of(tmp_path, "data-browser", content, *by_code, key="geo month", fixed=fixed)


def test_json_behind_a_map_and_shares_by_area(tmp_path: Path) -> None:
    fields = (make_field("geo", "geo"), make_field("education", "series"), *OBSERVATION)
    content = b'{"options": [{"code": "A", "label": "Low", "data": {"FI1C": 51.3, "FI1D": ":"}}]}'
    rows = rows_of(tmp_path, "map-json", content, *fields, key="geo education")
    assert rows == [("FI1C", "A", 51.3, "A", None)]
    shares = {
        "year": 2021,
        "national": {"population": 10, "shares": {"native": 92.4}},
        "areas": {"nuts3": {"FI1C3": {"population": 4, "shares": {"native": 94.27}}}},
    }
    fields = (make_field("geo", "geo"), make_field("time_period", "time_period"), *OBSERVATION)
    group = make_field("group", "group", ignored_codes=("population",))
    rows = rows_of(
        tmp_path, "area-shares", json.dumps(shares).encode(), *fields, group, key="geo time_period group"
    )
    assert rows == [
        ("FI", "2021", 92.4, "A", None, "native"),
        ("FI1C3", "2021", 94.27, "A", None, "native"),
    ]


@pytest.mark.parametrize(
    ("content", "dialect"),
    [
        (b"GEO,2023,2024\nFI1C6,43.62,34.35\nFI1C7,..,\n", {}),
        (b"GEO\t2023\t2024\nFI1C6\t43,62\t34,35\nFI1C7\t..\t\n", TABBED),
    ],
    ids=["csv", "tab without quoting"],
)
def test_a_wide_table(tmp_path: Path, content: bytes, dialect: dict[str, Any]) -> None:
    fields = (make_field("geo", "GEO"), make_field("time_period", "year"), *OBSERVATION)
    options = {"unpivot": {"into": "year", "columns": r"\d{4}"}} | ({"dialect": dialect} if dialect else {})
    rows = rows_of(tmp_path, "csv", content, *fields, key="geo time_period", options=options)
    assert rows == [
        ("FI1C6", "2023", 43.62, "A", None),
        ("FI1C6", "2024", 34.35, "A", None),
        ("FI1C7", "2023", None, "O", ".."),
    ]
