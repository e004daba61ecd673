"""Where a dataset is about: IRIs for dct:spatial, and what they are.

The country of the focus region, its NUTS areas in the vintage that the rows have, and Europe where other
countries occur. The thousand areas of other countries would drown a catalogue: the package's `codes-geo` has
them.
"""

from collections.abc import Iterator, Sequence

from assets.descriptor import Catalogue
from assets.publish.catalogue.packages import Package
from assets.publish.catalogue.terms import Node, node, plain_literal, refs, translated_literals
from assets.publish.catalogue.vocabulary import EUROPE, NUTS, country


def nuts_address(code: str) -> str:
    """The IRI of a NUTS area."""
    return f"{NUTS}code/{code}"


def focus_country(catalogue: Catalogue) -> str:
    """The country of the focus region, in NUTS's two letters."""
    return catalogue.focus[:2]


def place_iris(package: Package, focus: str) -> list[str]:
    """The IRIs of a dataset's places, `focus` being the two letters of the focus region's country."""
    found = {nuts_address(area.code) for area in package.areas.inside}
    return [country(focus), *sorted(found), *([EUROPE] if package.areas.has_others else [])]


def place_nodes(packages: Sequence[Package], catalogue: Catalogue) -> Iterator[Node]:
    """The NUTS areas that datasets refer to: names, and the vintages that they occur in."""
    areas: dict[str, tuple[dict[str, str], set[str]]] = {}
    for package in packages:
        for area in package.areas.inside:
            names, vintages = areas.setdefault(area.code, ({}, set()))
            names.update({la: name for la, name in area.names.items() if name and la not in names})
            vintages.add(area.classification.removeprefix("nuts-"))
    for code, (names, vintages) in sorted(areas.items()):
        label = translated_literals(names, catalogue.languages) or plain_literal(names.get("") or code)
        yield node(
            nuts_address(code),
            ["dct:Location", "skos:Concept"],
            {
                "skos:prefLabel": label,
                "rdfs:label": label,
                "skos:notation": plain_literal(code),
                "skos:inScheme": refs(*(f"{NUTS}scheme/{vintage}" for vintage in vintages)),
            },
        )
