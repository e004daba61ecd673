"""The resource `rejected` of a dataset whose tables declare which rows they do not take.

Its columns and texts belong here; which rows are in it belongs to `normalise.rejected`. It is a resource like
any other: normalised, validated, published.
"""

from collections.abc import Sequence

from assets.descriptor.model import Code, Field, Resource, Source, Texts

REJECTED = "rejected"
TITLES: Texts = {"fi": "Hylätyt rivit", "sv": "Avvisade rader", "en": "Rejected rows"}
DESCRIPTIONS: Texts = {
    "fi": "Lähteen rivit, joita ei ole julkaistu, ja kunkin syy. Taulu on tyhjä, kun mitään ei ole hylätty.",
    "sv": "Rader i källan som inte har publicerats, med orsak. Tabellen är tom när ingen rad har avvisats.",
    "en": "Rows of the source that are not published, and why. The table is empty where no row was rejected.",
}
TEXTS: dict[str, tuple[Texts, Texts]] = {  # column -> its titles and descriptions
    "resource": (
        {"fi": "Taulu", "sv": "Tabell", "en": "Table"},
        {
            "fi": "Paketin taulu, johon rivi olisi kuulunut.",
            "sv": "Den tabell i paketet som raden skulle ha hört till.",
            "en": "The table of this package that the row would have been in.",
        },
    ),
    "source_part": (
        {"fi": "Lähteen osa", "sv": "Del av källan", "en": "Part of the source"},
        {
            "fi": "Lähteen osa, josta rivi on.",
            "sv": "Den del av källan som raden kommer från.",
            "en": "The part of the source that holds the row.",
        },
    ),
    "source_row": (
        {"fi": "Rivin numero lähteessä", "sv": "Radens nummer i källan", "en": "Row number in the source"},
        {
            "fi": "Tietueen järjestysnumero lähteessä; otsikkorivi on 1.",
            "sv": "Postens ordningsnummer i källan; rubrikraden är 1.",
            "en": "Position of the record in the source; the header is 1.",
        },
    ),
    "reason": (
        {"fi": "Syy", "sv": "Orsak", "en": "Reason"},
        {
            "fi": "Sääntö, jonka vuoksi rivi on hylätty.",
            "sv": "Regeln som raden avvisades av.",
            "en": "The rule that rejected the row.",
        },
    ),
    "key": (
        {"fi": "Avain", "sv": "Nyckel", "en": "Key"},
        {
            "fi": "Rivin tunnisteet niiltä osin kuin ne ovat oikeaa muotoa.",
            "sv": "Radens identifierare, i den mån de har rätt form.",
            "en": "Identifiers of the row, as far as they are well formed.",
        },
    ),
}


def rejected_resources(resources: Sequence[Resource]) -> tuple[Resource, ...]:
    """The resource `rejected` for the tables of a dataset, none where no table declares a rule."""
    tables = tuple(resource for resource in resources if resource.reject_rules)
    if not tables:
        return ()
    rules = [rule for table in tables for rule in table.reject_rules]
    fields = (
        made_field("resource", required=True),
        made_field("source_part", required=True),
        made_field("source_row", "integer", required=True, minimum=2),
        made_field("reason", codes=tuple(Code(rule.name, rule.reasons) for rule in rules), required=True),
        made_field("key", maxLength=200),
    )
    key = ("resource", "source_part", "source_row")
    sources: list[Source] = []
    for source in (source for table in tables for source in table.sources):
        if source not in sources:
            sources.append(source)
    return (
        Resource(
            name=REJECTED,
            titles=TITLES,
            descriptions=DESCRIPTIONS,
            sources=tuple(sources),
            fields=fields,
            primary_key=key,
            rejected_of=tables,
        ),
    )


def made_field(name: str, type: str = "string", codes: tuple[Code, ...] = (), **constraints: object) -> Field:
    """One column with its texts."""
    titles, descriptions = TEXTS[name]
    return Field(name, type, titles, descriptions, constraints, codes=codes)
