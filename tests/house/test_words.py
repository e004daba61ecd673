"""The words of the house: prose in British English, nothing defined and unused; and that the rules see."""

import ast
import re
from collections.abc import Iterable, Mapping

import pytest

from tests.house.source import CODE, ROOT, Rule, modules, parse
from tests.house.words import (
    AMERICAN,
    american_words,
    comments,
    docstrings,
    loops_name_their_nouns,
    names_are_no_riddles,
)

SHOWN = ("docs", ".")  # folders of the pages


def test_prose_in_the_code_is_british() -> None:
    found = {}
    for name, path in modules(*CODE, "tests"):
        text = path.read_text("utf-8")
        if AMERICAN.search(text) and "tests.house." not in name:
            prose = "\n".join([*docstrings(parse(path)), *comments(text)])
            found[name] = american_words(prose)
    assert {name: words for name, words in found.items() if words} == {}


def test_pages_are_british() -> None:
    pages = [path for folder in SHOWN for path in sorted((ROOT / folder).glob("*.md"))]
    prose = {path.name: re.sub(r"```.*?```", " ", path.read_text("utf-8"), flags=re.DOTALL) for path in pages}
    assert prose and {name: words for name, text in prose.items() if (words := american_words(text))} == {}


def words_used(node: ast.AST) -> list[str]:
    """The names that a node reads; also those in short texts, by which registries name things."""
    if isinstance(node, ast.Name):
        return [node.id] if isinstance(node.ctx, ast.Load) else []
    if isinstance(node, ast.Attribute):
        return [node.attr]
    text = node.value if isinstance(node, ast.Constant) else None
    return re.findall(r"\w+", text) if isinstance(text, str) and len(text) < 80 else []


def names_defined(node: ast.stmt) -> list[str]:
    """The names that a statement of a module defines, but for what a decorator registers."""
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return [] if node.decorator_list else [node.name]
    targets = node.targets if isinstance(node, ast.Assign) else []
    targets = [node.target] if isinstance(node, ast.AnnAssign) else targets
    return [target.id for target in targets if isinstance(target, ast.Name) and target.id != "__all__"]


def unused(trees: Mapping[str, ast.Module], elsewhere: set[str]) -> list[str]:
    """What is defined at the top of a module and named neither in the code nor `elsewhere`."""
    used = {
        word for tree in trees.values() for node in ast.walk(tree) for word in words_used(node)
    } | elsewhere
    defined = (
        (name, word) for name, tree in trees.items() for node in tree.body for word in names_defined(node)
    )
    return [f"{name}.{word}" for name, word in defined if word not in used]


def test_what_is_defined_is_used() -> None:
    """A function, class or constant that neither the code, a page, nor a descriptor names is dead."""
    texts = [*(ROOT / "docs").glob("*.md"), ROOT / "pyproject.toml", *(ROOT / "schemas").rglob("*.yaml")]
    shown = {word for path in texts for word in re.findall(r"\w+", path.read_text("utf-8"))}
    assert unused({name: parse(path) for name, path in modules(*CODE)}, shown) == []


def idle_constants(trees: Mapping[str, ast.Module], others: Iterable[ast.Module] = ()) -> list[str]:
    """Constants that their module does not use and nobody takes from it, whatever else has their name."""
    nodes = [node for tree in (*trees.values(), *others) for node in ast.walk(tree)]
    taken = {
        (node.module, alias.name)
        for node in nodes
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    attributes = {node.attr for node in nodes if isinstance(node, ast.Attribute)}
    found = []
    for name, tree in trees.items():
        read = {
            node.id
            for node in ast.walk(tree)
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)
        }
        for node in tree.body:
            if isinstance(node, ast.Assign | ast.AnnAssign):
                words = [word for word in names_defined(node) if not word.startswith("__")]
                found += [
                    f"{name}.{word}"
                    for word in words
                    if word not in read | attributes and (name, word) not in taken
                ]
    return found


def test_a_constant_is_used_where_it_stands() -> None:
    tests = [parse(path) for _, path in modules("tests")]
    assert idle_constants({name: parse(path) for name, path in modules(*CODE)}, tests) == []


def test_an_idle_copy_of_a_constant_is_seen() -> None:
    trees = {"a": ast.parse("MOST = 5\nprint(MOST)"), "b": ast.parse("MOST = 5"), "c": ast.parse("LEAST = 1")}
    assert idle_constants(trees, [ast.parse("from c import LEAST")]) == ["b.MOST"]


def test_what_is_unused_is_seen() -> None:
    source = "LIMIT = 3\ndef count(): return LIMIT\ndef _forgotten(): ...\nclass Kept: ..."
    assert unused({"a": ast.parse(source)}, {"Kept"}) == ["a.count", "a._forgotten"]


@pytest.mark.parametrize(
    ("rule", "source", "is_seen"),
    [
        (names_are_no_riddles, "told = 1", True),
        (names_are_no_riddles, "def tell_all(): ...", True),
        (names_are_no_riddles, "def f(mended): ...", True),
        (names_are_no_riddles, "[piece for piece in x]", True),
        (names_are_no_riddles, "foretold = report = 1", False),
        (loops_name_their_nouns, "[one.name for one in snapshots]", True),
        (loops_name_their_nouns, "for one in self.entries:\n    pass", True),
        (loops_name_their_nouns, "for one in found:\n    pass", False),
        (loops_name_their_nouns, "for one, other in pairs:\n    pass", False),
    ],
)
def test_the_rule_sees_what_it_should(rule: Rule, source: str, is_seen: bool) -> None:
    assert bool(list(rule("assets.x", ast.parse(source)))) == is_seen


def test_spelling_is_seen() -> None:
    assert american_words("We normalize colors. See `normalize()` and https://x/catalog") == [
        "normaliz",
        "colors",
    ]
