"""News and addresses for machines: Atom feeds of releases, one a language; sitemap, robots.txt."""

from collections.abc import Iterator, Mapping, Sequence
from operator import itemgetter
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from assets.descriptor import Catalogue
from assets.publish.catalogue.packages import Package, file_address
from assets.publish.catalogue.schema_org import text_in
from assets.publish.catalogue.terms import clean_text, escape_address
from assets.publish.catalogue.words import number, words
from assets.publish.release.layout import DESCRIPTOR, README
from assets.publish.release.version import csv_resources, is_data

ENTRIES = 200  # the newest; older releases stay in the catalogue
START = "1970-01-01T00:00:00Z"  # Atom wants a date where nothing is published yet
FEED = "feed.atom"


def feed_path(language: str) -> str:
    """Where the feed of a language is; the English one is also at the root."""
    return f"{language}/{FEED}"


def write_feed(
    packages: Sequence[Package], catalogue: Catalogue, base: str, language: str, path: str
) -> bytes:
    """The Atom feed (RFC 4287) of a language, newest first: one entry a release, whose id is its address in
    every language, and one for each withdrawn dataset. `path`: where it stands in the tree."""
    releases = sorted(feed_entries(packages, base, language), key=itemgetter(0), reverse=True)
    entries = sorted(
        [*withdrawn_entries(packages, base, language), *releases[:ENTRIES]], key=itemgetter(0), reverse=True
    )
    updated = entries[0][0] if entries else START
    names = catalogue.publisher["name_translated"]
    title = catalogue.titles.get(language) or next(iter(catalogue.titles.values()))
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="{language}">',
        f"  <id>{xml(base)}{path}</id>",
        f"  <title>{xml(title)}</title>",
        f"  <updated>{xml(updated)}</updated>",
        f"  <author><name>{xml(names.get(language) or next(iter(names.values())))}</name></author>",
        f'  <link rel="self" type="application/atom+xml" href={attribute(base + path)}/>',
        f'  <link rel="alternate" type="text/html" href={attribute(base)}/>',
        *(text for _, text in entries),
        "</feed>",
    ]
    return ("\n".join(lines) + "\n").encode()


def feed_entries(packages: Sequence[Package], base: str, language: str) -> Iterator[tuple[str, str]]:
    """Date and text of each release's entry, the newest of each dataset first."""
    for package in packages:
        earlier = (None, *package.history[:-1])
        for before, release in reversed(list(zip(earlier, package.history, strict=True))):
            version = str(release["version"])
            updated = release.get("modified") or release.get("created") or START
            title = f"{text_in(release, 'title', language)} {version}"
            links = entry_links(package, base, language, f"{version}/", f"#v{version}")
            summary = describe_change(release, before, language)
            yield updated, entry_text(f"{base}{package.name}/{version}", title, updated, links, summary)


def withdrawn_entries(packages: Sequence[Package], base: str, language: str) -> Iterator[tuple[str, str]]:
    """An entry of its own for each withdrawn dataset: readers look at new ids, not at changed titles."""
    for package in packages:
        if package.withdrawn:
            updated = package.modified or START
            title = f"{text_in(package.content, 'title', language)}: {words(language)['feed_withdrawn']}"
            links = entry_links(package, base, language, "", "")
            summary = words(language)["withdrawn"]
            yield updated, entry_text(f"{base}{package.name}#withdrawn", title, updated, links, summary)


def entry_links(package: Package, base: str, language: str, folder: str, anchor: str) -> list[str]:
    """What an entry opens: the dataset's page in the language, at the release; its README where there is no
    page. Beside it the descriptor."""
    page = package.pages.get(language)
    readme = file_address(base, package.name, f"{folder}{README}")
    kind, address = (
        ("text/html", f"{base}{escape_address(page)}{anchor}") if page else ("text/markdown", readme)
    )
    descriptor = file_address(base, package.name, f"{folder}{DESCRIPTOR}")
    return [
        f'    <link rel="alternate" type="{kind}" href={attribute(address)}/>',
        f'    <link rel="related" type="application/json" href={attribute(descriptor)}/>',
    ]


def entry_text(address: str, title: str, updated: str, links: Sequence[str], summary: str) -> str:
    """An entry as the feed has it."""
    return "\n".join(
        (
            "  <entry>",
            f"    <id>{xml(address)}</id>",
            f"    <title>{xml(title)}</title>",
            f"    <updated>{xml(updated)}</updated>",
            *links,
            f'    <summary type="text">{xml(summary)}</summary>',
            "  </entry>",
        )
    )


def describe_change(release: Mapping[str, Any], before: Mapping[str, Any] | None, language: str) -> str:
    """What a release brings: its own notes where it has some, and the rows of its tables."""
    own = words(language)
    notes = (release.get("innoregio:versionNotes") or {}).get(language, "")
    old, new = table_rows(before or {"resources": []}), table_rows(release)
    counts = []
    for name, rows in new.items():
        moved = rows - old.get(name, rows)
        change = f" ({'+' if moved > 0 else ''}{number(moved, language)})" if moved else ""
        counts.append(f"{name}: {number(rows, language)} {own['rows']}{change}")
    counts += [f"{name}: {own['feed_gone']}" for name in old if name not in new]
    return " ".join(part for part in (notes.strip(), "; ".join(counts)) if part)


def table_rows(package: Mapping[str, Any]) -> dict[str, int]:
    """The rows of a package's tables; code lists, coverage and the ledger of revisions left out."""
    return {
        entry["name"]: int(entry.get("innoregio:rows", 0))
        for entry in csv_resources(package).values()
        if is_data(entry)
    }


def write_sitemap(packages: Sequence[Package], base: str, out: Path) -> bytes:
    """Every page and descriptor with the day of its last change (sitemaps.org 0.9)."""
    changed = {package.name: package.modified for package in packages}
    newest = max((date for date in changed.values() if date), default=None)
    addresses = {
        file_address(base, package.name, name): package.modified
        for package in packages
        for name in (README, DESCRIPTOR)
    }
    for page in [*out.glob("index.html"), *sorted(out.glob("??/**/*.html"))]:
        path = page.relative_to(out)
        about = next((changed[part] for part in (path.stem, path.parent.name) if part in changed), newest)
        addresses[base + path.as_posix().removesuffix("index.html")] = about
    urls = [
        f"  <url><loc>{xml(address)}</loc>{f'<lastmod>{xml(date)}</lastmod>' if date else ''}</url>"
        for address, date in sorted(addresses.items())
    ]
    head = (
        '<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
    )
    return "\n".join((head, *urls, "</urlset>", "")).encode()


def write_robots(base: str) -> bytes:
    """All may read all; the sitemap's address (RFC 9309)."""
    return f"User-agent: *\nDisallow:\n\nSitemap: {base}sitemap.xml\n".encode()


def xml(text: str) -> str:
    """Text for an XML element."""
    return escape(clean_text(text))


def attribute(text: str) -> str:
    """Text for an XML attribute, quoted."""
    return quoteattr(clean_text(text))
