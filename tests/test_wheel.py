"""The wheel, installed into an environment of its own, does in an empty folder what the repository does."""

import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

from tests.commands import tree_bytes

ROOT = Path(__file__).parents[1]
CUT_OFF = ("unshare", "--net", "--map-root-user")  # a process without a network, where the kernel allows it


def run(*command: str | Path, cwd: Path) -> str:
    """The output of a command that must end well, in an environment without the developer's settings."""
    clean = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("INNOREGIO_", "DAGSTER_", "PYTHON", "VIRTUAL_ENV", "POLARS_"))
    }
    done = subprocess.run(
        [str(part) for part in command], cwd=cwd, env=clean, capture_output=True, text=True, timeout=900
    )
    assert done.returncode == 0, f"{command}: {done.stdout[-2000:]}{done.stderr[-2000:]}"
    return done.stdout


@pytest.mark.slow
def test_the_installed_wheel_publishes_the_same_bytes_from_an_empty_folder(
    tmp_path: Path, published: Path
) -> None:
    wheels, environment, empty = tmp_path / "wheels", tmp_path / "environment", tmp_path / "empty"
    empty.mkdir()
    run(sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "-w", wheels, ROOT, cwd=tmp_path)
    [wheel] = wheels.glob("innoregio-*.whl")
    run(sys.executable, "-m", "venv", environment, cwd=tmp_path)
    pip, innoregio = environment / "bin" / "pip", environment / "bin" / "innoregio"
    run(pip, "install", "-q", "-c", ROOT / "constraints.txt", wheel, cwd=tmp_path)
    where = run(environment / "bin" / "python", "-c", "import assets; print(assets.__file__)", cwd=empty)
    assert Path(where.strip()).is_relative_to(environment)
    offline = CUT_OFF if shutil.which("unshare") and is_allowed(CUT_OFF) else ()
    run(*offline, innoregio, "publish", "--quiet", cwd=empty)
    assert sorted(path.name for path in empty.iterdir()) == ["data", "public"]
    ours, theirs = tree_bytes(published), tree_bytes(empty / "public")
    assert sorted(theirs) == sorted(ours)
    assert [name for name in ours if theirs[name] != ours[name]] == []
    run(*offline, innoregio, "verify", cwd=empty)


def is_allowed(wrapper: tuple[str, ...]) -> bool:
    return subprocess.run([*wrapper, "true"], capture_output=True).returncode == 0


def test_the_citation_is_of_this_version_and_licence() -> None:
    """The keys that CFF 1.2.0 requires, and what pyproject.toml says too."""
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert citation["cff-version"] == "1.2.0"
    assert citation["message"] and citation["authors"]
    for key in ("name", "version", "license"):
        assert citation["title" if key == "name" else key] == project[key]


def test_contributing_names_what_is_there() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    names = [
        word for word in text.split("`") if word.endswith((".py", ".md", ".yaml", ".json", ".txt", ".toml"))
    ]
    assert len(names) > 10
    for name in names:
        if "<" not in name and "*" not in name:
            assert any(ROOT.rglob(Path(name).name)), name
