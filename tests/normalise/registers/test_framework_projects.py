"""The dataset framework-projects: known answers, persons withheld, one row per organisation, columns known.

The figures are counted again from the bundle and from the recorded files by the csv module alone.
"""

import csv
import gzip
import io
from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import cache
from pathlib import Path

import polars as pl
import pytest
from babel import Locale

from assets.descriptor import Dataset, load_dataset
from assets.errors import MappingError
from assets.normalise.registers.framework_projects import in_focus_country
from assets.normalise.resource import normalise_resource
from assets.store.snapshots import Provenance, Snapshot, bundle_root, find_snapshots

SCHEMAS = Path(__file__).parents[3] / "schemas"
BUNDLE = Path(__file__).parents[3] / "assets" / "snapshots" / "cordis" / "horizon"
Records = list[dict[str, str]]


@cache
def dataset() -> Dataset:
    return load_dataset(SCHEMAS / "datasets" / "framework-projects.yaml")


@cache
def bundled(part: str) -> Records:
    """The bundled records by the csv module."""
    [path] = (BUNDLE / part).glob("*.csv.gz")
    text = gzip.decompress(path.read_bytes()).decode()
    return list(csv.DictReader(io.StringIO(text, newline=""), delimiter=";", strict=True))


def recorded(shared: Path, part: str) -> Records:
    path = shared / "upstream" / "cordis" / "horizon-fi-2025-12" / f"{part}.csv"
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines, delimiter=";", strict=True))


def areas_for(codes: set[str]) -> pl.LazyFrame:
    """A list of areas that has all these codes: the rule of tagging is tested elsewhere."""
    longer = sorted(code for code in codes if len(code) > 2)
    return pl.LazyFrame({"geo_classification": ["nuts-2024"] * len(longer), "geo": longer})


@cache
def table(name: str) -> pl.DataFrame:
    """The table made from the bundle."""
    return made(name, find_snapshots([bundle_root()], "cordis", "horizon"))


def made(name: str, snapshots: Sequence[Snapshot], codes: set[str] | None = None) -> pl.DataFrame:
    resource = next(resource for resource in dataset().resources if resource.name == name)
    areas = areas_for(codes or {record["nutsCode"] for record in bundled("organization")})
    parts = {snapshot.provenance.part for snapshot in snapshots}
    rest = (s for s in find_snapshots([bundle_root()], "cordis", "horizon") if s.provenance.part not in parts)
    return normalise_resource(resource, [*snapshots, *rest], areas).collect()


def written(folder: Path, part: str, records: Sequence[Mapping[str, str]]) -> Snapshot:
    """Records as CORDIS writes them, as a snapshot."""
    path = folder / f"{part}.csv"
    with path.open("w", encoding="utf-8", newline="") as text:
        writer = csv.DictWriter(
            text, list(records[0]), delimiter=";", quoting=csv.QUOTE_ALL, lineterminator="\n"
        )
        writer.writeheader()
        writer.writerows(records)
    return Snapshot(path, Provenance("cordis", "horizon", part, "made", "CC-BY-4.0", "text/csv"))


def money(text: str) -> Decimal | None:
    return Decimal(text.replace(",", ".")).quantize(Decimal("0.01")) if text else None


def test_known_answers() -> None:
    projects, participations = table("projects"), table("participations")
    assert projects.height == 1706
    assert participations.height == 28_215
    assert participations.filter(country="FI").height == 2845
    assert participations.filter(geo="FI1C6").height == 20
    assert participations["name_withheld"].sum() == 54
    assert projects["total_cost"].null_count() == 473
    assert projects["ec_max_contribution"].sum() == Decimal("11579303169.16")
    # 8,872 rows with 0 and 33 without anything
    assert participations["total_cost"].null_count() == 8872 + 33
    assert participations["ec_contribution"].null_count() == 3889
    assert participations.filter(pl.col("ec_contribution") == 0).height == 1905


