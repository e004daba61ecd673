"""A full disk and a folder that takes nothing: clear words, exit code 1, nothing lost, and it goes on."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.fetch.faults.published_runs import renew
from tests.fetch.live_runs import made_upstream
from tests.upstream.server import environment, serve

SPARE = (0, 64, 200, 500, 1200, 5000)  # kB
KINDS = [
    *(f"fetch {spare}" for spare in SPARE[:3]),
    *(f"publish {spare}" for spare in SPARE),
    "fetch ro",
    "publish ro",
]
CLEAR = ("No space left on device", "Read-only file system")


@pytest.mark.slow
def test_a_small_disk_loses_nothing(tmp_path: Path) -> None:
    own = ["unshare", "--mount", *(["--map-root-user"] if os.geteuid() else [])]
    disk = tmp_path / "disk"
    disk.mkdir()
    tried = [*own, "mount", "-t", "tmpfs", "-o", "size=1m", "none", str(disk)]
    if subprocess.run(tried, capture_output=True, check=False).returncode:
        pytest.skip("a disk of one's own cannot be mounted here")
    renewed = made_upstream()
    renew(renewed)
    with serve(made_upstream()) as first, serve(renewed):
        settings = [json.dumps(environment(one)) for one in (first, renewed)]
        settings = [one.replace("127.0.0.1", "localhost") for one in settings]
        done = subprocess.run(
            [
                *own,
                sys.executable,
                "-m",
                "tests.fetch.faults.small_disk",
                str(disk),
                str(tmp_path),
                *settings,
                *KINDS,
            ],
            capture_output=True,
            text=True,
            timeout=900,
            cwd=Path(__file__).parents[3],
        )
    found = {one["kind"]: one for one in map(json.loads, done.stdout.splitlines())}
    assert list(found) == KINDS, done.stderr[-3000:]
    wrong = [(kind, problem, one) for kind, one in found.items() for problem in problems(one)]
    assert not wrong
    assert [found[kind]["code"] for kind in ("fetch 0", "fetch ro", "publish ro")] == [1] * 3
    full = [found[f"publish {spare}"]["code"] for spare in SPARE]
    assert sum(full) >= 2, f"room that a file still mapped gave back is room: {full}"
    assert found[KINDS[-3]]["code"] == 0, "and in the end there was room enough"
    assert found["fetch ro"]["changed"] == found["publish ro"]["changed"] == []


def problems(one: dict[str, Any]) -> list[str]:
    """What is wrong with a run on a small disk and the one after it."""
    told = str(one["told"])
    found = [name for name in ("wrong", "left") if one[name]]
    found += [name for name, right in (("again", 0), ("repaired", True)) if one[name] != right]
    if one["code"] != 0 and not (one["code"] == 1 and any(words in told for words in CLEAR)):
        found.append("not told")
    return found + [word for word in ("defect", "Traceback") if word in told]
