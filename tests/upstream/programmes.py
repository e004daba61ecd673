"""CORDIS's three archives as the made upstream serves them: Horizon Europe, Horizon 2020 and FP7, each in a
layout of its own.

Made after the descriptions of the layouts, not recorded: Horizon Europe in that of 2026 (22 columns) from the
bundle, Horizon 2020 in that of 2023 (20 columns, members in a folder), FP7 in the older one (15 columns, byte
order mark, amounts with a point, other words for the status). Projects, organisations and amounts of the
latter two are invented.
"""

import csv
import io
from functools import cache

from tests.upstream.figures import cordis_members, make_zip

ARCHIVES = {
    "horizon": "cordis-HORIZONprojects-csv.zip",
    "h2020": "cordis-h2020projects-csv.zip",
    "fp7": "cordis-fp7projects-csv.zip",
}
Rows = list[dict[str, str]]

OLD_COLUMNS = (
    "id", "acronym", "status", "title", "startDate", "endDate", "totalCost", "ecMaxContribution",
    "frameworkProgramme", "subCall", "fundingScheme", "nature", "objective", "contentUpdateDate", "rcn",
)  # fmt: skip
OF_2023 = (
    "id", "acronym", "status", "title", "startDate", "endDate", "totalCost", "ecMaxContribution",
    "legalBasis", "topics", "ecSignatureDate", "frameworkProgramme", "masterCall", "subCall",
    "fundingScheme", "nature", "objective", "contentUpdateDate", "rcn", "grantDoi",
)  # fmt: skip
OF_2026 = (
    "id", "acronym", "status", "title", "startDate", "endDate", "totalCost", "ecMaxContribution", "topics",
    "legalBasis", "ecSignatureDate", "frameworkProgramme", "masterCall", "subCall", "fundingScheme", "nature",
    "objective", "contentUpdateDate", "rcn", "grantDoi", "keywords", "Human-validated",
)  # fmt: skip
ORGANIZATION = (
    "projectID", "projectAcronym", "organisationID", "vatNumber", "name", "shortName", "SME", "activityType",
    "street", "postCode", "city", "country", "nutsCode", "geolocation", "organizationURL", "contactForm",
    "contentUpdateDate", "rcn", "order", "role", "ecContribution", "netEcContribution", "totalCost",
    "endOfParticipation", "active",
)  # fmt: skip


def project(number: int, programme: str, **cells: str) -> dict[str, str]:
    """A project with cells that fit its programme; `cells` go before."""
    return {
        "id": str(number), "acronym": f"MADE{number}", "status": "CLOSED", "title": f"Made project {number}",
        "startDate": "2015-01-01", "endDate": "2018-12-31", "totalCost": "1000000,5",
        "ecMaxContribution": "800000,25", "legalBasis": "H2020-EU.3.4.", "topics": "MG-3.4-2014",
        "ecSignatureDate": "2014-12-15", "frameworkProgramme": programme, "masterCall": "H2020-MG-2014",
        "subCall": "H2020-MG-2014_TwoStages", "fundingScheme": "RIA",
        "objective": "Text; with a semicolon,\nand a line break",
        "contentUpdateDate": "2022-08-16 00:44:17", "rcn": str(number + 1), "grantDoi": f"10.3030/{number}",
    } | cells  # fmt: skip


def participant(number: int, order: int, country: str, **cells: str) -> dict[str, str]:
    """A participation of project `number`; `cells` go before."""
    return {
        "projectID": str(number), "organisationID": str(990_000_000 + 10 * (number % 1000) + order),
        "name": f"MADE ORGANISATION {number} {order}", "shortName": "MO", "SME": "false",
        "activityType": "REC", "street": "MADE STREET 1", "postCode": "00100", "city": "MADE CITY",
        "country": country, "nutsCode": country, "contentUpdateDate": "2022-08-16 00:44:17",
        "rcn": str(1_900_000 + number % 1000 + order), "order": str(order),
        "role": "coordinator" if order == 1 else "participant", "ecContribution": "250000.5",
        "netEcContribution": "250000.5", "totalCost": "300000,75", "endOfParticipation": "false",
    } | cells  # fmt: skip


