"""What each template is given beside what all are: the figures, rows and texts of one page.

Which pages there are belongs to `pages`, how they look to the templates.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from markupsafe import Markup

from assets.descriptor.derivation import RELEASES
from assets.publish.catalogue.schema_org import (
    dataset_jsonld,
    text_in,
    workbook_jsonld,
)
from assets.publish.catalogue.words import (
    by_language,
    first_sentence,
    number,
    paragraphs,
    read_site_settings,
    words,
)
from assets.publish.site import captions
from assets.publish.site.charts import PLAIN
from assets.publish.site.citation import citations, sources_sentence
from assets.publish.site.figures import Figure
from assets.publish.site.model import Site
from assets.publish.site.projects import REGISTER
from assets.publish.site.region_facts import (
    INDICATORS,
    PEERS,
    Region,
    indicator_inputs,
    is_old,
)
from assets.publish.site.snippets import snippets
from assets.publish.site.strategy import STRATEGY, Followed
from assets.publish.site.territory import REGIONS
from assets.publish.site.views import View

PROJECTS_SHOWN = 60
SUMMARY = 480  # letters of the paragraph beside the picture
THEMES = ("TECH", "ECON", "EDUC", "SOCI", "GOVE", "REGI")


def by_theme(views: Sequence[View]) -> dict[str, list[View]]:
    """Every dataset once, under its first theme."""
    found: dict[str, list[View]] = {theme: [] for theme in (*THEMES, "other")}
    for view in views:
        theme = next(
            (code for code in view.package.content.get("innoregio:themes", []) if code in THEMES), "other"
        )
        found[theme].append(view)
    return {theme: inside for theme, inside in found.items() if inside}


def all_figures(views: Sequence[View]) -> list[tuple[View, Figure]]:
    """Every figure, those of the settings first and in their order."""
    order = [setting["table"] for setting in read_site_settings("figures.yaml")]
    found = [(view, table.figure) for view in views for table in view.tables if table.figure]
    return sorted(
        found,
        key=lambda pair: (
            order.index(f"{pair[1].dataset}/{pair[1].table}")
            if f"{pair[1].dataset}/{pair[1].table}" in order
            else len(order)
        ),
    )


def region_figures(site: Site) -> list[tuple[View, Figure]]:
    """The figures in which the focus region is, for its page."""
    return [pair for pair in all_figures(site.views) if pair[1].focus and pair[0].name != REGIONS]


def region_parts(site: Site, language: str) -> dict[str, Any]:
    """What the region page shows."""
    by_name = {view.name: view for view in site.views}
    settings = read_site_settings("words.yaml")
    return {
        "figures": [pair for pair in region_figures(site) if not pair[1].parent],
        "wider_figures": [pair for pair in region_figures(site) if pair[1].parent],
        "regions": by_name.get(REGIONS),
        "register": by_name.get(REGISTER),
        "projects_shown": PROJECTS_SHOWN,
        "named": lambda found: ", ".join(names[language] for names in found),
        "region": site.regions.get(site.focus.code),
        "indicators": by_name.get(INDICATORS),
        "sources_told": lambda code: sources_told(by_name, code, language),
        "peers": by_name.get(PEERS),
        **{name: by_language(settings[name]) for name in ("division_national", "division_nuts")},
    }


def sources_told(by_name: Mapping[str, View], indicator: str, language: str) -> str:
    """Provider and table of what an indicator is worked out of."""
    found = (
        f"{captions.provider_name(provider, language)}, {table}"
        for name in indicator_inputs(by_name[INDICATORS]).get(indicator, ())
        for provider, table in provider_tables(by_name, *name.split("/"))
    )
    return "; ".join(dict.fromkeys(found))


def provider_tables(by_name: Mapping[str, View], dataset: str, table: str = "") -> Iterator[tuple[str, str]]:
    """Provider and table behind a published table; of one that is worked out of others, of those."""
    view = by_name.get(dataset)
    for source in captions.sources_for(view, table) if view else ():
        if source["provider"] == RELEASES and source["table"] != REGIONS:
            yield from provider_tables(by_name, source["table"])
        elif source["provider"] != RELEASES:
            yield source["provider"], source["table"]


def other_region_parts(site: Site, region: Region, language: str) -> dict[str, Any]:
    """What the page of a region that is not in focus shows."""
    by_name = {view.name: view for view in site.views}
    return {
        "region": region,
        "indicators": by_name[INDICATORS],
        "sources_told": lambda code: sources_told(by_name, code, language),
        "peers": by_name.get(PEERS),
        "division_national": by_language(read_site_settings("words.yaml")["division_national"]),
    }


def strategy_parts(site: Site, language: str) -> dict[str, Any]:
    """What the page of the strategy shows."""
    views = {view.name: view for view in site.views}
    packages = {name: view.package for name, view in views.items()}
    fields = [
        field for view in site.views if view.name == STRATEGY for t in view.tables for field in t.fields
    ]
    codes = next(field["categories"] for field in fields if field["name"] == "newest_status")
    statuses = {code["value"]: captions.label_of(code, language) for code in codes}
    w = words(language)

    def remarks(followed: Followed) -> str:
        status, period = followed.row["newest_status"], followed.row["newest_period"]
        sentences = [] if status in PLAIN else [statuses.get(status, str(status))]
        if followed.row["ended"]:
            sentences.append(w["fact_ended"].format(period=followed.row["ended"]))
        elif is_old(packages[STRATEGY], period):
            sentences.append(w["fact_old"].format(period=period))
        return f"{captions.join_remarks(sentences)} {followed.successors.get(language, '')}".strip()

    return {
        "period_name": lambda period: captions.period_name(period, language),
        "remarks_of": remarks,
        "dataset_title": lambda name: text_in(packages[name].content, "title", language),
        "version_of": lambda name: packages[name].version,
        "path_of": lambda row: captions.path_of(views[row["dataset"]], row["provider"], row["source_table"]),
        "upper_first": lambda text: text[:1].upper() + text[1:],
    }


def strategy_entries(site: Site, language: str) -> list[dict[str, str]]:
    """The themes of the strategy in the search index: found by their titles and those of their figures."""
    return [
        {
            "page": f"strategy.html#theme-{theme.number}",
            "title": f"{words(language)['strategy']}: {theme.titles[language]}",
            "words": " ".join(
                [words(language)["strategy"], theme.titles[language]]
                + [followed.titles[language] for followed in theme.followed]
            ).lower(),
        }
        for theme in site.themes
    ]


def hero_figure(site: Site) -> tuple[View, Figure] | None:
    """The picture of the start page: the first figure over time in which the focus is."""
    return next((pair for pair in region_figures(site) if pair[1].kind == "lines"), None)


def dataset_parts(site: Site, view: View, language: str) -> dict[str, Any]:
    """What the dataset page shows."""
    about = dataset_jsonld(view.package, site.catalogue, site.base, language)
    about["url"] = f"{site.base}{language}/dataset/{view.name}.html"
    about["distribution"] += [
        workbook_jsonld(view.name, size, site.base, spoken, language)
        for spoken, size in site.workbooks.get(view.name, {}).items()
    ]
    summary, details = summary_of(paragraphs(text_in(view.package.content, "description", language)))
    described = {table.name: snippets(view.name, table.csv, site.base) for table in view.tables}
    return {
        "view": view,
        "summary": summary,
        "details": details,
        "jsonld": script(about),
        "cite": citations(view.package, site.catalogue, site.base, language),
        "sources_sentence": sources_sentence(view.package, site.catalogue, language),
        "snippets": described,
        "codes": [entry for entry in view.package.content["resources"] if entry["name"].startswith("codes-")],
        "files": {
            file["path"].rsplit("/", 1)[-1]: file["path"]
            for file in view.package.content.get("innoregio:files", [])
        },
        "verdict": captions.verdict_of(view),
        "flags": captions.flags_of(view, language),
    }


def updated_of(view: View, table: str, language: str) -> str:
    """When the sources of one table were updated, which another table's may have been later."""
    found = captions.sources_for(view, table)
    first = min((source["first_updated"] for source in found if source["first_updated"]), default=None)
    last = max((source["updated"] for source in found if source["updated"]), default=None)
    return captions.between(first, last, language) if last else ""


def in_release(site: Site, dataset: str, language: str) -> str:
    """What of its register a dataset's release holds; empty for other datasets."""
    if dataset != REGISTER:
        return ""
    own = words(language)
    counts = [
        f"{names[language]}: {number(count, language)} {own['projects_held']}"
        for names, count in site.programmes
    ]
    return f"{own['in_release']}: {'; '.join(counts)}." if counts else ""


def summary_of(texts: list[str]) -> tuple[list[str], list[str]]:
    """A dataset's summary and what its page says further down: of a first paragraph too long for one, the
    first sentences."""
    if not texts:
        return [], []
    short, rest = "", texts[0]
    while rest and (not short or len(short) + len(first_sentence(rest)) < SUMMARY):
        sentence = first_sentence(rest)
        short, rest = f"{short} {sentence}".strip(), rest[len(sentence) :].strip()
    if len(rest) < SUMMARY / 4:
        short, rest = f"{short} {rest}".strip(), ""
    return [short], [text for text in (rest, *texts[1:]) if text]


def script(value: Any) -> Markup:
    """JSON-LD for a script element: no sign in it can end the element."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    for sign in "<>&\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return Markup(text)
