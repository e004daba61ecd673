"""Eurostat TSV: both layouts, exact and loose, and what is refused. Recorded files:
`test_statistics_index`."""

import gzip

import polars as pl
import pytest

from assets.errors import SourceError
from assets.normalise.observations import status_of
from assets.normalise.readers.eurostat_tsv import read_eurostat_tsv
from assets.normalise.readers.sdmx_csv.message import read_sdmx_csv

SMALL = (
    b"freq,unit,geo\\TIME_PERIOD\t2020 \t2021 \t2022 \r\n"
    b"A,NR,FI\t6992.5 \t: \t5400 p\r\n"
    b"A,NR,FI1C3\t: c\t-0.5 bdu\t: \r\n"
)


def test_values_and_flags_come_apart() -> None:
    table = read_eurostat_tsv(SMALL)
    assert table.frame.collect().rows() == [
        ("A", "NR", "FI", "2020", 6992.5, None),
        ("A", "NR", "FI", "2022", 5400.0, "p"),
        ("A", "NR", "FI1C3", "2020", None, "c"),
        ("A", "NR", "FI1C3", "2021", -0.5, "bdu"),
    ]
    assert table.frame.collect_schema() == {
        "freq": pl.Enum(["A"]),
        "unit": pl.Enum(["NR"]),
        "geo": pl.Enum(["FI", "FI1C3"]),
        "TIME_PERIOD": pl.Enum(["2020", "2021", "2022"]),
        "OBS_VALUE": pl.Float64,
        "OBS_FLAG": pl.String,
    }
    assert table.metadata["periods"] == ["2020", "2021", "2022"]


def test_the_legacy_layout_keeps_its_words() -> None:
    content = b"unit,geo\\time\t2016M02 \t2016M01 \nPC,FI\t15.4 b\t: u\n"
    table = read_eurostat_tsv(content)
    assert table.frame.collect().rows() == [
        ("PC", "FI", "2016M02", 15.4, "b"),
        ("PC", "FI", "2016M01", None, "u"),
    ]
    assert table.metadata["layout"] == "legacy"


@pytest.mark.parametrize(
    "content",
    [
        SMALL,
        SMALL.replace(b"\r\n", b"\n"),
        SMALL.replace(b" \t", b"\t").replace(b": \r", b":\r"),  # spaces at cell ends lost, as editors do
        SMALL.replace(b": c", b":  c"),
        SMALL.replace(b"5400 p\r", b"5400 p \r"),
    ],
)
def test_the_exact_and_the_loose_form_give_one_table(content: bytes) -> None:
    assert read_eurostat_tsv(content).frame.collect().equals(read_eurostat_tsv(SMALL).frame.collect())


def test_a_table_of_one_dimension() -> None:
    content = b"geo\\TIME_PERIOD\t2020 \t2021 \nFI\t1 \t: c\nSE\t: |\t3 |C\n"
    assert read_eurostat_tsv(content).frame.collect().rows() == [
        ("FI", "2020", 1.0, None),
        ("FI", "2021", None, "c"),
        ("SE", "2021", 3.0, "C"),
    ]


CONFIDENTIAL = (
    b"freq,unit,geo\\TIME_PERIOD\t2020 \t2021 \t2022 \t2023 \t2024 \r\n"
    b"A,NR,BE211\t: @C\t5400 p@C\t14412 \t: @N\t: c@C\r\n"
    b"A,NR,FI1C6\t: @F\t7 @F\t8 be@F\t9 |C\t: \r\n"
)


