"""The house rules of the tests: each can fail, what they import is there, their rooms are the code's."""

import ast
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from functools import cache

from tests.house.source import CODE, ROOT, modules, parse

BESIDE_EACH_OTHER = 20
CHECKS = ("pytest.raises", "pytest.fail", "pytest.warns")
OTHERS = {  # rooms without one of the same name in the code: what they are for
    "tests/benchmarks": "measures",
    "tests/clients": "other people's tools on the result",
    "tests/clients/readers": "the same, run in environments of their own",
    "tests/upstream": "the providers as the tests have them",
    "tests/derive/strategy": "the strategy as it is published, and its page in docs",
    "tests/house": "the house rules",
    "tests/fetch/faults": "providers, disks and stores that break",
    "tests/fetch/live": "the world as it answers, and a check of the real one",
    "tests/normalise/readers/hostile": "files that are damaged or forged",
    "tests/normalise/readers/plain": "second readings, which share no code with the readers",
}

Function = ast.FunctionDef | ast.AsyncFunctionDef


def functions(trees: Mapping[str, ast.Module]) -> Iterator[tuple[str, Function]]:
    """Every function of the modules, with the name of its module."""
    for name, tree in trees.items():
        yield from ((name, node) for node in ast.walk(tree) if isinstance(node, Function))


def without_assertion(trees: Mapping[str, ast.Module]) -> list[str]:
    """The tests that cannot fail on purpose: neither by themselves nor by what they call."""
    calls: dict[str, set[str]] = defaultdict(set)
    checking: set[str] = set()
    for _, function in functions(trees):
        for node in ast.walk(function):
            called = ast.unparse(node.func) if isinstance(node, ast.Call) else ""
            calls[function.name].add(called.rsplit(".", 1)[-1])
            if isinstance(node, ast.Assert | ast.Raise) or called in CHECKS:
                checking.add(function.name)
    while more := {name for name, called in calls.items() if name not in checking and called & checking}:
        checking |= more
    tests = (
        (name, function.name) for name, function in functions(trees) if function.name.startswith("test_")
    )
    return [f"{name}.{test}" for name, test in tests if test not in checking]


@cache
def top_names(tree: ast.Module) -> set[str]:
    """What a module has at its top, imports included."""
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, Function | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            names |= {alias.asname or alias.name.split(".")[0] for alias in node.names}
    return names


def missing_imports(tree: ast.Module, ours: Mapping[str, ast.Module]) -> Iterator[str]:
    """The names that a module imports from modules of ours, and that are not there."""
    for node in ast.walk(tree):
        module = str(node.module) if isinstance(node, ast.ImportFrom) else ""
        if not isinstance(node, ast.ImportFrom) or module.split(".")[0] not in ("tests", *CODE):
            continue
        for alias in node.names:
            if f"{module}.{alias.name}" not in ours and (
                module not in ours or alias.name not in top_names(ours[module])
            ):
                yield f"{module}.{alias.name}"


def test_every_test_can_fail() -> None:
    assert without_assertion({name: parse(path) for name, path in modules("tests")}) == []


def test_a_test_that_cannot_fail_is_seen() -> None:
    source = "def check(x): assert x\ndef test_a(): check(1)\ndef test_b(): print(1)"
    assert without_assertion({"tests.x": ast.parse(source)}) == ["tests.x.test_b"]


def test_what_tests_import_is_there() -> None:
    """Type checks are for the code; a moved module or name would else be missed until its test runs."""
    ours = {name: parse(path) for name, path in modules("tests", *CODE)}
    found = {name: missing for name, tree in ours.items() if (missing := list(missing_imports(tree, ours)))}
    assert found == {}


def test_a_missing_import_is_seen() -> None:
    ours = {"tests.x": ast.parse("def f(): ..."), "tests.y": ast.parse("")}
    tree = ast.parse("from tests.x import f, g\nfrom tests.z import h\nfrom tests import y")
    assert list(missing_imports(tree, ours)) == ["tests.x.g", "tests.z.h"]


def test_a_room_of_tests_is_small_and_has_a_room_of_code() -> None:
    rooms = Counter(path.parent.relative_to(ROOT).as_posix() for _, path in modules("tests"))
    assert {room: n for room, n in rooms.items() if n > BESIDE_EACH_OTHER} == {}
    code = {
        path.relative_to(ROOT).as_posix().removeprefix("assets/")
        for folder in CODE
        for path in ((ROOT / folder), *(ROOT / folder).rglob("*"))
        if path.is_dir()
    }
    apart = {room for room in rooms if room != "tests" and room.removeprefix("tests/") not in code}
    assert apart == set(OTHERS)


def test_recorded_files_are_found_in_one_place() -> None:
    """Tests that need the recorded files use the fixture `shared`, which skips where they are not."""
    texts = {name: path.read_text("utf-8") for name, path in modules("tests")}
    assert [n for n, text in texts.items() if re.search("INNOREGIO_" + "SHARED", text)] == ["tests.conftest"]


def test_every_page_is_linked_and_its_code_is_run() -> None:
    pages = {path.name: path.read_text("utf-8") for path in sorted((ROOT / "docs").glob("*.md"))}
    readme = (ROOT / "README.md").read_text("utf-8")
    tests = "".join(path.read_text("utf-8") for _, path in modules("tests"))
    linked = {name for name in pages if f"(docs/{name})" in readme}
    linked |= {name for other in linked for name in pages if f"({name}" in pages[other]}
    assert linked == set(pages)
    assert [name for name, text in pages.items() if "```" in text and f'{name}"' not in tests] == []
