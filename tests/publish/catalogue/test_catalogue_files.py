"""The catalogue's files: one graph in three forms, no change without news, history, withdrawal, verify."""

import json
import shutil
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from rdflib import Graph, URIRef
from rdflib.namespace import DCTERMS

from assets.descriptor import load_catalogue
from assets.errors import PublishError
from assets.publish.catalogue import verify_catalogue, write_catalogue
from tests.publish.catalogue.made_catalogue import make_release
from tests.publish.catalogue.quality import DCAT
from tests.publish.catalogue.written_catalogue import ATOM, BASE, read_graphs, write


@pytest.fixture
def out(tmp_path: Path) -> Path:
    make_release(tmp_path, "rd-spending")
    make_release(tmp_path, "patents", created="2023-01-15T00:00:00Z")
    write(tmp_path)
    return tmp_path


ADMS_STATUS = URIRef("http://www.w3.org/ns/adms#status")


def files(out: Path) -> dict[str, tuple[bytes, int]]:
    return {
        str(path.relative_to(out)): (path.read_bytes(), path.stat().st_mtime_ns)
        for path in sorted(out.rglob("*"))
        if path.is_file()
    }


def test_three_forms_say_the_same(out: Path) -> None:
    turtle, xml, jsonld = read_graphs(out)
    assert len(turtle) > 200
    assert turtle == xml == jsonld


def test_the_context_is_inside_and_nothing_is_fetched_for_it(out: Path) -> None:
    content = json.loads((out / "catalog.jsonld").read_bytes())
    assert all(isinstance(value, str) and value.startswith("http") for value in content["@context"].values())
    addresses = [node["@id"] for node in content["@graph"]]
    assert addresses == sorted(addresses)


def test_harvesting_twice_changes_nothing(out: Path) -> None:
    before = files(out)
    assert not write(out)
    assert files(out) == before


