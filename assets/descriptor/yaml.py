"""The YAML of `schemas/`: text to plain data, the line of every property at hand, the traps of YAML refused.

Only what YAML itself can get wrong belongs here: syntax, duplicate keys, unquoted codes that other readers
take for numbers, dates or booleans. What a property may say belongs to `profile`.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from assets.errors import DescriptorError

Place = tuple[str | int, ...]  # keys and positions from the top: ("resources", 0, "schema")

_Base: Any = getattr(
    yaml, "CSafeLoader", yaml.SafeLoader
)  # libyaml where PyYAML was built with it: ten times faster


class _CoreLoader(_Base):  # type: ignore[misc]
    """Less than YAML 1.2's core schema: null, true, false, decimal integers and fractions, and text."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012  PyYAML's own name


_TAG = "tag:yaml.org,2002:"
for _name, _pattern, _starts in (
    ("bool", r"^(true|false)$", list("tf")),
    ("null", r"^(null|)$", ["n", ""]),
    ("float", r"^-?(0|[1-9][0-9]*)\.[0-9]+$", list("-0123456789")),
    ("int", r"^-?(0|[1-9][0-9]*)$", list("-0123456789")),
):
    _CoreLoader.add_implicit_resolver(_TAG + _name, re.compile(_pattern), _starts)
_PLAIN: dict[str, Callable[[str], Any]] = {
    f"{_TAG}bool": lambda text: text == "true",
    f"{_TAG}null": lambda text: None,
    f"{_TAG}float": float,
    f"{_TAG}int": int,
}

# What an unquoted scalar, meant as text, becomes in readers of YAML 1.1 (PyYAML's default, R's yaml, Ruby).
_TRAPS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"[-+]?0[0-9_]+"), "an octal number, or one without its leading zero"),
    (re.compile(r"[-+]?0[xob][0-9A-Fa-f_]+"), "a number in another base"),
    (re.compile(r"(?i:y|n|yes|no|on|off)|True|TRUE|False|FALSE"), "true or false"),
    (re.compile(r"[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?"), "a number to the base of sixty"),
    (re.compile(r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}([Tt ].*)?"), "a date"),
    (re.compile(r"[-+]?([0-9][0-9_]*)?\.?[0-9_]+([eE][-+]?[0-9]+)?|[-+]?[0-9][0-9_]*\."), "a number"),
    (re.compile(r"[-+]?\.(?i:inf|nan)"), "infinity or not a number"),
    (re.compile(r"~|Null|NULL"), "null"),
    (re.compile(r"<<|="), "a merge key or a default value"),
)
_TRAP_STARTS = frozenset("+-.0123456789~<=yYnNoOtTfF")


class DescriptorMistake(DescriptorError):
    """One mistake in a descriptor: file and line, the property, what was found there and what is allowed."""

    def __init__(self, path: Path, line: int, place: str, found: str, allowed: str) -> None:
        self.path, self.line, self.place, self.found, self.allowed = path, line, place, found, allowed
        self.others: tuple[DescriptorMistake, ...] = ()  # further mistakes in the same file
        where = f"{shown_path(path)}:{line}: " + (f"{place}: " if place else "")
        super().__init__(f"{where}found {found}; allowed: {allowed}")


@dataclass(frozen=True)
class Document:
    """A YAML file as plain data, with its nodes for the lines, and the mistakes that YAML itself can show."""

    path: Path
    data: Any
    node: Any = None
    mistakes: tuple[DescriptorMistake, ...] = field(default=())

    def line(self, place: Place) -> int:
        """The line (from 1) of the property at `place`, or of the nearest one above it that the file has."""
        node, mark = self.node, getattr(self.node, "start_mark", None)
        for step in place:
            child = _child(node, step)
            if child is None:
                break
            node, mark = child
        return int(mark.line) + 1 if mark else 1

    def mistake(self, place: Place, found: str, allowed: str) -> DescriptorMistake:
        """A mistake at `place`."""
        return DescriptorMistake(self.path, self.line(place), shown_place(place), found, allowed)


