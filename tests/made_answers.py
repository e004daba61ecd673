"""Answers of providers, made for tests after their formats; nothing here was recorded."""

import json
from collections.abc import Mapping, Sequence
from typing import Any


def make_jsonstat(
    dimensions: Mapping[str, Sequence[str]],
    values: Sequence[float | None],
    units: Mapping[str, str],
    content: str = "Tiedot",
) -> bytes:
    """A dense JSON-stat 2.0 dataset as PxWeb writes it: codes by dimension, values in row-major order, and
    the units of the codes of the dimension `content`.
    """
    entries: dict[str, Any] = {
        name: {"label": name, "category": {"index": {code: n for n, code in enumerate(codes)}}}
        for name, codes in dimensions.items()
    }
    entries[content]["category"]["unit"] = {code: {"base": unit} for code, unit in units.items()}
    cube = {
        "version": "2.0",
        "class": "dataset",
        "id": list(dimensions),
        "size": [len(codes) for codes in dimensions.values()],
        "role": {"metric": [content]},
        "dimension": entries,
        "value": list(values),
    }
    return json.dumps(cube, ensure_ascii=False).encode()
