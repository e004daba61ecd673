"""Shares between classifications: they add up, exact ones are whole, known figures come out."""

import polars as pl
import pytest

from assets.errors import MappingError
from assets.normalise.regions.nuts_matrices import read_matrices

Tables = dict[str, pl.DataFrame]
SET = ["from_classification", "from_geo", "to_classification", "kind", "reference_year"]


def shares(tables: Tables, source: str, geo: str, target: str) -> dict[tuple[str, str, int | None], float]:
    wanted = (
        pl.col("from_classification").eq(source),
        pl.col("from_geo") == geo,
        pl.col("to_classification") == target,
    )
    found = tables["crosswalk"].filter(*wanted)
    return {
        (to, kind, year): w
        for to, w, kind, year in found.select("to_geo", "weight", "kind", "reference_year").rows()
    }


def test_shares_of_an_area_add_up_to_one(tables: Tables) -> None:
    sums = tables["crosswalk"].group_by(SET).agg(pl.col("weight").sum())
    assert sums.filter((pl.col("weight") - 1).abs() > 1e-12).is_empty()
    assert tables["crosswalk"]["weight"].min() > 0  # type: ignore[operator]


def test_an_area_is_exact_or_estimated_or_contested(tables: Tables) -> None:
    pair = ["from_classification", "from_geo", "to_classification"]
    exact = tables["crosswalk"].filter("exact")
    assert exact["weight"].unique().to_list() == [1.0]
    assert exact.select(pair).is_unique().all()
    assert exact.join(tables["crosswalk"].filter(~pl.col("exact")), on=pair, how="semi").is_empty()
    assert set(exact["kind"]) == {"same", "whole"}
    assert exact["reference_year"].null_count() == exact.height
    contested = tables["crosswalk"].filter(pl.col("other_source").is_not_null())
    assert not contested["exact"].any() and contested["other_weight"].null_count() == 0
    rest = tables["crosswalk"].filter(pl.col("other_source").is_null())
    assert rest["other_weight"].null_count() == rest["other_weight_back"].null_count() == rest.height
    assert rest.filter(~pl.col("exact"), pl.col("kind").is_in(["same", "whole"])).is_empty()


def test_iitti_is_the_share_that_moves(tables: Tables) -> None:
    population = tables["municipal-population"]
    kymenlaakso = tables["memberships"].filter(pl.col("geo") == "FI1C4", pl.col("year") == 2022)[
        "municipality"
    ]
    for year in (2000, 2010, 2022):
        people = dict(population.filter(pl.col("time_period") == str(year)).select("geo", "obs_value").rows())
        expected = people["KU142"] / sum(people[code] for code in kymenlaakso)
        found = shares(tables, "nuts-2021", "FI1C4", "nuts-2024")
        assert found["FI1C6", "population", year] == pytest.approx(expected, abs=1e-15)
        assert found["FI1C7", "population", year] == pytest.approx(1 - expected, abs=1e-15)
    assert shares(tables, "nuts-2021", "FI1C3", "nuts-2024") == {("FI1C6", "whole", None): 1.0}
    assert shares(tables, "nuts-2024", "FI1C7", "nuts-2021") == {("FI1C4", "whole", None): 1.0}
    assert shares(tables, "maakunta-2020", "MK07", "maakunta-2026") == {("MK07", "whole", None): 1.0}
    assert shares(tables, "nuts-2024", "FI1C6", "maakunta-2026") == {("MK07", "same", None): 1.0}
    assert shares(tables, "maakunta-2026", "MK07", "nuts-2024") == {("FI1C6", "same", None): 1.0}


def test_other_known_changes(tables: Tables) -> None:
    assert shares(tables, "nuts-2006", "FI182", "nuts-2010") == {("FI1B1", "whole", None): 1.0}
    assert shares(tables, "nuts-2010", "FI1B1", "nuts-2006") == {}  # no source says how to divide it
    assert {to for to, *_ in shares(tables, "nuts-2013", "FI1D4", "nuts-2016")} == {"FI1D8", "FI1D9"}
    assert shares(tables, "nuts-2013", "FI1D6", "nuts-2016") == {("FI1D9", "whole", None): 1.0}
    assert {to for to, *_ in shares(tables, "nuts-2021", "FI1D1", "nuts-2024")} == {"FI1DA", "FI1DB", "FI1DC"}
    assert {to for to, *_ in shares(tables, "nuts-2021", "FI195", "nuts-2024")} == {"FI199", "FI19A"}
    assert {to for to, *_ in shares(tables, "nuts-2021", "FI193", "nuts-2024")} == {"FI198", "FI19B"}
    assert shares(tables, "kunta-2015", "KU532", "kunta-2026") == {("KU398", "whole", None): 1.0}


def test_a_recoded_area_gives_no_sliver(tables: Tables) -> None:
    """The matrix moves a square kilometre and one person from FI185 to FI1C2; the list says recoded."""
    assert shares(tables, "nuts-2006", "FI185", "nuts-2021") == {("FI1C3", "same", None): 1.0}
    given = tables["crosswalk"].filter(pl.col("kind").is_in(["area", "built-up"]))
    same = tables["crosswalk"].filter(pl.col("kind") == "same")
    pair = ["from_classification", "to_classification"]
    assert given.join(same, on=[*pair, "from_geo"], how="semi").is_empty()
    to_same = given.filter(pl.col("kind") == "area").join(same, on=[*pair, "to_geo"], how="semi")
    people = tables["crosswalk"].filter(kind="population", reference_year=2018)
    known = to_same.join(people, on=["from_classification", "from_geo", "to_classification", "to_geo"])
    assert known.height == to_same.height > 0
    assert known["weight_right"].min() > 0.001  # type: ignore[operator]  # slivers below are cut


def test_both_ends_of_a_share_are_areas(tables: Tables) -> None:
    listed = tables["areas"].select("geo_classification", "geo")
    for side in ("from", "to"):
        key = [f"{side}_classification", f"{side}_geo"]
        assert tables["crosswalk"].join(listed, left_on=key, right_on=listed.columns, how="anti").is_empty()


def test_a_matrix_with_other_columns_stops() -> None:
    with pytest.raises(MappingError, match="no part n3-"):
        read_matrices({"nuts-2021-2024": pl.LazyFrame()})
    with pytest.raises(MappingError, match="part n3-2016-2021 has no column areaKm"):
        read_matrices({"n3-2016-2021": pl.LazyFrame({"code_v2016": ["A"], "code_v2021": ["A"]})})
