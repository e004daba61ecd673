"""Dagster's web server and daemon as one service: started together, stopped together.

Which settings Dagster has belongs to `dagster.yaml` beside this module.
"""

import importlib.resources
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import FrameType

from assets.errors import SettingError
from assets.files import replace_file

STOPPING = 60.0  # seconds that runs and answers get
LOOK = 0.2  # seconds between two looks at the processes
LOCATION = ("-m", "orchestration.definitions")


def prepare_home(environment: Mapping[str, str]) -> Path:
    """Dagster's folder, with our settings where it has none. Raises `SettingError` without one."""
    folder = Path(environment.get("DAGSTER_HOME", ""))
    if not folder.is_absolute():
        raise SettingError("DAGSTER_HOME: name an absolute folder, where Dagster keeps its records of runs")
    folder.mkdir(parents=True, exist_ok=True)
    settings = folder / "dagster.yaml"
    if not settings.exists():
        shipped = importlib.resources.files("orchestration.operation").joinpath("dagster.yaml")
        replace_file(settings, shipped.read_bytes(), durable=True)
    return folder


def service_commands(host: str, port: int) -> list[list[str]]:
    """The commands of the web server and of the daemon."""
    python = [sys.executable, "-m"]
    return [
        [*python, "dagster_webserver", *LOCATION, "-h", host, "-p", str(port)],
        [*python, "dagster._daemon", "run", *LOCATION],
    ]


def keep_running(commands: Sequence[Sequence[str]], environment: Mapping[str, str]) -> int:
    """Runs the commands until SIGTERM or SIGINT comes, or one of them ends; then stops all and waits.

    Returns 0 after a signal, 1 where one ended of itself.
    """
    stopped = False

    def stop(_signal: int, _frame: FrameType | None) -> None:
        nonlocal stopped
        stopped = True

    before = {number: signal.signal(number, stop) for number in (signal.SIGTERM, signal.SIGINT)}
    children = [
        subprocess.Popen(command, env=dict(environment), start_new_session=True) for command in commands
    ]
    try:
        while not stopped and all(child.poll() is None for child in children):
            time.sleep(LOOK)
    finally:
        end_processes(children)
        for number, handler in before.items():
            signal.signal(number, handler)
    return 0 if stopped else 1


def end_processes(children: Sequence["subprocess.Popen[bytes]"]) -> None:
    """Asks each to end, waits, and kills with all that it started what does not end in time."""
    for child in children:
        if child.poll() is None:
            child.send_signal(signal.SIGINT)
    until = time.monotonic() + STOPPING
    for child in children:
        try:
            child.wait(max(0.0, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            os.killpg(child.pid, signal.SIGKILL)
            child.wait()
