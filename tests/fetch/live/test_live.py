"""Is each endpoint there, and are its tables what the descriptors say? Asks the real providers; run only by
`python -m pytest -m live tests/fetch/live/test_live.py`, which ends with a table of them.
"""

import itertools
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from assets.descriptor import read_providers
from assets.fetch.acquire import open_session
from assets.fetch.connectors.connector import Session
from assets.fetch.http.client import RetryPolicy
from tests.fetch.live.live_rows import PROPERTY, Row, as_text, format_table
from tests.fetch.live.live_table import PROBES, check_dataset, check_provider
from tests.fetch.live_runs import all_shipped, made_upstream
from tests.upstream.server import environment, serve

DATASETS = Path(__file__).parents[3] / "schemas" / "datasets"
SETTINGS = {name: value for name, value in os.environ.items() if name.startswith("INNOREGIO_")}
Tell = Callable[[str, object], None]


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    with open_session(tmp_path_factory.mktemp("live"), SETTINGS, RetryPolicy(tries=3)) as opened:
        yield opened


def tell(rows: list[Row], record_property: Tell) -> None:
    for row in rows:
        record_property(PROPERTY, as_text(row))
    wrong = [row for row in rows if not row.is_good]
    assert not wrong, "\n".join(f"{row.endpoint}: {row.message}" for row in wrong)


@pytest.mark.live
@pytest.mark.parametrize("name", sorted(path.stem for path in DATASETS.glob("*.yaml")))
def test_a_dataset_live(name: str, session: Session, areas: pl.LazyFrame, record_property: Tell) -> None:
    dataset = next(one for one in all_shipped() if one.name == name)
    tell(check_dataset(dataset, session, areas), record_property)


@pytest.mark.live
@pytest.mark.parametrize("name", PROBES)
def test_a_provider_live(name: str, session: Session, record_property: Tell) -> None:
    tell([check_provider(name, session)], record_property)


def test_every_provider_with_an_address_is_asked() -> None:
    used = {source.provider for one in all_shipped() for r in one.resources for source in r.sources}
    addressed = {name for name, provider in read_providers().items() if provider.base}
    assert addressed - used == set(PROBES)


def test_the_table() -> None:
    rows = [
        Row("b/2", "no", message="b/2: gone"),
        Row("a/1", "yes", "yes", "yes"),
        Row("b/2", "no", message="b/2: gone"),
    ]
    assert format_table([as_text(row) for row in rows]).splitlines() == [
        "endpoint  there  dimensions  figures  message",
        "a/1       yes    yes         yes",
        "b/2       no     -           -        b/2: gone",
    ]


@pytest.mark.slow
def test_the_command_prints_a_table_of_every_endpoint(tmp_path: Path) -> None:
    """Against the made upstream, whose tables are too small for the bounds, and which has one table less."""
    upstream = made_upstream()
    upstream.eurostat["renamed_rtot"] = upstream.eurostat.pop("pat_ep_rtot")
    table = upstream.eurostat["edat_lfse_22"]
    upstream.eurostat["edat_lfse_22"] = replace(table, dimensions=["freq2", *table.dimensions[1:]])
    with serve(upstream):
        nowhere = {
            f"INNOREGIO_{name.upper().replace('-', '_')}_URL": "http://127.0.0.1:9/x"
            for name in read_providers()
        }
        settings = nowhere | environment(upstream)
        done = subprocess.run(
            [
                sys.executable,
                "-m",
                "pytest",
                "-m",
                "live",
                "-n0",
                "-p",
                "no:cacheprovider",
                str(Path(__file__)),
            ],
            cwd=Path(__file__).parents[3],
            env=os.environ | settings,
            capture_output=True,
            text=True,
            timeout=300,
        )
    assert done.returncode == 1, done.stderr
    lines = done.stdout.splitlines()
    begin = next(at for at, line in enumerate(lines) if line.startswith("endpoint "))
    shown = itertools.takewhile(lambda line: not line.startswith("="), lines[begin + 1 :])
    rows = {line.split()[0]: line.split()[1:4] for line in shown}
    assert rows["eurostat/nama_10r_3gdp"][:2] == ["yes", "yes"]
    assert rows["eurostat/pat_ep_rtot"] == ["no", "-", "-"]
    assert rows["eurostat/edat_lfse_22"][:2] == ["yes", "no"]
    assert rows["cordis/fp7"][:2] == ["yes", "yes"]
    assert rows["jrc/nuts-matrices"][0] == "-"
    assert rows["prh/companies"][:2] == ["yes", "yes"]
    assert rows["ror/organizations"][0] == "no"
    known = {f"{s.provider}/{s.table}" for one in all_shipped() for r in one.resources for s in r.sources}
    assert known <= set(rows)
