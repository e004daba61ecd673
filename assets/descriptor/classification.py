"""Which classification a table's area codes are of, and how that is known: `innoregio:classification`.

Reading the declaration belongs here; its rules to `rules.classification`, giving each row its
classification to `normalise`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

STATED, BACK_CAST, ASSUMED = "stated", "back-cast", "assumed"


@dataclass(frozen=True)
class Division:
    """The classification of the figures of some periods, `first` to `last` (both may be open)."""

    value: str
    first: str | None = None
    last: str | None = None


@dataclass(frozen=True)
class Classification:
    """The divisions in order of time; one without ends where all figures are of one.

    `basis`: `stated` by the source, `back-cast` (the source says that it gives earlier years on today's
    areas) or `assumed`; `statement` says so in each language, for the last two.
    """

    divisions: tuple[Division, ...]
    basis: str = STATED
    statement: Mapping[str, str] | None = None

    @property
    def values(self) -> tuple[str, ...]:
        """The names of the classifications, such as `nuts-2021`."""
        return tuple(division.value for division in self.divisions)


def build_classification(data: Any) -> Classification | None:
    """The declaration of one resource: a name, or a rule with `value` or `periods`, `basis`, `statement`."""
    if data is None:
        return None
    if isinstance(data, str):
        return Classification((Division(data),))
    periods = data.get("periods") or [{"value": data["value"]}]
    divisions = tuple(
        Division(period["value"], period.get("first"), period.get("last")) for period in periods
    )
    return Classification(divisions, data.get("basis", STATED), data.get("statement"))


def add_basis(field: Mapping[str, Any], classification: Classification | None) -> Mapping[str, Any]:
    """The field `geo_classification` with `innoregio:basis` and the statement in its description, so that who
    reads the column also reads that its division is assumed; any other field as it is."""
    if field["name"] != "geo_classification" or classification is None or classification.statement is None:
        return field
    note = field.get("innoregio:note", {})
    texts = {
        language: f"{note.get(language, '').strip()} {text.strip()}".strip()
        for language, text in classification.statement.items()
    }
    return {**field, "innoregio:note": texts, "innoregio:basis": classification.basis}
