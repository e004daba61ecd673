"""Renamed codes and new vintages between two releases of a table, reported as such and not as
rows gone and rows come.

A code counts as renamed only where it is gone from the whole table and the other is new in it, and one piece
of evidence ties the two and nothing else: the same code of the provider, the same label, the same area in a
newer vintage, or the same figures. Which rows differ at all is found by `compare`.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from assets.publish.release.schema import GEO
from assets.publish.revisions.compare import Comparison

Frames = Mapping[str, pl.DataFrame]
Code = tuple[str | None, ...]

GLANCE = 50_000  # rows
LABELS = ("name_native", "label_fi", "label_sv", "label_en")


@dataclass(frozen=True)
class Rename:
    """One code (of an area: classification and code) that became another."""

    fields: tuple[str, ...]
    old: Code
    new: Code
    evidence: str  # provider, label, vintage, figures
    rows: int = 0


@dataclass(frozen=True)
class Recoding:
    """Rows that only their key's codes tell apart: as they were, as they are, in the same order."""

    renames: tuple[Rename, ...]
    before: pl.DataFrame
    after: pl.DataFrame
    added: pl.DataFrame  # what is left of the rows that came
    gone: pl.DataFrame  # and of those that went


def find_recoding(
    found: Comparison,
    tables: tuple[pl.DataFrame, pl.DataFrame],
    key: Sequence[str],
    lists: tuple[Frames, Frames],
) -> Recoding:
    """The renamed codes of a table. `tables`: old and new; `lists`: the code lists of each, by resource."""
    gone, added = found.gone, found.added
    nothing = Recoding((), gone.clear(), added.clear(), added, gone)
    if not gone.height or not added.height:
        return nothing
    renames = [
        rename
        for fields in code_fields(key)
        if all(gone.schema[name] == pl.String for name in fields)
        for rename in find_renames(found, tables, fields, key, lists)
    ]
    if not renames:
        return nothing
    place = "innoregio.place"
    moved = rename_codes(gone.with_row_index(place), renames).select(place, *key)
    pairs = moved.join(
        added.with_row_index(f"{place}.new").select(f"{place}.new", *key),
        on=list(key),
        how="inner",
        nulls_equal=True,
    ).sort(f"{place}.new")
    before, after = gone[pairs[place]], added[pairs[f"{place}.new"]]
    return Recoding(
        tuple(kept for rename in renames if (kept := with_rows(rename, before)).rows),
        before,
        after,
        added.filter(~pl.int_range(pl.len()).is_in(pairs[f"{place}.new"].implode())),
        gone.filter(~pl.int_range(pl.len()).is_in(pairs[place].implode())),
    )


