"""Addresses of controlled vocabularies, and the nodes that say what their concepts are.

Portals and the range shapes infer nothing: the class, scheme and label of every concept that the catalogue
refers to stand in its file. Labels are in `concepts.csv` beside this module; what refers to a concept belongs
to `graph`.
"""

import csv
from collections.abc import Iterable, Iterator, Mapping
from functools import cache, lru_cache
from importlib.resources import files
from urllib.parse import quote

from assets.publish.catalogue.terms import Node, node, plain_literal, refs, translated_literals

AUTHORITY = "http://publications.europa.eu/resource/authority/"
ADMS = "http://purl.org/adms/"
IANA = "https://www.iana.org/assignments/media-types/"
NUTS = "http://data.europa.eu/nuts/"
SHA256 = "http://spdx.org/rdf/terms#checksumAlgorithm_sha256"
THEMES = f"{AUTHORITY}data-theme"
TABLE_SCHEMA = "https://datapackage.org/profiles/2.0/tableschema.json"
DATA_PACKAGE = "https://datapackage.org/profiles/2.0/datapackage.json"
CROISSANT = "http://mlcommons.org/croissant/1.0"
OFFICE_OPEN_XML = "https://ecma-international.org/publications-and-standards/standards/ecma-376/"
DCAT_AP = "https://semiceu.github.io/DCAT-AP/releases/3.0.1/"
STANDARDS: Mapping[str, str] = {
    TABLE_SCHEMA: "Table Schema 2.0",
    DATA_PACKAGE: "Data Package 2.0",
    DCAT_AP: "DCAT-AP 3.0.1",
    CROISSANT: "Croissant 1.0",
    OFFICE_OPEN_XML: "Office Open XML (ECMA-376, ISO/IEC 29500)",
}
LICENCES: Mapping[str, tuple[str, str]] = {  # name in a descriptor -> code of the EU's table, licence type
    "CC-BY-4.0": ("CC_BY_4_0", "Attribution"),
    "CC0-1.0": ("CC0", "PublicDomain"),
}
# Titles of the Open Definition's list: CKAN finds a licence by its title where it does not know the IRI.
LICENCE_TITLES: Mapping[str, str] = {
    f"{AUTHORITY}licence/CC_BY_4_0": "Creative Commons Attribution 4.0",
    f"{AUTHORITY}licence/CC0": "CC0 1.0",
}
FORMATS: Mapping[str, tuple[str, str]] = {  # format in a descriptor -> EU file type, media type
    "csv": ("CSV", "text/csv"),
    "parquet": ("PARQUET", "application/vnd.apache.parquet"),
    "json": ("JSON", "application/json"),
    "geojson": ("GEOJSON", "application/geo+json"),
    "xlsx": ("XLSX", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
}
LANGUAGE_CODES: Mapping[str, str] = {"fi": "FIN", "sv": "SWE", "en": "ENG"}
# NUTS's two letters of a country -> the three of the EU's country table, which are those of ISO 3166.
# fmt: off
COUNTRIES: Mapping[str, str] = {
    "AL": "ALB", "AT": "AUT", "BE": "BEL", "BG": "BGR", "CH": "CHE", "CY": "CYP", "CZ": "CZE",
    "DE": "DEU", "DK": "DNK", "EE": "EST", "EL": "GRC", "ES": "ESP", "FI": "FIN", "FR": "FRA",
    "HR": "HRV", "HU": "HUN", "IE": "IRL", "IS": "ISL", "IT": "ITA", "LI": "LIE", "LT": "LTU",
    "LU": "LUX", "LV": "LVA", "ME": "MNE", "MK": "MKD", "MT": "MLT", "NL": "NLD", "NO": "NOR",
    "PL": "POL", "PT": "PRT", "RO": "ROU", "RS": "SRB", "SE": "SWE", "SI": "SVN", "SK": "SVK",
    "TR": "TUR", "UA": "UKR", "UK": "GBR",
}
# fmt: on
EUROPE = f"{AUTHORITY}continent/EUROPE"
CLASSES: Mapping[str, str] = {  # what a concept of a table is besides a concept
    "file-type": "dct:MediaTypeOrExtent",
    "frequency": "dct:Frequency",
    "language": "dct:LinguisticSystem",
    "access-right": "dct:RightsStatement",
    "licence": "dct:LicenseDocument",
    "continent": "dct:Location",
    "country": "dct:Location",
}
SCHEMES: Mapping[str, str] = {  # the tables that are not the EU's
    "publishertype": f"{ADMS}publishertype/1.0",
    "licencetype": f"{ADMS}licencetype/1.0",
}
CONCEPT_LANGUAGES = ("fi", "sv", "en")


@lru_cache(maxsize=4096)
def authority(table: str, code: str) -> str:
    """The IRI of a concept of the EU's authority tables, or of ADMS's two."""
    return f"{ADMS if table in SCHEMES else AUTHORITY}{table}/{quote(code)}"


@lru_cache(maxsize=4096)
def concept(table: str, *codes: str) -> list[dict[str, str]]:
    """The values that are these concepts; one list for all who ask, so nobody changes it."""
    return refs(*(authority(table, code) for code in codes))


def country(code: str) -> str:
    """The IRI of a country, given the two letters that NUTS has for it."""
    return authority("country", COUNTRIES[code])


@cache
def concept_labels() -> Mapping[str, tuple[str, Mapping[str, str]]]:
    """IRI -> table and labels by language, of all concepts that `concepts.csv` lists."""
    text = files(__package__).joinpath("concepts.csv").read_text(encoding="utf-8")
    return {
        authority(row["table"], row["code"]): (
            row["table"],
            {language: row[f"label_{language}"] for language in CONCEPT_LANGUAGES},
        )
        for row in csv.DictReader(text.splitlines())
    }


def concept_nodes(used: Iterable[str]) -> Iterator[Node]:
    """The nodes of the concepts, media types, standards and countries among the IRIs `used`."""
    schemes: set[str] = set()
    known = concept_labels()
    used = set(used)
    used |= {authority("licencetype", kind) for iri in used for kind in licence_types(iri)}
    countries = {authority("country", code): letters for letters, code in COUNTRIES.items()}
    for iri in sorted(used):
        if iri in known or iri in countries:
            table, labels = known.get(iri) or ("country", country_labels(countries[iri]))
            scheme = SCHEMES.get(table, f"{AUTHORITY}{table}")
            schemes.add(scheme)
            label = translated_literals(labels, CONCEPT_LANGUAGES)
            yield node(
                iri,
                ["skos:Concept", *([CLASSES[table]] if table in CLASSES else [])],
                {
                    "skos:prefLabel": label,
                    "rdfs:label": label,
                    "skos:inScheme": refs(scheme),
                    "dct:title": plain_literal(LICENCE_TITLES.get(iri, "")),
                    "dct:type": refs(*(authority("licencetype", kind) for kind in licence_types(iri))),
                },
            )
        elif iri.startswith(IANA):
            yield node(iri, ["dct:MediaType"], {"rdfs:label": plain_literal(iri.removeprefix(IANA))})
        elif iri in STANDARDS:
            name = translated_literals(dict.fromkeys(CONCEPT_LANGUAGES, STANDARDS[iri]), CONCEPT_LANGUAGES)
            yield node(iri, ["dct:Standard"], {"dct:title": name, "rdfs:label": name})
        elif iri == SHA256:
            yield node(iri, ["spdx:ChecksumAlgorithm"], {"rdfs:label": plain_literal("SHA-256")})
    for scheme in sorted(schemes | ({THEMES} if THEMES in used else set())):
        title = scheme.removesuffix("/1.0").rsplit("/", 1)[-1].replace("-", " ").capitalize()
        yield node(scheme, ["skos:ConceptScheme"], {"dct:title": translated_literals({"en": title}, ["en"])})


def licence_types(iri: str) -> list[str]:
    """The type of a licence of the EU's table: a list of one, or none."""
    return [kind for code, kind in LICENCES.values() if iri == authority("licence", code)]


@cache
def country_labels(letters: str) -> Mapping[str, str]:
    """A country's names by language, from CLDR. NUTS writes EL and UK where CLDR has GR and GB."""
    from babel import Locale  # here: it takes a while to load, and not every catalogue names a country

    code = {"EL": "GR", "UK": "GB"}.get(letters, letters)
    return {language: str(Locale.parse(language).territories[code]) for language in CONCEPT_LANGUAGES}
