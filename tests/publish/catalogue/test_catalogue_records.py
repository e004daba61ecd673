"""Every dataset and every file of a tree has its full record: ledger, rejected rows, code lists and workbook
too."""

import hashlib
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from rdflib import BNode, Graph, Namespace, URIRef
from rdflib.namespace import DCTERMS, FOAF, RDF, RDFS, SKOS

from assets.descriptor import load_catalogue
from assets.publish.catalogue import write_catalogue
from assets.publish.site.write import origin, write_site
from tests.commands import tree_bytes
from tests.publish.catalogue.made_catalogue import LANGUAGES
from tests.publish.catalogue.quality import AUTHORITY, DCAT, score
from tests.publish.catalogue.read_tree import Read
from tests.publish.catalogue.shapes import SHAPES, complaints

ADMS = Namespace("http://www.w3.org/ns/adms#")
DCATAP = Namespace("http://data.europa.eu/r5r/")
SPDX = Namespace("http://spdx.org/rdf/terms#")
NUTS = "http://data.europa.eu/nuts/"
OF_DATASET = {
    **dict.fromkeys((DCTERMS.title, DCTERMS.description, ADMS.versionNotes), len(LANGUAGES)),
    **dict.fromkeys((DCTERMS.language, DCAT.landingPage), len(LANGUAGES)),
    **dict.fromkeys((DCTERMS.identifier, DCTERMS.temporal, DCTERMS.publisher, DCTERMS.creator), 1),
    **dict.fromkeys((DCTERMS.accessRights, DCTERMS.issued, DCTERMS.modified, DCTERMS.license), 1),
    **dict.fromkeys((DCTERMS.accrualPeriodicity, DCTERMS.provenance, DCTERMS.conformsTo, DCTERMS.type), 1),
    **dict.fromkeys((DCAT.contactPoint, DCAT.version, DCAT.hasCurrentVersion, ADMS.status), 1),
}
OF_FILE = {
    **dict.fromkeys((DCTERMS.title, DCTERMS.description), len(LANGUAGES)),
    ADMS.status: 0,
    **dict.fromkeys((DCTERMS["format"], DCAT.mediaType, DCTERMS.conformsTo, DCTERMS.license), 1),
    **dict.fromkeys((DCTERMS.rights, DCTERMS.issued, DCTERMS.modified, DCAT.byteSize, SPDX.checksum), 1),
    **dict.fromkeys((DCAT.accessURL, DCAT.downloadURL, DCATAP.availability, FOAF.page), 1),
}


def subjects(read: Read, kind: URIRef) -> list[URIRef]:
    return sorted(read.graph.subjects(RDF.type, kind))


def packages(read: Read) -> Iterator[tuple[URIRef, dict[str, Any]]]:
    for path in sorted(read.out.glob("*/datapackage.json")):
        yield URIRef(f"{read.base}{path.parent.name}"), json.loads(path.read_bytes())


def lacking(graph: Graph, subject: URIRef, wanted: dict[URIRef, int]) -> list[str]:
    found = {name: len(set(graph.objects(subject, name))) for name in wanted}
    return [f"{subject} {name}: {found[name]}" for name in wanted if found[name] != wanted[name]]


def file_of(read: Read, address: Any) -> Path:
    assert str(address).startswith(read.base), address
    return read.out / unquote(str(address).removeprefix(read.base))


@pytest.mark.usefixtures("extent")
def test_every_dataset_and_every_file_says_all(read: Read) -> None:
    datasets, files = subjects(read, DCAT.Dataset), subjects(read, DCAT.Distribution)
    assert datasets == [dataset for dataset, _ in packages(read)]
    assert [line for one in datasets for line in lacking(read.graph, one, OF_DATASET)] == []
    assert [line for one in files for line in lacking(read.graph, one, OF_FILE)] == []
    for one in files:
        languages = 1 if str(one).endswith("-xlsx") else len(LANGUAGES)  # a workbook has its own
        assert len(set(read.graph.objects(one, DCTERMS.language))) == languages
    for name in (DCAT.theme, DCAT.keyword, DCTERMS.spatial, DCTERMS.relation, DCAT.hasVersion):
        assert all((one, name, None) in read.graph for one in datasets), name
    assert not [term for triple in read.graph for term in triple if isinstance(term, BNode)]