def test_known_answers_in_the_bundle_by_the_csv_module() -> None:
    projects, participations = bundled("project"), bundled("organization")
    [path] = (BUNDLE / "organization").glob("*.csv.gz")
    assert gzip.decompress(path.read_bytes()).count(b"\n") <= 28_256
    assert len(projects) == 1706
    assert len(participations) == 28_215
    assert sum(r["country"] == "FI" for r in participations) == 2845
    assert sum(r["nutsCode"] == "FI1C6" for r in participations) == 20
    assert sum(r["totalCost"] == "0" for r in participations) == 8872
    assert sum(r["totalCost"] == "0" for r in projects) == 473
    assert sum(not r["name"] for r in participations) == 54


def test_every_participation_is_the_bundle_s() -> None:
    """Cell by cell: each row of the table against the record of the csv module, by the key."""
    expected = {}
    for r in bundled("organization"):
        cost = money(r["totalCost"])
        key = (r["projectID"], r["organisationID"] or None, int(r["order"]))
        assert key not in expected
        expected[key] = (
            *(r["country"], r["nutsCode"] or None, r["role"]),
            *({"true": True, "false": False, "": None}[r["SME"]], r["activityType"] or None),
            *(money(r["ecContribution"]), money(r["netEcContribution"]), cost or None),
            *(r["endOfParticipation"] == "true", not r["name"]),
        )
    rows = table("participations").drop("geo_classification").rows()
    assert {row[:3]: row[3:] for row in rows} == expected
    assert [row[:3] for row in rows] == sorted(expected, key=lambda key: (key[0], key[1] or "", key[2]))


def test_every_project_is_the_bundle_s() -> None:
    expected = {
        r["id"]: (
            *(r["acronym"], r["title"].strip(), r["status"], r["startDate"], r["endDate"]),
            *(r["ecSignatureDate"] or None, r["legalBasis"], r["fundingScheme"], r["topics"]),
            *(r["masterCall"], r["subCall"], money(r["totalCost"]) or None, money(r["ecMaxContribution"])),
            *(r["grantDoi"] or None, r["rcn"], r["contentUpdateDate"]),
        )
        for r in bundled("project")
    }
    frame = table("projects").with_columns(
        pl.col("start_date", "end_date", "signature_date").cast(pl.String),
        pl.col("updated").dt.to_string("%Y-%m-%d %H:%M:%S"),
    )
    assert frame["framework_programme"].unique().to_list() == ["HORIZON"]
    assert {row[0]: row[1:] for row in frame.drop("framework_programme").rows()} == expected


def test_every_organisation_is_that_of_its_newest_record() -> None:
    newest: dict[str, dict[str, str]] = {}
    for r in sorted(bundled("organization"), key=lambda r: (r["contentUpdateDate"], int(r["projectID"]))):
        if r["organisationID"]:
            newest[r["organisationID"]] = r
    frame = table("organisations")
    assert frame.height == len(newest) == 10_960
    for row in frame.rows(named=True):
        r = newest[row["organisation"]]
        city = r["city"] if any(map(str.isalpha, r["city"])) else None
        assert (row["name"], row["city"], row["country"]) == (r["name"], city, r["country"])
        assert " ".join((row["short_name"] or "").split()) == " ".join(r["shortName"].split())
        assert "\n" not in (row["short_name"] or "")
    assert set(table("participations")["organisation"].drop_nulls()) == set(newest)


def test_two_names_and_two_spellings_of_a_city() -> None:
    """The case of the contracts: the newer record says how an organisation is called, not the first one."""
    frame = table("organisations")
    assert frame.filter(organisation="897024185")["name"].item() == "SOFTWARE IMAGINATION AND VISION SRL"
    turbo = frame.filter(organisation="999791708").row(0, named=True)
    assert turbo["name"] == "INDUSTRIA DE TURBO PROPULSORES SA,SOCIEDAD UNIPERSONAL"
    assert turbo["city"] == "ZAMUDIO"


