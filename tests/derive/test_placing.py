"""Placing of register rows: against labels made before the code, every known trap, and no substring ever.

`placing_labels.csv` has every Finnish row's post code, city and NUTS code in the recorded CORDIS files, the
municipality, and the evidence for it.
"""

import csv
import json
import string
from collections import Counter
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.derive.conversion_weights import Geography, GeographyError
from assets.derive.place_names import Posts, comparable_name, inflect, is_misspelt, read_posts
from assets.derive.placing import Gazetteer, Place, build_gazetteer, find_place, place_rows
from assets.normalise.regions.lists import read_region_list

LABELS = Path(__file__).with_name("placing_labels.csv")
RECORDED = (  # file, separator, columns of post code, city and NUTS code, Finnish rows
    ("horizon-fi-2025-12/organization.csv", ";", ("postCode", "city", "nutsCode"), 2845),
    ("fp7/fp7org_sod16.FI.csv", ";", ("postCode", "city", "REGION_Level_NUTS_3"), 528),
    ("h2020-2023-06/h2020_organizations_out_formatted_latest.csv", ",", ("postCode", "city", "nutsCode"), 68),
    ("horizon-head100-2025-06/organization_df_100.csv", ",", ("postCode", "city", "nutsCode"), 1),
)
EASY = "post code and name of the municipality"


@pytest.fixture(scope="module")
def posts(shared: Path) -> Posts:
    return read_posts(shared / "upstream/postal")


@pytest.fixture(scope="module")
def names_only(geography: Geography) -> Gazetteer:
    return build_gazetteer(geography)


@pytest.fixture(scope="module")
def gazetteer(geography: Geography, posts: Posts) -> Gazetteer:
    return build_gazetteer(geography, posts)


@pytest.fixture(scope="module")
def labelled(shared: Path) -> pl.DataFrame:
    """Every Finnish row with its label; `label` is null where one is missing."""
    rows = []
    for path, separator, columns, count in RECORDED:
        with (shared / "upstream/cordis" / path).open(encoding="utf-8-sig", newline="") as lines:
            finnish = [r for r in csv.DictReader(lines, delimiter=separator) if r["country"] == "FI"]
        assert len(finnish) == count
        rows += [tuple(row[column].strip() for column in columns) for row in finnish]
    frame = pl.DataFrame(rows, schema=["post_code", "city", "geo"], orient="row")
    plain = pl.when(pl.col("city").str.contains(r"\p{L}")).then("city").otherwise(pl.lit(""))
    key = ["post_code", "city", "geo"]
    with LABELS.open(encoding="utf-8", newline="") as lines:
        labels = pl.DataFrame(list(csv.DictReader(lines)))
    return frame.with_columns(plain.alias("city")).join(
        labels.rename({"municipality": "label"}), on=key, how="left", maintain_order="left"
    )


def judge(placed: pl.DataFrame) -> tuple[float, float]:
    """Precision and recall of the municipalities."""
    right = (placed["municipality"] == placed["label"]).sum()
    return right / placed["municipality"].count(), right / placed.height


def test_all_finnish_rows_of_cordis(labelled: pl.DataFrame, gazetteer: Gazetteer) -> None:
    assert labelled.height == 3442
    assert labelled["label"].null_count() == 0
    placed = place_rows(labelled, gazetteer)
    assert placed.select(labelled.columns).equals(labelled)
    precision, recall = judge(placed)
    assert precision >= 0.998 and recall >= 0.998  # 0.9988 and 0.9985; the goals are 0.995 and 0.97
    hard = placed.filter(pl.col("evidence") != EASY)
    precision, recall = judge(hard)
    assert hard.height == 882
    assert precision >= 0.995 and recall >= 0.99
    wrong = placed.filter(pl.col("municipality") != pl.col("label"))
    assert Counter(wrong["city"].str.to_lowercase()) == {"vierema": 3, "espoo": 1}
    assert set(wrong["place_certainty"]) == {"doubtful"}  # never surely wrong
    assert placed.filter(place_method="unplaced")["city"].to_list() == [""]


def test_without_the_post_codes(labelled: pl.DataFrame, names_only: Gazetteer) -> None:
    """What comes of the bundle alone: no row wrongly in or out of Päijät-Häme but those that only a post code
    tells."""
    placed = place_rows(labelled, names_only)
    precision, recall = judge(placed)
    assert precision >= 0.995 and recall >= 0.97  # 0.9994 and 0.9782
    assert set(placed.filter(pl.col("municipality").is_null())["place_method"]) == {"nuts", "unplaced"}


