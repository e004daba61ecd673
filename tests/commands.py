"""The command as a person runs it, and the files that it leaves."""

import os
import subprocess
import sys
from pathlib import Path


def run_innoregio(*arguments: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """The command as a person runs it, in a process of its own, with a clean environment."""
    clean = {
        name: value for name, value in os.environ.items() if not name.startswith(("INNOREGIO_", "DAGSTER_"))
    }
    return subprocess.run(
        [sys.executable, "-m", "orchestration.cli.main", *arguments],
        cwd=cwd,
        env=clean | environment,
        capture_output=True,
        text=True,
        timeout=300,
    )


def tree_bytes(tree: Path) -> dict[str, bytes]:
    """Every file of a tree and its content."""
    return {
        str(path.relative_to(tree)): path.read_bytes() for path in sorted(tree.rglob("*")) if path.is_file()
    }
