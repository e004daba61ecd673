"""What the bundle holds of Statistics Finland's tables: the recorded JSON-stat answers without their prose.

The selection and its wording belong here; municipality keys belong to `regions`, writing the files
to `bundle`.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from assets.bundle.recorded import recorded_provenance
from assets.store.snapshots import Provenance

PROSE = frozenset({"note", "link", "contact", "noteMandatory"})

# table, part, recorded file, what the answer holds of the table
ANSWERS: tuple[tuple[str, str, str, dict[str, str]], ...] = (
    (
        "13tn",
        "2022-2024",
        "statfin/pxweb-v1/tkke_13tn_2022-2024_response.json",
        {
            "fi": "Taulukosta 13tn paketissa ovat Kanta-Hämeen ja Päijät-Hämeen tiedot vuosilta 2022–2024.",
            "sv": "Ur tabellen 13tn innehåller paketet uppgifterna för Egentliga Tavastland och "
            "Päijänne-Tavastland 2022–2024.",
            "en": "From table 13tn the package holds the figures of Kanta-Häme and Päijät-Häme for "
            "2022–2024.",
        },
    ),
    (
        "13tn",
        "2023-2024",
        "statfin/pxweb-v1/tkke_13tn_response.json",
        {
            "fi": "Lisäksi taulukosta 13tn ovat koko maan sekä Uudenmaan, Kanta-Hämeen, Pirkanmaan, "
            "Päijät-Hämeen, Kymenlaakson ja Etelä-Karjalan tiedot vuosilta 2023–2024.",
            "sv": "Dessutom ingår ur tabellen 13tn uppgifterna för hela landet och för Nyland, "
            "Egentliga Tavastland, Birkaland, Päijänne-Tavastland, Kymmenedalen och Södra Karelen "
            "2023–2024.",
            "en": "It also holds, from table 13tn, the figures of the whole country and of Uusimaa, "
            "Kanta-Häme, Pirkanmaa, Päijät-Häme, Kymenlaakso and South Karelia for 2023–2024.",
        },
    ),
    (
        "11re",
        "2023-2024",
        "statfin/pxweb-v1/vaerak_11re_response.json",
        {
            "fi": "Taulukosta 11re paketissa ovat Kanta-Hämeen ja Päijät-Hämeen tiedot vuosilta 2023 ja "
            "2024.",
            "sv": "Ur tabellen 11re innehåller paketet uppgifterna för Egentliga Tavastland och "
            "Päijänne-Tavastland 2023 och 2024.",
            "en": "From table 11re the package holds the figures of Kanta-Häme and Päijät-Häme for 2023 "
            "and 2024.",
        },
    ),
    (
        "12bs",
        "2023",
        "statfin/pxweb-v1/vkour_12bs_response.json",
        {
            "fi": "Taulukosta 12bs paketissa on kolme osuutta koko maasta, Kanta-Hämeestä ja "
            "Päijät-Hämeestä vuodelta 2023.",
            "sv": "Ur tabellen 12bs innehåller paketet tre andelar för hela landet, Egentliga Tavastland och "
            "Päijänne-Tavastland 2023.",
            "en": "From table 12bs the package holds three shares for the whole country, Kanta-Häme and "
            "Päijät-Häme in 2023.",
        },
    ),
    (
        "12r5",
        "data",
        "statfin/pxweb-v1/tyonv_12r5_response.json",
        {
            "fi": "Taulukosta 12r5 paketissa ovat Kanta-Hämeen ja Päijät-Hämeen tiedot maalis- ja "
            "huhtikuulta 2025.",
            "sv": "Ur tabellen 12r5 innehåller paketet uppgifterna för Egentliga Tavastland och "
            "Päijänne-Tavastland i mars och april 2025.",
            "en": "From table 12r5 the package holds the figures of Kanta-Häme and Päijät-Häme for March and "
            "April 2025.",
        },
    ),
)


def snapshots(recorded: Path) -> Iterator[tuple[bytes, Provenance]]:
    """The bundled snapshots of Statistics Finland's tables, made from the folder of recorded files."""
    for table, part, path, selection in ANSWERS:
        answer = json.loads((recorded / path).read_bytes())
        content = json.dumps(without_prose(answer), ensure_ascii=False, separators=(",", ":")) + "\n"
        yield (
            content.encode(),
            recorded_provenance(
                recorded,
                path,
                provider="statfin",
                table=table,
                part=part,
                media_type="application/json",
                updated=answer["updated"],
                selection=selection,
            ),
        )


def without_prose(answer: dict[str, Any]) -> dict[str, Any]:
    """A JSON-stat answer without notes, links and contacts, at every level; figures, codes and labels stay.

    A dimension or code that is *called* note or link keeps its place: only JSON-stat's properties are
    looked at.
    """
    kept = _without(answer)
    kept["dimension"] = {
        name: {**_without(dimension), "category": _without(dimension["category"])}
        for name, dimension in answer["dimension"].items()
    }
    if "extension" in kept:
        kept["extension"] = _without(kept["extension"])
    return kept


def _without(properties: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in properties.items() if name not in PROSE}
