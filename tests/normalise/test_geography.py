"""Which classification an area code belongs to: the rule in its order, on made lists, recorded files and in
general."""

import gzip
import re
from collections import Counter
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.errors import MappingError
from assets.normalise.geography import place_codes, tag_areas, tag_geo


def place(areas: pl.LazyFrame, declared: str, *codes: str) -> dict[str, str | None]:
    placed = place_codes(pl.Series(codes, dtype=pl.String), areas, declared)
    return dict(placed.select("geo", "geo_classification").iter_rows())


@pytest.mark.parametrize(
    ("code", "classification"),
    [
        ("FI", "country"), ("EL", "country"), ("UK", "country"), ("XK", "country"),
        ("EU27_2020", "aggregate"), ("EU28", "aggregate"), ("EU15", "aggregate"), ("EA19", "aggregate"),
        ("EA", "aggregate"), ("EU", "aggregate"),  # two letters, and no country
        ("FIZ", "extra-regio"), ("FIZZ", "extra-regio"), ("FIZZZ", "extra-regio"), ("CZZ", "extra-regio"),
        ("FIX", "not-regionalised"), ("FIXX", "not-regionalised"), ("FIXXX", "not-regionalised"),
        ("EE001", "nuts-2021"),  # begins with E, and is no aggregate
        ("FI1C3", "nuts-2021"), ("FI1", "nuts-2021"),
        ("FI1D4", "nuts-2013"),  # Kainuu before 2016: the newest earlier list that has it
        ("FI182", "nuts-2006"), ("FI185", "nuts-2006"), ("GR1", "nuts-2006"), ("FI191", "nuts-2003"),
        ("FI1C6", "nuts-2024"),  # only a later list has it
        ("SK021", "nuts-2021"),  # Slovakia: with NUTS declared it is no sub-regional unit of Finland
        ("UKN16", "nuts-2016"),
    ],
)  # fmt: skip
def test_codes_where_nuts_2021_is_declared(areas: pl.LazyFrame, code: str, classification: str) -> None:
    assert place(areas, "nuts-2021", code) == {code: classification}


@pytest.mark.parametrize(
    ("code", "classification"),
    [
        ("MK07", "maakunta-2025"), ("SK071", "seutukunta-2025"), ("KU398", "kunta-2025"),
        ("SA2", "suuralue-2025"), ("HVA09", "hyvinvointialue-2025"), ("FI", "country"),
        ("SK021", "seutukunta-2025"),  # in Finland: with a Finnish division declared it is not in Slovakia
        ("KU532", "kunta-2015"),  # Nastola, merged into Lahti in 2016
        ("SK151", "seutukunta-2020"),
        ("FI1C3", None), ("MK99", None), ("MK", "country"), ("SSS", None),
    ],
)  # fmt: skip
def test_codes_where_a_finnish_division_is_declared(
    areas: pl.LazyFrame, code: str, classification: str | None
) -> None:
    assert place(areas, "maakunta-2025", code) == {code: classification}


def test_the_declared_year_comes_first_then_earlier_then_later(areas: pl.LazyFrame) -> None:
    for declared, expected in [
        ("nuts-2003", "nuts-2010"), ("nuts-2010", "nuts-2010"), ("nuts-2013", "nuts-2013"),
        ("nuts-2024", "nuts-2021"),
    ]:  # fmt: skip
        assert place(areas, declared, "FI1C3") == {"FI1C3": expected}
    assert place(areas, "kunta-2013", "KU398", "KU532") == {"KU398": "kunta-2013", "KU532": "kunta-2013"}
    assert place(areas, "maakunta-2019", "HVA09") == {"HVA09": "hyvinvointialue-2022"}


def geo_frame(*codes: str | None, dtype: pl.DataType | type[pl.DataType] = pl.String) -> pl.LazyFrame:
    return pl.LazyFrame({"geo": pl.Series(codes, dtype=pl.String).cast(dtype), "n": range(len(codes))})


@pytest.mark.parametrize("dtype", [pl.String, pl.Categorical, pl.Enum(["FI1C3", "FI", "EU28"])])
def test_tagging_keeps_rows_order_and_columns(areas: pl.LazyFrame, dtype: pl.DataType) -> None:
    frame = geo_frame("FI1C3", "FI", None, "FI1C3", "EU28", dtype=dtype)
    tagged = tag_geo(frame, areas, "nuts-2021").collect()
    assert tagged.drop("geo_classification").equals(frame.collect())
    assert tagged.schema["geo_classification"] == pl.String
    assert tagged["geo_classification"].to_list() == ["nuts-2021", "country", None, "nuts-2021", "aggregate"]


