"""The stage's entry: a resource's snapshots to its table.

The order of the steps belongs here, each step to a module of its own.

A function that a descriptor names (`innoregio:build`, `innoregio:hook`) is `module.function` in this package:
- `make(tables, resource)` gets the raw tables by part and returns a frame with the resource's columns;
- `hook(frame, resource)` gets the mapped and typed frame. Beside the fields there are `source.part` and, as
  `source.<name>`, the columns that the descriptor ignores; it returns a frame with all fields, and what is
  left of the `source.` columns goes.

`innoregio:rowFilter` names one that says which rows of the raw table belong to the dataset, before any of
them is judged: `filter(rows, beside)` returns the rows that stay; `beside(part)` are the raw rows of another
part of the same table.
"""

import importlib
import logging
import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import polars as pl

from assets.descriptor import Resource, Source
from assets.errors import MappingError, StoreError
from assets.normalise.area_names import code_areas
from assets.normalise.geography import tag_by_period
from assets.normalise.mapping import SOURCE_PREFIX, check_codes, map_table
from assets.normalise.readers.formats import READERS
from assets.normalise.rejected import ROW, split_rows
from assets.normalise.renamed_variables import restore_names
from assets.normalise.stated_units import add_stated_units
from assets.normalise.table_key import PART, order_by_key
from assets.normalise.typed_values import cast_columns
from assets.store.snapshots import Snapshot

log = logging.getLogger(__name__)


def normalise_resource(
    resource: Resource, snapshots: Sequence[Snapshot], areas: pl.LazyFrame | None
) -> pl.LazyFrame:
    """The table of a resource: its fields in order and dtype, with our codes, sorted by key, each key once.

    `snapshots` may hold other resources' as well; those of `resource.sources` are picked. `areas` is the
    table `regions/areas`, needed where `geo_classification` is to be made. The frame is in memory: every
    check has been made when this returns. Raises `StoreError` where a snapshot is missing, `SourceError`
    where one cannot be read whole, `MappingError` where it holds what the descriptor does not know, or where
    parts disagree.
    """
    where = resource.name
    if resource.rejected_of:
        frame = pl.concat(_rejected(rejecting, snapshots) for rejecting in resource.rejected_of)
    elif resource.build:
        frame = _function(resource.build, where)(_raw_tables(resource, snapshots), resource).collect()
    else:
        frame = _map_parts(resource, list(_pick(resource, snapshots)), snapshots, areas)
        frame = _tag(resource, frame, areas)
        if resource.hook:
            frame = _function(resource.hook, where)(frame.lazy(), resource).collect()
    frame = _check_fields(resource, frame)
    if resource.build or resource.hook:  # what a mapping made has its dtypes already
        frame = cast_columns(frame, resource.fields, where, resource.row_key)
    frame = frame.with_columns(pl.selectors.float().replace(0.0, 0.0))  # -0.0 is no other figure than 0
    check_codes(resource, frame, where)
    return order_by_key(frame, resource, where).lazy()


def map_resource(
    resource: Resource, snapshots: Sequence[Snapshot], areas: pl.LazyFrame | None
) -> pl.DataFrame:
    """The mapped columns of a resource before areas are tagged and codes are judged.

    Raises `MappingError` for a resource that a function builds, and what `normalise_resource` raises.
    """
    if resource.build or resource.rejected_of:
        raise MappingError(f"{resource.name}: a function makes this table; no source column is mapped")
    return _map_parts(resource, list(_pick(resource, snapshots)), snapshots, areas)


def _pick(resource: Resource, snapshots: Sequence[Snapshot]) -> Iterator[tuple[Source, Snapshot]]:
    """The snapshots of each source of the resource, in the order of sources and parts; none of an optional
    source that has none.
    """
    for source in resource.sources:
        found = {
            s.provenance.part: s
            for s in snapshots
            if (s.provenance.provider, s.provenance.table) == (source.provider, source.table)
        }
        if source.optional and not found:
            continue
        parts = source.parts or tuple(sorted(found))
        if missing := [part for part in parts if part not in found] or ([] if found else ["any part"]):
            raise StoreError(
                f"{resource.name}: no snapshot of {source.provider}/{source.table}: {', '.join(missing)}"
            )
        yield from ((source, found[part]) for part in parts)


def _raw_tables(resource: Resource, snapshots: Sequence[Snapshot]) -> dict[str, pl.LazyFrame]:
    tables: dict[str, pl.LazyFrame] = {}
    for source, snapshot in _pick(resource, snapshots):
        part = snapshot.provenance.part
        if part in tables:
            raise MappingError(f"{resource.name}: two sources have a part '{part}'; name the parts of each")
        tables[part] = _read(resource, source, snapshot)
    return tables


def _read(resource: Resource, source: Source, snapshot: Snapshot) -> pl.LazyFrame:
    """The snapshot's rows under the names that the descriptor knows."""
    if source.format not in READERS:
        raise MappingError(f"no reader for the format '{source.format}'; use one of {', '.join(READERS)}")
    table = READERS[source.format](snapshot.path, source)
    if lines := table.metadata.get("repaired"):
        shown = ", ".join(map(str, lines[:10]))
        name = f"{source.provider}/{source.table}/{snapshot.provenance.part}"
        log.warning("%s: %d records with broken quoting repaired, at the lines %s", name, len(lines), shown)
    return restore_names(table if resource.build else add_stated_units(table), resource)


