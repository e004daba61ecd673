"""The table `crosswalk`: what share of an area's figures goes to which area of another classification.

Which weights there are, and which source comes first, belongs here: Finland's municipalities, then what
Eurostat's lists call the same land (`crosswalk_steps`), then the conversion matrices of the Joint Research
Centre. Applying a weight to figures belongs to `conversion`.
"""

from collections.abc import Sequence
from itertools import combinations, pairwise

import polars as pl

from assets.normalise.regions.contested import TOLERANCE, contest_pairs
from assets.normalise.regions.crosswalk_steps import Steps, compose_steps, join_weights
from assets.normalise.regions.municipal_weights import EMPTY, UNCONTESTED, weigh_by_municipalities
from assets.normalise.regions.nuts_matrices import INHABITANTS, MATRIX_WEIGHTS, Matrix, read_flows

COLUMNS = ("from_classification", "from_geo", "to_classification", "to_geo")
LISTS, MUNICIPALITIES = "nuts-lists", "municipalities"  # sources; those of matrices are their parts


def build_crosswalk(
    areas: pl.DataFrame,
    steps: Steps,
    units: pl.DataFrame,
    population: pl.DataFrame,
    matrices: Sequence[Matrix],
) -> pl.DataFrame:
    """The shares between neighbouring NUTS versions both ways, those that a matrix joins, and Finland's
    regions and municipalities of a year and the newest.

    Columns: `from_classification`, `from_geo`, `to_classification`, `to_geo`, `weight` (Float64, more than 0,
    at most 1; those of one area, kind and year add up to 1), `kind` (`same`, `whole`, `population`, `area`,
    `built-up`), `reference_year` (Int64; null where none), `exact`, `source` (`nuts-lists`, `municipalities`
    or the part of a matrix), `other_source`, `other_weight`, `other_weight_back` (Float64: what a source that
    contradicts the weight says instead, of the one area's inhabitants and of the other's; a row that has them
    is contested and not exact). An area of which no source says where its figures go has no row.

    `steps` are those of `crosswalk_steps.build_steps`, `matrices` those of `contested.prepare_matrices`,
    `units` those of `territories.list_area_units`, `population` that of
    `municipal_weights.join_population`.
    """
    versions = sorted(c for c in areas["geo_classification"].unique() if c.startswith("nuts-"))
    pairs = {*pairwise(versions), *(matrix[:2] for matrix in matrices)}
    frames = []
    for one, other in sorted(pairs):
        between = [matrix for matrix in matrices if matrix[:2] == (one, other)]
        for source, target in ((one, other), (other, one)):
            levels = [_select_level(units, areas, c, n) for n in (1, 2, 3) for c in (source, target)]
            counted = [
                weigh_by_municipalities(s, t, population)
                for s, t in zip(levels[::2], levels[1::2], strict=True)
            ]
            finnish = pl.concat(counted)
            listed = _mark_contested(compose_steps(steps, source, target, versions), between, areas, source)
            listed = listed.join(finnish, on="from_geo", how="anti")
            known = pl.concat([finnish, listed])
            frames.append(_label(finnish, source, target, MUNICIPALITIES))
            frames.append(_label(listed, source, target, LISTS))
            for matrix in between:
                weighed = _weigh_by_matrix(read_flows(matrix, areas, source), known)
                frames.append(_label(weighed, source, target, matrix.name))
    national = pl.concat(_weigh_national(areas, units, population, versions))
    frames += [national, *_through_later_versions(national, steps, versions)]
    return pl.concat(frames).sort(*COLUMNS, "kind", "reference_year", nulls_last=False)


def _mark_contested(
    listed: pl.DataFrame, matrices: Sequence[Matrix], areas: pl.DataFrame, source: str
) -> pl.DataFrame:
    """The relations of the lists, with what a matrix between the very versions says against them."""
    same = listed.filter(pl.col("kind") == "same")
    for matrix in matrices:
        forward = matrix.one == source
        names = {"from_geo": "old", "to_geo": "new"} if forward else {"from_geo": "new", "to_geo": "old"}
        pairs = same.select("from_geo", "to_geo").rename(names)
        there, back = ("share", "share_back") if forward else ("share_back", "share")
        stated = contest_pairs(pairs, matrix, areas).select(
            pl.col(names["from_geo"]).alias("from_geo"),
            pl.col(names["to_geo"]).alias("to_geo"),
            pl.col("other_source").alias("said_source"),
            pl.col(there).alias("said_weight"),
            pl.col(back).alias("said_weight_back"),
        )
        found = listed.join(stated, on=["from_geo", "to_geo"], how="left", maintain_order="left")
        is_said = pl.col("said_source").is_not_null()
        listed = found.with_columns(
            pl.col("exact") & ~is_said,
            *(
                pl.when(is_said).then(f"said_{name}").otherwise(f"other_{name}").alias(f"other_{name}")
                for name in ("source", "weight", "weight_back")
            ),
        ).select(*EMPTY)
    return listed