@pytest.mark.usefixtures("extent")
def test_every_published_file_is_a_distribution_and_nothing_else(read: Read) -> None:
    for dataset, package in packages(read):
        name = package["name"]
        expected = {f"{name}/{entry['path']}" for entry in package["resources"]}
        expected |= {f"{name}/{path.name}" for path in (read.out / name).glob("*.xlsx")}
        offered = [
            file_of(read, read.graph.value(one, DCAT.downloadURL)).relative_to(read.out).as_posix()
            for one in read.graph.objects(dataset, DCAT.distribution)
        ]
        assert sorted(offered) == sorted(expected)
        assert {f"{name}/{name}-{language}.xlsx" for language in LANGUAGES} <= set(offered)
        kinds = [Path(path).name.startswith("codes-") for path in offered]
        assert kinds == sorted(kinds)  # code lists come after the tables
    assert len(set(read.graph.objects(None, DCAT.distribution))) == len(subjects(read, DCAT.Distribution))


def test_the_made_tree_has_every_kind_of_table(made: Read) -> None:
    ((dataset, _),) = packages(made)
    files = {str(iri).split("#", 1)[1] for iri in made.graph.objects(dataset, DCAT.distribution)}
    assert {"revisions-csv", "revisions-parquet", "rejected-csv", "rejected-parquet"} <= files
    assert {
        "codes-sex-csv",
        "made-figures-csv",
        "made-data-fi-xlsx",
        "made-data-sv-xlsx",
        "made-data-en-xlsx",
    } <= files


@pytest.mark.usefixtures("extent")
def test_sizes_and_checksums_are_those_of_the_files(read: Read) -> None:
    for one in subjects(read, DCAT.Distribution):
        content = file_of(read, read.graph.value(one, DCAT.downloadURL)).read_bytes()
        checksum = read.graph.value(one, SPDX.checksum)
        assert str(read.graph.value(one, DCAT.byteSize)) == str(len(content))
        assert read.graph.value(checksum, SPDX.checksumValue).toPython().hex() == (  # type: ignore[union-attr]
            hashlib.sha256(content).hexdigest()
        )


@pytest.mark.usefixtures("extent")
def test_every_document_is_there_and_typed(read: Read) -> None:
    documents = set(read.graph.objects(None, FOAF.page)) | set(read.graph.objects(None, DCAT.landingPage))
    assert {Path(str(one)).suffix for one in documents} == {".json", ".md", ".html"}
    for one in documents:
        assert file_of(read, one).is_file()
        assert (one, RDF.type, FOAF.Document) in read.graph
    for dataset in subjects(read, DCAT.Dataset):
        names = {Path(str(page)).name for page in read.graph.objects(dataset, FOAF.page)}
        assert {"README.md", "datapackage.json", "croissant.json"} <= names


def test_releases_are_linked_with_the_one_before(made: Read) -> None:
    ((dataset, _),) = packages(made)
    first, second = (URIRef(f"{dataset}/{version}") for version in ("1.0.0", "1.1.0"))
    assert set(made.graph.objects(dataset, DCAT.hasVersion)) == {first, second}
    assert made.graph.value(dataset, DCAT.hasCurrentVersion) == second
    assert list(made.graph.subject_objects(DCAT.previousVersion)) == [(second, first)]
    assert set(made.graph.objects(None, DCAT.isVersionOf)) == {dataset}
    for release in (first, second):
        assert file_of(made, made.graph.value(release, FOAF.page)).parent.name == str(release)[-5:]
        assert lacking(made.graph, release, {DCTERMS.title: 3, ADMS.versionNotes: 3, DCTERMS.issued: 1}) == []


@pytest.mark.usefixtures("extent")
def test_nuts_areas_stand_in_the_vintage_of_the_rows(shipped: Read) -> None:
    """Read again from the code lists by another route."""
    import csv

    vintages: dict[str, set[str]] = {}
    for path in sorted(shipped.out.glob("*/codes-geo.csv")):
        with path.open(encoding="utf-8", newline="") as lines:
            rows = [row for row in csv.DictReader(lines) if row["code"].startswith("FI")]
        told = {
            str(one)
            for one in shipped.graph.objects(URIRef(shipped.base + path.parent.name), DCTERMS.spatial)
        }
        found = {row["code"] for row in rows if row["geo_classification"].startswith("nuts-2")}
        assert {iri.removeprefix(f"{NUTS}code/") for iri in told if iri.startswith(NUTS)} == found
        assert f"{AUTHORITY}country/FIN" in told
    for path in [*shipped.out.glob("*/codes-geo.csv"), shipped.out / "regions" / "areas.csv"]:
        with path.open(encoding="utf-8", newline="") as lines:
            for row in csv.DictReader(lines):
                year = row["geo_classification"].removeprefix("nuts-")
                if year != row["geo_classification"] and year >= "2010":
                    vintages.setdefault(row.get("code") or row["geo"], set()).add(f"{NUTS}scheme/{year}")
    areas = [one for one in shipped.graph.subjects(RDF.type, DCTERMS.Location) if str(one).startswith(NUTS)]
    assert len(areas) > 30
    for area in areas:
        schemes = {str(one) for one in shipped.graph.objects(area, SKOS.inScheme)}
        assert schemes == vintages[str(area).removeprefix(f"{NUTS}code/")], area


