"""Rules that compare figures with figures: sums, ratios, series that are alike.

Each takes an expectation of the descriptor and returns its notes, none when it is met, and how much it
compared. `where` selects rows, `value` names the column of figures (`obs_value`). Size and coverage of a
table belong to `expectations`.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from assets.validate.findings import Given, RuleResult, dimensions, required_column, select_figures, some

LEAST_SERIES = 20  # figures that two series must share before being alike means something
MANY_CODES = 60


def check_parts_sum_to_total(given: Given, expectation: Mapping[str, Any]) -> RuleResult:
    """`parts_sum_to_total` over a dimension: `parts` [codes] add up to the code `total`; or over `geo`,
    regions of NUTS `level` to their region of level `into` (0: the country).

    Compared are only sums whose parts all have a value. They may differ by the share `tolerance` (default
    0) and by `rounding` (default half a unit of the last digit for each part: 0.5); the share `maximum` of
    them (default 0) may differ by more.
    """
    over = required_column(given, expectation, "over")
    rows = select_figures(given, expectation)
    if "level" in expectation:
        sums, rest = region_sums(given, rows, expectation)
    else:
        sums, rest = code_sums(given, rows, over, expectation)
    share, rounding = float(expectation.get("tolerance", 0)), float(expectation.get("rounding", 0.5))
    allowed = pl.col("figure").abs() * share + rounding * (pl.col("count") + 1)
    off = sums.filter((pl.col("sum") - pl.col("figure")).abs() > allowed).sort(rest)
    if off.height <= float(expectation.get("maximum", 0)) * sums.height:
        return RuleResult([], sums.height)
    first = off.row(0, named=True)
    place = ", ".join(str(first[name]) for name in rest)
    note = (
        f"{off.height} of {sums.height} totals are not the sum of their parts, the first at {place}: parts "
        f"{first['sum']:g}, total {first['figure']:g}"
    )
    return RuleResult([note], sums.height)


def code_sums(
    given: Given, rows: pl.DataFrame, over: str, expectation: Mapping[str, Any]
) -> tuple[pl.DataFrame, list[str]]:
    """Sums of listed codes beside their total."""
    total = str(expectation.get("total"))
    parts = [str(code) for code in expectation.get("parts") or ()]
    if not parts:
        parts = sorted(set(rows[over].unique().to_list()) - {total})
    rest = [
        name
        for name in dimensions(given)
        if name != over and not (over == "geo" and name == "geo_classification")
    ]
    summed = (
        rows.filter(pl.col(over).is_in(parts))
        .group_by(rest)
        .agg(pl.col("figure").sum().alias("sum"), pl.len().alias("count"))
        .filter(pl.col("count") == len(parts))
    )
    totals = rows.filter(pl.col(over) == total).select(*rest, "figure")
    return summed.join(totals, on=rest, nulls_equal=True), rest


def region_sums(
    given: Given, rows: pl.DataFrame, expectation: Mapping[str, Any]
) -> tuple[pl.DataFrame, list[str]]:
    """Sums of NUTS regions beside the region above them, where no region lacks a figure."""
    level, into = int(expectation["level"]), int(expectation.get("into", 0))
    others = [name for name in dimensions(given) if name not in ("geo", "geo_classification")]
    parts = regions(rows, level).with_columns(pl.col("geo").str.slice(0, into + 2).alias("above"))
    whole = parts.group_by("above", "geo_classification").agg(pl.col("geo").n_unique().alias("all"))
    summed = (
        parts.group_by("above", "geo_classification", *others)
        .agg(pl.col("figure").sum().alias("sum"), pl.len().alias("count"))
        .join(whole, on=["above", "geo_classification"])
        .filter(pl.col("count") == pl.col("all"))
    )
    if into:
        totals = regions(rows, into).select(
            pl.col("geo").alias("above"), "geo_classification", *others, "figure"
        )
        on = ["above", "geo_classification", *others]
    else:
        totals = rows.filter(pl.col("geo_classification") == "country")
        totals = totals.select(pl.col("geo").alias("above"), *others, "figure")
        on = ["above", *others]
    return summed.join(totals, on=on, nulls_equal=True), ["above", *others]


def regions(rows: pl.DataFrame, level: int) -> pl.DataFrame:
    """The rows of NUTS regions of one level."""
    in_nuts = pl.col("geo_classification").str.starts_with("nuts-")
    return rows.filter(in_nuts & (pl.col("geo").str.len_bytes() == level + 2))


def check_ratio(given: Given, expectation: Mapping[str, Any]) -> RuleResult:
    """`ratio` over a dimension: the figure of the code `numerator` divided by that of `denominator`, with
    everything else equal (the fields in `apart` aside), lies within `minimum` and `maximum`.
    """
    over = required_column(given, expectation, "over")
    rows = select_figures(given, expectation)
    rest = [
        name for name in dimensions(given) if name != over and name not in (expectation.get("apart") or ())
    ]
    pairs = paired(rows, over, str(expectation.get("numerator")), str(expectation.get("denominator")), rest)
    pairs = pairs.filter(pl.col("other") != 0).with_columns(
        (pl.col("figure") / pl.col("other")).alias("ratio")
    )
    low, high = float(expectation.get("minimum", "-inf")), float(expectation.get("maximum", "inf"))
    off = pairs.filter((pl.col("ratio") < low) | (pl.col("ratio") > high)).sort(rest)
    if off.is_empty():
        return RuleResult([], pairs.height)
    first = off.row(0, named=True)
    place = ", ".join(str(first[name]) for name in rest)
    note = (
        f"{off.height} of {pairs.height} ratios lie outside {low:g} to {high:g}, the first at {place}: "
        f"{first['ratio']:g}"
    )
    return RuleResult([note], pairs.height)


def paired(rows: pl.DataFrame, over: str, one: str, other: str, rest: Sequence[str]) -> pl.DataFrame:
    """The figures of two codes side by side: `figure` of the one, `other` of the other."""
    right = rows.filter(pl.col(over) == other).select(*rest, pl.col("figure").alias("other"))
    return (
        rows.filter(pl.col(over) == one).select(*rest, "figure").join(right, on=list(rest), nulls_equal=True)
    )


def check_equal_series(given: Given, expectation: Mapping[str, Any]) -> RuleResult:
    """`equal_series`: the two codes in `fields` {field: [one, other]} have the same figures, to the share
    `tolerance`.

    Such a pair is left out of `duplicate_series`.
    """
    notes, compared = [], 0
    tolerance = float(expectation.get("tolerance", 0))
    for field, (one, other) in declared_pairs(expectation):
        rest = [name for name in dimensions(given) if name != field]
        pairs = paired(select_figures(given, expectation), field, one, other, rest)
        compared += pairs.height
        off = pairs.filter(
            (pl.col("figure") - pl.col("other")).abs() > tolerance * pl.col("figure").abs()
        ).sort(rest)
        if not off.is_empty():
            place = ", ".join(str(off[name][0]) for name in rest)
            notes.append(
                f"{one} and {other} differ in {off.height} of {pairs.height} figures, the first at {place}"
            )
    return RuleResult(notes, compared)


def declared_pairs(expectation: Mapping[str, Any]) -> list[tuple[str, tuple[str, str]]]:
    """The pairs of codes that an `equal_series` declares, with their field."""
    fields = expectation.get("fields") or {}
    return [(str(field), (str(codes[0]), str(codes[1]))) for field, codes in fields.items()]


def check_duplicate_series(given: Given, expectation: Mapping[str, Any]) -> RuleResult:
    """`duplicate_series` over a dimension: no two of its codes have the same figures wherever both have one
    (at least `minimum` of them, default 20, not all alike), except pairs that an `equal_series` declares or
    `except` lists.
    """
    over = required_column(given, expectation, "over")
    rows = select_figures(given, expectation)
    rest = [name for name in dimensions(given) if name != over]
    least = int(expectation.get("minimum", LEAST_SERIES))
    codes = rows.group_by(over).len().filter(pl.col("len") >= least)[over].drop_nulls().sort().to_list()
    excused = {frozenset(map(str, pair)) for pair in expectation.get("except") or ()}
    for declared in given.resource.expectations:
        if declared.get("rule") == "equal_series":
            excused |= {frozenset(pair) for field, pair in declared_pairs(declared) if field == over}
    if len(codes) > MANY_CODES:
        return whole_duplicates(rows, over, rest, least, excused)
    wide = (
        rows.filter(pl.col(over).is_in(codes))
        .select(*rest, over, "figure")
        .pivot(over, index=rest, values="figure")
    )
    alike, compared = [], 0
    for index, one in enumerate(codes):
        for other in codes[index + 1 :]:
            if frozenset((str(one), str(other))) in excused:
                continue
            both = wide.select(a=pl.col(str(one)), b=pl.col(str(other))).drop_nulls()
            compared += both.height >= least
            if both.height >= least and both["a"].equals(both["b"]) and both["a"].n_unique() > 2:
                alike.append(f"{one} = {other}")
    return RuleResult([f"series of {over} with the same figures: {some(alike)}"] if alike else [], compared)


def whole_duplicates(
    rows: pl.DataFrame, over: str, rest: Sequence[str], least: int, excused: set[frozenset[str]]
) -> RuleResult:
    """As `check_duplicate_series`, for many codes: series that are the same as a whole."""
    marks = rows.with_columns(pl.struct(*rest, "figure").hash().alias("mark"))
    series = marks.group_by(over).agg(
        pl.col("mark").sort().hash().sum(), pl.len(), pl.col("figure").n_unique()
    )
    series = series.filter((pl.col("len") >= least) & (pl.col("figure") > 2))
    groups = series.group_by("mark").agg(pl.col(over).sort()).filter(pl.col(over).list.len() > 1)
    alike = [codes for codes in sorted(groups[over].to_list()) if frozenset(map(str, codes)) not in excused]
    detail = some([" = ".join(map(str, codes)) for codes in alike])
    return RuleResult([f"series of {over} with the same figures: {detail}"] if alike else [], series.height)


def check_constant_within(given: Given, expectation: Mapping[str, Any]) -> RuleResult:
    """`constant_within`: the figures of NUTS regions of `level` are not all alike within their region of
    level `into` in more than the share `maximum` (default 0.2) of cases: they would be the larger region's,
    written on its parts.
    """
    level, into = int(expectation["level"]), int(expectation.get("into", 0))
    others = [name for name in dimensions(given) if name not in ("geo", "geo_classification")]
    parts = regions(select_figures(given, expectation), level)
    parts = parts.filter(pl.col("figure") != 0).with_columns(
        pl.col("geo").str.slice(0, into + 2).alias("above")
    )
    within = (
        parts.group_by("above", "geo_classification", *others)
        .agg(pl.len().alias("count"), pl.col("figure").n_unique().alias("distinct"))
        .filter(pl.col("count") > 1)
    )
    alike = within.filter(pl.col("distinct") == 1)
    share = float(expectation.get("maximum", 0.2))
    if within.is_empty() or alike.height <= share * within.height:
        return RuleResult([], within.height)
    first = sorted(alike["above"].unique().to_list())
    note = (
        f"regions have one figure within the region above in {alike.height} of {within.height} cases: "
        f"{some(first)}"
    )
    return RuleResult([note], within.height)