@pytest.mark.slow
def test_the_live_file_gives_the_tables_of_the_bundle(shared: Path, tmp_path: Path) -> None:
    """With streets, names of persons and prose in the file as the provider has it: the same tables."""
    live = [written(tmp_path, part, recorded(shared, part)) for part in ("project", "organization")]
    for name in ("projects", "organisations", "participations"):
        assert made(name, live).equals(table(name)), name


def test_no_withheld_person_is_in_a_table_or_in_the_bundle(shared: Path) -> None:
    persons = [r for r in recorded(shared, "organization") if not r["street"] and not r["city"]]
    assert len(persons) == 54
    hidden = {r[column] for r in persons for column in ("organisationID", "name", "rcn")}
    bundle = {cell for r in bundled("organization") for cell in r.values()}
    assert not hidden & bundle
    organisations = table("organisations")
    assert not hidden & set(organisations["organisation"]) | hidden & set(organisations["name"])
    withheld = table("participations").filter("name_withheld")
    assert withheld["organisation"].null_count() == withheld.height == 54
    assert {(r["projectID"], int(r["order"])) for r in persons} == set(
        withheld.select("project", "order").rows()
    )


RECORD = {
    "projectID": "101000001",
    "organisationID": "999999999",
    "name": "ACME OY",
    "shortName": "",
    "SME": "true",
    "activityType": "PRC",
    "street": "Aleksanterinkatu 1",
    "city": "Lahti",
    "country": "FI",
    "nutsCode": "FI1C6",
    "contentUpdateDate": "2024-01-01 00:00:00",
    "order": "1",
    "role": "participant",
    "ecContribution": "0",
    "netEcContribution": "12.5",
    "totalCost": "1,25",
    "endOfParticipation": "false",
}


def participations(folder: Path, *changes: dict[str, str]) -> list[dict[str, object]]:
    snapshot = written(folder, "organization", [{**RECORD, **change} for change in changes])
    return made("participations", [snapshot], {"FI1C6"}).rows(named=True)


def organisations(folder: Path, *changes: dict[str, str]) -> list[dict[str, object]]:
    snapshot = written(folder, "organization", [{**RECORD, **change} for change in changes])
    return made("organisations", [snapshot]).rows(named=True)


@pytest.mark.parametrize(
    ("street", "city", "withheld"),
    [
        ("", "", True),
        (" ", "\t", True),
        ("Katu 1", "", False),
        ("", "Lahti", False),
        ("Katu 1", "Lahti", False),
    ],
)
def test_who_is_withheld(tmp_path: Path, street: str, city: str, withheld: bool) -> None:
    [row] = participations(tmp_path, {"street": street, "city": city})
    assert row["name_withheld"] is withheld
    assert (row["organisation"] is None) is withheld
    assert (row["geo"], row["ec_contribution"], row["total_cost"]) == ("FI1C6", Decimal(0), Decimal("1.25"))
    assert len(organisations(tmp_path, {"street": street, "city": city})) == (not withheld)


def test_two_withheld_persons_of_one_project_stay_two_rows(tmp_path: Path) -> None:
    person = {"street": "", "city": ""}
    rows = participations(tmp_path, {**person, "order": "7"}, {**person, "order": "5"}, {"order": "5"})
    assert [(row["organisation"], row["order"]) for row in rows] == [(None, 5), (None, 7), ("999999999", 5)]


def test_the_newest_record_names_the_organisation(tmp_path: Path) -> None:
    [row] = organisations(
        tmp_path,
        {"name": "B", "projectID": "101000009"},
        {"name": "A", "projectID": "99000009"},  # as text it would be the highest number
        {"name": "C", "contentUpdateDate": "2023-12-31 23:59:59", "projectID": "101000099"},
        {"name": "D", "contentUpdateDate": ""},
    )
    assert row["name"] == "B"


def test_costs_and_contributions_of_nothing(tmp_path: Path) -> None:
    [row] = participations(tmp_path, {"totalCost": "0,00", "ecContribution": "0", "netEcContribution": ""})
    assert (row["total_cost"], row["ec_contribution"], row["net_ec_contribution"]) == (None, Decimal(0), None)


