"""Tables with made figures in the shape of real ones: dimensions and codes are given, every figure is made.

A figure is the product of one weight per code, so that what adds up in a real table adds up here: a region is
the sum of its parts, a total of what it is the total of. None is anybody's figure.
"""

import zlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from math import prod

from tests.upstream.figures import TOTALS, Table

NUTS = {"geo"}


class MadeCells(Mapping[tuple[str, ...], tuple[str, str]]):
    """The cells of a made table, reckoned when they are looked up."""

    def __init__(
        self,
        values: Sequence[Sequence[str]],
        weights: Sequence[Mapping[str, float]],
        flags: Mapping[str, str],
        years: Mapping[str, tuple[str, str]],
    ) -> None:
        self.values_of, self.weights, self.flags, self.years = values, weights, flags, years

    def __getitem__(self, key: tuple[str, ...]) -> tuple[str, str]:
        if any(code in self.years and not self._has_year(code, key) for code in key):
            raise KeyError(key)
        weights = [known[code] for known, code in zip(self.weights, key, strict=True)]
        flag = next((self.flags[code] for code in key if code in self.flags), "")
        if flag in ("c", "..."):  # confidential: the value does not come
            return "", flag
        figure = prod(weights)
        return str(figure) if isinstance(figure, int) else f"{figure:.10g}", flag

    def _has_year(self, code: str, key: tuple[str, ...]) -> bool:
        first, last = self.years[code]
        return all(first <= other <= last for other in key if other.isdigit() and len(other) == 4)

    def __iter__(self) -> Iterator[tuple[str, ...]]:
        return iter(product(*self.values_of))

    def __len__(self) -> int:
        return prod(map(len, self.values_of))


@dataclass
class MadeTable(Table):
    """A table whose dimensions have these codes, in order."""

    def codes(self, dimension: str) -> list[str]:
        """The values of a dimension."""
        return list(self.cells.values_of[self.dimensions.index(dimension)])  # type: ignore[attr-defined]


def make_table(
    code: str,
    values: Mapping[str, Sequence[str]],
    time: str = "TIME_PERIOD",
    flags: Mapping[str, str] | None = None,
    scale: Mapping[str, float] | None = None,
    years: Mapping[str, tuple[str, str]] | None = None,
    **named: object,
) -> MadeTable:
    """A table of these dimensions and codes. `flags`: code -> the flag of all its cells; `scale`: code -> its
    weight, where it is not to be made up; `years`: code -> the first and last year that it has figures of.
    """
    later = {one for one, (_, last) in (years or {}).items() if last > "2099"}
    weights = [weigh_codes(name, codes, name == time, scale or {}, later) for name, codes in values.items()]
    cells = MadeCells([list(codes) for codes in values.values()], weights, flags or {}, years or {})
    return MadeTable(code, list(values), cells, time=time, **named)  # type: ignore[arg-type]


def weigh_codes(
    name: str, codes: Sequence[str], is_time: bool, scale: Mapping[str, float], later: Collection[str]
) -> dict[str, float]:
    """One weight per code of a dimension; a code of `later` is another for one that is counted already."""
    if is_time:
        return {code: scale.get(code, 100 + at) for at, code in enumerate(sorted(codes))}
    made = {
        code: scale.get(code, 7 + 5 * at + zlib.crc32(code.encode()) % 5)  # no two alike
        for at, code in enumerate(sorted(codes))
    }
    if name in NUTS:
        for code in sorted(codes, key=len, reverse=True):
            parts = [
                other
                for other in codes
                if len(other) == len(code) + 1 and other.startswith(code) and other not in later
            ]
            if parts and 2 <= len(code) < 5 and code not in scale:
                made[code] = sum(made[part] for part in parts)
    for code in codes:
        if code in TOTALS and len(codes) > 1 and code not in scale:
            made[code] = sum(weight for other, weight in made.items() if other != code)
    return made
