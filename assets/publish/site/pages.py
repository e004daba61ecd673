"""Which pages the site has, and what every template is given; what single ones are is in `page_parts`.

The layout is the templates' (`templates/*.html.j2`), the figures' rows `figures`', the words `words`'.
"""

import json
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import jinja2
from markupsafe import Markup

from assets.descriptor import LANGUAGES
from assets.publish.catalogue.packages import file_address
from assets.publish.catalogue.schema_org import (
    catalogue_jsonld,
    text_in,
)
from assets.publish.catalogue.terms import web_address
from assets.publish.catalogue.words import (
    day,
    first_sentence,
    number,
    prose,
    size,
    words,
)
from assets.publish.site import captions
from assets.publish.site.completeness import low_coverage
from assets.publish.site.drawing import fill_texts
from assets.publish.site.figures import Figure, newest_values
from assets.publish.site.model import Site
from assets.publish.site.page_parts import (
    by_theme,
    dataset_parts,
    hero_figure,
    in_release,
    other_region_parts,
    region_figures,
    region_parts,
    script,
    strategy_entries,
    strategy_parts,
    updated_of,
)
from assets.publish.site.region_facts import (
    by_country,
    region_entries,
)
from assets.publish.site.search import search_index

NEW = 5
KEY_FIGURES = 4
CODES_SHOWN = 80
LOCALES = {"fi": "fi_FI", "sv": "sv_FI", "en": "en_GB"}


def site_pages(site: Site) -> Iterator[tuple[str, bytes]]:
    """Path and content of every page and search index."""
    both = {"pages": {language: words(language) for language in LANGUAGES}}
    yield "index.html", render("root", site, "en", "index.html", both)
    yield "404.html", render("missing", site, "en", "404.html", both)
    for language in LANGUAGES:
        for path, template, more in language_pages(site, language):
            yield f"{language}/{path}", render(template, site, language, path, more)
        index = [*search_index(site.views, language), *region_entries(site.regions, language)]
        index += strategy_entries(site, language)
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
            "figures": [pair for pair in region_figures(site) if not pair[1].parent][:KEY_FIGURES],
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
        "low_coverage": low_coverage,
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
        "join_remarks": captions.join_remarks,
        **more,
    }
    return templates().get_template(f"{template}.html.j2").render(context).encode()
