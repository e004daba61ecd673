"""A descriptor's query, a table's variables, and the selections of cells that are asked for.

Choosing codes and splitting belong here, for every protocol; how a selection is written into a request is
the connectors' matter.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from itertools import product

from assets.descriptor.variables import Variable, match_variables
from assets.fetch.errors import LayoutChanged, TooManyCells

Selection = dict[str, tuple[str, ...]]  # variable's code -> chosen values, in the table's order


def choose_selection(
    query: Mapping[str, Sequence[str]], variables: Sequence[Variable], where: str, eliminate: bool = False
) -> Selection:
    """The values of every variable that the query asks for; all of those that it does not name. With
    `eliminate`, variables that it does not name and that may be left out are.

    Raises `LayoutChanged` where the table has no such variable or value.
    """
    found = match_variables(query, variables)
    if missing := [name for name in query if name not in found]:
        names = ", ".join(f"{v.code} ({v.label})" for v in variables)
        raise LayoutChanged(
            f"{where}: the table has no variable {', '.join(missing)}; it has {names}; "
            "edit query and innoregio:from of the descriptor"
        )
    patterns = {found[name]: wanted for name, wanted in query.items()}
    return {
        variable.code: choose_codes(patterns[variable.code], variable, where)
        if variable.code in patterns
        else variable.codes
        for variable in variables
        if variable.code in patterns or not (eliminate and variable.eliminates)
    }


def choose_codes(patterns: Sequence[str], variable: Variable, where: str) -> tuple[str, ...]:
    """The variable's values that the patterns name, in the table's order.

    A pattern is a code, a code with `*` or `?`, or a range `from..to` with either end open, in the table's
    order for codes that are there, else by the text. A code of the contents may have got a prefix (`vaesto`
    is `vaerak-vaesto` since June 2026). Raises `LayoutChanged` where a pattern names nothing.
    """
    chosen: set[str] = set()
    for pattern in patterns:
        found = set(_named(pattern, variable))
        if not found:
            shown = ", ".join(variable.codes[:8]) + (" …" if len(variable.codes) > 8 else "")
            raise LayoutChanged(
                f"{where}: variable {variable.code} has no value '{pattern}'; it has {shown}; "
                "edit query and innoregio:codes of the descriptor"
            )
        chosen |= found
    return tuple(code for code in variable.codes if code in chosen)


def _named(pattern: str, variable: Variable) -> list[str]:
    if pattern in variable.codes:
        return [pattern]
    if ".." in pattern:
        first, _, last = pattern.partition("..")
        return [
            code for code in variable.codes if (not first or code >= first) and (not last or code <= last)
        ]
    if "*" in pattern or "?" in pattern:
        return [code for code in variable.codes if fnmatchcase(code, pattern)]
    renamed = [code for code in variable.codes if variable.content and code.endswith(f"-{pattern}")]
    return renamed if len(renamed) == 1 else []


@dataclass(frozen=True)
class Chunk:
    """One selection of a split request; `begins` is its place in the whole selection, per variable."""

    selection: Selection
    begins: Mapping[str, int]


def count_cells(selection: Selection) -> int:
    """How many cells a selection has, filled or not: what providers limit."""
    return math.prod(len(codes) for codes in selection.values())


def split_selection(
    selection: Selection,
    most_cells: int,
    where: str,
    most_values: int | None = None,
    most_each: Mapping[str, int] | None = None,
) -> list[Chunk]:
    """The selection in chunks of at most `most_cells` cells (and `most_values` values together), in order.

    Split along the longest variable, then the next longest; `most_each` limits single variables. Raises
    `TooManyCells` where a limit is below one cell.
    """
    if most_cells < 1 or (most_values is not None and most_values < len(selection)):
        raise TooManyCells(f"{where}: the provider allows {most_cells} cells a call; nothing can be asked")
    sizes = {
        name: min(len(codes), (most_each or {}).get(name, len(codes))) for name, codes in selection.items()
    }
    while math.prod(sizes.values()) > most_cells or (
        most_values is not None and sum(sizes.values()) > most_values
    ):
        longest = max(sizes, key=lambda name: sizes[name])
        others = math.prod(size for name, size in sizes.items() if name != longest)
        fits = max(1, min(most_cells // others, sizes[longest] - 1))
        if most_values is not None:
            fits = max(1, min(fits, most_values - sum(sizes.values()) + sizes[longest]))
        chunks = math.ceil(len(selection[longest]) / fits)
        sizes[longest] = min(fits, math.ceil(len(selection[longest]) / chunks))
    starts = [range(0, len(selection[name]), size) if size else range(1) for name, size in sizes.items()]
    return [
        Chunk(
            {
                name: selection[name][at : at + sizes[name]]
                for name, at in zip(selection, begins, strict=True)
            },
            dict(zip(selection, begins, strict=True)),
        )
        for begins in product(*starts)
    ]
