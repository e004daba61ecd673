"""Writes the site into a published tree: only when something it is made from changed, each file in one step.

A run that finds nothing new reads the descriptors and the hashes of its own files, and draws nothing. What
the pages say belongs to `pages`.
"""

import hashlib
from collections.abc import Collection, Iterator
from importlib import metadata, resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

import orjson

from assets.descriptor import Catalogue
from assets.errors import PublishError
from assets.publish.catalogue.packages import Package, read_packages
from assets.publish.catalogue.places import focus_country
from assets.publish.catalogue.terms import web_address
from assets.publish.files import TEMPORARY, hash_file
from assets.publish.layout import DESCRIPTOR
from assets.publish.site import region
from assets.publish.site.areas import Focus, find_focus
from assets.publish.site.charts import Drawing, draw_bars, draw_lines, draw_tiles
from assets.publish.site.drawing import draw_all
from assets.publish.site.figures import Figure
from assets.publish.site.pages import Site, all_figures, site_pages
from assets.publish.site.views import View, read_view
from assets.publish.site.workbook import write_workbook

RECORD = ".site.json"  # what the site was made from, and its files' hashes
WIDE, NARROW = (720, 340), (340, 240)


def write_site(out: Path, catalogue: Catalogue, base_url: str, withdrawn: Collection[str] = ()) -> bool:
    """Bring the site of the tree `out` up to its packages; True when a byte changed.

    Writes `index.html`, a folder of pages for each language, `site/` (stylesheet and script) and a workbook
    into each dataset's folder; removes pages that it wrote before and no longer has. `withdrawn` names the
    datasets that no descriptor makes any more. Raises `PublishError` when the tree cannot be read or written.
    """
    base = web_address(base_url.rstrip("/") + "/")
    if base is None:
        raise PublishError(f"{base_url!r} is no base address; give one like https://data.example.org/")
    try:
        record = read_record(out / RECORD)
        made_from = origin(out, catalogue, base, withdrawn)
        if record.get("made_from") == made_from and is_whole(out, record.get("files", {})):
            return False
        files: dict[str, str] = {}
        changed = False
        packages = read_packages(out, focus_country(catalogue), withdrawn)
        for path, content in site_files(out, catalogue, base, packages, record):
            files[path] = f"sha256:{hashlib.sha256(content).hexdigest()}"
            changed = replace_if_new(out / path, content) or changed
        for path in sorted(record.get("files", {}).keys() - files.keys()):
            (out / path).unlink(missing_ok=True)
            changed = True
        workbooks = workbook_origins(packages)
        kept = {"made_from": made_from, "workbooks": workbooks, "files": dict(sorted(files.items()))}
        return replace_if_new(out / RECORD, orjson.dumps(kept, option=orjson.OPT_INDENT_2)) or changed
    except OSError as error:
        raise PublishError(f"{error.filename or out}: {error.strerror}; the site is not written") from error


def site_files(
    out: Path, catalogue: Catalogue, base: str, packages: list[Package], record: dict[str, Any]
) -> Iterator[tuple[str, bytes]]:
    """Path and content of each of the site's files."""
    focus = find_focus(catalogue)
    views = [read_view(out, package, focus) for package in packages]
    sizes: dict[str, int] = {}
    for view in views:
        path = f"{view.name}/{view.name}.xlsx"
        content = kept_workbook(out, path, view.package, record) or write_workbook(
            view.package.content, view.folder
        )
        if content is not None:
            sizes[view.name] = len(content)
            yield path, content
    yield from site_pages(make_site(catalogue, base, focus, views, sizes))
    folder = resources.files("assets.publish.site") / "static"
    for name in ("style.css", "search.js", "icon.svg"):
        yield f"site/{name}", (folder / name).read_bytes()


