"""Conversion of figures: sums kept, ratios made anew, nothing twice, nothing in part, and every refusal."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.derive.conversion import convert
from assets.derive.conversion_weights import Geography, GeographyError, Weights, find_weights

Weigh = Callable[..., Weights]
VERSIONS = [f"nuts-{year}" for year in (2003, 2006, 2010, 2013, 2016, 2021, 2024)]
FINNISH = [
    ("maakunta-2020", "maakunta-2026"), ("maakunta-2026", "maakunta-2020"), ("maakunta-2022", "nuts-2021"),
    ("nuts-2021", "maakunta-2022"), ("kunta-2015", "kunta-2026"), ("kunta-2022", "nuts-2016"),
    ("kunta-2022", "hyvinvointialue-2022"), ("seutukunta-2026", "maakunta-2026"),
]  # fmt: skip
DRAWN = [("nuts-2021", "nuts-2024"), ("nuts-2013", "nuts-2016"), ("nuts-2016", "nuts-2021"), *FINNISH]
EVERY = [(one, other) for one in VERSIONS for other in VERSIONS if one != other] + FINNISH


@pytest.fixture(scope="module")
def weigh(geography: Geography) -> Weigh:
    """`find_weights`, asked once for each pair."""
    return cache(lambda source, target, **how: find_weights(geography, source, target, **how))


def frame_of(figures: Mapping[str, float | None], classification: str = "nuts-2021") -> pl.DataFrame:
    return pl.DataFrame({"geo": list(figures), "obs_value": list(figures.values())}).with_columns(
        geo_classification=pl.lit(classification)
    )


def parts_of(weights: Weights) -> dict[str, dict[str, float]]:
    """Target -> the areas that it takes from, with the weight."""
    parts: dict[str, dict[str, float]] = defaultdict(dict)
    for source, target, weight in weights.table.select("from_geo", "to_geo", "weight").iter_rows():
        parts[target][source] = weight
    return parts


def whole_sources(weights: Weights) -> list[str]:
    """The areas whose figures arrive whole: none of their targets may take from an area without weights."""
    parts, goes = parts_of(weights), defaultdict(set)
    for target, taken in parts.items():
        for source in taken:
            goes[source].add(target)
    open_ones, done = list(weights.uncertain), set()
    while open_ones:
        done.add(target := open_ones.pop())
        open_ones += [t for source in parts[target] for t in goes[source] if t not in done]
    return sorted(source for source, targets in goes.items() if not targets & done)


def check_conserved(weights: Weights, values: list[int]) -> None:
    sources = whole_sources(weights)
    given_values = {s: values[n % len(values)] for n, s in enumerate(sources)}
    out = convert(frame_of(given_values, weights.source), weights)
    assert set(out["conversion"]) <= {"same", "exact", "estimated", "contested"}
    exact = out.filter(pl.col("conversion").is_in(["same", "exact"]))["obs_value"]
    if exact.len() == out.height:
        assert out["obs_value"].dtype == pl.Int64
        assert out["obs_value"].sum() == sum(given_values.values())
    assert out["obs_value"].sum() == pytest.approx(sum(given_values.values()), rel=1e-12)


@settings(max_examples=20, deadline=None)
@given(st.data())
def test_totals_are_kept(weigh: Weigh, data: st.DataObject) -> None:
    weights = weigh(*data.draw(st.sampled_from(DRAWN)))
    check_conserved(weights, data.draw(st.lists(st.integers(-(10**12), 10**12), min_size=1, max_size=40)))


@pytest.mark.slow
@pytest.mark.parametrize(("source", "target"), EVERY)
@pytest.mark.parametrize("kind", ["population", "area", "built-up"])
def test_totals_are_kept_under_every_crosswalk(weigh: Weigh, source: str, target: str, kind: str) -> None:
    weights = weigh(source, target, kind=kind)
    assert whole_sources(weights)
    check_conserved(weights, [7, 10**9 + 1, 0, 123_456_789, 3])


@settings(max_examples=8, deadline=None)
@given(st.data())
def test_each_figure_is_that_of_a_plain_sum_or_missing(weigh: Weigh, data: st.DataObject) -> None:
    compare_with_plain_sums(weigh, data)


@pytest.mark.slow
@settings(max_examples=300, deadline=None)
@given(st.data())
def test_each_figure_is_that_of_a_plain_sum_or_missing_often(weigh: Weigh, data: st.DataObject) -> None:
    compare_with_plain_sums(weigh, data)


def compare_with_plain_sums(weigh: Weigh, data: st.DataObject) -> None:
    """Also where areas are missing from the frame, or have no value: a part is never taken for the whole."""
    weights = weigh(*data.draw(st.sampled_from(DRAWN)))
    sources = weights.table["from_geo"].unique().sort().to_list()
    values = data.draw(st.lists(st.none() | st.integers(-(10**9), 10**9), min_size=1, max_size=30))
    gap = data.draw(st.integers(1, 40))
    figures = {s: values[n % len(values)] for n, s in enumerate(sources) if n % gap or gap == 1}
    out = convert(frame_of(figures, weights.source), weights)
    found = dict(out.select("geo", "obs_value").iter_rows())
    assert len(found) == out.height
    uncertain = set(weights.uncertain)
    for target, taken in parts_of(weights).items():
        if not set(taken) & set(figures):
            assert target not in found
            continue
        parts = [(figures.get(source), weight) for source, weight in taken.items()]
        if target in uncertain or any(figure is None for figure, _ in parts):
            assert found[target] is None
        else:
            expected = sum((figure or 0) * weight for figure, weight in parts)
            assert found[target] == pytest.approx(expected, rel=1e-9, abs=1e-3)


def test_iitti_moves_and_nothing_else(weigh: Weigh) -> None:
    weights = weigh("nuts-2021", "nuts-2024", year=2020)
    out = convert(frame_of({"FI1C3": 200.0, "FI1C4": 100.0, "FI1C5": 50.0}), weights)
    figures = {row["geo"]: row for row in out.iter_rows(named=True)}
    share = weights.table.filter(from_geo="FI1C4", to_geo="FI1C6")["weight"][0]
    assert 0.038 < share < 0.041
    assert figures["FI1C6"]["obs_value"] == pytest.approx(200 + 100 * share)
    assert figures["FI1C6"]["obs_value"] + figures["FI1C7"]["obs_value"] == pytest.approx(300)
    assert (figures["FI1C6"]["conversion"], figures["FI1C6"]["weight"]) == ("estimated", "population 2020")
    assert (figures["FI1C5"]["conversion"], figures["FI1C5"]["obs_value"]) == ("same", 50)
    assert set(out["geo_classification"]) == {"nuts-2024"}


def test_municipal_sums_are_eurostats_population(geography: Geography, weigh: Weigh) -> None:
    """31 December of a year is 1 January of the next; Iitti was not in FI1C3."""
    out = convert(geography.municipal_population, weigh("kunta-2022", "nuts-2021"))
    fi1c3 = dict(out.filter(geo="FI1C3").select("time_period", "obs_value").iter_rows())
    assert (fi1c3["2018"], fi1c3["2019"]) == (200_629, 199_604)
    assert set(out.filter(geo="FI1C3")["conversion"]) == {"exact"}
    with_iitti = convert(geography.municipal_population, weigh("kunta-2022", "nuts-2024"))
    assert with_iitti.filter(geo="FI1C6", time_period="2018")["obs_value"].item() == 207_394


@pytest.mark.parametrize(
    ("municipality", "old", "new", "gains"),
    [("KU142", "FI1C4", "FI1C7", "FI1C6"), ("KU152", "FI195", "FI19A", "FI199"),
     ("KU291", "FI193", "FI198", "FI19B"), ("KU090", "FI1D1", "FI1DA", "FI1DC"),
     ("KU171", "FI1D1", "FI1DA", "FI1DB")],
)  # fmt: skip
def test_the_municipalities_that_moved(
    geography: Geography, weigh: Weigh, municipality: str, old: str, new: str, gains: str
) -> None:
    """Iitti, Isokyrö, Kuhmoinen, Heinävesi, Joroinen: each takes its inhabitants with it, in its own year."""
    people = geography.municipal_population
    by_year = weigh("nuts-2021", "nuts-2024", every_year=True)
    before = convert(people, weigh("kunta-2022", "nuts-2021"))
    after = convert(people, weigh("kunta-2022", "nuts-2024"))
    for year in ("2005", "2021"):
        own = people.filter(geo=municipality, time_period=year)["obs_value"].item()
        whole = before.filter(geo=old, time_period=year)["obs_value"].item()
        share = by_year.table.filter(from_geo=old, to_geo=gains, reference_year=int(year))["weight"].item()
        assert share * whole == pytest.approx(own)
        converted = convert(before.drop("conversion", "weight").filter(time_period=year), by_year)
        exact = after.filter(time_period=year)
        for geo in (new, gains):
            assert converted.filter(geo=geo)["obs_value"].item() == pytest.approx(
                exact.filter(geo=geo)["obs_value"].item()
            )


def test_itä_uusimaa_and_kainuu(weigh: Weigh) -> None:
    older = convert(frame_of({"FI181": 1000, "FI182": 90}, "nuts-2006"), weigh("nuts-2006", "nuts-2010"))
    assert older.select("geo", "obs_value", "conversion").rows() == [("FI1B1", 1090, "exact")]
    newer = convert(frame_of({"FI1B1": 1090.0}, "nuts-2010"), weigh("nuts-2010", "nuts-2006"))
    assert newer["obs_value"].sum() == pytest.approx(1090) and set(newer["conversion"]) == {"estimated"}
    assert newer.filter(geo="FI182")["obs_value"].item() == pytest.approx(
        1090 * 97724.9 / 1600633.9, rel=1e-4
    )
    out = convert(frame_of({"FI1D4": 80.0, "FI1D6": 400.0}, "nuts-2013"), weigh("nuts-2013", "nuts-2016"))
    kainuu, ostrobothnia = (out.filter(geo=geo)["obs_value"].item() for geo in ("FI1D8", "FI1D9"))
    assert kainuu + ostrobothnia == pytest.approx(480)
    assert 72 < kainuu < 78  # without Vaala


def test_a_contested_area_says_so(geography: Geography, weigh: Weigh) -> None:
    """The list calls FI1A1 the land of FI1D5, the matrix sends Himanka elsewhere: both are in the result."""
    frame = frame_of({"FI1A1": 100.0, "FI186": 50.0}, "nuts-2006").with_columns(obs_status=pl.lit("A"))
    said = "same, contested by n3-2006-2021: 0.9624"
    for target, geo in (("nuts-2010", "FI1D5"), ("nuts-2021", "FI1D5"), ("nuts-2024", "FI1D5")):
        row = convert(frame, weigh("nuts-2006", target, year=2018)).row(
            by_predicate=pl.col("geo") == geo, named=True
        )
        assert (row["obs_value"], row["obs_status"]) == (100, "E")
        assert (row["conversion"], row["weight"]) == ("contested", said)
    older = convert(frame_of({"FI1A1": 100.0}, "nuts-2003"), weigh("nuts-2003", "maakunta-2026"))
    assert older.select("geo", "obs_value", "conversion", "weight").rows() == [
        ("MK16", 100, "contested", said)
    ]
    summed = convert(frame_of({"FI13": 1.0, "FI1A": 2.0}, "nuts-2006"), weigh("nuts-2006", "nuts-2010"))
    assert summed.select("geo", "obs_value", "conversion").rows() == [("FI1D", 3, "exact")]
    per_head = frame.with_columns(unit=pl.lit("EUR_HAB"))  # of what is called the same land a ratio stays
    out = convert(per_head.filter(geo="FI1A1"), weigh("nuts-2006", "nuts-2010"))
    assert out.select("obs_value", "conversion").rows() == [(100, "contested")]


def test_areas_above_divide_as_their_parts_do(weigh: Weigh) -> None:
    """The workbook says LT01 = LT00A and HU11 = HU101; inhabitants by the csv module from the matrix."""
    weights = weigh("nuts-2013", "nuts-2016")
    out = convert(frame_of({"LT00": 100.0, "HU10": 100.0}, "nuts-2013"), weights)
    assert dict(out.select("geo", "obs_value").rows()) == pytest.approx(
        {"LT01": 100 * 805569.2 / 2807451.0, "LT02": 100 * 2001881.8 / 2807451.0,
         "HU11": 58.1058, "HU12": 41.8942}, rel=1e-4
    )  # fmt: skip
    assert set(out["conversion"]) == {"estimated"} and set(out["weight"]) == {"population 2018"}
    back = convert(
        frame_of({"LT01": 30, "LT02": 70, "HU11": 6, "HU12": 4}, "nuts-2016"), weigh("nuts-2016", "nuts-2013")
    )
    assert back.sort("geo").select("geo", "obs_value", "conversion").rows() == [
        ("HU10", 10, "exact"), ("LT00", 100, "exact"),
    ]  # fmt: skip


def test_a_ratio_is_made_of_its_parts(weigh: Weigh) -> None:
    weights = weigh("nuts-2021", "nuts-2024")
    frame = pl.DataFrame(
        {"geo": ["FI1C3", "FI1C4"], "gdp": [300.0, 200.0], "people": [100.0, 50.0], "per_head": [3.0, 4.0]}
    )
    out = convert(frame, weights, ["gdp", "people"], {"per_head": ("gdp", "people")})
    row = out.filter(geo="FI1C6").row(0, named=True)
    assert row["per_head"] == pytest.approx(row["gdp"] / row["people"])
    assert row["per_head"] != pytest.approx(3.5, abs=0.2)  # the mean of the two
    nobody = convert(
        frame.with_columns(people=0.0), weights, ["gdp", "people"], {"per_head": ("gdp", "people")}
    )
    assert nobody["per_head"].null_count() == 2
    with pytest.raises(GeographyError, match="a ratio needs its parts among the values: people is not"):
        convert(frame, weights, ["gdp"], {"per_head": ("gdp", "people")})
    with pytest.raises(GeographyError, match="per_head: numbers that are neither in values nor in ratios"):
        convert(frame, weights, ["gdp", "people"])
    with pytest.raises(GeographyError, match="a ratio, or an amount"):
        convert(frame, weights, ["gdp", "people", "per_head"], {"per_head": ("gdp", "people")})


@pytest.mark.parametrize(
    ("unit", "refused"),
    [("PC", True), ("PC_GDP", True), ("EUR_HAB", True), ("PPS_HAB_EU27_2020", True), ("P_MHAB", True),
     ("PER_KM2", True), ("GDP_BEUR", True), ("YR", True), ("I15", True), ("PER", False), ("MIO_EUR", False),
     ("MIO_PPS_EU27_2020", False), ("FTE", False), ("NR", False), ("THS_PER", False)],
)  # fmt: skip
def test_figures_per_something_are_not_added_up(weigh: Weigh, unit: str, refused: bool) -> None:
    weights = weigh("nuts-2021", "nuts-2024")
    frame = frame_of({"FI1C3": 1.0, "FI1C4": 2.0}).with_columns(unit=pl.lit(unit))
    if refused:
        with pytest.raises(GeographyError, match="cannot be added up over areas"):
            convert(frame, weights)
    else:
        assert convert(frame, weights).height == 2
    same = frame_of({"FI1C5": 1.0}).with_columns(unit=pl.lit(unit))
    assert convert(same, weights)["conversion"].to_list() == ["same"]  # of the same land every figure stays


def test_rows_of_the_target_stay_and_nothing_is_there_twice(weigh: Weigh) -> None:
    weights = weigh("nuts-2021", "nuts-2024")
    old = frame_of({"FI1C3": 200.0, "FI1C4": 100.0, "FI1C5": 50.0})
    new = frame_of({"FI1C6": 207.5, "FI1C5": 51.0}, "nuts-2024")
    country = frame_of({"FI": 5000.0}, "country")
    both = pl.concat([old, new, country])
    out = convert(both, weights)
    assert out.select("geo_classification", "geo").is_unique().all()
    figures = {row["geo"]: (row["obs_value"], row["conversion"]) for row in out.iter_rows(named=True)}
    assert figures["FI1C6"] == (207.5, "as given")
    assert figures["FI1C5"] == (51, "as given")
    assert figures["FI"] == (5000, "as given")
    assert figures["FI1C7"][1] == "estimated"
    again = convert(out.drop("conversion", "weight"), weights)
    assert again.sort("geo").drop("conversion", "weight").equals(out.sort("geo").drop("conversion", "weight"))
    encoded = both.with_columns(pl.col("geo", "geo_classification").cast(pl.Categorical))
    assert convert(encoded, weights).equals(out)


def test_columns_of_any_name_are_keys(weigh: Weigh) -> None:
    """Also those that a reader of the code might call a working column of its own."""
    names = ("year", "parts", "part_weight", "estimated", "status_rank", "is_alone", "names")
    rows = pl.concat([frame_of({"FI1C3": 1.0, "FI1C4": 2.0}).with_columns(year=pl.lit(y)) for y in (1, 2)])
    rows = rows.with_columns(pl.lit("x").alias(name) for name in names[1:])
    out = convert(rows, weigh("nuts-2021", "nuts-2024"))
    assert out.height == 4 and out.filter(year=2)["obs_value"].sum() == pytest.approx(3)
    with pytest.raises(GeographyError, match="a column conversion, weight, which conversion makes"):
        convert(out, weigh("nuts-2021", "nuts-2024"))


def test_weights_of_several_kinds_are_all_named(geography: Geography, weigh: Weigh) -> None:
    weights = weigh("nuts-2021", "nuts-2024")
    two = pl.when(from_geo="FI1C3").then(pl.lit("area")).otherwise("kind").alias("kind")
    table = weights.table.with_columns(two, exact=pl.lit(False))
    rows = frame_of({"FI1C3": 1.0, "FI1C4": 2.0})
    names = dict(convert(rows, replace(weights, table=table)).select("geo", "weight").iter_rows())
    year = table.filter(from_geo="FI1C4")["reference_year"].max()
    assert names["FI1C6"] == f"area, population {year}" and names["FI1C7"] == f"population {year}"


def test_status_and_flag(weigh: Weigh) -> None:
    frame = frame_of({"FI1C3": 1.0, "FI1C4": 2.0, "FI1C5": 3.0, "FI193": 4.0}).with_columns(
        obs_status=pl.Series(["P", "A", "B", "A"]), obs_flag=pl.Series(["p", None, "b", None])
    )
    out = convert(frame, weigh("nuts-2021", "nuts-2024"))
    status = {row[0]: row[1:] for row in out.select("geo", "obs_value", "obs_status", "obs_flag").iter_rows()}
    assert status["FI1C5"] == (3, "B", "b")
    assert status["FI1C6"][1:] == ("E", None)
    assert status["FI19B"] == (None, "O", None)  # Kuhmoinen without the rest of Pirkanmaa
    exact = frame_of({"FI181": 1.0, "FI182": 2.0}, "nuts-2006").with_columns(
        obs_status=pl.Series(["A", "P"]), obs_flag=pl.lit("x")
    )
    assert convert(exact, weigh("nuts-2006", "nuts-2010"))["obs_status"].to_list() == ["P"]


def test_decimal_amounts_stay_decimal_where_exact(weigh: Weigh) -> None:
    frame = frame_of({"FI181": 1, "FI182": 2}, "nuts-2006").with_columns(
        pl.Series("obs_value", ["0.10", "0.20"]).cast(pl.Decimal(20, 2))
    )
    out = convert(frame, weigh("nuts-2006", "nuts-2010"))["obs_value"]
    assert str(out[0]) == "0.30"
    moved = frame.with_columns(geo=pl.Series(["FI1C3", "FI1C4"]), geo_classification=pl.lit("nuts-2021"))
    assert convert(moved, weigh("nuts-2021", "nuts-2024"))["obs_value"].sum() == pytest.approx(0.3)


def test_what_cannot_be_converted_is_refused(geography: Geography, weigh: Weigh) -> None:
    weights = weigh("nuts-2021", "nuts-2024")
    refused = dict(weights.refused.iter_rows())
    assert refused["UKC11"] == "nuts-2024 has no areas of UK"
    with pytest.raises(GeographyError, match="UKC11 cannot be converted: nuts-2024 has no areas of UK"):
        convert(frame_of({"UKC11": 1.0}), weights)
    with pytest.raises(GeographyError, match="XX999 cannot be converted: it is no area of nuts-2021"):
        convert(frame_of({"XX999": 1.0}), weights)
    with pytest.raises(GeographyError, match="rows of nuts-2016, the weights go from nuts-2021 to nuts-2024"):
        convert(frame_of({"FI1C3": 1.0}, "nuts-2016"), weights)
    with pytest.raises(GeographyError, match=r"geo FI1C3: 2 rows for one area"):
        convert(pl.concat([frame_of({"FI1C3": 1.0}), frame_of({"FI1C3": 1.0})]), weights)
    with pytest.raises(GeographyError, match="no column figure to convert"):
        convert(frame_of({"FI1C3": 1.0}), weights, ["figure"])
    with pytest.raises(GeographyError, match="no classification nuts-1999"):
        find_weights(geography, "nuts-1999", "nuts-2021")
    with pytest.raises(GeographyError, match="no weights by cows"):
        find_weights(geography, "nuts-2021", "nuts-2024", kind="cows")
    with pytest.raises(GeographyError, match="need a column time_period"):
        convert(frame_of({"FI1C3": 1.0, "FI1C4": 1.0}), weigh("nuts-2021", "nuts-2024", every_year=True))
    undated = frame_of({"FI1C3": 1.0, "FI1C4": 1.0}).with_columns(time_period=pl.lit(None, pl.String))
    with pytest.raises(GeographyError, match="rows have no time_period"):
        convert(undated, weigh("nuts-2021", "nuts-2024", every_year=True))
    by_area = weigh("nuts-2021", "nuts-2024", kind="area")
    with pytest.raises(GeographyError, match=r"FI1C4 cannot be converted: no source says .*\(area\)"):
        convert(frame_of({"FI1C3": 1.0, "FI1C4": 1.0}), by_area)
