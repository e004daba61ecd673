"""News and addresses for machines: Atom feed of releases, sitemap, robots.txt."""

from collections.abc import Iterator, Mapping, Sequence
from operator import itemgetter
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from assets.descriptor import Catalogue
from assets.publish.catalogue.packages import Package, file_address
from assets.publish.catalogue.schema_org import text_in
from assets.publish.catalogue.terms import clean_text
from assets.publish.release.layout import DESCRIPTOR, README
from assets.publish.release.version import csv_resources

ENTRIES = 200  # the newest; older releases stay in the catalogue
STOPPED = "This dataset is no longer updated. Its published versions stay at their addresses."
START = "1970-01-01T00:00:00Z"  # Atom wants a date where nothing is published yet


def write_feed(packages: Sequence[Package], catalogue: Catalogue, base: str) -> bytes:
    """The Atom feed (RFC 4287), newest first: one entry a release, whose id is its address, and one for each
    withdrawn dataset."""
    releases = sorted(feed_entries(packages, base), key=itemgetter(0), reverse=True)
    entries = sorted(
        [*withdrawn_entries(packages, base), *releases[:ENTRIES]], key=itemgetter(0), reverse=True
    )
    updated = entries[0][0] if entries else START
    names = catalogue.publisher["name_translated"]
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en">',
        f"  <id>{xml(base)}feed.atom</id>",
        f"  <title>{xml(catalogue.titles.get('en') or next(iter(catalogue.titles.values())))}</title>",
        f"  <updated>{xml(updated)}</updated>",
        f"  <author><name>{xml(names.get('en') or next(iter(names.values())))}</name></author>",
        f'  <link rel="self" type="application/atom+xml" href={attribute(base + "feed.atom")}/>',
        f'  <link rel="alternate" type="text/html" href={attribute(base)}/>',
        *(text for _, text in entries),
        "</feed>",
    ]
    return ("\n".join(lines) + "\n").encode()


def feed_entries(packages: Sequence[Package], base: str) -> Iterator[tuple[str, str]]:
    """Date and text of each release's entry, the newest of each dataset first."""
    for package in packages:
        earlier = (None, *package.history[:-1])
        for before, release in reversed(list(zip(earlier, package.history, strict=True))):
            address = f"{base}{package.name}/{release['version']}"
            updated = release.get("modified") or release.get("created") or START
            page = file_address(base, package.name, f"{release['version']}/{README}")
            descriptor = file_address(base, package.name, f"{release['version']}/{DESCRIPTOR}")
            title = f"{text_in(release, 'title', 'en')} {release['version']}"
            yield (
                updated,
                entry_text(address, title, updated, page, descriptor, describe_change(release, before)),
            )


def withdrawn_entries(packages: Sequence[Package], base: str) -> Iterator[tuple[str, str]]:
    """An entry of its own for each withdrawn dataset: readers look at new ids, not at changed titles."""
    for package in packages:
        if package.withdrawn:
            address = f"{base}{package.name}#withdrawn"
            updated = package.modified or START
            title = f"{text_in(package.content, 'title', 'en')}: withdrawn"
            page, descriptor = (file_address(base, package.name, name) for name in (README, DESCRIPTOR))
            yield updated, entry_text(address, title, updated, page, descriptor, STOPPED)


def entry_text(address: str, title: str, updated: str, page: str, descriptor: str, summary: str) -> str:
    """An entry as the feed has it."""
    return "\n".join(
        (
            "  <entry>",
            f"    <id>{xml(address)}</id>",
            f"    <title>{xml(title)}</title>",
            f"    <updated>{xml(updated)}</updated>",
            f'    <link rel="alternate" type="text/markdown" href={attribute(page)}/>',
            f'    <link rel="related" type="application/json" href={attribute(descriptor)}/>',
            f'    <summary type="text">{xml(summary)}</summary>',
            "  </entry>",
        )
    )


def describe_change(release: Mapping[str, Any], before: Mapping[str, Any] | None) -> str:
    """What a release brings: its own notes where it has some, and the rows of its tables."""
    notes = (release.get("innoregio:versionNotes") or {}).get("en", "")
    old, new = table_rows(before or {"resources": []}), table_rows(release)
    counts = []
    for name, rows in new.items():
        change = f" ({rows - old[name]:+,})" if name in old and rows != old[name] else ""
        counts.append(f"{name}: {rows:,} rows{change}")
    counts += [f"{name}: no longer published" for name in old if name not in new]
    return " ".join(part for part in (notes.strip(), "; ".join(counts)) if part)


def table_rows(package: Mapping[str, Any]) -> dict[str, int]:
    """The rows of a package's tables, code lists and the ledger of revisions left out."""
    return {
        entry["name"]: int(entry.get("innoregio:rows", 0))
        for entry in csv_resources(package).values()
        if not entry["name"].startswith("codes-")
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
