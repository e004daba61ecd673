"""The code that docs/questions.md shows, run on the published tree; its answers by the csv module."""

import ast
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.published_rows import read_rows as rows

PAGE = Path(__file__).parents[2] / "docs/questions.md"
BLOCKS = re.findall(r"```python\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
TEXT = " ".join(PAGE.read_text("utf-8").split())


@pytest.fixture(scope="module")
def shown(published: Path) -> dict[str, Any]:
    """What the names in the page's code stand for after it ran, beside the published tree."""
    names: dict[str, Any] = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(published.parent)
        for block in BLOCKS:
            exec(compile(block, PAGE.name, "exec"), names)
    return names


def figure(published: Path, table: str, **where: str) -> float:
    [row] = rows(published, table, **where)
    return float(row["obs_value"])


def share_of_iitti(published: Path, year: str) -> float:
    """Iitti's part of the inhabitants of Kymenlaakso as it was in NUTS 2021."""
    members = {
        row["municipality"] for row in rows(published, "regions/memberships", geo="FI1C4", year="2022")
    }
    people = {
        row["geo"]: float(row["obs_value"])
        for row in rows(published, "regions/municipal-population", time_period=year)
    }
    return people["KU142"] / sum(people[code] for code in members)


def enterprises(published: Path, indicator: str) -> float:
    """Enterprises of Päijät-Häme on the land of NUTS 2024 in 2020."""
    before, neighbour = (
        figure(
            published, "business-demography", geo=geo, time_period="2020", indicator=indicator,
            size_class="TOTAL",
        )
        for geo in ("FI1C3", "FI1C4")
    )  # fmt: skip
    return before + share_of_iitti(published, "2020") * neighbour


def test_each_answer_takes_ten_lines() -> None:
    lengths = []
    for block in BLOCKS:
        body = [s for s in ast.parse(block).body if not isinstance(s, (ast.Import, ast.ImportFrom))]
        assert all(s.lineno == s.end_lineno for s in body)
        assert all(len(line) <= 110 for line in block.splitlines())
        assert ".join(" not in block
        lengths.append(len(body))
    assert len(lengths) == 6
    assert all(lengths[0] + own <= 10 for own in lengths[1:])


@pytest.mark.slow
def test_rd_per_gdp_has_no_common_year(shown: dict[str, Any], published: Path) -> None:
    spent = {
        row["time_period"]
        for row in rows(published, "rd-expenditure", geo="MK07", indicator="RD_EXPENDITURE", sector="TOTAL")
        if row["obs_value"]
    }
    made = {
        row["time_period"]
        for code in ("FI1C3", "FI1C6")
        for row in rows(published, "regional-accounts", geo=code, unit="MIO_EUR")
        if row["obs_value"]
    }
    assert (sorted(spent), max(made)) == (["2022", "2023", "2024"], "2021")
    assert shown["ratio"].is_empty()
    assert set(shown["spent"]["geo"]) == {"FI1C6"}
    assert set(shown["compared"]) - set(shown["product"]["geo"]) == {"DEG0R"}
    assert shown["product"]["time_period"].max() == "2021"
    assert shown["year"] == "2023"
    larger = figure(published, "rd-intensity-nuts2", geo="FI1C", time_period="2023")
    assert shown["newest"].filter(geo="FI1C")["obs_value"].item() == larger == 1.87


@pytest.mark.slow
def test_birth_rates(shown: dict[str, Any], published: Path) -> None:
    expected = round(100 * enterprises(published, "V11920") / enterprises(published, "V11910"), 2)
    found = {row["geo"]: row for row in shown["answer"].to_dicts()}
    assert found["FI1C6"]["obs_value"] == expected == 7.81
    lines = [
        f"| `{geo}` | {row['obs_value']} | {row['obs_status']} | {row['rank']} of {row['rank_of']} |"
        for geo, row in sorted(found.items())
    ]
    assert " ".join(lines) in TEXT and len(lines) == 3
    assert {row["time_period"] for row in found.values()} == {"2020"}
    assert len(shown["without"]) == 8 and {code[:2] for code in shown["without"]} == {"DE"}
    foreign = {row["geo"] for row in rows(published, "business-demography") if row["geo"].startswith("DE")}
    assert not foreign & set(shown["without"])


@pytest.mark.slow
def test_participations_per_1000_enterprises(shown: dict[str, Any], published: Path) -> None:
    counts = Counter(row["region"] for row in rows(published, "register-places") if row["region"])
    answer = shown["horizon"]
    assert dict(answer.select("geo", "participations").iter_rows()) == counts
    [ours] = answer.filter(geo="MK07").to_dicts()
    assert ours["geo_right"] == "FI1C6" and ours["participations"] == 22
    assert ours["rate"] == round(1000 * 22 / enterprises(published, "V11910"), 2) == 1.72
    assert answer["geo"].to_list().index("MK07") + 1 == 14 and answer.height == 19
    programmes = {row["framework_programme"] for row in rows(published, "framework-projects/projects")}
    assert programmes == {"HORIZON"}


@pytest.mark.slow
def test_foreign_partners(shown: dict[str, Any], published: Path) -> None:
    seated = {row["project"] for row in rows(published, "register-places", region="MK07")}
    campuses = {row["project"] for row in rows(published, "campus-participations", municipality="KU398")}
    abroad = [
        row
        for row in rows(published, "framework-projects/participations")
        if row["country"] not in ("FI", "")
    ]
    near = Counter(row["country"] for row in abroad if row["project"] in seated)
    wide = Counter(row["country"] for row in abroad if row["project"] in seated | campuses)
    assert dict(shown["partners"].iter_rows()) == near
    assert dict(shown["upper"].iter_rows()) == wide
    assert (near.total(), len(near), near["DE"], wide.total()) == (396, 43, 52, 4168)


@pytest.mark.slow
def test_young_people_outside_work_and_education(shown: dict[str, Any], published: Path) -> None:
    found = dict(shown["territory"].select("geo", "obs_value").iter_rows())
    assert found == {"FI1C": 10.3, "FI": 9.5, "EE": 10.6, "LV": 11.3, "LT": 10.7}
    for geo, value in found.items():
        asked = {"geo": geo, "time_period": "2022", "sex": "T", "age": "Y15-29"}
        assert figure(published, "education-and-training/neet-rate", **asked) == value
    assert shown["territory"].filter(geo="FI1C")["geo_classification"].item() == "nuts-2024"