def test_the_region_is_right_too(labelled: pl.DataFrame, gazetteer: Gazetteer) -> None:
    placed = place_rows(labelled, gazetteer)
    ours = placed.filter(pl.col("label").replace_strict(gazetteer.region_of) == "MK07")
    assert ours.height == 30
    assert ours["region"].to_list() == ["MK07"] * ours.height
    assert placed.filter(region="MK07").height == ours.height


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (("47400", "Kausala", "FI1C6"), ("KU142", "MK07", "post code", "sure")),
        (("", "Kausala", ""), ("KU142", "MK07", "locality", "likely")),
        (("17130", "Vesivehmaa", ""), ("KU016", "MK07", "post code", "sure")),
        (("", "VAAKSY", ""), ("KU016", "MK07", "locality", "likely")),
        (("", "Vierumäki", ""), ("KU111", "MK07", "locality", "likely")),
        (("", "Nastola", ""), ("KU398", "MK07", "former municipality", "likely")),
        (("", "Hämeenkoski", ""), ("KU098", "MK07", "former municipality", "likely")),
        (("", "VAMMALA", ""), ("KU790", "MK06", "former municipality", "likely")),
        (("", "Artjärvi", ""), ("KU560", "MK07", "locality", "likely")),
        (("", "LHATI", ""), ("KU398", "MK07", "spelling", "doubtful")),
        (("", "Lahti", ""), ("KU398", "MK07", "city", "sure")),
        (("", "Lahtis", ""), ("KU398", "MK07", "city", "sure")),
        (("", "Lahden kaupunki", ""), ("KU398", "MK07", "inflected", "likely")),
        (("", "Lahdessa", ""), ("KU398", "MK07", "inflected", "likely")),
        (("", "lahdesta", ""), ("KU398", "MK07", "inflected", "likely")),
        (("", "Lahteen", ""), ("KU398", "MK07", "inflected", "likely")),
        (("", "TURKU / ABO", ""), ("KU853", "MK02", "city", "sure")),
        (("", "JYVÃ„SKYLÃ„", ""), ("KU179", "MK13", "city", "sure")),
        (("", "JYVAESKYLAE", ""), ("KU179", "MK13", "city", "sure")),
        (("FI-00180", "", ""), ("KU091", "MK01", "post code", "likely")),
        (("00101", "00160 HELSINKI", "FI1DA"), ("KU091", "MK01", "post code", "likely")),
        # the number of a box is no post code without its zeros; a box is where the post is, not the office
        (("107", "TAMPERE", ""), ("KU837", "MK06", "city", "sure")),
        (("2150", "Espoo", ""), ("KU049", "MK01", "post code", "sure")),
        (("33101", "ESPOO", "FI1B1"), ("KU049", "MK01", "city", "likely")),
        (("PL 13", "Helsinki", ""), ("KU091", "MK01", "city", "sure")),
        (("00180", "Vantaa", "FI1B1"), ("KU091", "MK01", "post code", "doubtful")),
        # the post codes' own table has Iitti in the old FI1C3, which it was not in
        (("47400", "", "FI1C4"), ("KU142", "MK07", "post code", "likely")),
        (("", "Keskustassa", "FI1C3"), (None, "MK07", "nuts", "likely")),
        (("", "", "FI1C4"), (None, None, "unplaced", None)),  # Kymenlaakso or Päijät-Häme: Iitti
        (("", "", "FI1C"), (None, None, "unplaced", None)),
        (("", "+358 40 123", "FI"), (None, None, "unplaced", None)),
        (("", "Helsinki, Espoo", ""), (None, None, "unplaced", None)),
        (("02150", "Helsinki, Espoo", ""), ("KU049", "MK01", "post code", "sure")),
        # seats, not campuses
        (("53850", "Lappeenranta", "FI1C5"), ("KU405", "MK09", "post code", "sure")),
        (("00014", "HELSINGIN YLIOPISTO", "FI"), ("KU091", "MK01", "post code", "sure")),
    ],
)  # fmt: skip
def test_known_places(gazetteer: Gazetteer, given: tuple[str, str, str], expected: Place) -> None:
    assert find_place(*given, gazetteer) == expected


@pytest.mark.parametrize(
    ("city", "municipality"),
    [("Kontiolahti", "KU276"), ("Lapinlahti", "KU402"), ("Vesilahti", "KU922"), ("Savilahti", None),
     ("Pitkälahti", None), ("Persianlahti", None), ("Lahtinen Oy", None), ("Salahti", None),
     ("Hollolantie", None), ("Kauppakatu", None)],
)  # fmt: skip
def test_never_by_substring(names_only: Gazetteer, city: str, municipality: str | None) -> None:
    assert find_place("", city, "", names_only).municipality == municipality


