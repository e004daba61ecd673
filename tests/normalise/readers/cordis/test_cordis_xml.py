"""CORDIS's XML records: the same tables as the CSV edition, and hostile records refused."""

from pathlib import Path

import polars as pl
import pytest

from assets.errors import SourceError
from assets.normalise.readers.cordis.csv import read_cordis_csv
from assets.normalise.readers.cordis.xml import COLUMNS, read_cordis_xml

RECORD = """<?xml version="1.0" encoding="UTF-8"?>
<!--a comment--><project xmlns="http://cordis.europa.eu"><language>en</language><rcn>7</rcn><id>101</id>
<acronym>ACRO</acronym><title>A title &amp; more</title><totalCost>12.5</totalCost>
<ecMaxContribution>0</ecMaxContribution><startDate>2022-01-01</startDate><status>SIGNED</status>
<identifiers><grantDoi>10.3030/101</grantDoi></identifiers>
<contentUpdateDate>2024-01-02 03:04:05</contentUpdateDate>
<relations><associations>
<organization type="coordinator" order="1" ecContribution="10" netEcContribution="9.5" totalCost="12.5"
 sme="true" terminated="false"><rcn>1</rcn><id>999999999</id><legalName>ACME &#196;B</legalName><address>
 <city>Lahti</city><country>FI</country></address><relations><categories>
 <category classification="organizationActivityType"><code>/PRC</code></category></categories>
 <regions><region type="relatedRegion"><nutsCode>FI</nutsCode></region>
 <region type="relatedNutsCode"><nutsCode>FI1C6</nutsCode></region>
 <region type="relatedNutsCode"><nutsCode>FI1C7</nutsCode></region></regions></relations></organization>
<organization type="associatedPartner" order="2"><rcn>2</rcn><id>888888888</id><legalName>B</legalName>
 </organization>
<organization type="isRegisteredBy"><rcn>1</rcn><id>999999999</id></organization>
<result><relations><associations><organization type="isRegisteredBy"><id>999999999</id></organization>
 </associations></relations></result>
<programme type="relatedLegalBasis"><code>HORIZON.2.5.1</code></programme>
<programme type="relatedLegalBasis" uniqueProgrammePart="true"><code>HORIZON.2.5</code>
 <frameworkProgramme>HORIZON</frameworkProgramme></programme>
<programme type="relatedTopic"><code>TOPIC-1</code><title>Topic</title></programme>
<call type="relatedSubCall"><identifier>CALL-1</identifier></call>
</associations><categories><category classification="projectFundingSchemeCategory"><code>HORIZON-RIA</code>
</category></categories></relations></project>
"""


def read(text: str, member: str = "organization") -> list[dict[str, str | None]]:
    return read_cordis_xml(text.encode(), member).frame.collect().rows(named=True)


@pytest.mark.parametrize("record", [RECORD, RECORD.replace(' xmlns="http://cordis.europa.eu"', "")])
def test_a_record_with_and_without_namespace(record: str) -> None:
    first, second = read(record)
    assert list(first) == list(COLUMNS["organization"])
    shown = (
        "projectID",
        "organisationID",
        "name",
        "SME",
        "activityType",
        "city",
        "country",
        "nutsCode",
        "order",
    )
    assert [first[column] for column in shown] == [
        *("101", "999999999", "ACME ÄB", "true", "PRC", "Lahti", "FI", "FI1C6", "1"),
    ]
    assert (first["role"], first["ecContribution"], first["totalCost"]) == ("coordinator", "10", "12.5")
    assert first["contentUpdateDate"] == "2024-01-02 03:04:05"
    assert (second["role"], second["ecContribution"], second["SME"]) == ("associatedPartner", None, None)
    [project] = read(record, "project")
    assert project["title"] == "A title & more"
    assert (project["legalBasis"], project["topics"], project["fundingScheme"]) == (
        *("HORIZON.2.5", "TOPIC-1", "HORIZON-RIA"),
    )
    assert (project["subCall"], project["masterCall"], project["objective"]) == ("CALL-1", None, None)
    assert [row["uniqueProgrammePart"] for row in read(record, "legalBasis")] == [None, "true"]
    assert read(record, "euroSciVoc") == []


