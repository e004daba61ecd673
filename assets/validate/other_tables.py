"""Rules that look into other published tables: `duplicate_dataset`, no series has the figures of a series of
another table, and `cross_check`, figures agree with those that another table has of the same.

Two indicators of one table are compared by `figure_rules`. Here it is the same answer under two names: trade
marks that were once published as patents; or two tables that should agree, both of which declare it, so that
the rule runs whichever of them is published anew. Which tables are published is the caller's to say.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import polars as pl

from assets.errors import DescriptorError
from assets.validate.findings import Given, RuleResult, dimensions, select_figures, some

PLACE = ("geo", "time_period")
AREA_AND_PERIOD = ("geo", "geo_classification", "time_period")
NO_DIMENSION = ("geo", "geo_classification", "time_period", "obs_value", "obs_status", "obs_flag")
LEAST_SERIES = 20  # figures that two series must share before being alike means something


def check_duplicate_dataset(given: Given, expectation: Mapping[str, Any]) -> RuleResult:
    """`duplicate_dataset`: no series has the figures of a series of another table wherever both have one (at
    least `minimum` of them that are not zero, default 20, not all alike), the tables in `except` aside, and
    those that a `cross_check` of this table says to be of the same.

    What is counted as compared is the series of this table: each later table is compared with it in turn.
    """
    least = int(expectation.get("minimum", LEAST_SERIES))
    names = [name for name in dimensions(given) if name not in NO_DIMENSION]
    own = named_series(select_figures(given, expectation), names)
    lasting = own.group_by("series").len().filter(pl.col("len") >= least)
    excused = {str(name) for name in expectation.get("except") or ()}
    excused |= {str(rule["with"]) for rule in given.resource.expectations if rule.get("with")}
    alike = [
        f"{one} = {name} {other}"
        for name, table in sorted(given.others.items())
        if name not in excused
        for one, other in same_series(own, table, least)
    ]
    return RuleResult(
        [f"series that another dataset has, too: {some(alike)}"] if alike else [], lasting.height
    )


def same_series(own: pl.DataFrame, table: pl.LazyFrame, least: int) -> Iterator[tuple[str, str]]:
    """The pairs of a series here and a series there with the same figures."""
    columns = table.collect_schema()
    if not {*PLACE, "obs_value"} <= set(columns):
        return
    names = [name for name in columns.names() if name not in NO_DIMENSION]
    rows = table.filter(pl.col("obs_value").is_not_null()).collect()
    other = named_series(rows.with_columns(pl.col("obs_value").cast(pl.Float64).alias("figure")), names)
    equal = own.filter(pl.col("figure") != 0).join(other, on=[*PLACE, "figure"])
    pairs = equal.group_by("series", "series_right").agg(pl.len(), pl.col("figure").n_unique())
    likely = pairs.filter((pl.col("len") >= least) & (pl.col("figure") > 2))
    for one, there in likely.select("series", "series_right").sort(pl.all()).iter_rows():
        ours, theirs = own.filter(pl.col("series") == one), other.filter(pl.col("series") == there)
        both = ours.join(theirs, on=PLACE)
        if both.select((pl.col("figure") == pl.col("figure_right")).all()).item():
            yield one, there


def named_series(rows: pl.DataFrame, names: Sequence[str]) -> pl.DataFrame:
    """Place, figure, and as `series` the codes of all other dimensions."""
    codes = [pl.col(name).cast(pl.String).fill_null("") for name in names]
    series = pl.concat_str(codes, separator=" ") if codes else pl.lit("the figures")
    return rows.select(*(pl.col(name).cast(pl.String) for name in PLACE), "figure", series.alias("series"))


def check_cross_check(given: Given, expectation: Mapping[str, Any]) -> RuleResult:
    """`cross_check` with the table `with` (`dataset/resource`) in its newest release: the figures of the rows
    that `where` selects here and `other` there, of one area and period, differ by the share `tolerance`
    (default 0) at most.

    Areas are the same by code and classification, by the columns in `by`, or by `areas` {code here: code
    there}. `factor` is what a figure here is multiplied by, `years` how many years later the period there
    is. Without a release of the other table nothing is found; it is compared when it is published. What is
    counted as compared is the figures here. Raises `DescriptorError` where `with` is missing, or where
    several figures are of one area and period.
    """
    if not expectation.get("with"):
        raise DescriptorError(f"{given.resource.name}: innoregio:expectations: cross_check without `with`")
    name = str(expectation["with"])
    key = [str(column) for column in expectation.get("by") or AREA_AND_PERIOD]
    areas = {str(here): str(there) for here, there in (expectation.get("areas") or {}).items()}
    key = [column for column in key if not (areas and column == "geo_classification")]
    own = select_figures(given, expectation).with_columns(
        figure=pl.col("figure") * float(expectation.get("factor", 1)), code="geo", period="time_period"
    )
    if areas:
        own = own.filter(pl.col("geo").is_in(list(areas))).with_columns(geo=pl.col("geo").replace(areas))
    if years := int(expectation.get("years", 0)):
        year = pl.col("time_period").str.head(4).cast(pl.Int64) + years
        own = own.with_columns(time_period=year.cast(pl.String) + pl.col("time_period").str.slice(4))
    refuse_several(given.resource.name, own, key)
    other = given.others.get(name)
    if other is None:
        return RuleResult([], own.height)
    there = other
    for column, wanted in (expectation.get("other") or {}).items():
        there = there.filter(pl.col(column).is_in(wanted if isinstance(wanted, list) else [wanted]))
    known = there.select(*key, pl.col("obs_value").cast(pl.Float64).alias("there")).drop_nulls().collect()
    refuse_several(name, known, key)
    pairs = own.select(*key, "code", "period", "figure").join(known, on=key)
    tolerance = float(expectation.get("tolerance", 0))
    allowed = tolerance * pl.col("there").abs() + 1e-9
    off = pairs.filter((pl.col("figure") - pl.col("there")).abs() > allowed)
    if off.is_empty():
        return RuleResult([], own.height)
    first = off.sort("code", "period").row(0, named=True)
    sources = ", ".join(
        dict.fromkeys(f"{source.provider}/{source.table}" for source in given.resource.sources)
    )
    note = (
        f"{off.height} of {pairs.height} figures differ by more than {tolerance:.2%} from those of {name} in "
        f"its newest release, the first at {first['code']} {first['period']}: {first['figure']:.12g} here "
        f"(from {sources}), {first['there']:.12g} there ({first['geo']} {first['time_period']})"
    )
    return RuleResult([note], own.height)


def refuse_several(name: str, rows: pl.DataFrame, key: list[str]) -> None:
    """Stop where a comparison would take one of several figures."""
    twice = rows.filter(rows.select(key).is_duplicated())
    if twice.height:
        shown = " ".join(str(value) for value in twice.select(key).row(0))
        raise DescriptorError(
            f"{name}: innoregio:expectations: cross_check: {shown} has several figures; select one by "
            "`where` here and `other` there"
        )
