"""Names of areas in a source that has no codes -> codes, by the exact names of one classification.

Nothing is guessed: a name that the classification does not have, or has for more areas than there are rows,
stops. Names in free text, such as addresses, belong to `derive.place_names`.
"""

from collections.abc import Collection
from itertools import pairwise

import polars as pl

from assets.errors import MappingError

OCCURRENCE = "_OCCURRENCE"  # the column in which a reader counts the rows with one label
NAMES = ("name_native", "name_fi", "name_sv", "name_en")


def code_areas(
    rows: pl.DataFrame,
    column: str,
    areas: pl.LazyFrame,
    classification: str,
    known: Collection[str],
    where: str,
) -> pl.DataFrame:
    """The rows with codes of `classification` in `column`, where it holds names; `known` names stay.

    `areas` is the table `regions/areas`; a name is any of the four that an area has there, countries by
    theirs too. An area and its only part often have one name (`Åland` FI2, FI20, FI200): then the rows with
    the name, which the reader counts in `<column>_OCCURRENCE`, are the areas from the largest down, if there
    are as many rows as areas on the levels that the other names of the table are of. Raises `MappingError`
    with every name that is of no area, or of several without such an order.
    """
    counter = column + OCCURRENCE
    if counter not in rows.columns:
        rows = rows.with_columns(pl.lit("1").alias(counter))
    labels = (
        rows.group_by(pl.col(column).cast(pl.String)).agg(pl.col(counter).cast(pl.Int64).max()).drop_nulls()
    )
    counts = {label: count for label, count in labels.rows() if label not in known}
    listed = areas.filter(pl.col("geo_classification").is_in([classification, "country"])).collect()
    if not (listed["geo_classification"] == classification).any():
        raise MappingError(f"{where}: {column}: no area list '{classification}' (innoregio:areaNames)")
    named = (
        listed.unpivot(index=["geo", "level"], on=NAMES, value_name="name")
        .drop_nulls("name")
        .unique(["name", "geo"])
        .filter(pl.col("name").is_in(list(counts)))
        .sort(pl.col("geo").str.len_bytes(), "geo")
    )
    found: dict[str, list[tuple[str, object]]] = {label: [] for label in counts}
    for geo, level, _, name in named.select("geo", "level", "variable", "name").rows():
        found[name].append((geo, level))
    levels = {areas_of[0][1] for areas_of in found.values() if len(areas_of) == 1}
    countries = set(listed.filter(pl.col("geo_classification") == "country")["geo"])
    codes: dict[tuple[str, str], str] = {}
    wrong: list[str] = []
    for label, count in counts.items():
        chosen = [geo for geo, _ in found[label]]
        if len(chosen) > count:
            chosen = [geo for geo, level in found[label] if level in levels]
        if len(chosen) > count:  # `Danmark` is DK0 where DK is `Denmark`
            chosen = [geo for geo in chosen if geo not in countries]
        nested = all(part.startswith(whole) for whole, part in pairwise(chosen))
        if len(chosen) != count or not nested:
            several = f" ({count} rows, {', '.join(geo for geo, _ in found[label])})" if found[label] else ""
            wrong.append(f"{label!r}{several}")
        codes |= {(label, str(place)): geo for place, geo in enumerate(chosen, 1)}
    if wrong:
        shown = f"{', '.join(sorted(wrong)[:10])}{f' and {len(wrong) - 10} more' if len(wrong) > 10 else ''}"
        raise MappingError(
            f"{where}: {column}: not each the name of one area of {classification}: {shown}; map them in "
            "innoregio:codes or leave them out by innoregio:ignoreCodes"
        )
    coded = pl.DataFrame(
        [(*key, geo) for key, geo in codes.items()],
        schema={column: pl.String, counter: pl.String, "\0geo": pl.String},
        orient="row",
    )
    joined = rows.with_columns(pl.col(column).cast(pl.String)).join(
        coded, on=[column, counter], how="left", maintain_order="left"
    )
    return joined.with_columns(pl.coalesce("\0geo", column).alias(column)).drop("\0geo", counter)
