"""Which code means the region in focus in each classification, and what areas are called.

Reads the published code lists only. How an area is drawn belongs to `figures` and `charts`.
"""

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from assets.descriptor import LANGUAGES, Catalogue

Area = tuple[str, str]  # geo_classification, geo


@dataclass(frozen=True)
class Focus:
    """The region in focus: its names, its declared codes and its country in NUTS's two letters."""

    names: Mapping[str, str]
    codes: Mapping[str, str]  # classification -> code, as catalogue.yaml declares them
    country: str

    def code_in(self, classification: str, known: Mapping[Area, Mapping[str, str]]) -> str | None:
        """The region's code in a classification of a table, None where the table has not the region.

        The declared code; else a declared code of another vintage that the list holds; else, among national
        divisions, the area of that name.
        """
        if declared := self.codes.get(classification):
            return declared if (classification, declared) in known else None
        if classification.startswith("nuts-"):
            codes = [code for name, code in self.codes.items() if name.startswith("nuts-")]
            return next((code for code in codes if (classification, code) in known), None)
        if classification.startswith("maakunta-"):
            national = [code for name, code in self.codes.items() if name.startswith("maakunta-")]
            named = [
                code
                for (scheme, code), names in known.items()
                if scheme == classification and names.get("fi") == self.names.get("fi")
            ]
            found = [code for code in national if (classification, code) in known] or named
            return found[0] if found else None
        return None


def find_focus(catalogue: Catalogue) -> Focus:
    """The focus that the catalogue's settings declare."""
    nuts = [code for name, code in catalogue.focus.items() if name.startswith("nuts-")]
    names = {
        la: catalogue.focus_names.get(la) or next(iter(catalogue.focus_names.values())) for la in LANGUAGES
    }
    return Focus(names, catalogue.focus, nuts[0][:2] if nuts else "FI")


def area_names(path: Path) -> dict[Area, dict[str, str]]:
    """The names of a code list's areas by language; the native name where a language has none."""
    with path.open(encoding="utf-8", newline="") as lines:
        return {
            (row["geo_classification"], row.get("code") or row["geo"]): {
                language: row.get(f"label_{language}") or row.get(f"name_{language}") or row["name_native"]
                for language in LANGUAGES
            }
            for row in csv.DictReader(lines)
        }


def peers(classification: str, code: str, known: Iterable[Area]) -> list[str]:
    """The codes of a table that stand beside `code`: same classification, country and level."""
    nuts = classification.startswith("nuts-")
    return sorted(
        other
        for scheme, other in known
        if scheme == classification and (not nuts or (other[:2] == code[:2] and len(other) == len(code)))
    )
