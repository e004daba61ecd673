"""The table `crosswalk`: what share of an area's figures goes to which area of another classification.

Which weights there are, and which source comes first, belongs here: what Eurostat's lists call the same land,
then Finland's municipalities, then the conversion matrices of the Joint Research Centre. Applying a weight to
figures belongs to `conversion`.
"""

import re
from collections.abc import Mapping
from itertools import pairwise

import polars as pl

from assets.errors import MappingError
from assets.normalise.regions.municipal_weights import EMPTY, municipal_weights

MATRIX_PART = re.compile(r"n([123])-(\d{4})-(\d{4})")  # level and versions
MATRIX_WEIGHTS = (  # column of a matrix -> kind and year of the weight
    ("pop18", "population", 2018),
    ("pop11", "population", 2011),
    ("areaKm", "area", None),
    ("artif_surf18", "built-up", 2018),
    ("artif_surf12", "built-up", 2012),
)
COLUMNS = ("from_classification", "from_geo", "to_classification", "to_geo")


def build_crosswalk(
    areas: pl.DataFrame,
    changes: pl.DataFrame,
    territories: pl.DataFrame,
    pieces: pl.DataFrame,
    population: pl.DataFrame,
    matrices: Mapping[tuple[str, str, int], pl.DataFrame],
) -> pl.DataFrame:
    """The shares between neighbouring NUTS versions both ways, those that a matrix joins, and Finland's
    regions and municipalities of a year and the newest.

    Columns: `from_classification`, `from_geo`, `to_classification`, `to_geo`, `weight` (Float64, more than 0,
    at most 1; those of one area, kind and year add up to 1), `kind` (`same`, `whole`, `population`, `area`,
    `built-up`), `reference_year` (Int64; null where none), `exact`. An area of which no source says where its
    figures go has no row. `matrices` are those of `read_matrices`, `pieces` those of
    `territories.pieces_of_areas`, `population` that of `municipal_weights.population_of_pieces`.
    """
    versions = sorted(c for c in areas["geo_classification"].unique() if c.startswith("nuts-"))
    steps = {*pairwise(versions), *((one, other) for one, other, _ in matrices)}
    exact = _exact_steps(areas, changes, territories, versions)
    frames = []
    for one, other in sorted(steps):
        for source, target in ((one, other), (other, one)):
            levels = [_of_level(pieces, areas, c, n) for n in (1, 2, 3) for c in (source, target)]
            counted = [
                municipal_weights(s, t, population) for s, t in zip(levels[::2], levels[1::2], strict=True)
            ]
            finnish = pl.concat(counted)
            listed = _compose(exact, source, target, versions)
            own = pl.concat([finnish, listed.join(finnish, on="from_geo", how="anti")])
            asked = [_known(m, areas, source, target) for m in _between(matrices, source, target)]
            weighed = [_matrix_weights(m, listed, own) for m in asked]
            frames.append(_labelled(pl.concat([own, *weighed]), source, target))
    frames += _national(areas, pieces, population, versions)
    return pl.concat(frames).sort(*COLUMNS, "kind", "reference_year", nulls_last=False)


def read_matrices(tables: Mapping[str, pl.LazyFrame]) -> dict[tuple[str, str, int], pl.DataFrame]:
    """The matrices among the tables (parts `n3-2016-2021` …) by versions and level: `old`, `new` and a column
    per weight (Float64).

    Raises `MappingError` where there is none or a column is missing or no number.
    """
    found = {}
    for part, table in tables.items():
        if not (named := MATRIX_PART.fullmatch(part)):
            continue
        level, first, last = named.groups()
        columns = [f"code_v{first}", f"code_v{last}", *(column for column, *_ in MATRIX_WEIGHTS)]
        if missing := set(columns) - set(table.collect_schema().names()):
            raise MappingError(f"regions: part {part} has no column {', '.join(sorted(missing))}")
        try:
            frame = table.select(
                pl.col(columns[0]).alias("old"),
                pl.col(columns[1]).alias("new"),
                pl.col(columns[2:]).cast(pl.Float64),
            ).collect()
        except pl.exceptions.InvalidOperationError as error:
            raise MappingError(f"regions: part {part} has a weight that is no number ({error})") from error
        found[(f"nuts-{first}", f"nuts-{last}", int(level))] = frame
    if not found:
        raise MappingError("regions: no part n3-… among the tables; fetch jrc/nuts-matrices")
    return found


def _exact_steps(
    areas: pl.DataFrame, changes: pl.DataFrame, territories: pl.DataFrame, versions: list[str]
) -> dict[tuple[str, str], pl.DataFrame]:
    """Between neighbouring versions, both ways: the same land, mergers forward, and parts of a split
    backward."""
    nuts = areas.filter(pl.col("level") > 0).select("geo_classification", "geo", "level")
    land = nuts.join(territories, on=["geo_classification", "geo"])
    both = pl.all_horizontal(pl.col("old", "new").is_not_null())
    steps = {}
    for one, other in pairwise(versions):
        before, after = (land.filter(pl.col("geo_classification") == v) for v in (one, other))
        same = before.join(after, on=["territory_id", "level"]).select(old="geo", new="geo_right")
        step = changes.filter(
            (pl.col("from_classification") == one) & (pl.col("to_classification") == other) & both
        )
        for source, target, name, change in ((one, other, "old", "merged"), (other, one, "new", "new")):
            to = "new" if name == "old" else "old"
            only = step.filter(pl.struct(name).is_unique() & (pl.col("change") == change))
            whole = only.join(same, on=name, how="anti")
            steps[(source, target)] = pl.concat(
                [_one_to_one(same, name, to, "same"), _one_to_one(whole, name, to, "whole")]
            )
    return steps


