"""Whether every link inside a published tree leads to a file of it: those of the pages, of the search, of
Croissant files and of the texts beside the tables; and whether the pages are as they were written.

Links to other places are not asked. Those of catalogue, feed and sitemap are `catalogue.verify`'s matter, the
files that descriptors name `verify`'s.
"""

import html
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urljoin

from assets.files import hash_file
from assets.publish.release.layout import CROISSANT_FILE, DESCRIPTOR, README, is_version

RECORD = ".site.json"  # what the site was made from, and its files' hashes
NOWHERE = "http://tree.invalid/"  # stands for the address of a tree whose feed does not give it
ELSEWHERE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|//")  # how a link to another place begins
ATTRIBUTES = re.compile(r'\s(?:href|src)="([^"]*)"')
PLACES = re.compile(r'\sid="([^"]*)"')
ADDRESSES = re.compile(r"<(https?://[^>\s]+)>")  # of README.md


def verify_links(out: Path) -> list[str]:
    """Every link that leads nowhere and every page that was changed, one line each."""
    if not out.is_dir():
        return []
    base = read_base(out)
    problems = list(verify_pages(out))
    places: dict[Path, frozenset[str]] = {}
    for path in sorted(linking_files(out)):
        name = path.relative_to(out).as_posix()
        try:
            links = {link: urljoin(base + name, link) for link in find_links(path)}
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            problems.append(f"{name}: not readable ({error})")
            continue
        for link, address in links.items():
            if address.startswith(base):
                if missing := describe_missing(out, address.removeprefix(base), places):
                    problems.append(f"{name}: leads to {missing}")
            elif not ELSEWHERE.match(link):
                problems.append(f"{name}: leads out of the tree, to {link}")
    return problems


def read_base(out: Path) -> str:
    """The address that the tree is served at, as its feed says; with a slash at the end."""
    try:
        found = re.search(r"<id>([^<]*/)feed\.atom</id>", (out / "feed.atom").read_text("utf-8"))
    except (OSError, UnicodeDecodeError):
        found = None
    return html.unescape(found[1]) if found else NOWHERE


def verify_pages(out: Path) -> Iterator[str]:
    """The files of the site that are not what was written last."""
    try:
        written: Mapping[str, str] = json.loads((out / RECORD).read_bytes())["files"]
        items = sorted(written.items())
    except FileNotFoundError:
        return  # a tree without pages
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        yield f"{RECORD}: not readable ({error}); the next run writes it"
        return
    for name, expected in items:
        if not (out / name).is_file():
            yield f"{name}: missing; the next run writes it"
        elif hash_file(out / name) != expected:
            yield f"{name}: was changed; the next run writes it"


def linking_files(out: Path) -> Iterator[Path]:
    """The files of the tree that have links: pages, search, and what stands beside the newest tables."""
    yield from out.glob("*.html")
    for folder in out.iterdir():
        if (folder / DESCRIPTOR).is_file():
            yield from (path for name in (CROISSANT_FILE, README) if (path := folder / name).is_file())
        elif folder.is_dir():
            yield from folder.rglob("*.html")
            yield from folder.glob("search.json")


def find_links(path: Path) -> Iterator[str]:
    """The links of one file, as it writes them."""
    text = path.read_text("utf-8")
    if path.suffix == ".html":
        yield from (html.unescape(link) for link in ATTRIBUTES.findall(text))
    elif path.suffix == ".md":
        yield from ADDRESSES.findall(text)
    elif path.name == "search.json":
        yield from (entry["page"] for entry in json.loads(text))
    else:
        content: Mapping[str, Any] = json.loads(text)
        yield from (
            distribution["contentUrl"]
            for distribution in content["distribution"]
            if "contentUrl" in distribution
        )


def describe_missing(out: Path, link: str, places: dict[Path, frozenset[str]]) -> str | None:
    """What is not there of a link's file and place, None where both are; identifiers need their descriptor.

    `places`: those of the pages that were read, by page; more are added.
    """
    path, _, place = link.partition("#")
    path = unquote(path.partition("?")[0])
    if ".." in path.split("/"):
        return f"{path}, which leads out of the tree"
    file = out / path / "index.html" if path in ("", ".") or path.endswith("/") else out / path
    if is_identifier(path):
        file = out / path / DESCRIPTOR
    if not file.is_file():
        return f"{path or 'index.html'}, which is not there"
    if place and file.suffix == ".html":
        if file not in places:
            places[file] = frozenset(
                html.unescape(place_name) for place_name in PLACES.findall(file.read_text("utf-8", "replace"))
            )
        if unquote(place) not in places[file]:
            return f"{path}#{place}, which that page does not have"
    return None


def is_identifier(path: str) -> bool:
    """Whether a path is that of a dataset or release: `regions`, `regions/1.0.0`."""
    dataset, _, version = path.partition("/")
    return bool(dataset) and "." not in dataset and (path == dataset or is_version(version))
