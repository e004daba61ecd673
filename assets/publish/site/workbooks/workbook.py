"""The Excel workbooks of a dataset, one a language: what it is, its tables with labels beside the codes, its
columns, its code lists. For people, not for programs.

What a cell is written as belongs to `workbook_xml`. The sheets are the same in each language: every text is
an entry of the list of shared strings, and that list alone is written three times.
"""

import zipfile
from collections.abc import Mapping, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl

from assets.descriptor import LANGUAGES, Catalogue
from assets.publish.catalogue.packages import Package
from assets.publish.catalogue.words import read_site_settings
from assets.publish.site.areas import area_names
from assets.publish.site.captions import label_of
from assets.publish.site.workbooks.about import LanguageTexts, about_rows
from assets.publish.site.workbooks.workbook_xml import (
    TITLE,
    WRAPPED,
    Strings,
    frame_parts,
    sheet_chunks,
    sheet_names,
    zip_entry,
)

MOST_ROWS = 1_048_575  # beside the header
NARROWEST, WIDEST = 9, 44  # letters
LOOKED_AT = 200  # rows that a column's width is taken from


class SheetColumn(NamedTuple):
    """A column of a sheet: its header, and numbers, days, or places in the list of strings (UInt32)."""

    header: int
    values: pl.Series
    width: int
    field: Mapping[str, Any] | None  # of the table; None for labels and on sheets of our own


def write_workbooks(package: Package, catalogue: Catalogue, base: str, folder: Path) -> dict[str, bytes]:
    """Language -> workbook of a dataset's newest release; none where a table has more rows than a sheet
    holds.

    `folder`: the dataset's folder. Numbers, booleans, dates and moments (UTC) are typed cells; text longer
    than a cell holds is cut there, never in CSV or Parquet. The bytes hold no clock.
    """
    resources = package.content["resources"]
    entries = [resource for resource in resources if resource["format"] == "parquet"]
    if any(int(entry["innoregio:rows"]) > MOST_ROWS for entry in entries):
        return {}
    lists = [resource for resource in resources if resource["name"].startswith("codes-")]
    titles = [entry["name"].removesuffix("-parquet") for entry in entries]
    names = sheet_names([*titles, *(codelist["name"] for codelist in lists)])
    strings = Strings()
    labels = read_labels(resources, folder)
    tables = [table_columns(entry, folder, labels, strings) for entry in entries]
    codes = [code_columns(codelist, folder, strings) for codelist in lists]
    about = about_rows(package, catalogue, base, dict(zip(titles, names[: len(titles)], strict=True)))
    sheets = [
        b"".join(sheet_chunks(about_columns(about, strings), [TITLE, WRAPPED], header=False)),
        *(b"".join(sheet_chunks(columns)) for columns in tables),
        b"".join(sheet_chunks(dictionary(names, tables, strings))),
        *(b"".join(sheet_chunks(columns)) for columns in codes),
    ]
    common = BytesIO()
    with zipfile.ZipFile(common, "w", zipfile.ZIP_DEFLATED, compresslevel=4) as book:
        for place, sheet in enumerate(sheets, start=1):
            book.writestr(zip_entry(f"xl/worksheets/sheet{place}.xml"), sheet)
    own = read_site_settings("words.yaml")
    found = {}
    for place, language in enumerate(LANGUAGES):
        named = [own["sheet_about"][place], *names[: len(titles)], own["dictionary"][place]]
        target = BytesIO(common.getvalue())
        with zipfile.ZipFile(target, "a", zipfile.ZIP_DEFLATED, compresslevel=4) as book:
            for path, content in frame_parts([*named, *names[len(titles) :]], strings, place):
                book.writestr(zip_entry(path), content)
        found[language] = target.getvalue()
    return found


def read_labels(resources: Sequence[Mapping[str, Any]], folder: Path) -> dict[str, Mapping[Any, Any]]:
    """Column -> code -> its label by language; under `geo` pairs of classification and code."""
    found: dict[str, Mapping[Any, Any]] = {}
    for resource in resources:
        if resource["name"] in ("codes-geo", "areas"):
            found["geo"] = area_names(folder / resource["path"])
        elif resource["name"].startswith("codes-"):
            table = pl.read_csv(folder / resource["path"], infer_schema=False)
            key = table.columns[0]
            found[resource["name"].removeprefix("codes-")] = {
                row[key]: {la: row[f"label_{la}"] or row["label_en"] or row[key] for la in LANGUAGES}
                for row in table.iter_rows(named=True)
            }
    return found


def table_columns(
    entry: Mapping[str, Any], folder: Path, labels: Mapping[str, Mapping[Any, Any]], strings: Strings
) -> list[SheetColumn]:
    """A table's columns, after each of codes one of their labels."""
    frame = pl.read_parquet(folder / entry["path"])
    own_list = entry["name"] == "areas-parquet"  # it is the list that others take labels from
    found: list[SheetColumn] = []
    for field in entry["schema"]["fields"]:
        name = field["name"]
        titles = {la: title_of(field, la) for la in LANGUAGES}
        known = {} if own_list and name == "geo" else labels.get(name) or category_labels(field)
        if name == "geo" and "geo_classification" not in frame.columns:
            known = {}
        head = {la: f"{titles[la]} ({name})" for la in LANGUAGES} if known else titles
        found.append(made(head, strings.places(frame[name]), strings, frame[name], field))
        if known:
            codes = frame[name].cast(pl.String)
            if name == "geo":
                codes = frame.select(pl.concat_str("geo_classification", "geo", separator="\n")).to_series()
                known = {"\n".join(pair): text for pair, text in known.items()}
            found.append(labelled(titles, codes, known, strings))
    return found