def test_the_same_tree_elsewhere_gives_the_same_bytes(
    out: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    other = tmp_path_factory.mktemp("other")
    for name in ("patents", "rd-spending"):  # written in another order than the first
        shutil.copytree(out / name, other / name)
    assert write(other) is True
    assert {name: content for name, (content, _) in files(other).items()} == {
        name: content for name, (content, _) in files(out).items()
    }


def test_a_release_changes_its_dataset_and_leaves_the_others(out: Path) -> None:
    before = read_graphs(out)[0]
    make_release(out, "patents", "1.1.0", created="2024-06-01T00:00:00Z")
    assert write(out)
    graph = Graph().parse(out / "catalog.ttl")
    dataset = URIRef(f"{BASE}patents")
    releases = [URIRef(f"{dataset}/{version}") for version in ("1.0.0", "1.1.0")]
    assert sorted(graph.objects(dataset, DCAT.hasVersion)) == releases
    assert graph.value(releases[1], DCAT.previousVersion) == releases[0]
    assert str(graph.value(dataset, DCTERMS.issued)) == "2023-01-15T00:00:00+00:00"
    assert str(graph.value(dataset, DCTERMS.modified)) == "2024-06-01T00:00:00+00:00"
    changed = {str(triple[0]) for triple in set(graph) ^ before}  # type: ignore[index]
    assert all(iri.startswith((str(dataset), f"{BASE}#catalog")) for iri in changed)
    assert verify_catalogue(out) == []


def records(out: Path) -> dict[str, object]:
    """Every record of a tree's catalogue files by what it is about: nodes, entries, addresses, Croissant."""
    graph = json.loads((out / "catalog.jsonld").read_bytes())["@graph"]
    found: dict[str, object] = {f"node {one['@id']}": one for one in graph}
    blocks = (out / "catalog.ttl").read_text(encoding="utf-8").split("\n\n")
    found |= {f"turtle {block.split(' ', 1)[0]}": block for block in blocks if block.startswith("<")}
    for name, kind in (("feed.atom", "entry"), ("sitemap.xml", "url")):
        for element in ET.parse(out / name).getroot():
            if element.tag.endswith(kind):
                found[f"{name} {element[0].text}"] = ET.tostring(element)
    found |= {str(path.relative_to(out)): path.read_bytes() for path in out.glob("*/croissant.json")}
    return found | {"robots": (out / "robots.txt").read_bytes()}


def test_one_changed_dataset_changes_its_own_records_only(out: Path) -> None:
    before = records(out)
    make_release(out, "patents", "1.1.0", created="2024-06-01T00:00:00Z", title="Another title")
    write(out)
    after = records(out)
    changed = {name for name in before.keys() | after if before.get(name) != after.get(name)}
    assert len(changed) >= 20
    others = {name for name in changed if "patents" not in name}
    assert others == {f"node {BASE}#catalog", f"turtle <{BASE}#catalog>"}  # its dct:modified
    assert {"patents/croissant.json", f"feed.atom {BASE}patents/1.1.0"} <= changed
    assert f"feed.atom {BASE}patents/1.0.0" not in changed


@pytest.mark.parametrize("told", ["by the descriptor", "by the caller"])
def test_a_withdrawn_dataset_stays_and_says_so(tmp_path: Path, told: str) -> None:
    by_descriptor = told == "by the descriptor"
    make_release(tmp_path, "patents", **({"innoregio:status": "withdrawn"} if by_descriptor else {}))
    write(tmp_path, withdrawn=() if by_descriptor else ("patents",))
    graph = Graph().parse(tmp_path / "catalog.ttl")
    dataset = URIRef(f"{BASE}patents")
    assert (URIRef(f"{BASE}#catalog"), DCAT.dataset, dataset) in graph
    assert str(graph.value(dataset, ADMS_STATUS)).rsplit("/", 1)[1] == "WITHDRAWN"
    files = list(graph.objects(dataset, DCAT.distribution))
    assert len(files) == 4 and not [one for one in files if graph.value(one, ADMS_STATUS)]
    notes = {text.language: str(text) for text in graph.objects(dataset, DCTERMS.description)}
    assert notes["en"].startswith("This dataset is withdrawn") and notes["fi"].startswith("Aineiston päiv")
    ids = [entry.findtext(f"{ATOM}id") for entry in ET.parse(tmp_path / "feed.atom").iter(f"{ATOM}entry")]
    assert ids == [f"{dataset}#withdrawn", f"{dataset}/1.0.0"]


def test_an_empty_tree_has_a_catalogue(tmp_path: Path) -> None:
    assert write(tmp_path)
    assert verify_catalogue(tmp_path) == []


def test_an_unfinished_version_is_no_release(out: Path) -> None:
    (out / "patents" / "1.1.0").mkdir()
    assert not write(out)


def test_the_feed_tells_releases_newest_first(out: Path) -> None:
    make_release(out, "patents", "1.1.0", created="2024-06-01T00:00:00Z")
    write(out)
    feed = ET.parse(out / "feed.atom").getroot()
    ids = [entry.findtext(f"{ATOM}id") for entry in feed.iter(f"{ATOM}entry")]
    assert ids == [f"{BASE}{path}" for path in ("patents/1.1.0", "rd-spending/1.0.0", "patents/1.0.0")]
    assert feed.findtext(f"{ATOM}updated") == "2024-06-01T00:00:00Z"
    assert "patents: 1 rows" in (feed.findtext(f"{ATOM}entry/{ATOM}summary") or "")


@pytest.mark.usefixtures("extent")
@pytest.mark.parametrize(
    ("language", "rows"), [("fi", "1\u00a0224 riviä"), ("sv", "1\u00a0224 rader"), ("en", "1,224 rows")]
)
def test_each_language_has_a_feed_whose_entries_open_a_release_s_page(
    published: Path, published_names: list[str], language: str, rows: str
) -> None:
    feed = ET.parse(published / language / "feed.atom").getroot()
    assert feed.get("{http://www.w3.org/XML/1998/namespace}lang") == language
    entries = {one.findtext(f"{ATOM}id") or "": one for one in feed.iter(f"{ATOM}entry")}
    assert len(entries) == len(published_names)
    for address, entry in entries.items():
        dataset, version = address.rsplit("/", 2)[1:]
        (link,) = [one for one in entry.iter(f"{ATOM}link") if one.get("rel") == "alternate"]
        page, _, anchor = str(link.get("href")).partition("#")
        assert page.endswith(f"/{language}/dataset/{dataset}.html") and link.get("type") == "text/html"
        text = (published / language / "dataset" / f"{dataset}.html").read_text("utf-8")
        assert f'id="{anchor}"' in text and anchor == f"v{version}"
    (population,) = [one for address, one in entries.items() if "/population/" in address]
    assert rows in (population.findtext(f"{ATOM}summary") or "")
    english = (published / "feed.atom").read_bytes().replace(b"feed.atom", b"en/feed.atom")
    assert english == (published / "en/feed.atom").read_bytes()


def test_sitemap_and_robots(out: Path) -> None:
    (out / "fi" / "patents").mkdir(parents=True)
    (out / "fi" / "patents" / "index.html").write_text("<!doctype html>", encoding="utf-8")
    write(out)
    space = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
    found = {
        url.findtext(f"{space}loc"): url.findtext(f"{space}lastmod")
        for url in ET.parse(out / "sitemap.xml").getroot()
    }
    assert found[f"{BASE}fi/patents/"] == found[f"{BASE}patents/README.md"] == "2023-01-15T00:00:00Z"
    assert f"Sitemap: {BASE}sitemap.xml" in (out / "robots.txt").read_text(encoding="utf-8")


def test_verify_names_each_damage(out: Path) -> None:
    assert verify_catalogue(out) == []
    (out / "patents" / "1.0.0" / "patents.csv").write_bytes(b"longer than before\r\n")
    (out / "patents" / "README.md").unlink()
    (out / "rd-spending" / "1.0.0" / "codes-unit.csv").unlink()
    descriptor = out / "rd-spending" / "datapackage.json"
    package = json.loads(descriptor.read_bytes())
    package["resources"][0]["hash"] = "sha256:00"
    descriptor.write_text(json.dumps({**package, "modified": "2025-01-01T00:00:00Z"}), encoding="utf-8")
    make_release(out, "new")
    assert verify_catalogue(out) == [
        "catalog.ttl: new is not in it; the next run adds it",
        f"catalog.ttl: {BASE}patents#patents-csv has another size than {BASE}patents/1.0.0/patents.csv",
        f"catalog.ttl: page {BASE}patents/README.md is not in the tree",
        "catalog.ttl: rd-spending has modified ['2024-05-01T06:00:00Z'] instead of '2025-01-01T00:00:00Z'",
        f"catalog.ttl: {BASE}rd-spending#codes-unit-csv offers {BASE}rd-spending/1.0.0/codes-unit.csv, "
        "which is not in the tree",
        f"catalog.ttl: {BASE}rd-spending#rd-spending-csv has another checksum than the descriptor",
        f"sitemap.xml: {BASE}patents/README.md is not in the tree",
    ]


def test_verify_names_files_that_disagree_or_cannot_be_read(out: Path) -> None:
    (out / "catalog.rdf").write_bytes((out / "catalog.rdf").read_bytes().replace(b"2023", b"2022"))
    assert verify_catalogue(out) == ["catalog.rdf: says something else than catalog.ttl"]
    (out / "catalog.jsonld").write_bytes(b"{")
    assert [line.split(":")[0] for line in verify_catalogue(out)] == ["catalog.jsonld"]
    (out / "robots.txt").unlink()
    assert verify_catalogue(out) == ["robots.txt: missing; the next run writes it"]


def test_a_bad_base_address_or_descriptor_is_refused_in_one_line(out: Path) -> None:
    with pytest.raises(PublishError, match="no base address"):
        write_catalogue(out, load_catalogue(), "not an address")
    (out / "patents" / "datapackage.json").write_text("{}", encoding="utf-8")
    with pytest.raises(PublishError, match="not a published descriptor"):
        write(out)
