"""Eurostat's NUTS workbooks (XLS and XLSX, six of them from 2003 to 2024) as one table of lines.

Finding the sheets and columns that carry lists, correspondences and change texts, whatever the year's layout,
belongs here. What the lines mean (which codes a version holds, what kind of change a line is) belongs to
`nuts_lists` and `nuts_changes`.
"""

import re
from collections.abc import Mapping
from pathlib import Path

import polars as pl

from assets.errors import SourceError
from assets.normalise.readers.delimited.table import read_delimited
from assets.normalise.readers.source_table import SourceTable, read_bytes, source_name
from assets.normalise.readers.workbook_cells import read_workbook_cells

CODES = ("old", "new")
TEXTS = ("old", "new", "level", "name", "change", "explanation")

_LIST = re.compile(r"(?:NUTS|NUTS & SR) ?\d{4}|Statistical Regions")
_BOTH = re.compile(r"(?:(?:NUTS|SR)|Changes detailed NUTS) ?(\d{4}) ?- ?(?:NUTS|SR)? ?(\d{4})")
_DETAIL = re.compile(r"(?:Correspondence|Changes) NUTS-[123]")
_IGNORED_SHEETS = re.compile(
    r"version date|urban-rural|metropolitan|coastal|changes overview.*|cyrillic & greek to latin"
    r"|nuts-3 typologies",
    re.IGNORECASE,
)
_HEADERS: dict[
    str, str | None
] = {  # header -> our column; None: ignored by name (orders, codes of the texts, legends)
    r"code \d{4}": "code",
    r"(nuts|sr) code": "new",
    r"country": "name",
    r"(nuts|statis\w+ regions) level [123].*": "name",
    r"(nuts |sr )?label": "name",
    r"(nuts |sr )?level": "level",
    r"change|change comments": "change",
    r"explanation.*": "explanation",
    r"country code|country order|(of )?countries|nuts \d{4}|region order.*|#": None,
    r"change codes.*|\* change codes:": None,
}
_CODE = r"^([A-Z]{2}[0-9A-Z]{0,3})(?: \(part\))?$"
_REMARK = r"^(Note: |Data can thus be aggregated |Statistical regions \(|`$)"  # lines that are no area


def read_nuts_workbook(source: Path | bytes) -> SourceTable:
    """The lines of one workbook that name areas, in the order of sheets and lines.

    `source` is the workbook, or its cells as text as the bundle has them (CSV: `sheet`, `line`, `c1` …).
    Columns, all String, null where the line says nothing: `sheet` (`list`: areas of one version;
    `correspondence`: the full list of both versions side by side; `detail`: the sheets with the changes of
    one level), `from` and `to` (years of the versions; `from` is null in a list), `old` and `new` (codes
    without blanks and `(part)`), `part` (`old` or `new`: which of the two the workbook marks as a part),
    `level` (`0` country to `3`), `name`, `change` and `explanation` (texts as given, blanks collapsed).
    Metadata: `from`, `to`.

    Raises `SourceError` where the file is neither, a sheet or column is unknown, a line holds neither a code
    nor a known remark, or a level contradicts its code.
    """
    content = read_bytes(source)
    name = source_name(source)
    if content.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        return _lines(read_workbook_cells(content, name), name)
    return workbook_lines(read_delimited(content).frame, name)


def workbook_lines(cells: pl.LazyFrame, name: str) -> SourceTable:
    """The lines of a workbook whose cells are given as a table (`sheet`, `line`, `c1` …); see
    `read_nuts_workbook`."""
    frame = cells.collect()
    if frame.columns[:2] != ["sheet", "line"] or frame.width < 3:
        raise SourceError(name, "", f"neither a workbook nor its cells; columns: {', '.join(frame.columns)}")
    if frame["sheet"].has_nulls():
        record = int(frame["sheet"].is_null().arg_max() or 0) + 1
        raise SourceError(name, f"record {record}", "it does not say its sheet")
    groups = frame.partition_by("sheet", maintain_order=True, include_key=True)
    return _lines({group.item(0, "sheet"): group.drop("sheet") for group in groups}, name)


def _lines(sheets: Mapping[str, pl.DataFrame], name: str) -> SourceTable:
    """The lines of all sheets; a sheet is `line` and its cells."""
    years = next((found for sheet in sheets if (found := _BOTH.fullmatch(sheet))), None)
    if years is None:
        raise SourceError(
            name, "", f"no sheet puts two NUTS versions side by side; sheets: {', '.join(sheets)}"
        )
    first, last = years.groups()
    tables = [pl.DataFrame(schema=dict.fromkeys(TEXTS, pl.String))]  # not every sheet has every text
    for sheet, cells in sheets.items():
        where = f"sheet {sheet!r}"
        if _BOTH.fullmatch(sheet):
            tables.append(_texts(cells, ("correspondence", first, last), name, where))
        elif _DETAIL.fullmatch(sheet):
            tables.append(_texts(cells, ("detail", first, last), name, where))
        elif _LIST.fullmatch(sheet):
            tables.append(_texts(cells, ("list", None, last), name, where))
        elif not _IGNORED_SHEETS.fullmatch(sheet):
            raise SourceError(
                name, where, "an unknown sheet; say in the reader what it is, or ignore it by name"
            )
    return SourceTable(_areas(pl.concat(tables, how="diagonal"), name).lazy(), {"from": first, "to": last})


