"""Series of one territory, their breaks, and joins that refuse to mix classifications."""

import polars as pl
import pytest

from assets.derive.conversion_weights import Geography, GeographyError
from assets.derive.series import find_territory, join_areas, series

WITH_IITTI = "FI:016+081+098+111+142+316+398+560+576+781"
WITHOUT_IITTI = "FI:016+081+098+111+316+398+560+576+781"
Row = tuple[str, str, str, float]


def frame_of(*rows: Row) -> pl.DataFrame:
    names = ["geo_classification", "geo", "time_period", "obs_value"]
    return pl.DataFrame(rows, schema=names, orient="row")


NUTS = [("nuts-2021", "FI1C3", str(year), float(year)) for year in (2021, 2022, 2023)]
NATIONAL = [(f"maakunta-{year}", "MK07", str(year), float(-year)) for year in (2019, 2020, 2021, 2022, 2023)]


def test_a_territory_under_all_its_codes(geography: Geography) -> None:
    """MK07 is FI1C3's land to 2020, FI1C6's from 2021; FI1C3 stays without Iitti to the end."""
    assert find_territory(geography, "nuts-2024", "FI1C6") == WITH_IITTI
    rows = frame_of(
        *NUTS, *NATIONAL, ("nuts-2024", "FI1C6", "2024", 7.0), ("nuts-2024", "FI1C7", "2024", 8.0)
    )
    today = series(rows, geography, WITH_IITTI)
    assert today.select("geo", "time_period").rows() == [
        ("MK07", "2021"), ("MK07", "2022"), ("MK07", "2023"), ("FI1C6", "2024")
    ]  # fmt: skip
    assert today["break"].null_count() == 4
    before = series(rows, geography, WITHOUT_IITTI)
    assert before.select("geo", "time_period").rows() == [
        ("MK07", "2019"), ("MK07", "2020"), ("FI1C3", "2021"), ("FI1C3", "2022"), ("FI1C3", "2023")
    ]  # fmt: skip


def test_breaks_of_territory_and_day(geography: Geography) -> None:
    rows = frame_of(*NATIONAL).with_columns(
        reference_day=pl.when(pl.col("time_period") < "2022").then(pl.lit("01-01")).otherwise(pl.lit("12-31"))
    )
    areas = [(f"maakunta-{year}", "MK07") for year in range(2019, 2024)]
    found = series(rows, geography, areas)
    assert dict(found.select("time_period", "break").iter_rows()) == {
        "2019": None, "2020": None, "2021": "territory", "2022": "reference day", "2023": None,
    }  # fmt: skip
    moved = rows.filter(pl.col("time_period") != "2021")
    assert series(moved, geography, areas)["break"].to_list() == [
        None,
        None,
        "territory, reference day",
        None,
    ]


def test_breaks_are_within_a_key(geography: Geography) -> None:
    rows = pl.concat(
        frame_of(*NATIONAL).with_columns(sex=pl.lit(sex), order=pl.lit(n)) for n, sex in enumerate("MF")
    )
    found = series(rows, geography, [(f"maakunta-{year}", "MK07") for year in range(2019, 2024)])
    assert found.filter(pl.col("break").is_not_null()).select("sex", "time_period").rows() == [
        ("F", "2021"), ("M", "2021")
    ]  # fmt: skip
    assert found.height == 10


def test_the_preferred_area_comes_first(geography: Geography) -> None:
    rows = frame_of(("nuts-2021", "FI1C3", "2022", 1.0), ("maakunta-2022", "MK07", "2022", 2.0))
    one, other = ("nuts-2021", "FI1C3"), ("maakunta-2022", "MK07")
    assert series(rows, geography, [one, other])["obs_value"].to_list() == [1]
    assert series(rows, geography, [other, one])["obs_value"].to_list() == [2]
    same = frame_of(("maakunta-2026", "MK07", "2024", 1.0), ("nuts-2024", "FI1C6", "2024", 2.0))
    assert series(same, geography, WITH_IITTI)["obs_value"].to_list() == [2]


def test_series_refuses(geography: Geography) -> None:
    rows = frame_of(*NUTS)
    with pytest.raises(GeographyError, match="no area of any classification is the territory FI:999"):
        series(rows, geography, "FI:999")
    with pytest.raises(GeographyError, match="nuts-2021 FI1C9 is no area with land"):
        series(rows, geography, [("nuts-2021", "FI1C9")])
    twice = pl.concat([rows, rows])
    with pytest.raises(GeographyError, match="nuts-2021 FI1C3 2021 is there more than once"):
        series(twice, geography, WITHOUT_IITTI)


def test_a_join_of_different_classifications_names_both(geography: Geography) -> None:
    left, right = frame_of(*NUTS), frame_of(("nuts-2024", "FI1C6", "2022", 5.0))
    message = r"the left table is of nuts-2021, the right of nuts-2024: .*convert one of them"
    with pytest.raises(GeographyError, match=message):
        join_areas(left, right, ["time_period"])
    with pytest.raises(GeographyError, match="the right table has no geo_classification"):
        join_areas(left, right.drop("geo_classification"), ["time_period"])
    with pytest.raises(GeographyError, match="joining by territory needs the tables of regions"):
        join_areas(left, right, ["time_period"], by="territory")


def test_a_join_by_code(geography: Geography) -> None:
    left = frame_of(*NUTS, ("country", "FI", "2022", 9.0))
    right = frame_of(("nuts-2021", "FI1C3", "2022", 5.0)).rename({"obs_value": "other"})
    assert join_areas(left, right, ["time_period"])["other"].to_list() == [5]
    assert join_areas(left, right, ["time_period"], how="left").height == 4


def test_a_join_by_territory(geography: Geography) -> None:
    """Of one name, joined only where it is the same land: FI1C3 with MK07 of 2020, not of 2022."""
    left = frame_of(("nuts-2021", "FI1C3", "a", 1.0), ("nuts-2021", "FI1C5", "a", 2.0))
    for year, matched in ((2020, ["FI1C3", "FI1C5"]), (2022, ["FI1C5"])):
        right = frame_of(*((f"maakunta-{year}", code, "a", 3.0) for code in ("MK07", "MK09")))
        joined = join_areas(left, right, ["time_period"], by="territory", geography=geography)
        assert sorted(joined["geo"]) == matched
        assert set(joined["geo_classification_right"]) == {f"maakunta-{year}"}


def test_a_join_by_territory_keeps_to_the_level(geography: Geography) -> None:
    """Åland is one land at three levels: its rows are not multiplied."""
    left = frame_of(*(("nuts-2024", code, "a", 1.0) for code in ("FI2", "FI20", "FI200")))
    joined = join_areas(left, left, ["time_period"], by="territory", geography=geography)
    assert joined.select("geo", "geo_right").rows() == [(c, c) for c in ("FI2", "FI20", "FI200")]
    right = frame_of(("maakunta-2025", "MK21", "a", 1.0), ("maakunta-2026", "MK21", "a", 2.0))
    with pytest.raises(GeographyError, match="one territory twice: maakunta-2025 MK21, maakunta-2026 MK21"):
        join_areas(left, right, ["time_period"], by="territory", geography=geography)
