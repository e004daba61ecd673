"""The dataset `strategy` as it is published: every link resolves, known answers by the csv module."""

import json
from pathlib import Path

import polars as pl
import pytest

from assets.derive.strategy_figures import read_figures
from assets.descriptor.strategy import StrategyIndicator, read_strategy
from assets.errors import MappingError
from tests.published_rows import Row
from tests.published_rows import read_rows as rows


def filtered(row: Row) -> dict[str, str]:
    """The filter of a link as cells."""
    return dict(part.split("=", 1) for part in row["filter"].split("; ")) if row["filter"] else {}


@pytest.mark.slow  # of all datasets
def test_every_theme_has_a_figure_or_a_reason(published: Path) -> None:
    themes = rows(published, "strategy/themes")
    links = rows(published, "strategy/links")
    assert [row["theme"] for row in themes] == [str(number) for number in range(1, 20)]
    for theme in themes:
        own = [row for row in links if row["theme"] == theme["theme"]]
        figures = [row for row in own if row["kind"] == "figure"]
        assert own and len(figures) == int(theme["figures"])
        assert len(own) - len(figures) == int(theme["missing"]) + int(theme["waiting"])
        if not any(row["area"] == "region" for row in figures):
            waiting = int(theme["waiting"])
            assert theme["status"] == ("other area" if figures else "waiting" if waiting else "missing")
        for name in ("title", "statement", "place"):
            assert all(theme[f"{name}_{language}"] for language in ("fi", "sv", "en"))


@pytest.mark.slow  # of all datasets
def test_every_link_resolves(published: Path) -> None:
    """Dataset, table, filter, area and newest figure of each are there; each has a method and a source."""
    sources = rows(published, "strategy/sources")
    checked = 0
    for row in rows(published, "strategy/links"):
        texts = [row[f"title_{language}"] for language in ("fi", "sv", "en")]
        assert all(texts) and len(set(texts)) > 1
        if row["kind"] == "waiting":
            assert row["waits_for_provider"] and row["waits_for_table"] and not row["newest_value"]
            continue
        if row["kind"] == "missing":
            assert all(row[f"reason_{language}"] for language in ("fi", "sv", "en"))
            assert not row["newest_value"] and not row["indicator"]
            continue
        assert row["reference"].startswith("https://")
        assert row["newest_value"] and row["newest_period"] and row["unit_fi"]
        own = [one for one in sources if one["indicator"] == row["indicator"]]
        for one in own:
            package = json.loads((published / one["dataset"] / "datapackage.json").read_text("utf-8"))
            told = {(each["provider"], str(each["table"])) for each in package["innoregio:provenance"]}
            assert (one["provider"], one["source_table"]) in told
        assert own
        found = rows(published, f"{row['dataset']}/{row['resource']}")
        cells = {name: code for name, code in filtered(row).items() if name != "role"}
        found = [one for one in found if cells.items() <= one.items()]
        assert found, row
        if "obs_value" in found[0]:
            own_rows = [
                one
                for one in found
                if (one["geo"], one["geo_classification"]) == (row["geo"], row["geo_classification"])
            ]
            newest = max(one["time_period"] for one in own_rows if one["obs_value"])
            assert newest == row["newest_period"]
        checked += 1
    assert checked >= 35


