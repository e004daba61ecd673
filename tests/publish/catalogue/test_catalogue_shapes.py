"""The catalogue of the shipped datasets against official shapes, quality metrics and the contracts."""

import re
from pathlib import Path
from typing import Any

import pytest
from rdflib import BNode, Graph, URIRef
from rdflib.namespace import DCTERMS, RDF

from tests.publish.catalogue.made_catalogue import LANGUAGES
from tests.publish.catalogue.quality import DCAT, score
from tests.publish.catalogue.read_tree import Read
from tests.publish.catalogue.shapes import CONTRADICTIONS, SHAPES, complaints

pytestmark = pytest.mark.usefixtures("extent")


@pytest.fixture
def graph(shipped: Read) -> Graph:
    return shipped.graph


RECOMMENDED, VOCABULARIES = "dcat-ap-3.0.1_shapes_recommended.ttl", "dcat-ap-3.0.1_mdr-vocabularies.shape.ttl"


@pytest.fixture(scope="session")
def merged(shipped: Read, shared: Path) -> Graph:
    """The catalogue with the vocabularies that it refers to."""
    return shipped.graph + Graph().parse(shared / "vocab" / "eu-nal-subset.ttl")


@pytest.mark.parametrize("name", SHAPES)
def test_core_and_range_shapes_pass_with_no_help_from_outside(graph: Graph, shared: Path, name: str) -> None:
    assert complaints(graph, shared / "dcat-ap-shapes" / name) == []


@pytest.mark.parametrize("name", [RECOMMENDED, VOCABULARIES])
def test_other_shapes_pass_apart_from_their_contradictions(merged: Graph, shared: Path, name: str) -> None:
    others = [
        (path, value)
        for path, value in complaints(merged, shared / "dcat-ap-shapes" / name)
        if path not in CONTRADICTIONS or not re.fullmatch(CONTRADICTIONS[path][0], value)
    ]
    assert others == []


def test_each_contradiction_is_still_one(merged: Graph, shared: Path) -> None:
    shapes = [shared / "dcat-ap-shapes" / name for name in (RECOMMENDED, VOCABULARIES)]
    assert {path for name in shapes for path, _ in complaints(merged, name)} == set(CONTRADICTIONS)


def test_the_shapes_see_what_is_missing(graph: Graph, shared: Path) -> None:
    broken = Graph()
    broken += graph
    dataset = next(broken.subjects(RDF.type, DCAT.Dataset))
    broken.remove((dataset, DCTERMS.title, None))
    paths = {path for path, _ in complaints(broken, shared / "dcat-ap-shapes" / SHAPES[0])}
    assert paths == {str(DCTERMS.title)}


def test_every_dataset_has_all_405_points(graph: Graph, published_names: list[str], shared: Path) -> None:
    valid = not [one for name in SHAPES for one in complaints(graph, shared / "dcat-ap-shapes" / name)]
    datasets = sorted(graph.subjects(RDF.type, DCAT.Dataset))
    assert len(datasets) == len(published_names)
    for dataset in datasets:
        points = score(graph, dataset, valid)
        assert (len(points), sum(points.values())) == (23, 405), (dataset, points)


def test_no_node_is_blank(graph: Graph) -> None:
    assert not [term for triple in graph for term in triple if isinstance(term, BNode)]


def test_addresses_are_those_of_the_contracts(graph: Graph, shipped: Read) -> None:
    dataset = URIRef(f"{shipped.base}population")
    files = {str(iri).removeprefix(str(dataset)) for iri in graph.objects(dataset, DCAT.distribution)}
    assert {"#population-statfin-csv", "#population-statfin-parquet", "#codes-geo-csv"} <= files
    assert list(graph.objects(dataset, DCAT.hasVersion)) == [URIRef(f"{dataset}/1.0.0")]
    address = graph.value(URIRef(f"{dataset}#population-statfin-csv"), DCAT.downloadURL)
    assert str(address) == f"{dataset}/1.0.0/population-statfin.csv"


def test_datasets_and_distributions_speak_every_language(graph: Graph) -> None:
    for kind in (DCAT.Catalog, DCAT.Dataset, DCAT.Distribution):
        for subject in graph.subjects(RDF.type, kind):
            for name in (DCTERMS.title, DCTERMS.description):
                found: list[Any] = [text.language for text in graph.objects(subject, name)]
                assert sorted(found) == sorted(LANGUAGES), (subject, name)
    for dataset in graph.subjects(RDF.type, DCAT.Dataset):
        words = list(graph.objects(dataset, DCAT.keyword))
        assert {word.language for word in words} == set(LANGUAGES)
        assert all(re.fullmatch(r"[\w \-.]{2,100}", word) for word in words), words


def test_places_have_the_vintage_of_the_rows(graph: Graph, shipped: Read) -> None:
    def codes(name: str) -> set[str]:
        found = graph.objects(URIRef(shipped.base + name), DCTERMS.spatial)
        return {str(iri).rsplit("/", 1)[1] for iri in found}

    assert {"FIN", "FI1C3"} <= codes("regional-accounts")
    assert "FI1C6" not in codes("regional-accounts")
    assert "FI1C6" in codes("framework-projects")
    assert codes("rd-expenditure") == {"FIN"}


def test_the_days_are_those_of_the_rows(graph: Graph, shipped: Read) -> None:
    import csv

    for name in ("regional-accounts", "rd-expenditure"):
        with (shipped.out / name / f"{name}.csv").open(encoding="utf-8", newline="") as lines:
            periods = [row["time_period"] for row in csv.DictReader(lines)]
        temporal = URIRef(f"{shipped.base}{name}#temporal")
        assert str(graph.value(temporal, DCAT.startDate)) == f"{min(periods)}-01-01"
        assert str(graph.value(temporal, DCAT.endDate)) == f"{max(periods)}-12-31"
