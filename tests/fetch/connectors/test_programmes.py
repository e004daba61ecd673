"""`framework-projects` over whole programmes: from the bundle's Horizon Europe to FP7, Horizon 2020 and
Horizon Europe fetched from the made upstream, each archive in a layout of its own; and another focus country.

What is published is counted again from the served members by the csv module.
"""

import csv
import io
import json
import shutil
from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest
from click.testing import CliRunner

from assets.descriptor import load_catalogue
from assets.fetch.states import UPDATED
from assets.overlay import packaged_schemas
from orchestration.cli.main import main
from tests.commands import tree_bytes
from tests.fetch.live_runs import figures, made_upstream, quick_session, run, shipped
from tests.fetch.person import Person, states
from tests.upstream.faults import status
from tests.upstream.figures import make_zip
from tests.upstream.programmes import (
    ARCHIVES,
    OLD_COLUMNS,
    ORGANIZATION,
    Rows,
    archives,
    made_fp7,
    made_h2020,
    members,
    read_member,
    write_member,
)
from tests.upstream.server import environment, serve

PROJECTS, REGIONS = "framework-projects", "regions"
TABLES = ("projects", "organisations", "participations")


@pytest.fixture
def person(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Person]:
    monkeypatch.setattr("orchestration.fetching.open_session", quick_session)
    datasets = shipped(PROJECTS, REGIONS, optional=True)
    monkeypatch.setattr("assets.descriptor.load_datasets", lambda: (datasets, []))
    upstream = made_upstream()
    upstream.files = archives()
    with serve(upstream):
        yield Person(tmp_path, upstream)


def served(country: str) -> tuple[Rows, Rows]:
    """The projects with a participant in the country, and all participations of these, of all archives."""
    projects: Rows = []
    participations: Rows = []
    for programme, archive in members().items():
        if programme == "h2020":  # the csv module cannot read its quoting, which is CORDIS's own
            found = dict(zip(("project.csv", "organization.csv"), made_h2020(), strict=True))
        else:
            found = {name: read_member(content) for name, content in archive.items()}
        ours = {row["projectID"] for row in found["organization.csv"] if row["country"] == country}
        projects += [row for row in found["project.csv"] if row["id"] in ours]
        participations += [row for row in found["organization.csv"] if row["projectID"] in ours]
    return projects, participations


def read_tables(texts: Mapping[str, str]) -> dict[str, Rows]:
    return {name: list(csv.DictReader(io.StringIO(text, newline=""))) for name, text in texts.items()}


def published(public: Path) -> dict[str, Rows]:
    """The dataset's tables in the tree, by name."""
    return read_tables({name: (public / PROJECTS / f"{name}.csv").read_text("utf-8") for name in TABLES})


def money(text: str) -> Decimal:
    return Decimal(text.replace(",", ".") or "0")


def check_tables(tables: Mapping[str, Rows], country: str) -> None:
    """The rows and sums are those of the served members."""
    projects, participations = served(country)
    rows, parts = tables["projects"], tables["participations"]
    assert {row["project"] for row in rows} == {row["id"] for row in projects}
    assert len(rows) == len(projects), "a project number stands once, whatever its programme"
    assert len(parts) == len(participations)
    for ours, theirs in (("total_cost", "totalCost"), ("ec_max_contribution", "ecMaxContribution")):
        assert sum(money(row[ours]) for row in rows) == sum(money(row[theirs]) for row in projects)
    for ours, theirs in (("total_cost", "totalCost"), ("ec_contribution", "ecContribution")):
        assert sum(money(row[ours]) for row in parts) == sum(money(row[theirs]) for row in participations)
    withheld = [row for row in participations if not row["street"] + row["city"]]
    assert sum(row["name_withheld"] == "true" for row in parts) == len(withheld)
    known = {row["organisation"] for row in tables["organisations"]}
    assert {row["organisation"] for row in parts} - {""} == known


