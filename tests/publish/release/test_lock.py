"""One publication at a time, a dead holder blocks nobody, a foreign folder is left alone."""

import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from assets.errors import PublishError
from assets.publish.release.lock import LOCK_FILE, check_out_folder, publication_lock

HOLD = """
import sys, time
from pathlib import Path
from assets.publish.release.lock import publication_lock
with publication_lock(Path(sys.argv[1]), wait=False):
    print("held", flush=True)
    time.sleep(float(sys.argv[2]))
"""


@contextmanager
def holder(out: Path, seconds: float) -> Iterator[subprocess.Popen[bytes]]:
    """Another process that holds the lock."""
    run = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(out), str(seconds)],
        stdout=subprocess.PIPE,
        cwd=Path(__file__).parents[3],
    )
    assert run.stdout is not None and run.stdout.readline() == b"held\n"
    try:
        yield run
    finally:
        run.kill()
        run.wait()
        run.stdout.close()


def test_a_second_run_stops_with_one_line(tmp_path: Path) -> None:
    with holder(tmp_path, 60) as run:
        with pytest.raises(PublishError) as caught, publication_lock(tmp_path, wait=False):
            pass
        message = str(caught.value)
        assert re.fullmatch(
            rf".*: another run( \(process {run.pid}\))? is publishing here; .*--wait", message
        )


def test_a_killed_holder_blocks_nobody(tmp_path: Path) -> None:
    with holder(tmp_path, 60) as run:
        run.send_signal(signal.SIGKILL)
        run.wait()
        with publication_lock(tmp_path, wait=False):
            pass


def test_a_second_run_waits_when_asked(tmp_path: Path) -> None:
    with holder(tmp_path, 0.4):
        started = time.monotonic()
        with publication_lock(tmp_path, wait=True):
            assert time.monotonic() - started > 0.2


def test_the_lock_is_taken_again_inside_one_process(tmp_path: Path) -> None:
    with publication_lock(tmp_path, wait=False):
        with publication_lock(tmp_path, wait=False):
            pass
        run = subprocess.run(
            [sys.executable, "-c", HOLD, str(tmp_path), "0"],
            cwd=Path(__file__).parents[3],
            capture_output=True,
        )
        assert run.returncode == 1 and b"another run" in run.stderr  # the inner release freed nothing
    with holder(tmp_path, 0):
        pass


def test_the_lock_writes_nothing(tmp_path: Path) -> None:
    with publication_lock(tmp_path, wait=False):
        pass
    before = (tmp_path / LOCK_FILE).stat()
    with publication_lock(tmp_path, wait=False):
        pass
    assert (tmp_path / LOCK_FILE).stat().st_mtime_ns == before.st_mtime_ns and before.st_size == 0


def test_a_lock_file_that_was_removed_meanwhile_is_made_again(tmp_path: Path) -> None:
    with publication_lock(tmp_path, wait=False):
        (tmp_path / LOCK_FILE).unlink()
    with publication_lock(tmp_path, wait=False):
        assert (tmp_path / LOCK_FILE).exists()


@pytest.mark.parametrize("name", ["notes.txt", ".hidden", "sub/datapackage.json", "sub/1.0.0/a.csv"])
def test_a_foreign_folder_is_refused_and_left_alone(tmp_path: Path, name: str) -> None:
    (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / name).write_text('{"name": "sub", "resources": []}')
    before = sorted(tmp_path.rglob("*"))
    with (
        pytest.raises(PublishError, match="not empty, and no package of innoregio is in it"),
        publication_lock(tmp_path, wait=False),
    ):
        pass
    assert sorted(tmp_path.rglob("*")) == before


def test_what_is_ours_or_nobodys_is_taken(tmp_path: Path) -> None:
    check_out_folder(tmp_path / "absent")
    check_out_folder(tmp_path)
    (tmp_path / "some").mkdir()
    (tmp_path / "some/datapackage.json").write_text('{"name": "some", "innoregio:rows": 1}')
    check_out_folder(tmp_path)
    (tmp_path / "file").write_text("")
    with pytest.raises(PublishError, match="not a folder"):
        check_out_folder(tmp_path / "file")
