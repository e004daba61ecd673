"""What a descriptor need not say: the short form is the long one, and what nobody said is one mistake."""

from pathlib import Path
from typing import Any

import pytest

from assets.descriptor import DescriptorMistake, gather_mistakes, load_datasets
from assets.descriptor.complete import complete_dataset
from assets.descriptor.shared import read_shared
from assets.descriptor.yaml import read_yaml
from assets.overlay import packaged_schemas

HEAD = """\
$schema: "../profile.json"
name: made
title_translated: {fi: Luvut, sv: Tal, en: Figures}
description_translated:
  fi: "Lukuja. {mk07-is-not-fi1c3}\\n\\nToinen kappale."
  sv: "Tal. {mk07-is-not-fi1c3}\\n\\nAndra stycket."
  en: "Figures. {mk07-is-not-fi1c3}\\n\\nA second paragraph."
innoregio:keywords_translated: {fi: [luvut], sv: [tal], en: [figures]}
innoregio:themes: [REGI]
innoregio:updateFrequency: ANNUAL
"""
SHORT = (
    HEAD
    + """\
innoregio:notes: [confidential-and-nil]
resources:
  - innoregio:source: {provider: eurostat, table: made_r3}
    innoregio:classification: nuts-2021
    schema:
      fields:
        - geo
        - {name: time_period, innoregio:note: calendar-year}
        - name: indicator
          innoregio:from: indic
          innoregio:labels: {source: Made list, translated: [fi, sv]}
          categories:
            "JOBS": {from: A1, unit: "PER", fi: Työpaikat, sv: Arbetsplatser, en: Jobs}
            "PAY":
              {unit: "MIO_EUR", fi: Palkat, sv: Löner, en: Pay, definition: Gross., translated: [fi, sv, en]}
        - {name: obs_value, constraints: {minimum: 0}}
    innoregio:expectations:
      - {rule: unit_jump, severity: none, reason: figures of one year}
"""
)


def mistakes_of(folder: Path, text: str) -> list[DescriptorMistake]:
    """All that is said of the descriptor `text`."""
    (folder / "datasets").mkdir()
    (folder / "datasets" / "made.yaml").write_text(text, encoding="utf-8")
    datasets, errors = load_datasets(folder)
    assert not datasets, "a wrong descriptor was loaded"
    return [error for error in errors if isinstance(error, DescriptorMistake)]


def full(tmp_path: Path, text: str) -> dict[str, Any]:
    """The descriptor `text` in full."""
    path = tmp_path / "made.yaml"
    path.write_text(text, encoding="utf-8")
    return complete_dataset(read_yaml(path).data, read_shared((packaged_schemas(),)))[0]


def test_the_dataset_in_full(tmp_path: Path) -> None:
    data = full(tmp_path, SHORT)
    assert data["sources"] == [
        {
            "title": "Eurostat, made_r3",
            "path": "https://doi.org/10.2908/MADE_R3",
            "innoregio:tables": ["eurostat/made_r3"],
        }
    ]
    assert [licence["name"] for licence in data["licenses"]] == ["CC-BY-4.0"]
    assert data["innoregio:citation"] == (
        "Source: Eurostat, made_r3, https://doi.org/10.2908/MADE_R3. Selected and recoded by innoregio."
    )
    first, second, last = data["description_translated"]["en"].split("\n\n")
    assert first.startswith("Figures. Päijät-Häme is MK07") and second == "A second paragraph."
    assert last.startswith("Confidential figures have no value")
    assert "innoregio:notes" not in data


def test_the_table_in_full(tmp_path: Path) -> None:
    (table,) = full(tmp_path, SHORT)["resources"]
    assert table["name"] == "made" and table["title_translated"]["sv"] == "Tal"
    assert table["description_translated"]["en"].endswith("is another territory.")
    source = table["innoregio:source"]
    assert source == {"provider": "eurostat", "table": "made_r3", "connector": "eurostat", "format": "tsv"}
    assert table["innoregio:fixed"] == {"freq": "A"}
    assert table["schema"]["primaryKey"] == ["geo", "geo_classification", "time_period", "indicator", "unit"]
    rules = [(rule["rule"], rule.get("over")) for rule in table["innoregio:expectations"]]
    assert rules == [("duplicate_series", "indicator"), ("duplicate_dataset", None)]


