"""The package's README.md, for a person who opens the folder; made from the published descriptor alone.

The wording lives in `readme.md.j2`; here is only what the template needs.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import jinja2

from assets.publish.release.version import LEDGER, csv_resources, is_data, row_key


def write_readme(package: Mapping[str, Any], base_url: str, report: bool = False) -> str:
    """The README of one release, Markdown in English with the Finnish and Swedish title and summary.

    `report`: there is a `report.json` beside it.
    """
    tables = list(csv_resources(package).values())
    data = [resource for resource in tables if is_data(resource)]
    largest = max(data, key=lambda resource: int(resource["innoregio:rows"]))
    return _template().render(
        package=package,
        report=report,
        address=f"{base_url.rstrip('/')}/{package['name']}/{package['version']}",
        tables=data,
        ledger=csv_resources(package, with_ledger=True).get(LEDGER),
        code_lists=[resource for resource in tables if resource not in data],
        code_names=[resource["name"] for resource in tables],
        largest=largest,
        text_columns=[field["name"] for field in largest["schema"]["fields"] if field["type"] == "string"],
        licences=[licence_link(licence) for licence in package.get("licenses", [])],
        flags=flags(data),
        provenance=package.get("innoregio:provenance", []),
    )


@cache
def _template() -> jinja2.Template:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("assets.publish.release", "."),
        autoescape=False,  # Markdown; texts go through `line` and `cell`
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {
        "line": line,
        "cell": markdown_cell,
        "code": code,
        "thousands": thousands,
        "row_key": row_key,
    }
    return environment.get_template("readme.md.j2")


def flags(tables: Sequence[Mapping[str, Any]]) -> list[tuple[str, Mapping[str, str]]]:
    """Every flag of the tables with its meaning, each once."""
    found: dict[str, Mapping[str, str]] = {}
    for table in tables:
        for field in table["schema"]["fields"]:
            for symbol, texts in field.get("innoregio:flags", {}).items():
                found.setdefault(symbol, texts)
    return list(found.items())


def licence_link(licence: Mapping[str, str]) -> str:
    """A licence as a Markdown link, or its name where it has no address."""
    name = licence.get("title") or licence.get("name") or licence["path"]
    return f"[{name}]({licence['path']})" if licence.get("path") else name


def line(text: object) -> str:
    """Text on one line."""
    return " ".join(str(text).split())


def markdown_cell(text: object) -> str:
    """Text in a cell of a Markdown table."""
    return line(text).replace("|", "\\|")


def code(text: object) -> str:
    """Text set as code."""
    return f"`{text}`"


def thousands(number: int) -> str:
    """12,345."""
    return f"{number:,}"
