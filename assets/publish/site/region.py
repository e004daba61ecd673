"""What the region page tells beside figures: the region's codes through the vintages, and its projects.

Sums stay inside one register; a place is an organisation's registered seat.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from assets.descriptor import LANGUAGES
from assets.publish.site.areas import Focus
from assets.publish.site.figures import Figure, Series
from assets.publish.site.views import View
from assets.publish.site.words import by_language

PARTNERS = 12


@dataclass(frozen=True)
class Territory:
    """One run of classifications in which the region has the same code and as many municipalities."""

    first: str
    last: str
    code: str
    municipalities: int | None


@dataclass(frozen=True)
class Change:
    """What happened to the region between two vintages of NUTS."""

    old: str
    new: str
    before: str
    after: str
    kind: str
    note: str | None


@dataclass(frozen=True)
class Projects:
    """The region's projects in the framework programmes, and where its partners are."""

    rows: Sequence[Mapping[str, Any]]
    organisations: int
    partners: Figure | None


def read_frame(view: View, table: str) -> pl.DataFrame | None:
    """A table of a dataset, None where it has not got it."""
    found = next((one for one in view.tables if one.name == table), None)
    return pl.read_parquet(view.folder / found.parquet["path"]) if found else None


def nuts_history(changes: pl.DataFrame | None, focus: Focus) -> tuple[set[str], list[Change]]:
    """Every NUTS code that the region has had, and the changes that lead from one to the next."""
    codes = {code for scheme, code in focus.codes.items() if scheme.startswith("nuts-")}
    found: list[Change] = []
    if changes is None:
        return codes, found
    lines = changes.filter(pl.col("old").is_not_null() & pl.col("new").is_not_null()).to_dicts()
    for _ in range(len(lines)):
        size = len(codes)
        for line in lines:
            if line["old"] in codes or line["new"] in codes:
                codes |= (
                    {line["old"], line["new"]} if line["change"] in ("recoded", "boundary-shift") else set()
                )
        if len(codes) == size:
            break
    for line in sorted(lines, key=lambda one: one["from_classification"]):
        if {line["old"], line["new"]} <= codes:
            found.append(
                Change(
                    line["old"],
                    line["new"],
                    line["from_classification"],
                    line["to_classification"],
                    line["change"],
                    line["note"],
                )
            )
    return codes, found


def territories(
    areas: pl.DataFrame, members: pl.DataFrame | None, codes: set[str], focus: Focus
) -> list[Territory]:
    """The region's codes by classification, runs of equal ones joined."""
    kinds = ["nuts", "maakunta"]
    national = {code for scheme, code in focus.codes.items() if scheme.startswith("maakunta-")}
    named = pl.col("name_fi").eq(focus.names["fi"]) & pl.col("geo_classification").str.starts_with(
        "maakunta-"
    )
    rows = (
        areas.filter(
            (pl.col("geo").is_in(sorted(codes)) & pl.col("geo_classification").str.starts_with("nuts-"))
            | (named if focus.country == "FI" else pl.lit(False))
            | (
                pl.col("geo").is_in(sorted(national))
                & pl.col("geo_classification").str.starts_with("maakunta-")
            )
        )
        .select("geo_classification", "geo")
        .unique()
        .sort("geo_classification")
    )
    counts: dict[tuple[str, str], int] = {}
    if members is not None:
        counted = members.group_by("geo_classification", "geo", "year").agg(
            pl.col("municipality").n_unique().alias("n")
        )
        counts = {(scheme, code): n for scheme, code, _, n in counted.sort("year").iter_rows()}
    found: list[Territory] = []
    for kind in kinds:
        for scheme, code in rows.iter_rows():
            if not scheme.startswith(f"{kind}-"):
                continue
            count = counts.get((scheme, code))
            before = found[-1] if found else None
            if (
                before
                and before.code == code
                and before.municipalities == count
                and before.last.startswith(kind)
            ):
                found[-1] = Territory(before.first, scheme, code, count)
            else:
                found.append(Territory(scheme, scheme, code, count))
    return found


def read_projects(
    view: View, codes: set[str], focus: Focus, countries: Mapping[str, Mapping[str, str]]
) -> Projects | None:
    """The projects with a participant from the region, newest first; None where there are none."""
    parts, projects = read_frame(view, "participations"), read_frame(view, "projects")
    organisations = read_frame(view, "organisations")
    if parts is None or projects is None or organisations is None:
        return None
    inside = parts.filter(
        pl.col("geo").is_in(sorted(codes)) & pl.col("geo_classification").str.starts_with("nuts-")
    )
    if inside.is_empty():
        return None
    named = inside.join(organisations.select("organisation", "name"), on="organisation", how="left")
    grouped = (
        named.sort("project", "order")
        .group_by("project", maintain_order=True)
        .agg(
            pl.col("name").drop_nulls().unique(maintain_order=True).alias("names"),
            pl.when(pl.col("ec_contribution").is_not_null().any())
            .then(pl.col("ec_contribution").sum())
            .alias("money"),
        )
    )
    rows = grouped.join(projects, on="project", how="inner").sort(
        ["start_date", "acronym"], descending=[True, False], nulls_last=True
    )
    common = (
        parts.filter(pl.col("project").is_in(rows["project"].to_list())).select("project", "country").unique()
    )
    ranked = common.group_by("country").len().drop_nulls().sort(["len", "country"], descending=[True, False])
    series = [
        Series(
            "country" if code == focus.country else "peer",
            ("country", code),
            countries.get(code) or by_language([code] * 3),
            (float(count),),
            ("A",),
        )
        for code, count in ranked.filter(pl.col("country") != focus.country).head(PARTNERS).iter_rows()
    ]
    partners = Figure(view.name, "partners", {}, {}, "bars", ("",), tuple(series)) if series else None
    return Projects(
        rows.select("project", "acronym", "title", "start_date", "names", "money", "doi").to_dicts(),
        inside["organisation"].drop_nulls().n_unique(),
        partners,
    )


def country_names(view: View) -> dict[str, dict[str, str]]:
    """The names of countries in the dataset's own code list."""
    for table in view.tables:
        for field in table.fields:
            if field["name"] == "country" and "categories" in field:
                return {
                    one["value"]: {
                        language: (one.get("innoregio:label_translated") or {}).get(language)
                        or one.get("label")
                        or one["value"]
                        for language in LANGUAGES
                    }
                    for one in field["categories"]
                }
    return {}
