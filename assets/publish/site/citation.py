"""How a dataset is cited: a sentence, BibTeX, CSL-JSON. The retrieval date is the reader's, so it is not
written here.

The address is the release's identifier; what the data's provider asks to be cited goes along as a note.
"""

import json
import re
from typing import Any, NamedTuple

from assets.descriptor import Catalogue
from assets.publish.catalogue.packages import Package
from assets.publish.catalogue.schema_org import text_in
from assets.publish.catalogue.terms import web_address
from assets.publish.catalogue.words import words
from assets.publish.site.captions import provider_name

# A brace counts for BibTeX even behind a backslash, so a single one would break the entry.
BIBTEX_SIGNS = str.maketrans(
    {sign: f"\\{sign}" for sign in "&%$#_"}
    | {"{": "(", "}": ")", "\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}
)


class Cited(NamedTuple):
    """What every form says."""

    name: str
    version: str
    title: str
    publisher: str
    day: str  # ISO date, or empty
    address: str
    note: str  # the sources, in English as the provider asks for it
    language: str


def citations(package: Package, catalogue: Catalogue, base: str, language: str) -> dict[str, str]:
    """`text`, `bibtex` and `csl` of the newest version."""
    names = catalogue.publisher["name_translated"]
    cited = Cited(
        package.name,
        package.version,
        " ".join(text_in(package.content, "title", language).split()),
        names.get(language) or next(iter(names.values())),
        (package.modified or "")[:10],
        f"{base}{package.name}/{package.version}",
        sources_sentence(package, catalogue, language),
        language,
    )
    return {
        "text": sentence(cited),
        "bibtex": bibtex(cited),
        "csl": json.dumps(csl(cited), ensure_ascii=False, indent=2),
    }


def sources_sentence(package: Package, catalogue: Catalogue, language: str) -> str:
    """The sources in the page's language, with their addresses; in English as the provider asks for it."""
    required = " ".join((package.content.get("innoregio:citation") or "").split())
    tables = dict.fromkeys(
        (snapshot["provider"], snapshot["table"])
        for snapshot in package.content.get("innoregio:provenance", [])
    )
    if (language == "en" and required) or not tables:
        return required
    paths = {
        table: source.get("path")
        for source in package.content.get("sources", [])
        for table in source.get("innoregio:tables", [])
    }
    lines = []
    for provider, table in tables:
        address = web_address(paths.get(f"{provider}/{table}") or "")
        lines.append(", ".join(part for part in (provider_name(provider, language), table, address) if part))
    own, names = words(language), catalogue.publisher["name_translated"]
    head = own["source_line"] if len(lines) == 1 else own["sources"]
    publisher = names.get(language) or next(iter(names.values()))
    return f"{head}: {'; '.join(lines)}. {own['compiled_by']}: {publisher}."


def sentence(cited: Cited) -> str:
    """Publisher (year): title. Version. Address"""
    dated = f" ({cited.day[:4]})" if cited.day else ""
    version = f"{words(cited.language)['version']} {cited.version}"
    return f"{cited.publisher}{dated}: {cited.title}. {version}. {cited.address}"


def bibtex(cited: Cited) -> str:
    """A `@dataset` entry, as biblatex has it; the styles of BibTeX take it as `@misc`."""
    key = re.sub(r"[^a-z0-9]+", "-", f"innoregio-{cited.name}-{cited.version}")
    publisher, title, note = (
        text.translate(BIBTEX_SIGNS) for text in (cited.publisher, cited.title, cited.note)
    )
    fields = {
        "author": f"{{{publisher}}}",
        "title": f"{{{title}}}",
        "year": cited.day[:4],
        "publisher": publisher,
        "version": cited.version,
        "url": cited.address,
        "note": note,
    }
    lines = [f"  {name} = {{{value}}}" for name, value in fields.items() if value]
    return f"@dataset{{{key},\n" + ",\n".join(lines) + "\n}"


def csl(cited: Cited) -> list[dict[str, Any]]:
    """CSL-JSON, as Zotero and pandoc read it."""
    item: dict[str, Any] = {
        "id": f"{cited.name}-{cited.version}",
        "type": "dataset",
        "title": cited.title,
        "author": [{"literal": cited.publisher}],
        "publisher": cited.publisher,
        "version": cited.version,
        "URL": cited.address,
        "language": cited.language,
    }
    if cited.day:
        item["issued"] = {"date-parts": [[int(part) for part in cited.day.split("-")]]}
    if cited.note:
        item["note"] = f"“{cited.note}”"  # unquoted, readers take `Source: …` for a variable of their own
    return [item]
