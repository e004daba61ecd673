"""The code that docs/questions.md shows, run on the published tree; its answers by the csv module."""

import ast
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.derive.csv_answers import figure, rows, with_iitti

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


def enterprises(published: Path, indicator: str) -> float:
    """Enterprises of Päijät-Häme on the land of NUTS 2024 in 2020."""
    return with_iitti(published, "business-demography", "2020", indicator=indicator, size_class="TOTAL")


def test_each_answer_takes_ten_lines() -> None:
    lengths = []
    for block in BLOCKS:
        body = [s for s in ast.parse(block).body if not isinstance(s, (ast.Import, ast.ImportFrom))]
        assert all(s.lineno == s.end_lineno for s in body)
        assert all(len(line) <= 110 for line in block.splitlines())
        assert "join" not in block
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
    assert shown["country"].select("time_period", "obs_value").rows() == [("2023", 3.09)]
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
    assert sorted(answer["numerator"]) == sorted(counts.values()) and answer.height == 19
    [ours] = answer.filter(geo="FI1C6").to_dicts()
    assert ours["numerator"] == counts["MK07"] == 22
    assert ours["obs_value"] == round(1000 * 22 / enterprises(published, "V11910"), 2) == 1.72
    assert (ours["rank"], ours["rank_of"], ours["denominator_period"]) == (14, 19, "2020")
    assert answer["geo"].to_list().index("FI1C6") + 1 == 14
    every = figure(
        published, "business-demography", geo="FI", indicator="V11910", size_class="TOTAL", time_period="2020"
    )
    assert round(1000 * len(rows(published, "register-places")) / every, 2) == 7.33
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
    for name, counted in (("partners", near), ("upper", wide)):
        assert dict(shown[name].select("partner_country", "participations").iter_rows()) == counted
    assert (near.total(), len(near), near["DE"], wide.total(), len(wide)) == (396, 43, 52, 4168, 97)
    baltic = sum(near[country] for country in ("DE", "DK", "EE", "LT", "LV", "NO", "PL", "SE"))
    assert shown["share"] == round(100 * baltic / near.total(), 1) == 32.3


@pytest.mark.slow
def test_young_people_outside_work_and_education(shown: dict[str, Any], published: Path) -> None:
    found = dict(shown["territory"].select("geo", "obs_value").iter_rows())
    assert found == {"FI1C": 10.3, "FI": 9.5, "EE": 10.6, "LV": 11.3, "LT": 10.7}
    for geo, value in found.items():
        asked = {"geo": geo, "time_period": "2022", "sex": "T", "age": "Y15-29"}
        assert figure(published, "education-and-training/neet-rate", **asked) == value
    assert shown["territory"].filter(geo="FI1C")["geo_classification"].item() == "nuts-2024"
