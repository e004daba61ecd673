"""Plain readings of the registers' files that no csv module reads: CORDIS's XML by the DOM, EURA's lines by
their commas. They share no code with the readers."""

import re
from xml.dom import expatbuilder, minidom

Table = list[tuple[str | None, ...]]
_DATE = re.compile(r"\d+\.\d+\.\d{4}")

# column -> path from the row's element: `@x` an attribute, `a[t=v]` the first child a whose attribute t is v,
# `^` from the project. Written by hand from a record and a row of the CSV edition.
_PROGRAMME = "relations/associations/programme"
_CALL = "relations/associations/call"
XML_COLUMNS: dict[str, dict[str, str]] = {
    "project": {
        "id": "id", "acronym": "acronym", "status": "status", "title": "title", "startDate": "startDate",
        "endDate": "endDate", "totalCost": "totalCost", "ecMaxContribution": "ecMaxContribution",
        "legalBasis": f"{_PROGRAMME}[uniqueProgrammePart=true]/code",
        "topics": f"{_PROGRAMME}[type=relatedTopic]/code", "ecSignatureDate": "ecSignatureDate",
        "frameworkProgramme": f"{_PROGRAMME}[uniqueProgrammePart=true]/frameworkProgramme",
        "masterCall": f"{_CALL}[type=relatedMasterCall]/identifier",
        "subCall": f"{_CALL}[type=relatedSubCall]/identifier",
        "fundingScheme": "relations/categories/category[classification=projectFundingSchemeCategory]/code",
        "nature": "@none", "objective": "objective", "contentUpdateDate": "contentUpdateDate", "rcn": "rcn",
        "grantDoi": "identifiers/grantDoi", "keywords": "keywords",
    },
    "organization": {
        "projectID": "^id", "projectAcronym": "^acronym", "organisationID": "id", "vatNumber": "vatNumber",
        "name": "legalName", "shortName": "shortName", "SME": "@sme",
        "activityType": "relations/categories/category[classification=organizationActivityType]/code",
        "street": "address/street", "postCode": "address/postalCode", "city": "address/city",
        "country": "address/country",
        "nutsCode": "relations/regions/region[type=relatedNutsCode]/nutsCode",
        "geolocation": "address/geolocation", "organizationURL": "address/url", "contactForm": "@none",
        "contentUpdateDate": "^contentUpdateDate", "rcn": "rcn", "order": "@order", "role": "@type",
        "ecContribution": "@ecContribution", "netEcContribution": "@netEcContribution",
        "totalCost": "@totalCost", "endOfParticipation": "@terminated", "active": "@none",
    },
    "topics": {"projectID": "^id", "topic": "code", "title": "title"},
    "legalBasis": {
        "projectID": "^id", "legalBasis": "code", "title": "title",
        "uniqueProgrammePart": "@uniqueProgrammePart",
    },
    "euroSciVoc": {
        "projectID": "^id", "euroSciVocCode": "code", "euroSciVocPath": "displayCode",
        "euroSciVocTitle": "title", "euroSciVocDescription": "description",
    },
}  # fmt: skip
_ROWS = {
    "organization": ("associations", "organization", "type", None),
    "topics": ("associations", "programme", "type", "relatedTopic"),
    "legalBasis": ("associations", "programme", "type", "relatedLegalBasis"),
    "euroSciVoc": ("categories", "category", "classification", "euroSciVoc"),
}


def plain_record(content: bytes, member: str) -> Table:
    """The rows of `member` in one project record, cells in the order of `XML_COLUMNS`."""
    # without namespaces: minidom refuses those that hold a blank
    project = expatbuilder.parseString(content, namespaces=False).documentElement
    rows = [project]
    if member != "project":
        folder, tag, key, wanted = _ROWS[member]
        rows = [
            element
            for relations in _children(project, "relations")
            for group in _children(relations, folder)
            for element in _children(group, tag)
            if element.getAttribute(key) != "isRegisteredBy"
            and (wanted is None or element.getAttribute(key) == wanted)
        ]
    cells = [[_follow(project, row, path) for path in XML_COLUMNS[member].values()] for row in rows]
    coded = [i for i, path in enumerate(XML_COLUMNS[member].values()) if "[classification=" in path]
    for row in cells:
        for at in coded:
            row[at] = (row[at] or "").removeprefix("/")  # `/PRC` in XML, `PRC` in the CSV edition
    return [tuple(cell or None for cell in row) for row in cells]


def _children(element: minidom.Element, tag: str) -> list[minidom.Element]:
    return [node for node in element.childNodes if node.nodeName == tag]


def _follow(project: minidom.Element, row: minidom.Element, path: str) -> str | None:
    at = project if path.startswith("^") else row
    for step in path.removeprefix("^").split("/"):
        if step.startswith("@"):
            return str(at.getAttribute(step[1:]))
        tag, _, condition = step.rstrip("]").partition("[")
        key, _, value = condition.partition("=")
        found = [node for node in _children(at, tag) if not key or node.getAttribute(key) == value]
        if not found:
            return None
        at = found[0]
    return "".join(node.data for node in at.childNodes if node.nodeType in (3, 4))


def plain_eura(text: str, parts: bool) -> tuple[list[list[str]], list[int]]:
    """EURA's lines, cut at commas and put together around the cells that hold none; and the lines that are
    no record.

    Around the dates stand the state (before) and amounts (at the end); the number of the priority is a digit
    by itself, after the programme's part in the list of 2007-2013 (`parts`).
    """
    header, *lines = text.split("\n")[:-1]
    width = len(header.rstrip(";").split(","))
    records, wrong = [], []
    for number, line in enumerate(lines, 2):
        pieces = re.sub("[,;]+$", "", line).split(",")
        dates = [i for i in range(len(pieces) - 1) if all(map(_DATE.fullmatch, pieces[i : i + 2]))]
        digits = [
            i
            for i in range(2, dates[0] if dates else 0)
            if re.fullmatch(r"\d", pieces[i])
            and (not parts or "-Suom" in pieces[i - 1] or "osio" in pieces[i - 1])
        ]
        amounts = pieces[-4:]
        if len(dates) != 1 or not digits or not all(re.fullmatch(r"-?\d+(\.\d+)?", cell) for cell in amounts):
            wrong.append(number)
            continue
        date, digit = dates[0], digits[-1]
        name_end = digit - parts
        records.append([
            *pieces[:2], ",".join(pieces[2:name_end]), *pieces[name_end : digit + 1],
            ",".join(pieces[digit + 1 : date - 1]), pieces[date - 1], *pieces[date : date + 2],
            ",".join(pieces[date + 2 : -4]), *amounts,
        ])  # fmt: skip
        if len(records[-1]) != width:
            wrong.append(number)
            records.pop()
    return records, wrong


def plain_topics(content: bytes) -> Table:
    """`topics.csv` of 2025-05: one record a line, every cell quoted. On lines 1022 and 9526 a title in quotes
    of its own has one where CSV wants two, so that it need not be halved."""
    rows: Table = []
    for line in content.decode("utf-8").split("\n")[1:-1]:
        number, topic, title = line[1:-1].split('";"')
        rows.append((number, topic, title.replace('""', '"') or None))
    return rows
