"""What areas are called, which of them stand beside each other, and the region in focus: its names and its
code in each classification, all from the published lists of areas.

How an area is drawn belongs to `figures` and `charts`, what its history says to `territory`.
"""

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from assets.descriptor import LANGUAGES
from assets.errors import PublishError

Area = tuple[str, str]  # geo_classification, geo
SAME_REGION = ("recoded", "renamed", "boundary-shift")  # a region goes on, under another code perhaps


@dataclass(frozen=True)
class Focus:
    """The region in focus."""

    code: str  # the NUTS code that catalogue.yaml gives
    names: Mapping[str, str]
    codes: Mapping[str, str]  # classification -> its code there, as far as the lists have it
    sizes: Mapping[tuple[str, int], int] = field(default_factory=dict)  # classification, letters -> areas

    @property
    def country(self) -> str:
        """Its country in NUTS's two letters."""
        return self.code[:2]

    def size_of(self, classification: str, code: str) -> int | None:
        """How many areas of the level of `code` a classification has in the focus country."""
        return self.sizes.get((classification, len(code)))

    def code_in(self, classification: str, known: Iterable[Area]) -> str | None:
        """The region's code in a table that holds the areas `known`, None where the table has not the
        region."""
        code = self.codes.get(classification) or (
            self.code if classification.startswith("nuts-") and not self.codes else None
        )
        return code if code and (classification, code) in set(known) else None


def find_focus(
    code: str, areas: pl.DataFrame | None, changes: pl.DataFrame | None, members: pl.DataFrame | None
) -> Focus:
    """The region with the NUTS code `code`, followed through older lists by the published changes of codes,
    and into the national division by the municipalities that both have.

    The tables are those of `regions`; without them the region is its code. Raises `PublishError` for a code
    that no list has.
    """
    if areas is None:
        return Focus(code, dict.fromkeys(LANGUAGES, code), {})
    lists = areas.filter(pl.col("geo_classification").str.starts_with("nuts-")).sort("geo_classification")
    found = lists.filter(pl.col("geo") == code)
    if found.is_empty():
        raise PublishError(f"catalogue.yaml: focus: no NUTS list has {code!r}; take one like FI1C6")
    newest = found.row(-1, named=True)
    names = {language: newest[f"name_{language}"] or newest["name_native"] for language in LANGUAGES}
    followed = follow_code(code, newest["geo_classification"], changes)
    codes = dict(lists.filter(pl.col("geo").is_in(followed)).select("geo_classification", "geo").iter_rows())
    return Focus(code, names, codes | national_codes(codes, members), sizes_of(areas, code[:2]))


def sizes_of(areas: pl.DataFrame, country: str) -> dict[tuple[str, int], int]:
    """How many areas each classification has in a country, by the length of their codes: its levels."""
    inside = areas.filter(pl.col("country") == country)
    counted = inside.group_by("geo_classification", pl.col("geo").str.len_chars().alias("letters")).len()
    return {(scheme, letters): count for scheme, letters, count in counted.iter_rows()}


def follow_code(code: str, classification: str, changes: pl.DataFrame | None) -> set[str]:
    """Every code that the region has had: back from the list that has it, one change after the other."""
    codes = {code}
    if changes is None:
        return codes
    goes_on = pl.col("change").is_in(SAME_REGION) & pl.col("old").is_not_null() & pl.col("new").is_not_null()
    earlier = changes.filter(goes_on, pl.col("to_classification") <= classification)
    for line in earlier.sort("to_classification", descending=True).iter_rows(named=True):
        if line["new"] == code:
            code = line["old"]
            codes.add(code)
    return codes


def national_codes(codes: Mapping[str, str], members: pl.DataFrame | None) -> dict[str, str]:
    """The region's code in each national division: the area that has more than half of its
    municipalities; divisions older than any NUTS list with municipalities keep their codes."""
    if members is None:
        return {}
    inside = members.filter(
        pl.any_horizontal(
            pl.lit(False),
            *(
                pl.col("geo_classification").eq(scheme) & pl.col("geo").eq(code)
                for scheme, code in codes.items()
            ),
        )
    ).select("year", "municipality")
    national = members.filter(pl.col("geo_classification").str.starts_with("maakunta-"))
    each_year = inside.group_by("year").len("all")
    shared = national.join(inside, on=["year", "municipality"])
    shared = shared.group_by("year", "geo_classification", "geo").len().join(each_year, on="year")
    shared = shared.filter(pl.col("len") * 2 > pl.col("all"))
    best = shared.sort("year", "len").group_by("geo_classification", maintain_order=True).last()
    found = dict(best.select("geo_classification", "geo").iter_rows())
    if not found:
        return {}
    oldest = found[min(found)]
    earlier = national.filter(pl.col("geo") == oldest)["geo_classification"].unique().sort().to_list()
    return {scheme: oldest for scheme in earlier if scheme not in found} | dict(sorted(found.items()))


def area_names(path: Path) -> dict[Area, dict[str, str]]:
    """The names of a code list's areas by language; the native name where a language has none."""
    with path.open(encoding="utf-8", newline="") as lines:
        return {
            (row["geo_classification"], row.get("code") or row["geo"]): {
                language: row.get(f"label_{language}") or row.get(f"name_{language}") or row["name_native"]
                for language in LANGUAGES
            }
            for row in csv.DictReader(lines)
        }


def peers(classification: str, code: str, known: Iterable[Area]) -> list[str]:
    """The codes of a table that stand beside `code`: same classification, country and level."""
    nuts = classification.startswith("nuts-")
    return sorted(
        other
        for scheme, other in known
        if scheme == classification and (not nuts or (other[:2] == code[:2] and len(other) == len(code)))
    )
