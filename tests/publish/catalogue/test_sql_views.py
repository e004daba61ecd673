"""The statements of `innoregio.sql`; DuckDB runs them in `tests/clients/test_client_views.py`."""

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from assets.errors import PublishError
from assets.publish.catalogue.packages import Package, read_packages
from assets.publish.catalogue.sql_views import view_name, write_views

BASE = "https://data.example.org/"
LANGUAGES = ("fi", "sv", "en")


@pytest.fixture(scope="module")
def packages(published: Path) -> list[Package]:
    return read_packages(published, "FI")


def test_each_table_is_one_view(packages: list[Package], published: Path) -> None:
    text = write_views(packages, BASE, LANGUAGES).decode()
    views = re.findall(r'^CREATE OR REPLACE VIEW "([a-z0-9_]+)" AS$', text, re.MULTILINE)
    tables = [
        view_name(path.parent.name, entry["name"].removesuffix("-parquet"))
        for path in published.glob("*/datapackage.json")
        for entry in json.loads(path.read_bytes())["resources"]
        if entry["name"].endswith("-parquet")
    ]
    assert views == sorted(tables)
    assert "coalesce(getvariable('innoregio'), 'https://data.example.org/')" in text
    files = re.findall(r"getvariable\('innoregio'\) \|\| '([^']+)'", text)
    assert len(files) > len(views) and all((published / file).is_file() for file in files)


def test_the_published_file_is_that_of_the_tree(packages: list[Package], published: Path) -> None:
    assert (published / "innoregio.sql").read_bytes() == write_views(
        packages, "http://127.0.0.1:8000/", LANGUAGES
    )


@pytest.mark.parametrize(
    ("dataset", "table", "name"),
    [
        ("rd-expenditure", "rd-expenditure", "rd_expenditure"),
        ("population", "population-eurostat", "population_eurostat"),
        ("regions", "areas", "regions_areas"),
        ("region", "regions", "region_regions"),
    ],
)
def test_a_view_says_whose_table_it_is(dataset: str, table: str, name: str) -> None:
    assert view_name(dataset, table) == name


def test_two_tables_of_one_view_are_refused(packages: list[Package]) -> None:
    with pytest.raises(PublishError, match=r"two tables would be the view \w+; rename one"):
        write_views([packages[0], packages[0]], BASE, LANGUAGES)


def test_quotes_of_a_name_stay_inside(packages: list[Package]) -> None:
    """A column's name is foreign text: it ends neither its quotes nor the statement."""
    package = next(one for one in packages if one.name == "rd-expenditure")
    text = json.dumps(package.content).replace('"obs_flag"', json.dumps('x"; DROP VIEW y; --'))
    hostile = replace(package, content=json.loads(text))
    written = write_views([hostile], BASE, LANGUAGES).decode()
    assert 'data."x""; DROP VIEW y; --"' in written and 'x";' not in written.replace('x"";', "")
