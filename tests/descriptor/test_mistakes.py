"""Every mistake in a descriptor is said with file, line, property, what was found and what is allowed."""

import copy
import functools
import itertools
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from assets.descriptor import DescriptorMistake, load_catalogue, load_datasets
from assets.descriptor.build import build_dataset
from assets.descriptor.complete import complete_dataset
from assets.descriptor.profile import _validator, check_profile, placed
from assets.descriptor.rules.dataset import dataset_problems
from assets.descriptor.shared import read_shared
from assets.descriptor.yaml import Place, read_yaml
from assets.overlay import packaged_schemas
from tests.descriptor.made_mistakes import check, mistakes
from tests.descriptor.mistakes_by_profile import BY_PROFILE, F0, R1, Case
from tests.descriptor.mistakes_by_rules import BY_RULES
from tests.made_schemas import DESCRIPTOR, make_schemas

CASES = {**BY_PROFILE, **BY_RULES}

PERIOD = '    innoregio:expectations: [{rule: newest_period, minimum: "2022", reason: x}]\n'
JOBS = DESCRIPTOR[DESCRIPTOR.index("          categories:\n") : DESCRIPTOR.index("        - {name: sex")]
SEX = next(line for line in DESCRIPTOR.splitlines(keepends=True) if "name: sex" in line)
TAGGED = "        - {name: geo_classification, innoregio:shared: geo_classification}\n"
STATUS = '        - {name: obs_status, innoregio:shared: obs_status, innoregio:status: {"..": "O"}}\n'

# Changes in more than one place: the whole text, and what is said of it.
WIDE = {
    "resource twice": (
        DESCRIPTOR.replace("- name: made-projects", "- name: made-figures").replace(
            "resource: made-projects", 'resource: ""'
        ),
        Case("", "", "", f"{R1}.name", "'made-figures' a second time", "a name of its own"),
    ),
    "field twice": (
        DESCRIPTOR.replace("- name: cost", "- name: parent"),
        Case("", "", "- name: parent", f"{R1}.schema.fields[2].name", "'parent' a second time", "of its own"),
    ),
    "period without column": (
        DESCRIPTOR.replace(
            "    schema:\n      primaryKey: [project]", PERIOD + "    schema:\n      primaryKey: [project]"
        ),
        Case(
            "",
            "",
            "rule: newest_period, minimum",
            f"{R1}.innoregio:expectations[0].rule",
            "without time_period",
            "columns",
        ),
    ),
    "uncoded dimension": (
        DESCRIPTOR.replace(JOBS, ""),
        Case(
            "",
            "",
            "- name: indicator",
            f"{F0}[3]",
            "the dimension indicator without codes",
            "categories, or both",
        ),
    ),
    "order of columns": (
        DESCRIPTOR.replace(SEX, "").replace(
            "        - name: indicator\n", SEX + "        - name: indicator\n"
        ),
        Case(
            "",
            "",
            "{name: sex",
            f"{F0}[3].name",
            "sex in place 4",
            "geo_classification, time_period, indicator, sex, unit",
        ),
    ),
    "tag missing": (
        DESCRIPTOR.replace(TAGGED, "")
        .replace("geo, geo_classification,", "geo,")
        .replace("    innoregio:classification: nuts-2021\n", ""),
        Case("", "", "{name: geo, ", f"{F0}[0]", "geo without geo_classification", "only with both"),
    ),
    "source of nothing": (
        DESCRIPTOR.replace(", innoregio:tables: [made/1]", "").replace(
            "[made/projects]", "[made/1, made/projects]"
        ),
        Case("", "", "example.org/1", "sources[0]", "neither innoregio:tables nor innoregio:lists", "made/1"),
    ),
    "status missing": (
        DESCRIPTOR.replace(STATUS, "").replace("format: json-stat", "format: csv"),
        Case("", "", "fields:", F0, "obs_value without obs_status", "obs_value, obs_status, obs_flag"),
    ),
}


def test_the_made_descriptor_is_sound(tmp_path: Path) -> None:
    make_schemas(tmp_path)
    assert load_datasets(tmp_path)[1] == []


@pytest.mark.parametrize("name", CASES)
def test_mistake(tmp_path: Path, name: str) -> None:
    case = CASES[name]
    assert DESCRIPTOR.count(case.old) >= 1, "the change does not find its place"
    text = DESCRIPTOR.replace(case.old, case.new, 1)
    check(mistakes(tmp_path, text), text, case)


@pytest.mark.parametrize("name", WIDE)
def test_wide_mistake(tmp_path: Path, name: str) -> None:
    text, case = WIDE[name]
    check(mistakes(tmp_path, text), text, case)


def test_every_mistake_of_a_file_is_said_in_its_order(tmp_path: Path) -> None:
    text = DESCRIPTOR
    for name in ("theme", "frequency", "format", "no reason"):
        text = text.replace(CASES[name].old, CASES[name].new, 1)
    said = mistakes(tmp_path, text)
    assert len(said) == 4
    assert [one.line for one in said] == sorted(one.line for one in said)
    assert said[0].others == tuple(said[1:])


