"""The rules of derived figures: one territory, one year, one level; nothing is nothing, and says why."""

import polars as pl
import pytest

from assets.derive.conversion_weights import Geography
from assets.derive.indicators import build_indicators
from assets.descriptor.derivation import build_derivation
from assets.errors import MappingError
from tests.derive.made_tables import derived, figures, indicator

REGIONS_2024 = 19  # of Finland, NUTS 3


def only(frame: pl.DataFrame, **where: str) -> dict[str, object]:
    [row] = frame.filter(**where).rows(named=True)
    return row


def test_a_ratio_is_of_one_area_and_one_year(geography: Geography) -> None:
    above = figures(("FI1C6", "nuts-2024", "2023", 10), ("FI1C7", "nuts-2024", "2022", 8))
    below = figures(("FI1C6", "nuts-2024", "2023", 4), ("FI1C7", "nuts-2024", "2023", 2))
    found = derived(geography, above, below)
    assert only(found, geo="FI1C6")["obs_value"] == 2.5
    other = only(found, geo="FI1C7")
    assert (other["time_period"], other["obs_value"], other["reason"]) == ("2023", None, "numerator missing")


def test_a_lag_is_only_what_is_stated(geography: Geography) -> None:
    above = figures(("FI1C6", "nuts-2024", "2023", 10))
    below = figures(("FI1C6", "nuts-2024", "2020", 4), ("FI1C6", "nuts-2024", "2023", 5))
    assert only(derived(geography, above, below))["obs_value"] == 2
    assert only(derived(geography, above, below, lag=3))["obs_value"] == 2.5


def test_a_figure_of_a_larger_area_is_no_row_of_a_smaller_one(geography: Geography) -> None:
    above = figures(("FI1C6", "nuts-2024", "2023", 10), ("FI1C", "nuts-2024", "2023", 30))
    below = figures(("FI1C", "nuts-2024", "2023", 10), ("FI1C7", "nuts-2024", "2023", 5))
    found = derived(geography, above, below)
    assert found.drop_nulls("obs_value").select("geo", "level", "obs_value").rows() == [("FI1C", 2, 3.0)]


@pytest.mark.parametrize(
    ("above", "below", "status", "reason"),
    [
        ((None, "Q"), (4, "A"), "Q", "numerator confidential"),
        ((10, "A"), (None, "Q"), "Q", "denominator confidential"),
        ((None, "O"), (4, "A"), "O", "numerator missing"),
        ((10, "A"), (0, "A"), "O", "denominator zero"),
    ],
)
def test_nothing_is_nothing_and_says_why(
    geography: Geography,
    above: tuple[float | None, str],
    below: tuple[float | None, str],
    status: str,
    reason: str,
) -> None:
    other = ("FI1C7", "nuts-2024", "2023", 5)
    found = derived(
        geography,
        figures(("FI1C6", "nuts-2024", "2023", *above), other),
        figures(("FI1C6", "nuts-2024", "2023", *below), other),
    )
    row = only(found, geo="FI1C6")
    assert (row["obs_value"], row["obs_status"], row["reason"], row["rank"]) == (None, status, reason, None)


def test_a_sum_without_one_of_its_areas_is_none(geography: Geography) -> None:
    """FI1C6 takes from FI1C4 too, which has no figure here."""
    above = figures(("FI1C3", "nuts-2021", "2022", 10), ("FI1C2", "nuts-2021", "2022", 10))
    below = figures(("FI1C6", "nuts-2024", "2022", 4), ("FI1C2", "nuts-2024", "2022", 4))
    row = only(derived(geography, above, below), geo="FI1C6")
    assert (row["obs_value"], row["reason"], row["conversion"]) == (None, "numerator incomplete", None)


def test_a_rank_needs_every_area(geography: Geography) -> None:
    own = (
        geography.areas.filter(geo_classification="nuts-2024", level=3, country="FI")["geo"].sort().to_list()
    )
    assert len(own) == REGIONS_2024
    rows = [(code, "nuts-2024", "2023", float(n)) for n, code in enumerate(own)]
    whole = derived(geography, figures(*rows))
    assert only(whole, geo=own[-1])["rank"] == 1 and only(whole, geo=own[0])["rank"] == REGIONS_2024
    assert only(whole, geo=own[0])["rank_n"] == only(whole, geo=own[0])["rank_of"] == REGIONS_2024
    part = derived(geography, figures(*rows[1:]))
    assert part["rank"].null_count() == part.height == REGIONS_2024 - 1
    assert set(part["rank_n"]) == {REGIONS_2024 - 1} and set(part["rank_of"]) == {REGIONS_2024}


