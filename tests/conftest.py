"""Fixtures for all tests: the recorded upstream files, a published tree, and a fence around the network."""

import fcntl
import gc
import os
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

# The test processes share the cores; more threads in each only stand in each other's way.
os.environ.setdefault("POLARS_MAX_THREADS", "1")

import polars as pl
import pytest
from hypothesis import settings

from assets.derive.conversion_weights import Geography
from tests.commands import run_innoregio
from tests.descriptors_once import keep_descriptors
from tests.examples import PLAIN, WHOLE, register_profiles
from tests.fetch.live.live_rows import PROPERTY, format_table
from tests.shipped import SAMPLE


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of recorded upstream files: `INNOREGIO_SHARED`, or `shared` beside the project's folder."""
    folder = Path(os.environ.get("INNOREGIO_SHARED", Path(__file__).parents[2] / "shared"))
    if not (folder / "upstream" / "INDEX.tsv").is_file():
        pytest.skip("the recorded upstream files are not here (set INNOREGIO_SHARED to their folder)")
    return folder


@pytest.fixture(autouse=True, scope="session")
def offline(request: pytest.FixtureRequest) -> Iterator[None]:
    """No test reaches beyond the loopback interface, but for the live check where it was asked for."""
    if request.config.getoption("markexpr") == "live":
        yield
        return
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        host = address[0] if isinstance(address, tuple) else "local"
        if host not in ("127.0.0.1", "::1", "localhost", "local"):
            raise RuntimeError(f"a test tried to connect to {host}")
        connect(self, address)

    socket.socket.connect = guarded  # type: ignore[method-assign]
    yield
    socket.socket.connect = connect  # type: ignore[method-assign]


@pytest.fixture(autouse=True)
def no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """The developer's own settings do not reach the tests."""
    for name in list(os.environ):
        if name.startswith(("INNOREGIO_", "DAGSTER_HOME")) and name != "INNOREGIO_SHARED":
            monkeypatch.delenv(name)


@pytest.fixture(scope="session")
def whole(request: pytest.FixtureRequest) -> bool:
    """Whether every dataset is published for the tests: where slow ones were asked for."""
    return "not slow" not in request.config.getoption("markexpr")


@pytest.fixture(scope="session")
def published(whole: bool, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tree that `innoregio publish` makes, made once for all test processes; nobody may write into it.

    It has the sample of datasets in a plain run, and all of them where slow tests were asked for.
    """
    names = () if whole else SAMPLE

    def make(folder: Path) -> None:
        run = run_innoregio("publish", "--quiet", *names, cwd=folder)
        assert run.returncode == 0, run.stderr

    return made_once(tmp_path_factory, "published", make) / "public"


@pytest.fixture(scope="session", params=["sample", pytest.param("all", marks=pytest.mark.slow)])
def extent(request: pytest.FixtureRequest) -> str:
    """Makes a test a plain one of the sample and a slow one of all datasets, whichever `published` has."""
    found: str = request.param
    return found


@pytest.fixture(scope="session")
def published_names(published: Path) -> list[str]:
    """The names of the datasets in the published tree, sorted."""
    return sorted(path.parent.name for path in published.glob("*/datapackage.json"))


@pytest.fixture(scope="session")
def revised(published: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with `public` and `data` in which `rd-expenditure` has three releases (`made_revisions`), made
    once; nobody may write into it."""
    from tests.publish.revisions.made_revisions import publish_revisions

    return made_once(tmp_path_factory, "revised", lambda folder: publish_revisions(published, folder))


@pytest.fixture(scope="session")
def tables(published: Path) -> dict[str, pl.DataFrame]:
    """All tables of the dataset regions, as the publication of the bundle normalised them."""
    folder = published.parent / "data" / "normalised" / "regions"
    return {path.stem: pl.read_parquet(path) for path in folder.glob("*.parquet")}


@pytest.fixture(scope="session")
def areas(tables: dict[str, pl.DataFrame]) -> pl.LazyFrame:
    """The table regions/areas, which tagging looks codes up in."""
    return tables["areas"].lazy()


@pytest.fixture(scope="session")
def geography(tables: dict[str, pl.DataFrame]) -> Geography:
    """The tables of the dataset regions that conversion stands on."""
    return Geography(*(tables[name.replace("_", "-")] for name in Geography._fields))


def made_once(tmp_path_factory: pytest.TempPathFactory, name: str, make: Callable[[Path], object]) -> Path:
    """A folder that `make` fills, once for all test processes."""
    base = tmp_path_factory.getbasetemp()
    base = base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base
    folder, done = base / name, base / f"{name}.done"
    with (base / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            folder.mkdir()
            make(folder)
            done.touch()
    return folder


def pytest_sessionstart(session: pytest.Session) -> None:
    """Before the tests are collected, which read descriptors too and say how many examples they want."""
    keep_descriptors()
    register_profiles()
    settings.load_profile(PLAIN if "not slow" in session.config.getoption("markexpr") else WHOLE)


def pytest_collection_finish() -> None:
    """What was imported and collected stays to the end: no search for garbage need look at it again."""
    gc.collect()
    gc.freeze()


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """The table of the live check, from whatever process its tests ran in."""
    told = [
        value
        for reports in terminalreporter.stats.values()
        for report in reports
        for name, value in getattr(report, "user_properties", ())
        if name == PROPERTY
    ]
    if told:
        terminalreporter.write_line(format_table(told))


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Bytes do not name a test: packed ones hold the clock, and differ from process to process."""
    return argname if isinstance(val, bytes) and not val.isascii() else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """One test that needs the published tree comes first and all others that do come last: it takes ten
    seconds to make, for which the other process would wait."""
    last = [item for item in items if "published" in getattr(item, "fixturenames", ())]
    others = [item for item in items if item not in set(last)]
    items[:] = [*last[:1], *others, *last[1:]]
