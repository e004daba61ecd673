"""How a release is cited, by the address that stays: a sentence, BibTeX or CSL-JSON, as the site has it."""

import json
from pathlib import Path

from innoregio.listing import LANGUAGES, check_language, read_release
from innoregio.tree import DataError, find_tree, read_json

FORMS = ("text", "bibtex", "csl")


def cite(
    name: str,
    form: str = "text",
    *,
    language: str = "en",
    version: str | None = None,
    tree: str | Path | None = None,
) -> str:
    """The citation of a dataset's release: `text`, `bibtex` or `csl` (CSL-JSON).

    The sources are named as their providers ask for it. Raises `DataError` for an unknown form, name,
    version or language.
    """
    from assets.publish.site.citation import (  # the site's words: not for who loads
        Cited,
        bibtex,
        csl,
        sentence,
    )

    check_language(language)
    if form not in FORMS:
        raise DataError(f"no citation as {form!r}; there are {', '.join(FORMS)}")
    where = find_tree(tree)
    package, _ = read_release(name.partition("/")[0], version, where)
    titles = package.get("title_translated") or {}
    cited = Cited(
        package["name"],
        package["version"],
        " ".join((titles.get(language) or package["title"]).split()),
        _find_publisher(where, language),
        (package.get("modified") or package.get("created") or "")[:10],
        f"{package['id']}/{package['version']}",
        " ".join((package.get("innoregio:citation") or "").split()),
        language,
    )
    if form == "csl":
        return json.dumps(csl(cited), ensure_ascii=False, indent=2)
    if form == "bibtex":
        return bibtex(cited)
    return " ".join(part for part in (sentence(cited), cited.note) if part)


def _find_publisher(tree: str, language: str) -> str:
    for node in read_json("catalog.jsonld", tree).get("@graph", []):
        if "foaf:Agent" in node.get("@type", ()):
            names = {text.get("@language"): text["@value"] for text in node.get("foaf:name", [])}
            return next((names[la] for la in (language, *LANGUAGES) if la in names), "")
    return ""
