"""Which pages the site has, and what each template is given.

The layout is the templates' (`templates/*.html.j2`), the figures' rows `figures`', the words `words`'.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import Any
from urllib.parse import urlsplit

import jinja2
from markupsafe import Markup

from assets.descriptor import LANGUAGES, Catalogue, Dataset
from assets.publish.catalogue.packages import file_address
from assets.publish.catalogue.schema_org import (
    catalogue_jsonld,
    dataset_jsonld,
    text_in,
    workbook_jsonld,
)
from assets.publish.catalogue.terms import web_address
from assets.publish.catalogue.words import (
    by_language,
    day,
    first_sentence,
    number,
    paragraphs,
    prose,
    read_site_settings,
    size,
    words,
)
from assets.publish.site import captions
from assets.publish.site.areas import Focus
from assets.publish.site.charts import PLAIN
from assets.publish.site.citation import citations, sources_sentence
from assets.publish.site.drawing import fill_texts
from assets.publish.site.figures import Figure, newest_values
from assets.publish.site.projects import REGISTER, Projects
from assets.publish.site.region_facts import (
    INDICATORS,
    PEERS,
    Region,
    by_country,
    indicator_inputs,
    is_old,
    page_name,
    region_entries,
)
from assets.publish.site.search import search_index
from assets.publish.site.snippets import snippets
from assets.publish.site.strategy import STRATEGY, Followed, ThemeShown
from assets.publish.site.territory import REGIONS, Territory
from assets.publish.site.views import View

NEW = 5
KEY_FIGURES = 4
CODES_SHOWN = 80
PROJECTS_SHOWN = 60
LOCALES = {"fi": "fi_FI", "sv": "sv_FI", "en": "en_GB"}
SUMMARY = 480  # letters of the paragraph beside the picture
THEMES = ("TECH", "ECON", "EDUC", "SOCI", "GOVE", "REGI")


@dataclass(frozen=True)
class Site:
    """Everything that the pages are made from."""

    base: str
    catalogue: Catalogue
    focus: Focus
    views: Sequence[View]
    drawn: Mapping[str, str]  # figure's key and form -> SVG with open texts
    workbooks: Mapping[str, Mapping[str, int]]  # dataset -> language -> bytes
    territory: Territory
    projects: Projects | None
    programmes: Sequence[tuple[Mapping[str, str], int]]  # names and projects of those in the register
    states: Mapping[tuple[str, str, str], Mapping[str, Any]]  # dataset, provider, table -> the last fetch
    regions: Mapping[str, Region] = field(default_factory=dict)  # NUTS code -> the regions with a page
    themes: Sequence[ThemeShown] = ()  # of the strategy of the region in focus
    waiting: Sequence[Dataset] = ()  # described, and not fetched yet

    @property
    def root(self) -> str:
        """The path of the site's address: `/`, or the folder that it is in."""
        return urlsplit(self.base).path

    @property
    def slug(self) -> str:
        """The focus region's name in its page's address."""
        return page_name(self.focus.names["en"])

    @cached_property  # every page asks
    def classifications(self) -> Mapping[str, Mapping[str, str]]:
        """Language -> what each area classification is called."""
        return {language: captions.classification_labels(self.views, language) for language in LANGUAGES}

    @property
    def providers(self) -> list[str]:
        """Every provider, by name."""
        return sorted({provider for view in self.views for provider in view.providers})


def site_pages(site: Site) -> Iterator[tuple[str, bytes]]:
    """Path and content of every page and search index."""
    both = {"pages": {language: words(language) for language in LANGUAGES}}
    yield "index.html", render("root", site, "en", "index.html", both)
    yield "404.html", render("missing", site, "en", "404.html", both)
    for language in LANGUAGES:
        for path, template, more in language_pages(site, language):
            yield f"{language}/{path}", render(template, site, language, path, more)
        index = [*search_index(site.views, language), *region_entries(site.regions, language)]
        yield f"{language}/search.json", json.dumps(index, ensure_ascii=False, separators=(",", ":")).encode()


