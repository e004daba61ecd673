"""A dataset is withdrawn and comes back, through the run that publishes: nothing vanishes, all outputs say
so."""

import hashlib
import json
import re
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pytest
from rdflib import Graph, URIRef
from rdflib.namespace import DCTERMS

from assets.descriptor import Dataset, load_catalogue, load_dataset
from assets.publish.catalogue import verify_catalogue
from assets.publish.catalogue.packages import read_packages
from assets.publish.ckan.dictionaries import extra_texts
from assets.publish.release.verify import verify_tree
from assets.store.snapshots import Provenance, add_snapshot
from assets.workspace import Workspace
from orchestration.fetching import fetch_datasets
from orchestration.publishing import publish_datasets
from tests.commands import tree_bytes
from tests.publish.catalogue.made_withdrawn import DESCRIPTOR, WITHDRAWN

BASE = "https://data.example.org/"
DATASET = URIRef(f"{BASE}made-projects")
ADMS, DCAT = "http://www.w3.org/ns/adms#", "http://www.w3.org/ns/dcat#"
ATOM = "{http://www.w3.org/2005/Atom}"
BACK = 'innoregio:revised: "2026-03-01"\n'


class Operator:
    """Whoever edits the descriptor and publishes."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "made-projects.yaml"
        self.workspace = Workspace(folder / "data", folder / "public", BASE)
        self.out = self.workspace.out
        provenance: dict[str, Any] = {"provider": "made", "table": "projects", "part": "data"}
        provenance |= {"media_type": "text/csv", "licence": "CC-BY-4.0", "updated": "2026-01-01T00:00:00Z"}
        content = b"id\nP1\nP2\n"
        add_snapshot(
            self.workspace.store, content, Provenance(obtained_from="https://example.org/p.csv", **provenance)
        )

    def describe(self, more: str = "") -> Dataset:
        """The dataset, its descriptor with these lines too."""
        self.path.write_text(DESCRIPTOR.replace("resources:\n", f"{more}resources:\n", 1), encoding="utf-8")
        return load_dataset(self.path)

    def publish(self, *datasets: Dataset) -> list[tuple[str, str | None]]:
        """What became of them; the tree is good whatever was done."""
        chosen = [dataset.name for dataset in datasets]
        outcomes, _ = publish_datasets(datasets, {}, chosen, self.workspace, {}, quiet=True)
        assert verify_tree(self.out) + verify_catalogue(self.out) == []
        return [(outcome.state, outcome.version) for outcome in outcomes]


@pytest.fixture
def operator(tmp_path: Path) -> Operator:
    return Operator(tmp_path)


def statuses(out: Path) -> set[str]:
    """The status of the dataset, which its files have not: portals' schemas refuse one another's codes. The
    catalogue lists it whatever it is."""
    graph = Graph().parse(out / "catalog.ttl")
    assert (URIRef(f"{BASE}#catalog"), URIRef(f"{DCAT}dataset"), DATASET) in graph
    files = list(graph.objects(DATASET, URIRef(f"{DCAT}distribution")))
    assert len(files) == 6  # CSV, Parquet, three workbooks, coverage
    assert not [one for one in files if graph.value(one, URIRef(f"{ADMS}status"))]
    return {str(one).rsplit("/", 1)[1] for one in graph.objects(DATASET, URIRef(f"{ADMS}status"))}


def feed_ids(out: Path) -> list[str]:
    ids = [entry.findtext(f"{ATOM}id") for entry in ET.parse(out / "feed.atom").iter(f"{ATOM}entry")]
    return [str(one).removeprefix(str(DATASET)) for one in ids if "/coverage" not in str(one)]


def is_said(operator: Operator, withdrawn: set[str]) -> list[bool]:
    """What page, schema.org, Croissant and the push to CKAN say; `withdrawn` as the push finds it."""
    out = operator.out
    pages = [(out / la / "dataset" / "made-projects.html").read_text("utf-8") for la in ("fi", "sv", "en")]
    words = (
        "Aineiston päivittäminen on lopetettu.",
        "Datamängden uppdateras inte",
        "This dataset is withdrawn",
    )
    croissant = json.loads((out / "made-projects" / "croissant.json").read_bytes())
    package = {one.name: one for one in read_packages(out, "FI", withdrawn)}["made-projects"]
    graph = Graph().parse(out / "catalog.ttl")
    notes = {text.language: str(text) for text in graph.objects(DATASET, DCTERMS.description)}
    return [
        *(notes[la].startswith(word) for la, word in zip(("fi", "sv", "en"), words, strict=True)),
        *(f'<p class="warning">{word}' in page for word, page in zip(words, pages, strict=True)),
        *(re.search(r'"creativeWorkStatus": ?"Withdrawn"', page) is not None for page in pages),
        croissant["creativeWorkStatus"] == "Withdrawn",
        extra_texts(package, load_catalogue(), "fi").get("status") == "withdrawn",
    ]


def version_files(out: Path, version: str) -> dict[str, bytes]:
    return tree_bytes(out / "made-projects" / version)


def test_withdrawn_and_back_again(operator: Operator) -> None:
    out = operator.out
    assert operator.publish(operator.describe()) == [("published", "1.0.0")]
    assert statuses(out) == {"COMPLETED"} and not any(is_said(operator, set()))
    first = version_files(out, "1.0.0")

    withdrawn = operator.describe(WITHDRAWN)
    assert operator.publish(withdrawn) == [("published", "1.0.1")]
    assert statuses(out) == {"WITHDRAWN"} and all(is_said(operator, set()))
    assert feed_ids(out) == ["#withdrawn", "/1.0.1", "/1.0.0"]
    package = json.loads((out / "made-projects" / "datapackage.json").read_bytes())
    assert package["innoregio:status"] == "withdrawn"
    assert package["innoregio:versionNotes"]["en"] == "The dataset is withdrawn: it is no longer updated."
    assert package["modified"] == "2026-02-01T00:00:00Z" and package["created"] == "2026-01-01T00:00:00Z"
    graph = Graph().parse(out / "catalog.ttl")
    assert str(graph.value(DATASET, DCTERMS.modified)) == "2026-02-01T00:00:00+00:00"
    assert str(graph.value(DATASET, DCTERMS.issued)) == "2026-01-01T00:00:00+00:00"
    assert version_files(out, "1.0.0") == first
    assert version_files(out, "1.0.1")["made-projects.csv"] == first["made-projects.csv"]
    before = tree_bytes(out)
    assert operator.publish(withdrawn) == [("unchanged", "1.0.1")]
    assert tree_bytes(out) == before

    assert operator.publish(operator.describe(BACK)) == [("published", "1.0.2")]
    assert statuses(out) == {"COMPLETED"} and not any(is_said(operator, set()))
    assert feed_ids(out) == ["/1.0.2", "/1.0.1", "/1.0.0"]
    package = json.loads((out / "made-projects" / "datapackage.json").read_bytes())
    assert package["innoregio:versionNotes"]["sv"] == "Datamängden uppdateras igen."
    assert version_files(out, "1.0.0") == first


def test_without_its_descriptor_a_dataset_is_withdrawn_and_loses_nothing(operator: Operator) -> None:
    out, described = operator.out, operator.describe()
    operator.publish(described)
    before = tree_bytes(out)
    assert operator.publish() == []
    assert statuses(out) == {"WITHDRAWN"} and all(is_said(operator, {"made-projects"}))
    assert feed_ids(out) == ["#withdrawn", "/1.0.0"]
    kept = {name: hashlib.sha256(content).digest() for name, content in before.items()}
    now = {name: hashlib.sha256(content).digest() for name, content in tree_bytes(out).items()}
    folder = {name for name in before if re.match(r"made-projects/(?!.*(croissant|\.xlsx))", name)}
    assert {name: now.get(name) for name in folder} == {name: kept[name] for name in folder}
    assert operator.publish(described) == [("unchanged", "1.0.0")]
    assert tree_bytes(out) == before


def test_the_catalogue_says_so_where_no_snapshot_is_at_hand(operator: Operator, tmp_path: Path) -> None:
    operator.publish(operator.describe())
    elsewhere = Workspace(tmp_path / "another machine", operator.out, BASE)
    operator.workspace = elsewhere
    assert operator.publish(operator.describe(WITHDRAWN)) == [("skipped", None)]
    assert statuses(operator.out) == {"WITHDRAWN"} and feed_ids(operator.out) == ["#withdrawn", "/1.0.0"]


def test_the_provider_is_not_asked(operator: Operator) -> None:
    withdrawn = operator.describe(WITHDRAWN)
    assert fetch_datasets([withdrawn], operator.workspace, {}, quiet=True) == {}
    outcomes, states = publish_datasets(
        [withdrawn], {}, ["made-projects"], operator.workspace, {}, fetch=True, quiet=True
    )
    assert [(one.state, one.version) for one in outcomes] == [("published", "1.0.0")] and states == []


def test_verify_sees_a_catalogue_that_does_not_say_so(operator: Operator) -> None:
    operator.publish(operator.describe(WITHDRAWN))
    for name in ("catalog.ttl", "catalog.rdf", "catalog.jsonld"):
        path = operator.out / name
        path.write_bytes(path.read_bytes().replace(b"dataset-status/WITHDRAWN", b"dataset-status/COMPLETED"))
    (problem,) = verify_catalogue(operator.out)
    assert problem.startswith("catalog.ttl: made-projects is withdrawn, and has the status")
