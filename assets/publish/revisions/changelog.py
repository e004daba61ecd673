"""What a release brings, in words and numbers: `innoregio:versionNotes` in three languages, and CHANGELOG.md.

The numbers come from `diff`. The Atom feed and the catalogue read the notes; wording lives here alone.
"""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from assets.descriptor import LANGUAGES
from assets.descriptor.model import STATUS
from assets.publish.release.schema import GEO
from assets.publish.release.version import GONE_BACK, LEDGER
from assets.publish.revisions.diff import (
    Frames,
    Package,
    ReleaseDiff,
    TableDiff,
    count_changes,
    largest_revision,
    newest_period,
)
from assets.publish.revisions.recode import Rename
from assets.publish.revisions.walk import data_tables

CHANGELOG = "CHANGELOG.md"
NOTES = "innoregio:versionNotes"
SHOWN = 3  # renames given by name in a note; the ledger has all

COUNTED: Mapping[str, Mapping[str, tuple[str, str]]] = {  # kind -> language -> one, several
    "added": {
        "fi": ("rivi lisätty", "riviä lisätty"),
        "sv": ("rad tillagd", "rader tillagda"),
        "en": ("row added", "rows added"),
    },
    "revised": {
        "fi": ("arvo tarkistettu", "arvoa tarkistettu"),
        "sv": ("värde reviderat", "värden reviderade"),
        "en": ("value revised", "values revised"),
    },
    "reflagged": {
        "fi": ("merkki muuttunut", "merkkiä muuttunut"),
        "sv": ("symbol ändrad", "symboler ändrade"),
        "en": ("flag changed", "flags changed"),
    },
    "withdrawn": {
        "fi": ("rivi poistettu", "riviä poistettu"),
        "sv": ("rad borttagen", "rader borttagna"),
        "en": ("row withdrawn", "rows withdrawn"),
    },
    "recoded": {
        "fi": ("rivi siirretty toiselle koodille", "riviä siirretty toiselle koodille"),
        "sv": ("rad omkodad", "rader omkodade"),
        "en": ("row recoded", "rows recoded"),
    },
    "changed": {
        "fi": ("rivi muuttunut", "riviä muuttunut"),
        "sv": ("rad ändrad", "rader ändrade"),
        "en": ("row changed", "rows changed"),
    },
    "gone": {
        "fi": ("rivi poistunut", "riviä poistunut"),
        "sv": ("rad borta", "rader borta"),
        "en": ("row gone", "rows gone"),
    },
    "rows": {"fi": ("rivi", "riviä"), "sv": ("rad", "rader"), "en": ("row", "rows")},
}
WORDS: Mapping[str, Mapping[str, str]] = {
    "first": {"fi": "Ensimmäinen julkaisu", "sv": "Första utgåvan", "en": "First release"},
    "largest": {
        "fi": "suurin {old} → {new}: {key}",
        "sv": "största {old} → {new}: {key}",
        "en": "largest {old} → {new}: {key}",
    },
    "newest": {"fi": "uusin jakso {new}", "sv": "nyaste period {new}", "en": "newest period {new}"},
    "newer": {
        "fi": "uusin jakso {new} (oli {old})",
        "sv": "nyaste period {new} (var {old})",
        "en": "newest period {new} (was {old})",
    },
    "renamed": {"fi": "{old} on nyt {new}", "sv": "{old} är nu {new}", "en": "{old} is now {new}"},
    "revised_too": {
        "fi": "{count} näistä sai myös toisen arvon tai merkin",
        "sv": "{count} av dem fick även ett annat värde eller en annan symbol",
        "en": "{count} of them with another value or flag too",
    },
    "more": {"fi": "ja {count} muuta", "sv": "och {count} andra", "en": "and {count} others"},
    "table": {"fi": "uusi taulukko, {rows}", "sv": "ny tabell, {rows}", "en": "new table, {rows}"},
    "dropped": {
        "fi": "ei enää julkaista",
        "sv": "publiceras inte längre",
        "en": "no longer published",
    },
    "columns": {
        "fi": "sarakkeet tai avain toiset",
        "sv": "andra kolumner eller annan nyckel",
        "en": "other columns or another key",
    },
    "texts": {
        "fi": "Rivit ovat ennallaan; kuvaukset, koodiluettelot tai kattavuustiedot muuttuivat.",
        "sv": "Raderna är oförändrade; beskrivningar, kodlistor eller uppgifter om täckning har ändrats.",
        "en": "The rows are as before; descriptions, code lists or coverage changed.",
    },
    "stopped": {
        "fi": "Aineiston päivittäminen on lopetettu.",
        "sv": "Datamängden uppdateras inte längre.",
        "en": "The dataset is withdrawn: it is no longer updated.",
    },
    "resumed": {
        "fi": "Aineistoa päivitetään taas.",
        "sv": "Datamängden uppdateras igen.",
        "en": "The dataset is updated again.",
    },
    "gone_back": {
        "fi": "Aiempaan lähdeaineistoon palattiin tarkoituksella: {reason}.",
        "sv": "Återgången till ett tidigare källmaterial är avsiktlig: {reason}.",
        "en": "An earlier state of the sources was taken on purpose: {reason}.",
    },
    "ours": {
        "fi": "Lähdeaineisto on ennallaan: muutos on meidän.",
        "sv": "Källmaterialet är oförändrat: ändringen är vår.",
        "en": "The sources are as before: the change is ours.",
    },
}
HEADINGS = (("fi", "Suomeksi"), ("sv", "På svenska"))


