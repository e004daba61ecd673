"""A published table as a frame: its Parquet file, labels beside codes, on the areas of one classification.

Where files are belongs to `tree`, what there is to `listing`, how figures are converted to `geography`.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl

from innoregio import geography
from innoregio.listing import check_language, find_resource, read_release
from innoregio.tree import find_file, find_tree

SEPARATOR = "\x1f"  # between the parts of a key; no code has it
LABEL = "_label"


def load(
    name: str,
    *,
    labels: str | None = None,
    territory: str | None = None,
    version: str | None = None,
    tree: str | Path | None = None,
) -> pl.LazyFrame:
    """A published table, such as `regional-accounts` or `regions/areas`, of the newest or the named version.

    Columns and dtypes are those of the release (`tables(name)`); flags stay, a missing figure is null.
    `labels` (`fi`, `sv`, `en`) puts a column `<field>_label` (String) behind each coded one, from the
    release's own code lists. `territory` (`nuts-2024`, `maakunta-2026` …) brings the figures of `obs_value`
    to the areas of one classification, with `conversion` and `weight` saying how
    (`geography.convert`). `.collect().to_pandas()` makes a pandas frame of it.

    Raises `DataError` for an unknown name, version or language, `GeographyError` for figures that have no
    areas, or an unknown classification.
    """
    if labels is not None:
        check_language(labels)
    where = find_tree(tree)
    dataset, _, table = name.partition("/")
    package, folder = read_release(dataset, version, where)
    resource = find_resource(package, table or None)
    frame = pl.scan_parquet(find_file(f"{folder}/{resource['path']}", resource["hash"], where))
    if territory is not None:
        regions = geography.read(tree=where)
        frame = geography.convert(frame.collect(), territory, geography=regions).lazy()
    if labels is None:
        return frame
    return _add_labels(frame, _read_labels(package, folder, resource, labels, where, territory))


def _add_labels(frame: pl.LazyFrame, lists: Mapping[tuple[str, ...], Mapping[str, str]]) -> pl.LazyFrame:
    columns: list[pl.Expr] = []
    found = {fields[-1]: (fields, labels) for fields, labels in lists.items()}
    for column in frame.collect_schema().names():
        columns.append(pl.col(column))
        if column in found:
            fields, labels = found[column]
            key = pl.concat_str([pl.col(field).cast(pl.String) for field in fields], separator=SEPARATOR)
            label = key.replace_strict(labels, default=None, return_dtype=pl.String)
            columns.append(label.alias(f"{column}{LABEL}"))
    return frame.select(columns)


def _read_labels(
    package: Mapping[str, Any],
    folder: str,
    resource: Mapping[str, Any],
    language: str,
    tree: str,
    territory: str | None,
) -> dict[tuple[str, ...], dict[str, str]]:
    """Fields -> key of a code -> label, by the foreign keys of the table's CSV."""
    resources = {entry["name"]: entry for entry in package["resources"]}
    schema = resources[resource["name"].removesuffix("-parquet")]["schema"]
    found: dict[tuple[str, ...], dict[str, str]] = {}
    for key in schema.get("foreignKeys", []):
        codes = resources.get(key["reference"]["resource"])
        if codes is None or not codes["name"].startswith("codes-"):
            continue
        file = find_file(f"{folder}/{codes['path']}", codes["hash"], tree)
        listed = pl.read_csv(file, infer_schema=False)
        if f"label_{language}" in listed.columns:
            fields = tuple(key["fields"])
            found[fields] = _as_mapping(listed, key["reference"]["fields"], f"label_{language}")
    if territory is not None:
        areas = geography.read_areas(tree).filter(pl.col("geo_classification") == territory)
        more = _as_mapping(areas, ["geo_classification", "geo"], f"name_{language}")
        found[("geo_classification", "geo")] = more | found.get(("geo_classification", "geo"), {})
    return found


def _as_mapping(frame: pl.DataFrame, fields: list[str], label: str) -> dict[str, str]:
    keys = frame.select(pl.concat_str([pl.col(f).cast(pl.String) for f in fields], separator=SEPARATOR))
    pairs = zip(keys.to_series().to_list(), frame[label].to_list(), strict=True)
    return {code: text for code, text in pairs if text}
