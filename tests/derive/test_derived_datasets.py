"""The derived datasets as they are published: ranks, reasons, levels, provenance, the newest figures."""

import json
from pathlib import Path

import pytest

from assets.descriptor import load_datasets
from assets.published import read_others
from assets.workspace import Workspace
from tests.derive.csv_answers import Row, rows
from tests.shipped import slow_beyond_sample


@pytest.mark.slow
def test_a_figure_of_a_nuts_2_region_is_on_no_smaller_one(published: Path) -> None:
    for row in rows(published, "indicators"):
        assert row["level"] == {2: "0", 4: "2", 5: "3"}.get(len(row["geo"]), "")
        if row["indicator"].endswith("_NUTS2"):
            assert row["level"] in ("0", "2", "")


@pytest.mark.slow
def test_a_rank_is_among_areas_that_all_have_a_figure(published: Path) -> None:
    for row in rows(published, "indicators"):
        if row["rank"]:
            assert row["rank_n"] == row["rank_of"] and int(row["rank"]) <= int(row["rank_of"])
        assert bool(row["obs_value"]) != bool(row["reason"])


@pytest.mark.slow
def test_the_newest_figures_are_those_of_the_long_table(published: Path) -> None:
    newest: dict[tuple[str, str], Row] = {}
    for row in rows(published, "indicators"):
        if row["obs_value"]:
            newest[row["geo"], row["indicator"]] = row  # sorted by year
    wide = rows(published, "indicators-newest")
    for row in wide:
        for (geo, code), own in newest.items():
            if geo == row["geo"]:
                name = code.lower()
                assert (row[name], row[f"{name}_year"]) == (own["obs_value"], own["time_period"])
    assert {row["geo"] for row in wide} == {geo for geo, _ in newest}


@pytest.mark.parametrize(
    "dataset",
    slow_beyond_sample(
        (name,)
        for name in ("indicators", "indicators-newest", "peers", "register-places", "campus-participations")
    ),
)
def test_the_releases_of_the_inputs_are_said(published: Path, dataset: str) -> None:
    package = json.loads((published / dataset / "datapackage.json").read_bytes())
    for entry in package["innoregio:provenance"]:
        release = json.loads((published / entry["table"] / "datapackage.json").read_bytes())
        assert entry["provider"] == "innoregio"
        table = next(
            r
            for r in release["resources"]
            if r["name"] in (f"{entry['part']}-parquet", "coverage") and r["name"].startswith(entry["part"])
        )
        assert entry["obtained_from"].endswith(f"/{entry['table']}/{table['path']}")
        assert table["hash"] == f"sha256:{entry['sha256']}"


@pytest.mark.slow
def test_a_region_is_not_its_own_peer_and_the_example_holds(published: Path) -> None:
    """The distance of the first peer of Päijät-Häme, from the published basis."""
    peers = rows(published, "peers/similar-regions", geo="FI1C6")
    assert [int(row["rank"]) for row in peers] == list(range(1, 11))
    assert "FI1C6" not in {row["peer"] for row in peers}
    first = peers[0]
    ours, theirs = (
        {row["indicator"]: row for row in rows(published, "peers/basis", geo=geo)}
        for geo in ("FI1C6", first["peer"])
    )
    shared = sorted(ours.keys() & theirs.keys())
    weights = {code: float(ours[code]["weight"]) for code in shared}
    squares = sum(
        weights[code] * (float(ours[code]["standardised"]) - float(theirs[code]["standardised"])) ** 2
        for code in shared
    )
    assert float(first["distance"]) == pytest.approx((squares / sum(weights.values())) ** 0.5, abs=2e-6)
    assert int(first["indicators_shared"]) == len(shared)


@pytest.mark.slow
def test_no_cell_of_the_indicators_needs_a_quote(published: Path) -> None:
    """Programs that guess how a file is quoted guess by its first lines, and its labels stand in a list."""
    text = (published / "indicators" / "indicators.csv").read_text("utf-8")
    assert '"' not in text and "contested" in text


@pytest.mark.slow
@pytest.mark.parametrize("dataset", ["peers", "indicators-newest"])
def test_every_derived_table_of_areas_names_them(published: Path, dataset: str) -> None:
    names = {(row["geo_classification"], row["code"]): row for row in rows(published, f"{dataset}/codes-geo")}
    assert names["nuts-2024", "FI1C6"]["label_sv"] == "Päijänne-Tavastland"
    assert all(row[f"label_{language}"] for row in names.values() for language in ("fi", "sv", "en"))


@pytest.mark.slow
def test_a_table_worked_out_of_others_is_no_wrong_copy_of_them(published: Path) -> None:
    """Its figures are theirs: the next publication of an input must not stop at it."""
    [exports] = [one for one in load_datasets()[0] if one.name == "goods-exports"]
    workspace = Workspace(published.parent / "data", published, "http://127.0.0.1:8000/")
    compared = read_others(exports, exports.resources[0], workspace)
    assert "tourism-nights/tourism-nights" in compared
    assert not {"strategy/figures", "indicators/indicators"} & compared.keys()
