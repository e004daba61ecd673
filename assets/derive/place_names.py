"""Names of places in Finland and what they stand for: municipalities, their old names, post offices, and the
forms that a name takes in a text.

Reading names and making them comparable belongs here. Which name a row means, and how surely, belongs to
`placing`. Posti's table of post codes is not bundled (its licence is not confirmed): whoever has it gives its
file.
"""

import json
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import polars as pl

from assets.derive.conversion_weights import Geography, GeographyError
from assets.normalise.regions.lists import read_region_list

POSTS_FILE = "postcodes.json"
NO_PLACE_TYPES = ("5", "6", "7")  # reply services, parcel machines, pick-up points: no place of anyone's
BOX_TYPES = ("2", "3")  # boxes, and codes of one organisation: the office may be in another municipality
STEMS = (  # how a name that ends so is inflected: the end of its genitive without n; letters without dots
    ("uusikaupunki", "uudenkaupungi"), ("uusikaarlepyy", "uudenkaarlepyy"), ("punkalaidun", "punkalaitume"),
    ("outokumpu", "outokummu"), ("alavus", "alavude"), ("varkaus", "varkaude"), ("virrat", "virtai"),
    ("pudas", "putaa"), ("loppi", "lope"), ("turku", "turu"), ("luoto", "luodo"), ("lieto", "liedo"),
    ("vihti", "vihdi"), ("iitti", "iiti"), ("lahti", "lahde"), ("vesi", "vede"), ("joki", "joe"),
    ("jarvi", "jarve"), ("niemi", "nieme"), ("maki", "mae"), ("koski", "koske"), ("salmi", "salme"),
    ("saari", "saare"), ("lampi", "lamme"), ("nummi", "numme"), ("inen", "ise"), ("anta", "anna"),
    ("anto", "anno"), ("irta", "irra"), ("alta", "alla"), ("nka", "nga"), ("nko", "ngo"), ("nki", "ngi"),
    ("kka", "ka"), ("kku", "ku"), ("us", "ukse"), ("os", "okse"), ("es", "ekse"), ("ele", "elee"),
    ("ale", "alee"), ("ane", "anee"), ("ere", "eree"),
)  # fmt: skip
VOWELS = "aeiouy"
SHORTEST = 5  # letters of a name that may be misspelt
CASES = ("n", "ssa", "sta", "lla", "lta", "lle", "ksi", "na")


class Names(NamedTuple):
    """What a name may stand for: kind of name -> comparable name -> codes of municipalities (`KU398`)."""

    municipality: dict[str, set[str]]
    inflected: dict[str, set[str]]
    former: dict[str, set[str]]
    locality: dict[str, set[str]]


class Posts(NamedTuple):
    """Posti's table: post code -> municipality, whether it is a box, names of post offices."""

    municipality: dict[str, str]
    is_box: dict[str, bool]
    names: list[tuple[str, str]]


NO_POSTS = Posts({}, {}, [])


def read_posts(path: Path | str) -> Posts:
    """Posti's post codes from its file as JSON, or from the folder that holds it as `postcodes.json`.

    Raises `GeographyError` where it is not there, or no list with `postcode`, `postcode_fi_name`,
    `postcode_sv_name`, `type_code`, `municipal_code`.
    """
    file = Path(path) / POSTS_FILE if Path(path).is_dir() else Path(path)
    try:
        rows = [row for row in json.loads(file.read_text("utf-8")) if row["type_code"] not in NO_PLACE_TYPES]
        home = {str(row["postcode"]): f"KU{row['municipal_code']}" for row in rows}
        boxes = {str(row["postcode"]): row["type_code"] in BOX_TYPES for row in rows}
        names = [
            (row[f"postcode_{language}_name"], home[row["postcode"]])
            for row in rows
            for language in ("fi", "sv")
        ]
    except (OSError, UnicodeDecodeError) as error:
        raise GeographyError(f"{file}: Posti's post codes cannot be read: {error}") from error
    except (ValueError, KeyError, TypeError) as error:
        raise GeographyError(f"{file}: no table of Posti's post codes as JSON ({error!r})") from error
    return Posts(home, boxes, names)


