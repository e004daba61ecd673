"""`innoregio up` starts what it says, and leaves nothing behind when it is stopped."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from orchestration.cli.main import main
from orchestration.operation.processes import keep_running, prepare_home

ROOT = Path(__file__).parents[3]
LASTING = [sys.executable, "-c", "import time; time.sleep(60)"]


def test_a_folder_without_settings_gets_ours_and_keeps_its_own(tmp_path: Path) -> None:
    home = prepare_home({"DAGSTER_HOME": str(tmp_path / "new" / "home")})
    settings = yaml.safe_load((home / "dagster.yaml").read_text("utf-8"))
    assert settings["telemetry"] == settings["nux"] == {"enabled": False}
    assert settings["concurrency"]["runs"]["max_concurrent_runs"] == 1
    assert settings["run_monitoring"]["max_runtime_seconds"] == 6 * 3600
    (home / "dagster.yaml").write_text("telemetry: {enabled: false}\n")
    prepare_home({"DAGSTER_HOME": str(home)})
    assert (home / "dagster.yaml").read_text() == "telemetry: {enabled: false}\n"


@pytest.mark.parametrize("home", ["", "dagster"])
def test_without_an_absolute_folder_it_says_what_to_do(home: str) -> None:
    run = CliRunner().invoke(main, ["up"], env={"DAGSTER_HOME": home})
    assert run.exit_code == 2 and "DAGSTER_HOME: name an absolute folder" in run.stderr


def test_where_one_ends_the_other_is_stopped() -> None:
    begun = time.monotonic()
    assert keep_running([LASTING, [sys.executable, "-c", "pass"]], os.environ) == 1
    assert time.monotonic() - begun < 20


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_is_a_clean_stop(number: signal.Signals) -> None:
    code = (
        "import os, sys; from orchestration.operation.processes import keep_running; "
        f"print('up', flush=True); sys.exit(keep_running([{LASTING!r}, {LASTING!r}], os.environ))"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) as run:
        assert run.stdout and run.stdout.readline() == b"up\n"
        time.sleep(0.5)
        run.send_signal(number)
        assert run.wait(30) == 0


@pytest.mark.slow
def test_the_pages_answer_and_all_ends_with_the_service(tmp_path: Path) -> None:
    pytest.importorskip("dagster_webserver")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    environment = dict(os.environ) | {"DAGSTER_HOME": str(tmp_path / "dagster")}
    command = [sys.executable, "-m", "orchestration.cli.main", "up", "--port", str(port)]
    with subprocess.Popen(command, env=environment, cwd=tmp_path, stderr=subprocess.DEVNULL) as run:
        until = time.monotonic() + 120
        answer = b""
        while not answer and time.monotonic() < until and run.poll() is None:
            time.sleep(1)
            try:
                answer = urllib.request.urlopen(f"http://127.0.0.1:{port}/server_info", timeout=5).read()
            except OSError:
                continue
        run.send_signal(signal.SIGTERM)
        assert run.wait(100) == 0
    assert b"dagster_webserver_version" in answer
    with socket.create_server(("127.0.0.1", port)):
        """The port is free again."""


@pytest.mark.parametrize("path", sorted((ROOT / "deploy").glob("*.service")), ids=lambda path: path.name)
def test_units_run_commands_that_are_there(path: Path) -> None:
    (line,) = [text for text in path.read_text("utf-8").splitlines() if text.startswith("ExecStart=")]
    _, *arguments = line.removeprefix("ExecStart=").split()
    run = CliRunner().invoke(main, [*arguments, "--help"])
    assert run.exit_code == 0 and run.stdout.startswith("Usage: main " + arguments[0])