def code_fields(key: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """The coded parts of a key: an area is two fields, a period is none."""
    if set(GEO) <= set(key):
        yield GEO
    yield from (
        (name,) for name in key if name != "time_period" and not (name in GEO and set(GEO) <= set(key))
    )


def find_renames(
    found: Comparison,
    tables: tuple[pl.DataFrame, pl.DataFrame],
    fields: tuple[str, ...],
    key: Sequence[str],
    lists: tuple[Frames, Frames],
) -> Iterator[Rename]:
    """The renamed codes of one part of the key, each code once, the strongest evidence first."""
    old = {tuple(row) for row in found.gone.select(fields).unique().rows()}
    new = {tuple(row) for row in found.added.select(fields).unique().rows()}
    if not old or not new:
        return
    for rows in (GLANCE, max(table.height for table in tables)):  # most codes are seen at a glance
        old -= codes_in(tables[1].head(rows), fields, old)
        new -= codes_in(tables[0].head(rows), fields, new)
        if not old or not new:
            return
    evidence: dict[str, tuple[Mapping[Code, object], Mapping[Code, object]]] = {
        "vintage": ({code: code[1:] for code in old}, {code: code[1:] for code in new})
        if fields == GEO
        else ({}, {}),
        "provider": (
            describe_codes(lists[0], fields, ("provider_code",)),
            describe_codes(lists[1], fields, ("provider_code",)),
        ),
        "label": (describe_codes(lists[0], fields, LABELS), describe_codes(lists[1], fields, LABELS)),
        "figures": (
            figure_digests(in_periods(found.gone, tables[1]), fields, key),
            figure_digests(in_periods(found.added, tables[0]), fields, key),
        ),
    }
    for name, (before, after) in evidence.items():
        for one, other in pair(before, after, old, new):
            yield Rename(fields, one, other, name)
            old.discard(one)
            new.discard(other)


def codes_in(table: pl.DataFrame, fields: tuple[str, ...], wanted: set[Code]) -> set[Code]:
    """Those of the wanted codes that a table has anywhere."""
    if len(fields) == 1:
        return {(code,) for code in table[fields[0]].unique()}
    first = fields[0]
    known = pl.Series([code[0] for code in wanted], dtype=pl.String).unique().cast(table.schema[first])
    rows = table.lazy().filter(pl.col(first).is_in(known.implode(), nulls_equal=True)).select(fields)
    return {tuple(row) for row in rows.unique().collect().rows()}


def pair(
    before: Mapping[Code, object], after: Mapping[Code, object], old: set[Code], new: set[Code]
) -> list[tuple[Code, Code]]:
    """Old and new codes that alone have the same evidence."""
    sides: list[dict[object, list[Code]]] = [{}, {}]
    for side, known, codes in ((sides[0], before, old), (sides[1], after, new)):
        for code in sorted(codes, key=repr):
            if code in known:
                side.setdefault(known[code], []).append(code)
    return [
        (codes[0], sides[1][what][0])
        for what, codes in sides[0].items()
        if len(codes) == 1 and len(sides[1].get(what, ())) == 1
    ]


def describe_codes(lists: Frames, fields: tuple[str, ...], columns: Sequence[str]) -> dict[Code, object]:
    """What a package's own code list says of each code in the columns; codes without a word are out."""
    table = lists.get("codes-geo" if fields == GEO else f"codes-{fields[0]}")
    code = ("geo_classification", "code") if fields == GEO else ("code",)
    if table is None or not set(code) <= set(table.columns):
        return {}
    kept = [name for name in columns if name in table.columns]
    more = [name for name in ("level",) if name in table.columns]  # tells a region from its only part
    rows = table.select(*code, *kept, *more).rows()
    labels = {tuple(row[: len(code)]): tuple(row[len(code) :]) for row in rows}
    return {key: what for key, what in labels.items() if any(what[: len(kept)])}


def in_periods(rows: pl.DataFrame, other: pl.DataFrame) -> pl.DataFrame:
    """Rows of the periods that the other release has too: a renamed code may have a new period as well."""
    if "time_period" not in rows.columns:
        return rows
    periods = other["time_period"].unique().cast(rows.schema["time_period"])
    return rows.filter(pl.col("time_period").is_in(periods.implode()))


def figure_digests(rows: pl.DataFrame, fields: tuple[str, ...], key: Sequence[str]) -> dict[Code, object]:
    """A digest of each code's rows, for codes that have figures enough to be known by."""
    others = [name for name in rows.columns if name not in fields]
    values = [name for name in others if name not in key]
    if not values:
        return {}
    digests = (
        rows.with_columns(pl.struct(others).hash().alias("innoregio.hash"))
        .group_by(fields)
        .agg(
            pl.len().alias("innoregio.rows"),
            pl.col("innoregio.hash").bitwise_xor(),
            pl.struct(values).n_unique().alias("innoregio.values"),
        )
        .filter(pl.col("innoregio.values") >= 3)
    )
    width = len(fields)
    return {tuple(row[:width]): tuple(row[width:]) for row in digests.rows()}


def rename_codes(rows: pl.DataFrame, renames: Sequence[Rename]) -> pl.DataFrame:
    """The rows under their new codes."""
    for fields in dict.fromkeys(rename.fields for rename in renames):
        names = [f"innoregio.new.{name}" for name in fields]
        known = [(*rename.old, *rename.new) for rename in renames if rename.fields == fields]
        codes = pl.DataFrame(known, schema=dict.fromkeys([*fields, *names], pl.String), orient="row")
        codes = codes.with_columns(pl.lit(True).alias("innoregio.renamed"))
        rows = rows.join(codes, on=fields, how="left", nulls_equal=True, maintain_order="left")
        rows = rows.with_columns(
            pl.when("innoregio.renamed").then(pl.col(new)).otherwise(pl.col(name)).alias(name)
            for name, new in zip(fields, names, strict=True)
        ).drop(*names, "innoregio.renamed")
    return rows


def with_rows(rename: Rename, before: pl.DataFrame) -> Rename:
    """The rename with the number of rows that it moved."""
    wanted = pl.all_horizontal(
        pl.col(name).eq_missing(pl.lit(code)) for name, code in zip(rename.fields, rename.old, strict=True)
    )
    rows = before.select(wanted.sum()).item()
    return Rename(rename.fields, rename.old, rename.new, rename.evidence, int(rows))