def read_yaml(path: Path) -> Document:
    """Reads one YAML file into mappings, lists, text, numbers and booleans.

    Duplicate keys, keys that are not text, and unquoted scalars that other YAML readers take for something
    else are `mistakes` of the document. Raises `DescriptorMistake` when the file is not UTF-8 or not YAML,
    `DescriptorError` when it cannot be opened.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        line = path.read_bytes()[: error.start].count(b"\n") + 1
        raise DescriptorMistake(path, line, "", "bytes that are not UTF-8", "UTF-8 text") from error
    except OSError as error:
        reason = error.strerror or str(error)
        raise DescriptorError(f"{shown_path(path)}: cannot be read ({reason}); check the path") from error
    loader = _CoreLoader(text)
    try:
        node = loader.get_single_node()
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
        problem = getattr(error, "problem", None) or getattr(error, "reason", None) or "no YAML"
        before = mark.line if mark else text[: getattr(error, "position", 0)].count("\n")
        line = min(before + 1, max(len(text.splitlines()), 1))
        raise DescriptorMistake(
            path, line, "", str(problem).removeprefix("found "), "one document in YAML syntax"
        ) from error
    finally:
        loader.dispose()
    document = Document(path, None, node)
    mistakes: list[DescriptorMistake] = []
    data = None if node is None else _value(node, (), document, mistakes, ())
    return Document(path, data, node, tuple(mistakes))


def raise_mistakes(mistakes: Sequence[DescriptorMistake]) -> None:
    """Raises the first mistake with the further ones in its `others`; without mistakes nothing happens."""
    if mistakes:
        mistakes[0].others = tuple(mistakes[1:])
        raise mistakes[0]


def shown_path(path: Path) -> str:
    """How an error names a file: from the current folder where it lies below it, else whole."""
    try:
        return str(path.resolve().relative_to(Path.cwd()))
    except (ValueError, OSError):
        return str(path)


def shown_place(place: Place) -> str:
    """`("resources", 0, "name")` as `resources[0].name`."""
    text = ""
    for step in place:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
    return text


def trap(text: str) -> str | None:
    """What readers of YAML 1.1 take the unquoted `text` for, None where it is safe."""
    if text[:1] not in _TRAP_STARTS:
        return None
    return next((meaning for pattern, meaning in _TRAPS if pattern.fullmatch(text)), None)


def scalars(node: Any, place: Place = ()) -> Iterator[tuple[Place, Any, bool]]:
    """Every scalar below a node as (place, node, is key), in the order of the file."""
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield (*place, key.value), key, True
            yield from scalars(value, (*place, key.value))
    elif isinstance(node, yaml.SequenceNode):
        for position, item in enumerate(node.value):
            yield from scalars(item, (*place, position))
    elif node is not None:
        yield place, node, False


def _child(node: Any, step: str | int) -> tuple[Any, Any] | None:
    if isinstance(step, int):
        if isinstance(node, yaml.SequenceNode) and step < len(node.value):
            return node.value[step], node.value[step].start_mark
    elif isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value == step:
                return value, key.start_mark
    return None


def _value(
    node: Any, place: Place, document: Document, mistakes: list[DescriptorMistake], above: tuple[Any, ...]
) -> Any:
    if isinstance(node, yaml.ScalarNode):
        return _scalar(node, place, document, mistakes)
    if node in above:
        mistakes.append(document.mistake(place, "an alias of a node above itself", "a tree"))
        return None
    above = (*above, node)
    if isinstance(node, yaml.SequenceNode):
        return [
            _value(item, (*place, position), document, mistakes, above)
            for position, item in enumerate(node.value)
        ]
    mapping: dict[str, Any] = {}
    for key_node, value_node in node.value:
        key = _scalar(key_node, (*place, key_node.value), document, mistakes) if _is_text(key_node) else None
        line = key_node.start_mark.line + 1
        if not isinstance(key, str):
            found = (
                f"the key {key_node.value!s}" if isinstance(key_node, yaml.ScalarNode) else "a list as key"
            )
            mistakes.append(
                DescriptorMistake(document.path, line, shown_place(place), found, "text as key, in quotes")
            )
            continue
        if key in mapping:
            again = f"the key {key!r} a second time (first on line {document.line((*place, key))})"
            mistakes.append(
                DescriptorMistake(document.path, line, shown_place((*place, key)), again, "every key once")
            )
            continue
        mapping[key] = _value(value_node, (*place, key), document, mistakes, above)
    return mapping


def _is_text(node: Any) -> bool:
    return isinstance(node, yaml.ScalarNode)


def _scalar(node: Any, place: Place, document: Document, mistakes: list[DescriptorMistake]) -> Any:
    tag, text = node.tag, node.value
    if tag == f"{_TAG}str":
        meaning = None if node.style else trap(text)
        if meaning:
            found = f"{text} without quotes, which other YAML readers take for {meaning}"
            line = node.start_mark.line + 1
            mistakes.append(
                DescriptorMistake(document.path, line, shown_place(place), found, f'"{text}" in quotes')
            )
        return text
    if tag in _PLAIN:
        return _PLAIN[tag](text)
    mistakes.append(document.mistake(place, f"the tag {tag}", "plain YAML without tags"))
    return text