@settings(max_examples=50, deadline=None)
@given(st.data())
def test_a_name_within_a_word_is_no_name(names_only: Gazetteer, data: st.DataObject) -> None:
    known = names_only.names
    name = data.draw(st.sampled_from(sorted(known.municipality)))
    letters = st.text(string.ascii_lowercase, min_size=2, max_size=6)
    word = data.draw(letters) + name + data.draw(st.just("") | letters)
    listed = known.municipality | known.inflected | known.former | known.locality
    expected = listed.get(word, set())
    if not any(is_misspelt(word, other) for other in known.municipality) and " " not in word:
        assert {find_place("", word, "", names_only).municipality} - {None} <= expected


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=12), st.text(max_size=20), st.text(max_size=6))
def test_any_text_is_placed_or_not(gazetteer: Gazetteer, code: str, city: str, nuts: str) -> None:
    found = find_place(code, city, nuts, gazetteer)
    assert (found.region is None) == (found.place_certainty is None) == (found.place_method == "unplaced")


def test_rows_keep_order_and_columns(gazetteer: Gazetteer) -> None:
    frame = pl.DataFrame(
        {"country": ["FI", "SE", "FI"], "city": ["Lahti", "Lahti", None], "amount": [1.5, None, 2.5]}
    )
    placed = place_rows(frame, gazetteer)
    assert placed.select(frame.columns).equals(frame)
    assert placed["place_method"].to_list() == ["city", "abroad", "unplaced"]
    assert placed["municipality"].to_list() == ["KU398", None, None]
    assert place_rows(frame.clear(), gazetteer).is_empty()
    with pytest.raises(GeographyError, match="nothing to place rows by"):
        place_rows(frame.select("amount"), gazetteer)


@pytest.mark.parametrize(
    ("name", "genitive"),
    [("Lahti", "lahden"), ("Hollola", "hollolan"), ("Iitti", "iitin"), ("Heinola", "heinolan"),
     ("Padasjoki", "padasjoen"), ("Kärkölä", "karkolan"), ("Sysmä", "sysman"), ("Helsinki", "helsingin"),
     ("Turku", "turun"), ("Tampere", "tampereen"), ("Espoo", "espoon"), ("Uusikaupunki", "uudenkaupungin"),
     ("Ikaalinen", "ikaalisten"), ("Loppi", "lopen"), ("Virrat", "virtain"), ("Kannus", "kannuksen"),
     ("Varkaus", "varkauden"), ("Hanko", "hangon"), ("Vesanto", "vesannon"), ("Kuortane", "kuortaneen"),
     ("Raahe", "raahen"), ("Outokumpu", "outokummun"), ("Mänttä-Vilppula", "mantta vilppulan"),
     ("Seinäjoki", "seinajoen"), ("Liminka", "limingan"), ("Puolanka", "puolangan")],
)  # fmt: skip
def test_genitives(name: str, genitive: str) -> None:
    assert genitive in inflect(name)


def test_no_inflected_form_stands_for_two_municipalities_but_twins(names_only: Gazetteer) -> None:
    twins = {form: codes for form, codes in names_only.names.inflected.items() if len(codes) > 1}
    assert len(twins) < 12


def test_villages_are_where_posti_has_them(shared: Path) -> None:
    with (shared / "upstream/postal/postcodes.json").open(encoding="utf-8") as lines:
        known = {post["postcode"]: post for post in json.load(lines)}
    for name, municipality, source in read_region_list("villages").iter_rows():
        code, written = source.split(" has ")[1].removesuffix(" there").split(" ", 1)
        assert (
            comparable_name(written)
            == comparable_name(name)
            == comparable_name(known[code]["postcode_fi_name"])
        )
        assert f"KU{known[code]['municipal_code']}" == municipality


def test_the_list_of_former_municipalities_is_of_those_that_no_key_has(geography: Geography) -> None:
    """A merger since 2013 comes from the keys; each name goes to a municipality of today, with a source."""
    listed = read_region_list("former_municipalities")
    keys = geography.areas.filter(pl.col("geo_classification").str.starts_with("kunta-"))
    assert not set(listed["name"]) & {*keys["name_fi"], *keys["name_sv"]}
    assert set(listed["municipality"]) <= set(keys.filter(geo_classification="kunta-2026")["geo"])
    assert set(listed["year"]) <= {str(year) for year in range(1900, 2014)}
    assert listed["source"].str.contains("read 20").all()


def test_post_codes_of_another_shape_are_refused(tmp_path: Path) -> None:
    with pytest.raises(GeographyError, match=r"postcodes\.json: Posti's post codes cannot be read"):
        read_posts(tmp_path)
    for text in ("{}x", '[{"postcode": "1"}]', '{"a": 1}', "[1]"):
        (tmp_path / "postcodes.json").write_text(text, "utf-8")
        with pytest.raises(GeographyError, match="no table of Posti's post codes as JSON"):
            read_posts(tmp_path)


def test_a_municipality_that_is_gone_is_its_heir(geography: Geography) -> None:
    posts = Posts({"15550": "KU532", "99999": "KU000"}, {"15550": False, "99999": False}, [("X", "KU532")])
    old = build_gazetteer(geography, posts)
    assert find_place("15550", "", "", old)[:2] == ("KU398", "MK07")
    assert find_place("99999", "", "", old) == Place()
