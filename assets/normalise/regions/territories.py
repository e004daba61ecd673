"""Which areas are the same land: a `territory_id` for every area of every classification.

The comparison belongs here: by municipalities where they are known, else by unbroken chains of codes. How
figures go from one territory to another belongs to `crosswalk`.
"""

from collections import defaultdict

import polars as pl

from assets.errors import MappingError
from assets.normalise.regions.municipal_events import last_years_alone, list_municipal_units

FINLAND = "FI:"  # how the ids begin that are written in municipalities
SCHEMA = {"geo_classification": pl.String, "geo": pl.String, "territory_id": pl.String, "basis": pl.String}


def build_territories(
    areas: pl.DataFrame,
    same: pl.DataFrame,
    memberships: pl.DataFrame,
    municipal_changes: pl.DataFrame,
) -> pl.DataFrame:
    """Every area that has land, with the id of its land: `geo_classification`, `geo`, `territory_id`,
    `basis`.

    `basis` is `municipalities`: the id is `FI:` and the municipalities of the newest division, after mergers,
    joined by `+` (a municipality as it was before a merger is written with the last year of that:
    `398-2015`); or `codes`: the oldest classification and code of a chain of versions in which Eurostat's
    lists say that nothing but code or name changed (`nuts-2003:DE111`). An area that is the only one in the
    area above is the same land as that. Raises `MappingError` where lists and municipalities contradict each
    other.
    """
    written = _name_by_municipalities(memberships, municipal_changes)
    chains = _find_chains(areas, same)
    rows = []
    for chain in chains:
        known = sorted({written[area] for area in chain if area in written})
        if len(known) > 1:
            one, other = (next(a for a in chain if written.get(a) == i) for i in known[:2])
            raise MappingError(
                f"regions: by Eurostat's lists {' '.join(one)} and {' '.join(other)} are the same land, by "
                "their municipalities they are not"
            )
        oldest = min(chain, key=lambda area: (area[0] != "country", area[0], len(area[1]), area[1]))
        name, basis = (known[0], "municipalities") if known else (":".join(oldest), "codes")
        rows += [(*area, name, basis) for area in chain]
    placed = {(row[0], row[1]) for row in rows}
    rows += [(*area, name, "municipalities") for area, name in written.items() if area not in placed]
    return pl.DataFrame(rows, schema=SCHEMA, orient="row").sort("geo_classification", "geo")


def list_area_units(territories: pl.DataFrame, municipal_changes: pl.DataFrame) -> pl.DataFrame:
    """The units of land (`municipal_events`) of the areas that are written in municipalities:
    `geo_classification`, `geo`, `basic_unit`."""
    mergers = municipal_changes.filter(pl.col("event") == "merged").sort("date", descending=True)
    parts: dict[str, list[str]] = defaultdict(list)
    owner: dict[str, str] = {}
    for old, new in mergers.select("old", "new").rows():
        owner[old[2:]] = owner.get(new[2:], new[2:])
        parts[owner[old[2:]]].append(old[2:])
    written = (
        territories.filter(pl.col("basis") == "municipalities")
        .with_columns(basic_unit=pl.col("territory_id").str.strip_prefix(FINLAND).str.split("+"))
        .explode("basic_unit")
    )
    whole = pl.DataFrame(
        [(owner, unit) for owner, units in parts.items() for unit in (owner, *units)],
        schema={"basic_unit": pl.String, "made_of": pl.String},
        orient="row",
    )
    return written.join(whole, on="basic_unit", how="left").select(
        "geo_classification",
        "geo",
        pl.coalesce("made_of", pl.col("basic_unit").str.extract(r"^(\d+)")).alias("basic_unit"),
    )


def _name_by_municipalities(
    memberships: pl.DataFrame, municipal_changes: pl.DataFrame
) -> dict[tuple[str, str], str]:
    """The ids of the areas whose municipalities the memberships say, the municipalities themselves and
    Finland among them."""
    years = memberships.select("year", "municipality").unique()
    units = list_municipal_units(years, municipal_changes)
    newest = units.filter(pl.col("year") == units["year"].max())
    owner = dict(newest.select("basic_unit", pl.col("municipality").str.slice(2)).iter_rows())
    land: dict[str, set[str]] = defaultdict(set)
    for unit, municipality in owner.items():
        land[municipality].add(unit)
    alone = last_years_alone(municipal_changes)
    own = years.select(
        "year", "municipality", pl.format("kunta-{}", "year").alias("geo_classification"), geo="municipality"
    )
    country = years.filter(pl.col("year") == years["year"].max()).select(
        "year", "municipality", pl.lit("country").alias("geo_classification"), pl.lit("FI").alias("geo")
    )
    every = pl.concat([memberships.select(own.columns), own, country]).join(
        units, on=["year", "municipality"]
    )
    sets = every.group_by("geo_classification", "geo").agg(pl.col("basic_unit").unique())
    split = every.select(
        "geo_classification", "geo", "basic_unit", pl.col("geo").str.len_chars().alias("level")
    )
    twice = split.unique().filter(pl.struct("geo_classification", "level", "basic_unit").is_duplicated())
    if twice.height:
        row = twice.sort("geo_classification", "basic_unit").row(0, named=True)
        raise MappingError(
            f"regions: in {row['geo_classification']} municipality {row['unit']} is in two areas"
        )
    ids = {}
    for classification, geo, found in sets.iter_rows():
        held, codes = set(found), []
        for municipality in sorted({owner[unit] for unit in held}):
            if land[municipality] <= held:
                codes.append(municipality)
            else:
                codes += sorted(f"{unit}-{alone[unit]}" for unit in land[municipality] & held)
        ids[(classification, geo)] = FINLAND + "+".join(codes)
    return ids


def _find_chains(areas: pl.DataFrame, same: pl.DataFrame) -> list[list[tuple[str, str]]]:
    """The NUTS areas and countries, put together where they are the same land by the lists."""
    nuts = areas.filter(pl.col("geo_classification").str.starts_with("nuts-"))
    countries = areas.filter(pl.col("geo_classification") == "country")
    first: dict[tuple[str, str], tuple[str, str]] = {}

    def find(area: tuple[str, str]) -> tuple[str, str]:
        while (above := first.setdefault(area, area)) != area:
            first[area] = first[above]
            area = above
        return area

    for area in pl.concat([nuts, countries]).select("geo_classification", "geo").rows():
        find(area)
    steps = [((one, old), (other, new)) for one, other, old, new in same.iter_rows()]
    for one, other in (*steps, *_find_only_children(nuts, countries)):
        first[find(one)] = find(other)
    chains: dict[tuple[str, str], list[tuple[str, str]]] = defaultdict(list)
    for area in first:
        chains[find(area)].append(area)
    return list(chains.values())


def _find_only_children(
    nuts: pl.DataFrame, countries: pl.DataFrame
) -> list[tuple[tuple[str, str], tuple[str, str]]]:
    """Pairs of an area and the only area in it."""
    only = nuts.group_by("geo_classification", "parent").agg(
        pl.len(), pl.col("geo").first(), pl.col("level").first()
    )
    known = set(countries["geo"])
    pairs = []
    for version, parent, count, geo, level in only.sort("geo_classification", "parent").iter_rows():
        if count == 1 and level > 1:
            pairs.append(((version, geo), (version, parent)))
        elif count == 1 and parent in known:
            pairs.append(((version, geo), ("country", parent)))
    return pairs
