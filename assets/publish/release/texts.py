"""Texts in three languages: which one stands first, how the others are published. None is written here."""

from collections.abc import Mapping, Sequence
from typing import Any

from assets.descriptor import LANGUAGES, Texts
from assets.store.snapshots import Snapshot


def english(texts: Texts) -> str:
    """The text in the package's main language; another language's where English has none; else empty."""
    return next((texts[language] for language in ("en", *LANGUAGES) if texts.get(language)), "")


def translated_property(name: str, texts: Texts) -> dict[str, Any]:
    """`{<name>_translated: {fi, sv, en}}` with the languages that have a text; empty when none has."""
    known = {language: texts[language] for language in LANGUAGES if texts.get(language)}
    return {f"{name}_translated": known} if known else {}


def selections(snapshots: Sequence[Snapshot]) -> dict[str, str]:
    """Language -> what the package holds of its sources, in sentences; empty when it holds all."""
    found: dict[str, list[str]] = {}
    for snapshot in snapshots:
        for language, sentence in (snapshot.provenance.selection or {}).items():
            if sentence.strip() not in found.setdefault(language, []):
                found[language].append(sentence.strip())
    return {language: " ".join(found[language]) for language in LANGUAGES if language in found}


def with_selection(descriptions: Texts, selection: Mapping[str, str]) -> dict[str, str]:
    """The descriptions with the selection as their last paragraph."""
    return {
        language: "\n\n".join(
            part for part in (descriptions.get(language, "").strip(), selection.get(language)) if part
        )
        for language in LANGUAGES
        if descriptions.get(language) or selection.get(language)
    }
