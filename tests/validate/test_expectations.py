"""Rules over whole tables: each is met by a good table and finds the fault that it is for."""

from datetime import date
from typing import Any

import polars as pl
import pytest

from assets.descriptor import Field, Resource
from assets.errors import DescriptorError
from assets.validate.engine import validate
from assets.validate.expectations import check_expectations, date_before, period_end

KEY = ("geo", "geo_classification", "time_period", "unit")
FIELDS = (*(Field(name, "string", {}, {}) for name in KEY), Field("obs_value", "number", {}, {}))
YEARS = [str(year) for year in range(2000, 2024)]


def resource(*expectations: dict[str, Any]) -> Resource:
    return Resource("table", {}, {}, (), FIELDS, KEY, expectations=expectations)


def figures() -> pl.DataFrame:
    """Two NUTS 2 regions with their NUTS 3 regions, the country, in euros, national currency and per head."""
    rows = []
    for number, year in enumerate(YEARS):
        base = 100.0 + 7 * number
        parts = {"FI1C1": base, "FI1C2": base / 2, "FI1D1": 3 * base + number % 3}
        above = {"FI1C": parts["FI1C1"] + parts["FI1C2"], "FI1D": parts["FI1D1"]}
        for geo, value in {**parts, **above}.items():
            rows += [(geo, "nuts-2021", year, "MIO_EUR", value), (geo, "nuts-2021", year, "MIO_NAC", value)]
            rows.append((geo, "nuts-2021", year, "EUR_HAB", value * 10 + len(geo) + number % 5))
        total = sum(above.values())
        rows += [("FI", "country", year, unit, total) for unit in ("MIO_EUR", "MIO_NAC")]
    return pl.DataFrame(rows, schema=[*KEY, "obs_value"], orient="row")


def notes(rule: dict[str, Any], frame: pl.DataFrame | None = None, **more: Any) -> list[str]:
    table = figures() if frame is None else frame
    others = [{"rule": "equal_series", "fields": {"unit": ["MIO_EUR", "MIO_NAC"]}}]
    declared = resource(*others, rule) if rule["rule"] == "duplicate_series" else resource(rule)
    found, _ = check_expectations(table.lazy(), declared, **more)
    return [finding.note for finding in found if finding.rule == rule["rule"]]


def broken(geo: str, year: str, unit: str, factor: float) -> pl.DataFrame:
    place = (pl.col("geo") == geo) & (pl.col("time_period") == year) & (pl.col("unit") == unit)
    return figures().with_columns(
        pl.when(place).then(pl.col("obs_value") * factor).otherwise("obs_value").alias("obs_value")
    )


SUMS = {"rule": "parts_sum_to_total", "over": "geo", "level": 3, "into": 2, "where": {"unit": "MIO_EUR"}}


def test_regions_add_up_to_the_region_above() -> None:
    assert notes(SUMS) == []
    found = notes(SUMS, broken("FI1C1", "2010", "MIO_EUR", 1.1))
    assert len(found) == 1 and "1 of 48 totals" in found[0] and "FI1C, 2010, MIO_EUR" in found[0]
    assert notes(SUMS | {"tolerance": 0.2}, broken("FI1C1", "2010", "MIO_EUR", 1.1)) == []
    country = {**SUMS, "level": 2, "into": 0}
    assert notes(country) == []
    assert "FI, 2010" in notes(country, broken("FI", "2010", "MIO_EUR", 2))[0]


def test_a_sum_with_a_part_that_has_no_value_is_not_compared() -> None:
    assert (
        notes(SUMS, figures().filter(~((pl.col("geo") == "FI1C1") & (pl.col("time_period") == "2010")))) == []
    )


def test_codes_add_up_to_their_total() -> None:
    rule = {"rule": "parts_sum_to_total", "over": "geo", "parts": ["FI1C", "FI1D"], "total": "FI"}
    assert notes(rule) == []
    assert "1 of 48" in notes(rule, broken("FI1D", "2001", "MIO_NAC", 3))[0]


def test_ratios_stay_within_bounds() -> None:
    rule = {
        "rule": "ratio",
        "over": "unit",
        "numerator": "EUR_HAB",
        "denominator": "MIO_EUR",
        "minimum": 9,
        "maximum": 11,
    }
    assert notes(rule) == []
    assert "1 of 120 ratios" in notes(rule, broken("FI1C", "2005", "EUR_HAB", 1000))[0]


def test_the_newest_period_is_not_before_that_of_the_last_release() -> None:
    rule = {"rule": "newest_period", "minimum": "2000"}
    shorter = figures().filter(pl.col("time_period") < "2023")
    assert notes(rule, shorter) == notes(rule, previous=figures().lazy()) == []
    assert notes(rule, figures(), previous=shorter.lazy()) == []
    (found,) = notes(rule, shorter, previous=figures().lazy())
    assert found == "newest_period: the newest period is 2022, and 2023 in the last release"
    assert notes({"rule": "newest_period", "maximum_age": "P3Y"}, shorter, previous=figures().lazy()) == []


