"""A run that dies at any moment leaves the last release whole, and the next run repairs the tree.

Every change of the tree (open to write, rename, unlink, mkdir, rmdir) is a moment: Python's audit events stop
the run there, as a kill would. `fsync` is the moment at which half of a file is written. Some runs are really
killed, in a process of their own.
"""

import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from assets import files
from assets.publish.release.verify import verify_tree
from tests.publish.release.made_dataset import (
    DATASET,
    FIGURES,
    REGISTER,
    tree_files,
)
from tests.publish.release.made_publications import first, publish, revise

CHANGES = ("open", "os.rename", "os.remove", "os.mkdir", "os.rmdir")


class Killed(BaseException):
    """The run ends here; nothing of ours catches it."""


class Moments:
    """Counts the changes of a folder and stops the run at a chosen one."""

    def __init__(self) -> None:
        self.folder = ""
        self.left = -1
        self.seen = 0

    def hook(self, event: str, arguments: tuple[Any, ...]) -> None:
        """Python's audit hook; hooks cannot be removed, so an idle one does nothing."""
        if not self.folder or event not in CHANGES or not str(arguments[0]).startswith(self.folder):
            return
        if event != "open" or arguments[2] & (os.O_WRONLY | os.O_RDWR):
            self.pass_by()

    def pass_by(self) -> None:
        """One more moment."""
        self.seen += 1
        if self.seen == self.left:
            raise Killed


MOMENTS = Moments()
sys.addaudithook(MOMENTS.hook)


@contextmanager
def watched(folder: Path, stop_at: int = -1) -> Iterator[Moments]:
    """Within, changes of `folder` are counted and the run is stopped at the given one."""
    MOMENTS.folder, MOMENTS.left, MOMENTS.seen = str(folder), stop_at, 0
    try:
        yield MOMENTS
    finally:
        MOMENTS.folder = ""


