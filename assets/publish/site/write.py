"""Writes the site into a published tree: only when something it is made from changed, each file in one step.

A run that finds nothing new reads the descriptors and the hashes of its own files, and draws nothing. What
the pages say belongs to `pages`.
"""

import hashlib
import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from importlib import metadata, resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

import orjson

from assets.descriptor import LANGUAGES, Catalogue, Dataset
from assets.errors import PublishError
from assets.files import hash_file, replace_if_new
from assets.overlay import schema_folders
from assets.publish.catalogue.beside import workbook_path
from assets.publish.catalogue.packages import Package, read_packages
from assets.publish.catalogue.places import focus_country
from assets.publish.catalogue.terms import web_address
from assets.publish.release.layout import DESCRIPTOR
from assets.publish.release.links import RECORD
from assets.publish.release.sources import read_sources
from assets.publish.site.areas import Focus, find_focus
from assets.publish.site.charts import Drawing, draw_bars, draw_lines, draw_tiles
from assets.publish.site.drawing import draw_all
from assets.publish.site.figures import Figure
from assets.publish.site.model import Site
from assets.publish.site.page_parts import all_figures
from assets.publish.site.pages import site_pages
from assets.publish.site.places import Places, placed_figures, read_places
from assets.publish.site.projects import read_programmes, read_projects
from assets.publish.site.region_facts import read_regions
from assets.publish.site.strategy import read_themes
from assets.publish.site.territory import REGIONS, Territory, read_territory
from assets.publish.site.views import View, read_table_of, read_view
from assets.publish.site.workbooks.workbook import write_workbooks

CODE = ("assets.publish.site", "assets.publish.catalogue", "assets.derive")  # with linked data, and places
WIDE, NARROW = (620, 330), (340, 240)
FEW = 9  # bars in a small multiple


def write_site(
    out: Path,
    catalogue: Catalogue,
    base_url: str,
    withdrawn: Collection[str] = (),
    waiting: Sequence[Dataset] = (),
) -> bool:
    """Bring the site of the tree `out` up to its packages; True when a byte changed.

    Writes `index.html`, a folder of pages for each language, `site/` (stylesheet and script) and workbooks
    into each dataset's folder; removes what it wrote before and no longer has. `withdrawn` names the datasets
    that no descriptor makes any more; those `waiting` for their first fetch are only listed.
    Raises `PublishError` when the tree cannot be read or written.
    """
    base = web_address(base_url.rstrip("/") + "/")
    if base is None:
        raise PublishError(f"{base_url!r} is no base address; give one like https://data.example.org/")
    try:
        record = read_site_record(out / RECORD)
        made_from = origin(out, catalogue, base, withdrawn, waiting)
        if record.get("made_from") == made_from and is_site_whole(out, record.get("files", {})):
            return False
        files: dict[str, str] = {}
        changed = False
        packages = read_packages(out, focus_country(catalogue), withdrawn)
        for path, content in site_files(out, catalogue, base, packages, record, waiting):
            files[path] = f"sha256:{hashlib.sha256(content).hexdigest()}"
            changed = replace_if_new(out / path, content) or changed
        for path in sorted(record.get("files", {}).keys() - files.keys()):
            (out / path).unlink(missing_ok=True)
            changed = True
        workbooks = {package.name: workbook_origin(package, catalogue, base) for package in packages}
        kept = {"made_from": made_from, "workbooks": workbooks, "files": dict(sorted(files.items()))}
        return replace_if_new(out / RECORD, orjson.dumps(kept, option=orjson.OPT_INDENT_2)) or changed
    except OSError as error:
        raise PublishError(f"{error.filename or out}: {error.strerror}; the site is not written") from error


def site_files(
    out: Path,
    catalogue: Catalogue,
    base: str,
    packages: list[Package],
    record: dict[str, Any],
    waiting: Sequence[Dataset] = (),
) -> Iterator[tuple[str, bytes]]:
    """Path and content of each of the site's files."""
    sizes: dict[str, dict[str, int]] = {}
    for package in packages:
        made_from = workbook_origin(package, catalogue, base)
        found = kept_workbooks(out, package, record, made_from) or write_workbooks(
            package, catalogue, base, out / package.name
        )
        for language, content in found.items():
            sizes.setdefault(package.name, {})[language] = len(content)
            yield f"{package.name}/{workbook_path(package.name, language)}", content
    yield from site_pages(build_site(out, catalogue, base, packages, sizes, waiting))
    folder = resources.files("assets.publish.site") / "static"
    for name in ("style.css", "search.js", "icon.svg"):
        yield f"site/{name}", (folder / name).read_bytes()


def build_site(
    out: Path,
    catalogue: Catalogue,
    base: str,
    packages: list[Package],
    workbooks: Mapping[str, Mapping[str, int]],
    waiting: Sequence[Dataset] = (),
) -> Site:
    """What the pages are made from, with everything drawn."""
    focus, territory, places, views = read_views(out, catalogue, packages)
    projects = read_projects(views, focus, places)
    figures = [figure for _, figure in all_figures(views)]
    if projects and projects.countries:
        figures.append(projects.countries)
    drawn = draw_all(dict(drawings(figures)))
    states = read_sources(out)
    programmes = read_programmes(views)
    regions = read_regions(out, packages, views, focus)
    themes = read_themes(out, packages, views, focus)
    return Site(
        *(base, catalogue, focus, views, drawn, workbooks, territory, projects, programmes, states, regions),
        themes,
        tuple(waiting),
    )