def gather_names(geography: Geography, posts: Posts) -> Names:
    """The names of today's municipalities (Finnish and Swedish), their inflected forms, those of
    municipalities of earlier keys and of the list of those that ended before, of post offices and of
    the project's list of villages."""
    years = geography.areas.filter(pl.col("geo_classification").str.starts_with("kunta-"))
    newest = years["geo_classification"].max()
    key = {"left_on": ["geo_classification", "geo"], "right_on": ["from_classification", "from_geo"]}
    earlier = years.join(_to_newest(geography), **key)  # type: ignore[arg-type]
    columns = ["name_fi", "name_sv"]
    today = years.filter(pl.col("geo_classification") == newest).unpivot(columns, index="geo")
    old = earlier.unpivot(columns, index="to_geo")
    municipality = _by_name(today.select("value", "geo").drop_nulls().iter_rows())
    before = read_region_list("former_municipalities").select("name", "municipality").iter_rows()
    former = _by_name([*old.select("value", "to_geo").drop_nulls().iter_rows(), *before])
    villages = read_region_list("villages").select("name", "municipality").iter_rows()
    finnish = today.filter(pl.col("variable") == "name_fi").select("value", "geo").iter_rows()
    forms = [(form, code) for name, code in finnish for form in inflect(name)]
    swedish = today.filter(pl.col("variable") == "name_sv").select("value", "geo").iter_rows()
    forms += [(f"{name}s", code) for name, code in swedish if not name.endswith("s")]
    return Names(
        municipality,
        {name: codes for name, codes in _by_name(forms).items() if name not in municipality},
        {name: codes for name, codes in former.items() if name not in municipality},
        {n: codes for n, codes in _by_name([*posts.names, *villages]).items() if n not in municipality},
    )


def resolve_post_codes(geography: Geography, posts: Posts) -> Posts:
    """Posti's table in the municipalities of the newest division; codes of none are left out."""
    today = dict(_to_newest(geography).select("from_geo", "to_geo").iter_rows())
    today |= {code: code for code in today.values()}
    home = {post: today[code] for post, code in posts.municipality.items() if code in today}
    return Posts(home, posts.is_box, [(name, today[code]) for name, code in posts.names if code in today])


def _to_newest(geography: Geography) -> pl.DataFrame:
    """The crosswalk's rows from municipalities of earlier years to the newest."""
    own = geography.crosswalk.filter(pl.col("to_classification").str.starts_with("kunta-"), pl.col("exact"))
    return own.filter(pl.col("to_classification") == pl.col("to_classification").max())


@lru_cache(maxsize=1 << 16)  # a name stands in many years' keys
def comparable_name(name: str) -> str:
    """A name in small letters without dots and rings, words parted by one blank; its wrong letters put right
    (`JYVÃ„SKYLÃ„` is Jyväskylä, read as another encoding)."""
    for _ in range(2):  # some went through it twice
        try:
            name = name.encode("cp1252").decode("utf-8")
        except (UnicodeEncodeError, UnicodeDecodeError):
            break
    plain = unicodedata.normalize("NFKD", name.casefold().replace("ø", "o"))
    letters = "".join(c for c in plain if not unicodedata.combining(c))
    return " ".join(re.findall(r"[^\W\d_]+", letters.replace("'", "").replace("’", "")))


def find_name(text: str, names: Names, every: bool = True) -> tuple[str, set[str]] | None:
    """The municipalities that a comparable text may mean, and the kind of name that it is: `city`,
    `inflected`, `former municipality`; if `every` also `locality`, and `spelling` (`is_misspelt`, of the name
    of one municipality only)."""
    kinds = {"city": names.municipality, "inflected": names.inflected, "former municipality": names.former}
    if every:
        kinds["locality"] = names.locality
    for written in (text, text.replace("ae", "a").replace("oe", "o")):  # JYVAESKYLAE
        for kind, known in kinds.items():
            if written in known:
                return kind, known[written]
    near = [codes for name, codes in names.municipality.items() if every and is_misspelt(text, name)]
    codes = {code for found in near for code in found}
    return ("spelling", codes) if len(codes) == 1 else None


def is_misspelt(text: str, name: str) -> bool:
    """Whether the text is the name but for one letter more, fewer, other, or exchanged with the next; not the
    first, and not in short names, which are too alike."""
    if min(len(text), len(name)) < SHORTEST or text[0] != name[0] or abs(len(text) - len(name)) > 1:
        return False
    same = next((n for n, (a, b) in enumerate(zip(text, name, strict=False)) if a != b), len(text))
    one, other = text[same:], name[same:]
    exchanged = len(one) > 1 and one[1::-1] == other[:2] and one[2:] == other[2:]
    return exchanged or one[1:] == other[1:] or one[1:] == other or one == other[1:]


def inflect(name: str) -> set[str]:
    """The forms of a Finnish place name that texts have: Lahti is also Lahden, Lahdessa, Lahteen."""
    word = comparable_name(name)
    stem = next((word[: -len(end)] + to for end, to in STEMS if word.endswith(end)), word)
    stems = {stem, f"{stem}i"} if stem[-1] not in VOWELS else {stem}
    if word.endswith("inen"):  # many of them are plurals: Ikaalisten, Ikaalisissa
        stems |= {word[:-3] + "si", word[:-3] + "ste"}
    into = {f"{word}{word[-1]}n", f"{word}seen", word[:-1] + f"{stem[-1]}{stem[-1]}n"}
    return {stem + case for stem in stems for case in CASES} | into


def _by_name(pairs: Iterable[tuple[str, str]]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for name, code in pairs:
        if key := comparable_name(name):
            found[key].add(code)
    return dict(found)
