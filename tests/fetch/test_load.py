"""Many datasets and large files: the time that the limits allow, memory that does not grow."""

import os
import random
import resource
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from assets.descriptor import Source
from assets.fetch.acquire import acquire_all, open_session
from assets.fetch.http.limits import RateLimit
from assets.fetch.states import UNCHANGED, UPDATED
from tests.fetch.live_runs import QUICK, made_upstream, shipped
from tests.upstream.server import environment, serve


@pytest.mark.slow
def test_two_hundred_datasets_take_what_the_limits_allow(tmp_path: Path) -> None:
    """Each has a table of its own; 60 calls a second, 20 ms each."""
    upstream = made_upstream()
    folder, table = upstream.statfin["12bs"]
    upstream.statfin = {f"t{n}": (folder, replace(table, code=f"t{n}")) for n in range(200)}
    upstream.latency, upstream.window = 0.02, (60, 1.0)
    (one,) = shipped("rd-expenditure")
    datasets = [
        replace(
            one,
            name=f"made-{n}",
            resources=(
                replace(one.resources[0], sources=(Source("statfin", f"t{n}", "pxweb", "json-stat"),)),
            ),
        )
        for n in range(200)
    ]
    with serve(upstream):
        settings = environment(upstream)
        with open_session(tmp_path, settings, QUICK) as session:
            session.client.rate_limits["statfin"] = RateLimit(60, 1.0)
            begun = time.monotonic()
            states = acquire_all(datasets, tmp_path, settings, session)
            took = time.monotonic() - begun
        assert {s.state for found in states.values() for s in found} == {UPDATED}
        calls = len(upstream.log)
        allowed = (calls - 60) / 60  # the first window is free
        print(f"{calls} calls: {took:.1f} s, the limits allow {allowed:.1f} s")
        assert took <= 1.3 * allowed + 0.5
        with open_session(tmp_path, settings, QUICK) as session:
            begun = time.monotonic()
            again = acquire_all(datasets, tmp_path, settings, session)
            idle = time.monotonic() - begun
        print(f"nothing changed: {idle:.2f} s, {len(upstream.log) - calls} calls")
        assert {s.state for found in again.values() for s in found} == {UNCHANGED}
        assert idle <= 2 + 200 * 0.012
        assert len(upstream.log) - calls == 1, "one listing"


DOWNLOAD = """
import resource, sys
from pathlib import Path
from tests.fetch.live_runs import QUICK, shipped
from dataclasses import replace
from assets.descriptor import Source
from assets.fetch.acquire import acquire, open_session
(one,) = shipped("rd-expenditure")
source = Source("cordis", "horizon", "download", "csv", parts=("project",))
one = replace(one, resources=(replace(one.resources[0], sources=(source,)),))
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
with open_session(Path(sys.argv[1]), {"INNOREGIO_CORDIS_URL": sys.argv[2]},
                  replace(QUICK, transfer=600, most_bytes=4_000_000_000)) as session:
    (state,) = acquire(one, Path(sys.argv[1]), {"INNOREGIO_CORDIS_URL": sys.argv[2]}, session)
print(state.state, state.bytes, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""


@pytest.mark.slow
@pytest.mark.parametrize("megabytes", [20, 400])
def test_memory_does_not_grow_with_the_file(tmp_path: Path, megabytes: int) -> None:
    assert sys.platform == "linux" and resource, "memory is counted in kilobytes there"
    block = random.Random(1).randbytes(1_000_000).replace(b"\n", b" ").replace(b'"', b" ")
    folder = tmp_path / "served"
    folder.mkdir()

    def blocks() -> Iterator[bytes]:
        yield b'"a"\n"'
        for _ in range(megabytes):
            yield block
        yield b'"\n'

    with (
        zipfile.ZipFile(folder / "cordis-HORIZONprojects-csv.zip", "w", zipfile.ZIP_STORED) as archive,
        archive.open(zipfile.ZipInfo("project.csv"), "w") as member,
    ):
        for one in blocks():
            member.write(one)
    server = subprocess.Popen(
        [sys.executable, "-m", "http.server", "0", "--bind", "127.0.0.1", "--directory", str(folder)],
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
        text=True,
    )
    try:
        assert server.stdout is not None
        port = server.stdout.readline().split(" port ")[1].split()[0]
        found = subprocess.run(
            [sys.executable, "-c", DOWNLOAD, str(tmp_path / "store"), f"http://127.0.0.1:{port}"],
            capture_output=True, text=True, timeout=300, cwd=Path(__file__).parents[2],
        )  # fmt: skip
    finally:
        server.terminate()
        server.wait(10)
    state, size, grown = found.stdout.split()
    print(f"{megabytes} MB: {state}, {size} bytes, {grown} MiB above the start")
    assert state == UPDATED, found
    assert int(size) > megabytes * 1_000_000
    assert int(grown) <= 150
