"""The six statistical descriptors against the bundled figures: every code known, every flag explained, every
label with its origin, and the claims of the texts. Figures are read here by csv, json and gzip alone.
"""

import csv
import gzip
import io
import json
import re
from collections import defaultdict
from functools import cache
from itertools import product
from pathlib import Path

import pytest

from assets.descriptor import Dataset, Resource, load_dataset
from assets.descriptor.complete import IGNORED
from assets.store.snapshots import bundle_root
from tests.shipped import slow_beyond_sample

SCHEMAS = Path(__file__).parents[1] / "schemas"
LANGUAGES = ("fi", "sv", "en")
NAMES = (
    "regional-accounts",
    "population",
    "business-demography",
    "rd-expenditure",
    "education-and-training",
    "patent-applications",
)
SMALL = (
    "rd-expenditure",
    "education-and-training",
)  # the plain csv and json modules read large tables slowly
Observations = list[tuple[dict[str, str], str, str]]  # codes by source column, value, flag


@cache
def dataset(name: str) -> Dataset:
    return load_dataset(SCHEMAS / "datasets" / f"{name}.yaml")


RESOURCES = [(name, resource.name) for name in NAMES for resource in dataset(name).resources]


def resource_of(name: str, table: str) -> Resource:
    return next(resource for resource in dataset(name).resources if resource.name == table)


@cache
def observations(provider: str, table: str, wire: str, parts: tuple[str, ...] = ()) -> Observations:
    """All cells of a table's bundled snapshots (or of `parts`) that have a value or a flag, each key once."""
    found: dict[tuple[str, ...], tuple[dict[str, str], str, str]] = {}
    for path in sorted((bundle_root() / provider / table).glob("*/*")):
        if not re.fullmatch(r"[0-9a-f]{16}(\.\w+){1,2}", path.name) or path.name.count(".json") > 1:
            continue
        if re.search(r"\.gz\.json$", path.name) or (parts and path.parent.name not in parts):
            continue
        raw = path.read_bytes()
        text = (gzip.decompress(raw) if raw[:2] == b"\x1f\x8b" else raw).decode()
        for codes, value, flag in {"tsv": tsv, "sdmx-csv": sdmx_csv, "json-stat": json_stat}[wire](text):
            found[tuple(codes.values())] = (codes, value, flag)
    assert found
    return list(found.values())


def tsv(text: str) -> Observations:
    header, *lines = text.splitlines()
    first, *years = header.split("\t")
    names = first.replace("\\", ",").split(",")
    cells = []
    for line in lines:
        key, *texts = line.split("\t")
        for year, cell in zip(years, texts, strict=True):
            value, _, flag = cell.partition(" ")
            codes = dict(zip(names, [*key.split(","), year.strip()], strict=True))
            cells.append((codes, value.replace(":", ""), flag.strip()))
    return [cell for cell in cells if cell[1] or cell[2]]


def sdmx_csv(text: str) -> Observations:
    cells = []
    for row in csv.DictReader(io.StringIO(text)):
        value, flag = row.pop("OBS_VALUE"), row.pop("OBS_FLAG")
        cells.append((row, value, flag))
    return cells


def json_stat(text: str) -> Observations:
    answer = json.loads(text)
    codes = [list(answer["dimension"][name]["category"]["index"]) for name in answer["id"]]
    cells = []
    for position, key in enumerate(product(*codes)):
        value, flag = answer["value"][position], answer.get("status", {}).get(str(position), "")
        if value is not None or flag:
            cells.append(
                (dict(zip(answer["id"], key, strict=True)), "" if value is None else str(value), flag)
            )
    return cells


def figures(resource: Resource) -> Observations:
    (source,) = resource.sources
    return observations(source.provider, source.table, source.format, source.parts)


@pytest.mark.slow
@pytest.mark.parametrize(("name", "table"), RESOURCES)
def test_every_source_column_and_code_is_known(name: str, table: str) -> None:
    resource = resource_of(name, table)
    seen: dict[str, set[str]] = defaultdict(set)
    for codes, _, _ in figures(resource):
        for column, code in codes.items():
            seen[column].add(code)
    mapped = {field.source_column for field in resource.fields} - {"OBS_VALUE", "OBS_FLAG", None}
    usual = {column for source in resource.sources for column in IGNORED.get(source.format, ())}
    assert set(seen) | usual == mapped | set(resource.fixed) | set(resource.ignore) | usual
    for column, value in resource.fixed.items():
        assert seen[column] == {value}, column
    for field in resource.fields:
        if field.codes:
            ours = {field.code_map.get(code, code) for code in seen[field.source_column or ""]}
            if field.name != "obs_status":
                assert ours == {code.code for code in field.codes}, field.name
        if field.code_map:
            assert set(field.code_map) >= seen[field.source_column or ""] or field.name == "geo"


