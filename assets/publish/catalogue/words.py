"""The words of pages, feeds and records, and numbers, dates and sizes as each language writes them.

What a dataset says of itself comes from its descriptor, not from here.
"""

import difflib
import re
from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from markupsafe import Markup, escape

from assets.descriptor import LANGUAGES
from assets.errors import DescriptorError
from assets.overlay import schema_folders

LOCALES: Mapping[str, str] = {"fi": "fi", "sv": "sv", "en": "en_GB"}
SEPARATORS: Mapping[str, tuple[str, str]] = {
    "fi": ("\u00a0", ","),
    "sv": ("\u00a0", ","),
    "en": (",", "."),
}
TYPED_CODE = re.compile(r"`([^`]+)`")
SENTENCE = re.compile(r".+?[.!?](?=\s+[^\W\d_a-zåäö])", re.DOTALL)


WORDS = "words.yaml"  # of which the operator's folder says only what is other there


def read_site_settings(name: str) -> Any:
    """One of the YAML files in `schemas/site`: the operator's (`overlay`), else the installed one; of
    `words.yaml` each word by itself. Raises `DescriptorError`.
    """
    return _read_settings(name, schema_folders())


@cache
def _read_settings(name: str, folders: tuple[Path, ...]) -> Any:
    own, packaged = folders[0] / "site" / name, folders[-1] / "site" / name
    if not own.is_file() or own == packaged:
        return yaml.safe_load(packaged.read_text("utf-8"))
    try:
        found = yaml.safe_load(own.read_text("utf-8"))
    except (yaml.YAMLError, ValueError) as error:
        raise DescriptorError(f"{own}: is no YAML: {' '.join(str(error).split())}") from error
    shipped = yaml.safe_load(packaged.read_text("utf-8"))
    if not isinstance(found, type(shipped)):
        raise DescriptorError(f"{own}: holds another thing than the file of that name in schemas/site")
    if name != WORDS:
        return found
    check_words(own, found, shipped)
    return {**shipped, **found}


def check_words(path: Path, found: Mapping[str, Any], known: Mapping[str, Any]) -> None:
    """Raises `DescriptorError` for a word that no page has, or that is not there in three languages."""
    for key, texts in found.items():
        if key not in known:
            meant = difflib.get_close_matches(str(key), known, 1, 0.6)
            hint = f" (did you mean {meant[0]}?)" if meant else ""
            raise DescriptorError(f"{path}: {key}: no page has this word{hint}")
        if not (isinstance(texts, list) and len(texts) == 3 and all(isinstance(text, str) for text in texts)):
            raise DescriptorError(f"{path}: {key}: write a list of three texts: Finnish, Swedish, English")


def words(language: str) -> Mapping[str, str]:
    """Every word of the pages in one language."""
    return _words(language, schema_folders())


@cache
def _words(language: str, folders: tuple[Path, ...]) -> Mapping[str, str]:
    place = LANGUAGES.index(language)
    return {key: texts[place] for key, texts in _read_settings(WORDS, folders).items()}


def by_language(texts: list[str]) -> dict[str, str]:
    """[Finnish, Swedish, English] as a mapping."""
    return dict(zip(LANGUAGES, texts, strict=True))


def number(value: float | int | None, language: str, decimals: int | None = None) -> str:
    """A number with the language's separators and a real minus; up to two decimals unless stated."""
    if value is None:
        return "–"
    if decimals is None:
        decimals = decimals_needed(value)
    group, point = SEPARATORS[language]
    plain = f"{value:,.{decimals}f}"
    return plain.replace(",", "\0").replace(".", point).replace("\0", group).replace("-", "\u2212")


def decimals_needed(value: float | int) -> int:
    """The decimals that a value needs, two at most."""
    return next((count for count in (0, 1) if abs(value - round(value, count)) < 1e-9), 2)


@cache
def day(moment: str | None, language: str) -> str:
    """The day of an ISO date or moment as the language writes it; the text itself when it is none."""
    from babel.dates import format_date  # here: it takes a while to load

    if not moment:
        return "–"
    try:
        return str(format_date(date.fromisoformat(moment[:10]), "medium", locale=LOCALES[language]))
    except ValueError:
        return moment


def size(count: int, language: str) -> str:
    """Bytes as kB or MB (powers of ten, as the catalogues count)."""
    if count < 1000:
        return f"{count}\u00a0B"
    value, unit = (count / 1e6, "MB") if count >= 1e6 else (count / 1e3, "kB")
    return f"{number(round(value, 1) if value < 10 else round(value), language)}\u00a0{unit}"


def prose(text: object) -> Markup:
    """A descriptor's text in HTML: escaped, `code` in backticks."""
    return Markup(TYPED_CODE.sub(r"<code>\1</code>", str(escape(text))))


def first_sentence(text: str) -> str:
    """The first sentence of a descriptor's text, or the text up to its first paragraph's end."""
    first = paragraphs(text)[0] if paragraphs(text) else ""
    found = SENTENCE.match(first)
    return found[0] if found else first


def paragraphs(text: str) -> list[str]:
    """The paragraphs of a descriptor's text."""
    return [part.strip() for part in text.split("\n\n") if part.strip()]
