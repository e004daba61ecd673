"""Code lists as tables of the package: `codes-<field>` from the descriptor, `codes-geo` from the areas that
occur.

A package has one list for each field name; the resources' lists of that name are joined. Reading code lists
belongs to the descriptor, placing areas to `normalise`.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import polars as pl

from assets.descriptor import LANGUAGES, Code, Dataset, Field, Resource, Texts
from assets.errors import PublishError
from assets.publish.release.schema import GEO

COLUMNS: Mapping[str, tuple[str, str, str]] = {  # column -> its title in English, Finnish, Swedish
    "code": ("Code", "Koodi", "Kod"),
    "symbol": ("Symbol", "Merkki", "Symbol"),
    "geo_classification": ("Geographical classification", "Aluejako", "Områdesindelning"),
    "parent": ("Code one level up", "Ylemmän tason koodi", "Kod på nivån ovanför"),
    "provider_code": (
        "Codes that the provider uses, separated by a space",
        "Tietolähteen käyttämät koodit välilyönnein erotettuina",
        "Koder som källan använder, åtskilda med blanksteg",
    ),
    "level": ("Level", "Taso", "Nivå"),
    "name_native": (
        "Name in the area's own language",
        "Nimi alueen omalla kielellä",
        "Namn på områdets eget språk",
    ),
    "label_fi": ("Finnish label", "Suomenkielinen nimi", "Finsk benämning"),
    "label_sv": ("Swedish label", "Ruotsinkielinen nimi", "Svensk benämning"),
    "label_en": ("English label", "Englanninkielinen nimi", "Engelsk benämning"),
    "source": ("Who wrote the labels", "Nimien lähde", "Källa till benämningarna"),
    "translated": (
        "Languages in which the label is our own translation, separated by a space",
        "Kielet, joissa nimi on oma käännöksemme, välilyönnein erotettuina",
        "Språk där benämningen är vår egen översättning, åtskilda med blanksteg",
    ),
    "native": (
        "Languages in which the label is the area's own name, for lack of one in the language",
        "Kielet, joilla alueella ei ole nimeä: nimenä on alueen omakielinen nimi",
        "Språk som saknar eget namn för området: benämningen är områdets eget namn",
    ),
    "definition": ("Definition, in English", "Määritelmä englanniksi", "Definition på engelska"),
}
CODE_COLUMNS = (
    "code",
    "parent",
    "provider_code",
    "label_fi",
    "label_sv",
    "label_en",
    "source",
    "translated",
    "definition",
)
GEO_COLUMNS = (
    "geo_classification",
    "code",
    "level",
    "name_native",
    "label_fi",
    "label_sv",
    "label_en",
    "native",
)
FLAG_COLUMNS = ("symbol", "label_fi", "label_sv", "label_en")
DESCRIPTIONS: Mapping[tuple[str, ...], Texts] = {  # by the list's columns
    CODE_COLUMNS: {
        "fi": "Sarakkeen {name} koodit ja niiden suomen-, ruotsin- ja englanninkieliset nimet.",
        "sv": "Koderna i kolumnen {name} och deras benämningar på finska, svenska och engelska.",
        "en": "Codes of the column {name} and their labels in Finnish, Swedish and English.",
    },
    FLAG_COLUMNS: {
        "fi": "Sarakkeen {name} merkit ja niiden selitykset.",
        "sv": "Symbolerna i kolumnen {name} och deras betydelser.",
        "en": "Symbols of the column {name} and their meaning.",
    },
    GEO_COLUMNS: {
        "fi": "Paketissa esiintyvät alueet luokituksittain ja niiden nimet. Jos alueella ei ole nimeä "
        "jollakin kielellä, nimenä on alueen omakielinen nimi ja kieli on merkitty sarakkeeseen native.",
        "sv": "De områden som förekommer i paketet, efter klassificering, med namn. Saknas ett namn på något "
        "språk står områdets eget namn i stället och språket anges i kolumnen native.",
        "en": "Areas that occur in this package, by classification, with their names. Where a language has "
        "no name for an area, its own name stands instead and the column native names the language.",
    },
}
UNLISTED = ("country", "aggregate", "extra-regio", "not-regionalised")  # may occur without an entry in areas


class CodeList(NamedTuple):
    """A code list as a resource of the package (CSV only) and its rows."""

    resource: Resource
    frame: pl.DataFrame


def code_lists(
    dataset: Dataset, tables: Mapping[str, pl.DataFrame], areas: pl.LazyFrame | None
) -> list[CodeList]:
    """All code lists of a package, by name. Raises `PublishError` when one code has two labels."""
    fields = [field for resource in dataset.resources for field in resource.fields]
    lists = [
        *(
            _list_codes(name, [f for f in fields if f.name == name])
            for name in {f.name: 0 for f in fields if f.codes}
        ),
        *(
            _list_flags(name, [f for f in fields if f.name == name])
            for name in {f.name: 0 for f in fields if f.flags}
        ),
    ]
    if areas is not None and not any(resource.name == "areas" for resource in dataset.resources):
        lists.extend(_list_areas(fields, tables, areas))
    return sorted(lists, key=lambda entry: entry.resource.name)


def _list_codes(name: str, fields: Sequence[Field]) -> CodeList:
    found: dict[str, Code] = {}
    providers: dict[str, dict[str, None]] = {}
    for field in fields:
        for code in field.codes:
            found[code.code] = _same(found.get(code.code), code, name)
            providers.setdefault(code.code, {}).update(dict.fromkeys(_provider_codes(field, code.code)))
    rows = [
        {
            "code": code.code,
            "parent": code.parent,
            "provider_code": " ".join(providers[code.code]) or None,
            **_labels(code.labels),
            "source": code.source,
            "translated": " ".join(code.translated) or None,
            "definition": code.definition,
        }
        for code in found.values()
    ]
    return _make(name, fields[0].titles, CODE_COLUMNS, ("code",), rows)


def _same(known: Code | None, code: Code, name: str) -> Code:
    """The first of two equal codes; one list cannot hold two meanings of one code."""
    if known and dict(known.labels) != dict(code.labels):
        raise PublishError(
            f"codes-{name}: code {code.code} has the labels {dict(known.labels)} and {dict(code.labels)}; "
            "give both resources the same labels, or other codes"
        )
    return known or code


def _provider_codes(field: Field, code: str) -> list[str]:
    """What the provider writes for our code: the mapped codes, else the code itself."""
    if field.source_column is None:
        return []
    return [theirs for theirs, ours in field.code_map.items() if ours == code] or [code]


def _list_flags(name: str, fields: Sequence[Field]) -> CodeList:
    flags: dict[str, Texts] = {}
    for field in fields:
        for symbol, texts in field.flags.items():
            if dict(flags.setdefault(symbol, texts)) != dict(texts):
                raise PublishError(
                    f"codes-{name}: symbol {symbol} has two meanings in this dataset; make them one text"
                )
    rows = [{"symbol": symbol, **_labels(texts)} for symbol, texts in flags.items()]
    return _make(name, fields[0].titles, FLAG_COLUMNS, ("symbol",), rows)


def _list_areas(
    fields: Sequence[Field], tables: Mapping[str, pl.DataFrame], areas: pl.LazyFrame
) -> list[CodeList]:
    occurring = [table.select(GEO) for table in tables.values() if set(GEO) <= set(table.columns)]
    if not occurring:
        return []
    pairs = pl.concat(occurring).drop_nulls("geo").unique().sort(GEO)
    known = areas.select(
        *GEO,
        pl.col("level").cast(pl.String),
        "name_native",
        *(pl.col(f"name_{la}").alias(f"label_{la}") for la in LANGUAGES),
    ).with_columns(listed=True)
    rows = pairs.lazy().join(known, on=GEO, how="left", nulls_equal=True, maintain_order="left").collect()
    unlisted = rows.filter(pl.col("listed").is_null() & ~pl.col("geo_classification").is_in(UNLISTED))
    if unlisted.height:
        shown = ", ".join(
            f"{row['geo']} ({row['geo_classification']})" for row in unlisted.head(5).to_dicts()
        )
        raise PublishError(
            f"codes-geo: {unlisted.height} areas are not in the list of areas, such as {shown}"
        )
    titles = next(field.titles for field in fields if field.name == "geo")
    table = rows.rename({"geo": "code"}).with_columns(*_native_labels()).select(GEO_COLUMNS)
    return [_make("geo", titles, GEO_COLUMNS, ("geo_classification", "code"), table.to_dicts())]


def _native_labels() -> list[pl.Expr]:
    """A label in every language: where no office gives one the area's own name, and `native` says which."""
    marks = [pl.when(pl.col(f"label_{la}").is_null()).then(pl.lit(la)) for la in LANGUAGES]
    marked = pl.concat_str(marks, separator=" ", ignore_nulls=True).replace("", None)
    return [
        *(pl.coalesce(f"label_{la}", "name_native").alias(f"label_{la}") for la in LANGUAGES),
        pl.when(pl.col("name_native").is_not_null()).then(marked).alias("native"),
    ]


def _labels(texts: Texts) -> dict[str, str | None]:
    return {f"label_{language}": texts.get(language) or None for language in LANGUAGES}


def _make(
    name: str,
    titles: Texts,
    columns: tuple[str, ...],
    key: tuple[str, ...],
    rows: Sequence[Mapping[str, str | None]],
) -> CodeList:
    fields = tuple(
        Field(
            name=column,
            type="string",
            titles=dict(zip(("en", "fi", "sv"), COLUMNS[column], strict=True)),
            descriptions={},
            constraints={"required": True} if column in key else {},
        )
        for column in columns
    )
    words = {"fi": "Koodiluettelo", "sv": "Kodlista", "en": "Code list"}
    resource = Resource(
        name=f"codes-{name}",
        titles={
            language: f"{word}: {titles[language]}"
            for language, word in words.items()
            if titles.get(language)
        },
        descriptions={la: text.format(name=name) for la, text in DESCRIPTIONS[columns].items()},
        sources=(),
        fields=fields,
        primary_key=key,
    )
    return CodeList(resource, pl.DataFrame(rows, schema=dict.fromkeys(columns, pl.String)))