def read_views(
    out: Path, catalogue: Catalogue, packages: list[Package]
) -> tuple[Focus, Territory, Places | None, list[View]]:
    """The region in focus, what its codes mean, where a register's rows are, and what the pages show of each
    dataset."""
    regions = next((package for package in packages if package.name == REGIONS), None)
    areas, changes, members = (
        read_table_of(out, regions, table) for table in ("areas", "changes", "memberships")
    )
    focus = find_focus(catalogue.focus, areas, changes, members)
    territory = read_territory(focus, areas, changes, members)
    places = read_places(out, packages, focus)
    made = {**territory.figures, **placed_figures(out, packages, places, focus)}
    return focus, territory, places, [read_view(out, package, focus, made) for package in packages]


def drawings(figures: list[Figure]) -> Iterator[tuple[str, Drawing]]:
    """Every form of every figure: over time, the newest values, the map; each for wide and narrow screens."""
    for figure in figures:
        if figure.kind == "lines":
            yield f"{figure.key}/wide", draw_lines(figure, *WIDE)
            yield f"{figure.key}/narrow", draw_lines(figure, *NARROW)
        if figure.kind == "bars" or figure.ranked:
            form = "" if figure.kind == "bars" else "ranking-"
            yield f"{figure.key}/{form}wide", draw_bars(figure, WIDE[0])
            yield f"{figure.key}/{form}narrow", draw_bars(figure, NARROW[0])
        if figure.kind == "bars" and figure.focus and len(figure.series) > FEW:
            yield f"{figure.key}/small", draw_bars(figure, NARROW[0], FEW)
        if tiles := draw_tiles(figure):
            yield f"{figure.key}/tiles", tiles


def origin(
    out: Path,
    catalogue: Catalogue,
    base: str,
    withdrawn: Collection[str],
    waiting: Sequence[Dataset] = (),
) -> str:
    """A digest of everything that the site is made from: descriptors (they hold their files' hashes),
    versions, settings, our code and texts, and the engines' versions.
    """
    digest = hashlib.sha256()
    for path in sorted(out.glob(f"*/{DESCRIPTOR}")):
        versions = sorted(version.parent.name for version in path.parent.glob(f"*/{DESCRIPTOR}"))
        digest.update(f"{path.parent.name} {versions}".encode() + path.read_bytes())
    settings = [base, sorted(withdrawn), *(sorted(vars(catalogue).items(), key=lambda item: item[0]))]
    digest.update(repr(settings).encode())
    texts = [(dataset.name, dataset.titles, dataset.descriptions) for dataset in waiting]
    digest.update(repr(texts).encode())
    digest.update(json.dumps(list(read_sources(out).values())).encode())
    for content in all_code():
        digest.update(content)
    for engine in ("vl-convert-python", "babel", "jinja2", "polars"):
        digest.update(metadata.version(engine).encode())
    return digest.hexdigest()


def all_code() -> Iterator[bytes]:
    """The code, words and templates that pages and workbooks are made with, the operator's too."""
    for folder in (*map(resources.files, CODE), *(folder / "site" for folder in schema_folders())):
        if folder.is_dir():
            yield from code_bytes(folder)
    for folder in schema_folders():
        path = folder / "providers.yaml"
        if path.is_file():
            yield path.read_bytes()


def code_bytes(folder: Traversable) -> Iterator[bytes]:
    """The site's own code, texts and templates, by name."""
    for path in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if path.is_dir() and path.name != "__pycache__":
            yield from code_bytes(path)
        elif path.is_file() and not path.name.endswith(".pyc"):
            yield path.name.encode() + path.read_bytes()


def read_site_record(path: Path) -> dict[str, Any]:
    """What was written before; empty when nothing was, or when it cannot be read."""
    try:
        found = orjson.loads(path.read_bytes())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def is_site_whole(out: Path, files: dict[str, str]) -> bool:
    """Whether every file of the site is as it was written."""
    return bool(files) and all(
        (out / path).is_file() and hash_file(out / path) == digest for path, digest in files.items()
    )


def workbook_origin(package: Package, catalogue: Catalogue, base: str) -> str:
    """A digest of what a dataset's workbooks are made from."""
    settings = [base, package.withdrawn, *sorted(vars(catalogue).items())]
    digest = hashlib.sha256(repr(settings).encode() + orjson.dumps(package.content))
    for content in all_code():
        digest.update(content)
    return digest.hexdigest()


def kept_workbooks(out: Path, package: Package, record: dict[str, Any], made_from: str) -> dict[str, bytes]:
    """Language -> workbook as they are there, when they were made from the same and nobody changed one."""
    found: dict[str, bytes] = {}
    if record.get("workbooks", {}).get(package.name) != made_from:
        return found
    for language in LANGUAGES:
        path = f"{package.name}/{workbook_path(package.name, language)}"
        recorded = record.get("files", {}).get(path)
        content = (out / path).read_bytes() if recorded and (out / path).is_file() else b""
        if f"sha256:{hashlib.sha256(content).hexdigest()}" != recorded:
            return {}
        found[language] = content
    return found
