"""The words of the pages and numbers, dates and sizes as each language writes them.

What a dataset says of itself comes from its descriptor, not from here.
"""

import re
from collections.abc import Mapping
from datetime import date
from functools import cache
from importlib import resources
from typing import Any

import yaml
from babel.dates import format_date
from markupsafe import Markup, escape

from assets.descriptor import LANGUAGES

LOCALES: Mapping[str, str] = {"fi": "fi", "sv": "sv", "en": "en_GB"}
SEPARATORS: Mapping[str, tuple[str, str]] = {
    "fi": ("\u00a0", ","),
    "sv": ("\u00a0", ","),
    "en": (",", "."),
}
TYPED_CODE = re.compile(r"`([^`]+)`")
SENTENCE = re.compile(r".+?[.!?](?=\s+[^\W\d_a-zåäö])", re.DOTALL)


@cache
def read_settings(name: str) -> Any:
    """One of the YAML files in `schemas/site`."""
    return yaml.safe_load((resources.files("schemas") / "site" / name).read_text("utf-8"))


@cache
def words(language: str) -> Mapping[str, str]:
    """Every word of the pages in one language."""
    place = LANGUAGES.index(language)
    return {key: texts[place] for key, texts in read_settings("words.yaml").items()}


def by_language(texts: list[str]) -> dict[str, str]:
    """[Finnish, Swedish, English] as a mapping."""
    return dict(zip(LANGUAGES, texts, strict=True))


def number(value: float | int | None, language: str, decimals: int | None = None) -> str:
    """A number with the language's separators and a real minus; up to two decimals unless told."""
    if value is None:
        return "–"
    if decimals is None:
        decimals = places(value)
    group, point = SEPARATORS[language]
    plain = f"{value:,.{decimals}f}"
    return plain.replace(",", "\0").replace(".", point).replace("\0", group).replace("-", "\u2212")


def places(value: float | int) -> int:
    """The decimals that a value needs, two at most."""
    return next((count for count in (0, 1) if abs(value - round(value, count)) < 1e-9), 2)


@cache
def day(moment: str | None, language: str) -> str:
    """The day of an ISO date or moment as the language writes it; the text itself when it is none."""
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