@pytest.fixture(autouse=True)
def half_files(monkeypatch: pytest.MonkeyPatch) -> None:
    """`fsync` of a file is a moment too: a run stopped there leaves half of the file."""

    def fsync(descriptor: int) -> None:
        path = Path(f"/proc/self/fd/{descriptor}").readlink()
        try:
            if MOMENTS.folder and str(path).startswith(MOMENTS.folder) and path.is_file():
                MOMENTS.pass_by()
        except Killed:
            os.truncate(path, path.stat().st_size // 2)
            raise

    monkeypatch.setattr(files.os, "fsync", fsync)


def drop_table(out: Path) -> None:
    """A release without the second table: a copy beside the descriptor has to go."""
    publish(out, replace(DATASET, resources=(FIGURES,)))


def assert_whole(out: Path) -> dict[str, Any] | None:
    """The published descriptor's files are all there with the right content."""
    descriptor = out / "made-data/datapackage.json"
    if not descriptor.exists():
        return None
    package = json.loads(descriptor.read_bytes())
    for resource in package["resources"]:
        content = (descriptor.parent / resource["path"]).read_bytes()
        assert resource["hash"] == f"sha256:{hashlib.sha256(content).hexdigest()}"
    return package


@pytest.mark.parametrize("run", [first, revise, drop_table])
def test_killed_at_some_moments(run: Callable[[Path], None], tmp_path: Path) -> None:
    kill_at_moments(run, tmp_path, step=13)


@pytest.mark.slow
@pytest.mark.parametrize("run", [first, revise, drop_table])
def test_killed_at_every_moment(run: Callable[[Path], None], tmp_path: Path) -> None:
    kill_at_moments(run, tmp_path, step=1)


def kill_at_moments(run: Callable[[Path], None], tmp_path: Path, step: int) -> None:
    """Stop `run` at each `step`th moment, the run that repairs as well, then let one come to its end."""
    before, good = tmp_path / "before", tmp_path / "good"
    before.mkdir()
    if run is not first:
        first(before)
    shutil.copytree(before, good)
    old = assert_whole(before)
    with watched(good) as moments:
        run(good)
    expected, new = tree_files(good), assert_whole(good)
    assert moments.seen > 20
    states = []
    for moment in range(moments.seen, 0, -step):
        out = tmp_path / f"out-{moment}"
        shutil.copytree(before, out)
        with pytest.raises(Killed), watched(out, stop_at=moment):
            run(out)
        state = assert_whole(out)
        assert state in (old, new), f"moment {moment}"
        states.append(state == new)
        with pytest.raises(Killed), watched(out, stop_at=1 + moment // 2):
            run(out)  # the repairing run is killed too
            raise Killed
        assert assert_whole(out) in (old, new)
        run(out)
        assert tree_files(out) == expected, f"moment {moment}"
        assert verify_tree(out) == []
        shutil.rmtree(out)
    assert (
        states == sorted(states, reverse=True) and False in states and True in states
    )  # one moment of publication


def test_after_a_kill_other_content_is_published_as_well(tmp_path: Path) -> None:
    """The run that died had published or not; the next one has other figures. Either way the tree is good."""
    versions = set()
    with watched(tmp_path / "good") as moments:
        first(tmp_path / "good")
    for moment in range(2, moments.seen, 17):
        out = tmp_path / f"out-{moment}"
        with pytest.raises(Killed), watched(out, stop_at=moment):
            first(out)
            raise Killed
        revise(out)
        assert verify_tree(out) == []
        package = assert_whole(out)
        assert package is not None and package["innoregio:provenance"]
        versions.add(package["version"])
    assert versions == {"1.0.0", "1.0.1"}


def test_a_complete_version_that_was_not_published_is_published_by_the_next_run(tmp_path: Path) -> None:
    first(tmp_path)
    expected = tree_files(tmp_path)
    (tmp_path / "made-data/datapackage.json").unlink()
    assert verify_tree(tmp_path) == [
        "made-data/datapackage.json: missing; the next run publishes version 1.0.0"
    ]
    first(tmp_path)
    assert tree_files(tmp_path) == expected


def test_older_versions_survive_everything(tmp_path: Path) -> None:
    first(tmp_path)
    one = tree_files(tmp_path / "made-data/1.0.0")
    revise(tmp_path)
    drop_table(tmp_path)
    first(tmp_path)
    assert tree_files(tmp_path / "made-data/1.0.0") == one
    assert [path.name for path in sorted(tmp_path.glob("made-data/*.*.*/"))] == [
        "1.0.0",
        "1.0.1",
        "2.0.0",
        "2.1.0",
    ]


SCRIPT = """
import sys
sys.path.insert(0, sys.argv[2])
from pathlib import Path
from tests.publish.release.test_publish_kill import first, revise
print("ready", flush=True)
while True:
    first(Path(sys.argv[1]))
    revise(Path(sys.argv[1]))
"""


@pytest.mark.slow
def test_really_killed(tmp_path: Path) -> None:
    """SIGKILL at some moment of an endless row of releases, several times; the lock of a dead run blocks
    nobody.
    """
    for pause in (0.06, 0.25):
        run = subprocess.Popen(
            [sys.executable, "-c", SCRIPT, str(tmp_path), str(Path(__file__).parents[3])],
            stdout=subprocess.PIPE,
            cwd=Path(__file__).parents[3],
        )
        assert run.stdout is not None
        assert run.stdout.readline() == b"ready\n"
        time.sleep(pause)
        run.send_signal(signal.SIGKILL)
        assert run.wait() == -signal.SIGKILL
        run.stdout.close()
        assert_whole(tmp_path)
    first(tmp_path)
    revise(tmp_path)
    assert verify_tree(tmp_path) == []
    assert assert_whole(tmp_path) is not None


def test_the_register_is_in_the_tree(tmp_path: Path) -> None:
    first(tmp_path)
    assert (tmp_path / f"made-data/{REGISTER.name}.parquet").is_file()
    drop_table(tmp_path)
    assert not (tmp_path / f"made-data/{REGISTER.name}.parquet").exists()
    assert (tmp_path / f"made-data/1.0.0/{REGISTER.name}.parquet").is_file()