def language_pages(site: Site, language: str) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Path, template and contents of one language's pages."""
    newest = sorted(site.views, key=lambda view: (view.package.modified or "", view.name), reverse=True)
    packages = [view.package for view in site.views]
    about = catalogue_jsonld(packages, site.catalogue, site.base, language)
    for dataset in about["dataset"]:
        dataset["url"] = f"{site.base}{language}/dataset/{dataset['@id'].rsplit('/', 1)[-1]}.html"
    yield (
        "index.html",
        "start",
        {
            "new": newest[:NEW],
            "themes": by_theme(site.views),
            "jsonld": script(about),
            "hero": hero_figure(site),
            "figures": region_figures(site)[:KEY_FIGURES],
        },
    )
    for view in site.views:
        yield f"dataset/{view.name}.html", "dataset", dataset_parts(site, view, language)
    for provider in site.providers:
        views = [view for view in site.views if provider in view.providers]
        yield f"provider/{provider}.html", "provider", {"provider": provider, "views": views}
    yield f"region/{site.slug}.html", "region", region_parts(site, language)
    for region in site.regions.values():
        if region.code != site.focus.code:
            yield f"region/{region.slug}.html", "other_region", other_region_parts(site, region, language)
    if site.themes:
        yield "strategy.html", "strategy", strategy_parts(site, language)
    yield "status.html", "status", {}
    yield "about.html", "about", {}


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
        "figures": region_figures(site),
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
    named = (table.partition("/") for table in indicator_inputs(by_name[INDICATORS]).get(indicator, ()))
    found = [
        f"{captions.provider_name(one['provider'], language)}, {one['table']}"
        for dataset, _, resource in named
        if dataset in by_name
        for one in captions.sources_for(by_name[dataset], resource)
    ]
    return "; ".join(dict.fromkeys(found))


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
    fields = [one for view in site.views if view.name == STRATEGY for t in view.tables for one in t.fields]
    codes = next(one["categories"] for one in fields if one["name"] == "newest_status")
    statuses = {one["value"]: captions.label_of(one, language) for one in codes}
    w = words(language)

    def remarks(one: Followed) -> str:
        status, period = one.row["newest_status"], one.row["newest_period"]
        told = [] if status in PLAIN else [statuses.get(status, str(status))]
        if one.row["ended"]:
            told.append(w["fact_ended"].format(period=one.row["ended"]))
        elif is_old(packages[STRATEGY], period):
            told.append(w["fact_old"].format(period=period))
        return f"{captions.join_remarks(told)} {one.successors.get(language, '')}".strip()

    return {
        "period_name": lambda period: captions.period_name(period, language),
        "remarks_of": remarks,
        "dataset_title": lambda name: text_in(packages[name].content, "title", language),
        "version_of": lambda name: packages[name].version,
        "path_of": lambda row: captions.path_of(views[row["dataset"]], row["provider"], row["source_table"]),
        "upper_first": lambda text: text[:1].upper() + text[1:],
    }


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


@cache
def templates() -> jinja2.Environment:
    """The templates: everything that they are given is escaped."""
    return jinja2.Environment(
        loader=jinja2.PackageLoader("assets.publish.site", "templates"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )


def render(template: str, site: Site, language: str, path: str, more: Mapping[str, Any]) -> bytes:
    """One page. `path`: inside the language's folder."""
    up = "../" * (path.count("/") + (template != "root"))
    w = words(language)

    def draw(figure: Figure, form: str) -> Markup:
        names = [*(series.names for series in figure.series), figure.units]
        return fill_texts(site.drawn[f"{figure.key}/{form}"], names, language)

    context = {
        "site": site,
        "catalogue": site.catalogue,
        "focus": site.focus.names[language],
        "language": language,
        "languages": LANGUAGES,
        "names_of_languages": {"fi": "Suomi", "sv": "Svenska", "en": "English"},
        "path": path,
        "up": up,
        "home": up + language + "/" if template != "root" else "",
        "w": w,
        "t": lambda entry, name: text_in(entry, name, language),
        "texts": lambda found: found.get(language) or found.get("en") or next(iter(found.values()), ""),
        "number": lambda value, decimals=None: number(value, language, decimals),
        "signed": lambda value, decimals: ("+" if value > 0 else "") + number(value, language, decimals),
        "day": lambda moment: day(str(moment) if moment else None, language),
        "size": lambda count: size(count, language),
        "prose": prose,
        "first_sentence": first_sentence,
        "classifications": site.classifications[language],
        "draw": draw,
        "newest_values": newest_values,
        "has": lambda figure, form: f"{figure.key}/{form}" in site.drawn,
        "provider_name": lambda code: captions.provider_name(code, language),
        "licence_name": captions.licence_name,
        "provider_address": captions.provider_address,
        "frequency": lambda code: w.get(f"freq_{code}", code),
        "theme": lambda code: w[f"theme_{code}"],
        "cell": captions.preview_cell,
        "web": lambda address: web_address(address or "") or "",
        "headline_of": lambda figure: captions.headline_of(figure, language),
        "sources_of": captions.source_tables,
        "sources_for": captions.sources_for,
        "updated_of": lambda view, table: updated_of(view, table, language),
        "between": lambda first, last: captions.between(first, last, language),
        "span_of": captions.format_periods,
        "by_country": by_country(site.regions, language),
        "tables_of": lambda dataset: sorted(
            {(source.provider, source.table) for table in dataset.resources for source in table.sources}
        ),
        "in_release": lambda dataset: in_release(site, dataset, language),
        "locales": LOCALES,
        "subtitle": lambda figure: captions.subtitle(figure, language),
        "address": lambda dataset, file: file_address("", dataset, file),
        "marked": captions.needed_signs,
        "status_labels": lambda figure, view: captions.status_labels(figure, view, language),
        "statuses_of": lambda figure, view: captions.statuses_of(figure, view, language),
        "codes_shown": CODES_SHOWN,
        "label": lambda entry: captions.label_of(entry, language),
        **more,
    }
    return templates().get_template(f"{template}.html.j2").render(context).encode()
