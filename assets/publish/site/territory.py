"""Which territory the focus region's codes mean: every list that has it, and year by year whether the EU's
region and the national one have the same municipalities.

Reads the tables of `regions`; the codes themselves are found in `areas`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from assets.descriptor import LANGUAGES
from assets.publish.catalogue.words import by_language, read_site_settings
from assets.publish.site.areas import Focus
from assets.publish.site.figures import Figure, Series

REGIONS = "regions"


@dataclass(frozen=True)
class Listed:
    """A run of NUTS lists in which the region has one code, and what ended the code before it."""

    first: str
    last: str
    code: str
    change: str | None
    note: str | None  # the list's own words on the change


@dataclass(frozen=True)
class YearSpan:
    """A run of years in which the codes and the municipalities of the region stayed the same."""

    first: int
    last: int
    nuts: str | None
    nuts_count: int | None
    national: str | None
    national_count: int | None
    only_national: Sequence[Mapping[str, str]] | None  # names of municipalities; None where not comparable
    only_nuts: Sequence[Mapping[str, str]] | None

    @property
    def differs(self) -> bool:
        """Whether the two regions of one name are different territories."""
        return bool(self.only_national or self.only_nuts)


@dataclass(frozen=True)
class Territory:
    """What the region page says of the region's territory."""

    lists: Sequence[Listed]
    spans: Sequence[YearSpan]
    figures: Mapping[tuple[str, str], Figure]  # its picture, by the dataset and table that it is made from


def read_territory(
    focus: Focus, areas: pl.DataFrame | None, changes: pl.DataFrame | None, members: pl.DataFrame | None
) -> Territory:
    """The territory of `focus` by list and by year; empty where `regions` is not published."""
    if areas is None:
        return Territory((), (), {})
    years = spans(focus, areas, members) if members is not None else []
    picture = municipalities_figure(focus, years)
    return Territory(
        nuts_lists(focus, changes), years, {(REGIONS, "memberships"): picture} if picture else {}
    )


def municipalities_figure(focus: Focus, years: Sequence[YearSpan]) -> Figure | None:
    """The region's municipalities by year, as the national division and as the EU's list has them."""
    if not any(span.national for span in years) or not any(span.nuts for span in years):
        return None
    words = read_site_settings("words.yaml")
    each = {year: span for span in years for year in range(span.first, span.last + 1)}
    periods = range(min(each), max(each) + 1)
    national = [each[year].national_count if year in each else None for year in periods]
    nuts = [each[year].nuts_count if year in each else None for year in periods]
    series = [
        Series(
            role,
            (kind, code),
            by_language(words[kind]),
            tuple(None if value is None else float(value) for value in values),
            tuple(None if value is None else "A" for value in values),
        )
        for role, kind, code, values in (
            ("focus", "division_national", codes_of(span.national for span in years), national),
            ("country", "division_nuts", codes_of(span.nuts for span in years), nuts),
        )
    ]
    titles = {
        la: f"{focus.names[la]}: {text}" for la, text in by_language(words["municipalities_title"]).items()
    }
    units = by_language(words["municipalities_unit"])
    return Figure(
        REGIONS, "memberships", titles, units, "lines", tuple(map(str, periods)), tuple(series), stepped=True
    )


def codes_of(codes: Iterable[str | None]) -> str:
    """Each code once, in order."""
    return ", ".join(dict.fromkeys(code for code in codes if code))


def nuts_lists(focus: Focus, changes: pl.DataFrame | None) -> list[Listed]:
    """The NUTS lists that have the region, runs of one code joined."""
    came_from: dict[tuple[str, str], tuple[str, str | None]] = {}
    if changes is not None:
        for line in changes.iter_rows(named=True):
            came_from[line["to_classification"], line["new"]] = line["change"], line["note"]
    found: list[Listed] = []
    for scheme, code in sorted(focus.codes.items()):
        if not scheme.startswith("nuts-"):
            continue
        if found and found[-1].code == code and (scheme, code) not in came_from:
            before = found.pop()
            found.append(Listed(before.first, scheme, code, before.change, before.note))
        else:
            change, note = came_from.get((scheme, code), (None, None)) if found else (None, None)
            found.append(Listed(scheme, scheme, code, change, note))
    return found


def spans(focus: Focus, areas: pl.DataFrame, members: pl.DataFrame) -> list[YearSpan]:
    """Year by year the region's municipalities by both divisions, equal years joined."""
    wanted = pl.DataFrame(
        {"geo_classification": list(focus.codes), "geo": list(focus.codes.values())},
        schema={"geo_classification": pl.String, "geo": pl.String},
    )
    inside: dict[tuple[int, bool], tuple[str, set[str]]] = {}
    for year, municipality, scheme, code in (
        members.join(wanted, on=["geo_classification", "geo"])
        .select("year", "municipality", "geo_classification", "geo")
        .iter_rows()
    ):
        inside.setdefault((int(year), scheme.startswith("nuts-")), (code, set()))[1].add(municipality)
    names = municipality_names(areas, {code for _, found in inside.values() for code in found})
    spans: list[YearSpan] = []
    before: object = None
    for year in sorted({year for year, _ in inside}):
        both = inside.get((year, True)), inside.get((year, False))
        if both == before:
            spans[-1] = extended(spans[-1], year)
        else:
            spans.append(year_span(year, *both, names))
        before = both
    return spans


def extended(span: YearSpan, year: int) -> YearSpan:
    """The span with one year more."""
    return YearSpan(span.first, year, *list(vars(span).values())[2:])


def year_span(
    year: int,
    nuts: tuple[str, set[str]] | None,
    national: tuple[str, set[str]] | None,
    names: Mapping[str, Mapping[str, str]],
) -> YearSpan:
    """One year."""
    only_national = only_nuts = None
    if nuts and national:
        only_national, only_nuts = (
            [names.get(code) or dict.fromkeys(LANGUAGES, code) for code in sorted(codes)]
            for codes in (national[1] - nuts[1], nuts[1] - national[1])
        )
    return YearSpan(
        year,
        year,
        nuts[0] if nuts else None,
        len(nuts[1]) if nuts else None,
        national[0] if national else None,
        len(national[1]) if national else None,
        only_national,
        only_nuts,
    )


def municipality_names(areas: pl.DataFrame, codes: set[str]) -> dict[str, dict[str, str]]:
    """The newest names of municipalities by language."""
    found = areas.filter(
        pl.col("geo_classification").str.starts_with("kunta-"), pl.col("geo").is_in(sorted(codes))
    ).sort("geo_classification")
    return {
        row["geo"]: {language: row[f"name_{language}"] or row["name_native"] for language in LANGUAGES}
        for row in found.iter_rows(named=True)
    }
