"""PX files: recorded files cell by cell, languages, code pages, long strings, KEYS, and what is refused."""

from pathlib import Path

import polars as pl
import pytest

from assets.errors import SourceError
from assets.normalise.readers.px.file import read_px
from tests.normalise.readers.plain.plain_readings import cells_of, plain_px

SMALL = """CHARSET="ANSI";
AXIS-VERSION="2013";
CODEPAGE="windows-1252";
LANGUAGE="fi";
LANGUAGES="fi","sv";
DECIMALS=1;
MATRIX="m1";
TITLE="Menot muuttujina "
"Alue ja Vuosi";
TITLE[sv]="Utgifter";
STUB="Alue";
STUB[sv]="Område";
HEADING="Vuosi","Tiedot";
HEADING[sv]="År","Uppgifter";
CONTVARIABLE="Tiedot";
VALUES("Alue")="Koko maa","Päijät-"
"Häme";
VALUES[sv]("Område")="Hela landet","Päijänne-Tavastland";
VALUES("Vuosi")="2023","2024*";
TIMEVAL("Vuosi")=TLIST(A1),"2023","2024";
VALUES("Tiedot")="Menot; M€";
CODES("Alue")="SSS","MK07";
CODES("Vuosi")="2023","2024";
CODES("Tiedot")="menot";
VARIABLECODE("Vuosi")="timeperiod_y";
UNITS("Menot; M€")="Miljoonaa euroa";
NOTE="Yksi; kaksi#kolme";
DATA=
8439.3 "..."
"-" -1.5e2 ;
"""
KEYED = """CHARSET="ANSI";
CODEPAGE="utf-8";
STUB="Kunta","Sukupuoli";
HEADING="Vuosi";
VALUES("Kunta")="Lahti","Hollola, kunta";
VALUES("Sukupuoli")="Miehet","Naiset";
CODES("Kunta")="KU398","KU098";
VALUES("Vuosi")="2023","2024";
KEYS("Kunta")=VALUES;
KEYS("Sukupuoli")=VALUES;
DATA=
"Hollola, kunta","Naiset",1 ".."
"Lahti","Miehet" 5 6
;
"""


def px(text: str = SMALL, encoding: str = "windows-1252") -> bytes:
    return text.replace("\n", "\r\n").encode(encoding)


def test_cells_codes_and_symbols() -> None:
    table = read_px(px())
    assert table.frame.collect().rows() == [
        ("SSS", "2023", "menot", 8439.3, None),
        ("SSS", "2024", "menot", None, "..."),
        ("MK07", "2023", "menot", None, "-"),
        ("MK07", "2024", "menot", -150.0, None),
    ]
    schema = table.frame.collect_schema()
    assert schema.names() == ["Alue", "timeperiod_y", "Tiedot", "OBS_VALUE", "OBS_FLAG"]
    assert (schema["Alue"], schema["OBS_FLAG"]) == (pl.Enum(["SSS", "MK07"]), pl.String)


def test_words_in_every_language() -> None:
    metadata = read_px(px()).metadata
    assert metadata["label"] == "Menot muuttujina Alue ja Vuosi"
    assert metadata["labels"]["Alue"] == {"SSS": "Koko maa", "MK07": "Päijät-Häme"}
    assert metadata["units"] == {"Tiedot": {"menot": "Miljoonaa euroa"}}
    assert metadata["notes"] == ["Yksi; kaksi#kolme"]
    assert metadata["roles"] == {"time": ["timeperiod_y"], "geo": [], "metric": ["Tiedot"]}
    assert metadata["time_scale"] == {"timeperiod_y": "A1"}
    assert metadata["translations"]["sv"]["labels"]["Alue"]["MK07"] == "Päijänne-Tavastland"
    assert metadata["translations"]["sv"]["dimension_labels"]["timeperiod_y"] == "År"


def test_rows_left_out_under_keys_are_zeros() -> None:
    assert read_px(px(KEYED, "utf-8")).frame.collect().rows() == [
        ("KU398", "Miehet", "2023", 5.0, None),
        ("KU398", "Miehet", "2024", 6.0, None),
        ("KU398", "Naiset", "2023", 0.0, None),
        ("KU398", "Naiset", "2024", 0.0, None),
        ("KU098", "Miehet", "2023", 0.0, None),
        ("KU098", "Miehet", "2024", 0.0, None),
        ("KU098", "Naiset", "2023", 1.0, None),
        ("KU098", "Naiset", "2024", None, ".."),
    ]


@pytest.mark.parametrize(
    ("declared", "encoding", "used"),
    [
        ("windows-1252", "windows-1252", "cp1252"),
        ("iso-8859-15", "iso-8859-15", "iso8859-15"),
        ("utf-8", "utf-8", "utf-8"),
        ("iso-8859-1", "utf-8", "utf-8"),
        ("windows-1257", "windows-1257", "cp1257"),
    ],
)
def test_code_pages(declared: str, encoding: str, used: str) -> None:
    text = SMALL.replace("windows-1252", declared)
    metadata = read_px(px(text, encoding)).metadata
    assert metadata["labels"]["Alue"]["MK07"] == "Päijät-Häme"
    assert metadata["labels"]["Tiedot"]["menot"] == "Menot; M€"
    assert (metadata["encoding"], metadata["encoding_declared"]) == (used, declared)


