"""Runs of `innoregio` on a disk that is full or takes nothing, in a mount namespace of their own.

Started by `test_small_disk` below `unshare --mount`; prints what it found as JSON.
"""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from assets.publish.release.verify import verify_tree
from orchestration.cli.main import main
from tests.commands import tree_bytes
from tests.fetch.faults.published_runs import later, session, tables_of
from tests.fetch.live_runs import shipped
from tests.fetch.person import tree

NAMES = ("regions", "rd-expenditure", "framework-projects")


def size_disk(disk: Path, options: str) -> None:
    """Mounts the disk again with other options."""
    subprocess.run(["mount", "-o", f"remount,{options}", str(disk)], check=True)


def innoregio(disk: Path, settings: dict[str, str], *arguments: str) -> dict[str, Any]:
    """The command, with its home and its tree on the disk."""
    out = ["--out", str(disk / "public")] if arguments[0] == "publish" else []
    done = CliRunner().invoke(
        main, [*arguments, *out, "--quiet"], env=settings | {"INNOREGIO_HOME": str(disk / "data")}
    )
    if done.exception and not isinstance(done.exception, SystemExit):
        return {"code": None, "told": repr(done.exception)}
    return {"code": done.exit_code, "told": done.stderr}


def used_kilobytes(disk: Path) -> int:
    """What the disk holds."""
    usage = shutil.disk_usage(disk)
    return usage.used // 1024


def try_all(disk: Path, folder: Path, first: dict[str, str], renewed: dict[str, str]) -> None:
    """Publishes, then meets each small disk with news from the providers, and then a large one."""
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=400m", "none", str(disk)], check=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("assets.descriptor.load_datasets", lambda: (shipped(*NAMES), []))
        patch.setattr("orchestration.fetching.open_session", session)
        assert innoregio(disk, first, "publish", *NAMES, "--fetch")["code"] == 0
        patch.setattr("orchestration.fetching.open_session", later)
        shutil.copytree(disk, folder / "before")
        assert innoregio(disk, renewed, "publish", *NAMES, "--fetch")["code"] == 0
        right = {name: tables_of(disk / "public" / name) for name in NAMES}
        before = tree(folder / "before" / "public")
        for kind in sys.argv[5:]:
            for path in disk.iterdir():
                shutil.rmtree(path)
            shutil.copytree(folder / "before", disk, dirs_exist_ok=True)
            command, _, spare = kind.partition(" ")
            size_disk(disk, "ro" if spare == "ro" else f"size={used_kilobytes(disk) + int(spare)}k")
            arguments = [command, *NAMES, *(["--fetch"] if command == "publish" else [])]
            one = innoregio(disk, renewed, *arguments)
            now = tree(disk / "public")
            told = [one for one in verify_tree(disk / "public") if "the next run" not in one]
            one["wrong"] = [*told, *(name for name in before if name not in now)]
            one["changed"] = sorted(
                name for name in before if name[0].isalpha() and before[name] != now.get(name)
            )
            size_disk(disk, "rw,size=400m")
            again = innoregio(disk, renewed, "publish", *NAMES, "--fetch")
            one |= {"again": again["code"], "told again": again["told"]}
            one["repaired"] = right == {name: tables_of(disk / "public" / name) for name in NAMES}
            one["left"] = [name for name in tree_bytes(disk) if name.endswith((".tmp", ".partial"))]
            print(json.dumps({"kind": kind} | one), flush=True)


if __name__ == "__main__":
    try_all(Path(sys.argv[1]), Path(sys.argv[2]), json.loads(sys.argv[3]), json.loads(sys.argv[4]))
