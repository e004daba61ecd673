"""What region pages show: each region's newest indicators beside its country and the EU, and its peers.

Reads the published tables of `indicators`, `peers` and `regions`. Nothing is computed here but the change
from the figure before; how it looks belongs to the templates.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from types import MappingProxyType
from typing import Any

import polars as pl

from assets.descriptor import LANGUAGES
from assets.publish.catalogue.packages import Package
from assets.publish.catalogue.words import by_language, decimals_needed
from assets.publish.site.areas import Area, Focus
from assets.publish.site.territory import REGIONS
from assets.publish.site.views import View, read_table_of

INDICATORS, PEERS = "indicators", "peers"
COUNTRIES = ("FI", "EE", "LV", "LT")  # whose regions have a page
EU = ("aggregate", "EU27_2020")
FEW_PEERS = 3  # of fewer a median says nothing
YEARS_OLD = 3  # a figure older than this says so
BREAK = "B"  # SDMX's status of a value with which a series breaks
NO_REGION = "Z"  # codes that end so are "extra-regio", no area

Row = Mapping[str, Any]
Names = Mapping[str, str]


@dataclass(frozen=True)
class Fact:
    """The newest figure of one indicator for one area, and what it compares with."""

    indicator: str
    titles: Names
    units: Names
    value: float
    period: str
    decimals: int
    change: float | None  # None too where the series breaks in between
    before: str | None  # the period that the change is from
    rank: int | None
    rank_n: int | None  # areas with a figure
    rank_of: int | None  # areas of the country at this level
    country: float | None  # the same year
    eu: float | None
    estimated: bool
    status: Names | None  # what the source or the method says of the figure, where it is not ordinary
    broken: bool
    old: bool
    few: bool
    successors: Names | None  # of a series that has ended: what there is after it
    similar: tuple[int, float] | None = None  # peers with a figure of the same year, and their median


@dataclass(frozen=True)
class Peer:
    """A statistically similar region: distance in standard deviations, page where it has one."""

    code: str
    names: Names
    country: Names
    distance: float
    slug: str | None


@dataclass(frozen=True)
class Region:
    """One region with a page."""

    scheme: str  # the classification of the code
    code: str
    names: Names
    country: Names
    slug: str
    same_land: Sequence[str]  # codes of national areas with the same municipalities today
    facts: Sequence[Fact]
    wider: Area | None  # the NUTS 2 region that it belongs to, where that has figures that it has not
    wider_names: Names
    wider_facts: Sequence[Fact]
    peers: Sequence[Peer]
    found_by: Sequence[str] = ()  # the names of its municipalities


def page_name(name: str) -> str:
    """A name as it stands in a page's address."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-") or "region"


def read_regions(
    out: Path, packages: Sequence[Package], views: Sequence[View], focus: Focus
) -> dict[str, Region]:
    """Code -> region for every NUTS 3 region of `COUNTRIES` that has a figure, by country and code; empty
    where `indicators` is not published."""
    by_name = {package.name: package for package in packages}
    view = next((shown for shown in views if shown.name == INDICATORS), None)
    frame = read_table_of(out, by_name.get(INDICATORS), INDICATORS)
    if view is None or frame is None or frame.is_empty():
        return {}
    lists = frame.filter(pl.col("geo_classification").str.starts_with("nuts-"))["geo_classification"]
    scheme = str(lists.max())
    rows, values = rows_by_area(frame, scheme), values_by_year(frame, scheme)
    codes = [
        code
        for classification, code in rows
        if classification == scheme and len(code) == 5 and code[-1] != NO_REGION
    ]
    codes.sort(key=lambda code: (COUNTRIES.index(code[:2]), code))
    names = {code: view.known.get((scheme, code)) or by_language([code] * 3) for code in codes}
    slugs = page_names(names, focus)
    members = read_table_of(out, by_name.get(REGIONS), "memberships")
    same = same_land(members, scheme)
    towns = municipality_words(members, read_table_of(out, by_name.get(REGIONS), "areas"), scheme)
    alike = read_peers(out, by_name.get(PEERS), views, view.known, scheme, slugs)
    found: dict[str, Region] = {}
    for code in codes:
        facts = list(newest_facts(rows, (scheme, code), view, alike.get(code, []), values))
        if not facts:
            continue
        own = {fact.indicator for fact in facts}
        wider = (scheme, code[:4])
        apart = [fact for fact in newest_facts(rows, wider, view) if fact.indicator not in own]
        found[code] = Region(
            scheme,
            code,
            names[code],
            country_names(view.known, code),
            slugs[code],
            same.get(code, []),
            facts,
            wider if apart else None,
            view.known.get(wider) or by_language([wider[1]] * 3),
            apart,
            alike.get(code, []),
            towns.get(code, []),
        )
    return found