def _is_code_header(text: str | None) -> bool:
    return re.fullmatch(r"((NUTS|SR) )?Code( \d{4})?", (text or "").strip()) is not None


def _texts(cells: pl.DataFrame, labels: tuple[str, str | None, str], source: str, where: str) -> pl.DataFrame:
    """The lines of one sheet below its headers, in our columns as they are written; `labels` are sheet, from
    and to; `where` and `line` say where a line stands.
    """
    names = cells.columns[1:]
    start = next((n for n, row in enumerate(cells.head(10).rows()) if any(map(_is_code_header, row))), None)
    if start is None:
        raise SourceError(source, where, "no line of headers with a code column")
    titles = [" ".join((title or "").split()) for title in cells.row(start)[1:]]
    columns = _columns(dict(zip(names, titles, strict=True)), labels[0], source, where)
    stripped = {c: pl.col(c).str.strip_chars() for group in columns.values() for c in group}
    texts = [
        pl.coalesce(pl.when(stripped[c] != "").then(stripped[c]) for c in columns[text]).alias(text)
        for text in TEXTS
        if text in columns
    ]
    below = cells[start + 1 :]
    lines = below.select("line", *texts)
    bare = below.filter(
        lines.select(pl.all_horizontal(pl.col(c).is_null() for c in CODES if c in columns)).to_series()
    )
    for line, *row in bare.iter_rows():  # a line without a code may hold a remark, and nothing else
        remark = " ".join(text.strip() for text in row if text).strip()
        if remark and not re.match(_REMARK, remark):
            raise SourceError(source, f"{where}, line {line}", f"no area code, but {remark!r}")
    return lines.with_columns(
        pl.lit(where).alias("where"),
        *(
            pl.lit(label, pl.String).alias(c)
            for c, label in zip(("sheet", "from", "to"), labels, strict=True)
        ),
    )


def _areas(lines: pl.DataFrame, source: str) -> pl.DataFrame:
    """The lines that name an area, in the reader's columns; blanks inside a text are one space.

    A `detail` sheet has no column for the level, and can list a code of another level than its own: the level
    is the length of the code.
    """
    rough = {c: pl.col(c).str.contains_any(["  ", "\n", "\r", "\t", "\u00a0"]) for c in TEXTS}
    tidy = [
        pl.when(rough[c]).then(pl.col(c).str.replace_all(r"[\s\u00a0]+", " ")).otherwise(c).alias(c)
        for c in TEXTS
    ]
    part = [pl.when(pl.col(side).str.ends_with("(part)")).then(pl.lit(side)) for side in ("old", "new")]
    found = lines.with_columns(tidy).with_columns(
        pl.coalesce(part).alias("part"),
        *(pl.col(side).str.extract(_CODE).alias(f"{side}.code") for side in ("old", "new")),
    )
    level = (pl.coalesce("new.code", "old.code").str.len_bytes().cast(pl.Int8) - 2).cast(pl.String)
    found = found.with_columns(level.alias("level.code"))
    _check(found, source)
    return found.filter(pl.col("level.code").is_not_null()).select(
        "sheet", "from", "to", pl.col("old.code").alias("old"), pl.col("new.code").alias("new"), "part",
        pl.col("level.code").alias("level"), "name", "change", "explanation",
    )  # fmt: skip


def _check(lines: pl.DataFrame, source: str) -> None:
    """Stop at the first line whose codes are neither codes nor a remark, or whose level is not its code's."""
    has_code = pl.col("level.code").is_not_null()
    stray = {c: pl.col(c).is_not_null() & pl.col(f"{c}.code").is_null() for c in CODES}
    remark = pl.coalesce(CODES).str.contains(_REMARK) & ~has_code
    level = has_code & (pl.col("level") != pl.col("level.code"))
    suspects = lines.filter(level | pl.any_horizontal(stray.values())).filter(~remark)
    for row in suspects.head(1).iter_rows(named=True):
        wrong = next((row[c] for c in CODES if row[c] and not row[f"{c}.code"]), None)
        problem = f"{wrong!r} is not an area code" if wrong else f"level {row['level']!r} is not its code's"
        raise SourceError(source, f"{row['where']}, line {row['line']}", problem)


def _columns(header: Mapping[str, str], kind: str, source: str, where: str) -> dict[str, list[str]]:
    """Our column -> the cells it is in, by the line of headers; a header that is neither mapped nor ignored
    stops."""
    columns: dict[str, list[str]] = {}
    for cell, text in header.items():
        ours = [column for pattern, column in _HEADERS.items() if re.fullmatch(pattern, text, re.IGNORECASE)]
        if text and not ours:
            raise SourceError(source, where, f"an unknown column {text!r}; map or ignore it in the reader")
        if ours and ours[0] == "code":  # the earlier version stands first; a list has only one
            columns.setdefault("old" if kind != "list" and "old" not in columns else "new", []).append(cell)
        elif ours and ours[0]:
            columns.setdefault(ours[0], []).append(cell)
    return columns
