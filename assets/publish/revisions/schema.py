"""The columns and texts of the ledger `revisions`, made from the tables that it describes.

Statistics have the columns of their keys and, of every other column, the old and the new value. Registers
have the key as one text and the names of the changed fields, not their content: what was taken out of a
register must not live on in its ledger. Rows belong to `revisions`.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from assets.descriptor import LANGUAGES, Code, Field, Resource, Texts
from assets.publish.release.version import LEDGER
from assets.publish.revisions.walk import HEAD

DECIMALS = "innoregio:decimals"
TITLES: Texts = {"fi": "Muutosloki", "sv": "Revideringslogg", "en": "Revisions"}
STATISTIC: Texts = {
    "fi": "Mitä luvuissa on muuttunut julkaisusta toiseen: jokainen lisätty, tarkistettu, "
    "poistettu ja toiselle "
    "koodille siirretty havainto. Vanhimmasta uusimpaan; loppupäästä taaksepäin kulkemalla saa jokaisen "
    "aiemman julkaisun täsmälleen.",
    "sv": "Vad som har ändrats i siffrorna från utgåva till utgåva: varje observation som "
    "tillkommit, reviderats, "
    "tagits bort eller fått en annan kod. Äldst först; den som går bakåt från slutet får varje "
    "tidigare utgåva "
    "exakt.",
    "en": "What changed in the figures from release to release: every observation that was added, revised, "
    "withdrawn or moved to another code. Oldest first; walking back from the end gives each earlier release "
    "exactly.",
}
REGISTER: Texts = {
    "fi": "Rekisterin lisätyt, muuttuneet ja poistuneet rivit julkaisusta toiseen avaimen mukaan. "
    "Sisältöä ei "
    "toisteta: aiemmat julkaisut ovat versiokansioissa.",
    "sv": "Registerrader som tillkommit, ändrats och försvunnit från utgåva till utgåva, efter "
    "nyckel. Innehållet "
    "upprepas inte: tidigare utgåvor finns i versionsmapparna.",
    "en": "Rows of the register that were added, changed and gone from release to release, by key. "
    "Their content "
    "is not repeated: earlier releases stand in the version folders.",
}
KINDS: Mapping[str, Texts] = {
    "added": {"fi": "Lisätty rivi", "sv": "Rad som tillkommit", "en": "Row added"},
    "revised": {
        "fi": "Tarkistettu arvo tai merkki",
        "sv": "Reviderat värde eller symbol",
        "en": "Value or flag revised",
    },
    "withdrawn": {"fi": "Poistettu rivi", "sv": "Rad som tagits bort", "en": "Row withdrawn"},
    "recoded": {
        "fi": "Rivi, joka on nyt toisella koodilla tai aluejaon vuodella",
        "sv": "Rad som nu har en annan kod eller områdesindelningens årgång",
        "en": "Row that stands under another code or vintage now",
    },
    "changed": {"fi": "Muuttunut rivi", "sv": "Ändrad rad", "en": "Row changed"},
    "gone": {"fi": "Poistunut rivi", "sv": "Rad som försvunnit", "en": "Row gone"},
}
TEXTS: Mapping[str, tuple[Texts, Texts]] = {
    "release": (
        {"fi": "Julkaisu", "sv": "Utgåva", "en": "Release"},
        {
            "fi": "Ensimmäinen julkaisu, jossa ero on.",
            "sv": "Den första utgåvan som har skillnaden.",
            "en": "First release that has the difference.",
        },
    ),
    "resource": (
        {"fi": "Taulukko", "sv": "Tabell", "en": "Table"},
        {
            "fi": "Paketin taulukko, jota ero koskee.",
            "sv": "Paketets tabell som skillnaden gäller.",
            "en": "Table of the package that the difference is in.",
        },
    ),
    "kind": (
        {"fi": "Muutoksen laji", "sv": "Slag av ändring", "en": "Kind of difference"},
        {"fi": "Mitä riville tapahtui.", "sv": "Vad som hände med raden.", "en": "What happened to the row."},
    ),
    "old_key": (
        {"fi": "Aiemmat koodit", "sv": "Tidigare koder", "en": "Codes before"},
        {
            "fi": "Siirretyn rivin koodit, jotka olivat ennen toiset: kenttä=koodi, &-merkillä "
            "erotettuina (merkit %, & "
            "ja = muodossa %25, %26, %3D).",
            "sv": "Koder som raden hade tidigare och som nu är andra: fält=kod, åtskilda med & "
            "(tecknen %, & och = "
            "skrivs %25, %26, %3D).",
            "en": "Codes of a recoded row that were others before: field=code, separated by & (the "
            "signs %, & and = "
            "are written %25, %26, %3D).",
        },
    ),
    "row_key": (
        {"fi": "Rivin avain", "sv": "Radens nyckel", "en": "Key of the row"},
        {
            "fi": "Avainkentät: kenttä=arvo, &-merkillä erotettuina (merkit %, & ja = muodossa "
            "%25, %26, %3D).",
            "sv": "Nyckelfälten: fält=värde, åtskilda med & (tecknen %, & och = skrivs %25, %26, %3D).",
            "en": "Key fields: field=value, separated by & (the signs %, & and = are written %25, %26, %3D).",
        },
    ),
    "fields": (
        {"fi": "Muuttuneet kentät", "sv": "Ändrade fält", "en": "Fields changed"},
        {
            "fi": "Muuttuneen rivin kentät, joiden arvo on toinen, välilyönnein erotettuina.",
            "sv": "Fält i en ändrad rad vars värde är ett annat, åtskilda med blanksteg.",
            "en": "Fields of a changed row that have another value, separated by spaces.",
        },
    ),
    "snapshot": (
        {"fi": "Lähdeaineiston tiiviste", "sv": "Källmaterialets kontrollsumma", "en": "Upstream snapshot"},
        {
            "fi": "Sen lähdeaineiston SHA-256, josta uusi tila on tehty; useat välilyönnein "
            "erotettuina. Ne, jotka ovat "
            "julkaisussa uusia; jos mikään ei ole, taulukon kaikki.",
            "sv": "SHA-256 för det källmaterial som det nya läget bygger på; flera åtskilda med "
            "blanksteg. De som är nya "
            "i utgåvan; om inga är det, alla som tabellen bygger på.",
            "en": "SHA-256 of the upstream snapshot that the new state was made from; several are "
            "separated by spaces. "
            "Those that are new with the release; where none is, all that the table is made from.",
        },
    ),
}
BEFORE: Texts = {"fi": "aiemmin", "sv": "tidigare", "en": "before"}
AFTER: Texts = {"fi": "nyt", "sv": "nu", "en": "now"}
IS_BEFORE: Texts = {
    "fi": "Arvo ennen julkaisua; tyhjä, jos riviä ei ollut tai sillä ei ollut arvoa.",
    "sv": "Värdet före utgåvan; tomt om raden inte fanns eller saknade värde.",
    "en": "Value before the release; empty where the row was not there or had none.",
}
IS_AFTER: Texts = {
    "fi": "Arvo julkaisussa; tyhjä, jos riviä ei ole tai sillä ei ole arvoa.",
    "sv": "Värdet i utgåvan; tomt om raden inte finns eller saknar värde.",
    "en": "Value in the release; empty where the row is not there or has none.",
}


def ledger_resource(tables: Sequence[Resource]) -> Resource:
    """The resource `revisions` of a dataset: of its statistics, or of its registers where it has none."""
    statistics = [table for table in tables if has_observations(table)]
    fields = tuple(statistic_fields(statistics) if statistics else register_fields())
    keyed = [field.name for field in fields if field.name in HEAD[:2] or field.name == "row_key"]
    keyed += [field.name for field in fields if any(field.name in table.row_key for table in statistics)]
    required = all(field.constraints.get("required") for field in fields if field.name in keyed)
    return Resource(
        name=LEDGER,
        titles=TITLES,
        descriptions=STATISTIC if statistics else REGISTER,
        sources=(),
        fields=fields,
        primary_key=tuple(keyed) if required else (),
        unique_keys=() if required else (tuple(keyed),),
    )


def has_observations(table: Resource) -> bool:
    """Whether a table holds observations: a key, a period and a value."""
    names = {field.name for field in table.fields}
    return bool(table.row_key) and {"time_period", "obs_value"} <= names and "obs_value" not in table.row_key


def statistic_fields(tables: Sequence[Resource]) -> Iterator[Field]:
    """Release, table, kind, the keys of all tables, old and new of every other column, codes, snapshot."""
    keys: dict[str, Field] = {}
    values: dict[str, Field] = {}
    needed = set.intersection(
        *(
            {name for name in table.row_key if table.field(name).constraints.get("required")}
            for table in tables
        )
    )
    for table in tables:
        for field in table.fields:
            known = keys if field.name in table.row_key else values
            known[field.name] = common_field(known.get(field.name, field), field)
    yield from head_fields(("added", "revised", "withdrawn", "recoded"))
    for name, field in keys.items():
        yield bare_field(field, field.titles, field.descriptions, name in needed)
    for prefix, when, detail in (("old_", BEFORE, IS_BEFORE), ("new_", AFTER, IS_AFTER)):
        for name, field in values.items():
            titles = {la: f"{text} ({when[la]})" for la, text in field.titles.items() if la in when}
            yield replace(bare_field(field, titles, detail, False), name=f"{prefix}{name}")
    yield text_field("old_key", False)
    yield text_field("snapshot", False)


def register_fields() -> Iterator[Field]:
    """Release, table, kind, the key as text, the names of the changed fields, snapshot."""
    yield from head_fields(("added", "changed", "gone"))
    yield text_field("row_key", True)
    yield text_field("fields", False)
    yield text_field("snapshot", False)


def common_field(one: Field, other: Field) -> Field:
    """A field for the values of both: where two tables have other types under one name, their text."""
    if (one.type, one.raw.get(DECIMALS)) == (other.type, other.raw.get(DECIMALS)):
        return one
    return replace(one, type="string", format=None, unit=None, raw={})


def head_fields(kinds: Sequence[str]) -> Iterator[Field]:
    """The first three columns."""
    for name in HEAD:
        field = text_field(name, True)
        codes = tuple(Code(kind, KINDS[kind]) for kind in kinds) if name == "kind" else ()
        yield replace(field, codes=codes)


def text_field(name: str, required: bool) -> Field:
    """A column of the ledger's own."""
    titles, descriptions = TEXTS[name]
    return Field(name, "string", titles, descriptions, {"required": True} if required else {})


def bare_field(field: Field, titles: Texts, descriptions: Texts, required: bool) -> Field:
    """A table's column in the ledger: no code list, bounds or mapping; an old code may be in no list now."""
    decimals = {key: field.raw[key] for key in (DECIMALS,) if key in field.raw}
    return Field(
        name=field.name,
        type=field.type,
        titles={la: text for la, text in titles.items() if la in LANGUAGES},
        descriptions=descriptions,
        constraints={"required": True} if required else {},
        format=field.format,
        unit=field.unit,
        raw=decimals,
    )