def made_h2020() -> tuple[Rows, Rows]:
    """Four projects, two of them with a Finnish participant, one with an Estonian one."""
    projects = [
        project(633001, "H2020", title='"Made" with a quotation mark; first', objective='Text in "quotes"'),
        project(741002, "H2020", status="SIGNED", legalBasis="H2020-EU.1.1.", topics="ERC-2016-ADG",
                fundingScheme="ERC-ADG", totalCost="2463412", ecMaxContribution="2463412"),
        project(101006003, "H2020", status="TERMINATED", fundingScheme="CSA", totalCost="0", grantDoi=""),
        project(690004, "H2020", fundingScheme="MSCA-RISE", legalBasis="H2020-EU.1.3."),
    ]  # fmt: skip
    organizations = [
        participant(633001, 1, "FI", organisationID="999591209", name="MADE UNIVERSITY", nutsCode="FI1C5"),
        participant(633001, 2, "DE", role="thirdParty", ecContribution="0", nutsCode=""),
        participant(741002, 1, "EE", nutsCode=""),
        participant(101006003, 1, "UK", nutsCode="UKI31", SME="true", activityType="PRC"),
        participant(101006003, 2, "FI", role="partner", ecContribution="", totalCost="0"),
        participant(101006003, 3, "FI", street="", city="", role="internationalPartner", ecContribution=""),
        participant(690004, 1, "FR"),
    ]
    return projects, organizations


def made_fp7() -> tuple[Rows, Rows]:
    """Three projects, one with a Finnish and one with an Estonian participant."""
    old = {
        "status": "ONG", "startDate": "2009-09-01", "endDate": "2012-08-31", "totalCost": "642632.00",
        "ecMaxContribution": "573000.5", "subCall": "FP7-ICT-2011-7", "fundingScheme": "CP-FP",
        "contentUpdateDate": "2017-04-20 02:14:28",
    }  # fmt: skip
    projects = [
        project(287001, "FP7", **old),
        project(203002, "FP7", **old | {"status": "CAN", "fundingScheme": "MC-IEF", "totalCost": "166336.2"}),
        project(314003, "FP7", **old | {"status": "CLO", "startDate": "", "endDate": ""}),
    ]
    organizations = [
        participant(287001, 1, "FI", organisationID="999591209", name="MADE UNIVERSITY", role="coordinator",
                    nutsCode="FI1C3", contentUpdateDate="2019-08-02 12:10:29"),
        participant(287001, 9, "HK", organisationID="xxxxxxxxx", nutsCode="HK", ecContribution="541640",
                    totalCost=""),
        participant(203002, 1, "EE", nutsCode="EE001"),
        participant(314003, 1, "SE"),
    ]  # fmt: skip
    return projects, organizations


def write_member(rows: Rows, columns: tuple[str, ...], mark: bytes = b"") -> bytes:
    """Rows as CORDIS writes them: semicolons, every cell in quotes, LF."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(
        text, columns, "", "ignore", delimiter=";", quoting=csv.QUOTE_ALL, lineterminator="\n"
    )
    writer.writeheader()
    writer.writerows(rows)
    return mark + text.getvalue().encode()


def unquoted(content: bytes) -> bytes:
    """The member as CORDIS writes texts that begin or end with a quotation mark: two quotes, not three."""
    return content.replace(b';"""', b';""').replace(b'""";', b'"";')


def read_member(content: bytes) -> Rows:
    """The rows of a member, by the csv module."""
    text = io.StringIO(content.decode("utf-8-sig"), newline="")
    return list(csv.DictReader(text, delimiter=";", strict=True))


@cache
def members() -> dict[str, dict[str, bytes]]:
    """The members of each programme's archive."""
    bundled = {name: read_member(content) for name, content in cordis_members().items()}
    newer = [row | {"keywords": "made, words", "Human-validated": "true"} for row in bundled["project.csv"]]
    (h2020, their), (fp7, older) = made_h2020(), made_fp7()
    return {
        "horizon": cordis_members() | {"project.csv": write_member(newer, OF_2026)},
        "h2020": {
            "csv/project.csv": unquoted(write_member(h2020, OF_2023)),
            "csv/organization.csv": write_member(their, ORGANIZATION),
        },
        "fp7": {
            "project.csv": write_member(fp7, OLD_COLUMNS, b"\xef\xbb\xbf"),
            "organization.csv": write_member(older, ORGANIZATION[:-1], b"\xef\xbb\xbf"),
        },
    }


def archives(*programmes: str) -> dict[str, bytes]:
    """File name -> archive, of the programmes named (none: of all)."""
    return {ARCHIVES[one]: make_zip(members()[one]) for one in programmes or ARCHIVES}