def test_no_value_anywhere_is_more_than_a_mistake(tmp_path: Path) -> None:
    """Each node of the descriptor in turn becomes something else: that is sound, or a mistake in words."""
    path = make_schemas(tmp_path)
    document, shared = read_yaml(path), read_shared((tmp_path,))
    others = itertools.cycle([None, 7, "x", "", [], {}, True, ["x"], {"x": "y"}, -1.5])
    for place in list(places(document.data)):
        changed = copy.deepcopy(document.data)
        above = functools.reduce(lambda node, step: node[step], place[:-1], changed)
        above[place[-1]] = next(others)
        wrong = replace(document, data=changed)
        said = check_profile(wrong, packaged_schemas() / "profile.json")
        if not said:
            full, _ = complete_dataset(changed, shared)
            said = placed(wrong, dataset_problems(full, path, shared))
        if not said:
            build_dataset(full, path, shared)
        assert all(one.found and one.allowed.strip() for one in said)


def places(data: Any, place: Place = ()) -> Iterator[Place]:
    """The place of every node below the top."""
    steps = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for step, value in steps:
        yield (*place, step)
        yield from places(value, (*place, step))


def test_every_property_of_ours_has_a_guideline() -> None:
    """Each property of the profile is described in words, whatever it refers to."""
    schema = _validator(packaged_schemas() / "profile.json", "").schema
    nameless = []

    def walk(part: object, place: str) -> None:
        if isinstance(part, dict):
            for name, value in part.get("properties", {}).items():
                if isinstance(value, dict) and not value.get("description") and "if" not in place:
                    nameless.append(f"{place}.{name}")
            for name, value in part.items():
                walk(value, place if name in ("properties", "items") else f"{place}.{name}")
        elif isinstance(part, list):
            for item in part:
                walk(item, place)

    walk(schema, "")
    assert [name for name in nameless if not re.search(r"\.(const|enum)\.", name)] == []


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("type: string", "type: text", "geo.type: found 'text'"),
        ("sv: Område", "se: Område", "geo.title_translated: found no sv"),
        ("innoregio:codelist: sex", "innoregio:codelst: sex", "did you mean innoregio:codelist?"),
        ("geo:", "Geo:", "found the name 'Geo'"),
        ("time_period:", "geo:", "found the key 'geo' a second time"),
    ],
)
def test_mistakes_in_the_shared_fields(tmp_path: Path, old: str, new: str, said: str) -> None:
    text = (packaged_schemas() / "fields.yaml").read_text(encoding="utf-8")
    assert old in text
    (tmp_path / "fields.yaml").write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(DescriptorMistake, match=re.escape(said)):
        read_shared((tmp_path,))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            "base_url: http://127.0.0.1:8000/",
            "base_url: http://127.0.0.1:8000",
            "base_url: found 'http://127.0.0.1:8000'",
        ),
        ("focus: FI1C6", "focus: Lahti", "focus: found 'Lahti'"),
        (
            "type: NonGov",
            "type: nonGov",
            "publisher.type: found 'nonGovernmentalOrganisation'; allowed: Academia",
        ),
        (
            "  path: http",
            "  paths: http",
            "contact.paths: found the unknown property paths; allowed: email, path",
        ),
        ("languages: [fi, sv, en]", "languages: [fi, no]", "languages[1]: found no without quotes"),
    ],
)
def test_mistakes_in_the_catalogue(tmp_path: Path, old: str, new: str, said: str) -> None:
    text = (packaged_schemas() / "catalogue.yaml").read_text(encoding="utf-8")
    assert old in text
    (tmp_path / "catalogue.yaml").write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(DescriptorMistake) as caught:
        load_catalogue(tmp_path)
    assert said in "\n".join(map(str, (caught.value, *caught.value.others)))


@pytest.mark.parametrize(
    ("lines", "line", "said"),
    [
        (["T,,Yhteensä,Totalt,Total,,fi sv en"], 2, "7 cells"),
        (["T,,a,b,c,x,,", "T,,a,b,c,x,,"], 3, "'T' a second time"),
        (["T,,,,,x,,"], 2, "no label"),
        ([",,a,b,c,x,,"], 2, "an empty cell"),
        (["T,,a,b,c,,sv en,"], 2, "no source for the label in fi"),
        (["T,,a,b,c,x,de,"], 2, "'de'"),
        (["T,X,a,b,c,x,,"], 2, "'X' above 'T'"),
    ],
)
def test_mistakes_in_a_code_list(tmp_path: Path, lines: list[str], line: int, said: str) -> None:
    make_schemas(tmp_path)
    path = tmp_path / "codelists" / "sex.csv"
    header = path.read_text(encoding="utf-8").splitlines()[0]
    path.write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")
    _, (error,) = load_datasets(tmp_path)
    assert f"sex.csv:{line}: " in str(error)
    assert said in str(error)
