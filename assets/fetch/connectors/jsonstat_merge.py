"""The answers to the chunks of a split request, put together again into one JSON-stat dataset.

Checking that each answer is what was asked for and placing its cells belong here. Planning the
chunks belongs to `query`, reading the dataset into rows to `normalise`.
"""

import math
from collections.abc import Mapping, Sequence
from itertools import product
from typing import Any

from assets.fetch.connectors.query import Chunk, Selection
from assets.fetch.errors import CutOff, LayoutChanged, NotData


def check_chunk(found: Any, chunk: Chunk, where: str) -> None:
    """Raises `NotData`, `LayoutChanged` or `CutOff` where `found` is not a dataset of just `chunk`."""
    if not isinstance(found, dict) or not isinstance(found.get("id"), list) or "value" not in found:
        raise NotData(f"{where}: no JSON-stat dataset")
    if set(found["id"]) != set(chunk.selection):
        raise LayoutChanged(
            f"{where}: the answer has the variables {', '.join(map(str, found['id']))}, "
            f"asked for {', '.join(chunk.selection)}"
        )
    for name, codes in chunk.selection.items():
        try:
            given = sorted(_codes(found["dimension"][name]))
        except (KeyError, TypeError, AttributeError) as error:
            raise NotData(f"{where}: no JSON-stat dataset (dimension {name})") from error
        if given != sorted(codes):
            raise CutOff(f"{where}: the answer has other values of {name} than asked for")
    cells = math.prod(len(codes) for codes in chunk.selection.values())
    if found.get("size") != [len(chunk.selection[name]) for name in found["id"]]:
        raise CutOff(f"{where}: sizes {found.get('size')} do not fit the values")
    if isinstance(found["value"], list) and len(found["value"]) != cells:
        raise CutOff(f"{where}: {len(found['value'])} cells of {cells}")


def merge_chunks(
    selection: Selection, answers: Sequence[tuple[Chunk, dict[str, Any]]], where: str
) -> dict[str, Any]:
    """One dataset of the whole `selection`; everything that is not cells or values is the first answer's.

    Raises `CutOff` where the answers are of different updates: the table changed in between.
    """
    first = answers[0][1]
    if len({answer.get("updated") for _, answer in answers}) > 1:
        raise CutOff(f"{where}: the table was updated while it was asked for in chunks; ask again")
    order: list[str] = first["id"]
    places = {name: {code: at for at, code in enumerate(selection[name])} for name in order}
    strides = {
        name: math.prod(len(selection[later]) for later in order[at + 1 :]) for at, name in enumerate(order)
    }
    values: list[Any] = [None] * math.prod(len(codes) for codes in selection.values())
    status: dict[str, Any] = {}
    for _, answer in answers:
        if answer["id"] != order:
            raise CutOff(f"{where}: the chunks have their variables in different orders; ask again")
        axes = [
            [places[name][code] * strides[name] for code in _codes(answer["dimension"][name])]
            for name in order
        ]
        cells = map(sum, product(*axes))
        given, flags = answer["value"], answer.get("status") or {}
        if isinstance(flags, str):
            flags = dict.fromkeys(range(math.prod(answer["size"])), flags)
        sparse = isinstance(given, Mapping)
        flagged = isinstance(flags, Mapping)
        for at, place in enumerate(cells):
            values[place] = given.get(str(at)) if sparse else given[at]
            flag = flags.get(str(at), flags.get(at)) if flagged else flags[at]
            if flag is not None and flag != "":
                status[str(place)] = flag
    merged = {**first, "size": [len(selection[name]) for name in order], "value": values}
    merged.pop("status", None)
    if status:
        merged["status"] = status
    merged["dimension"] = {
        name: _merge_dimension(name, selection[name], [answer for _, answer in answers]) for name in order
    }
    return merged


def _merge_dimension(name: str, codes: Sequence[str], answers: Sequence[dict[str, Any]]) -> dict[str, Any]:
    dimension = {**answers[0]["dimension"][name]}
    category = {**dimension["category"], "index": {code: at for at, code in enumerate(codes)}}
    for words in ("label", "unit", "note", "child", "coordinates"):
        found: dict[str, Any] = {}
        for answer in answers:
            found |= answer["dimension"][name]["category"].get(words) or {}
        if found:
            category[words] = found
    return {**dimension, "category": category}


def _codes(dimension: Any) -> list[str]:
    """The values of a dimension in its order; the index is an object, an array, or absent."""
    category = dimension["category"]
    index = category.get("index")
    if isinstance(index, dict):
        return sorted(index, key=lambda code: index[code])
    return list(index if index is not None else category["label"])
