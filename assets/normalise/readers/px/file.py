"""PX files (PC-Axis, PxWeb) -> one row per cell.

Reading only: keywords are parsed in `keywords`, cells in `data`, words in `metadata`; what a symbol
or a code means to us does not belong here.
"""

import math
from pathlib import Path

import polars as pl

from assets.errors import SourceError
from assets.normalise.readers.cube import MOST_CELLS, cube_columns, position_type
from assets.normalise.readers.px.data import data_bounds, read_dense, read_keyed
from assets.normalise.readers.px.keywords import Keyword, read_keywords, string_list
from assets.normalise.readers.px.metadata import px_metadata
from assets.normalise.readers.source_table import SourceTable, read_bytes, source_name
from assets.normalise.readers.text_checks import refuse_foreign


def read_px(source: Path | bytes) -> SourceTable:
    """Read a PX file, gzip or plain, any code page, with or without `KEYS`.

    Columns: one Enum column per variable, stub first, then heading, named by its `VARIABLECODE` or else by
    its name in the main language; codes from `CODES`, or else `VALUES`, in the file's order; `OBS_VALUE`
    Float64, null where the cell is a symbol; `OBS_FLAG` String, the symbol (`.` to `......`, `-`), null if
    none. Every cell is a row. Under `KEYS` the rows that the file leaves out are written out: they consist of
    zeros (PX file format, "Files with KEYS"). Metadata: see `metadata`.

    Raises `SourceError` with line or cell: no PX file, a keyword or string without end, an unknown code page,
    bytes that are not in it, a variable without values, lists of different length, a code twice, DATA without
    closing `;`, too few or too many cells, a cell that is no number and no symbol, a key that is none.
    Source: PX file format specification 2013 (Statistics Sweden), "Mandatory keywords", "Data in the
    PX-file".
    """
    name = source_name(source)
    content = read_bytes(source)
    refuse_foreign(content, name, "a PX file")
    entries, start, encoding, declared = read_keywords(content, name)
    found = _unique(entries, name)
    stub, heading = _names(found, "STUB", name), _names(found, "HEADING", name)
    if not stub + heading or len(set(stub + heading)) < len(stub + heading):
        raise SourceError(name, "STUB, HEADING", "no variables, or a variable stands twice")
    codes = {_column(found, variable): _codes(found, variable, name) for variable in stub + heading}
    if len(codes) < len(stub + heading):
        raise SourceError(name, "VARIABLECODE", "two variables have one code")
    cells = _read_cells(content, start, encoding, found, stub, codes, name)
    position = cells["position"]
    frame = pl.DataFrame([*cube_columns(codes, position), cells["OBS_VALUE"], cells["OBS_FLAG"]])
    metadata = px_metadata(entries, stub + heading, codes, encoding, declared)
    return SourceTable(frame.lazy(), metadata)


Found = dict[tuple[str, tuple[str, ...]], Keyword]
ONCE = ("STUB", "HEADING", "VALUES", "CODES", "VARIABLECODE", "KEYS")


def _unique(entries: list[Keyword], name: str) -> Found:
    """The main language's entries by keyword and subjects; what makes the cube stands once."""
    found: Found = {}
    for entry in entries:
        key = (entry.name, entry.subjects)
        if entry.language is None and key in found and entry.name in ONCE:
            raise SourceError(name, f"line {entry.line}", f"{entry.name} stands twice")
        if entry.language is None:
            found[key] = entry
    return found


def _names(found: Found, keyword: str, name: str) -> list[str]:
    entry = found.get((keyword, ()))
    return string_list(entry, name) if entry and entry.value.strip() else []


def _column(found: Found, variable: str) -> str:
    entry = found.get(("VARIABLECODE", (variable,)))
    return entry.value.strip().strip('"') if entry else variable


def _codes(found: Found, variable: str, name: str) -> list[str]:
    """A variable's codes in order, and a check that codes and values fit each other."""
    values, codes = found.get(("VALUES", (variable,))), found.get(("CODES", (variable,)))
    entry = codes or values
    if entry is None:
        raise SourceError(name, f"variable `{variable}`", "it has neither CODES nor VALUES")
    texts = string_list(entry, name)
    if codes and values and len(string_list(values, name)) != len(texts):
        raise SourceError(name, f"line {codes.line}", f"CODES and VALUES of `{variable}` differ in length")
    if len(set(texts)) < len(texts):
        raise SourceError(name, f"line {entry.line}", f"a code of `{variable}` stands twice")
    return texts


def _read_cells(
    content: bytes,
    start: int,
    encoding: str,
    found: Found,
    stub: list[str],
    codes: dict[str, list[str]],
    name: str,
) -> pl.DataFrame:
    """`position`, `OBS_VALUE`, `OBS_FLAG` of every cell of the cube."""
    start, end = data_bounds(content, start, name)
    sizes = [len(categories) for categories in codes.values()]
    count = math.prod(sizes)
    if not any(keyword == "KEYS" for keyword, _ in found):
        cells = read_dense(content, start, end, count, name)
        return cells.with_columns(
            pl.int_range(count, eager=True, dtype=position_type(count)).alias("position")
        )
    if count > MOST_CELLS:
        raise SourceError(name, "KEYS", f"the cube has {count} cells, too many to write its zeros out")
    text = content[start:end].decode(encoding, "replace")
    cells = read_keyed(text, _keys(found, stub, name), math.prod(sizes[len(stub) :]), name)
    whole = pl.DataFrame({"position": pl.int_range(count, eager=True, dtype=pl.Int64)})
    zero = pl.col("OBS_VALUE").is_null() & pl.col("OBS_FLAG").is_null()
    return whole.join(cells, on="position", how="left", maintain_order="left").with_columns(
        pl.when(zero).then(0.0).otherwise("OBS_VALUE").alias("OBS_VALUE")
    )


def _keys(found: Found, stub: list[str], name: str) -> list[dict[str, int]]:
    """For each stub variable {key: position}, keys from CODES or VALUES as `KEYS` says."""
    keys: list[dict[str, int]] = []
    for variable in stub:
        entry = found.get(("KEYS", (variable,))) or found.get(("KEYS", (_column(found, variable),)))
        kind = entry.value.strip().strip('"').upper() if entry else ""
        source = found.get((kind, (variable,))) or found.get(("VALUES", (variable,)))
        if kind not in ("CODES", "VALUES") or source is None:
            raise SourceError(name, "KEYS", f"the stub variable `{variable}` has no KEYS of CODES or VALUES")
        texts = string_list(source, name)
        if len(set(texts)) < len(texts):
            raise SourceError(name, f"line {source.line}", f"a key of `{variable}` stands twice")
        keys.append({text: place for place, text in enumerate(texts)})
    return keys