@pytest.mark.parametrize(
    "content",
    [
        CONFIDENTIAL,
        CONFIDENTIAL.replace(b"\r\n", b"\n"),
        CONFIDENTIAL.replace(b"C\t", b"C \t").replace(b"c@C", b"c@C "),  # as in the recorded files
        CONFIDENTIAL.replace(b": @N", b":  @N"),
    ],
)
def test_confidentiality_after_an_at_sign_is_a_flag_as_in_sdmx_csv(content: bytes) -> None:
    """CONF_STATUS is appended to the observation's letters, `F` (free) is no flag: one table in two
    formats, and each row's status follows from it."""
    rows = (
        read_eurostat_tsv(content)
        .frame.select("geo", "TIME_PERIOD", "OBS_VALUE", "OBS_FLAG")
        .collect()
        .rows()
    )
    assert rows == [
        ("BE211", "2020", None, "C"),
        ("BE211", "2021", 5400.0, "pC"),
        ("BE211", "2022", 14412.0, None),
        ("BE211", "2023", None, "N"),
        ("BE211", "2024", None, "cC"),
        ("FI1C6", "2021", 7.0, None),
        ("FI1C6", "2022", 8.0, "be"),
        ("FI1C6", "2023", 9.0, "C"),
    ]
    assert [status_of(flag, value is not None, {}) for *_, value, flag in rows] == list("QPAOQABA")
    records = ["DATAFLOW,geo,TIME_PERIOD,OBS_VALUE,OBS_FLAG,CONF_STATUS"]
    for line in content.decode().replace("\r", "").split("\n")[1:-1]:
        key, *cells = line.split("\t")
        for period, cell in zip(range(2020, 2025), cells, strict=True):
            value, *flag = cell.split()
            observed, _, confidential = "".join(flag).replace("|", "@").partition("@")
            number = "" if value == ":" else value
            records.append(f"ESTAT:T,{key.split(',')[2]},{period},{number},{observed},{confidential}")
    message = read_sdmx_csv("\n".join([*records, ""]).encode())
    assert message.frame.select("geo", "TIME_PERIOD", "OBS_VALUE", "OBS_FLAG").collect().rows() == rows


def test_gzip_is_sniffed_and_a_table_without_series_has_no_rows() -> None:
    assert read_eurostat_tsv(gzip.compress(SMALL)).frame.collect().height == 4
    assert read_eurostat_tsv(SMALL.split(b"\n")[0] + b"\n").frame.collect().shape == (0, 6)


@pytest.mark.parametrize(
    ("content", "where"),
    [
        (b"", "empty"),
        (b"<!DOCTYPE html><html><body>503</body></html>\n", "HTML"),
        (b"<S:Fault><faultstring>EXTRACTION_TOO_BIG</faultstring></S:Fault>\n", "TOO_BIG"),
        (b'{"error":[{"status":404,"label":"ERR_NOT_FOUND_4"}]}\n', "ERR_NOT_FOUND_4"),
        (SMALL[:-3], "line 3: the last line"),
        (SMALL.replace(b"5400 p", b"54x0 p"), "line 2, period 2022"),
        (SMALL.replace(b"5400 p", b"1e400 "), "line 2, period 2022"),
        (SMALL.replace(b"5400 p", b""), "line 2, period 2022"),
        *((SMALL.replace(b": c", cell), "line 3, period 2020") for cell in (b": @", b": c@", b": @C@N")),
        (SMALL.replace(b"\t5400 p", b""), "line 2: 3 cells"),
        (SMALL.replace(b"5400 p", b"5400 p\t1 "), "line 2: 5 cells"),
        (SMALL.replace(b"\t5400 p", b"").replace(b": c", b": c\t1 "), "line 2: 3 cells"),
        (SMALL.replace(b"A,NR,FI\t", b"A,FI\t"), "line 2: the key `A,FI`"),
        (SMALL.replace(b"FI1C3", b"FI"), "line 3: the series `A,NR,FI` stands twice"),
        (SMALL.replace(b"FI1C3", b"F\x00"), "line 3: a NUL byte"),
        (SMALL.replace(b"FI1C3", b"\xe4"), "line 3, byte"),
        (SMALL.replace(b"2021", b"2020"), "line 1: a period"),
        (SMALL.replace(b"\\TIME_PERIOD", b""), "line 1: no header"),
        (SMALL + b"\r\n", "line 4: 1 cells"),
        (gzip.compress(SMALL, mtime=0)[:-12], "gzip"),
    ],
)  # fmt: skip
def test_what_is_not_whole_is_refused_with_its_place(content: bytes, where: str) -> None:
    with pytest.raises(SourceError) as caught:
        read_eurostat_tsv(content).frame.collect()
    assert where in str(caught.value)
    assert "\n" not in str(caught.value)
