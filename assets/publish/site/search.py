"""The search index of one language: small enough to load on the first key stroke, no server needed."""

from collections.abc import Sequence
from typing import Any

from assets.publish.catalogue.schema_org import text_in
from assets.publish.site.views import View


def search_index(views: Sequence[View], language: str) -> list[dict[str, Any]]:
    """For each dataset its page, title, and the words that find it: titles, columns, codes, keywords."""
    return [
        {
            "page": f"dataset/{view.name}.html",
            "title": text_in(view.package.content, "title", language),
            "words": " ".join(dict.fromkeys(words_of(view, language))),
        }
        for view in views
    ]


def words_of(view: View, language: str) -> list[str]:
    """What a dataset is found by; English too, because columns are named in it."""
    content = view.package.content
    found = [view.name, *(text_in(content, "title", code) for code in dict.fromkeys((language, "en")))]
    found += (
        (content.get("innoregio:keywords_translated") or {}).get(language) or content.get("keywords") or []
    )
    for table in view.tables:
        found.append(text_in(table.csv, "title", language))
        for field in table.fields:
            found += [field["name"], text_in(field, "title", language)]
            for category in field.get("categories", [])[:60]:
                label = (
                    (category.get("innoregio:label_translated") or {}).get(language)
                    or category.get("label")
                    or ""
                )
                found.append(label)
    found += [f"{source.get('table', '')}" for source in view.provenance]
    return [" ".join(word.lower().split()) for word in found if word]
