"""What a descriptor becomes: merged fields, codes, sources; one that is wrong does not stop the others."""

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest

from assets.descriptor import Dataset, DescriptorMistake, load_catalogue, load_dataset, load_datasets
from assets.errors import DescriptorError
from tests.made_schemas import DESCRIPTOR, make_schemas


@pytest.fixture
def made(tmp_path: Path) -> Dataset:
    make_schemas(tmp_path)
    (dataset,), errors = load_datasets(tmp_path)
    assert not errors
    return dataset


def test_dataset(made: Dataset) -> None:
    assert made.name == "made-statistics"
    assert made.titles == {"fi": "Tehdyt tilastot", "sv": "Gjord statistik", "en": "Made statistics"}
    assert made.descriptions["en"] == "Figures made for tests.", "folded, without a line end"
    assert made.keywords["fi"] == ("testit",)
    assert (made.themes, made.update_frequency) == (("REGI", "ECON"), "ANNUAL")
    assert (made.citation, made.revised) == ("Source: Made office.", "2026-01-31")
    assert [resource.name for resource in made.resources] == ["made-figures", "made-projects"]


def test_source(made: Dataset) -> None:
    (source,), (download,) = (resource.sources for resource in made.resources)
    assert (source.provider, source.table, source.connector, source.format) == (
        "made",
        "1",
        "pxweb",
        "json-stat",
    )
    assert source.parts == ("a", "b")
    assert download.options == {"dialect": {"delimiter": ";"}}


def test_list_of_sources(tmp_path: Path) -> None:
    one = '{provider: made, table: projects, connector: download, format: csv, dialect: {delimiter: ";"}}'
    other = "{provider: made, table: more, connector: download, format: csv}"
    assert one in DESCRIPTOR
    text = DESCRIPTOR.replace(one, f" [{one.strip()}, {other}]")
    path = make_schemas(tmp_path, text.replace("[made/projects]", "[made/projects, made/more]"))
    assert [source.table for source in load_dataset(path, tmp_path).resources[1].sources] == [
        "projects",
        "more",
    ]


def test_shared_field_is_merged_and_its_note_appended(made: Dataset) -> None:
    field = made.resources[0].field("time_period")
    assert field.type == "string"
    assert field.source_column == "Vuosi"
    assert field.descriptions["en"].endswith("or week (2024-W05). Calendar year.")
    assert field.descriptions["fi"].endswith("(2024-W05). Kalenterivuosi.")
    assert field.raw["description"] == field.descriptions["en"]
    assert field.raw["title_translated"]["sv"] == "Tidsperiod"
    assert list(field.raw)[:4] == ["name", "type", "title", "description"]
    assert "pattern" in field.constraints, "base constraints stay"


def test_fields_of_the_key_are_required(made: Dataset) -> None:
    figures = made.resources[0]
    required = [field.name for field in figures.fields if field.constraints.get("required")]
    assert required == list(figures.primary_key)
    assert figures.field("geo").raw["constraints"]["required"] is True


def test_codes_come_from_list_and_categories_in_the_stated_order(made: Dataset) -> None:
    figures = made.resources[0]
    assert [code.code for code in figures.field("sex").codes] == ["M", "F"]
    assert [code.code for code in figures.field("unit").codes] == ["PER", "LOT"]
    assert [code.code for code in figures.field("obs_status").codes] == ["A", "O"]
    (jobs,) = figures.field("indicator").codes
    assert (jobs.labels["fi"], jobs.source, jobs.translated) == (
        "Työpaikat",
        "Made office (fi)",
        ("sv", "en"),
    )
    female = figures.field("sex").codes[1]
    assert (female.parent, female.source, female.translated) == ("T", None, ("fi", "sv", "en"))
    assert figures.field("indicator").code_map == {"x1": "JOBS"}
    assert figures.field("indicator").ignored_codes == ("x9",)
    assert figures.field("obs_flag").flags[".."]["sv"] == "Uppgift saknas."


def test_own_field(made: Dataset) -> None:
    cost = made.resources[1].field("cost")
    assert (cost.type, cost.unit, cost.source_column) == ("number", "EUR", "cost")
    assert cost.raw["innoregio:decimals"] == 2
    assert cost.raw["title"] == "Cost"
    assert cost.constraints == {"minimum": 0, "maximum": 100}