def municipality_words(
    members: pl.DataFrame | None, areas: pl.DataFrame | None, scheme: str
) -> dict[str, list[str]]:
    """NUTS code -> the names, in every language, of the municipalities that it has in the newest year."""
    if members is None or areas is None:
        return {}
    inside = members.filter(pl.col("geo_classification") == scheme, pl.col("geo").str.len_chars() == 5)
    inside = inside.filter(pl.col("year") == pl.col("year").max())
    listed = areas.filter(pl.col("geo_classification").str.starts_with("kunta-")).sort("geo_classification")
    names = listed.unique("geo", keep="last").select(
        municipality="geo", names=pl.concat_list("name_fi", "name_sv", "name_en")
    )
    found: dict[str, list[str]] = {}
    for code, texts in (
        inside.join(names, on="municipality").sort("geo", "municipality").select("geo", "names").iter_rows()
    ):
        found.setdefault(code, []).extend(name for name in texts if name)
    return {code: list(dict.fromkeys(texts)) for code, texts in found.items()}


def rows_by_area(frame: pl.DataFrame, scheme: str) -> dict[Area, dict[str, list[Row]]]:
    """Area -> indicator -> its rows by year, of the areas that pages show or compare with."""
    nuts = pl.col("geo_classification") == scheme
    shown = nuts & pl.col("geo").str.slice(0, 2).is_in(COUNTRIES)
    country = (pl.col("geo_classification") == "country") & pl.col("geo").is_in(COUNTRIES)
    eu = (pl.col("geo_classification") == EU[0]) & (pl.col("geo") == EU[1])
    found: dict[Area, dict[str, list[Row]]] = {}
    for row in frame.filter(shown | country | eu).sort("time_period").iter_rows(named=True):
        area = found.setdefault((row["geo_classification"], row["geo"]), {})
        area.setdefault(row["indicator"], []).append(row)
    return found


def values_by_year(frame: pl.DataFrame, scheme: str) -> dict[tuple[str, str], dict[str, float]]:
    """Indicator and year -> the figure of each area of the classification that has one."""
    found: dict[tuple[str, str], dict[str, float]] = {}
    known = frame.filter(pl.col("geo_classification") == scheme).drop_nulls("obs_value")
    for indicator, year, code, value in known.select(
        "indicator", "time_period", "geo", "obs_value"
    ).iter_rows():
        found.setdefault((indicator, year), {})[code] = value
    return found


def compare_peers(peers: Sequence[Peer], values: Mapping[str, float]) -> tuple[int, float] | None:
    """How many of the peers have a figure, and its median; None of too few."""
    found = [values[peer.code] for peer in peers if peer.code in values]
    return (len(found), median(found)) if len(found) >= FEW_PEERS else None


def indicator_inputs(view: View) -> dict[str, list[str]]:
    """Indicator -> the published tables (dataset/resource) behind it, the numerator's first."""
    derive = view.tables[0].csv.get("innoregio:derive", {})
    found: dict[str, list[str]] = {}
    for formula in derive.get("indicators", ()):
        parts = [formula["numerator"], formula.get("denominator")]
        named = [part["input"] for part in parts if part]
        found[formula["code"]] = list(dict.fromkeys(named))
    return found


def ended_series(view: View) -> dict[str, Names]:
    """Indicator -> what there is after it, of those whose series has ended."""
    derive = view.tables[0].csv.get("innoregio:derive", {})
    return {
        formula["code"]: formula["ended"]["successor_translated"]
        for formula in derive.get("indicators", ())
        if "ended" in formula
    }


def newest_facts(
    rows: Mapping[Area, Mapping[str, Sequence[Row]]],
    area: Area,
    view: View,
    peers: Sequence[Peer] = (),
    values: Mapping[tuple[str, str], Mapping[str, float]] = MappingProxyType({}),
) -> Iterator[Fact]:
    """The newest figure of each indicator that has one for the area, in the order of the code list; beside it
    the country's, the EU's and the peers' of the same year. `values`: of `values_by_year`."""
    labels = {field["name"]: categories(field) for field in view.tables[0].fields}
    ended = ended_series(view)
    for indicator, titles in labels["indicator"].items():
        own = rows.get(area, {}).get(indicator, [])
        known = [place for place, row in enumerate(own) if row["obs_value"] is not None]
        if not known:
            continue
        row = own[known[-1]]
        before = own[known[-2]] if len(known) > 1 else None
        between = own[known[-2] + 1 if before else known[-1] : known[-1] + 1]
        broken = any(period["break"] or period["obs_status"] == BREAK for period in between)
        year = row["time_period"]
        country, eu = (
            value_in(rows.get(other, {}).get(indicator, []), year) for other in (("country", area[1][:2]), EU)
        )
        change = row["obs_value"] - before["obs_value"] if before and not broken else None
        shown = [row["obs_value"], before["obs_value"] if before else None, country, eu]
        decimals = max(decimals_needed(value) for value in shown if value is not None)
        estimated = row["conversion"] in ("estimated", "mixed")
        ordinary = row["obs_status"] in (None, "A", BREAK) or (row["obs_status"] == "E" and estimated)
        yield Fact(
            indicator,
            titles,
            labels["unit"].get(row["unit"]) or by_language([row["unit"]] * 3),
            row["obs_value"],
            year,
            decimals,
            None if change is None else round(change, decimals),
            before["time_period"] if before and not broken else None,
            row["rank"],
            row["rank_n"],
            row["rank_of"],
            country,
            eu,
            estimated,
            None if ordinary else labels["obs_status"].get(row["obs_status"]),
            broken,
            is_old(view.package, year),
            bool(row["low_count"]),
            ended.get(indicator),
            compare_peers(peers, values.get((indicator, year), {})),
        )


