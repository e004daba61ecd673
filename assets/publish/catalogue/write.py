"""Writes the catalogue's files into a published tree, each only when its bytes differ, each in one step.

What they say belongs to the other modules. Nothing is synced to disk here: whatever a power cut takes, the
next run writes again.
"""

import gc
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson

from assets.descriptor import Catalogue
from assets.errors import PublishError
from assets.files import replace_if_new
from assets.publish.catalogue.beside import add_beside
from assets.publish.catalogue.croissant import croissant
from assets.publish.catalogue.feed import FEED, feed_path, write_feed, write_robots, write_sitemap
from assets.publish.catalogue.graph import catalogue_nodes
from assets.publish.catalogue.packages import read_packages
from assets.publish.catalogue.places import focus_country
from assets.publish.catalogue.serialise import write_jsonld, write_rdfxml, write_turtle
from assets.publish.catalogue.sql_views import SQL, write_views
from assets.publish.catalogue.terms import clean_value, web_address
from assets.publish.release.layout import CROISSANT_FILE


def write_catalogue(out: Path, catalogue: Catalogue, base_url: str, withdrawn: Collection[str] = ()) -> bool:
    """Bring the catalogue of the tree `out` up to its packages; True when a byte changed.

    Writes `catalog.ttl`, `catalog.rdf`, `catalog.jsonld` (one graph), `feed.atom` and one in the folder of
    each language, `sitemap.xml`, `robots.txt`, `innoregio.sql`, and for each dataset `croissant.json`.
    `withdrawn` names the datasets of the tree that no descriptor makes any more. Raises `PublishError` when
    the tree cannot be read or written.
    """
    try:
        with no_collection():
            files = catalogue_files(out, catalogue, base_url, withdrawn)
            return sum([replace_if_new(out / path, content) for path, content in files]) > 0
    except OSError as error:
        raise PublishError(
            f"{error.filename or out}: {error.strerror}; the catalogue is not written"
        ) from error


@contextmanager
def no_collection() -> Iterator[None]:
    """Without Python's search for cycles: in half a million small dicts it finds none and takes a third of
    the time."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def catalogue_files(
    out: Path, catalogue: Catalogue, base_url: str, withdrawn: Collection[str] = ()
) -> Iterator[tuple[str, bytes]]:
    """Path and content of each of the catalogue's files."""
    base = web_address(base_url.rstrip("/") + "/")
    if base is None:
        raise PublishError(f"{base_url!r} is no base address; give one like https://data.example.org/")
    catalogue = clean_settings(catalogue)
    packages = [
        add_beside(package, out, catalogue.languages)
        for package in read_packages(out, focus_country(catalogue), withdrawn)
    ]
    nodes = catalogue_nodes(packages, catalogue, base)
    turtle = write_turtle(nodes)
    for package in packages:
        yield f"{package.name}/{CROISSANT_FILE}", json_bytes(croissant(package, catalogue, base))
    for path, language in feeds(catalogue):
        yield path, write_feed(packages, catalogue, base, language, path)
    yield "sitemap.xml", write_sitemap(packages, base, out)
    yield "robots.txt", write_robots(base)
    yield SQL, write_views(packages, base, catalogue.languages)
    yield "catalog.ttl", turtle
    yield "catalog.rdf", write_rdfxml(turtle)
    yield "catalog.jsonld", write_jsonld(nodes)


def feeds(catalogue: Catalogue) -> list[tuple[str, str]]:
    """Path and language of each feed."""
    english = "en" if "en" in catalogue.languages else catalogue.languages[0]
    return [(FEED, english), *((feed_path(language), language) for language in catalogue.languages)]


def clean_settings(catalogue: Catalogue) -> Catalogue:
    """The settings with every text clean, as the packages' are when they are read."""
    names = ("titles", "descriptions", "publisher", "contact", "licence")
    return replace(catalogue, **{name: clean_value(getattr(catalogue, name)) for name in names})


def json_bytes(content: Any) -> bytes:
    """JSON as a file."""
    return orjson.dumps(content, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