def _belonging(
    resource: Resource, source: Source, snapshot: Snapshot, snapshots: Sequence[Snapshot]
) -> pl.DataFrame:
    """The rows of a snapshot that belong to the dataset, numbered where some may be rejected."""
    rows = _read(resource, source, snapshot)
    if resource.reject_rules:
        rows = rows.with_row_index(ROW, offset=2)
    if not resource.row_filter:
        return rows.collect()

    def beside(part: str) -> pl.LazyFrame:
        for snapshot in snapshots:
            known = snapshot.provenance
            if (known.provider, known.table, known.part) == (source.provider, source.table, part):
                return _read(resource, source, snapshot)
        raise StoreError(f"{resource.name}: no snapshot of {source.provider}/{source.table}: {part}")

    return _function(resource.row_filter, resource.name)(rows, beside).collect()


def _map_parts(
    resource: Resource,
    picked: list[tuple[Source, Snapshot]],
    snapshots: Sequence[Snapshot],
    areas: pl.LazyFrame | None,
) -> pl.DataFrame:
    names = [f"{s.provenance.provider}/{s.provenance.table}/{s.provenance.part}" for _, s in picked]
    label = pl.Enum(names)
    frames = []
    for name, (source, snapshot) in zip(names, picked, strict=True):
        rows = _belonging(resource, source, snapshot, snapshots)
        if resource.reject_rules:
            rows, _ = split_rows(resource, source, rows, snapshot.provenance.part)
        rows = _code_names(resource, rows, areas, f"{resource.name} ({name})")
        is_live = snapshot.provenance.retrieved is not None
        mapped = map_table(resource, source, rows, f"{resource.name} ({name})", is_live)
        frames.append(mapped.with_columns(pl.lit(name, label).alias(PART)))
    return pl.concat(frames, how="diagonal")


def _code_names(
    resource: Resource, rows: pl.DataFrame, areas: pl.LazyFrame | None, where: str
) -> pl.DataFrame:
    """The rows with codes where the source has names of areas (`innoregio:areaNames`)."""
    for field in resource.fields:
        if field.area_names and field.source_column in rows.columns:
            if areas is None:
                raise MappingError(f"{where}: innoregio:areaNames needs the table regions/areas")
            known = {*field.code_map, *field.ignored_codes}
            rows = code_areas(rows, field.source_column, areas, field.area_names, known, where)
    return rows


def _rejected(resource: Resource, snapshots: Sequence[Snapshot]) -> pl.DataFrame:
    """The rows that the rules of a resource reject, as the table `rejected` has them."""
    return pl.concat(
        split_rows(
            resource,
            source,
            _belonging(resource, source, snapshot, snapshots),
            snapshot.provenance.part,
        )[1]
        for source, snapshot in _pick(resource, snapshots)
    )


def _tag(resource: Resource, frame: pl.DataFrame, areas: pl.LazyFrame | None) -> pl.DataFrame:
    """The frame with `geo_classification`, where it is a field that no source column gives."""
    field = next((f for f in resource.fields if f.name == "geo_classification"), None)
    if field is None or field.source_column or "geo" not in frame.columns:
        return frame
    if resource.classification is None or areas is None:
        raise MappingError(
            f"{resource.name}: geo_classification needs innoregio:classification on the resource, "
            "and the table regions/areas"
        )
    try:
        return tag_by_period(frame, areas, resource.classification, resource.moves_to)
    except MappingError as error:
        raise MappingError(f"{resource.name}: {error}") from error


def _function(name: str, where: str) -> Callable[..., pl.LazyFrame]:
    """The public function `module.function` of this package."""
    if re.fullmatch(r"([a-z][a-z_]*\.)+[a-z][a-z_]*", name):
        module, _, function = name.rpartition(".")
        try:
            found: Any = getattr(importlib.import_module(f"assets.normalise.{module}"), function, None)
        except ModuleNotFoundError:
            found = None
        if callable(found):
            return found  # type: ignore[no-any-return]
    raise MappingError(
        f"{where}: '{name}' is not a function of assets.normalise; write it as module.function"
    )


def _check_fields(resource: Resource, frame: pl.DataFrame) -> pl.DataFrame:
    """Stop where a field was not made by anything, or something made a column that is no field."""
    frame = frame.drop(c for c in frame.columns if c.startswith(SOURCE_PREFIX) and c != PART)
    names = [field.name for field in resource.fields]
    if missing := [name for name in names if name not in frame.columns]:
        raise MappingError(
            f"{resource.name}: nothing makes the fields {', '.join(missing)}; "
            "give them innoregio:from, or make them in innoregio:hook"
        )
    if extra := [c for c in frame.columns if c not in names and c != PART]:
        raise MappingError(
            f"{resource.name}: {resource.build or resource.hook} made columns that are no fields: "
            f"{', '.join(extra)}"
        )
    return frame