def first_notes(package: Package, frames: Frames) -> dict[str, str]:
    """The notes of a first release: how many rows, how far they reach."""
    names = list(data_tables(package))
    rows = sum(frames[name].height for name in names)
    newest = max((period for name in names if (period := newest_period(frames[name]))), default=None)
    return {
        la: f"{WORDS['first'][la]}: {count('rows', rows, la)}"
        + (f", {WORDS['newest'][la].format(new=newest)}" if newest else "")
        + "."
        for la in LANGUAGES
    }


def diff_notes(diff: ReleaseDiff, gone_back: str = "") -> dict[str, str]:
    """The notes of a later release, a sentence for each table that is not as before. `gone_back`: why it is
    of an earlier input, if it is.
    """
    return {la: " ".join(release_sentences(diff, la, gone_back)) for la in LANGUAGES}


def release_sentences(diff: ReleaseDiff, language: str, gone_back: str = "") -> Iterator[str]:
    """The sentences on a release."""
    if gone_back:
        yield WORDS["gone_back"][language].format(reason=gone_back)
    if STATUS in diff.texts:
        yield WORDS["stopped" if diff.is_withdrawn else "resumed"][language]
    changed = [table for table in diff.tables if not table.is_empty]
    for table in changed:
        yield f"{table.name}: {', '.join(describe_table_change(table, language))}."
    if not changed and (diff.code_lists or diff.texts != (STATUS,)):
        yield WORDS["texts"][language]
    elif changed and not diff.snapshots:
        yield WORDS["ours"][language]


def describe_table_change(table: TableDiff, language: str) -> Iterator[str]:
    """The parts of the sentence on one table."""
    old, new = table.rows
    if new is None:
        yield WORDS["dropped"][language]
        return
    if old is None:
        yield WORDS["table"][language].format(rows=count("rows", new, language))
    if table.columns:
        yield WORDS["columns"][language]
    for kind, number in count_changes(table).items():
        if number and kind in COUNTED:
            details = list(describe_details(table, kind, language))
            yield count(kind, number, language) + (f" ({'; '.join(details)})" if details else "")
    was, now = table.newest
    if now and was and was != now:
        yield WORDS["newer"][language].format(new=now, old=was)
    elif now:
        yield WORDS["newest"][language].format(new=now)


def describe_details(table: TableDiff, kind: str, language: str) -> Iterator[str]:
    """What stands in brackets: the largest revision, the renamed codes."""
    if kind == "revised" and (largest := largest_revision(table.change)):
        yield WORDS["largest"][language].format(
            old=number_text(largest["old"], language),
            new=number_text(largest["new"], language),
            key=", ".join(str(code) for code in largest["key"].values() if code is not None),
        )
    if kind == "recoded" and table.change:
        pairs = list(dict.fromkeys(renamed(rename) for rename in table.change.renames))
        yield from (WORDS["renamed"][language].format(old=old, new=new) for old, new in pairs[:SHOWN])
        if len(pairs) > SHOWN:
            yield WORDS["more"][language].format(count=number_text(len(pairs) - SHOWN, language))
        if revised := count_changes(table)["recoded_revised"]:
            yield WORDS["revised_too"][language].format(count=number_text(revised, language))


def renamed(rename: Rename) -> tuple[str, str]:
    """Old and new code; of an area that only changed its vintage, the vintages."""
    old, new = rename.old, rename.new
    if rename.fields == GEO:
        if old[1] == new[1]:
            return str(old[0]), str(new[0])
        return f"{old[1]} ({old[0]})", f"{new[1]} ({new[0]})"
    return str(old[0]), str(new[0])


def count(kind: str, number: int, language: str) -> str:
    """`1 row added`, `12,345 rows added`."""
    one, several = COUNTED[kind][language]
    return f"{number_text(number, language)} {one if number == 1 else several}"


def number_text(number: float, language: str) -> str:
    """A number with the language's signs: `12,345.6`, `12 345,6`."""
    text = f"{Decimal(str(number)):,f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    if language == "en":
        return text
    return text.replace(",", "\N{NO-BREAK SPACE}").replace(".", ",")


def write_changelog(package: Package, diff: ReleaseDiff | None, before: str | None, title: str) -> str:
    """CHANGELOG.md of a release, newest release first. `before`: that of the release before."""
    notes: Mapping[str, Any] = package[NOTES]
    lines = [f"## {package['version']}", ""]
    if package.get("created"):
        lines += [f"Data as of {str(package['created'])[:10]}.", ""]
    sentences = (
        list(release_sentences(diff, "en", str(package.get(GONE_BACK, "")))) if diff else [str(notes["en"])]
    )
    lines += [f"- {sentence}" for sentence in sentences]
    for language, heading in HEADINGS:
        lines += ["", f"{heading}: {notes[language]}"]
    head = [
        f"# Changes: {' '.join(title.split())}",
        "",
        "What each release changed in the figures, newest first. The differences row by row stand in "
        f"`{LEDGER}.csv`, which a package has once there is one.",
        "",
    ]
    older = (before or "").partition("\n## ")[2]
    return "\n".join([*head, *lines, ""]) + (f"\n## {older}" if older else "")


def untold_release(package: Package) -> str:
    """The changelog of a release that was published without one."""
    return f"\n## {package['version']}\n\n- Published before changes were written down.\n"
