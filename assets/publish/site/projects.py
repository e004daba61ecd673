"""The focus region's projects in the EU's framework programmes, and who its partners are.

Sums stay inside one register; a place is an organisation's registered seat.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import polars as pl

from assets.descriptor import LANGUAGES
from assets.publish.catalogue.words import by_language
from assets.publish.site.areas import Focus
from assets.publish.site.figures import Figure, Series
from assets.publish.site.places import Places
from assets.publish.site.views import View, read_table_of

REGISTER = "framework-projects"
COUNTRIES = 12
PARTNERS = 12


@dataclass(frozen=True)
class Projects:
    """The projects with a participant from the region, and the partners in them."""

    rows: Sequence[Mapping[str, Any]]  # project, acronym, title, start_date, names, money
    organisations: int
    partners: Sequence[Mapping[str, Any]]  # organisation, name, city, country (names), projects
    countries: Figure | None

    @property
    def money(self) -> Decimal | float | None:
        """What the EU pays to the region's participants, as far as it is stated: a sum in one register."""
        stated = [row["money"] for row in self.rows if row["money"] is not None]
        return sum(stated[1:], stated[0]) if stated else None

    @property
    def without_money(self) -> int:
        """The projects that state no such amount."""
        return sum(row["money"] is None for row in self.rows)


def read_projects(views: Iterable[View], focus: Focus, places: Places | None = None) -> Projects | None:
    """The region's projects, newest first; None where the register has none or is not published.

    Which participants are the region's is read from `places` where there are any, else from the register's
    own area.
    """
    view = next((shown for shown in views if shown.name == REGISTER), None)
    parts, projects, organisations = (
        read_table_of(view.folder.parent, view.package, table) if view else None
        for table in ("participations", "projects", "organisations")
    )
    if view is None or parts is None or projects is None or organisations is None:
        return None
    parts = parts if places is None else places.frame
    scheme = pl.col("geo_classification")
    ours = pl.any_horizontal(
        pl.lit(False),
        *(scheme.eq(classification) & pl.col("geo").eq(code) for classification, code in focus.codes.items()),
    )
    inside = parts.filter(ours)
    if inside.is_empty():
        return None
    common = parts.filter(pl.col("project").is_in(inside["project"].unique().sort().to_list()))
    labels = field_labels(view, "country")
    return Projects(
        project_rows(inside, projects, organisations),
        inside["organisation"].drop_nulls().n_unique(),
        partner_rows(common.filter(~ours.fill_null(False)), organisations, labels),
        countries_figure(common, focus, labels),
    )


def read_programmes(views: Iterable[View]) -> list[tuple[Mapping[str, str], int]]:
    """The framework programmes that the published register holds, each with its projects: what is in the
    release, which may be less than what the register has. The most first."""
    view = next((shown for shown in views if shown.name == REGISTER), None)
    projects = read_table_of(view.folder.parent, view.package, "projects") if view else None
    if view is None or projects is None or "framework_programme" not in projects.columns:
        return []
    labels = field_labels(view, "framework_programme")
    counted = projects.drop_nulls("framework_programme").group_by("framework_programme").len()
    ranked = counted.sort(["len", "framework_programme"], descending=[True, False])
    return [(labels.get(code) or by_language([code] * 3), count) for code, count in ranked.iter_rows()]


def project_rows(
    inside: pl.DataFrame, projects: pl.DataFrame, organisations: pl.DataFrame
) -> list[dict[str, Any]]:
    """Each project once, with its participants from the region and what the EU pays to them."""
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
    return rows.select("project", "acronym", "title", "start_date", "names", "money").to_dicts()


def partner_rows(
    others: pl.DataFrame, organisations: pl.DataFrame, labels: Mapping[str, Mapping[str, str]]
) -> list[dict[str, Any]]:
    """The organisations from elsewhere that are in the most of the region's projects."""
    ranked = (
        others.drop_nulls("organisation")
        .group_by("organisation")
        .agg(pl.col("project").n_unique().alias("projects"), pl.col("country").drop_nulls().min())
        .join(organisations.select("organisation", "name", "city"), on="organisation")
        .sort(["projects", "name", "organisation"], descending=[True, False, False])
        .head(PARTNERS)
    )
    return [
        {**row, "country": labels.get(row["country"]) or by_language([row["country"] or ""] * 3)}
        for row in ranked.iter_rows(named=True)
    ]


def countries_figure(
    common: pl.DataFrame, focus: Focus, labels: Mapping[str, Mapping[str, str]]
) -> Figure | None:
    """The countries abroad by projects in common; the picture shows the first of them."""
    abroad = common.filter(pl.col("country") != focus.country).select("project", "country").unique()
    ranked = abroad.group_by("country").len().sort(["len", "country"], descending=[True, False])
    series = [
        Series(
            "peer",
            ("country", code),
            labels.get(code) or by_language([code] * 3),
            (float(count),),
            ("A",),
        )
        for code, count in ranked.iter_rows()
    ]
    if not series:
        return None
    return Figure(REGISTER, "partners", {}, {}, "bars", ("",), tuple(series), most=COUNTRIES)


def field_labels(view: View, name: str) -> dict[str, dict[str, str]]:
    """The labels of a column's codes in the dataset's own code list, by language."""
    for table in view.tables:
        for field in table.fields:
            if field["name"] == name and "categories" in field:
                return {
                    category["value"]: {
                        language: (category.get("innoregio:label_translated") or {}).get(language)
                        or category.get("label")
                        or category["value"]
                        for language in LANGUAGES
                    }
                    for category in field["categories"]
                }
    return {}
