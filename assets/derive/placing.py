"""Where a row of a register is: municipality and region, how that is known, and how surely.

Deciding by post code, city and NUTS code belongs here; reading names to `place_names`. Nothing is matched by
substring (Kontiolahti is not Lahti), and no row is lost: what has no place stays, as `unplaced`. A place is a
seat: what is done elsewhere than at the seat is for `campuses`.
"""

import re
from typing import NamedTuple

import polars as pl

from assets.derive.conversion_weights import WHOLE, Geography, GeographyError
from assets.derive.place_names import (
    NO_POSTS,
    Names,
    Posts,
    comparable_name,
    find_name,
    gather_names,
    resolve_post_codes,
)

METHODS = ("post code", "city", "inflected", "former municipality", "locality", "spelling", "nuts")
NO_METHODS = ("abroad", "unplaced")
CERTAINTIES = ("sure", "likely", "doubtful")
GIVEN = ("post_code", "city", "geo")
SEVERAL = r"[/,;()]| - "  # what parts several names in one cell
FULL_CODE = re.compile(r"\s*(?:FIN?|SF)?[\s-]*(\d{5})\b", re.IGNORECASE)
SHORT_CODE = re.compile(r"\s*\d{1,4}\s*")  # a post code without its first zeros, or the number of a box


class Place(NamedTuple):
    """A municipality (`KU398`) and its region (`MK07`), or the region only, with method and certainty."""

    municipality: str | None = None
    region: str | None = None
    place_method: str = "unplaced"
    place_certainty: str | None = None


class Gazetteer(NamedTuple):
    """What placing stands on: names, post codes, municipality -> region, NUTS code -> region."""

    names: Names
    posts: Posts
    region_of: dict[str, str]
    region_of_nuts: dict[str, str]


def build_gazetteer(geography: Geography, posts: Posts = NO_POSTS) -> Gazetteer:
    """The gazetteer of Finland from the tables of `regions` and, where there is one, Posti's table
    (`place_names.read_posts`). Municipalities and regions are those of the newest division. A NUTS code whose
    land is in two regions today, such as `FI1C4` with Iitti, stands for none.
    """
    posts = resolve_post_codes(geography, posts)
    year = _newest_year(geography)
    # A contested area still lies in the region: what is doubted is a municipality at its border.
    shares = geography.crosswalk.filter(pl.col("kind").is_in(WHOLE), to_classification=f"maakunta-{year}")
    nuts = shares.filter(pl.col("from_classification").str.starts_with("nuts-"))
    return Gazetteer(
        gather_names(geography, posts),
        posts,
        map_municipalities(geography),
        dict(nuts.select("from_geo", "to_geo").unique().iter_rows()),
    )


def map_municipalities(geography: Geography) -> dict[str, str]:
    """The region that each municipality of the newest division is in: `KU398` in `MK07`."""
    year = _newest_year(geography)
    areas = geography.areas.select("geo_classification", "geo", "parent")
    municipalities = areas.filter(geo_classification=f"kunta-{year}")
    above = areas.filter(geo_classification=f"seutukunta-{year}")
    homes = municipalities.join(above, left_on="parent", right_on="geo").select("geo", "parent_right")
    return dict(homes.iter_rows())


def _newest_year(geography: Geography) -> str:
    return str(geography.areas["geo_classification"].str.extract(r"^kunta-(\d+)$").max())