def test_unknown_codes_stop_with_their_number_and_the_first_of_them(areas: pl.LazyFrame) -> None:
    unknown = [f"FI9{n:02}" for n in range(12)]
    with pytest.raises(MappingError) as caught:
        tag_geo(geo_frame("FI1C3", *reversed(unknown)), areas, "nuts-2021")
    message = str(caught.value)
    assert message.startswith("12 area codes")
    assert "FI900, FI901" in message and "FI909 and 2 more" in message and "FI910" not in message
    assert "\n" not in message


def test_any_frame_is_tagged_and_says_what_has_no_place(areas: pl.LazyFrame) -> None:
    """Two vintages of one area come out row by row; what has no place stays, and is told with the reason."""
    frame = geo_frame("FI1C3", "FI1C6", "FI999", "GR", None, "FI999")
    tagged = tag_areas(frame, areas, "nuts-2024")
    assert tagged.frame.collect()["geo_classification"].to_list() == [
        "nuts-2021", "nuts-2024", None, None, None, None
    ]  # fmt: skip
    assert tagged.unplaced.rows() == [
        ("FI999", "no nuts list has it: map it, ignore it, or declare another classification"),
        ("GR", "country has no such code: map it, or add it to the list"),
    ]
    assert tag_areas(geo_frame("FI1C3"), areas, "nuts-2024").unplaced.is_empty()


def test_a_code_of_known_form_must_be_listed_where_its_list_is_there(areas: pl.LazyFrame) -> None:
    codes = ("GR", "EU99", "QQZ", "QQX")
    assert set(place(areas, "nuts-2021", *codes).values()) == {None}
    only_nuts = areas.filter(pl.col("geo_classification").str.starts_with("nuts"))
    assert place(only_nuts, "nuts-2021", *codes) == {
        "GR": "country", "EU99": "aggregate", "QQZ": "extra-regio", "QQX": "not-regionalised",
    }  # fmt: skip
    reasons = place_codes(pl.Series(["GR", "FI99"]), areas, "nuts-2021")["reason"].to_list()
    assert reasons == ["no nuts list has it: map it, ignore it, or declare another classification",
                       "country has no such code: map it, or add it to the list"]  # fmt: skip


def test_a_declared_classification_without_a_list_stops(areas: pl.LazyFrame) -> None:
    with pytest.raises(MappingError, match="nuts-2027 has no list; there are nuts-2003, nuts-2006"):
        tag_geo(geo_frame("FI1C3"), areas, "nuts-2027")


def codes_of(path: Path) -> set[str]:
    """The area codes of a recorded Eurostat file (TSV, or CSV with a column geo) without any reader of
    ours."""
    content = path.read_bytes()
    text = (gzip.decompress(content) if content[:2] == b"\x1f\x8b" else content).decode()
    header, *rows = text.splitlines()
    if "\t" not in header:
        place = header.split(",").index("geo")
        return {row.split(",")[place].strip('"') for row in rows}
    place = header.split("\t")[0].split("\\")[0].split(",").index("geo")
    return {row.split("\t")[0].split(",")[place].strip() for row in rows}


@pytest.mark.parametrize(
    ("file", "declared", "expected"),
    [
        ("tsv/nama_10r_3gdp_2024-07.tsv", "nuts-2021",
         {"aggregate": 1, "country": 34, "extra-regio": 47, "nuts-2021": 1725}),
        ("tsv/bd_size_r3_tabular.tsv.gz", "nuts-2021",
         {"country": 21, "extra-regio": 51, "nuts-2010": 56, "nuts-2013": 178, "nuts-2016": 25,
          "nuts-2021": 919}),
        ("converted/pat_ep_rtot_1977-2012.csv.gz", "nuts-2010",
         {"country": 31, "extra-regio": 87, "not-regionalised": 75, "nuts-2010": 1665, "nuts-2016": 65}),
        ("tsv/demo_r_pjanind3_2014-2022.tsv.gz", "nuts-2021",
         {"country": 37, "nuts-2016": 64, "nuts-2021": 1961}),
        ("tsv/trng_lfse_04_legacy_2017.tsv.gz", "nuts-2013",
         {"aggregate": 6, "country": 33, "nuts-2010": 15, "nuts-2013": 373, "nuts-2016": 58}),
    ],
)  # fmt: skip
def test_recorded_files_are_placed_whole(
    areas: pl.LazyFrame, shared: Path, file: str, declared: str, expected: dict[str, int]
) -> None:
    codes = codes_of(shared / "upstream/eurostat" / file)
    assert Counter(place(areas, declared, *codes).values()) == expected


YEARS = (2003, 2006, 2010, 2013, 2016, 2021, 2024)


