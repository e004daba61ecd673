"""What ships in `schemas/`: sound descriptors, used shared fields, closed code lists, quoted codes, texts."""

import importlib
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from frictionless import Schema

from assets.csv.dialect import OPTIONS as DIALECT_OPTIONS
from assets.descriptor import LANGUAGES, Dataset, Field, Resource, load_catalogue, load_datasets
from assets.descriptor.codes import read_codelist
from assets.descriptor.rules.dataset import FIRST as AGREED_COLUMNS
from assets.descriptor.shared import read_shared
from assets.descriptor.yaml import Document, Place, read_yaml, scalars, shown_place
from assets.normalise.readers.formats import READERS
from assets.overlay import packaged_schemas

SCHEMAS = packaged_schemas()
DESCRIPTORS = sorted((SCHEMAS / "datasets").glob("*.yaml"), key=lambda path: path.stem)
CODELISTS = sorted((SCHEMAS / "codelists").glob("*.csv"))
OTHER_SPELLING = re.compile(
    r"\b\w+iz(e|ed|es|ing|ation|ations)\b|\b(color|center|labor|program|catalog)s?\b", re.I
)
SAME_IN_BOTH = re.compile(r"(size|sized|sizes|prize|prizes|seized?)$", re.I)


@pytest.fixture(scope="module")
def datasets() -> list[Dataset]:
    found, errors = load_datasets()
    assert [str(error) for error in errors] == []
    return found


def resources(datasets: list[Dataset]) -> Iterator[tuple[str, Resource]]:
    for dataset in datasets:
        for resource in dataset.resources:
            yield f"{dataset.name}/{resource.name}", resource


def fields(datasets: list[Dataset]) -> Iterator[tuple[str, Field]]:
    for name, resource in resources(datasets):
        for field in resource.fields:
            yield f"{name}.{field.name}", field


def test_every_descriptor_is_a_dataset(datasets: list[Dataset]) -> None:
    assert [dataset.name for dataset in datasets] == [path.stem for path in DESCRIPTORS]


def test_every_shared_field_is_used(datasets: list[Dataset]) -> None:
    used = {field.raw.get("innoregio:shared") for _, field in fields(datasets)}
    unused = set(read_shared((SCHEMAS,)).fields) - used - set(AGREED_COLUMNS)
    assert sorted(unused) == [], "take unused shared fields out of fields.yaml"


def test_every_code_list_is_used(datasets: list[Dataset]) -> None:
    used = {field.codelist for _, field in fields(datasets)}
    assert sorted({path.stem for path in CODELISTS} - used) == []


@pytest.mark.parametrize("path", CODELISTS, ids=lambda path: path.stem)
def test_code_lists_are_closed_and_speak_three_languages(path: Path) -> None:
    for code in read_codelist(path).values():
        assert set(code.labels) == set(LANGUAGES), f"{path.name}: {code.code} lacks a label"
        assert all(label == label.strip() for label in code.labels.values()), f"{path.name}: {code.code}"
    content = path.read_bytes()
    assert not content.startswith(b"\xef\xbb\xbf")
    assert content.endswith(b"\n")


def test_every_code_of_a_field_has_labels_and_an_owner(datasets: list[Dataset]) -> None:
    for name, field in fields(datasets):
        codes = [code.code for code in field.codes]
        assert len(codes) == len(set(codes)), name
        for code in field.codes:
            assert set(code.labels) == set(LANGUAGES), f"{name}: {code.code}"
            assert code.source or set(code.translated) == set(LANGUAGES), f"{name}: {code.code}"


def test_every_schema_is_a_table_schema(datasets: list[Dataset]) -> None:
    for name, resource in resources(datasets):
        described = json.loads(
            json.dumps({**resource.raw["schema"], "fields": [f.raw for f in resource.fields]})
        )
        described.pop("foreignKeys", None)
        for field in described["fields"]:
            field.pop("categories", None)
        schema = Schema.from_descriptor(described)
        assert schema.field_names == [field.name for field in resource.fields], name


def test_patterns_allow_the_examples_of_their_descriptions() -> None:
    shared = read_shared((SCHEMAS,)).fields
    periods = ["2024", "2024-S1", "2024-Q4", "2024-05", "2024-W05", "2024-W53"]
    for name, examples, others in (
        ("geo", ["FI1C6", "FI", "EL", "MK07", "KU398", "EU27_2020", "FIZZZ"], ["", "fi", "F", "MK 07", "07"]),
        ("geo_classification", ["nuts-2021", "maakunta-2025", "extra-regio"], ["nuts-2020", "maakunta", ""]),
        ("time_period", periods, ["24", "2024-13", "2024Q1", "2024-W54", "2024-S3"]),
        ("country", ["FI", "XK"], ["FIN", "fi", ""]),
    ):
        pattern = shared[name]["constraints"]["pattern"]
        assert all(re.fullmatch(pattern, example) for example in examples), name
        assert not any(re.fullmatch(pattern, other) for other in others), name


