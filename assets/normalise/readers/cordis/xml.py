"""CORDIS's XML edition: one file per project, to the same tables as the CSV edition.

Reading records, with and without CORDIS's namespace, belongs here; archives of them belong to `zip`.
Where a record has what the CSV edition calls a column is written down in this module's functions.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from xml.etree import ElementTree

import polars as pl

from assets.errors import SourceError
from assets.normalise.readers.cordis.csv import AMOUNTS
from assets.normalise.readers.delimited.numbers import plain_numbers
from assets.normalise.readers.source_table import SourceTable, read_bytes, source_name
from assets.normalise.readers.text_checks import decode_text, line_of, refuse_nul

Element = ElementTree.Element
Row = dict[str, str | None]
MOST_BYTES = 50_000_000  # of one record; the largest seen has 0.4 million
MOST_TAGS = (
    500_000  # of one record; the largest seen has 11 thousand. The deeper they stand, the longer each takes
)

_PROJECT = """id acronym status title startDate endDate totalCost ecMaxContribution legalBasis topics
    ecSignatureDate frameworkProgramme masterCall subCall fundingScheme nature objective contentUpdateDate rcn
    grantDoi keywords"""
_ORGANIZATION = """projectID projectAcronym organisationID vatNumber name shortName SME activityType street
    postCode city country nutsCode geolocation organizationURL contactForm contentUpdateDate rcn order role
    ecContribution netEcContribution totalCost endOfParticipation active"""
COLUMNS: dict[str, tuple[str, ...]] = {
    "project": tuple(_PROJECT.split()),
    "organization": tuple(_ORGANIZATION.split()),
    "topics": ("projectID", "topic", "title"),
    "legalBasis": ("projectID", "legalBasis", "title", "uniqueProgrammePart"),
    "euroSciVoc": (
        "projectID",
        "euroSciVocCode",
        "euroSciVocPath",
        "euroSciVocTitle",
        "euroSciVocDescription",
    ),
}


def read_cordis_xml(
    sources: Path | bytes | Iterable[Path | bytes], member: str = "organization"
) -> SourceTable:
    """Read project records to the table that the CSV edition has in `member`.csv, every column String.

    `member` is one of `COLUMNS`. Amounts have a decimal point, as `read_cordis_csv` gives them; a project's
    `legalBasis` is its unique programme part, a participation's `contentUpdateDate` is the project's, and of
    several NUTS codes the first counts. Links of the type `isRegisteredBy` are no participations. Columns
    that the XML edition does not have (`nature`, `contactForm`, `active`) are null.

    Metadata: `rows`, `member`. Raises `SourceError` for a record that is not well-formed, has a document type
    (records have none; entities could swell without end), is no CORDIS project, or is above
    `MOST_BYTES` or `MOST_TAGS`.
    """
    if isinstance(sources, Path | bytes):
        sources = [sources]
    rows = [row for source in sources for row in _rows(source, member)]
    frame = pl.DataFrame(rows, schema=dict.fromkeys(COLUMNS[member], pl.String), orient="row")
    amounts = [column for column in AMOUNTS if column in frame.columns]
    frame = plain_numbers(frame, amounts, "records") if amounts else frame
    return SourceTable(frame.lazy(), {"rows": frame.height, "member": member})


def _rows(source: Path | bytes, member: str) -> Iterator[Row]:
    project = _parse(source)
    if member == "project":
        yield _project(project)
    elif member == "organization":
        yield from _organizations(project)
    else:
        yield from _subjects(project, member)


def _parse(source: Path | bytes) -> Element:
    """The `project` element, names without namespace."""
    name, content = source_name(source), read_bytes(source)
    if len(content) > MOST_BYTES:
        raise SourceError(name, "", f"{len(content)} bytes; a project record has {MOST_BYTES} at most")
    refuse_nul(content, name)
    decode_text(content, name)
    for declaration in (b"<!DOCTYPE", b"<!ENTITY"):
        if (at := content.find(declaration)) >= 0:
            problem = f"{declaration.decode()}: a project record has no document type and no entities"
            raise SourceError(name, f"line {line_of(content, at)}", problem)
    if content.count(b"<") > MOST_TAGS:
        raise SourceError(name, "", f"more than {MOST_TAGS} tags: no project record, refused")
    parser = ElementTree.XMLParser(encoding="utf-8")  # whatever the file declares: it was decoded above
    try:
        parser.feed(content)
        root = parser.close()
    except ElementTree.ParseError as error:
        line, column = error.position
        problem = f"not well-formed XML: {str(error).partition(':')[0]}"
        raise SourceError(name, f"line {line}, column {column + 1}", problem) from error
    for element in root.iter():
        element.tag = element.tag.rpartition("}")[2]
    if root.tag != "project" or not root.findtext("id"):
        raise SourceError(name, "line 1", f"no project record of CORDIS: the root is <{root.tag}>")
    return root


def _project(project: Element) -> Row:
    parts = _associated(project, "programme", "relatedLegalBasis")
    unique = [part for part in parts if part.get("uniqueProgrammePart") == "true"] or parts
    topic = next(iter(_associated(project, "programme", "relatedTopic")), None)
    row: Row = dict.fromkeys(COLUMNS["project"])
    row |= {column: _text(project, column) for column in COLUMNS["project"]}
    row |= {
        "legalBasis": _text(unique[0], "code") if unique else None,
        "topics": _text(topic, "code"),
        "frameworkProgramme": _text(unique[0], "frameworkProgramme") if unique else None,
        "masterCall": _text(_first(project, "call", "relatedMasterCall"), "identifier"),
        "subCall": _text(_first(project, "call", "relatedSubCall"), "identifier"),
        "fundingScheme": _category(project, "projectFundingSchemeCategory"),
        "nature": None,
        "grantDoi": _text(project, "identifiers/grantDoi"),
    }
    return row


def _organizations(project: Element) -> Iterator[Row]:
    for organization in project.iterfind("relations/associations/organization"):
        role = organization.get("type")
        if role == "isRegisteredBy":
            continue
        yield {
            "projectID": _text(project, "id"),
            "projectAcronym": _text(project, "acronym"),
            "organisationID": _text(organization, "id"),
            "vatNumber": _text(organization, "vatNumber"),
            "name": _text(organization, "legalName"),
            "shortName": _text(organization, "shortName"),
            "SME": organization.get("sme") or None,
            "activityType": _category(organization, "organizationActivityType"),
            "street": _text(organization, "address/street"),
            "postCode": _text(organization, "address/postalCode"),
            "city": _text(organization, "address/city"),
            "country": _text(organization, "address/country"),
            "nutsCode": _text(organization, "relations/regions/region[@type='relatedNutsCode']/nutsCode"),
            "geolocation": _text(organization, "address/geolocation"),
            "organizationURL": _text(organization, "address/url"),
            "contentUpdateDate": _text(project, "contentUpdateDate"),
            "rcn": _text(organization, "rcn"),
            "order": organization.get("order") or None,
            "role": role or None,
            "ecContribution": organization.get("ecContribution") or None,
            "netEcContribution": organization.get("netEcContribution") or None,
            "totalCost": organization.get("totalCost") or None,
            "endOfParticipation": organization.get("terminated") or None,
        }


def _subjects(project: Element, member: str) -> Iterator[Row]:
    """The rows of `topics`, `legalBasis` and `euroSciVoc`."""
    number = _text(project, "id")
    if member == "topics":
        for topic in _associated(project, "programme", "relatedTopic"):
            yield {"projectID": number, "topic": _text(topic, "code"), "title": _text(topic, "title")}
    elif member == "legalBasis":
        for part in _associated(project, "programme", "relatedLegalBasis"):
            yield {
                "projectID": number,
                "legalBasis": _text(part, "code"),
                "title": _text(part, "title"),
                "uniqueProgrammePart": part.get("uniqueProgrammePart") or None,
            }
    else:
        for field in project.iterfind("relations/categories/category[@classification='euroSciVoc']"):
            yield {
                "projectID": number,
                "euroSciVocCode": _text(field, "code"),
                "euroSciVocPath": _text(field, "displayCode"),
                "euroSciVocTitle": _text(field, "title"),
                "euroSciVocDescription": _text(field, "description"),
            }


def _associated(project: Element, name: str, kind: str) -> list[Element]:
    return project.findall(f"relations/associations/{name}[@type='{kind}']")


def _first(project: Element, name: str, kind: str) -> Element | None:
    return next(iter(_associated(project, name, kind)), None)


def _category(element: Element, classification: str) -> str | None:
    """The code of the first category of a classification; some releases write it as `/PRC`."""
    code = _text(element, f"relations/categories/category[@classification='{classification}']/code")
    return code.removeprefix("/") if code else None


def _text(element: Element | None, path: str) -> str | None:
    """The text at a path, null where there is none."""
    return (element.findtext(path) if element is not None else None) or None
