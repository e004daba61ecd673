"""A first folder of the operator's own (`overlay`): the catalogue that it begins with.

What is asked on a terminal belongs to `orchestration`; what the folder may hold later is in
`docs/configuration.md`.
"""

import json
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from assets.authoring.bundled_areas import read_bundled_areas
from assets.descriptor import LANGUAGES, load_catalogue
from assets.errors import SettingError
from assets.files import replace_if_new
from assets.overlay import packaged_schemas

PUBLISHER_TYPES = (
    "RegionalAuthority",
    "LocalAuthority",
    "NationalAuthority",
    "Academia-ScientificOrganisation",
    "NonGovernmentalOrganisation",
    "NonProfitOrganisation",
)  # as `schemas/profile.json` lists them, likelier ones first
FOLDERS = ("datasets", "codelists", "site")
COPIES = ("profile.json", "datapackage-v2.json")  # for editors that check YAML as it is typed
MAIL = re.compile(r"[^@\s]+@[^@\s]+")

_CATALOGUE = """\
# Your catalogue. What this file leaves out (title_translated, description_translated, licence of the
# metadata, languages, datasets) is as innoregio ships it; docs/configuration.md says what can stand here.
publisher:
  name_translated: {names}
  type: {kind}{homepage}
contact:
  name_translated: {names}
  {contact}
base_url: {base_url}
focus: {focus}   # {region}
"""
_README = """\
# Settings of innoregio

This folder is laid over the `schemas/` that innoregio ships, where `INNOREGIO_CONFIG` or `--config` names it.

| file | what it does |
|---|---|
| `catalogue.yaml` | publisher, contact, address, focus region, datasets; what it leaves out is as shipped |
| `datasets/NAME.yaml` | a dataset of your own, or in place of the shipped one of that name |
| `codelists/NAME.csv` | a code list of your own, or in place of the shipped one of that name |
| `fields.yaml` | shared fields of your own, or other texts of shipped ones |
| `regions/NAME.csv` | a list of areas in place of the shipped one of that name |
| `providers.yaml` | providers of your own, or in place of shipped ones |
| `site/words.yaml` | single words of the pages in place of shipped ones |
| `site/figures.yaml`, `site/tiles.yaml` | in place of the shipped ones |
| `profile.json`, `datapackage-v2.json` | copies, for your editor only |
"""


@dataclass(frozen=True)
class FirstCatalogue:
    """What a catalogue needs. `names`: of the publisher, by language; `contact`: an e-mail address or the
    address of a page; `focus`: a NUTS code or the name of a region."""

    names: dict[str, str]
    kind: str
    contact: str
    base_url: str
    focus: str
    homepage: str | None = None


def write_config(folder: Path, first: FirstCatalogue) -> str:
    """Writes a folder with `first` as its catalogue; the name of the focus region.

    Raises `SettingError` for an answer that cannot be used, and for a folder that has a catalogue already;
    nothing is written then. Files that are there are left alone.
    """
    catalogue = folder / "catalogue.yaml"
    if catalogue.exists():
        raise SettingError(f"{catalogue} is there already; edit it, or give another folder")
    code, region = find_region(first.focus)
    text = format_catalogue(first, code, region)
    for name in FOLDERS:
        (folder / name).mkdir(parents=True, exist_ok=True)
    for name in COPIES:
        shutil.copyfile(packaged_schemas() / name, folder / name)
    if not (folder / "README.md").exists():
        replace_if_new(folder / "README.md", _README.encode())
    replace_if_new(catalogue, text.encode())
    load_catalogue(folder)
    return region


def format_catalogue(first: FirstCatalogue, code: str, region: str) -> str:
    """The text of `catalogue.yaml`. Raises `SettingError` for an answer that cannot be used."""
    if first.kind not in PUBLISHER_TYPES:
        raise SettingError(
            f"{first.kind!r} is no type of publisher; take one of {', '.join(PUBLISHER_TYPES)}"
        )
    check_web(first.base_url)
    check_contact(first.contact)
    if first.homepage is not None:
        check_web(first.homepage)
    names = ", ".join(f"{language}: {quoted(first.names[language])}" for language in LANGUAGES)
    return _CATALOGUE.format(
        names=f"{{{names}}}",
        kind=first.kind,
        homepage=f"\n  homepage: {quoted(first.homepage)}" if first.homepage else "",
        contact=f"{'path' if is_web(first.contact) else 'email'}: {quoted(first.contact)}",
        base_url=quoted(first.base_url.rstrip("/") + "/"),
        focus=quoted(code),
        region=region,
    )


def find_region(text: str) -> tuple[str, str]:
    """Code and native name of the region of the newest NUTS list that `text` is the code or a name of.

    Raises `SettingError` where there is none, or where several have the name.
    """
    is_region = pl.col("geo_classification").str.starts_with("nuts-") & (pl.col("level") > 0)
    listed = read_bundled_areas().filter(is_region)
    newest = listed.filter(pl.col("geo_classification") == pl.col("geo_classification").max())
    names = ("name_native", *(f"name_{language}" for language in LANGUAGES))
    wanted = text.strip().casefold()
    by_name = pl.any_horizontal(pl.col(name).str.to_lowercase() == wanted for name in names)
    found = newest.filter(pl.col("geo").str.to_lowercase() == wanted)
    if found.is_empty():
        found = newest.filter(by_name).sort("level")
    if len(found) > 1:
        codes = ", ".join(found["geo"])
        raise SettingError(f"several regions are called {text!r}: {codes}; give one of these codes")
    if found.is_empty():
        older = listed.filter(pl.col("geo").str.to_lowercase() == wanted)
        then = f"; it was one in {max(older['geo_classification'])}" if len(older) else ""
        raise SettingError(f"{text!r} is no region of the newest NUTS list{then}; give a code like FI1C6")
    return str(found["geo"][0]), str(found["name_native"][0])


def check_web(address: str) -> str:
    """The address. Raises `SettingError` where it is none of the web."""
    if not is_web(address):
        raise SettingError(
            f"{address!r} cannot be an address of the web; give one like https://data.example.org/"
        )
    return address


def check_contact(address: str) -> str:
    """The contact. Raises `SettingError` where it is neither an e-mail address nor that of a page."""
    if not MAIL.fullmatch(address) and not is_web(address):
        raise SettingError(f"{address!r} is no contact; give an e-mail address or the address of a page")
    return address


def is_web(address: str) -> bool:
    """Whether a text is an address of the web."""
    return re.fullmatch(r"https?://[^\s/]+(/\S*)?", address) is not None


def quoted(text: str) -> str:
    """A text as YAML takes it whatever is in it."""
    return json.dumps(text, ensure_ascii=False)