def categories(field: Row) -> dict[str, Names]:
    """Code -> label by language of a field's categories."""
    return {
        category["value"]: category.get("innoregio:label_translated")
        or by_language([category.get("label") or category["value"]] * 3)
        for category in field.get("categories", [])
    }


def is_old(package: Package, period: str) -> bool:
    """Whether a period is older than `YEARS_OLD` years when its release was made."""
    released = (package.modified or "")[:4]
    return released.isdecimal() and int(released) - int(period[:4]) > YEARS_OLD


def value_in(rows: Sequence[Row], period: str) -> float | None:
    """The value of a period, None where there is none."""
    return next((row["obs_value"] for row in rows if row["time_period"] == period), None)


def country_names(known: Mapping[Area, Names], code: str) -> Names:
    """What the country of an area is called."""
    return known.get(("country", code[:2])) or by_language([code[:2]] * 3)


def page_names(names: Mapping[str, Names], focus: Focus) -> dict[str, str]:
    """Code -> its page's name: the English name, with the code where two areas share it."""
    plain = {
        code: page_name(focus.names["en"] if code == focus.code else labels["en"])
        for code, labels in names.items()
    }
    shared = {name for name in plain.values() if list(plain.values()).count(name) > 1}
    return {
        code: f"{name}-{code.lower()}" if name in shared and code != focus.code else name
        for code, name in plain.items()
    }


def same_land(members: pl.DataFrame | None, scheme: str) -> dict[str, list[str]]:
    """NUTS code -> the national regions' codes that have exactly its municipalities in the newest year."""
    if members is None:
        return {}
    divided = members.filter(
        pl.col("geo_classification").eq(scheme) | pl.col("geo_classification").str.starts_with("maakunta-")
    )
    both = (
        divided.group_by("year")
        .agg(pl.col("geo_classification").n_unique().alias("n"))
        .filter(pl.col("n") > 1)
    )
    lands = (
        divided.filter(pl.col("year") == both["year"].max())
        .group_by("geo_classification", "geo")
        .agg(pl.col("municipality").unique().sort())
    )
    nuts = lands.filter(pl.col("geo_classification") == scheme, pl.col("geo").str.len_chars() == 5)
    national = lands.filter(pl.col("geo_classification") != scheme)
    found: dict[str, list[str]] = {}
    for code, other in (
        nuts.join(national, on="municipality").select("geo", "geo_right").sort("geo").iter_rows()
    ):
        found.setdefault(code, []).append(other)
    return found


def read_peers(
    out: Path,
    package: Package | None,
    views: Sequence[View],
    known: Mapping[Area, Names],
    scheme: str,
    slugs: Mapping[str, str],
) -> dict[str, list[Peer]]:
    """Code -> its statistically similar regions, the nearest first; empty where `peers` is not published."""
    frame = read_table_of(out, package, "similar-regions")
    if frame is None:
        return {}
    names = {**known, **next((view.known for view in views if view.name == PEERS), {})}
    found: dict[str, list[Peer]] = {}
    rows = frame.filter(pl.col("geo_classification") == scheme, pl.col("geo").is_in(list(slugs)))
    for code, peer, distance in rows.sort("geo", "rank").select("geo", "peer", "distance").iter_rows():
        labels = names.get((scheme, peer)) or by_language([peer] * 3)
        found.setdefault(code, []).append(
            Peer(peer, labels, country_names(names, peer), distance, slugs.get(peer))
        )
    return found


def region_entries(regions: Mapping[str, Region], language: str) -> list[dict[str, str]]:
    """The regions in the search index: found by their names in three languages, code and municipalities."""
    return [
        {
            "page": f"region/{region.slug}.html",
            "title": f"{region.names[language]}, {region.country[language]}",
            "words": " ".join(
                dict.fromkeys(
                    word.lower()
                    for word in (
                        *(region.names[la] for la in LANGUAGES),
                        region.code,
                        *region.same_land,
                        *region.found_by,
                        region.country[language],
                    )
                )
            ),
        }
        for region in regions.values()
    ]


def by_country(regions: Mapping[str, Region], language: str) -> list[tuple[str, list[Region]]]:
    """Country's name and its regions by name, in the order of `COUNTRIES`."""
    found: dict[str, list[Region]] = {}
    for region in regions.values():
        found.setdefault(region.country[language], []).append(region)
    return [
        (name, sorted(inside, key=lambda region: region.names[language])) for name, inside in found.items()
    ]