def _one_to_one(pairs: pl.DataFrame, source: str, target: str, kind: str) -> pl.DataFrame:
    return pairs.select(
        pl.col(source).alias("from_geo"),
        pl.col(target).alias("to_geo"),
        pl.lit(1.0).alias("weight"),
        pl.lit(kind).alias("kind"),
        pl.lit(None, pl.Int64).alias("reference_year"),
        pl.lit(True).alias("exact"),
    )


def _compose(
    exact: Mapping[tuple[str, str], pl.DataFrame], source: str, target: str, versions: list[str]
) -> pl.DataFrame:
    """The exact relations from one version to another, through those between."""
    first, last = versions.index(source), versions.index(target)
    way = versions[first : last + 1] if first < last else versions[last : first + 1][::-1]
    steps = [exact[step] for step in pairwise(way)]
    found = steps[0]
    for step in steps[1:]:
        found = found.join(step, left_on="to_geo", right_on="from_geo", suffix="_next").select(
            "from_geo",
            pl.col("to_geo_next").alias("to_geo"),
            "weight",
            pl.when(pl.col("kind") == pl.col("kind_next"))
            .then("kind")
            .otherwise(pl.lit("whole"))
            .alias("kind"),
            "reference_year",
            "exact",
        )
    return found


def _between(
    matrices: Mapping[tuple[str, str, int], pl.DataFrame], source: str, target: str
) -> list[pl.DataFrame]:
    """The matrices between two versions, in the direction that is asked for: `from_geo`, `to_geo`,
    weights."""
    names = {(source, target): ("old", "new"), (target, source): ("new", "old")}
    return [
        matrix.rename({names[(one, other)][0]: "from_geo", names[(one, other)][1]: "to_geo"})
        for (one, other, _), matrix in sorted(matrices.items(), key=lambda item: item[0])
        if (one, other) in names
    ]


def _known(matrix: pl.DataFrame, areas: pl.DataFrame, source: str, target: str) -> pl.DataFrame:
    """The lines of a matrix between areas that both versions list: the matrices also name countries and codes
    that Eurostat's lists of those years have not. An area that loses a line is left out as a whole."""
    ours = pl.col("geo_classification")
    to = areas.filter(ours == target).select(to_geo="geo")
    lost = matrix.join(to, on="to_geo", how="anti")
    source_areas = areas.filter(ours == source).select(from_geo="geo")
    return matrix.join(lost, on="from_geo", how="anti").join(source_areas, on="from_geo", how="semi")


def _matrix_weights(matrix: pl.DataFrame, listed: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    """The weights of a matrix, of the areas that are not known already. What the lists call the same land
    gives and takes nothing: what a matrix says of it is a geometric sliver."""
    same = listed.filter(pl.col("kind") == "same")
    changed = matrix.join(known, on="from_geo", how="anti").join(same, on="to_geo", how="anti")
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
            )
        )
    return pl.concat(frames)


def _of_level(
    pieces: pl.DataFrame, areas: pl.DataFrame, classification: str, level: int | None
) -> pl.DataFrame:
    """The pieces of the areas of one classification and NUTS level (None: a national division)."""
    own = areas.filter((pl.col("geo_classification") == classification) & pl.col("level").eq_missing(level))
    return (
        pieces.filter(pl.col("geo_classification") == classification)
        .join(own, on="geo", how="semi")
        .select("geo", "piece")
    )


def _national(
    areas: pl.DataFrame, pieces: pl.DataFrame, population: pl.DataFrame, versions: list[str]
) -> list[pl.DataFrame]:
    """Regions (maakunta) of every year to the newest and back, the newest to NUTS 3 and back, municipalities
    of every year to the newest."""
    by_name = {
        name: sorted(c for c in pieces["geo_classification"].unique() if c.startswith(f"{name}-"))
        for name in ("maakunta", "kunta")
    }
    *older, newest = by_name["maakunta"]
    pairs: list[tuple[str, int | None, str, int | None]] = [(c, None, newest, None) for c in older] + [
        (newest, None, c, None) for c in older
    ]
    pairs += [(newest, None, v, 3) for v in versions] + [(v, 3, newest, None) for v in versions]
    pairs += [(c, None, by_name["kunta"][-1], None) for c in by_name["kunta"][:-1]]
    return [
        _labelled(
            municipal_weights(
                _of_level(pieces, areas, source, level), _of_level(pieces, areas, target, other), population
            ),
            source,
            target,
        )
        for source, level, target, other in pairs
    ]


def _labelled(weights: pl.DataFrame, source: str, target: str) -> pl.DataFrame:
    return weights.select(
        pl.lit(source).alias("from_classification"),
        "from_geo",
        pl.lit(target).alias("to_classification"),
        "to_geo",
        "weight",
        "kind",
        "reference_year",
        "exact",
    )
