"""Tables as `innoregio` loads them, from a folder and over HTTP, beside the files that they come from."""

import csv
import hashlib
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest

import innoregio as ir
from innoregio import tree as client_tree
from tests.innoregio.tree_server import TreeServer, serve_tree

TABLE = "rd-expenditure"


@pytest.fixture(autouse=True)
def nothing_chosen(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(client_tree, "_chosen", [])
    monkeypatch.setenv("INNOREGIO_CACHE", str(tmp_path / "cache"))


@pytest.fixture
def server(published: Path) -> Iterator[TreeServer]:
    with serve_tree(published) as running:
        yield running


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def test_a_table_is_the_release_cell_by_cell(published: Path) -> None:
    found = ir.load(TABLE, tree=published).collect()
    assert found.equals(pl.read_parquet(published / f"{TABLE}/{TABLE}.parquet"))
    rows = rows_of(published / f"{TABLE}/{TABLE}.csv")
    assert [(row["geo"], row["obs_flag"] or None) for row in rows] == found.select("geo", "obs_flag").rows()
    values = [float(row["obs_value"]) if row["obs_value"] else None for row in rows]
    assert found["obs_value"].to_list() == values
    assert None in values  # a missing one is null


def test_labels_are_those_of_the_code_lists(published: Path) -> None:
    found = ir.load(TABLE, labels="fi", tree=published).collect()
    bare = ir.load(TABLE, tree=published).collect()
    assert found.select(bare.columns).equals(bare)
    assert found.columns[:3] == ["geo", "geo_label", "geo_classification"]
    for field in ("indicator", "sector", "unit", "obs_status"):
        labels = {row["code"]: row["label_fi"] for row in rows_of(published / f"{TABLE}/codes-{field}.csv")}
        pairs = found.select(pl.col(field).cast(pl.String), f"{field}_label").unique().rows()
        assert pairs and all(label == labels[code] for code, label in pairs)
    names = {
        (row["geo_classification"], row["code"]): row["label_fi"]
        for row in rows_of(published / f"{TABLE}/codes-geo.csv")
    }
    areas = found.select("geo_classification", "geo", "geo_label").unique().rows()
    assert areas and all(label == names[(scheme, code)] for scheme, code, label in areas)


def test_over_http_it_is_the_same_and_asked_for_once(published: Path, server: TreeServer) -> None:
    here = ir.load(TABLE, labels="sv", tree=published).collect()
    assert ir.load(TABLE, labels="sv", tree=server.address).collect().equals(here)
    first = [path for path, status in server.asked if status == 200]
    assert f"/{TABLE}/datapackage.json" in first and any(path.endswith(".parquet") for path in first)
    server.asked.clear()
    assert ir.load(TABLE, labels="sv", tree=server.address).collect().equals(here)
    assert server.asked == [(f"/{TABLE}/datapackage.json", 304)]


def test_other_bytes_than_the_release_says_are_refused(server: TreeServer) -> None:
    server.replaced["/rd-expenditure/1.0.0/rd-expenditure.parquet"] = b"PAR1 made for a test"
    with pytest.raises(ir.DataError, match=r"its release says [0-9a-f]{64}; ask again$"):
        ir.load(TABLE, tree=server.address)
    server.replaced.clear()
    assert ir.load(TABLE, tree=server.address).collect().height


def test_a_damaged_cache_is_no_answer(server: TreeServer, tmp_path: Path) -> None:
    """What is kept of an address is asked for again where it can't be read."""
    assert ir.versions(TABLE, tree=server.address)
    for path in (tmp_path / "cache" / "addresses").iterdir():
        path.write_bytes(b"{")
    server.asked.clear()
    assert ir.versions(TABLE, tree=server.address)
    assert server.asked == [("/catalog.jsonld", 200)]


def test_a_version_is_that_release(published: Path) -> None:
    [version] = ir.versions(TABLE, tree=published)
    content = json.loads((published / TABLE / version / "datapackage.json").read_bytes())
    found = ir.load(TABLE, version=version, tree=published).collect()
    assert found.equals(ir.load(TABLE, tree=published).collect())
    entry = next(one for one in content["resources"] if one["name"] == f"{TABLE}-parquet")
    file = published / TABLE / version / entry["path"]
    assert entry["hash"] == f"sha256:{hashlib.sha256(file.read_bytes()).hexdigest()}"


def test_what_there_is(published: Path) -> None:
    packages = {path.parent.name for path in published.glob("*/datapackage.json")}
    for language in ("fi", "sv", "en"):
        found = ir.datasets(language, tree=published)
        assert set(found["name"]) == packages
        titles = dict(found.select("name", "title").iter_rows())
        for name in packages:
            content = json.loads((published / name / "datapackage.json").read_bytes())
            assert titles[name] == content["title_translated"][language]
    assert ir.tables("population", tree=published).filter(table="population-statfin")["rows"].item() > 0


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda tree: ir.load("nothing", tree=tree), "nothing/datapackage.json cannot be read"),
        (lambda tree: ir.load("../regions", tree=tree), "'../regions'|'..' is no name of a dataset"),
        (lambda tree: ir.load("population", tree=tree), "has several tables; take one of population/"),
        (lambda tree: ir.load("population/none", tree=tree), "has no table 'none'; take one of"),
        (lambda tree: ir.load(TABLE, version="9", tree=tree), "'9' is no version"),
        (lambda tree: ir.load(TABLE, version="9.9.9", tree=tree), "9.9.9/datapackage.json cannot be read"),
        (lambda tree: ir.load(TABLE, labels="de", tree=tree), "no texts in 'de'; there are fi, sv, en"),
        (lambda tree: ir.cite(TABLE, "ris", tree=tree), "no citation as 'ris'"),
        (lambda tree: ir.versions("nothing", tree=tree), "has no dataset 'nothing'"),
        (lambda tree: ir.load(TABLE, tree=tree / "regions"), "cannot be read: there is no such file"),
        (lambda tree: ir.load(TABLE, tree="http://127.0.0.1:9/"), "was not reached"),
    ],
)
def test_what_is_wrong_is_one_line(published: Path, call: object, message: str) -> None:
    assert callable(call)
    with pytest.raises(ir.DataError, match=message) as error:
        call(published)
    assert len(str(error.value).splitlines()) == 1


def test_use_names_the_tree_for_later_calls(
    published: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ir.DataError, match=r"public: .* name a published tree"):
        ir.datasets()
    with pytest.raises(ir.DataError, match="name a published tree"):
        ir.use(tmp_path)
    monkeypatch.setenv("INNOREGIO_TREE", str(published))
    assert ir.datasets().height
    monkeypatch.delenv("INNOREGIO_TREE")
    ir.use(published)
    assert ir.datasets().height


def test_it_needs_no_dagster(published: Path) -> None:
    code = (
        "import sys, innoregio as ir; ir.load('rd-expenditure', labels='fi', tree=sys.argv[1]).collect(); "
        "print(sorted({'dagster', 'httpx', 'jinja2', 'jsonschema', 'yaml'} & set(sys.modules)))"
    )
    run = subprocess.run([sys.executable, "-c", code, published], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