@pytest.mark.slow  # of all datasets
def test_figures_are_what_the_tables_give(published: Path) -> None:
    def newest(code: str) -> float:
        [found] = {
            row["newest_value"] for row in rows(published, "strategy/links", indicator=code)
        }  # the same in every theme
        return float(found)

    jobs = {"geo": "MK07", "time_period": "2017"}
    [every] = rows(published, "workplaces-by-industry/workplaces-by-industry", activity="TOTAL", **jobs)
    [care] = rows(published, "workplaces-by-industry/workplaces-by-industry", activity="Q", **jobs)
    share = 100 * float(care["obs_value"]) / float(every["obs_value"])
    assert newest("HEALTH_AND_SOCIAL_WORKPLACES_SHARE") == pytest.approx(share, abs=0.0051)
    assert newest("GOODS_EXPORTS") == 1780
    seekers = {"geo": "MK07", "time_period": "2025-04"}
    [foreign] = rows(published, "job-seekers/job-seekers", indicator="UNEMPLOYED_FOREIGN", **seekers)
    [unemployed] = rows(published, "job-seekers/job-seekers", indicator="UNEMPLOYED", **seekers)
    share = 100 * float(foreign["obs_value"]) / float(unemployed["obs_value"])
    assert newest("FOREIGN_JOB_SEEKERS_SHARE") == pytest.approx(share, abs=0.0051)
    places = rows(published, "register-places/register-places", region="MK07")
    assert newest("HORIZON_PARTICIPATIONS") == len(places) == 22
    taken = {
        (row["project"], row["organisation"], row["order"]): row
        for row in rows(published, "framework-projects/participations", country="FI")
    }
    inside = [taken[row["project"], row["organisation"], row["order"]] for row in places]
    assert newest("HORIZON_COORDINATIONS") == sum(row["role"] == "coordinator" for row in inside)
    granted = sum(float(row["net_ec_contribution"] or 0) for row in inside)
    assert newest("HORIZON_NET_EU_CONTRIBUTION") == pytest.approx(granted, abs=1)
    campus = rows(published, "campus-participations/campus-participations", municipality="KU398")
    assert newest("CAMPUS_PARTICIPATIONS") == len(campus)


@pytest.mark.slow  # of all datasets
def test_areas_beside_are_of_one_level_and_peers_are_marked(published: Path) -> None:
    peers = {row["peer"] for row in rows(published, "peers/similar-regions", geo="FI1C6")}
    figures = rows(published, "strategy/figures", indicator="FOREIGN_NIGHTS_SHARE", time_period="2024")
    assert {row["geo"] for row in figures if row["role"] == "own"} == {"FI1C6"}
    others = {row["geo"] for row in figures if row["role"] == "other"}
    finland = {geo for geo in others if geo.startswith("FI")}
    assert len(finland) == 18 and all(len(geo) == 5 for geo in others)
    assert (
        {row["geo"] for row in figures if row["similar"] == "true"}
        == peers & others
        == others - finland | (peers & finland)
    )
    wider = rows(published, "strategy/figures", indicator="RD_INTENSITY_NUTS2", role="own")
    assert {row["geo"] for row in wider} == {"FI1C"}


def made(**changes: object) -> StrategyIndicator:
    [one] = [
        one
        for one in read_strategy().indicators
        if one.code == "INFORMATION_AND_COMMUNICATION_EMPLOYMENT_SHARE"
    ]
    return StrategyIndicator(**{**vars(one), **changes})  # type: ignore[arg-type]


def made_tables(value: float | None, whole: float | None) -> dict[str, pl.LazyFrame]:
    table = pl.DataFrame(
        {
            "geo": ["FI1C3", "FI1C3"],
            "geo_classification": ["nuts-2016", "nuts-2016"],
            "time_period": ["2017", "2017"],
            "activity": ["J", "TOTAL"],
            "obs_value": [value, whole],
            "obs_status": ["A", "P"],
        },
        schema_overrides={"obs_value": pl.Float64},
    )
    alike = {name: [] for name in ("geo", "geo_classification", "peer", "rank")}
    return {
        "employment-by-industry/employment-by-industry": table.lazy(),
        "peers/similar-regions": pl.DataFrame(alike).lazy(),
    }


def test_a_share_keeps_its_parts_and_the_flag_of_either() -> None:
    row = read_figures(made(), read_strategy(), made_tables(1, 3)).row(0, named=True)
    assert (row["obs_value"], row["numerator"], row["denominator"]) == (33.33, 1, 3)
    assert row["obs_status"] == "P"


@pytest.mark.parametrize(("value", "whole"), [(None, 3.0), (1.0, None), (1.0, 0.0)])
def test_a_share_without_a_part_is_no_figure(value: float | None, whole: float | None) -> None:
    with pytest.raises(MappingError, match="has no figure of the region"):
        read_figures(made(), read_strategy(), made_tables(value, whole))


def test_a_filter_that_leaves_two_rows_or_none_stops() -> None:
    with pytest.raises(MappingError, match="two figures for nuts-2016 FI1C3 2017; say more in where"):
        read_figures(made(where={}, share_of={}), read_strategy(), made_tables(1, 3))
    with pytest.raises(MappingError, match="has no row with activity Z; correct"):
        read_figures(made(where={"activity": "Z"}), read_strategy(), made_tables(1, 3))
