"""The published site as its tests look at it: pages read with the standard library's parser."""

import csv
import re
import unicodedata
from dataclasses import dataclass, field
from functools import cache
from html import unescape
from html.parser import HTMLParser
from pathlib import Path

LANGUAGES = ("fi", "sv", "en")
SCRIPT = "</script><script>alert(1)</script>"
IMAGE = "\"><img src=x onerror=alert(1)> '&amp; {{ 7*7 }} {n:1}"
FORMULA = '=HYPERLINK("http://127.0.0.1/","x")'
HOSTILE = (SCRIPT, IMAGE, FORMULA)  # what others may write into a register
CITATIONS = {
    "text": re.compile(r'<p class="cite">(.*?)</p>', re.S),
    "bibtex": re.compile(r"<summary>BibTeX</summary><pre[^>]*><code>(.*?)</code>", re.S),
    "csl": re.compile(r"<summary>CSL-JSON</summary><pre[^>]*><code>(.*?)</code>", re.S),
}
VOID = {"meta", "link", "input", "br", "img", "hr"}


@dataclass
class Page(HTMLParser):
    """What a test asks of a page; raises `AssertionError` where elements are not closed in order."""

    path: Path
    open: list[str] = field(default_factory=list)
    tags: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    texts: list[tuple[str, str]] = field(default_factory=list)  # innermost element, text

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.feed(self.path.read_text("utf-8"))
        self.close()
        assert not self.open, (self.path, self.open)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        assert self.open and self.open[-1] == tag, (self.path, tag, self.open)
        self.open.pop()

    def handle_data(self, data: str) -> None:
        self.texts.append((self.open[-1] if self.open else "", data))

    def of(self, tag: str) -> list[dict[str, str]]:
        """The attributes of every element called `tag`."""
        return [attributes for name, attributes in self.tags if name == tag]

    def text_in(self, tag: str) -> str:
        """The texts directly in elements called `tag`."""
        return " ".join(" ".join(text for name, text in self.texts if name == tag).split())


@cache
def published_page(path: Path) -> Page:
    """A page of the tree that nobody writes into, parsed once for all tests."""
    return Page(path)


def html_pages(tree: Path) -> list[Path]:
    """Every page of a site."""
    return [tree / "index.html", *(page for la in LANGUAGES for page in sorted((tree / la).rglob("*.html")))]


def cited_on(page: Path) -> dict[str, str]:
    """The three forms as a reader of the page copies them."""
    content = page.read_text("utf-8")
    return {name: unescape(form.findall(content)[0]) for name, form in CITATIONS.items()}


def read_csv(path: Path) -> list[dict[str, str]]:
    """The rows of a published CSV file."""
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def region_names(tree: Path) -> dict[str, str]:
    """Page's name -> NUTS 3 code of every region that has a page, worked out from the CSV files."""
    labels = {
        row["code"]: row["label_en"]
        for row in read_csv(tree / "indicators/codes-geo.csv")
        if row["geo_classification"] == "nuts-2024"
    }
    codes = {
        row["geo"]
        for row in read_csv(tree / "indicators/indicators.csv")
        if row["level"] == "3" and row["geo"][:2] in ("FI", "EE", "LV", "LT") and row["obs_value"]
    }
    plain = {
        code: unicodedata.normalize("NFKD", labels[code]).encode("ascii", "ignore").decode() for code in codes
    }
    return {name.lower().replace(" ", "-"): code for code, name in plain.items()}
