"""What the descriptors of the indicators say twice is the same, and their texts hold for the formula."""

import json
from pathlib import Path

import pytest

from assets.descriptor import Dataset, load_dataset
from assets.descriptor.derivation import Derivation, Indicator, Part
from assets.overlay import packaged_schemas
from tests.derive.csv_answers import rows


def load(name: str) -> Dataset:
    return load_dataset(packaged_schemas() / "datasets" / f"{name}.yaml")


def derivation(dataset: Dataset) -> Derivation:
    found = dataset.resources[0].derivation
    assert found is not None
    return found


INDICATORS = derivation(load("indicators")).indicators


def parts(indicator: Indicator) -> list[Part]:
    found = []
    for part in (indicator.numerator, indicator.denominator):
        while part:
            found.append(part)
            part = part.earlier
    return found


def test_the_wide_table_has_the_indicators_of_the_long_one() -> None:
    """The same codes in the same order, each with a figure and a year, and the same titles."""
    wide = load("indicators-newest")
    codes = [one.code for one in INDICATORS]
    assert derivation(wide).parameters["indicators"] == codes
    fields = {field.name: field for field in wide.resources[0].fields}
    assert list(fields)[3:] == [f"{code.lower()}{end}" for code in codes for end in ("", "_year")]
    for one in INDICATORS:
        own, year = fields[one.code.lower()], fields[f"{one.code.lower()}_year"]
        assert own.titles == one.titles
        assert year.titles == {
            language: f"{word}: {one.titles[language]}"
            for language, word in (("fi", "Vuosi"), ("sv", "År"), ("en", "Year"))
        }
        assert f" {one.unit}." in own.descriptions["en"]


def test_each_code_is_listed_with_its_title_and_unit() -> None:
    fields = {field.name: field for field in load("indicators").resources[0].fields}
    listed = {code.code: code.labels for code in fields["indicator"].codes}
    assert listed == {one.code: one.titles for one in INDICATORS}
    assert {code.code for code in fields["unit"].codes} == {one.unit for one in INDICATORS}
    peers = {code.code: code.labels for code in load("peers").resources[1].fields[2].codes}
    assert peers.items() <= listed.items()


@pytest.mark.parametrize("one", INDICATORS, ids=lambda one: one.code)
def test_the_texts_fit_the_formula(one: Indicator) -> None:
    """A denominator of another year is said, and that a figure is of a larger region."""
    assert (one.lag == 0) or "earlier" in one.methods["en"]
    assert (one.lag_up_to == 0) or "before" in one.methods["en"]
    assert one.code.endswith("_NUTS2") == ("NUTS 2" in one.titles["en"]) == ("Nuts 2" in one.titles["sv"])
    own = one.denominator is None
    assert own == (one.numerator.is_ratio or one.code == "HORIZON_PARTNER_COUNTRIES")
    assert all(not part.is_ratio for part in parts(one)) or own
    assert one.reference is not None and one.reference.startswith("https://")
    if one.ended:
        assert one.successors is not None and one.ended.isdigit()


@pytest.mark.slow
def test_a_series_that_has_ended_has_no_newer_figure(published: Path) -> None:
    """The last period is that of the table; series whose table still grows have none."""
    newest: dict[str, str] = {}
    for row in rows(published, "indicators"):
        newest[row["indicator"]] = max(newest.get(row["indicator"], ""), row["time_period"])
    ended = {indicator.code: indicator.ended for indicator in INDICATORS if indicator.ended}
    assert ended == {code: newest[code] for code in ended}
    assert ended["ENTERPRISE_BIRTH_RATE"] == "2020" and ended["PATENT_APPLICATIONS_PER_MILLION"] == "2012"
    [resource] = json.loads((published / "indicators/datapackage.json").read_bytes())["resources"][:1]
    shown = {entry["code"]: entry for entry in resource["innoregio:derive"]["indicators"] if "ended" in entry}
    assert set(shown) == set(ended)
    assert "bd_size_r" in shown["ENTERPRISE_BIRTH_RATE"]["ended"]["successor_translated"]["fi"]
