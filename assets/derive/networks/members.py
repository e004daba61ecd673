"""The members of projects in one form for all registers, with the size of each project and its windows.

One row per project and organisation belongs here, and where an organisation has its seat; pairs of members
belong to `ties`. Registers stay apart: a row names its register, and nothing is added over two of them.
"""

from collections.abc import Callable, Mapping, Sequence

import polars as pl

from assets.errors import MappingError

NETWORK = ("register", "framework_programme", "window")
WHOLE = "all"
COLUMNS = (
    "register",
    "framework_programme",
    "project",
    "start_year",
    "organisation",
    "country",
    "activity_type",
    "ec_contribution",
    "size",
)
AMOUNT = pl.Decimal(18, 2)
NUTS_3 = 5  # characters of a code
Tables = Mapping[str, pl.LazyFrame]


def read_members(tables: Tables) -> pl.DataFrame:
    """The members of the projects of both registers, sorted by register, project and organisation.

    `tables` by `dataset/resource`: `framework-projects/projects` and `/participations`, and
    `h2020-participations/h2020-participations` where it is an input. Columns: `register`,
    `framework_programme`, `project`, `start_year` (Int32; null where the register has no date),
    `organisation` (PIC), `country`, `activity_type`, `ec_contribution` (Decimal, euros; null where an amount
    of the organisation in the project is not stated), `size` (UInt32, the participants of the project). A
    participant whose name is withheld counts in the size and has no row; an organisation that takes part in a
    project twice has one row. Raises `MappingError` where neither register is an input.
    """
    found = []
    if "framework-projects/participations" in tables:
        projects = tables["framework-projects/projects"].select(
            "project", "framework_programme", start_year=pl.col("start_date").dt.year()
        )
        rows = tables["framework-projects/participations"].join(projects, on="project")
        found.append(_count(rows, "framework-projects"))
    if "h2020-participations/h2020-participations" in tables:
        rows = tables["h2020-participations/h2020-participations"].with_columns(
            framework_programme=pl.lit("H2020"),
            start_year=pl.col("start_date").dt.year(),
            ec_contribution="contribution",
        )
        found.append(_count(rows, "h2020-participations"))
    if not found:
        raise MappingError("no register of participations is among the inputs; name one of the two")
    return pl.concat(found).sort("register", "project", "organisation")


def _count(rows: pl.LazyFrame, register: str) -> pl.DataFrame:
    kept = rows.select(
        *("framework_programme", "project", "start_year", "organisation"),
        pl.col("country", "activity_type").cast(pl.String),
        pl.col("ec_contribution").cast(AMOUNT),
    ).collect()
    sizes = kept.group_by("project").agg(
        size=pl.col("organisation").n_unique()
        - pl.col("organisation").has_nulls()
        + pl.col("organisation").null_count()
    )
    named = kept.drop_nulls("organisation")
    amount = pl.col("ec_contribution")
    members = named.group_by("framework_programme", "project", "start_year", "organisation").agg(
        amount.sum(), missing=amount.has_nulls()
    )
    known = members.with_columns(pl.when(~pl.col("missing")).then(amount).alias("ec_contribution"))
    for name in ("country", "activity_type"):
        by = ["framework_programme", "organisation"]
        known = known.join(_most_frequent(named, by, name), on=by, how="left")
    joined = known.join(sizes, on="project").with_columns(register=pl.lit(register))
    return joined.select(COLUMNS)


def _most_frequent(rows: pl.DataFrame, by: Sequence[str], name: str) -> pl.DataFrame:
    """`by` and the value of `name` that most rows have; of equally frequent ones the first in their order."""
    counted = rows.drop_nulls(name).group_by(*by, name).len()
    ordered = counted.sort(*by, "len", name, descending=[*[False] * len(by), True, False])
    return ordered.unique(list(by), keep="first", maintain_order=True).select(*by, name)


def gather_members(tables: Tables, windows: Mapping[str, Sequence[Sequence[int]]]) -> pl.DataFrame:
    """`read_members` once for the whole programme (`window` is `all`) and once in each window of the years in
    which projects begin: `windows` is framework programme -> [[first year, last year], …]. A project
    without a date is in `all` only.
    """
    members = read_members(tables)
    found = [members.with_columns(window=pl.lit(WHOLE))]
    for programme, spans in windows.items():
        for first, last in spans:
            inside = (pl.col("framework_programme") == programme) & pl.col("start_year").is_between(
                first, last
            )
            found.append(members.filter(inside).with_columns(window=pl.lit(f"{first}-{last}")))
    return pl.concat(found)


def measure_networks(members: pl.DataFrame, measure: Callable[[pl.DataFrame], pl.DataFrame]) -> pl.DataFrame:
    """The frames that `measure` makes of the members of each network, one below the other with `NETWORK`."""
    found = [
        measure(network).select(
            *(pl.lit(value, pl.String).alias(name) for name, value in zip(NETWORK, key, strict=True)),
            pl.all(),
        )
        for key, network in sorted(members.partition_by(NETWORK, as_dict=True).items())
    ]
    return pl.concat(found)


def place_organisations(tables: Tables, crosswalk: pl.DataFrame, country: str) -> pl.DataFrame:
    """Where organisations have their seat, by PIC: `organisation`, `geo`, `geo_classification`,
    `region` and `region_classification`.

    Those of `country` are where `register-places` reads most of their rows to be: `region` is that of the
    newest division, `geo` the NUTS 3 region that is the same by `crosswalk` (of `regions`). Others are in
    the NUTS 3 region that most rows of `framework-projects` have. Organisations of which no region is known
    are not in the table.
    """
    places = tables["register-places/register-places"].drop_nulls(["organisation", "region"]).collect()
    division = places["place_classification"].max()
    finnish = _most_frequent(places, ["organisation"], "region")
    newest = crosswalk["to_classification"].cast(pl.String)
    nuts = newest.filter(newest.str.starts_with("nuts-")).max()
    same = crosswalk.filter(
        pl.col("from_classification") == pl.lit(division, pl.String), to_classification=nuts, kind="same"
    )
    ours = finnish.join(same.select(region="from_geo", geo="to_geo"), on="region").select(
        "organisation",
        "geo",
        pl.lit(nuts).alias("geo_classification"),
        "region",
        pl.lit(division, pl.String).alias("region_classification"),
    )
    rows = tables["framework-projects/participations"].drop_nulls("organisation")
    abroad = rows.filter(
        pl.col("country") != country,
        pl.col("geo_classification").str.starts_with("nuts-"),
        pl.col("geo").str.len_chars() == NUTS_3,
    ).select("organisation", area=pl.struct("geo", "geo_classification"))
    others = _most_frequent(abroad.collect(), ["organisation"], "area").unnest("area")
    return pl.concat([ours, others.join(ours, on="organisation", how="anti")], how="diagonal")
