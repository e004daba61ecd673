"""Where a dataset is about: IRIs for dct:spatial, and what they are.

The country of the focus region, its NUTS areas in the vintage that the rows have, and Europe where other
countries occur. The thousand areas of other countries would drown a catalogue: the package's `codes-geo` has
them.
"""

from collections.abc import Iterator, Sequence

from assets.descriptor import Catalogue
from assets.publish.catalogue.packages import Package
from assets.publish.catalogue.terms import Node, node, plain, refs, texts
from assets.publish.catalogue.vocabulary import EUROPE, NUTS, country

# The vintages that data.europa.eu has as linked data; older codes have no IRI.
VINTAGES = ("nuts-2010", "nuts-2013", "nuts-2016", "nuts-2021", "nuts-2024")
NATIONAL = ("maakunta-", "seutukunta-", "kunta-", "suuralue-", "hyvinvointialue-")


def nuts_address(code: str) -> str:
    """The IRI of a NUTS area."""
    return f"{NUTS}code/{code}"


def focus_country(catalogue: Catalogue) -> str:
    """The country of the focus region, in NUTS's two letters."""
    return next(
        (code[:2] for classification, code in catalogue.focus.items() if classification.startswith("nuts-")),
        "FI",
    )


def places(package: Package, focus: str) -> list[str]:
    """The IRIs of a dataset's places, `focus` being the two letters of the focus region's country."""
    found = {country(focus)} if not package.areas else set()
    for area in package.areas:
        if area.code[:2] == focus or (focus == "FI" and area.classification.startswith(NATIONAL)):
            found.add(country(focus))
            if area.classification in VINTAGES and area.code.isalnum():
                found.add(nuts_address(area.code))
        elif area.classification in ("country", "aggregate") or area.classification.startswith("nuts-"):
            found.add(EUROPE)
    return sorted(found or {country(focus)})


def place_nodes(packages: Sequence[Package], catalogue: Catalogue) -> Iterator[Node]:
    """The NUTS areas that datasets refer to: names, and the vintages that they occur in."""
    focus = focus_country(catalogue)
    areas: dict[str, tuple[dict[str, str], set[str]]] = {}
    for package in packages:
        for area in package.areas:
            if area.code[:2] == focus and area.classification in VINTAGES and area.code.isalnum():
                names, vintages = areas.setdefault(area.code, ({}, set()))
                names.update({la: name for la, name in area.names.items() if name and la not in names})
                vintages.add(area.classification.removeprefix("nuts-"))
    for code, (names, vintages) in sorted(areas.items()):
        label = texts(names, catalogue.languages) or plain(names.get("") or code)
        yield node(
            nuts_address(code),
            ["dct:Location", "skos:Concept"],
            {
                "skos:prefLabel": label,
                "rdfs:label": label,
                "skos:notation": plain(code),
                "skos:inScheme": refs(*(f"{NUTS}scheme/{vintage}" for vintage in sorted(vintages))),
            },
        )