BILLION_LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE project [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True))
    + "]><project><id>&i;</id></project>"
)
OUTSIDE = '<!DOCTYPE project [<!ENTITY x SYSTEM "file:///etc/hostname">]><project><id>&x;</id></project>'


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (BILLION_LAUGHS.encode(), "<!DOCTYPE"),
        (OUTSIDE.encode(), "<!DOCTYPE"),
        (OUTSIDE.encode("utf-16"), "NUL"),
        (RECORD.encode("utf-16"), "NUL"),
        (OUTSIDE.encode("cp037"), "not utf-8|not well-formed"),
        (b'<?xml version="1.0" encoding="cp037"?>' + OUTSIDE.encode("cp037"), "not utf-8|not well-formed"),
        (RECORD.encode()[:-40], "not well-formed"),
        (RECORD.encode().replace(b"ACRO", b"\xff"), "line 3, byte .*not utf-8"),
        (RECORD.encode().replace(b"ACRO", b"&unknown;"), "not well-formed"),
        (RECORD.encode().replace(b"</acronym>", b"</acronim>"), "line 3, column .*not well-formed"),
        (RECORD.encode() + b"<project/>", "not well-formed"),
        (b"<html><body>Error</body></html>", "root is <html>"),
        (b"<project></project>", "no project record"),
        (b"", "not well-formed"),
        (RECORD.encode().replace(b'"12.5"', b'"1.234,5"'), "column totalCost: '1.234,5' is no number"),
        (b"<project><id>1</id>" + b"<a>" * 100_000, "not well-formed"),
    ],
)
def test_refuses(content: bytes, problem: str) -> None:
    with pytest.raises(SourceError, match=problem):
        read_cordis_xml(content)


def test_deep_records_are_read_without_harm() -> None:
    deep = b"<project><id>1</id>" + b"<a>" * 200_000 + b"</a>" * 200_000 + b"</project>"
    assert read_cordis_xml(deep, "project").frame.collect()["id"].to_list() == ["1"]


@pytest.mark.slow
def test_recorded_records_give_the_tables_of_the_csv_edition(shared: Path) -> None:
    """The 20 recorded projects by both editions; the CSV copy has neither objectives nor keywords."""
    folder = shared / "upstream" / "cordis"
    records = sorted((folder / "horizon-xml").glob("*.xml"))
    assert len(records) == 20
    for member, columns in COLUMNS.items():
        xml = read_cordis_xml(records, member).frame.collect()
        table = read_cordis_csv(folder / "horizon-fi-2025-12" / f"{member}.csv").frame.collect()
        number = columns[0]
        table = table.filter(pl.col(number).is_in(xml[number].unique().to_list()))
        same = [column for column in columns if column not in ("objective", "keywords")]
        assert set(table.columns) - {"objective"} == set(same)
        assert xml.select(same).sort(same).rows() == table.select(same).sort(same).rows(), member
    organizations = read_cordis_xml(records).frame.collect()
    assert organizations.height == 507
    assert "isRegisteredBy" in (folder / "horizon-xml" / "242094.xml").read_text("utf-8")
    assert not organizations["role"].eq("isRegisteredBy").any()


def test_the_recorded_record_of_the_web_service(shared: Path) -> None:
    path = shared / "upstream" / "cordis" / "api-xml" / "project-101190685.xml"
    frame = read_cordis_xml(path).frame.collect()
    assert frame["projectID"].unique().to_list() == ["101190685"]
    assert path.read_text("utf-8").count("<organization ") == frame.height == 7
    assert frame["activityType"][0] == "HES"
    assert frame["nutsCode"][0] == "BE234"
