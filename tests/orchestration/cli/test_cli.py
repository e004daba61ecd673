"""The command line: quick, quiet, and clear about mistakes."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from orchestration.cli.main import main
from tests.commands import run_innoregio
from tests.shipped import described_names


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder, where the command runs."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


QUICK = [
    ["--help"],
    ["serve", "--help"],
    ["push", "ckan", "--help"],
    ["list"],
    ["show", "rd-expenditure"],
    ["verify", "--help"],
    ["--version"],
]


def invoke(*arguments: str) -> Result:
    """The command in this process, which must not end in an error of ours."""
    done = CliRunner().invoke(main, arguments)
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done


def test_only_publish_imports_dagster(tmp_path: Path) -> None:
    code = (
        "import sys\nfrom orchestration.cli.main import main\n"
        f"for arguments in {QUICK!r}:\n"
        "    try:\n        main(arguments)\n    except SystemExit as end:\n"
        "        assert end.code in (0, None), (arguments, end.code)\n"
        "    assert 'dagster' not in sys.modules, arguments\n"
        "    assert 'frictionless' not in sys.modules, arguments\n"
    )
    run = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr


def test_the_help_tells_each_command_in_a_whole_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    lines = invoke("--help").stdout.splitlines()
    assert "  serve     Serve what is published over HTTP, until Ctrl-C." in lines
    assert [line for line in lines[1:] if line.endswith("...") or len(line) > 80] == []


def test_an_unknown_dataset_is_a_usage_error_that_lists_the_names(here: Path) -> None:
    run = invoke("publish", "rd-expenditur")
    assert run.exit_code == 2 and list(here.iterdir()) == []
    assert "there is no dataset 'rd-expenditur'" in run.stderr and "rd-expenditure" in run.stderr


def test_a_foreign_folder_is_refused_with_one_line(tmp_path: Path) -> None:
    (tmp_path / "public").mkdir()
    (tmp_path / "public" / "thesis.docx").write_text("not ours")
    run = run_innoregio("publish", "regions", "--quiet", cwd=tmp_path)
    assert run.returncode == 1
    assert len(run.stderr.strip().splitlines()) == 1 and "Traceback" not in run.stderr
    assert [path.name for path in (tmp_path / "public").iterdir()] == ["thesis.docx"]


def test_a_read_only_place_is_one_line_without_traceback(here: Path) -> None:
    (here / "file").write_text("")
    run = invoke("publish", "regions", "--quiet", "--out", str(here / "file" / "public"))
    assert run.exit_code == 1
    assert "Traceback" not in run.stderr and len(run.stderr.strip().splitlines()) == 1


@pytest.mark.parametrize(
    "address", ["data.example.org", "javascript:alert(1)", "https://", "https://a.example/?b"]
)
def test_what_is_no_base_address_is_a_usage_error(address: str, here: Path) -> None:
    run = invoke("publish", "regions", "--base-url", address)
    assert run.exit_code == 2 and "is no base address" in run.stderr
    assert list(here.iterdir()) == []


@pytest.mark.usefixtures("extent")
def test_list_and_show_tell_the_published_version(published: Path, published_names: list[str]) -> None:
    listed = json.loads(invoke("list", "--out", str(published), "--format", "json").stdout)
    versions = {one["dataset"]: one["version"] for one in listed}
    assert list(versions) == described_names()
    for name, version in versions.items():
        assert version == ("1.0.0" if name in published_names else None)
    shown = invoke("show", "population", "--out", str(published))
    assert shown.exit_code == 0
    assert "population-statfin" in shown.stdout and "published 1.0.0" in shown.stdout
    long = ("snapshot", "citation", "program")
    assert max(len(line) for line in shown.stdout.splitlines() if not line.startswith(long)) <= 80


def test_verify_names_a_difference_and_exits_with_one(published: Path, here: Path) -> None:
    shutil.copytree(published / "rd-expenditure", here / "public" / "rd-expenditure")
    table = here / "public" / "rd-expenditure" / "1.0.0" / "rd-expenditure.csv"
    table.write_bytes(table.read_bytes().replace(b"116.6", b"166.1"))
    run = invoke("verify", "--format", "json")
    assert run.exit_code == 1
    assert any("rd-expenditure.csv" in difference for difference in json.loads(run.stdout)["differences"])


@pytest.mark.slow
def test_sigterm_is_a_clean_stop(tmp_path: Path) -> None:
    """A run that is told to stop ends soon, says so in a line, and leaves nothing that a second run cannot
    repair.
    """
    clean = {
        name: value for name, value in os.environ.items() if not name.startswith(("INNOREGIO_", "DAGSTER_"))
    }
    command = [sys.executable, "-m", "orchestration.cli.main", "publish", "--quiet"]
    run = subprocess.Popen(
        command, cwd=tmp_path, env=clean, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    started = time.monotonic()
    while not list(tmp_path.glob("data/normalised/*/*.parquet")) and time.monotonic() - started < 60:
        time.sleep(0.02)
    run.send_signal(signal.SIGTERM)
    _, told = run.communicate(timeout=60)
    assert run.returncode == 130, told
    assert "Traceback" not in told and "stopped" in told


def test_the_second_of_two_runs_stops_with_one_line(here: Path) -> None:
    """Another process publishes: without --wait the command ends at once."""
    code = (
        "import sys, time\nfrom pathlib import Path\n"
        "from assets.publish.release.lock import publication_lock\n"
        "with publication_lock(Path('public').absolute(), wait=False):\n"
        "    print('held', flush=True)\n    sys.stdin.read()\n"
    )
    holder = subprocess.Popen(
        [sys.executable, "-c", code], cwd=here, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert holder.stdout and holder.stdin
    assert holder.stdout.readline() == "held\n"
    run = invoke("publish", "regions", "--quiet")
    holder.stdin.close()
    holder.wait(timeout=10)
    assert run.exit_code == 1
    assert len(run.stderr.strip().splitlines()) == 1 and "--wait" in run.stderr
