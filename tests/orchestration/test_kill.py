"""A run that is killed at any moment leaves the published state whole, and the next run repairs it."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.commands import run_innoregio, tree_bytes

KILLS = 12
CHOSEN = ("framework-projects", "population", "rd-expenditure", "register-places", "regions")


@pytest.mark.slow
def test_killed_at_many_moments_nothing_is_torn(tmp_path: Path) -> None:
    """SIGKILL, from the first moment to the last, over and over into one folder.

    Every second run goes on from what the killed one left, which may be little work; the others start anew.
    After each kill every package that is published has all its files with the right hashes; in the end one
    whole run gives the bytes of a run that nobody disturbed.
    """
    clean = {
        name: value for name, value in os.environ.items() if not name.startswith(("INNOREGIO_", "DAGSTER_"))
    }
    command = [sys.executable, "-m", "orchestration.cli.main", "publish", "--quiet", *CHOSEN]
    started = time.monotonic()
    assert run_innoregio("publish", "--quiet", *CHOSEN, "--out", "undisturbed", cwd=tmp_path).returncode == 0
    whole = time.monotonic() - started
    killed = 0
    for attempt in range(KILLS):
        for folder in ("public", "data") if attempt % 2 == 0 else ():
            shutil.rmtree(tmp_path / folder, ignore_errors=True)
        run = subprocess.Popen(
            command, cwd=tmp_path, env=clean, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL
        )
        time.sleep(whole * (attempt + 1) / (KILLS + 1))
        run.send_signal(signal.SIGKILL)
        killed += run.wait() == -signal.SIGKILL
        for descriptor in (tmp_path / "public").glob("*/datapackage.json"):
            package = json.loads(descriptor.read_text())
            for resource in package["resources"]:
                path = descriptor.parent / resource["path"]
                assert path.is_file(), f"{path} is missing after kill {attempt}"
                if "bytes" in resource:
                    assert path.stat().st_size == resource["bytes"]
    assert killed >= KILLS // 2, "too few runs were killed under way for this test to say anything"
    repaired = run_innoregio("publish", "--quiet", *CHOSEN, cwd=tmp_path)
    assert repaired.returncode == 0, repaired.stderr
    assert run_innoregio("verify", cwd=tmp_path).returncode == 0
    assert tree_bytes(tmp_path / "public") == tree_bytes(tmp_path / "undisturbed")
