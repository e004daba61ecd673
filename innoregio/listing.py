"""What there is: the datasets of a tree, the tables and versions of a dataset, a release's descriptor."""

import re
from pathlib import Path
from typing import Any

import polars as pl

from innoregio.tree import DataError, find_tree, read_json

LANGUAGES = ("fi", "sv", "en")
NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
VERSION = re.compile(r"\d+\.\d+\.\d+")
_PARQUET = "-parquet"


def datasets(language: str = "en", *, tree: str | Path | None = None) -> pl.DataFrame:
    """The datasets of a tree: `name`, `title`, `version`, `modified` (day, Date), `keywords` (List(String)).

    Titles and keywords are in `language` (`fi`, `sv`, `en`). One that is withdrawn is not among them.
    """
    check_language(language)
    nodes = read_json("catalog.jsonld", find_tree(tree)).get("@graph", [])
    rows = [_describe(node, language) for node in nodes if "dcat:Dataset" in node.get("@type", ())]
    schema = {
        "name": pl.String(),
        "title": pl.String(),
        "version": pl.String(),
        "modified": pl.String(),
        "keywords": pl.List(pl.String),
    }
    found = pl.DataFrame(rows, schema, orient="row").sort("name")
    return found.with_columns(pl.col("modified").str.slice(0, 10).str.to_date())


def tables(
    name: str, language: str = "en", *, version: str | None = None, tree: str | Path | None = None
) -> pl.DataFrame:
    """The tables of a dataset: `table`, `title`, `rows`, `columns` (List(String)), code lists left out."""
    check_language(language)
    package, _ = read_release(name, version, find_tree(tree))
    rows = [
        (
            resource["name"].removesuffix(_PARQUET),
            (resource.get("title_translated") or {}).get(language) or resource.get("title"),
            resource.get("innoregio:rows"),
            [field["name"] for field in resource["schema"]["fields"]],
        )
        for resource in package["resources"]
        if resource["name"].endswith(_PARQUET)
    ]
    schema = {"table": pl.String(), "title": pl.String(), "rows": pl.Int64(), "columns": pl.List(pl.String)}
    return pl.DataFrame(rows, schema, orient="row")


def versions(name: str, *, tree: str | Path | None = None) -> list[str]:
    """The versions of a dataset that the tree has, the newest first."""
    where = find_tree(tree)
    for node in read_json("catalog.jsonld", where).get("@graph", []):
        if "dcat:Dataset" in node.get("@type", ()) and _name(node) == name:
            found = {_last(release["@id"]) for release in node.get("dcat:hasVersion", [])}
            return sorted(found, key=lambda text: tuple(map(int, text.split("."))), reverse=True)
    raise DataError(f"{where} has no dataset {name!r}; ask datasets() which there are")


def read_release(name: str, version: str | None, tree: str) -> tuple[dict[str, Any], str]:
    """A release's descriptor, and the folder in the tree that its paths are relative to."""
    if not NAME.fullmatch(name):
        raise DataError(f"{name!r} is no name of a dataset; ask datasets() which there are")
    if version is not None and not VERSION.fullmatch(version):
        raise DataError(f"{version!r} is no version, such as 1.0.0; ask versions({name!r})")
    folder = name if version is None else f"{name}/{version}"
    return read_json(f"{folder}/datapackage.json", tree), folder


def find_resource(package: dict[str, Any], table: str | None) -> dict[str, Any]:
    """The Parquet resource of a table; without one that of the dataset's name, or of its only table."""
    found = {
        resource["name"].removesuffix(_PARQUET): resource
        for resource in package["resources"]
        if resource["name"].endswith(_PARQUET)
    }
    chosen = table or (package["name"] if package["name"] in found else None)
    if chosen is None and len(found) == 1:
        chosen = next(iter(found))
    if chosen not in found:
        problem = f"has no table {table!r}" if table else "has several tables"
        names = ", ".join(f"{package['name']}/{name}" for name in found)
        raise DataError(f"{package['name']} {package['version']} {problem}; take one of {names}")
    resource: dict[str, Any] = found[chosen]
    return resource


def check_language(language: str) -> None:
    """Raises `DataError` for a language that no tree has."""
    if language not in LANGUAGES:
        raise DataError(f"no texts in {language!r}; there are {', '.join(LANGUAGES)}")


def _describe(node: dict[str, Any], language: str) -> tuple[str, str, str, str, list[str]]:
    current = [_last(release["@id"]) for release in node.get("dcat:hasCurrentVersion", [])]
    return (
        _name(node),
        " ".join(_texts(node, "dct:title", language)),
        current[0] if current else "",
        next((text["@value"] for text in node.get("dct:modified", [])), ""),
        _texts(node, "dcat:keyword", language),
    )


def _texts(node: dict[str, Any], name: str, language: str) -> list[str]:
    return [text["@value"] for text in node.get(name, []) if text.get("@language") == language]


def _name(node: dict[str, Any]) -> str:
    return _last(node["@id"])


def _last(address: str) -> str:
    return address.rstrip("/").rsplit("/", 1)[-1]