def test_small_counts_are_marked_and_not_ranked(geography: Geography) -> None:
    own = (
        geography.areas.filter(geo_classification="nuts-2024", level=3, country="FI")["geo"].sort().to_list()
    )
    rows = [(code, "nuts-2024", "2023", float(n)) for n, code in enumerate(own)]
    found = derived(geography, figures(*rows), minimum=5)
    low = found.filter(pl.col("low_count"))
    assert set(low["numerator"]) == {0.0, 1.0, 2.0, 3.0, 4.0} and low["rank"].null_count() == 5
    assert found.filter(~pl.col("low_count"))["rank"].sort().to_list() == list(range(1, REGIONS_2024 - 4))


def iittis_share(geography: Geography, year: str) -> float:
    """Iitti's part of the inhabitants of Kymenlaakso as it was, FI1C4, counted by hand from its seven
    municipalities."""
    codes = ("KU075", "KU142", "KU285", "KU286", "KU489", "KU624", "KU935")
    rows = geography.municipal_population.rows(named=True)
    people = {row["geo"]: row["obs_value"] for row in rows if row["time_period"] == year}
    return float(people["KU142"] / sum(people[code] for code in codes))


def test_iitti_is_where_it_was_in_each_year(geography: Geography) -> None:
    """FI1C3 is without Iitti: FI1C6 has the share of FI1C4 that lives there. MK07 has Iitti from 2021."""
    nuts = figures(
        *((code, "nuts-2021", year, 1000.0) for code in ("FI1C3", "FI1C4") for year in ("2021", "2022"))
    )
    found = derived(geography, nuts).filter(geo="FI1C6")
    assert found["conversion"].to_list() == ["estimated", "estimated"] and set(found["obs_status"]) == {"E"}
    for row in found.rows(named=True):
        assert row["obs_value"] == pytest.approx(
            1000 + 1000 * iittis_share(geography, str(row["time_period"]))
        )
    national = figures(*(("MK07", "maakunta-2025", year, 5.0) for year in ("2021", "2022", "2023", "2024")))
    same = derived(geography, national).filter(geo="FI1C6")
    assert same["obs_value"].to_list() == [5.0] * 4 and set(same["conversion"]) == {"exact"}
    assert set(same["obs_status"]) == {"A"}


def test_a_mean_of_two_days_needs_both(geography: Geography) -> None:
    above = figures(("FI1C6", "nuts-2024", "2022", 30), ("FI1C6", "nuts-2024", "2023", 30))
    below = figures(("FI1C6", "nuts-2024", "2022", 10), ("FI1C6", "nuts-2024", "2023", 20))
    part = {"input": "made/below", "meanOf": [0, 1]}
    found = derived(geography, above, below, denominator=part)
    assert found.select("time_period", "denominator", "obs_value").rows() == [("2022", 15.0, 2.0)]


def test_a_change_of_method_or_land_is_a_break(geography: Geography) -> None:
    rows = [
        ("FI1C6", "nuts-2024", "2021", 1.0),
        ("FI1C6", "nuts-2024", "2022", 1.0, "B"),
        ("FI1C6", "nuts-2024", "2023", 1.0),
    ]
    assert derived(geography, figures(*rows))["break"].to_list() == [None, "method", None]
    older = [("FI1C3", "nuts-2021", "2020", 1.0), ("FI1C4", "nuts-2021", "2020", 1.0)]
    found = derived(geography, figures(*older, *rows[:1])).filter(geo="FI1C6")
    assert found["break"].to_list() == [None, "conversion"]


def test_the_base_is_a_hundred(geography: Geography) -> None:
    rows = [
        ("FI", "country", "2023", 40.0),
        ("FI1C6", "nuts-2024", "2023", 30.0),
        ("FI1C6", "nuts-2024", "2022", 30.0),
    ]
    found = derived(geography, figures(*rows), base="FI")
    assert only(found, geo="FI1C6", time_period="2023")["obs_value"] == 75
    assert only(found, geo="FI1C6", time_period="2022")["obs_value"] is None