def test_functions_that_descriptors_name_are_there(datasets: list[Dataset]) -> None:
    for name, resource in resources(datasets):
        for path in filter(None, (resource.build, resource.hook)):
            module, _, function = path.rpartition(".")
            assert callable(getattr(importlib.import_module(f"assets.normalise.{module}"), function)), name


def test_formats_and_dialects_of_the_profile_are_those_that_can_be_read() -> None:
    profile = json.loads((SCHEMAS / "profile.json").read_bytes())
    source = profile["$defs"]["source"]["properties"]
    assert source["format"]["enum"] == sorted(READERS)
    assert sorted(source["dialect"]["properties"]) == sorted(DIALECT_OPTIONS)


def test_texts_are_finished(datasets: list[Dataset]) -> None:
    """No text ends in the middle, repeats another language, or says what a title must not say."""
    for name, titles, descriptions in texts(datasets):
        assert set(titles) == set(descriptions) == set(LANGUAGES), name
        for language, title in titles.items():
            assert not title.endswith("."), f"{name}: {title}"
            assert "  " not in title + descriptions[language].replace("\n", ""), f"{name}: two blanks"
            assert descriptions[language].endswith((".", ")")), (
                f"{name}, {language}: {descriptions[language][-40:]}"
            )
        assert len(set(descriptions.values())) == len(LANGUAGES), f"{name}: one description in two languages"
        for word in OTHER_SPELLING.finditer(titles["en"] + " " + descriptions["en"]):
            assert SAME_IN_BOTH.search(word[0]), f"{name}: {word[0]}, which is not British spelling"


def texts(datasets: list[Dataset]) -> Iterator[tuple[str, dict[str, str], dict[str, str]]]:
    for dataset in datasets:
        yield dataset.name, dict(dataset.titles), dict(dataset.descriptions)
    for name, thing in (*resources(datasets), *fields(datasets)):
        yield name, dict(thing.titles), dict(thing.descriptions)
    catalogue = load_catalogue()
    yield "catalogue", dict(catalogue.titles), dict(catalogue.descriptions)


def test_the_shipped_catalogue_is_no_authority() -> None:
    catalogue = load_catalogue()
    assert catalogue.base_url == "http://127.0.0.1:8000/"
    assert not catalogue.publisher["type"].endswith("Authority")
    assert catalogue.languages == LANGUAGES
    assert catalogue.focus == "FI1C6"


CODES = re.compile(
    r"(.*\.)?(categories\[\d+\]\.(value|innoregio:parent)|innoregio:(use|ignoreCodes)\[\d+\]"
    r"|innoregio:(fixed|codes|status)\..+)"
)
CODE_KEYS = re.compile(r"(.*\.)?innoregio:(codes|flags|status)\.[^{]+")


def unquoted(document: Document) -> list[str]:
    """Where a descriptor has a code without quotes, with its line."""
    found = []
    for place, node, is_key in scalars(document.node):
        named = shown_place(place)
        code = CODE_KEYS.fullmatch(named) and _is_code_key(place) if is_key else CODES.fullmatch(named)
        if code and node.style not in ("'", '"'):
            found.append(f"{document.path.name}:{node.start_mark.line + 1}: {named}: {node.value}")
    return found


def _is_code_key(place: Place) -> bool:
    """Whether a key is a code itself and not a language below one."""
    return len(place) > 1 and place[-2] in ("innoregio:codes", "innoregio:flags", "innoregio:status")


@pytest.mark.parametrize("path", DESCRIPTORS, ids=lambda path: path.stem)
def test_codes_are_quoted(path: Path) -> None:
    """Readers of YAML 1.1 take 016 for 14, NO for false, 1:30 for 90: quoting all of them is safe."""
    assert unquoted(read_yaml(path)) == []


def test_the_lint_sees_codes_without_quotes(tmp_path: Path) -> None:
    path = tmp_path / "made.yaml"
    text = """
fields:
  - innoregio:codes: {SSS: FI, "a": 'b'}
    innoregio:use: [T, 'M']
    categories: [{value: JOBS}, {value: 'X', label: Jobs}]
    innoregio:ignoreCodes: ["1", x9]
    innoregio:flags: {c: {fi: salattu}}
    innoregio:status: lost
innoregio:fixed: {freq: A}
"""
    path.write_text(text, encoding="utf-8")
    found = [said.rpartition(": ")[2] for said in unquoted(read_yaml(path))]
    assert found == ["SSS", "FI", "T", "JOBS", "x9", "c", "A"]