def category_labels(field: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """The labels that a field has in the descriptor and no code list of the package."""
    return {
        str(category["value"]): {la: label_of(category, la) for la in LANGUAGES}
        for category in field.get("categories", [])
    }


def labelled(
    titles: Mapping[str, str], codes: pl.Series, known: Mapping[str, Any], strings: Strings
) -> SheetColumn:
    """The labels of a column of codes; none where the list has none."""
    present = [code for code in codes.unique(maintain_order=True).drop_nulls() if code in known]
    places = [strings.add([known[code][la] for la in LANGUAGES]) for code in present]
    values = codes.replace_strict(present, places, default=None, return_dtype=pl.UInt32)
    longest = max((len(text) for code in present for text in known[code].values()), default=0)
    return SheetColumn(
        strings.add([titles[la] for la in LANGUAGES]),
        values,
        fitting([longest, *map(len, titles.values())]),
        None,
    )


def made(
    titles: Mapping[str, str],
    values: pl.Series,
    strings: Strings,
    shown: pl.Series,
    field: Mapping[str, Any] | None = None,
) -> SheetColumn:
    """A column as wide as its header and its first values."""
    written = shown.head(LOOKED_AT).cast(pl.String).str.len_chars().max()
    width = fitting([int(written or 0) if isinstance(written, int) else 0, *map(len, titles.values())])
    return SheetColumn(strings.add([titles[la] for la in LANGUAGES]), values, width, field)


def fitting(lengths: Sequence[int]) -> int:
    """A column's width for texts of these lengths; the filter's button needs three letters."""
    return min(max(*lengths, NARROWEST - 3) + 3, WIDEST)


def title_of(field: Mapping[str, Any], language: str) -> str:
    """A column's title."""
    titles = field.get("title_translated") or {}
    return str(titles.get(language) or field.get("title") or field["name"])


def code_columns(entry: Mapping[str, Any], folder: Path, strings: Strings) -> list[SheetColumn]:
    """A code list: its codes, the labels of the reader's language, the rest."""
    frame = pl.read_csv(folder / entry["path"], infer_schema=False)
    fields = {field["name"]: field for field in entry["schema"]["fields"]}
    own = read_site_settings("words.yaml")
    found: list[SheetColumn] = []
    for name in frame.columns:
        if name == "label_fi":
            rows = frame.select([f"label_{la}" for la in LANGUAGES]).rows()
            places = [strings.add([text or "" for text in row]) if any(row) else None for row in rows]
            title = dict(zip(LANGUAGES, own["name"], strict=True))
            found.append(made(title, pl.Series(places, dtype=pl.UInt32), strings, frame[name]))
        elif not name.startswith("label_"):
            titles = {la: title_of(fields[name], la) for la in LANGUAGES}
            found.append(made(titles, strings.places(frame[name]), strings, frame[name]))
    return found


def dictionary(
    names: Sequence[str], tables: Sequence[Sequence[SheetColumn]], strings: Strings
) -> list[SheetColumn]:
    """Every column of every table: its sheet, header, name in CSV and Parquet, type, unit, meaning."""
    own = read_site_settings("words.yaml")
    rows: list[list[int | None]] = []
    for name, columns in zip(names, tables, strict=False):
        before: Mapping[str, Any] = {}
        for column in columns:
            field = column.field or before
            texts = field.get("description_translated") or {}
            meanings: Sequence[str] = [texts.get(la) or field.get("description") or "" for la in LANGUAGES]
            if column.field is None:
                meanings = [text.format(column=field["name"]) for text in own["label_of_code"]]
            kind = [own.get(f"type_{field['type']}", [field["type"]] * 3)[place] for place in range(3)]
            rows.append(
                [
                    strings.add(name),
                    column.header,
                    strings.add(field["name"]) if column.field else None,
                    strings.add(kind) if column.field else None,
                    strings.add(field["unit"]) if column.field and field.get("unit") else None,
                    strings.add(meanings),
                ]
            )
            before = field
    heads = ("sheet", "header", "csv_column", "type", "unit", "meaning")
    series = [pl.Series([row[place] for row in rows], dtype=pl.UInt32) for place in range(len(heads))]
    widths = (26, 34, 22, 14, 16, 100)
    return [
        SheetColumn(strings.add(own[head]), values, width, None)
        for head, values, width in zip(heads, series, widths, strict=True)
    ]


def about_columns(rows: Sequence[tuple[LanguageTexts, LanguageTexts]], strings: Strings) -> list[SheetColumn]:
    """The first sheet: what the workbook is."""
    places = [
        [None if value is None else strings.add(value) for value in column]
        for column in zip(*rows, strict=True)
    ]
    first, second = (pl.Series(place, dtype=pl.UInt32) for place in places)
    return [SheetColumn(0, first, 26, None), SheetColumn(0, second, 110, None)]
