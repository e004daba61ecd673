"""What the tests of the site share: a hostile tree, and a browser with the published tree served to it.

`.ci/run` brings the tools (`SITE_TOOLS`: axe-core and the Nu checker), playwright and Debian's Chromium.
"""

import json
import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from assets.descriptor import load_catalogue
from assets.publish.site.write import write_site
from tests.publish.site.browser import QUIET
from tests.publish.site.site_tree import HOSTILE, IMAGE, SCRIPT


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Debian's Chromium, driven by playwright."""
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is installed by .ci/run")
    with playwright.sync_playwright() as driver:
        found = driver.chromium.launch(executable_path=shutil.which("chromium"), args=list(QUIET))
        yield found
        found.close()


@pytest.fixture(scope="session")
def hostile(published: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A register whose rows, names, titles and citations are hostile."""
    tree = tmp_path_factory.mktemp("hostile") / "public"
    shutil.copytree(published / "framework-projects", tree / "framework-projects")
    for book in (tree / "framework-projects").glob("*.xlsx"):
        book.unlink()
    folder = tree / "framework-projects"
    descriptor = json.loads((folder / "datapackage.json").read_text("utf-8"))
    for table, column in (("projects", "title"), ("projects", "acronym"), ("organisations", "name")):
        path = folder / next(
            one["path"] for one in descriptor["resources"] if one["name"] == f"{table}-parquet"
        )
        frame = pl.read_parquet(path)
        words = [HOSTILE[place % 3] for place in range(frame.height)]
        frame.with_columns(pl.Series(column, words)).write_parquet(path)
    for entry in (descriptor, *descriptor["resources"]):
        entry["title_translated"] = {language: f"{language} {SCRIPT}" for language in ("fi", "sv", "en")}
        entry["description_translated"] = {"fi": IMAGE, "sv": SCRIPT, "en": f"`{IMAGE}`"}
    descriptor["innoregio:citation"] = SCRIPT
    descriptor["sources"] = [{"title": IMAGE, "path": "javascript:alert(1)"}]
    (folder / "datapackage.json").write_text(json.dumps(descriptor), "utf-8")
    assert write_site(tree, load_catalogue(), "http://127.0.0.1:8000/")
    return tree


@contextmanager
def serving(tree: Path) -> Iterator[str]:
    """The address at which the application of `innoregio serve` answers from a tree."""
    uvicorn = pytest.importorskip("uvicorn")
    from orchestration.serving.app import build_app
    from orchestration.serving.server import open_socket

    with open_socket("127.0.0.1", 0) as listening:
        server = uvicorn.Server(uvicorn.Config(build_app(tree), log_level="error", lifespan="off"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.01)
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/"
        server.should_exit = True
        thread.join()


@pytest.fixture(scope="session")
def base(published: Path) -> Iterator[str]:
    """The address of the published tree, served as `innoregio serve` does."""
    with serving(published) as address:
        yield address


@pytest.fixture(scope="session")
def hostile_base(hostile: Path) -> Iterator[str]:
    """The address of the hostile tree."""
    with serving(hostile) as address:
        yield address
