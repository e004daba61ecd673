"""`innoregio new`: a first descriptor from what a table says of itself, recorded or asked for.

The files and exchanges are made. Filling the marked texts in must give a descriptor that maps every figure.
"""

import gzip
import json
import re
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from click.testing import CliRunner, Result

from assets.authoring.draft.descriptor import draft_descriptor, write_descriptor
from assets.descriptor import Source, load_dataset, read_providers
from assets.descriptor.shared import read_shared
from assets.fetch.cache import CacheEntry
from assets.fetch.connectors.connector import SourceRequest
from assets.fetch.connectors.table_metadata import TableMetadata, ask_metadata
from assets.normalise.resource import normalise_resource
from assets.overlay import packaged_schemas
from assets.store.snapshots import Provenance, Snapshot
from orchestration.cli.main import main
from tests.upstream.exchanges import exchanged

CUBE: dict[str, Any] = {
    "version": "2.0",
    "class": "dataset",
    "label": "Työpaikat alueittain muuttujina Vuosi, Alue, Sukupuoli, Tiedot ja Ammattiasema",
    "updated": "2025-11-03T06:00:00Z",
    "id": ["Vuosi", "Alue", "Sukupuoli", "Tiedot", "Ammattiasema"],
    "size": [2, 2, 3, 2, 2],
    "role": {"time": ["Vuosi"], "geo": ["Alue"], "metric": ["Tiedot"]},
    "value": list(range(48)),
    "extension": {"px": {"language": "fi"}},
    "dimension": {
        "Vuosi": {"label": "Vuosi", "category": {"index": ["2022", "2023"]}},
        "Alue": {
            "label": "Alue",
            "category": {"index": ["SSS", "MK07"], "label": {"SSS": "KOKO MAA", "MK07": "MK07 Päijät-Häme"}},
        },
        "Sukupuoli": {
            "label": "Sukupuoli",
            "category": {
                "index": ["SSS", "1", "2"],
                "label": {"SSS": "Yhteensä", "1": "Miehet", "2": "Naiset"},
            },
        },
        "Tiedot": {
            "label": "Tiedot",
            "category": {
                "index": ["tp_lkm", "tp_osuus"],
                "label": {"tp_lkm": "Työpaikat", "tp_osuus": "Osuus"},
                "unit": {"tp_lkm": {"base": "lkm"}, "tp_osuus": {"base": "%"}},
            },
        },
        "Ammattiasema": {
            "label": "Ammattiasema",
            "category": {"index": ["1", "NO"], "label": {"1": "Palkansaajat", "NO": "Yrittäjät"}},
        },
    },
}
METADATA = {
    "title": "Työpaikat muuttujina Vuosi, Alue ja Tiedot",
    "variables": [
        {"code": "timeperiod_y", "text": "Vuosi", "values": ["2023"], "valueTexts": ["2023"], "time": True},
        {"code": "alue_23_20260101", "text": "Alue", "values": ["SSS", "MK07"], "valueTexts": ["", ""]},
        {"code": "contentscode", "text": "Tiedot", "values": ["a", "b"], "valueTexts": ["Aa", "Bee"]},
    ],
}  # fmt: skip
TSV = (
    "freq,sex,wstatus,unit,geo\\TIME_PERIOD\t2023 \t2024 \n"
    "A,F,NEMP,PC,FI\t1.5 \t2.5 p\nA,M,NEMP,PC,FI1C\t: c\t4.5 \nA,F,NEMP,PC,FI1C3\t1 \t2 \n"
)


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with recorded answers, where the command runs."""
    (tmp_path / "cube.json").write_text(json.dumps(CUBE), "utf-8")
    (tmp_path / "metadata.json").write_text(json.dumps(METADATA), "utf-8")
    (tmp_path / "table.tsv.gz").write_bytes(gzip.compress(TSV.encode()))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def invoke(*arguments: str) -> Result:
    done = CliRunner().invoke(main, ["new", *arguments])
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done


def written(path: Path) -> Path:
    """The descriptor with a text in the place of each marked one."""
    text = path.read_text("utf-8").replace('"TODO: keywords"', '"words"')
    path.write_text(re.sub(r"TODO: ?", "Written ", text), "utf-8")
    return path


def normalise(path: Path, answer: Path, areas: pl.LazyFrame) -> pl.DataFrame:
    """The table that the descriptor makes of the answer."""
    (resource,) = load_dataset(path).resources
    source = resource.sources[0]
    known = Provenance(source.provider, source.table, "data", "made", "CC-BY-4.0", "")
    return normalise_resource(resource, [Snapshot(answer, known)], areas).collect()


def test_a_recorded_cube_becomes_a_descriptor_that_maps_every_figure(here: Path, areas: pl.LazyFrame) -> None:
    done = invoke("statfin", "99xx", "--from", "cube.json", "--name", "jobs")
    assert done.exit_code == 0, done.output
    marked = (here / "jobs.yaml").read_text("utf-8").count('"TODO')
    assert f"to be written, {marked} texts:" in done.stdout and "to be put right" not in done.stdout
    assert "innoregio:classification: maakunta-2025 is a guess" in done.stdout
    assert "innoregio snapshot add jobs cube.json" in done.stdout
    path = written(here / "jobs.yaml")
    dataset = load_dataset(path)
    assert dataset.titles["fi"] == "Työpaikat alueittain" and dataset.update_frequency == "ANNUAL"
    (resource,) = dataset.resources
    assert [code.code for code in resource.field("sex").codes] == ["T", "M", "F"]
    own = next(field for field in resource.fields if field.source_column == "Ammattiasema")
    assert own.name == "ammattiasema" and own.titles["fi"] == "Ammattiasema"
    assert [(code.code, code.labels["fi"]) for code in own.codes] == [
        ("1", "Palkansaajat"),
        ("NO", "Yrittäjät"),
    ]
    frame = normalise(path, here / "cube.json", areas)
    assert sorted(frame["obs_value"].to_list()) == list(range(48))
    row = frame.filter(
        geo="MK07", time_period="2023", sex="F", indicator="TP_OSUUS", ammattiasema="NO", unit="PC"
    )
    assert row["obs_value"].to_list() == [47]
    assert set(frame.filter(indicator="TP_LKM")["unit"]) == {"NR"} and set(frame["geo"]) == {"FI", "MK07"}


def test_a_tsv_becomes_a_descriptor_with_its_columns_of_one_value(here: Path, areas: pl.LazyFrame) -> None:
    done = invoke("eurostat", "made_t", "--from", "table.tsv.gz")
    assert done.exit_code == 0 and "to be put right" not in done.stdout, done.output
    path = written(here / "eurostat-made-t.yaml")
    (resource,) = load_dataset(path).resources
    assert dict(resource.fixed) == {"freq": "A", "wstatus": "NEMP", "unit": "PC"}
    assert resource.field("obs_value").unit == "PC"
    assert "innoregio:classification: nuts-2021" in path.read_text("utf-8")
    frame = normalise(path, here / "table.tsv.gz", areas)
    found = frame.select("geo", "time_period", "sex", "obs_value", "obs_flag").rows()
    assert ("FI1C", "2023", "M", None, "c") in found and ("FI", "2024", "F", 2.5, "p") in found
    assert len(found) == 6


def test_metadata_alone_are_enough(here: Path) -> None:
    done = invoke("statfin", "98yy", "--from", "metadata.json")
    assert done.exit_code == 0 and "add a minimum of rows" in done.stdout, done.output
    assert "snapshot add" not in done.stdout
    text = (here / "statfin-98yy.yaml").read_text("utf-8")
    assert "alue_23_20260101" not in text, "a code with a date is named by its label"
    assert 'unit: "TODO"' in text and '"A": {from: a' in text


@pytest.mark.parametrize(
    ("exchange", "provider", "table", "names"),
    [
        ("statfin", "statfin", "13tn", {"geo", "time_period"}),
        ("eurostat-query", "eurostat", "rd_e_gerdreg", {"geo", "time_period", "unit"}),
        ("scb", "scb", "TAB004", {"geo", "time_period"}),
    ],
)
def test_a_provider_is_asked_by_its_own_protocol(
    exchange: str, provider: str, table: str, names: set[str], tmp_path: Path
) -> None:
    known = read_providers()[provider]
    source = Source(provider, table, known.connector, known.format)
    with exchanged(exchange, tmp_path, False) as session:
        found = ask_metadata(
            known.connector, SourceRequest("", known, table, [source], CacheEntry()), session
        )
    assert found.title and all(one.labels for one in found.variables)
    descriptor, _ = draft_descriptor(
        "made", found, known, read_shared((packaged_schemas(),)), known.format, None
    )
    fields = descriptor["resources"][0]["schema"]["fields"]
    assert names <= {one if isinstance(one, str) else one["name"] for one in fields}
    mistakes = write_descriptor(tmp_path / "made.yaml", descriptor)
    assert [one for one in mistakes if "TODO" not in one] == []


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["statfin", "1", "--from", "none.json"], "none.json: no such file"),
        (["statfin", "1", "--from", "page.html"], "is no statistical answer in json-stat, tsv, sdmx-csv, px"),
        (["statfin", "1", "--from", "cut.json"], "cut.json: the JSON is cut off or damaged"),
        (["statfin", "1", "--from", "cube.json", "--name", "My Data"], "cannot name a dataset"),
        (["statfin", "1", "--from", "cube.json", "--out", "cube.json"], "cube.json is there already"),
        (["nobody", "1"], "no address of this provider is known"),
        (["cordis", "horizon"], "says nothing of a table beforehand"),
    ],
)
def test_what_cannot_be_described_is_one_line(arguments: list[str], told: str, here: Path) -> None:
    (here / "page.html").write_text("<!doctype html><title>Sign in</title>")
    (here / "cut.json").write_text(json.dumps(CUBE)[:-9])
    before = sorted(path.name for path in here.iterdir())
    done = invoke(*arguments)
    assert done.exit_code in (1, 2) and told in done.stderr and len(done.stderr.splitlines()) == 1, (
        done.stderr
    )
    assert [name for name in sorted(path.name for path in here.iterdir()) if name != "data"] == before


def test_a_file_of_the_operators_own_goes_into_the_folder(here: Path) -> None:
    (here / "own" / "datasets").mkdir(parents=True)
    done = invoke("statfin", "99xx", "--from", "cube.json", "--config", "own")
    assert done.exit_code == 0 and (here / "own" / "datasets" / "statfin-99xx.yaml").is_file()


def test_the_language_of_the_words_is_kept_in_the_labels(here: Path) -> None:
    table = TableMetadata("scb", "T1", "Jobb efter region", "sv", ())
    descriptor, _ = draft_descriptor(
        "jobs", table, read_providers()["scb"], read_shared((packaged_schemas(),)), "json-stat", None
    )
    assert descriptor["title_translated"]["sv"] == "Jobb" and descriptor["title_translated"]["fi"].startswith(
        "TODO"
    )