def test_raw_is_what_json_can_say(made: Dataset) -> None:
    again = json.loads(json.dumps(made.raw))
    assert again == made.raw
    assert again["resources"][0]["innoregio:fixed"] == {"freq": "A"}
    assert again["resources"][0]["title"] == "Figures"


def test_a_wrong_descriptor_does_not_stop_the_others(tmp_path: Path) -> None:
    make_schemas(tmp_path)
    wrong = tmp_path / "datasets" / "another.yaml"
    wrong.write_text("name: another\nname: again\ncode: NO\n", encoding="utf-8")
    (tmp_path / "datasets" / "cut-off.yaml").write_text("name: [", encoding="utf-8")
    datasets, errors = load_datasets(tmp_path)
    assert [dataset.name for dataset in datasets] == ["made-statistics"]
    assert [
        (Path(error.path).name, error.line) for error in errors if isinstance(error, DescriptorMistake)
    ] == [
        ("another.yaml", 2),
        ("another.yaml", 3),
        ("cut-off.yaml", 1),
    ]


def test_a_wrong_code_list_stops_only_those_that_use_it(tmp_path: Path) -> None:
    path = make_schemas(tmp_path)
    other = DESCRIPTOR.replace("name: made-statistics", "name: other").replace(
        "innoregio:shared: sex", "innoregio:shared: age"
    )
    other = other.replace("name: sex", "name: age").replace(", sex, unit]", ", age, unit]")
    other = other.replace('innoregio:use: ["M", "F"]}', "innoregio:codelist: obs_status}")
    (tmp_path / "datasets" / "other.yaml").write_text(other, encoding="utf-8")
    (tmp_path / "codelists" / "sex.csv").write_text("code,label\nT,Total\n", encoding="utf-8")
    datasets, errors = load_datasets(tmp_path)
    assert [dataset.name for dataset in datasets] == ["other"]
    assert "sex.csv:1: " in str(errors[0])
    assert path.is_file()


def test_what_a_folder_lacks_comes_from_the_package(tmp_path: Path) -> None:
    alone = tmp_path / "made-statistics.yaml"
    alone.write_text(DESCRIPTOR, encoding="utf-8")
    (dataset,), errors = load_datasets(tmp_path)
    assert not errors
    assert dataset.resources[0].field("unit").codes[0].labels["en"] == "Person"
    assert load_catalogue(tmp_path) == load_catalogue()


@pytest.mark.parametrize("missing", ["folder", "datasets/none.yaml"])
def test_a_path_that_is_not_there_is_said_in_one_line(tmp_path: Path, missing: str) -> None:
    with pytest.raises(DescriptorError) as caught:
        load_dataset(tmp_path / missing, tmp_path) if missing.endswith(".yaml") else load_datasets(
            tmp_path / missing
        )
    assert missing in str(caught.value)
    assert "\n" not in str(caught.value)


def test_loading_reads_no_environment_and_writes_nothing() -> None:
    """In an empty environment nothing else is imported: no network, no Dagster, no frames."""
    code = (
        "import sys; from assets.descriptor import load_datasets, load_catalogue;"
        "load_datasets(); load_catalogue();"
        "print([name for name in ('dagster', 'polars', 'requests') if name in sys.modules])"
    )
    project = str(Path(__file__).parents[2])
    run = subprocess.run(
        [sys.executable, "-c", code], cwd="/", env={"PYTHONPATH": project}, capture_output=True, text=True
    )
    assert (run.stdout, run.stderr) == ("[]\n", "")


def test_eight_descriptors_load_in_a_tenth_of_a_second(tmp_path: Path) -> None:
    """Processor time of the best of five: other processes on the machine do not count."""
    make_schemas(tmp_path)
    for number in range(7):
        text = DESCRIPTOR.replace("name: made-statistics", f"name: made-{number}")
        (tmp_path / "datasets" / f"made-{number}.yaml").write_text(text, encoding="utf-8")
    times = []
    for _ in range(5):
        start = time.process_time()
        datasets, errors = load_datasets(tmp_path)
        times.append(time.process_time() - start)
    assert (len(datasets), errors) == (8, [])
    assert min(times) < 0.1
