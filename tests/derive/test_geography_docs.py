"""The code that docs/geography.md shows, run on the published packages; its answers by another route."""

import ast
import csv
import re
from collections import defaultdict
from pathlib import Path
from typing import Any

import polars as pl
import pytest

PAGE = Path(__file__).parents[2] / "docs/geography.md"
TODAY = ["KU016", "KU081", "KU098", "KU111", "KU142", "KU316", "KU398", "KU560", "KU576", "KU781"]


@pytest.fixture(scope="module")
def shown(published: Path) -> dict[str, Any]:
    """What the names in the page's code stand for after it ran, beside the published tree."""
    blocks = re.findall(r"```python\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    names: dict[str, Any] = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(published.parent)
        for block in blocks:
            exec(compile(block, PAGE.name, "exec"), names)
    return names


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def test_the_answer_takes_ten_lines() -> None:
    first = re.findall(r"```python\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)[0]
    statements = [s for s in ast.parse(first).body if not isinstance(s, (ast.Import, ast.ImportFrom))]
    assert len(statements) <= 10
    assert all(s.lineno == s.end_lineno for s in statements)
    assert all(len(line) <= 110 for line in first.splitlines())


def test_population_is_the_sum_of_todays_municipalities(shown: dict[str, Any], published: Path) -> None:
    expected: dict[str, float] = defaultdict(float)
    for row in rows_of(published / "regions/municipal-population.csv"):
        if row["geo"] in TODAY:
            expected[row["time_period"]] += float(row["obs_value"])
    for row in rows_of(published / "population/population-statfin.csv"):
        if (row["geo"], row["sex"], row["age"]) == ("MK07", "T", "TOTAL"):
            expected[row["time_period"]] = float(row["obs_value"])
    answer = shown["answer"]
    assert dict(answer.select("time_period", "obs_value").iter_rows()) == expected
    assert sorted(expected) == [str(year) for year in range(2000, 2025)]
    assert (expected["2018"], expected["2023"], expected["2024"]) == (207394, 204479, 204635)
    assert answer.drop_nulls("conversion")["conversion"].unique().to_list() == ["exact"]
    assert answer.filter(pl.col("conversion").is_null())["time_period"].to_list() == ["2023", "2024"]
    assert answer["break"].null_count() == answer["break_gdp"].null_count() == answer.height


def test_gdp_per_inhabitant_has_iittis_share(shown: dict[str, Any], published: Path) -> None:
    people: dict[tuple[str, str], float] = {}
    for row in rows_of(published / "regions/municipal-population.csv"):
        people[row["geo"], row["time_period"]] = float(row["obs_value"])
    kymenlaakso = {
        row["municipality"]
        for row in rows_of(published / "regions/memberships.csv")
        if row["geo"] == "FI1C4" and row["year"] == "2022"
    }
    gdp = {
        (row["geo"], row["time_period"]): float(row["obs_value"])
        for row in rows_of(published / "regional-accounts/regional-accounts.csv")
        if row["unit"] == "MIO_EUR" and row["geo"] in ("FI1C3", "FI1C4") and row["obs_value"]
    }
    found = dict(shown["answer"].drop_nulls("ratio").select("time_period", "ratio").rows())
    assert sorted(found) == [str(year) for year in range(2001, 2022)]
    for year, value in found.items():
        share = people["KU142", year] / sum(people[code, year] for code in kymenlaakso)
        assert 0.038 < share < 0.040
        before = sum(people[code, str(int(year) - 1)] for code in TODAY)
        mean = (before + sum(people[code, year] for code in TODAY)) / 2
        assert value == pytest.approx(
            (gdp["FI1C3", year] + share * gdp["FI1C4", year]) * 1e6 / mean, rel=1e-12
        )
    estimated = shown["answer"].drop_nulls("ratio")
    assert set(estimated["conversion_gdp"]) == {"estimated"}
    assert estimated["weight_gdp"].to_list() == [f"population {year}" for year in range(2001, 2022)]


def test_the_other_examples(shown: dict[str, Any]) -> None:
    moved: pl.DataFrame = shown["converted"].filter(pl.col("geo").is_in(["FI1C6", "FI1C7"]))
    for year in ("2001", "2021"):
        own = moved.filter(time_period=year)["obs_value"].sum()
        before = shown["finland"].filter(pl.col("geo").is_in(["FI1C3", "FI1C4"]), time_period=year)
        assert own == pytest.approx(before["obs_value"].sum())
    assert set(moved["weight"]) == {"population 2018"}
    breaks = shown["broken"].drop_nulls("break")
    assert breaks.select("time_period", "geo", "break").rows() == [
        ("2023", "MK07", "territory, reference day")
    ]
    assert shown["error_text"].startswith("the left table is of maakunta-2025, the right of maakunta-2026: ")
    joined = shown["same_land"]
    assert set(joined.select("geo", "geo_right", "time_period").rows()) == {
        ("MK05", "MK05", "2022"), ("MK07", "MK07", "2022")
    }  # fmt: skip


def test_placing_and_campuses(shown: dict[str, Any]) -> None:
    assert shown["placed"].select("municipality", "place_method").rows() == [
        ("KU398", "inflected"), ("KU276", "city"), ("KU398", "spelling"), ("KU398", "former municipality"),
        ("KU142", "locality"), (None, "unplaced"),
    ]  # fmt: skip
    assert shown["campuses"]["municipality"].to_list() == ["KU398"] * 3
    assert shown["campuses"]["seat_geo"].to_list() == ["FI1C5", "FI1C5", "FI"]


def edges_by_state(published: Path) -> dict[str, dict[str, set[tuple[str, ...]]]]:
    """Kind of weight -> exact, estimated or contested -> the pairs of areas."""
    found: dict[str, dict[str, set[tuple[str, ...]]]] = defaultdict(lambda: defaultdict(set))
    for row in rows_of(published / "regions/crosswalk.csv"):
        state = "contested" if row["other_source"] else "exact" if row["exact"] == "true" else "estimated"
        ends = tuple(row[f"{side}_{part}"] for side in ("from", "to") for part in ("classification", "geo"))
        found[row["kind"]][state].add(ends)
        found["edges"][state].add(ends)
    return found


def table_under(header: str) -> list[list[str]]:
    lines = PAGE.read_text("utf-8").split(f"{header}\n", 1)[1].splitlines()[1:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[: lines.index("")]]


def test_the_page_counts_the_edges_of_the_crosswalk(published: Path) -> None:
    found = edges_by_state(published)
    shown = table_under("| kind of weight | exact | estimated | contested |")
    assert {kind: [int(n) for n in counts] for kind, *counts in shown} == {
        kind: [len(states[state]) for state in ("exact", "estimated", "contested")]
        for kind, states in found.items()
    }
    bases = [row["basis"] for row in rows_of(published / "regions/territories.csv")]
    text = " ".join(PAGE.read_text("utf-8").split())
    assert (
        f"Of the {len(bases)} areas of `territories` with land, {bases.count('municipalities')} are known by "
        f"their municipalities and {bases.count('codes')} by unbroken chains"
    ) in text


def test_the_page_lists_every_contested_step(published: Path) -> None:
    versions = ["2003", "2006", "2010", "2013", "2016", "2021", "2024"]
    listed = set()
    for area, span, source, there, back in table_under("| area | NUTS | by | there | back |"):
        codes = area.split(" → ")
        first, last = (versions.index(year) for year in span.split(" to "))
        assert last > first
        listed |= {(versions[n], source, there, back, codes[0][:2]) for n in range(first, last)}
    steps = set()
    for row in rows_of(published / "regions/crosswalk.csv"):
        one, other = (row[f"{side}_classification"].removeprefix("nuts-") for side in ("from", "to"))
        neighbours = one in versions[:-1] and other == versions[versions.index(one) + 1]
        if row["other_source"] and neighbours:
            shares = (f"{float(row[f'other_weight{end}']) * 100:.2f}" for end in ("", "_back"))
            steps.add((one, row["other_source"], *shares, row["from_geo"][:2]))
    assert listed == steps


def test_the_page_reads_that_a_division_is_assumed(shown: dict[str, Any]) -> None:
    assert shown["basis"] == "assumed"


def test_both_readings_of_the_register_are_shown(shown: dict[str, Any], published: Path) -> None:
    finnish = [
        row for row in rows_of(published / "framework-projects/participations.csv") if row["country"] == "FI"
    ]
    assert shown["places"].height == len(finnish)
    assert shown["places"].filter(geo="FI").height == sum(row["geo"] == "FI" for row in finnish) == 354
    assert shown["places"].filter(region="MK07").height == 22