@pytest.mark.parametrize(
    ("where", "problem"),
    [
        ({"sex": "T"}, "no field sex"),
        ({"obs_status": "X"}, "no figure with obs_status X"),
    ],
)
def test_a_filter_that_no_longer_fits_stops(
    geography: Geography, where: dict[str, str], problem: str
) -> None:
    part = {"input": "made/above", "where": where}
    with pytest.raises(MappingError, match=problem):
        derived(geography, figures(("FI1C6", "nuts-2024", "2023", 1)), numerator=part)


def test_two_figures_of_one_area_and_year_stop(geography: Geography) -> None:
    twice = figures(("FI1C6", "nuts-2024", "2023", 1), ("FI1C6", "nuts-2024", "2023", 2))
    with pytest.raises(MappingError, match="several figures; filter by more fields"):
        derived(geography, twice)


def test_an_earlier_table_gives_only_what_the_newer_has_not(geography: Geography) -> None:
    newer = figures(("FI1C6", "nuts-2024", "2022", 1), ("FI1C6", "nuts-2024", "2023", 2))
    older = figures(("FI1C6", "nuts-2024", "2021", 7), ("FI1C6", "nuts-2024", "2022", 99))
    part = {"input": "made/above", "earlier": {"input": "made/below"}}
    found = derived(geography, newer, older, numerator=part, denominator=None)
    assert found["obs_value"].to_list() == [7, 1, 2]


def test_without_a_territory_nothing_is_compared(geography: Geography) -> None:
    derivation = build_derivation({"build": "indicators.build_indicators", "indicators": [indicator()]})
    assert derivation is not None
    with pytest.raises(MappingError, match=r"need innoregio:derive\.territory"):
        build_indicators(derivation, {}, geography)


def test_a_denominator_may_be_older_where_that_is_stated(geography: Geography) -> None:
    """The newest figure of up to two years before is taken, its year is said, no older one is taken."""
    above = figures(*(("FI1C6", "nuts-2024", year, 12) for year in ("2021", "2022", "2023", "2024")))
    below = figures(("FI1C6", "nuts-2024", "2020", 2), ("FI1C6", "nuts-2024", "2021", 4))
    found = derived(geography, above, below, lagUpTo=2)
    shown = found.select("time_period", "denominator", "denominator_period", "obs_value").rows()
    assert shown == [("2021", 4.0, "2021", 3.0), ("2022", 4.0, "2021", 3.0), ("2023", 4.0, "2021", 3.0)]
    assert derived(geography, above, below)["denominator_period"].to_list() == ["2021"]
    lagged = derived(geography, above, below, lag=1)
    assert lagged.select("time_period", "denominator_period").rows() == [("2021", "2020"), ("2022", "2021")]


def test_a_share_of_something_is_converted_as_an_amount(geography: Geography) -> None:
    """20 per cent of 1,000 in FI1C3 and 50 of 100 in FI1C4, of whose people Iitti's go to FI1C6."""
    schema = ["geo", "geo_classification", "time_period", "obs_value", "obs_status", "unit"]
    rows = [
        (geo, "nuts-2021", "2021", value, "A", unit)
        for geo, people, share in (("FI1C3", 1000.0, 80.0), ("FI1C4", 100.0, 50.0))
        for value, unit in ((people, "NR"), (share, "PC"))
    ]
    table = pl.LazyFrame(rows, schema=schema, orient="row")
    part = {"input": "made/above", "where": {"unit": "PC"}, "shareOf": {"unit": "NR"}, "complement": True}
    people = {"input": "made/above", "where": {"unit": "NR"}}
    found = only(derived(geography, table, numerator=part, denominator=people, factor=100), geo="FI1C6")
    share = iittis_share(geography, "2021")
    assert found["numerator"] == pytest.approx(200 + 50 * share)
    assert found["obs_value"] == pytest.approx(100 * (200 + 50 * share) / (1000 + 100 * share), abs=1e-4)


def test_a_mean_has_the_stronger_status(geography: Geography) -> None:
    rows = [("FI1C6", "nuts-2024", "2022", 1, "B"), ("FI1C6", "nuts-2024", "2023", 3, "P")]
    part = {"input": "made/above", "meanOf": [0, 1]}
    found = derived(geography, figures(*rows), numerator=part)
    assert found.select("obs_value", "obs_status", "break").rows() == [(2.0, "B", "method")]