def _weigh_by_matrix(flows: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    """The weights of a matrix, of the areas that are not known already. What the lists or municipalities call
    the same land takes nothing below the tolerance: such a flow is a geometric sliver."""
    same = known.filter(pl.col("kind") == "same")["to_geo"].implode()
    unknown = flows.join(known, on="from_geo", how="anti")
    share = pl.col(INHABITANTS) / pl.col(INHABITANTS).sum().over("from_geo")
    is_sliver = pl.col("to_geo").is_in(same) & (share < TOLERANCE)
    changed = unknown.filter(~is_sliver)
    frames = [pl.DataFrame(schema=EMPTY)]
    for column, kind, year in MATRIX_WEIGHTS:
        total = pl.col(column).sum().over("from_geo")
        frames.append(
            changed.filter((pl.col(column) > 0) & (total > 0)).select(
                "from_geo",
                "to_geo",
                (pl.col(column) / total).alias("weight"),
                pl.lit(kind).alias("kind"),
                pl.lit(year, pl.Int64).alias("reference_year"),
                pl.lit(False).alias("exact"),
                *UNCONTESTED,
            )
        )
    return pl.concat(frames)


def _select_level(
    units: pl.DataFrame, areas: pl.DataFrame, classification: str, level: int | None
) -> pl.DataFrame:
    """The units of the areas of one classification and NUTS level (None: a national division)."""
    own = areas.filter((pl.col("geo_classification") == classification) & pl.col("level").eq_missing(level))
    return (
        units.filter(pl.col("geo_classification") == classification)
        .join(own, on="geo", how="semi")
        .select("geo", "basic_unit")
    )


def _weigh_national(
    areas: pl.DataFrame, units: pl.DataFrame, population: pl.DataFrame, versions: list[str]
) -> list[pl.DataFrame]:
    """Regions (maakunta) of every year to the newest and back, the newest to NUTS 3 and back, municipalities
    of every year to the newest."""
    by_name = {
        name: sorted(c for c in units["geo_classification"].unique() if c.startswith(f"{name}-"))
        for name in ("maakunta", "kunta")
    }
    *older, newest = by_name["maakunta"]
    pairs: list[tuple[str, int | None, str, int | None]] = [(c, None, newest, None) for c in older] + [
        (newest, None, c, None) for c in older
    ]
    pairs += [(newest, None, v, 3) for v in versions] + [(v, 3, newest, None) for v in versions]
    pairs += [(c, None, by_name["kunta"][-1], None) for c in by_name["kunta"][:-1]]
    return [
        _label(
            weigh_by_municipalities(
                _select_level(units, areas, source, level),
                _select_level(units, areas, target, other),
                population,
            ),
            source,
            target,
            MUNICIPALITIES,
        )
        for source, level, target, other in pairs
    ]


def _through_later_versions(
    national: pl.DataFrame, steps: Steps, versions: Sequence[str]
) -> list[pl.DataFrame]:
    """Finland's regions and the areas of older NUTS versions of which no list of municipalities is there: by
    the lists' relations to the next version of which there is one."""
    made: list[pl.DataFrame] = []
    for version, later in combinations(versions, 2):
        for one, other in ((version, later), (later, version)):
            step = compose_steps(steps, one, other, versions)
            end = "from" if one == version else "to"
            beyond = national.filter(pl.col(f"{end}_classification") == later)
            regions = beyond[f"{'to' if end == 'from' else 'from'}_classification"].unique()
            for region in regions:
                pair = (version, region) if end == "from" else (region, version)
                weights = beyond.filter(pl.any_horizontal(pl.col(COLUMNS[0], COLUMNS[2]) == region))
                legs = (step, weights) if end == "from" else (weights, step)
                joined = join_weights(legs[0].select(*EMPTY), legs[1].select(*EMPTY))
                found = _label(joined, pair[0], pair[1], LISTS)
                known = pl.concat([national, *made]).filter(
                    from_classification=pair[0], to_classification=pair[1]
                )
                made.append(found.join(known, on="from_geo", how="anti"))
    return made


def _label(weights: pl.DataFrame, source: str, target: str, origin: str) -> pl.DataFrame:
    return weights.select(
        pl.lit(source).alias("from_classification"),
        "from_geo",
        pl.lit(target).alias("to_classification"),
        "to_geo",
        "weight",
        "kind",
        "reference_year",
        "exact",
        pl.lit(origin).alias("source"),
        "other_source",
        "other_weight",
        "other_weight_back",
    )
