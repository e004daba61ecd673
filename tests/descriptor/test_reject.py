"""Mistakes in `innoregio:reject` are told like all others, with file, line, property and what is allowed."""

import textwrap
from pathlib import Path

import pytest

from assets.descriptor import load_datasets
from tests.descriptor.made_mistakes import check, mistakes
from tests.descriptor.mistakes_by_profile import R0, R1, Case
from tests.made_schemas import DESCRIPTOR, make_schemas

RULE = (
    "    innoregio:reject: {{key: [{key}], rules: [{{name: odd, rule: {rule}, fields: [{fields}]{more}, "
    "reason_translated: {{fi: a, sv: a, en: a}}}}]}}\n"
)
SCHEMA = "    schema:\n      primaryKey: [project]\n"
FIGURES = "    innoregio:ignore: [note]\n"
PLACE = f"{R1}.innoregio:reject"
PATTERN = '          innoregio:from: id\n          constraints: {pattern: "P[0-9]+"}\n'


def register(key: str = "project", rule: str = "unreadable", fields: str = "cost", more: str = "") -> str:
    """The made descriptor whose register rejects rows."""
    block = RULE.format(key=key, rule=rule, fields=fields, more=more)
    text = DESCRIPTOR.replace("          innoregio:from: id\n", PATTERN)
    return text.replace(SCHEMA, block + SCHEMA)


CASES = {
    "key": (
        register(key="projects"),
        Case("", "", "reject:", f"{PLACE}.key[0]", "'projects'", "did you mean project?"),
    ),
    "key of free text": (
        register(key="parent"),
        Case("", "", "reject:", f"{PLACE}.key[0]", "'parent'", "no free text"),
    ),
    "field": (
        register(fields="costs"),
        Case("", "", "reject:", f"{PLACE}.rules[0].fields[0]", "'costs'", "did you mean cost?"),
    ),
    "unreadable text": (
        register(fields="parent"),
        Case("", "", "reject:", f"{PLACE}.rules[0].fields[0]", "'parent', a string", "another type"),
    ),
    "no pattern": (
        register(rule="malformed", fields="parent"),
        Case("", "", "reject:", f"{PLACE}.rules[0].fields[0]", "without a pattern", "the constraint pattern"),
    ),
    "other rule": (
        register(rule="unknown_code"),
        Case("", "", "reject:", f"{PLACE}.rules[0].rule", "'unknown_code'", "malformed, missing, unreadable"),
    ),
    "ceiling": (
        register(more=", maximum: 2"),
        Case("", "", "reject:", f"{PLACE}.rules[0].maximum", "2", "The share of rows"),
    ),
    "statistics": (
        DESCRIPTOR.replace(FIGURES, RULE.format(key="geo", rule="missing", fields="geo", more="") + FIGURES),
        Case("", "", "reject:", f"{R0}.innoregio:reject", "on a statistic", "a register"),
    ),
    "name of the table": (
        register().replace("name: made-figures", "name: rejected"),
        Case("", "", "name: rejected", f"{R0}.name", "'rejected'", "another name"),
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_mistake(tmp_path: Path, name: str) -> None:
    text, case = CASES[name]
    check(mistakes(tmp_path, text), text, case)


def test_two_rules_of_one_name_are_told(tmp_path: Path) -> None:
    text = register()
    rule = text[text.index("{name: odd") : text.index("en: a}}") + 7]
    text = text.replace(rule, f"{rule}, {rule}")
    case = Case("", "", "reject:", f"{PLACE}.rules[1].name", "'odd' a second time", "a name of its own")
    check(mistakes(tmp_path, text), text, case)


def test_the_rule_in_the_docs_is_one_that_the_profile_takes(tmp_path: Path) -> None:
    text = (Path(__file__).parents[2] / "docs" / "validation.md").read_text("utf-8")
    block = text.split("```yaml\n")[1].split("```")[0]
    made = DESCRIPTOR.replace("          innoregio:from: id\n", PATTERN)
    make_schemas(tmp_path, made.replace(SCHEMA, textwrap.indent(block, "    ") + SCHEMA))
    (dataset,), errors = load_datasets(tmp_path)
    assert errors == [] and dataset.resources[-1].name == "rejected"