def place_rows(frame: pl.DataFrame, gazetteer: Gazetteer) -> pl.DataFrame:
    """The frame with `municipality` (`KU398`), `region` (`MK07`), `place_method` and `place_certainty`.

    `frame` has some of `post_code`, `city` and `geo` (a NUTS code, of any version), all String, and may have
    `country`: rows of another than `FI` are `abroad`. In this order:

    1. `post code`, where Posti's table has it (also `FI-00180`); but a box's or an organisation's own code
       does not outweigh the name of another municipality, and a number of fewer than five digits is one with
       its zeros put back only where the name agrees or there is none;
    2. the name as a whole, then each of several in the cell: of a municipality (`city`), in a case of Finnish
       (`inflected`: Lahden kaupunki), of a municipality that was merged since 2013, or earlier and is in
       `schemas/regions/former_municipalities.csv` with a source (`former municipality`),
       of a post office or village (`locality`), of a municipality but for one letter (`spelling`);
    3. `nuts`: the region that the code lies in, without municipality.

    `place_certainty`: `sure` where post code and name agree, or the name is a municipality's; `likely` where
    one of them says it alone or in another form; `doubtful` where it is misspelt or post code and name
    contradict each other; one less where the NUTS code says another region. Rows keep their order. Raises
    `GeographyError` where the frame has none of the three columns.
    """
    given = [name for name in GIVEN if name in frame.columns]
    if not given:
        raise GeographyError(f"nothing to place rows by: none of {', '.join(GIVEN)} is there")
    keys = [*given, *(["country"] if "country" in frame.columns else [])]
    distinct = frame.select(keys).unique()
    places = []
    for row in distinct.iter_rows(named=True):
        abroad = row.get("country", "FI") != "FI"
        post_code, city, nuts = (row.get(name) or "" for name in GIVEN)
        places.append(
            Place(place_method="abroad") if abroad else find_place(post_code, city, nuts, gazetteer)
        )
    schema: dict[str, pl.DataType | type[pl.DataType]] = {
        "municipality": pl.String,
        "region": pl.String,
        "place_method": pl.Enum([*METHODS, *NO_METHODS]),
        "place_certainty": pl.Enum(CERTAINTIES),
    }
    found = distinct.hstack(pl.DataFrame(places, schema=schema, orient="row"))
    return frame.join(found, on=keys, how="left", nulls_equal=True, maintain_order="left")


def find_place(post_code: str, city: str, nuts: str, gazetteer: Gazetteer) -> Place:
    """The place that one row's post code, city and NUTS code mean; empty where it has none."""
    posts, region_of = gazetteer.posts, gazetteer.region_of
    by_nuts = gazetteer.region_of_nuts.get(nuts)
    method, named = _read_name(city, gazetteer.names)
    code, is_short = _read_code(post_code, city, posts, named)
    by_code = posts.municipality.get(code)
    if len(named) > 1:  # several places have the name: the post code or the region decides
        named = {town for town in named if town == by_code} or {
            town for town in named if region_of[town] == by_nuts
        }
    own = next(iter(named)) if len(named) == 1 else None
    other_box = bool(own and by_code and own != by_code and posts.is_box[code])
    if by_code and not other_box:
        found, how = by_code, "post code"
        if own is None:
            certainty = 2 if is_short else 1
        else:
            certainty = 2 if own != by_code else 1 if method == "spelling" else 0
    elif own:
        found, how = own, method
        certainty = max({"city": 0, "spelling": 2}.get(method, 1), int(other_box))
    elif by_nuts:
        return Place(None, by_nuts, "nuts", "likely")
    else:
        return Place()
    region = region_of[found]
    doubt = by_nuts is not None and by_nuts != region
    return Place(found, region, how, CERTAINTIES[min(certainty + doubt, 2)])


def _read_code(post_code: str, city: str, posts: Posts, named: set[str]) -> tuple[str, bool]:
    """The post code that Posti's table has (else empty), and whether its zeros were put back."""
    for text in (post_code, city):
        if (full := FULL_CODE.match(text)) and full[1] in posts.municipality:
            return full[1], False
    short = post_code.strip().zfill(5) if SHORT_CODE.fullmatch(post_code) else ""
    home = posts.municipality.get(short)
    return (short, True) if home and (not named or home in named) else ("", False)


def _read_name(city: str, names: Names) -> tuple[str, set[str]]:
    """What a cell's name may mean, and by which kind of name: the whole of it, else its parts, else its
    words. Single words are read as names of municipalities only: too many are also those of a village."""
    parts = [comparable_name(part) for part in re.split(SEVERAL, city)]
    words = [word for part in parts for word in part.split()]
    for texts, every in (([comparable_name(city)], True), (parts, True), (words, False)):
        meant = [found for text in texts if (found := find_name(text, names, every))]
        if meant:
            last = max((method for method, _ in meant), key=METHODS.index)
            return last, {code for _, codes in meant for code in codes}
    return "", set()
