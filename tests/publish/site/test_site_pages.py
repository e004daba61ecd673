import json
import re
import shutil
from itertools import pairwise
from pathlib import Path
from urllib.parse import unquote

import pytest

from assets.descriptor import load_catalogue, load_datasets
from assets.fetch.waiting import find_waiting
from assets.publish.catalogue.verify import verify_catalogue
from assets.publish.site.write import RECORD, write_site
from assets.store.snapshots import bundle_root
from tests.commands import tree_bytes
from tests.publish.site.site_tree import LANGUAGES, html_pages, published_page, region_names

BASE = "http://127.0.0.1:8000/"
SITE = ("index.html", "site", RECORD, *LANGUAGES)


@pytest.fixture(scope="module")
def tree(published: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tree of one package, and a site written into it."""
    tree = tmp_path_factory.mktemp("site") / "public"
    shutil.copytree(published / "rd-expenditure", tree / "rd-expenditure")
    assert write_site(tree, load_catalogue(), BASE)
    return tree


def site_bytes(tree: Path) -> dict[str, bytes]:
    return {path: content for path, content in tree_bytes(tree).items() if path.startswith(SITE)}


@pytest.mark.slow
def test_each_language_has_every_page(published: Path) -> None:
    found = [
        {str(page.relative_to(published / la)) for page in (published / la).rglob("*.html")}
        for la in LANGUAGES
    ]
    datasets = {path.parent.name for path in published.glob("*/datapackage.json")}
    assert found[0] == found[1] == found[2]
    descriptors = [json.loads(path.read_bytes()) for path in published.glob("*/datapackage.json")]
    providers = {one["provider"] for package in descriptors for one in package["innoregio:provenance"]}
    assert found[0] == {
        "index.html",
        "about.html",
        "status.html",
        "strategy.html",
        *(f"region/{name}.html" for name in region_names(published)),
        *(f"provider/{name}.html" for name in providers),
        *(f"dataset/{name}.html" for name in datasets),
    }


@pytest.mark.usefixtures("extent")
def test_pages_are_whole_and_say_where_they_are(published: Path) -> None:
    for path in html_pages(published):
        page, place = published_page(path), path.relative_to(published).as_posix()
        language = place[:2] if place != "index.html" else "en"
        assert page.of("html") == [{"lang": language}], place
        assert len(page.of("h1")) == 1, place
        ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
        assert len(ids) == len(set(ids)), place
        levels = [int(tag[1]) for tag, _ in page.tags if re.fullmatch("h[1-6]", tag)]
        assert all(after <= before + 1 for before, after in pairwise(levels)), place
        links = {(one.get("rel"), one.get("hreflang", "")): one["href"] for one in page.of("link")}
        if place != "index.html":
            assert links["canonical", ""] == BASE + place
            for other in LANGUAGES:
                assert links["alternate", other] == f"{BASE}{other}{place[2:]}"
        policy = next(one for one in page.of("meta") if one.get("http-equiv") == "Content-Security-Policy")
        assert "default-src 'none'" in policy["content"] and "unsafe" not in policy["content"]
        assert not any(name.startswith("on") or name == "style" for _, one in page.tags for name in one), (
            place
        )
        assert "style" not in {tag for tag, _ in page.tags}, place


def test_a_wrong_address_is_told_in_every_language(published: Path) -> None:
    page = (published / "404.html").read_text("utf-8")
    assert "Tässä osoitteessa ei ole mitään" in page and "There is nothing at this address" in page
    assert "Det finns inget på den här adressen" in page


@pytest.mark.parametrize(("name", "root"), [("index.html", ""), ("404.html", "/")])
def test_the_pages_in_no_language_have_header_and_search(published: Path, name: str, root: str) -> None:
    page = published_page(published / name)
    assert page.of("header") and page.of("h1") and "skip" in {one.get("class") for one in page.of("a")}
    forms = [one["action"] for one in page.of("form") if one.get("role") == "search"]
    assert forms == [f"{root}{language}/index.html" for language in LANGUAGES]
    assert [one["name"] for one in page.of("input")] == ["q"] * 3  # what the start page's search reads


@pytest.mark.usefixtures("extent")
def test_every_page_says_what_a_link_to_it_shows(published: Path) -> None:
    for path in html_pages(published):
        page = published_page(path)
        told = {one["property"]: one["content"] for one in page.of("meta") if "property" in one}
        assert {"og:title", "og:description", "og:url", "og:type"} <= told.keys(), path
        links = {one["rel"]: one["href"] for one in page.of("link") if "hreflang" not in one}
        assert told["og:url"] == links["canonical"] and told["og:title"], path
        if path.parent != published:
            assert told["og:locale"][:2] == path.relative_to(published).parts[0]


@pytest.mark.usefixtures("extent")
def test_links_lead_to_files_of_the_tree_or_to_other_places(published: Path) -> None:
    for path in html_pages(published):
        page = published_page(path)
        ids = {attributes["id"] for _, attributes in page.tags if "id" in attributes}
        for tag, attributes in page.tags:
            target = attributes.get("href") or attributes.get("src") or ""
            if tag in ("link", "a", "script") and target and not target.startswith(("http", "mailto:")):
                file, _, anchor = target.partition("#")
                assert not file or (path.parent / unquote(file)).is_file(), (path, target)
                assert file or anchor in ids, (path, target)


@pytest.mark.usefixtures("extent")
def test_nothing_is_loaded_from_another_host(published: Path) -> None:
    for path in html_pages(published):
        page = published_page(path)
        loaded = [one["href"] for one in page.of("link") if one.get("rel") in ("stylesheet", "icon")]
        loaded += [one["src"] for tag in ("script", "img") for one in page.of(tag) if "src" in one]
        assert not [address for address in loaded if "//" in address]
    assert "//" not in re.sub(r"/\*.*?\*/", "", (published / "site/style.css").read_text("utf-8"), flags=re.S)


def test_a_stranger_finds_rd_expenditure_and_its_csv_in_two_clicks(published: Path) -> None:
    start = published_page(published / "en/index.html")
    assert "dataset/rd-expenditure.html" in {
        one.get("href", "").removeprefix("../en/") for one in start.of("a")
    }
    page = published_page(published / "en/dataset/rd-expenditure.html")
    assert "../../rd-expenditure/rd-expenditure.csv" in {one.get("href") for one in page.of("a")}


def test_the_search_index_finds_by_column_code_and_keyword(published: Path) -> None:
    for language, asked in (("fi", "t&k-menot"), ("sv", "fou-utgifter"), ("en", "r&d expenditure")):
        index = json.loads((published / language / "search.json").read_bytes())
        found = [
            entry["page"] for entry in index if asked in entry["words"] and "obs_value" in entry["words"]
        ]
        assert "dataset/rd-expenditure.html" in found and "dataset/population.html" not in found


@pytest.mark.slow
def test_the_same_tree_gives_the_same_bytes(published: Path, tmp_path: Path) -> None:
    tree = tmp_path / "public"
    shutil.copytree(published, tree, ignore=shutil.ignore_patterns("*.html", "*.xlsx", "site", RECORD))
    waiting = find_waiting(load_datasets()[0], (bundle_root(),), published)
    assert write_site(tree, load_catalogue(), BASE, waiting=waiting)
    assert site_bytes(tree) == site_bytes(published)
    books = list(published.glob("*/*.xlsx"))
    assert len(books) == 3 * len(list(published.glob("*/datapackage.json")))
    assert all((tree / path.relative_to(published)).read_bytes() == path.read_bytes() for path in books)


def test_a_second_run_writes_nothing_and_a_damaged_page_is_repaired(tree: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in tree.rglob("*") if path.is_file()}
    assert not write_site(tree, load_catalogue(), BASE)
    assert before == {path: path.stat().st_mtime_ns for path in tree.rglob("*") if path.is_file()}
    page = tree / "sv/about.html"
    content = page.read_bytes()
    page.write_bytes(b"")
    (tree / "en/status.html").unlink()
    assert write_site(tree, load_catalogue(), BASE)
    assert page.read_bytes() == content and (tree / "en/status.html").is_file()


@pytest.mark.usefixtures("extent")
def test_the_catalogue_lists_the_pages(published: Path) -> None:
    assert f"{BASE}fi/dataset/rd-expenditure.html" in (published / "sitemap.xml").read_text("utf-8")
    assert verify_catalogue(published) == []
