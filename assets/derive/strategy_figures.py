"""The figures of one indicator of the strategy: the area's own rows and those that it is compared with.

A figure of a wider area is never the region's: which area an indicator is of is written in the strategy.
What is followed, and why, belongs to `assets.descriptor.strategy`.
"""

from collections.abc import Mapping

import polars as pl

from assets.descriptor.strategy import PEERS, Strategy, StrategyIndicator
from assets.errors import MappingError

REGION = "region"
PARTICIPATION = ["project", "organisation", "order"]  # what tells a register's rows apart
AREA = ["geo_classification", "geo"]
KEY = [*AREA, "time_period"]
EU = ("aggregate", "EU27_2020")
NO_REGION = "Z"  # codes that end so are "extra-regio", no area
COLUMNS = (*KEY, "role", "similar", "obs_value", "numerator", "denominator", "obs_status")

Tables = Mapping[str, pl.LazyFrame]


def read_figures(indicator: StrategyIndicator, strategy: Strategy, tables: Tables) -> pl.DataFrame:
    """The rows of the indicator's own area and of those beside it: columns `COLUMNS`, sorted by area and
    period.

    `role`: own, country, aggregate (the EU), or other (an area of the same country and level, or one that is
    statistically similar); `similar` (Boolean): that the table of peers names it. `numerator` and
    `denominator` are null for a figure that is a source's own. Raises `MappingError` where the rows are not
    one per area and period, or the area has no figure.
    """
    rows = _count_rows(indicator, tables) if indicator.count else _take_rows(indicator, tables)
    twice = rows.filter(rows.select(KEY).is_duplicated())
    if not twice.is_empty():
        shown = " ".join(twice.select(KEY).row(0))
        raise MappingError(
            f"strategy: {indicator.code}: {indicator.table} has two figures for {shown}; say more in where"
        )
    scheme, code = _find_area(indicator, strategy, rows)
    similar = _similar(tables, scheme, code)
    named = pl.col("geo_classification").eq(scheme) & pl.col("geo").is_in(similar)
    role = (
        pl.when(geo_classification=scheme, geo=code).then(pl.lit("own"))
        .when(geo_classification="country", geo=strategy.region[:2]).then(pl.lit("country"))
        .when(geo_classification=EU[0], geo=EU[1]).then(pl.lit("aggregate"))
        .when(_beside(scheme, code) | named).then(pl.lit("other"))
    )  # fmt: skip
    found = rows.with_columns(role=role, similar=named).drop_nulls("role")
    return found.select(COLUMNS).sort(KEY)


def _take_rows(indicator: StrategyIndicator, tables: Tables) -> pl.DataFrame:
    frame = tables[indicator.table].collect()
    frame = frame.with_columns(pl.col(pl.Categorical, pl.Enum).cast(pl.String))
    for name in ("numerator", "denominator", "obs_status"):
        if name not in frame.columns:
            kind = pl.String if name == "obs_status" else pl.Float64
            frame = frame.with_columns(pl.lit(None, kind).alias(name))
    own = _filter_rows(frame, indicator.where, indicator)
    values = [*KEY, "obs_value", "numerator", "denominator", "obs_status"]
    if not indicator.share_of:
        return own.select(values)
    whole = _filter_rows(frame, {**indicator.where, **indicator.share_of}, indicator)
    both = own.select(*KEY, numerator="obs_value", obs_status="obs_status").join(
        whole.select(*KEY, denominator="obs_value", whole_status="obs_status"), on=KEY, how="left"
    )
    share = 100 * pl.col("numerator") / pl.when(pl.col("denominator") != 0).then("denominator")
    ordinary = pl.col("obs_status").is_null() | pl.col("obs_status").eq("A")
    status = pl.when(ordinary).then(pl.coalesce("whole_status", "obs_status")).otherwise("obs_status")
    return both.with_columns(obs_value=share.round(indicator.decimals), obs_status=status).select(values)


def _filter_rows(frame: pl.DataFrame, where: Mapping[str, str], indicator: StrategyIndicator) -> pl.DataFrame:
    found = frame.filter(**dict(where))
    if found.is_empty():
        codes = ", ".join(f"{name} {code}" for name, code in where.items())
        raise MappingError(
            f"strategy: {indicator.code}: {indicator.table} has no row with {codes}; correct strategy.yaml"
        )
    return found


def _count_rows(indicator: StrategyIndicator, tables: Tables) -> pl.DataFrame:
    """A register's rows by area; 0 for an area that the register has only other rows of. The period is the
    year of the register's last update."""
    count = indicator.count
    frame = tables[indicator.table].collect()
    if "join" in count:
        own = [name for name in frame.columns if name not in PARTICIPATION]
        more = tables[count["join"]].drop(own, strict=False).collect()
        frame = frame.join(more, on=PARTICIPATION, how="left", nulls_equal=True, validate="1:1")
    frame = frame.with_columns(pl.col(pl.Categorical, pl.Enum).cast(pl.String))
    scheme = count["geo_classification"]
    area = {
        "geo_classification": pl.col(scheme) if scheme in frame.columns else pl.lit(scheme),
        "geo": pl.col(count["geo"]),
    }
    places = frame.select(**area).drop_nulls().unique()
    found = _filter_rows(frame, indicator.where, indicator).select(**area).group_by(AREA)
    counted = places.join(found.agg(obs_value=pl.len().cast(pl.Float64)), on=AREA, how="left")
    updated = tables[count["updated"]].select(pl.col("updated").max()).collect().item()
    none = pl.lit(None, pl.Float64)
    return counted.select(
        *AREA,
        time_period=pl.lit(str(updated)[:4]),
        obs_value=pl.col("obs_value").fill_null(0),
        numerator=none,
        denominator=none,
        obs_status=pl.lit("A"),
    )


def _find_area(indicator: StrategyIndicator, strategy: Strategy, rows: pl.DataFrame) -> tuple[str, str]:
    """Classification and code of the area that the indicator is of: the first that has a figure."""
    known = rows.drop_nulls("obs_value").select(AREA).unique()
    for scheme, code in strategy.areas[indicator.area].items():
        inside = known.filter(pl.col("geo") == code)["geo_classification"]
        found = inside.filter((inside == scheme) | inside.str.starts_with(f"{scheme}-"))
        if len(found):
            return str(found.max()), code
    codes = ", ".join(dict.fromkeys(strategy.areas[indicator.area].values()))
    raise MappingError(
        f"strategy: {indicator.code}: {indicator.table} has no figure of the {indicator.area} ({codes})"
    )


def _similar(tables: Tables, scheme: str, code: str) -> list[str]:
    """The statistically similar regions of a code, of its own classification."""
    found = tables[PEERS].with_columns(pl.col(*AREA, "peer").cast(pl.String))
    found = found.filter(geo=code, geo_classification=scheme).sort("rank")
    return found.select("peer").collect()["peer"].to_list()


def _beside(scheme: str, code: str) -> pl.Expr:
    """Areas of the same classification, country and level."""
    geo = pl.col("geo")
    level = geo.str.slice(0, 2).eq(code[:2]) & geo.str.len_chars().eq(len(code))
    return pl.col("geo_classification").eq(scheme) & level & ~geo.str.ends_with(NO_REGION)
