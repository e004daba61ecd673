"""What can be said of an answer before it is read into rows: units that changed, periods that are gone.

Only what the later stages cannot see in the rows belongs here: a unit that stands beside the figures, and a
table that became shorter. Columns, codes and bounds belong to `normalise` and `validate`.
"""

import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson

from assets.store.snapshots import Snapshot

_HEAD = 1 << 20


@dataclass(frozen=True)
class Layout:
    """Units by measure, and the periods of a table; empty where the format does not say them in front."""

    units: dict[str, str] = field(default_factory=dict)
    periods: frozenset[str] = frozenset()


def compare_layouts(before: Sequence[Snapshot], now: Sequence[Path], form: str) -> list[str]:
    """What changed between the snapshots that are served and a new answer, in words; empty: nothing that
    matters.

    Periods may come, and the oldest may go where none of a table's newest are missing; a table that lost its
    newest period, or a tenth of its periods, is news.
    """
    old, new = _join([s.path for s in before], form), _join(now, form)
    changes = [
        f"the unit of {code} was '{old.units[code]}' and is '{unit}'"
        for code, unit in sorted(new.units.items())
        if code in old.units and old.units[code].casefold() != unit.casefold()
    ]
    gone = old.periods - new.periods
    if gone and new.periods and (max(gone) > max(new.periods) or len(gone) > 0.1 * len(old.periods)):
        shown = ", ".join(sorted(gone)[-5:])
        changes.append(f"{len(gone)} periods that were there are gone ({shown})")
    return changes


def _join(paths: Sequence[Path], form: str) -> Layout:
    read = {"json-stat": _of_jsonstat, "tsv": _of_tsv}.get(form)
    if read is None:
        return Layout()
    units: dict[str, str] = {}
    periods: set[str] = set()
    for path in paths:
        found = read(path)
        units |= found.units
        periods |= found.periods
    return Layout(units, frozenset(periods))


def _of_tsv(path: Path) -> Layout:
    """The periods of the header that have any cell are not looked for: the header is."""
    with path.open("rb") as file:
        head = file.read(_HEAD)
    if head[:2] == b"\x1f\x8b":
        head = zlib.decompressobj(wbits=31).decompress(head, _HEAD)
    header = head.partition(b"\n")[0].decode("utf-8", "replace")
    return Layout(periods=frozenset(re.sub(r"M(?=\d\d$)", "-", p.strip()) for p in header.split("\t")[1:]))


def _of_jsonstat(path: Path) -> Layout:
    try:
        cube: Any = orjson.loads(path.read_bytes())
        units, periods = {}, set()
        for name, dimension in cube["dimension"].items():
            category = dimension["category"]
            for code, unit in (category.get("unit") or {}).items():
                if isinstance(unit, dict) and unit.get("base"):
                    units[re.sub(r"^[a-z]+-", "", str(code))] = str(unit["base"])
            if name in cube.get("role", {}).get("time", []) or name in ("time", "TIME_PERIOD"):
                periods |= {str(code).rstrip("*") for code in category.get("index", {})}
        return Layout(units, frozenset(periods))
    except (ValueError, KeyError, TypeError, AttributeError):
        return Layout()  # not for us to judge: the reader will say what is wrong