def test_tables_over_three_programmes(tmp_path: Path, areas: pl.LazyFrame) -> None:
    (dataset,) = shipped(PROJECTS, optional=True)
    upstream = made_upstream()
    upstream.files = archives()
    with serve(upstream):
        found = run(dataset, tmp_path, environment(upstream))
    assert {state.table: state.state for state in found} == dict.fromkeys(ARCHIVES, UPDATED)
    tables = figures(dataset, tmp_path, areas)
    assert isinstance(tables, dict), tables
    check_tables(read_tables({name: frame.write_csv() for name, frame in tables.items()}), "FI")
    (title,) = tables["projects"].filter(project="633001")["title"]
    assert title == '"Made" with a quotation mark; first'
    parts = tables["participations"].filter(project="287001").select("organisation", "geo", "name_withheld")
    assert parts.rows() == [(None, "HK", False), ("999591209", "FI1C3", False)], "a placeholder is no code"


@pytest.mark.slow
def test_from_the_bundle_to_whole_programmes(person: Person) -> None:
    public = person.public
    code, found = person.run("publish", PROJECTS, REGIONS)
    assert (code, found[PROJECTS]["version"]) == (0, "1.0.0"), person.said
    assert {row["framework_programme"] for row in published(public)["projects"]} == {"HORIZON"}
    package = json.loads((public / PROJECTS / "datapackage.json").read_bytes())
    assert len(package["sources"]) == 1, "nothing of the optional sources is in it"

    code, found = person.run("publish", PROJECTS, "--fetch")
    assert (code, found[PROJECTS]["version"], found[PROJECTS]["change"]) == (0, "1.1.0", "minor"), person.said
    assert {states(public)[name]["state"] for name in ARCHIVES} == {"updated"}
    check_tables(published(public), "FI")
    rows = {row["project"]: row for row in published(public)["projects"]}
    counts = {"FP7": 1, "H2020": 2, "HORIZON": 40}
    for programme, count in counts.items():
        assert sum(row["framework_programme"] == programme for row in rows.values()) == count
    old, newer = rows["287001"], rows["101006003"]
    assert (old["status"], old["programme_part"], old["signature_date"], old["doi"]) == ("SIGNED", "", "", "")
    assert (old["total_cost"], old["ec_max_contribution"]) == ("642632.00", "573000.50")
    assert (newer["status"], newer["programme_part"], newer["total_cost"]) == (
        "TERMINATED",
        "H2020-EU.3.4.",
        "",
    )
    places = {
        (row["project"], row["geo"], row["geo_classification"], row["role"])
        for row in published(public)["participations"]
        if row["project"] in ("287001", "101006003")
    }
    assert ("287001", "FI1C3", "nuts-2021", "coordinator") in places, "an older code keeps its own vintage"
    assert ("101006003", "UKI31", "nuts-2021", "coordinator") in places
    assert ("101006003", "FI", "country", "internationalPartner") in places
    package = json.loads((public / PROJECTS / "datapackage.json").read_bytes())
    assert ["Horizon Europe" in one["title"] for one in package["sources"]] == [True, False, False]
    assert "rows" in (public / PROJECTS / "CHANGELOG.md").read_text("utf-8")

    code, found = person.run("publish", PROJECTS, "--fetch")
    assert (code, found[PROJECTS]["state"], len(person.upstream.log)) == (0, "unchanged", 3), person.said
    for version in ("1.0.0", "1.1.0"):  # without and with the optional sources
        done = CliRunner().invoke(
            main, ["rebuild", f"{PROJECTS}@{version}", "--out", str(public)], env=person.settings
        )
        assert done.exit_code == 0, done.output