@pytest.mark.parametrize(("name", "table"), slow_beyond_sample(RESOURCES, SMALL))
def test_every_flag_is_explained(name: str, table: str) -> None:
    resource = resource_of(name, table)
    flags = resource.field("obs_flag").flags
    for flag in {flag for _, _, flag in figures(resource) if flag}:
        symbols = [flag] if resource.sources[0].provider == "statfin" else list(flag)
        assert set(symbols) <= set(flags), flag
    assert all(set(meaning) == set(LANGUAGES) for meaning in flags.values())
    assert bool(flags) == (name != "patent-applications")


@pytest.mark.parametrize(("name", "table"), RESOURCES)
def test_every_label_has_an_origin(name: str, table: str) -> None:
    for field in resource_of(name, table).fields:
        for code in field.codes:
            assert set(code.labels) == set(LANGUAGES), (field.name, code.code)
            assert all(label == label.strip() for label in code.labels.values())
            translated = set(code.translated)
            assert translated < set(LANGUAGES), f"{code.code}: one label at least is not our translation"
            named = re.findall(r"\((\w\w(?:, \w\w)*)\)", code.source or "")
            sourced = {language for group in named for language in group.split(", ")} or {"en"}
            assert sourced == set(LANGUAGES) - translated, (field.name, code.code, code.source)


@pytest.mark.parametrize("name", NAMES)
def test_texts_are_whole_and_differ(name: str) -> None:
    about = dataset(name)
    for texts in (about.titles, about.descriptions, *(r.descriptions for r in about.resources)):
        assert set(texts) == set(LANGUAGES) and len(set(texts.values())) == len(LANGUAGES)
        assert len({text.count("\n\n") for text in texts.values()}) == 1, (
            "paragraphs differ between languages"
        )
    for language in LANGUAGES:
        assert len(about.descriptions[language].split("\n\n")[0]) > 150
        assert len(about.keywords[language]) >= 6
    assert re.match(
        r"Sources?: (Eurostat|Statistics Finland), .*Selected and recoded by innoregio\.", about.citation
    )
    for resource in about.resources:
        for source in resource.sources:
            assert source.table in about.citation and source.table in resource.descriptions["en"]


@pytest.mark.parametrize(("name", "table"), slow_beyond_sample(RESOURCES, SMALL))
def test_schema_and_expectations(name: str, table: str) -> None:
    resource = resource_of(name, table)
    names = [field.name for field in resource.fields]
    assert names[:3] == ["geo", "geo_classification", "time_period"]
    assert names[-3:] == ["obs_value", "obs_status", "obs_flag"]
    assert list(resource.primary_key) == names[:-3]
    order = ["indicator", "sector", "sex", "age", "size_class", "unit"]
    assert names[3:-3] == [column for column in order if column in names]
    cells = figures(resource)
    rows = next(rule for rule in resource.expectations if rule["rule"] == "rows")
    assert 0.75 * len(cells) < rows["minimum"] <= 0.8 * len(cells)
    assert 1.98 * len(cells) < rows["maximum"] <= 2.01 * len(cells)
    assert f"{len(cells):,} rows" in rows["reason"]
    newest = next(rule for rule in resource.expectations if rule["rule"] == "newest_period")
    time = resource.field("time_period").source_column
    assert newest["minimum"] == max(codes[time or ""] for codes, _, _ in cells)
    value = resource.field("obs_value").constraints
    values = [float(value) for _, value, _ in cells if value]
    assert value["minimum"] <= min(values) and max(values) <= value.get("maximum", float("inf"))


def test_units_of_business_demography_are_those_of_the_labels() -> None:
    (resource,) = dataset("business-demography").resources
    units = resource.field("unit").code_map
    for code in resource.field("indicator").codes:
        kind = code.labels["en"].rsplit(" - ", 1)[1]
        assert units[code.code] in {"number": ("NR", "PER"), "percentage": ("PC",)}[kind], code.code
        persons = re.search(r"Persons employed|Employees|Average (size|employment)", code.labels["en"])
        if kind == "number":
            assert (units[code.code] == "PER") == bool(persons), code.code


