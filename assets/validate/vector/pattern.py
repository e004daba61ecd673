"""Python's regular expressions as Polars' (Rust) ones, where both accept the same texts.

The translation is written anew from Python's own parse of the pattern, so that what Rust accepts is what
Python accepts, or less: `\\d`, `\\w`, `\\s` become their ASCII part. What has no sure counterpart (look-
around, references, flags, word borders) is left to Python. Nothing about fields belongs here.
"""

import re
from re import _constants as op  # type: ignore[attr-defined]
from re import _parser  # type: ignore[attr-defined]
from typing import Any

CLASSES = {
    op.CATEGORY_DIGIT: "0-9",
    op.CATEGORY_SPACE: r"\x{20}\t\n\r\x{0b}\x{0c}",
    op.CATEGORY_WORD: "0-9A-Za-z_",
}
MOST_REPEATS = 1000  # Rust compiles counted repeats into copies


class _Untranslatable(Exception):
    """A part of the pattern that Rust cannot be trusted with."""


def rust_pattern(pattern: str) -> str | None:
    """`pattern` as a Rust expression that a whole text must match; None where only Python can decide."""
    try:
        parsed = _parser.parse(pattern)
        if parsed.state.flags & ~re.UNICODE:
            return None
        return f"^(?:{sequence(parsed)})$"  # without flag `m`, Rust's `$` is the very end
    except (_Untranslatable, re.error, RecursionError, OverflowError):
        return None


def sequence(items: Any) -> str:
    """A parsed sequence."""
    return "".join(item(code, value) for code, value in items)


def item(code: Any, value: Any) -> str:
    """One parsed item; raises `_Untranslatable`."""
    if code is op.LITERAL:
        return character(value)
    if code is op.NOT_LITERAL:
        return f"[^{character(value)}]"
    if code is op.ANY:
        return r"[^\n]"
    if code is op.IN:
        return character_set(value)
    if code is op.BRANCH:
        return "(?:" + "|".join(sequence(branch) for branch in value[1]) + ")"
    if code is op.SUBPATTERN and not value[1] and not value[2]:
        return f"(?:{sequence(value[3])})"
    if code in (op.MAX_REPEAT, op.MIN_REPEAT):  # greedy or not is one when the whole text must match
        least, most, inner = value
        last = "" if most == op.MAXREPEAT else str(int(most))
        if max(least, int(last or 0)) > MOST_REPEATS:
            raise _Untranslatable
        return f"(?:{sequence(inner)}){{{least},{last}}}"
    if code is op.AT and value is op.AT_BEGINNING:
        return "^"
    if code is op.AT and value is op.AT_END:
        return "$"  # Python's also matches before a final newline; less is enough
    raise _Untranslatable


def character_set(members: Any) -> str:
    """A set in brackets. A negated one may hold no class: less of a class would be more of its opposite."""
    negated = members[0][0] is op.NEGATE
    parts = []
    for code, value in members[1:] if negated else members:
        if code is op.LITERAL:
            parts.append(character(value))
        elif code is op.RANGE:
            parts.append(f"{character(value[0])}-{character(value[1])}")
        elif code is op.CATEGORY and value in CLASSES and not negated:
            parts.append(CLASSES[value])
        else:
            raise _Untranslatable
    return f"[{'^' if negated else ''}{''.join(parts)}]"


def character(number: int) -> str:
    """One character, written so that it can mean nothing else."""
    if 0xD800 <= number <= 0xDFFF:
        raise _Untranslatable
    return f"\\x{{{number:x}}}"
