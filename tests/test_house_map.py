"""The maps of the house: what README and CONTRIBUTING say of its folders, and which libraries came in."""

import re
import tomllib
from itertools import pairwise
from pathlib import Path

from packaging.requirements import Requirement

ROOT = Path(__file__).parents[1]
KNOWN = {  # by whoever works in this field
    *("dagster", "polars", "pyarrow", "jsonschema", "jinja2", "pyyaml", "click", "rich", "dagster-webserver"),
}
STAGES = ("fetch", "normalise", "derive", "validate", "publish")


def test_the_readme_maps_the_folders() -> None:
    section = (ROOT / "README.md").read_text("utf-8").split("## Folders")[1].split("\n## ")[0]
    mapped = set(re.findall(r"^ *(\w+)/ ", section, re.MULTILINE))
    ours = {path.parent.name for kind in ("*/*.py", "*/*.md") for path in ROOT.glob(kind)}
    assert mapped == {name for name in ours if not name.startswith((".", "_"))}
    stages = section.split("assets/")[1].split("\n")[0]
    assert all(stage in stages for stage in STAGES if (ROOT / "assets" / stage).is_dir())


def test_contributing_maps_every_room() -> None:
    section = (ROOT / "CONTRIBUTING.md").read_text("utf-8").split("## The map")[1].split("\n## ")[0]
    rows = re.findall(r"^\| `(\w+)/(?:(\w+)/)?` \| (.*) \|$", section, re.MULTILINE)
    rooms = {f"{first}/{second}".rstrip("/") for first, second, _ in rows}
    ours = {
        f"{top}/{path.name}" for top in ("assets",) for path in (ROOT / top).iterdir() if _is_room(path)
    } | {"innoregio", "orchestration", "schemas"}
    assert rooms == ours
    for first, second, text in rows:
        within = set(re.findall(r"`(\w+)/`", text))
        there = {path.name for path in (ROOT / first / second).iterdir() if _is_room(path)}
        assert within <= there and (not within or there - {"draft"} <= within), (first, second, there)
    modules = {path.name for path in (ROOT / "assets").glob("*.py") if path.name != "__init__.py"}
    assert modules == set(re.findall(r"`(\w+\.py)`", section))


def test_every_dependency_is_pinned() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    wanted = [
        *project["dependencies"],
        *(one for extra in project["optional-dependencies"].values() for one in extra),
    ]
    lines = (ROOT / "constraints.txt").read_text("utf-8").splitlines()
    pinned = {_plain(line.split("==")[0]): line.split("==")[1] for line in lines if "==" in line}
    for requirement in map(Requirement, wanted):
        version = pinned.get(_plain(requirement.name))
        assert version and requirement.specifier.contains(version), requirement


def test_a_dependency_says_why() -> None:
    """A comment beside it or above its list, where the name is not known for what it does."""
    lines = (ROOT / "pyproject.toml").read_text("utf-8").splitlines()
    first, last = lines.index("dependencies = ["), lines.index("[project.scripts]")
    silent = [
        name
        for before, line in pairwise(lines[first:last])
        if "#" not in line and not before.startswith("#")
        for name in re.findall(r'"([A-Za-z][\w-]*)', line)
    ]
    assert [name for name in silent if name not in KNOWN] == []


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _is_room(path: Path) -> bool:
    return path.is_dir() and not path.name.startswith((".", "_"))
