"""The project's source as the house rules read it: its modules, parsed once, and what each of them imports.

What a rule asks for belongs to the test that keeps it.
"""

import ast
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
CODE = ("innoregio", "assets", "orchestration", "schemas")

Problems = Iterator[str]
Rule = Callable[[str, ast.Module], Problems]


def modules(*folders: str) -> Iterator[tuple[str, Path]]:
    """Dotted name and path of each module below the folders."""
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*.py")):
            parts = path.relative_to(ROOT).with_suffix("").parts
            yield ".".join(parts[:-1] if parts[-1] == "__init__" else parts), path


@cache
def parse(path: Path) -> ast.Module:
    """The module at `path`, parsed once for all rules."""
    return ast.parse(path.read_text("utf-8"))


def imports(tree: ast.AST) -> Iterator[str]:
    """What a module imports anywhere in it; `from a import b` counts as `a.b`, which may be a module too."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, "imports are absolute"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
