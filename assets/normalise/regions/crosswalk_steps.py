"""From one NUTS version to the next: the relations of areas whose whole figure goes to one other area, and
what another source says against them.

Exact and contested relations of neighbouring versions belong here, and the ways through several. Shares by
which a figure is divided belong to `crosswalk`.
"""

from collections.abc import Mapping, Sequence
from itertools import pairwise

import polars as pl

from assets.normalise.regions.municipal_weights import EMPTY, UNCONTESTED
from assets.normalise.regions.nuts_steps import find_whole

Steps = Mapping[tuple[str, str], pl.DataFrame]  # (source, target) -> weights


def build_steps(
    areas: pl.DataFrame, changes: pl.DataFrame, territories: pl.DataFrame, contested: pl.DataFrame
) -> dict[tuple[str, str], pl.DataFrame]:
    """The weights between neighbouring versions, both ways: the same land, contested ones (`exact` is false),
    mergers forward, parts of a split backward, and areas all of whose parts go to one area above.

    `contested` is that of `contested.find_contested`; columns as in `municipal_weights.EMPTY`.
    """
    nuts = areas.filter(pl.col("level") > 0, pl.col("geo_classification").str.starts_with("nuts-"))
    land = nuts.select("geo_classification", "geo", "level", "parent").join(
        territories, on=["geo_classification", "geo"]
    )
    steps = {}
    for one, other in pairwise(sorted(nuts["geo_classification"].unique())):
        before, after = (land.filter(geo_classification=version) for version in (one, other))
        same = before.join(after, on=["territory_id", "level"]).select(old="geo", new="geo_right")
        doubted = contested.filter(one=one, other=other)
        merged, split = find_whole(changes, one, other)
        for source, target, name, listed in ((one, other, "old", merged), (other, one, "new", split)):
            to = "new" if name == "old" else "old"
            shares = ("share", "share_back") if name == "old" else ("share_back", "share")
            against = _relate(doubted, name, to, "same").with_columns(
                pl.lit(False).alias("exact"),
                doubted["other_source"],
                doubted[shares[0]].alias("other_weight"),
                doubted[shares[1]].alias("other_weight_back"),
            )
            known = pl.concat([_relate(same, name, to, "same"), against])
            whole = _relate(listed, name, to, "whole").join(known, on="from_geo", how="anti")
            found = pl.concat([known, whole])
            ends = (before, after) if name == "old" else (after, before)
            for level in (2, 1):
                found = pl.concat([found, _from_below(found, *ends, level)])
            steps[(source, target)] = found
    return steps


def compose_steps(steps: Steps, source: str, target: str, versions: Sequence[str]) -> pl.DataFrame:
    """The relations from one version to another, through those between."""
    first, last = versions.index(source), versions.index(target)
    way = versions[first : last + 1] if first < last else versions[last : first + 1][::-1]
    found: pl.DataFrame | None = None
    for step in pairwise(way):
        found = steps[step] if found is None else join_weights(found, steps[step])
    return pl.DataFrame(schema=EMPTY) if found is None else found


def join_weights(first: pl.DataFrame, then: pl.DataFrame) -> pl.DataFrame:
    """The weights of one relation after the other; an area of which a part is lost on the way is not there.

    Where either is contested the whole is: `other_weight` is what the contradicting source makes of it,
    `other_weight_back` is known only where the other of the two is the same land.
    """
    both = first.join(then, left_on="to_geo", right_on="from_geo", how="left", suffix="_next")
    kept = both.filter(pl.col("to_geo_next").is_not_null().all().over("from_geo"))
    here, there = pl.col("other_source").is_not_null(), pl.col("other_source_next").is_not_null()
    plain = [pl.when(~pl.col(k).is_in(["same", "whole"])).then(k) for k in ("kind", "kind_next")]
    kind = pl.when(pl.col("kind") == pl.col("kind_next")).then("kind").otherwise(pl.lit("whole"))
    stated, stated_next = (pl.coalesce(f"other_weight{end}", f"weight{end}") for end in ("", "_next"))
    back = pl.when(here & (pl.col("kind_next") == "same")).then("other_weight_back")
    back_next = pl.when(~here & (pl.col("kind") == "same")).then("other_weight_back_next")
    return kept.select(
        "from_geo",
        pl.col("to_geo_next").alias("to_geo"),
        pl.col("weight") * pl.col("weight_next"),
        pl.coalesce(*plain, kind).alias("kind"),
        pl.coalesce("reference_year", "reference_year_next"),
        pl.col("exact") & pl.col("exact_next"),
        pl.coalesce("other_source", "other_source_next"),
        pl.when(here | there).then(stated * stated_next).alias("other_weight"),
        pl.coalesce(back, back_next).alias("other_weight_back"),
    )


def _from_below(found: pl.DataFrame, source: pl.DataFrame, target: pl.DataFrame, level: int) -> pl.DataFrame:
    """The areas of a level without relation all of whose parts go, exactly, to parts of one area."""
    parts = source.filter(pl.col("level") == level + 1).select("geo", "parent")
    above = target.select("geo", above="parent")
    exact = found.filter("exact").join(above, left_on="to_geo", right_on="geo")
    gone = parts.join(exact, left_on="geo", right_on="from_geo", how="left")
    whole = (
        gone.group_by("parent", maintain_order=True)
        .agg(pl.col("above").n_unique().alias("count"), pl.col("above").null_count().alias("lost"),
             pl.col("above").first())
        .filter(pl.col("count") == 1, pl.col("lost") == 0)
    )  # fmt: skip
    unknown = whole.join(found, left_on="parent", right_on="from_geo", how="anti")
    return _relate(unknown, "parent", "above", "whole")


def _relate(pairs: pl.DataFrame, source: str, target: str, kind: str) -> pl.DataFrame:
    return pairs.select(
        pl.col(source).alias("from_geo"),
        pl.col(target).alias("to_geo"),
        pl.lit(1.0).alias("weight"),
        pl.lit(kind).alias("kind"),
        pl.lit(None, pl.Int64).alias("reference_year"),
        pl.lit(True).alias("exact"),
        *UNCONTESTED,
    )
