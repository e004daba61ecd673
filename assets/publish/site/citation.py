"""How a dataset is cited: a sentence, BibTeX, CSL-JSON. The retrieval date is the reader's, so it is not
written here.
"""

import json
import re
from typing import Any

from assets.descriptor import Catalogue
from assets.publish.catalogue.packages import Package
from assets.publish.catalogue.schema_org import text_in

BIBTEX_SIGNS = str.maketrans({sign: f"\\{sign}" for sign in "&%$#_{}"} | {"\\": " ", "~": " ", "^": " "})


def citations(package: Package, catalogue: Catalogue, base: str, language: str) -> dict[str, str]:
    """`text`, `bibtex` and `csl` of the newest version."""
    names = catalogue.publisher["name_translated"]
    publisher = names.get(language) or next(iter(names.values()))
    title = text_in(package.content, "title", language)
    address = f"{base}{package.name}/{package.version}/"
    day = (package.modified or "")[:10]
    year = day[:4]
    dated = f" ({year})" if year else ""
    return {
        "text": f"{publisher}{dated}: {title}. Version {package.version}. {address}",
        "bibtex": bibtex(package, publisher, title, address, year),
        "csl": json.dumps(csl(package, publisher, title, address, day), ensure_ascii=False, indent=2),
    }


def bibtex(package: Package, publisher: str, title: str, address: str, year: str) -> str:
    """A `@misc` entry; a dataset has no type of its own in BibTeX."""
    key = re.sub(r"[^a-z0-9]+", "-", f"innoregio-{package.name}-{package.version}")
    fields = {
        "author": f"{{{publisher.translate(BIBTEX_SIGNS)}}}",
        "title": f"{{{title.translate(BIBTEX_SIGNS)}}}",
        "year": year,
        "version": package.version,
        "howpublished": f"\\url{{{address}}}",
        "note": "Dataset",
    }
    lines = [f"  {name} = {{{value}}}" for name, value in fields.items() if value]
    return f"@misc{{{key},\n" + ",\n".join(lines) + "\n}"


def csl(package: Package, publisher: str, title: str, address: str, day: str) -> list[dict[str, Any]]:
    """CSL-JSON, as Zotero and pandoc read it."""
    item: dict[str, Any] = {
        "id": f"{package.name}-{package.version}",
        "type": "dataset",
        "title": title,
        "author": [{"literal": publisher}],
        "publisher": publisher,
        "version": package.version,
        "URL": address,
    }
    if day:
        item["issued"] = {"date-parts": [[int(part) for part in day.split("-")]]}
    return [item]