def test_a_change_of_unit_is_seen_against_the_last_release() -> None:
    rule = {"rule": "unit_jump"}
    in_thousands = figures().with_columns(
        pl.when(pl.col("unit") == "MIO_EUR")
        .then(pl.col("obs_value") * 1000)
        .otherwise("obs_value")
        .alias("obs_value")
    )
    assert notes(rule, in_thousands) == []  # nothing to compare with
    assert notes(rule, previous=figures().lazy()) == []
    found = notes(rule, in_thousands, previous=figures().lazy())
    assert len(found) == 1 and found[0].startswith("unit_jump: MIO_EUR is 1000 times")
    assert "0.001 times" in notes(rule, figures(), previous=in_thousands.lazy())[0]


def test_series_that_should_differ_are_not_alike() -> None:
    rule = {"rule": "duplicate_series", "over": "unit"}
    assert notes(rule) == []  # euro and national currency are declared equal
    copy = figures().filter(pl.col("unit") == "MIO_EUR").with_columns(unit=pl.lit("PATENTS"))
    copied = pl.concat([figures(), copy])
    assert "MIO_EUR = PATENTS" in notes(rule, copied)[0]
    assert notes({**rule, "except": [["PATENTS", "MIO_EUR"], ["MIO_NAC", "PATENTS"]]}, copied) == []


def test_a_series_of_another_dataset_is_recognised() -> None:
    """Also with another indicator, more columns, or only some of the years; not where it differs once."""
    rule = {"rule": "duplicate_dataset"}
    other = figures().filter(pl.col("unit") == "MIO_EUR").rename({"unit": "indicator"})
    copy = other.with_columns(indicator=pl.lit("PATENTS"), sex=pl.lit("T"))
    found = notes(rule, published={"patents/patents": copy.lazy()})
    assert found == [
        "duplicate_dataset: series that another dataset has, too: MIO_EUR = patents/patents PATENTS T, "
        "MIO_NAC = patents/patents PATENTS T"
    ]
    assert notes(rule | {"except": ["patents/patents"]}, published={"patents/patents": copy.lazy()}) == []
    later = copy.filter(pl.col("time_period") >= "2018")
    assert found == notes(rule, published={"patents/patents": later.lazy()})
    one_off = copy.with_columns(
        obs_value=pl.when(pl.int_range(pl.len()) == 5).then(1.0).otherwise("obs_value")
    )
    assert notes(rule, published={"patents/patents": one_off.lazy()}) == []
    flat = copy.with_columns(obs_value=pl.lit(0.0))
    assert notes(rule, flat.drop("sex").rename({"indicator": "unit"}), published={"x/x": flat.lazy()}) == []
    codes = pl.LazyFrame({"code": ["a"]})
    assert notes(rule, published={"codes/codes": codes}) == []


def test_a_table_that_is_said_to_be_of_the_same_is_no_wrong_copy() -> None:
    """Two tables that check each other have the same figures rightly, also when one is published anew."""
    copy = figures().filter(pl.col("unit") == "MIO_EUR").rename({"unit": "indicator"})
    rules = [{"rule": "duplicate_dataset"}, {"rule": "cross_check", "with": "patents/patents"}]
    published = {"patents/patents": copy.lazy()}
    mine = figures().filter(pl.col("unit") == "MIO_EUR")
    alone, _ = check_expectations(mine.lazy(), resource(rules[0]), published=published)
    assert [finding.rule for finding in alone] == ["duplicate_dataset"]
    found, _ = check_expectations(mine.lazy(), resource(*rules), published=published)
    assert found == []


def test_many_series_are_compared_as_a_whole() -> None:
    rows = [
        (f"R{g:03d}", "x", year, "U", float(g * i)) for g in range(1, 100) for i, year in enumerate(YEARS)
    ]
    table = pl.DataFrame(rows, schema=[*KEY, "obs_value"], orient="row")
    rule = {"rule": "duplicate_series", "over": "geo"}
    assert notes(rule, table) == []
    twin = table.filter(pl.col("geo") == "R007").with_columns(geo=pl.lit("R777"))
    assert "R007 = R777" in notes(rule, pl.concat([table, twin]))[0]


def test_series_declared_equal_are_equal() -> None:
    rule = {"rule": "equal_series", "fields": {"unit": ["MIO_EUR", "MIO_NAC"]}}
    assert notes(rule) == []
    assert "differ in 1 of 144" in notes(rule, broken("FI1C", "2005", "MIO_NAC", 2))[0]


def test_rows_are_selected_by_what_their_codes_begin_with() -> None:
    rule = {"rule": "coverage", "field": "geo", "where": {"geo": {"begins": ["FI1C", "SE"]}}}
    assert "geo has 3 values" in notes(rule | {"minimum": 4})[0]
    rule["where"]["unit"] = ["MIO_EUR"]
    assert notes(rule | {"minimum": 3}) == []