@pytest.mark.slow
def test_a_lost_store_takes_no_programme_out_of_the_release(person: Person) -> None:
    code, found = person.run("publish", PROJECTS, REGIONS, "--fetch")
    assert (code, found[PROJECTS]["version"]) == (0, "1.0.0"), person.said
    before = tree_bytes(person.public / PROJECTS)
    for table in ("fp7", "h2020"):
        shutil.rmtree(person.store / "cordis" / table)
    code, found = person.run("publish", PROJECTS)
    told = "cordis/fp7 is in release 1.0.0 and in no store; fetch it, or restore the store"
    assert (code, found[PROJECTS]["state"]) == (1, "failed"), person.said
    assert told in found[PROJECTS]["message"]
    assert tree_bytes(person.public / PROJECTS) == before
    code, found = person.run("publish", PROJECTS, "--fetch")
    assert (code, found[PROJECTS]["state"], found[PROJECTS]["version"]) == (0, "unchanged", "1.0.0"), found


@pytest.mark.slow
def test_a_programme_that_never_came_is_named_and_the_others_go_on(person: Person) -> None:
    person.upstream.break_it(ARCHIVES["fp7"], status(503))
    code, found = person.run("publish", PROJECTS, "--fetch")
    assert (code, found[PROJECTS]["state"]) == (3, "published"), person.said
    assert states(person.public)["fp7"]["state"] == "stale-but-served"
    programmes = {row["framework_programme"] for row in published(person.public)["projects"]}
    assert programmes == {"H2020", "HORIZON"}


@pytest.mark.slow
def test_another_focus_country(person: Person, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    written = (packaged_schemas() / "catalogue.yaml").read_text("utf-8")
    schemas = tmp_path / "schemas"
    schemas.mkdir()
    (schemas / "catalogue.yaml").write_text(written.replace("focus: FI1C6", "focus: EE001"), "utf-8")
    estonia = load_catalogue(schemas)
    monkeypatch.setattr("assets.normalise.registers.framework_projects.load_catalogue", lambda: estonia)
    code, _ = person.run("publish", PROJECTS, "--fetch")
    assert code == 0, person.said
    check_tables(published(person.public), "EE")
    assert {"741002", "203002"} <= {row["project"] for row in published(person.public)["projects"]}
    countries = {row["country"] for row in published(person.public)["participations"] if row["project"] < "3"}
    assert countries - {"FI"}, "participants of any country, in the projects with an Estonian one"


def test_a_project_number_of_two_programmes_stops(tmp_path: Path, areas: pl.LazyFrame) -> None:
    (dataset,) = shipped(PROJECTS, optional=True)
    projects, organizations = made_fp7()
    for row in (*projects, *organizations):
        for name in ("id", "projectID"):
            row.update({name: "633001"} if row.get(name) == "287001" else {})
    upstream = made_upstream()
    same = {
        "project.csv": write_member(projects, OLD_COLUMNS),
        "organization.csv": write_member(organizations, ORGANIZATION),
    }
    upstream.files = archives("horizon", "h2020") | {ARCHIVES["fp7"]: make_zip(same)}
    with serve(upstream):
        run(dataset, tmp_path, environment(upstream))
    found = figures(dataset, tmp_path, areas)
    assert isinstance(found, str)
    assert "parts 'cordis/h2020/project' and 'cordis/fp7/project' disagree at project=633001" in found


@pytest.mark.parametrize("column", ["fundingScheme", "subCall"])
def test_only_the_columns_that_may_be_lacking_may(tmp_path: Path, column: str) -> None:
    (dataset,) = shipped(PROJECTS, optional=True)
    kept = tuple(name for name in OLD_COLUMNS if name != column)
    upstream = made_upstream()
    cut = members()["fp7"] | {"project.csv": write_member(made_fp7()[0], kept)}
    upstream.files = archives("horizon") | {ARCHIVES["fp7"]: make_zip(cut)}
    with serve(upstream):
        run(dataset, tmp_path, environment(upstream))
    found = figures(dataset, tmp_path, pl.LazyFrame())
    assert isinstance(found, str)
    assert f"source column '{column}' is mapped, but not in the source" in found
