"""Every form that the statistics formats can take: the list of them, and a test where no other file has one.

JSON-stat (`test_jsonstat`): `value` dense, sparse; `status` object, array, one string, absent; `index`
object, array, absent; a `size` of 0; a flag without a value; collection, dimension, version 1 refused;
recorded dialects. Here: what is kept in metadata (role, unit, note, child, extension, coordinates).
TSV (`test_eurostat_tsv`): both layouts, CR LF and LF, one dimension, flags of several letters, secrecy.
SDMX-CSV (`test_sdmx_csv`): 1.0 without labels, 2.0 with both kinds of labels, CONF_STATUS with OBS_FLAG.
Here: 1.0 with labels, 2.0 without, separators, keys, CONF_STATUS with OBS_STATUS.
PX (`test_px`): languages, code pages, long strings, KEYS of values, quoted symbols, all delimiters. Here:
KEYS of codes, bare symbols, no CODEPAGE, one side only, texts of symbols, roles.
PxWeb: `test_pxweb`. CORDIS: `test_cordis`, `test_cordis_xml`, `test_cordis_zip`. Delimited text:
`test_delimited`, `test_delimited_registers`.
"""

import json
from typing import Any

import pytest

from assets.errors import SourceError
from assets.normalise.readers.jsonstat.dataset import read_jsonstat
from assets.normalise.readers.px.file import read_px
from assets.normalise.readers.sdmx_csv.message import read_sdmx_csv

CUBE: dict[str, Any] = {
    "version": "2.0", "class": "dataset", "id": ["geo", "what"], "size": [3, 2],
    "value": [1, 2, 3, 4, 5, None],
    "role": {"geo": ["geo"], "metric": ["what"]}, "note": ["Of the dataset."],
    "extension": {"px": {"tableid": "T1"}},
    "dimension": {
        "geo": {
            "label": "Area", "note": ["Of the dimension."], "extension": {"elimination": True},
            "category": {
                "index": {"FI": 0, "FI1": 1, "FI2": 2}, "label": {"FI": "Finland", "FI1": "Mainland"},
                "child": {"FI": ["FI1", "FI2"]}, "note": {"FI2": ["Of a code."]},
                "coordinates": {"FI": [26.0, 64.0]},
            },
        },
        "what": {"category": {
            "index": ["money", "share"],
            "unit": {
                "money": {"base": "million euros", "decimals": 1, "multiplier": 6},
                "share": {"label": "per cent", "symbol": "%", "position": "end", "decimals": 0},
            },
        }},
    },
}  # fmt: skip


def test_jsonstat_keeps_what_stands_beside_the_cells() -> None:
    found = read_jsonstat(json.dumps(CUBE).encode()).metadata
    geo = CUBE["dimension"]["geo"]
    assert found["roles"] == CUBE["role"]
    assert (found["notes"], found["dimension_notes"]) == (["Of the dataset."], {"geo": ["Of the dimension."]})
    assert found["code_notes"] == {"geo": {"FI2": ["Of a code."]}}
    assert found["children"] == {"geo": {"FI": ["FI1", "FI2"]}}
    assert found["coordinates"] == {"geo": {"FI": [26.0, 64.0]}}
    assert found["units"] == {"what": {"money": "million euros", "share": "per cent"}}
    assert found["unit_details"] == {"what": CUBE["dimension"]["what"]["category"]["unit"]}
    assert found["decimals"] == {"what": {"money": 1, "share": 0}}
    assert (found["extension"], found["id"]) == ({"px": {"tableid": "T1"}}, "T1")
    assert found["dimension_extensions"] == {"geo": geo["extension"]}
    assert found["labels"]["geo"] == {"FI": "Finland", "FI1": "Mainland", "FI2": "FI2"}


@pytest.mark.parametrize("key", ["class", "version", "role", "note", "extension"])
def test_jsonstat_needs_none_of_it(key: str) -> None:
    rest = {name: member for name, member in CUBE.items() if name != key}
    frame = read_jsonstat(json.dumps(rest).encode()).frame.collect()
    assert frame.equals(read_jsonstat(json.dumps(CUBE).encode()).frame.collect()) and frame.height == 5


ROWS = ["A{s}FI{s}2023{s}1.5{s}A{s}F", "A{s}FI{s}2024{s}{s}P{s}C", "M{s}SE{s}2024{s}NaN{s}M{s}F"]
CELLS = [("A", "FI", "2023", 1.5, None), ("A", "FI", "2024", None, "PC"), ("M", "SE", "2024", None, "M")]


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize(
    ("envelope", "before"),
    [
        (["DATAFLOW"], ["ESTAT:X(1.0)"]),
        (["STRUCTURE", "STRUCTURE_ID"], ["dataflow", "ESTAT:X(1.0)"]),
        (["STRUCTURE[%]", "STRUCTURE_ID", "ACTION"], ["dataflow", "ESTAT:X(1.0)", "R"]),
        (
            ["STRUCTURE", "STRUCTURE_ID", "SERIES_KEY", "OBS_KEY"],
            ["dataflow", "ESTAT:X(1.0)", "A.F", "A.F.2"],
        ),
    ],
)
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_sdmx_csv_of_both_versions_without_labels(
    envelope: list[str], before: list[str], separator: str, end: str
) -> None:
    header = [*envelope, "FREQ", "REF_AREA", "TIME_PERIOD", "OBS_VALUE", "OBS_STATUS", "CONF_STATUS"]
    lines = [separator.join([*before, row.format(s=separator)]) for row in ROWS]
    table = read_sdmx_csv((end.join([separator.join(header), *lines]) + end).encode())
    assert (
        table.frame.select("FREQ", "REF_AREA", "TIME_PERIOD", "OBS_VALUE", "OBS_FLAG").collect().rows()
        == CELLS
    )
    assert table.metadata["dimensions"] == ["FREQ", "REF_AREA", "TIME_PERIOD"]
    assert table.metadata["version"] == ("1.0" if envelope == ["DATAFLOW"] else "2.0")
    assert table.metadata["dataflow"] == "ESTAT:X(1.0)"