@pytest.mark.usefixtures("extent")
def test_provenance_names_every_source_with_its_address_and_version(read: Read) -> None:
    for dataset, package in packages(read):
        labels = list(read.graph.objects(read.graph.value(dataset, DCTERMS.provenance), RDFS.label))
        assert sorted(str(label.language) for label in labels) == sorted(LANGUAGES)  # type: ignore[attr-defined]
        for source in package["sources"]:
            told = [source[part] for part in ("title", "path", "version") if part in source]
            assert all(part in label for label in labels for part in told), (dataset, source)


@pytest.mark.usefixtures("extent")
def test_descriptions_are_long_enough_for_search_engines(shipped: Read) -> None:
    for dataset in subjects(shipped, DCAT.Dataset):
        texts = list(shipped.graph.objects(dataset, DCTERMS.description))
        assert all(50 <= len(text) <= 5000 for text in texts)
        assert len(set(texts)) == len(LANGUAGES)


@pytest.mark.usefixtures("extent")
def test_the_pages_offer_the_same_files_to_search_engines(read: Read) -> None:
    for dataset, package in packages(read):
        offers = read.graph.objects(dataset, DCAT.distribution)
        files = {str(read.graph.value(one, DCAT.downloadURL)).removeprefix(read.base) for one in offers}
        for language in LANGUAGES:
            page = (read.out / language / "dataset" / f"{package['name']}.html").read_text("utf-8")
            about = json.loads(page.split('<script type="application/ld+json">')[1].split("</script>")[0])
            base = about["@id"].removesuffix(package["name"])  # the shipped pages are of another address
            assert {one["contentUrl"].removeprefix(base) for one in about["distribution"]} == files
            assert all(int(one["contentSize"].removesuffix(" B")) > 0 for one in about["distribution"])


def test_other_linked_data_is_a_reason_to_write_the_pages_anew(
    made: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = origin(made.out, load_catalogue(), made.base, ())
    monkeypatch.setattr("assets.publish.site.write.CODE", ("assets.publish.site",))
    assert origin(made.out, load_catalogue(), made.base, ()) != before


def test_harvesting_twice_finds_every_file_untouched(made: Read, tmp_path: Path) -> None:
    """Catalogue, feed, sitemap, robots, Croissant, and the schema.org of the pages."""
    out = tmp_path / "public"
    shutil.copytree(made.out, out)  # with its times
    assert not write_site(out, load_catalogue(), made.base)
    assert not write_catalogue(out, load_catalogue(), made.base)
    for path in made.out.rglob("*"):
        again = out / path.relative_to(made.out)
        assert again.stat().st_mtime_ns == path.stat().st_mtime_ns or path.is_dir()
        assert path.is_dir() or again.read_bytes() == path.read_bytes()
    (out / ".site.json").unlink()  # everything is made anew, and comes out the same
    for name in ("catalog.ttl", "catalog.rdf", "catalog.jsonld", "feed.atom", "sitemap.xml", "robots.txt"):
        (out / name).unlink()
    write_site(out, load_catalogue(), made.base)
    assert write_catalogue(out, load_catalogue(), made.base)
    assert tree_bytes(out) == tree_bytes(made.out)


def test_the_made_tree_has_all_405_points_as_well(
    made: Read, shared: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = [one for name in SHAPES for one in complaints(made.graph, shared / "dcat-ap-shapes" / name)]
    assert found == []
    for dataset in subjects(made, DCAT.Dataset):
        points = score(made.graph, dataset, True, lambda address: file_of(made, address).is_file())
        assert sum(points.values()) == 405, points
