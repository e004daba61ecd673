"""FP7 and Horizon 2020 as recorded: what the register's own rows become, against the csv module.

Skipped without the folder of recorded files. The recorded copies are one member of each programme's archive,
in part written anew by other programs; what is lacking beside them is made here.
"""

import csv
import io
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import polars as pl

from assets.normalise.resource import normalise_resource
from assets.store.snapshots import Provenance, Snapshot
from assets.validate.engine import validate
from tests.fetch.live_runs import shipped
from tests.upstream.programmes import (
    OF_2023,
    OLD_COLUMNS,
    ORGANIZATION,
    Rows,
    participant,
    project,
    write_member,
)

COUNTRIES = pl.LazyFrame({"geo_classification": ["nuts-2024"], "geo": ["FI1C6"]})


def recorded(shared: Path, name: str, delimiter: str) -> Rows:
    text = (shared / "upstream" / "cordis" / name).read_bytes().decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))


def table(name: str, folder: Path, programme: str, projects: Rows, organizations: Rows) -> pl.DataFrame:
    """A table of the dataset made from these rows of one programme alone; its schema holds."""
    columns = OLD_COLUMNS if programme == "fp7" else OF_2023
    written = {
        "project": write_member(projects, columns),
        "organization": write_member(organizations, ORGANIZATION),
    }
    snapshots = [snapshot(folder, programme, part, content) for part, content in written.items()]
    (dataset,) = shipped("framework-projects", optional=True)
    resource = next(one for one in dataset.resources if one.name == name)
    only = tuple(source for source in resource.sources if source.table == programme)
    frame = normalise_resource(replace(resource, sources=only), snapshots, COUNTRIES).collect()
    report = validate(frame.lazy(), replace(resource, raw={}))
    assert report.valid, report.errors[:3]
    return frame


def snapshot(folder: Path, programme: str, part: str, content: bytes) -> Snapshot:
    path = folder / f"{programme}-{part}.csv"
    path.write_bytes(content)
    return Snapshot(path, Provenance("cordis", programme, part, "made", "CC-BY-4.0", "text/csv"))


def sums(rows: Sequence[dict[str, str]], column: str) -> Decimal:
    return sum((Decimal(row[column].replace(",", ".") or "0") for row in rows), Decimal())


def test_projects_of_fp7_as_recorded(shared: Path, tmp_path: Path) -> None:
    rows = recorded(shared, "fp7/fp7_test_projects.csv", ";")
    participants = [participant(int(row["id"]), 1, "FI") for row in rows[:-9]]
    participants += [participant(int(row["id"]), 1, "SE") for row in rows[-9:]]
    frame = table("projects", tmp_path, "fp7", rows, participants)
    expected = {row["id"]: row for row in rows[:-9]}
    assert frame.height == len(expected) == 50
    words = {"ONG": "SIGNED", "CLO": "CLOSED", "CAN": "TERMINATED"}
    for made in frame.rows(named=True):
        row = expected[made["project"]]
        assert made["acronym"] == row["acronym"].strip()
        assert made["status"] == words[row["status"]]
        assert (str(made["start_date"]), str(made["end_date"])) == (row["startDate"], row["endDate"])
        assert (made["framework_programme"], made["funding_scheme"]) == ("FP7", row["fundingScheme"])
        assert (made["call"], made["programme_part"], made["topic"]) == (row["subCall"], None, None)
    assert frame["total_cost"].sum() == sums(list(expected.values()), "totalCost")
    assert frame["ec_max_contribution"].sum() == sums(list(expected.values()), "ecMaxContribution")


def test_participations_of_horizon_2020_as_recorded(shared: Path, tmp_path: Path) -> None:
    rows = recorded(shared, "h2020-2023-06/h2020_organizations_out_formatted_latest.csv", ",")
    ours = {row["projectID"] for row in rows if row["country"] == "FI"}
    expected = [row for row in rows if row["projectID"] in ours]
    projects = [project(int(number), "H2020") for number in sorted({row["projectID"] for row in rows})]
    frame = table("participations", tmp_path, "h2020", projects, rows)
    assert frame.height == len(expected) > 500
    assert frame["geo"].null_count() == frame.height, "this copy has no codes of areas"
    for made, source in (("role", "role"), ("country", "country")):
        counted = dict(frame[made].value_counts().iter_rows())
        assert counted == {
            code: sum(row[source] == code for row in expected) for code in {row[source] for row in expected}
        }
    for made, source in (
        ("ec_contribution", "ecContribution"),
        ("net_ec_contribution", "netEcContribution"),
        ("total_cost", "totalCost"),
    ):
        assert frame[made].sum() == sums(expected, source)
    assert frame["end_of_participation"].sum() == sum(row["endOfParticipation"] == "True" for row in expected)


def test_the_project_of_horizon_2020_as_recorded(shared: Path, tmp_path: Path) -> None:
    (row,) = recorded(shared, "h2020-2023-06/h2020_projects_out_formatted_latest.csv", ",")
    (made,) = table("projects", tmp_path, "h2020", [row], [participant(int(row["id"]), 1, "FI")]).rows(
        named=True
    )
    assert (made["programme_part"], made["funding_scheme"]) == (row["legalBasis"], row["fundingScheme"])
    assert (made["doi"], made["total_cost"]) == (row["grantDoi"], Decimal(row["totalCost"]))