def test_a_figure_of_a_region_is_not_written_on_its_parts() -> None:
    rule = {"rule": "constant_within", "level": 3, "into": 2, "where": {"unit": "MIO_EUR"}}
    assert notes(rule) == []
    flat = figures().with_columns(
        obs_value=pl.when(pl.col("geo").str.starts_with("FI1C")).then(5.0).otherwise("obs_value")
    )
    assert "24 of 24 cases: FI1C" in notes(rule, flat)[0]


def test_coverage_does_not_shrink() -> None:
    rule = {"rule": "coverage", "field": "geo"}
    less = figures().filter(pl.col("geo") != "FI1C2")
    assert notes(rule, less) == []
    assert "lost FI1C2" in notes(rule, less, previous=figures().lazy())[0]
    assert notes(rule | {"maximum_loss": 0.2}, less, previous=figures().lazy()) == []
    assert "6 values, at least 7" in notes(rule | {"minimum": 7})[0]
    assert "lacks SE" in notes(rule | {"values": ["FI", "SE"]})[0]


def test_the_newest_period_has_an_age_on_the_day_of_the_source() -> None:
    rule = {"rule": "newest_period", "maximum_age": "P18M"}
    assert notes(rule) == []  # no day, no age
    assert notes(rule, as_of=date(2025, 6, 30)) == []
    assert "2023 is older than P18M on 2025-07-02" in notes(rule, as_of=date(2025, 7, 2))[0]


@pytest.mark.parametrize(
    ("period", "end"),
    [
        ("2024", "2024-12-31"),
        ("2024-S1", "2024-06-30"),
        ("2024-Q4", "2024-12-31"),
        ("2024-02", "2024-02-29"),
        ("2024-W01", "2024-01-07"),
        ("2024-05-06", "2024-05-06"),
    ],
)
def test_periods_end(period: str, end: str) -> None:
    assert period_end(period) == date.fromisoformat(end)


def test_days_before() -> None:
    assert date_before(date(2024, 2, 29), "P1Y") == date(2023, 2, 28)
    assert date_before(date(2024, 3, 31), "P1M") == date(2024, 2, 29)
    assert date_before(date(2024, 1, 15), "P2W") == date(2024, 1, 1)
    with pytest.raises(DescriptorError, match="P3Y"):
        date_before(date(2024, 1, 1), "3Y")


@pytest.mark.parametrize(
    "rule",
    [
        {"rule": "sums"},
        {"rule": "coverage", "field": "region"},
        {"rule": "ratio", "over": "unit", "where": {"x": 1}},
    ],
)
def test_a_rule_that_cannot_be_asked_is_the_descriptors_fault(rule: dict[str, Any]) -> None:
    with pytest.raises(DescriptorError, match=r"allowed|columns"):
        notes(rule)


@pytest.mark.parametrize(
    "rule",
    [
        {"rule": "ratio", "over": "unit", "numerator": "EUR_HAB", "denominator": "MIO_XXX"},
        {"rule": "equal_series", "fields": {"unit": ["MIO_EUR", "MIO_XXX"]}},
        {"rule": "duplicate_series", "over": "unit", "where": {"unit": ["MIO_EUR"]}},
        {"rule": "constant_within", "level": 3, "into": 2, "where": {"geo": ["FI1C1"]}},
        {"rule": "duplicate_dataset", "minimum": 2000},
        {**SUMS, "where": {"unit": "MIO_XXX"}},
    ],
    ids=lambda rule: rule["rule"],
)
def test_a_rule_that_compares_nothing_is_not_met(rule: dict[str, Any]) -> None:
    assert "holds nothing that this rule compares" in notes(rule)[0]


def test_the_report_tells_what_became_of_every_expectation() -> None:
    declared = resource(
        {"rule": "rows", "minimum": 1, "maximum": 2, "reason": "two at most"},
        {"rule": "newest_period", "minimum": "2030", "reason": "a later year"},
        {"rule": "coverage", "field": "geo", "reason": "no region goes"},
        {"rule": "equal_series", "fields": {"unit": ["MIO_EUR", "MIO_NAC"]}, "reason": "the euro"},
    )
    told = validate(figures().lazy(), declared).expectations
    assert [(one.rule, one.result, one.compared) for one in told] == [
        ("rows", "warned", 408),
        ("newest_period", "failed", 24),
        ("coverage", "not compared", 0),
        ("equal_series", "met", 144),
    ]
    assert told[0].declared == {"minimum": 1, "maximum": 2} and told[0].reason == "two at most"
    assert told[1].notes == (
        "newest_period: the newest period is 2023, at least 2030 is expected (a later year)",
    )


def test_severity_decides_between_error_and_warning() -> None:
    rows = {"rule": "rows", "minimum": 1000}
    failing = validate(figures().lazy(), resource(rows))
    assert failing.totals == {"expectation": 1} and not failing.valid
    warned = validate(
        figures().lazy(), resource(rows | {"severity": "warn", "reason": "a healthy run has more"})
    )
    assert warned.valid and "a healthy run has more" in warned.warnings[0]