LISTS = st.dictionaries(
    st.sampled_from(YEARS), st.sets(st.sampled_from(["XA1", "XA11", "XA2", "XB1"])), min_size=1
)
CODES = st.lists(st.sampled_from(["XA1", "XA11", "XA2", "XB1", "XA", "XAZZ", "XAX", "EA20"]), min_size=1)
FORMED = st.lists(st.from_regex(re.compile(r"[A-Z]{2,4}[0-9A-Z_]{0,4}"), fullmatch=True), max_size=20)


@settings(deadline=None, max_examples=20)
@given(lists=LISTS, codes=CODES, data=st.data())
def test_the_rule_said_a_second_time(
    lists: dict[int, set[str]], codes: list[str], data: st.DataObject
) -> None:
    compare_rule(lists, codes, data)


@pytest.mark.slow
@settings(deadline=None, max_examples=1000)
@given(lists=LISTS, codes=CODES, data=st.data())
def test_the_rule_said_a_second_time_often(
    lists: dict[int, set[str]], codes: list[str], data: st.DataObject
) -> None:
    compare_rule(lists, codes, data)


def compare_rule(lists: dict[int, set[str]], codes: list[str], data: st.DataObject) -> None:
    """The rule of the docs in plain Python gives each code the same classification."""
    declared = data.draw(st.sampled_from(sorted(lists)))
    lists[declared] = lists[declared] | {"XC1"}  # a list is not empty
    made = pl.LazyFrame(
        [(f"nuts-{year}", code) for year, held in lists.items() for code in sorted(held)],
        schema=["geo_classification", "geo"], orient="row",
    )  # fmt: skip

    def expected(code: str) -> str | None:
        if code.startswith(("EU", "EA")):
            return "aggregate"
        if len(code) == 2:
            return "country"
        if set(code[2:]) <= {"Z"}:
            return "extra-regio"
        if set(code[2:]) <= {"X"}:
            return "not-regionalised"
        holding = [year for year, held in lists.items() if code in held]
        earlier = [year for year in holding if year <= declared]
        later = [year for year in holding if year > declared]
        return f"nuts-{max(earlier) if earlier else min(later)}" if holding else None

    assert place(made, f"nuts-{declared}", *codes) == {code: expected(code) for code in codes}


@settings(deadline=None, max_examples=10)
@given(codes=FORMED)
def test_any_code_is_placed_once_or_named(areas: pl.LazyFrame, codes: list[str]) -> None:
    check_placed_once(areas, codes)


@pytest.mark.slow
@settings(deadline=None, max_examples=500)
@given(codes=FORMED)
def test_any_code_is_placed_once_or_named_often(areas: pl.LazyFrame, codes: list[str]) -> None:
    check_placed_once(areas, codes)


def check_placed_once(areas: pl.LazyFrame, codes: list[str]) -> None:
    """Each code once, in a list that has it, or without a classification and with a reason."""
    placed = place_codes(pl.Series(codes, dtype=pl.String), areas, "nuts-2021")
    assert sorted(placed["geo"]) == sorted(set(codes))
    assert (placed["geo_classification"].is_null() == placed["reason"].is_not_null()).all()
    known = placed.drop_nulls("geo_classification").lazy()
    assert known.join(areas, on=["geo_classification", "geo"], how="anti").collect().is_empty()


def test_a_country_that_moved_to_a_later_version_stops(areas: pl.LazyFrame) -> None:
    """Päijät-Häme is FI1C6 in NUTS 2024 and not the area that FI1C3 was: which it is must be declared."""
    moved = pl.LazyFrame({"geo": ["FI", "FI1C1", "FI1C6", "SE110", "SE121"]})
    with pytest.raises(
        MappingError, match=r"areas of FI are those of nuts-2024 \(FI1C6\), nuts-2021 is declared"
    ):
        tag_geo(moved, areas, "nuts-2021")
    assert (
        tag_geo(moved, areas, "nuts-2024").collect()["geo_classification"].to_list()[1:3] == ["nuts-2024"] * 2
    )


def test_a_table_with_areas_of_both_versions_has_not_moved(areas: pl.LazyFrame) -> None:
    both = tag_geo(pl.LazyFrame({"geo": ["FI1C3", "FI1C6", "SE110"]}), areas, "nuts-2021").collect()
    assert both["geo_classification"].to_list() == ["nuts-2021", "nuts-2024", "nuts-2021"]


def test_a_country_that_the_declared_version_does_not_list_has_not_moved(areas: pl.LazyFrame) -> None:
    assert tag_geo(pl.LazyFrame({"geo": ["NO021", "FI1C3"]}), areas, "nuts-2010").collect().height == 2
