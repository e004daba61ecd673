"""Texts that are still to be written, as `innoregio new` marks them: no dataset is published with one."""

from collections.abc import Iterator
from typing import Any

from assets.descriptor.profile import Problem, quote_value
from assets.descriptor.yaml import Place

MARK = "TODO"


def unwritten_texts(data: Any, place: Place = ()) -> Iterator[Problem]:
    """Every text that begins with the mark, with its place."""
    if isinstance(data, str):
        if data.startswith(MARK):
            yield place, quote_value(data), f"a text of yours in the place of the one that begins with {MARK}"
    elif isinstance(data, dict):
        for key, value in data.items():
            yield from unwritten_texts(value, (*place, key))
    elif isinstance(data, list):
        for position, value in enumerate(data):
            yield from unwritten_texts(value, (*place, position))