def test_sdmx_csv_of_version_one_with_labels() -> None:
    content = (
        b"DATAFLOW,FREQ: Frequency,REF_AREA: Area,TIME_PERIOD: Time,OBS_VALUE: Value,OBS_STATUS: Status\n"
        b'ECB:EXR(1.0): Rates,A: Annual,"FI: Finland, whole",2023: 2023,1.5,A: Normal\n'
        b"ECB:EXR(1.0): Rates,A: Annual,SE: Sweden,2024: 2024,,M: Missing\n"
    )
    table = read_sdmx_csv(content)
    assert table.frame.select(
        "FREQ", "REF_AREA", "TIME_PERIOD", "OBS_VALUE", "OBS_FLAG"
    ).collect().rows() == [
        ("A", "FI", "2023", 1.5, None),
        ("A", "SE", "2024", None, "M"),
    ]
    assert table.metadata["labels"]["REF_AREA"] == {"FI": "Finland, whole", "SE": "Sweden"}
    assert table.metadata["dimension_labels"]["FREQ"] == "Frequency"
    assert (table.metadata["version"], table.metadata["dataflow"]) == ("1.0", "ECB:EXR(1.0)")


def px(*lines: str, data: str = "1 2\n3 4", encoding: str = "utf-8") -> bytes:
    return "\n".join([*lines, "DATA=", f"{data};", ""]).encode(encoding)


HEAD = ('STUB="Alue";', 'HEADING="Vuosi";', 'VALUES("Alue")="Häme","Muu";', 'VALUES("Vuosi")="2023","2024";')
UTF_8 = 'CODEPAGE="utf-8";'


def test_px_symbols_with_and_without_quotes() -> None:
    symbols = [".", "..", "...", "....", ".....", "......", "-"]
    for shown in ("{}", '"{}"'):
        data = " ".join(shown.format(symbol) for symbol in symbols) + " -1"
        years = ",".join(f'"{year}"' for year in range(2017, 2021))
        frame = read_px(px(UTF_8, *HEAD[:3], f'VALUES("Vuosi")={years};', data=data)).frame.collect()
        assert frame["OBS_FLAG"].to_list() == [*symbols, None]
        assert frame["OBS_VALUE"].to_list() == [*[None] * 7, -1.0]


def test_px_texts_of_symbols_and_roles() -> None:
    more = ('DATASYMBOL2="no answer";', 'DATASYMBOLNIL="nil";', 'MAP("Alue")="finland";')
    found = read_px(px(UTF_8, *HEAD, *more, 'VARIABLE-TYPE("Vuosi")="Time";')).metadata
    assert found["flags"] == {"..": "no answer", "-": "nil"}
    assert found["roles"] == {"time": ["Vuosi"], "geo": ["Alue"], "metric": []}


@pytest.mark.parametrize(
    ("line", "encoding"), [('CHARSET="ANSI";', "windows-1252"), ('MATRIX="m";', "cp850")]
)
def test_px_without_a_code_page_has_the_default_of_the_format(line: str, encoding: str) -> None:
    table = read_px(px(line, *HEAD, encoding=encoding))
    assert table.frame.collect()["Alue"].to_list() == ["Häme", "Häme", "Muu", "Muu"]
    assert table.metadata["encoding_declared"] is None


def test_px_keys_of_codes() -> None:
    keyed = ('CODES("Alue")="MK07","MK99";', 'KEYS("Alue")=CODES;')
    table = read_px(px(UTF_8, *HEAD, *keyed, data='"MK99", 3 ".."'))
    assert table.frame.collect().rows() == [
        ("MK07", "2023", 0.0, None),
        ("MK07", "2024", 0.0, None),
        ("MK99", "2023", 3.0, None),
        ("MK99", "2024", None, ".."),
    ]


@pytest.mark.parametrize("sides", [('STUB="Alue","Vuosi";',), ('HEADING="Alue","Vuosi";', "STUB=;")])
def test_px_with_one_side_only(sides: tuple[str, ...]) -> None:
    table = read_px(px(UTF_8, *sides, *HEAD[2:]))
    assert table.frame.collect().rows()[-1] == ("Muu", "2024", 4.0, None)


def test_px_strings_in_several_lines_are_one_and_a_doubled_quote_is_none() -> None:
    long = ('VALUES("Alue")="Hä"\n"me","M"  "uu";', *HEAD[:2], HEAD[3])
    assert read_px(px(UTF_8, *long)).frame.collect()["Alue"].to_list() == ["Häme", "Häme", "Muu", "Muu"]
    with pytest.raises(SourceError, match="VALUES is no list of quoted strings"):
        read_px(px(UTF_8, *HEAD[:2], 'VALUES("Alue")="Hä""me","Muu";', HEAD[3]))