def test_all_delimiters_part_cells_as_the_format_says() -> None:
    data = '8439.3,"...";\n"-"\t-150;\n;\n'
    same = SMALL[: SMALL.index("8439")] + data
    assert read_px(px(same)).frame.collect().equals(read_px(px()).frame.collect())


RECORDED = {
    "finland/010_kats_tau_101.px": "windows-1252",
    "ine/14001.px": "windows-1252",
    "ine/27067.px": "iso-8859-15",
    "scb-sample/TAB001.px": "iso-8859-1",
    "scb-sample/TAB004.px": "iso-8859-1",
    "scb-sample/tab4_fewcells.px": "utf-8",
}


LARGE = "finland/010_kats_tau_101.px"


@pytest.mark.parametrize(
    "name", [pytest.param(n, marks=pytest.mark.slow) if n == LARGE else n for n in RECORDED]
)
def test_a_recorded_file_equals_its_plain_reading(shared: Path, name: str) -> None:
    path = shared / "upstream" / "px" / name
    table = read_px(path)
    assert cells_of(table.frame, table.metadata["dimensions"]) == plain_px(path.read_bytes(), RECORDED[name])


def test_the_three_languages_of_the_finnish_file(shared: Path) -> None:
    metadata = read_px(shared / "upstream/px/finland/010_kats_tau_101.px").metadata
    assert metadata["languages"] == ["fi", "sv", "en"]
    assert metadata["translations"]["sv"]["dimension_labels"]["Katsastusvuosi"] == "Besiktningsår"
    assert metadata["translations"]["en"]["labels"]["Tiedot"].keys() == metadata["labels"]["Tiedot"].keys()


@pytest.mark.parametrize(
    ("old", "new", "where"),
    [
        ("-1.5e2 ;\n", "-1.5e2\n", "no closing `;`"),
        ("-1.5e2", "", "3 cells where the variables make 4"),
        ("-1.5e2", "-1.5e2 1", "5 cells where the variables make 4"),
        ("-1.5e2", "-1,5e2", "5 cells where the variables make 4"),
        ("-1.5e2", "1e400", "line 30, cell 4"),
        ("-1.5e2", "nan", "line 30, cell 4"),
        ("-1.5e2", '"x"', "line 30, cell 4"),
        ("-1.5e2", '1"."', "line 30, cell 4"),
        ('"..."', '"......."', "line 29, cell 2"),
        ("DATA=", "DATEN=", "line 31: the file ends before DATA="),
        ('="menot";', '="menot;', "no PX keyword"),
        ('"SSS","MK07"', '"SSS"', "CODES and VALUES of `Alue` differ"),
        ('"SSS","MK07"', '"SSS","SSS"', "a code of `Alue` stands twice"),
        ('"SSS","MK07"', '"SSS" x "MK07"', "CODES is no list"),
        ('STUB="Alue"', 'STUB="Alue","Alue"', "a variable stands twice"),
        ('STUB="Alue"', 'STUB="Maa"', "variable `Maa`"),
        ('STUB="Alue";', 'STUB="Alue";\nSTUB="Alue";', "STUB stands twice"),
        (
            'VARIABLECODE("Vuosi")="timeperiod_y"',
            'VARIABLECODE("Vuosi")="Alue"',
            "two variables have one code",
        ),
        ("windows-1252", "klingon", "the code page `klingon`"),
        ("windows-1252", "base64", "the code page `base64`"),
        ("windows-1252", "utf-8", "line 12: 0xe5 is not utf-8"),
    ],
)
def test_what_is_not_whole_is_refused_with_its_place(old: str, new: str, where: str) -> None:
    assert old in SMALL
    with pytest.raises(SourceError) as caught:
        read_px(px(SMALL.replace(old, new, 1)))
    assert where in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("old", "new", "where"),
    [
        ('"Lahti","Miehet"', '"Lahti","Lapset"', 'DATA row 2: `"Lapset"` is no key'),
        ('"Lahti","Miehet" 5 6', '"Lahti","Miehet" 5', "not 2 keys and 2 cells"),
        ('"Lahti","Miehet"', '"Hollola, kunta","Naiset"', "DATA row 2: the keys of this row stand twice"),
        ('KEYS("Kunta")=VALUES', 'KEYS("Kunta")=NONE', "the stub variable `Kunta`"),
        ('" 5 6', '" 5 x', "DATA row 2: `x`"),
    ],
)
def test_keyed_data_that_does_not_fit_is_refused(old: str, new: str, where: str) -> None:
    assert old in KEYED
    with pytest.raises(SourceError) as caught:
        read_px(px(KEYED.replace(old, new, 1), "utf-8"))
    assert where in str(caught.value)


def test_every_cut_of_a_file_is_refused() -> None:
    whole = px()
    for length in range(len(whole.rstrip())):
        with pytest.raises(SourceError):
            read_px(whole[:length])


def test_a_cube_of_zeros_too_large_to_write_out_is_refused() -> None:
    years = ",".join(f'"{i}"' for i in range(40_000))
    bomb = KEYED.replace('VALUES("Vuosi")="2023","2024"', f'VALUES("Vuosi")={years}')
    bomb = bomb.replace('VALUES("Sukupuoli")="Miehet","Naiset"', f'VALUES("Sukupuoli")={years}')
    with pytest.raises(SourceError, match="too many to write its zeros out"):
        read_px(px(bomb, "utf-8"))