def test_the_fields_in_full(tmp_path: Path) -> None:
    (table,) = full(tmp_path, SHORT)["resources"]
    fields = {field["name"]: field for field in table["schema"]["fields"]}
    assert list(fields)[-4:] == ["unit", "obs_value", "obs_status", "obs_flag"]
    assert all(field["innoregio:shared"] == name for name, field in fields.items())
    assert fields["geo"]["innoregio:from"] == "geo"
    assert fields["time_period"]["innoregio:note"]["sv"] == "Året är ett kalenderår."
    jobs, pay = fields["indicator"]["categories"]
    assert jobs == {
        "value": "JOBS",
        "innoregio:label_translated": {"fi": "Työpaikat", "sv": "Arbetsplatser", "en": "Jobs"},
        "innoregio:source": "Made list",
        "innoregio:translated": ["fi", "sv"],
    }
    assert pay["innoregio:definition"] == "Gross." and "innoregio:source" not in pay
    assert fields["indicator"]["innoregio:codes"] == {"A1": "JOBS"}
    assert fields["unit"]["innoregio:codes"] == {"A1": "PER", "PAY": "MIO_EUR"}
    assert fields["unit"]["innoregio:use"] == ["PER", "MIO_EUR"]
    assert fields["obs_value"]["constraints"] == {"minimum": 0}
    assert set(fields["obs_flag"]["innoregio:flags"]) == set("bcdefnprsuzCN")


def test_what_is_written_goes_before_what_is_filled_in(tmp_path: Path) -> None:
    text = SHORT.replace("- geo\n", '- {name: geo, innoregio:from: region, innoregio:codes: {"X": "FI"}}\n')
    text = text.replace(
        "    innoregio:classification",
        "    innoregio:ignore: [freq]\n    innoregio:classification",
    )
    text += "      - {rule: duplicate_series, over: time_period, reason: own}\n"
    data = full(tmp_path, text + 'innoregio:citation: "Own."\n')
    (table,) = data["resources"]
    assert data["innoregio:citation"] == "Own."
    assert table["schema"]["fields"][0]["innoregio:codes"] == {"X": "FI"}
    assert "innoregio:fixed" not in table
    assert [rule["over"] for rule in table["innoregio:expectations"] if "over" in rule] == ["time_period"]


def test_another_column_takes_nothing_of_the_usual_one(tmp_path: Path) -> None:
    text = SHORT.replace("provider: eurostat", "provider: statfin").replace(
        "- geo\n", "- {name: geo, innoregio:from: Kunta}\n"
    )
    (geo, *_) = full(tmp_path, text)["resources"][0]["schema"]["fields"]
    assert geo == {"name": "geo", "innoregio:shared": "geo", "innoregio:from": "Kunta"}


def test_json_stat_of_eurostat_has_its_unit_as_a_column(tmp_path: Path) -> None:
    """Statistics Finland's states it beside the contents, and the field is made of that."""
    table = "- innoregio:source: {provider: eurostat, table: made_r3, format: json-stat}"
    text = HEAD + f"resources:\n  {table}\n    schema: {{fields: [geo, time_period, unit]}}\n"
    fields = full(tmp_path, text)["resources"][0]["schema"]["fields"]
    assert {one["name"]: one.get("innoregio:from") for one in fields}["unit"] == "unit"
    text = text.replace("eurostat", "statfin").replace(", unit]", "]")
    *_, unit, _value, _status, _flag = full(tmp_path, text)["resources"][0]["schema"]["fields"]
    assert (unit["name"], unit["innoregio:from"], unit["innoregio:codes"]["htv"]) == ("unit", "UNIT", "FTE")