def make_site(
    catalogue: Catalogue, base: str, focus: Focus, views: list[View], workbooks: dict[str, int]
) -> Site:
    """What the pages are made from, with everything drawn."""
    by_name = {view.name: view for view in views}
    areas = changes = members = None
    if (regions := by_name.get("regions")) is not None:
        areas, changes, members = (
            region.read_frame(regions, one) for one in ("areas", "changes", "memberships")
        )
    codes, history = region.nuts_history(changes, focus)
    found = region.territories(areas, members, codes, focus) if areas is not None else []
    register = by_name.get("framework-projects")
    projects = (
        region.read_projects(register, codes, focus, region.country_names(register))
        if register is not None
        else None
    )
    figures = [figure for _, figure in all_figures(views)]
    if projects and projects.partners:
        figures.append(projects.partners)
    drawn = draw_all(dict(drawings(figures)))
    return Site(base, catalogue, focus, views, drawn, workbooks, found, history, projects)


def drawings(figures: list[Figure]) -> Iterator[tuple[str, Drawing]]:
    """Every form of every figure."""
    for figure in figures:
        if figure.kind == "lines":
            yield f"{figure.key}/wide", draw_lines(figure, *WIDE)
            yield f"{figure.key}/narrow", draw_lines(figure, *NARROW)
        else:
            yield f"{figure.key}/wide", draw_bars(figure, WIDE[0])
            yield f"{figure.key}/narrow", draw_bars(figure, NARROW[0])
        if tiles := draw_tiles(figure):
            yield f"{figure.key}/tiles", tiles


def origin(out: Path, catalogue: Catalogue, base: str, withdrawn: Collection[str]) -> str:
    """A digest of everything that the site is made from: descriptors (they hold their files' hashes),
    versions, settings, our code and texts, and the engines' versions.
    """
    digest = hashlib.sha256()
    for path in sorted(out.glob(f"*/{DESCRIPTOR}")):
        versions = sorted(one.parent.name for one in path.parent.glob(f"*/{DESCRIPTOR}"))
        digest.update(f"{path.parent.name} {versions}".encode() + path.read_bytes())
    settings = [base, sorted(withdrawn), *(sorted(vars(catalogue).items(), key=lambda item: item[0]))]
    digest.update(repr(settings).encode())
    for content in code_bytes(resources.files("assets.publish.site")):
        digest.update(content)
    for engine in ("vl-convert-python", "babel", "jinja2", "polars"):
        digest.update(metadata.version(engine).encode())
    return digest.hexdigest()


def code_bytes(folder: Traversable) -> Iterator[bytes]:
    """The site's own code, texts and templates, by name."""
    for one in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if one.is_dir() and one.name != "__pycache__":
            yield from code_bytes(one)
        elif one.is_file() and not one.name.endswith(".pyc"):
            yield one.name.encode() + one.read_bytes()


def read_record(path: Path) -> dict[str, Any]:
    """What was written before; empty when nothing was, or when it cannot be read."""
    try:
        found = orjson.loads(path.read_bytes())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def is_whole(out: Path, files: dict[str, str]) -> bool:
    """Whether every file of the site is as it was written."""
    return bool(files) and all(
        (out / path).is_file() and hash_file(out / path) == told for path, told in files.items()
    )


def workbook_origins(packages: list[Package]) -> dict[str, str]:
    """Dataset -> a digest of what its workbook is made from."""
    code = (resources.files("assets.publish.site") / "workbook.py").read_bytes()
    return {one.name: hashlib.sha256(orjson.dumps(one.content) + code).hexdigest() for one in packages}


def kept_workbook(out: Path, path: str, package: Package, record: dict[str, Any]) -> bytes | None:
    """The workbook as it is there, when it was made from the same release and nobody changed it."""
    told = record.get("files", {}).get(path)
    made = record.get("workbooks", {}).get(package.name)
    if told and made == workbook_origins([package])[package.name] and (out / path).is_file():
        content = (out / path).read_bytes()
        return content if f"sha256:{hashlib.sha256(content).hexdigest()}" == told else None
    return None


def replace_if_new(path: Path, content: bytes) -> bool:
    """Put `content` under `path` in one step unless it is there; whether it was not."""
    if path.is_file() and path.read_bytes() == content:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}{TEMPORARY}")
    temporary.write_bytes(content)
    temporary.replace(path)
    return True
