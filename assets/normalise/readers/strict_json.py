"""JSON as RFC 8259 has it, and nothing more: a key once per object, finite numbers, bounded depth. Nothing
about one format belongs here."""

import json
import math
from typing import Any, NoReturn

from assets.errors import SourceError
from assets.normalise.readers.text_checks import UTF8_BOM, decode_text, one_line, refuse_foreign


def load_json(content: bytes, name: str, wanted: str) -> Any:
    """The value of a JSON text; `wanted` names the format for messages.

    Raises `SourceError` with line and column: no JSON (HTML, XML, empty), cut off, not UTF-8, a key twice
    in one object, NaN, Infinity, a number beyond float64, brackets deeper than Python's stack bears.
    """
    content = content.removeprefix(UTF8_BOM)
    refuse_foreign(content, name, wanted)
    text = decode_text(content, name)
    try:
        return json.loads(
            text,
            object_pairs_hook=lambda pairs: _object(pairs, name),
            parse_constant=lambda constant: _refuse_number(constant, name),
            parse_float=lambda digits: _finite(digits, name),
            parse_int=lambda digits: _integer(digits, name),
        )
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        cut = error.pos >= len(text.rstrip()) or error.msg.startswith("Unterminated string")
        problem = "the JSON is cut off here" if cut else f"no valid JSON ({error.msg})"
        raise SourceError(name, where, f"{problem}; fetch it again") from error
    except RecursionError as error:
        raise SourceError(name, "", "JSON nested too deep to be data") from error


def _object(pairs: list[tuple[str, Any]], name: str) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        seen: set[str] = set()
        for key, _ in pairs:
            if key in seen:
                raise SourceError(name, f"key `{one_line(key, 60)}`", "the key stands twice in one object")
            seen.add(key)
    return found


def _finite(digits: str, name: str) -> float:
    number = float(digits)
    if math.isinf(number):
        _refuse_number(digits, name)
    return number


def _integer(digits: str, name: str) -> int | float:
    """Integers beyond 64 bits become floats, as every consumer of statistics reads them; `-0` keeps its
    sign."""
    if digits == "-0":
        return -0.0
    return int(digits) if len(digits) < 19 else _finite(digits, name)


def _refuse_number(digits: str, name: str) -> NoReturn:
    raise SourceError(
        name, f"number `{one_line(digits, 40)}`", "no finite number; JSON and float64 have none such"
    )