def test_lost_flags_have_no_symbols(tmp_path: Path) -> None:
    text = SHORT.replace(
        "        - {name: obs_value,",
        "        - {name: obs_status, innoregio:status: lost}\n        - {name: obs_value,",
    )
    fields = full(tmp_path, text)["resources"][0]["schema"]["fields"]
    assert fields[-1] == {"name": "obs_flag", "innoregio:shared": "obs_flag", "innoregio:from": "OBS_FLAG"}
    assert [field["name"] for field in fields[-3:]] == ["obs_value", "obs_status", "obs_flag"]


def test_sources_find_their_tables_by_the_code_at_their_end(tmp_path: Path) -> None:
    tables = """\
sources:
  - {title: "Statistics Finland, B, table 11re", path: "https://stat.fi/b"}
  - {title: "Statistics Finland, A", path: "https://stat.fi/a/13tn"}
resources:
"""
    body = "  - {{name: {0}, innoregio:source: {{provider: {1}, table: {2}}}, schema: {{fields: [geo]}}}}\n"
    names = [("one", "statfin", '"13tn"'), ("two", "eurostat", "pop"), ("three", "statfin", '"11re"')]
    data = full(tmp_path, HEAD + tables + "".join(body.format(*one) for one in names))
    assert [(one["title"], one["innoregio:tables"]) for one in data["sources"]] == [
        ("Eurostat, pop", ["eurostat/pop"]),
        ("Statistics Finland, B, table 11re", ["statfin/11re"]),
        ("Statistics Finland, A", ["statfin/13tn"]),
    ]
    assert data["innoregio:citation"].startswith("Sources: ")


OMITTED = {
    "provider without form": (
        SHORT.replace(
            "{provider: eurostat, table: made_r3}",
            "{provider: office, table: x, connector: download, format: tsv}",
        ),
        ["no licenses", "office/x, which is in no source", "no innoregio:from on geo", "on time_period"],
    ),
    "no connector": (SHORT.replace("provider: eurostat", "provider: eurosta"), ["no connector, format"]),
    "note of no name": (SHORT.replace("{mk07-is-not-fi1c3}\\n\\nA", "{mk07-is}\\n\\nA"), ["{mk07-is}"] * 2),
    "paragraph of no name": (
        SHORT.replace("[confidential-and-nil]", "[confidential]"),
        ["the note confidential"],
    ),
    "note of a field": (
        SHORT.replace("note: calendar-year", "note: calender-year"),
        ["the note calender-year"],
    ),
    "no shared field": (
        SHORT.replace("- geo\n", "- geo\n        - {name: sects}\n"),
        ["sects without type, title_translated"],
    ),
    "no unit": (
        SHORT.replace('unit: "PER", ', "").replace('unit: "MIO_EUR", ', ""),
        ["no unit of the figures"],
    ),
}


@pytest.mark.parametrize("name", OMITTED)
def test_what_nobody_said_is_one_mistake(tmp_path: Path, name: str) -> None:
    text, expected = OMITTED[name]
    found = [one.found for one in mistakes_of(tmp_path, text)]
    assert len(found) == len(expected), found
    assert all(any(part in one for one in found) for part in expected), found


def test_mistakes_of_one_dataset_are_gathered_first_line_first(tmp_path: Path) -> None:
    folder = tmp_path / "schemas"
    (folder / "datasets").mkdir(parents=True)
    text = SHORT.replace("[REGI]", "[REGION]").replace("ANNUAL", "YEARLY").replace("nuts-2021", "nuts-2022")
    (folder / "datasets" / "made.yaml").write_text(text, encoding="utf-8")
    _, errors = load_datasets(folder)
    lines = str(gather_mistakes(errors)["made"]).splitlines()
    assert len(lines) == 3
    assert ["'REGION'" in lines[0], "'YEARLY'" in lines[1], "'nuts-2022'" in lines[2]] == [True] * 3