def test_titles_in_one_line(tmp_path: Path) -> None:
    record = {**bundled("project")[0], "title": "A\r\n  title\u2028of lines\n"}
    [row] = made("projects", [written(tmp_path, "project", [record])]).rows(named=True)
    assert row["title"] == "A title of lines"


@pytest.mark.parametrize(
    ("column", "problem"),
    [("newColumn", "source column 'newColumn' is not mapped"), ("keywords", None), ("Human-validated", None)],
)
def test_columns_of_other_releases(tmp_path: Path, column: str, problem: str | None) -> None:
    """Those of 2026 are known by name; any other stops the dataset."""
    snapshot = written(tmp_path, "project", [{**bundled("project")[0], column: "x"}])
    if problem is None:
        assert made("projects", [snapshot]).height == 1
    else:
        with pytest.raises(MappingError, match=problem):
            made("projects", [snapshot])


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"role": "isRegisteredBy"}, "'role'.* 'isRegisteredBy'"),
        ({"country": "DE;HU"}, "'country'.* 'DE;HU'"),
        ({"country": "ZZ"}, "'country'.* 'ZZ'"),
        ({"activityType": "NGO"}, "'activity_type'.* 'NGO'"),
        ({"ecContribution": "1.005"}, "1.005"),
        ({"SME": "yes"}, "yes"),
        ({"nutsCode": "FI1C66"}, "FI1C66"),
    ],
)
def test_news_in_codes_and_values_stop_the_dataset(
    tmp_path: Path, change: dict[str, str], problem: str
) -> None:
    finnish = {"organisationID": "999999999", "order": "2"}  # or the project would not be ours
    with pytest.raises(MappingError, match=problem):
        participations(tmp_path, change, finnish)


def test_country_labels_are_those_of_cldr() -> None:
    """EL and UK are the EU's codes for GR and GB; XH alone is in no list, its labels are ours."""
    with (SCHEMAS / "codelists" / "country.csv").open(encoding="utf-8", newline="") as lines:
        codes = {row["code"]: row for row in csv.DictReader(lines)}
    ours = codes.pop("XH")
    assert (ours["source"], ours["translated"]) == ("", "fi sv en")
    assert {"EL", "UK", "XK"} < set(codes)
    assert not {"GR", "GB", "EU", "ZZ"} & set(codes)
    for language in ("fi", "sv", "en"):
        names = Locale(language).territories
        labels = {code: row[f"label_{language}"] for code, row in codes.items()}
        assert labels == {code: names[{"EL": "GR", "UK": "GB"}.get(code, code)] for code in codes}


def test_what_the_description_says_of_seats() -> None:
    """LUT and LAB are coded in South Karelia, the University of Helsinki by its country only."""
    seats = table("participations").group_by("organisation").agg(pl.col("geo").unique().sort())
    coded = dict(seats.rows())
    assert (coded["999591209"], coded["949269355"], coded["999994535"]) == (["FI1C5"], ["FI1C5"], ["FI"])


def test_of_a_whole_programme_the_projects_of_the_focus_country_are_taken() -> None:
    """A live file holds all projects; rows of others are not even judged."""
    project, other = "101000001", "101000002"
    rows = [
        {**bundled("organization")[0], "projectID": project, "country": "FI"},
        {**bundled("organization")[0], "projectID": project, "country": "SE"},
        {**bundled("organization")[0], "projectID": other, "country": "DE", "nutsCode": "DEXYZ9"},
    ]
    organisations, projects = (
        pl.LazyFrame(rows),
        pl.LazyFrame({"id": [other, project], "acronym": ["B", "A"]}),
    )
    assert in_focus_country(organisations, lambda part: organisations).collect()["country"].to_list() == [
        "FI",
        "SE",
    ]
    assert in_focus_country(projects, lambda part: organisations).collect()["acronym"].to_list() == ["A"]