def test_code_lists_have_the_labels_of_their_source(shared: Path) -> None:
    with (shared / "vocab" / "eurostat-codes.csv").open(encoding="utf-8") as lines:
        eurostat = {(row["dimension"], row["code"]): row["label_en"] for row in csv.DictReader(lines)}
    checked = 0
    for path in sorted((SCHEMAS / "codelists").glob("*.csv")):
        with path.open(encoding="utf-8") as lines:
            for row in csv.DictReader(lines):
                if match := re.match(r"Eurostat code list (\w+)", row["source"]):
                    theirs = eurostat[match[1].lower(), row["code"]]
                    is_short = row["source"].endswith(", shortened")
                    assert is_short or row["label_en"] == theirs, row["code"]
                    checked += 1
    assert checked > 160
    answer = json.loads((shared / "upstream/statfin/pxweb-v1/vkour_12bs_response.json").read_bytes())
    labels = answer["dimension"]["Tiedot"]["category"]["label"]
    field = resource_of("education-and-training", "educational-attainment").field("indicator")
    for theirs, ours in field.code_map.items():
        (code,) = (code for code in field.codes if code.code == ours)
        assert f"{code.labels['fi']}, %" == labels[theirs]


@pytest.mark.slow
def test_claims_of_the_patents_text() -> None:
    (resource,) = dataset("patent-applications").resources
    first: dict[str, str] = {}
    for codes, _, flag in figures(resource):
        assert not flag
        assert not (codes["unit"] == "P_MACT" and len(codes["geo"]) == 5)
        first[codes["unit"]] = min(first.get(codes["unit"], "9999"), codes["TIME_PERIOD"])
    assert first == {"NR": "1977", "P_MHAB": "1990", "P_MACT": "1999", "GDP_BEUR": "2000"}
    for text in dataset("patent-applications").descriptions.values():
        assert all(year in text for year in (*first.values(), "2012"))


@pytest.mark.slow
def test_claims_of_the_business_demography_text() -> None:
    (resource,) = dataset("business-demography").resources
    first: dict[tuple[str, bool], str] = {}
    highest, lowest = 0.0, defaultdict(float)
    for codes, value, _ in figures(resource):
        country, national = codes["geo"][:2], len(codes["geo"]) == 2
        if value:
            key = (country, national)
            first[key] = min(first.get(key, "9999"), codes["TIME_PERIOD"])
            lowest[codes["indic_sb"]] = min(lowest[codes["indic_sb"]], float(value))
            if codes["indic_sb"] == "V97043":
                highest = max(highest, float(value))
    assert highest == 5200
    assert {code for code, value in lowest.items() if value < 0} == {"V97010", "V97143"}
    assert all(first[country, False] == "2008" for country in ("FI", "DK", "EE"))
    assert [first[country, True] for country in ("FI", "DK", "EE")] == ["2011", "2011", "2013"]
    for country, year in (("LT", "2011"), ("LV", "2016"), ("SE", "2017")):
        assert first[country, True] == first[country, False] == year


@pytest.mark.slow
def test_claims_of_the_other_texts() -> None:
    breaks = defaultdict(set)
    neet = resource_of("education-and-training", "neet-rate")
    for codes, _, flag in figures(neet):
        series = (codes["sex"], codes["age"], codes["geo"])
        breaks["all"].add(series)
        if codes["TIME_PERIOD"] == "2021" and "b" in flag:
            breaks["2021"].add(series)
        assert len(codes["geo"]) <= 4, "NEET rates are not available below NUTS 2"
    assert len(breaks["2021"]) > 0.95 * len(breaks["all"])
    attainment = resource_of("education-and-training", "educational-attainment")
    shares = {(codes["Alue"], codes["Tiedot"]): float(value) for codes, value, _ in figures(attainment)}
    for area in ("SSS", "MK05", "MK07"):
        assert shares[area, "osuus10"] > shares[area, "osuus3"] + shares[area, "osuus15"]
    (accounts,) = dataset("regional-accounts").resources
    newest: dict[str, str] = {}
    for codes, _, _ in figures(accounts):
        newest[codes["geo"]] = max(newest.get(codes["geo"], ""), codes["TIME_PERIOD"])
    assert (newest["FI"], newest["FI1C"], newest["FI1C3"]) == ("2022", "2022", "2021")
    assert "FIZZZ" in newest and "FI1C6" not in newest
