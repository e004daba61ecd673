"""What `innoregio show` says of a wrong descriptor, and of codes that are in no list."""

import json
import shutil
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner, Result

from assets.overlay import packaged_schemas
from orchestration.cli.main import main

RD = packaged_schemas() / "datasets" / "rd-expenditure.yaml"


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An operator's folder with a copy of one descriptor."""
    folder = tmp_path / "own"
    (folder / "datasets").mkdir(parents=True)
    shutil.copy(RD, folder / "datasets")
    monkeypatch.setenv("INNOREGIO_CONFIG", str(folder))
    monkeypatch.setenv("INNOREGIO_HOME", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)
    return folder / "datasets" / RD.name


def invoke(*arguments: str) -> Result:
    return CliRunner().invoke(main, [*arguments])


def change(path: Path, *changes: tuple[str, str]) -> None:
    """Each text once in another's place."""
    text = path.read_text("utf-8")
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    path.write_text(text, "utf-8")


def test_show_says_every_mistake_the_first_line_first(own: Path) -> None:
    wrong = (
        ("[TECH, ", "[TECHNO, "),
        ("ANNUAL", "YEARLY"),
        ("innoregio:from: Sektori", "innoregio:form: Sektori"),
    )
    change(own, *wrong)
    run = invoke("show", "rd-expenditure")
    lines = run.stderr.splitlines()
    assert run.exit_code == 1 and len(lines) == 3 and not run.stdout
    assert all(line.startswith("innoregio: own/datasets/rd-expenditure.yaml:") for line in lines)
    places = [int(line.split(":")[2]) for line in lines]
    assert places == sorted(places)
    assert "'TECHNO'" in lines[0] and "did you mean innoregio:from?" in lines[2]


def test_publish_says_every_mistake(own: Path) -> None:
    change(own, ("[TECH, ", "[TECHNO, "), ("ANNUAL", "YEARLY"))
    run = invoke("publish", "rd-expenditure", "--out", "public", "--quiet")
    told = [line for line in run.stderr.splitlines() if "rd-expenditure failed" in line]
    assert run.exit_code == 1 and len(told) == 2
    assert "'TECHNO'" in told[0] and "'YEARLY'" in told[1]


def test_codes_of_no_list_are_printed_whole_as_yaml(own: Path) -> None:
    change(own, ('"yri": "BES", "julk_yvt": "GOV_PNP", ', ""))
    run = invoke("show", "rd-expenditure", "--codes")
    assert run.exit_code == 0, run.output
    given = yaml.safe_load(run.stdout)
    empty = {"fi": "", "sv": "", "en": ""}
    assert given == {"categories": {"julk_yvt": empty, "yri": empty}}
    assert "# rd-expenditure, field sector, source column Sektori:" in run.stdout
    lines = [line for line in run.stdout.splitlines() if "{fi" in line]
    rows = {line.split(":")[0].strip(): line.split("#")[1].strip() for line in lines}
    assert rows == {'"julk_yvt"': "60 rows", '"yri"': "60 rows"}


def test_every_code_is_printed_however_many(own: Path) -> None:
    """The message of a run names ten."""
    population = own.with_name("population.yaml")
    shutil.copy(RD.with_name(population.name), population)
    change(
        population,
        ("        - name: age\n", '        - name: age\n          innoregio:codes: {"SSS": "TOTAL"}\n'),
    )
    run = invoke("show", "population", "--codes")
    codes = list(yaml.safe_load(run.stdout)["categories"])
    assert codes == [*(f"{age:03}" for age in range(100)), "100-"]


def test_labels_that_are_still_empty_are_mistakes(own: Path) -> None:
    change(own, ('"yri": "BES", ', ""))
    printed = invoke("show", "rd-expenditure", "--codes").stdout
    pasted = "".join(f"          {line}\n" for line in printed.splitlines() if not line.startswith("#"))
    change(own, ("          innoregio:codelist: sector\n", f"          innoregio:codelist: sector\n{pasted}"))
    run = invoke("show", "rd-expenditure")
    assert run.exit_code == 1 and "categories.yri.fi: found ''" in run.stderr


def test_where_all_codes_are_known_it_says_so() -> None:
    run = invoke("show", "population", "--codes")
    assert (run.exit_code, run.stdout) == (0, "# population: its lists have every code\n")


def test_show_gives_the_descriptor_in_full(own: Path) -> None:
    shown = json.loads(invoke("show", "rd-expenditure", "--format", "json").stdout)["descriptor"]
    assert shown["licenses"][0]["name"] == "CC-BY-4.0"
    key = shown["resources"][0]["schema"]["primaryKey"]
    assert key == ["geo", "geo_classification", "time_period", "indicator", "sector", "unit"]
