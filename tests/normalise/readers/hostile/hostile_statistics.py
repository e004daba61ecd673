"""Hostile inputs for the readers of statistics: JSON-stat, PxWeb, TSV, SDMX-CSV, PX. Registers' stand in
`hostile_registers`, checking in `test_hostile_input`."""

import json
from collections.abc import Iterator
from typing import Any

from tests.normalise.readers.hostile.hostile_everywhere import BIG, DEEP, MB, Hostile


def jsonstat(**members: Any) -> bytes:
    cube: dict[str, Any] = {
        "class": "dataset",
        "id": ["geo", "time"],
        "size": [1, 2],
        "dimension": {
            "geo": {"category": {"index": ["FI"]}},
            "time": {"category": {"index": ["2023", "2024"]}},
        },
        "value": [1.5, 2],
    }
    return json.dumps(cube | members).encode()


def big_cube(dimensions: int, **members: Any) -> bytes:
    """A cube of 10 ** dimensions cells."""
    names = [f"d{number}" for number in range(dimensions)]
    codes = {name: {"category": {"index": [str(digit) for digit in range(10)]}} for name in names}
    return jsonstat(
        **{"id": names, "size": [10] * dimensions, "dimension": codes, "value": {"5": 1}} | members
    )


def tsv(header: str = "freq,geo\\TIME_PERIOD\t2023 \t2024 ", *rows: str) -> bytes:
    return "".join(f"{line}\r\n" for line in (header, *(rows or ("A,FI\t1.5 \t2 p",)))).encode()


def sdmx(*rows: str, header: str = "DATAFLOW,LAST UPDATE,geo,TIME_PERIOD,OBS_VALUE,OBS_FLAG") -> bytes:
    rows = rows or ("ESTAT:X(1.0),21/02/26 23:00:00,FI,2023,1.5,p",)
    return "".join(f"{line}\r\n" for line in (header, *rows)).encode()


def px(data: str = "1.5 2", values: str = '"FI"', more: str = "") -> bytes:
    head = f'CHARSET="ANSI";CODEPAGE="utf-8";{more}STUB="geo";HEADING="time";VALUES("geo")={values};'
    return f'{head}VALUES("time")="2023","2024";\nDATA=\n{data};\n'.encode()


def px_zeros(codes: int) -> bytes:
    """A file under KEYS whose cube has codes ** 3 cells, and one row."""
    listed = ",".join(f'"{number}"' for number in range(codes))
    head = 'STUB="a","b","c";HEADING="time";VALUES("time")="2024";'
    head += "".join(f'VALUES("{name}")={listed};KEYS("{name}")=VALUES;' for name in "abc")
    return f'CODEPAGE="utf-8";{head}\nDATA=\n"0","0","0", 1;\n'.encode()


def pxweb_json(value: str = "1.5", key: str = "FI", columns: int = 1) -> bytes:
    names = [{"code": f"c{number}", "text": "x", "type": "d"} for number in range(columns)]
    data = [{"key": [key] * columns, "values": [value]}]
    return json.dumps({"columns": [*names, {"code": "v", "text": "v", "type": "c"}], "data": data}).encode()


def pxweb_csv(value: str = "1.5", label: str = "Finland", columns: str = '"2024"', title: str = "") -> bytes:
    return f'{title}"area",{columns}\r\n"{label}",{value}\r\n'.encode()


def large_cube(odd: bytes) -> bytes:
    """A dense cube of 5,000 cells, one of them odd: read by the CSV reader where it can be."""
    cells = b", ".join([odd, *(b"%d" % n for n in range(4_999))])
    cube = {
        "id": ["a"],
        "size": [5000],
        "dimension": {"a": {"category": {"index": [str(n) for n in range(5000)]}}},
    }
    return json.dumps(cube | {"value": "@"}).encode().replace(b'"@"', b"[" + cells + b"]")


def languages(count: int) -> str:
    listed = ",".join(f'"l{n}"' for n in range(count))
    return f"LANGUAGES={listed};" + "".join(f'NOTE[l{n}]="x";' for n in range(count))


def json_cases() -> Iterator[Hostile]:
    for reader in ("map-json", "area-shares"):
        yield Hostile(reader, "depth", lambda: b'{"a":' * DEEP, "nested too deep|cut off")
        yield Hostile(reader, "1e400", lambda: b'{"FI1C": 1e400}', "1e400|no finite")
        yield Hostile(reader, "a code twice", lambda: b'{"FI1C": 1, "FI1C": 2}', "twice")
    yield Hostile("map-json", "a code of 10 MB", lambda: json.dumps({BIG: 1}).encode(), None)
    yield Hostile(
        "json-stat",
        "depth",
        lambda: jsonstat(note="@").replace(b'"@"', b"[" * DEEP + b"]" * DEEP),
        "nested too deep",
    )
    yield Hostile("json-stat", "depth of objects", lambda: b'{"a":' * DEEP, "nested too deep|cut off")
    yield Hostile("json-stat", "1e400", lambda: jsonstat(value="@").replace(b'"@"', b"[1, 1e400]"), "1e400")
    yield Hostile("json-stat", "1e400 in a large body", lambda: large_cube(b"1e400"), "1e400")
    yield Hostile("json-stat", "a number of 10 MB", lambda: large_cube(b"9" * 10 * MB), "no finite number")
    yield Hostile("json-stat", "a fraction of 10 MB", lambda: large_cube(b"0." + b"3" * 10 * MB), None)
    yield Hostile(
        "json-stat", "NUL in a large body", lambda: large_cube(b"\x00"), "no valid JSON|cut off|NUL"
    )
    yield Hostile(
        "json-stat", "a key twice", lambda: jsonstat(value="@").replace(b'"@"', b'{"0": 1, "0": 2}'), "twice"
    )
    yield Hostile(
        "json-stat",
        "value twice",
        lambda: large_cube(b"1").replace(b'{"id"', b'{"value": [1], "id"'),
        "twice",
    )
    yield Hostile(
        "json-stat",
        "a code of 10 MB",
        lambda: jsonstat(
            dimension={"geo": {"category": {"index": [BIG]}}, "time": {"category": {"index": ["1", "2"]}}}
        ),
        None,
    )
    yield Hostile("json-stat", "a flag of 10 MB", lambda: jsonstat(status={"0": BIG}), None)
    yield Hostile(
        "json-stat", "an error of 10 MB", lambda: json.dumps({"error": BIG}).encode(), "the service answered"
    )
    yield Hostile("json-stat", "10^18 cells", lambda: big_cube(18), None)
    yield Hostile("json-stat", "10^30 cells", lambda: big_cube(30), "no table is so large")
    yield Hostile(
        "json-stat", "a status for 10^18 cells", lambda: big_cube(18, status="p"), "no table is so large"
    )
    yield Hostile(
        "json-stat", "a status for 10^8 cells", lambda: big_cube(8, status="p"), "no table is so large"
    )
    yield Hostile(
        "json-stat",
        "a size that is a text",
        lambda: jsonstat(size=["1" * MB, 2]),
        "categories where `size` says",
    )
    yield Hostile("json-stat", "a position of 1 MB", lambda: jsonstat(value={"9" * MB: 1}), "no position")
    yield Hostile(
        "json-stat",
        "bodies without end",
        lambda: b'{"value":{' + b" " * 5000 + b'"value":{' * MB + b"}",
        "JSON|cut off",
    )
    yield Hostile(
        "json-stat",
        "statuses without end",
        lambda: b'{"a":0' + b',"status":[' * MB + b"]" + b"}",
        "JSON|cut off|deep",
    )
    yield Hostile("pxweb-json", "depth", lambda: b'{"columns":' + b"[" * DEEP, "nested too deep|cut off")
    yield Hostile("pxweb-json", "1e400", lambda: pxweb_json("1e400"), "no number")
    yield Hostile("pxweb-json", "a value of 10 MB", lambda: pxweb_json("9" * 10 * MB), "no number")
    yield Hostile("pxweb-json", "a key of 10 MB", lambda: pxweb_json(key=BIG), None)
    yield Hostile("pxweb-json", "NUL", lambda: pxweb_json("1\x00"), "no number")
    yield Hostile("pxweb-json", "100,000 columns", lambda: pxweb_json(columns=100_000), None)
    yield Hostile(
        "pxweb-json", "a member twice", lambda: b'{"columns": [], "columns": [], "data": []}', "twice"
    )


def table_cases() -> Iterator[Hostile]:
    yield Hostile("tsv", "1e400", lambda: tsv("freq,geo\\TIME_PERIOD\t2023 ", "A,FI\t1e400 "), "no number")
    yield Hostile(
        "tsv",
        "a value of 10 MB",
        lambda: tsv("freq,geo\\TIME_PERIOD\t2023 ", f"A,FI\t{'9' * 10 * MB} "),
        "no number",
    )
    yield Hostile(
        "tsv", "a flag of 10 MB", lambda: tsv("freq,geo\\TIME_PERIOD\t2023 ", f"A,FI\t1 {BIG}"), None
    )
    yield Hostile("tsv", "a key of 10 MB", lambda: tsv("freq,geo\\TIME_PERIOD\t2023 ", f"A,{BIG}\t1 "), None)
    yield Hostile(
        "tsv",
        "a key of a million parts",
        lambda: tsv("freq,geo\\TIME_PERIOD\t2023 ", f"A,{'x,' * MB}\t1 "),
        "not the 2 parts",
    )
    yield Hostile(
        "tsv", "a million dimensions", lambda: tsv("x," * MB + "geo\\TIME_PERIOD\t2023 ", "A\t1 "), "twice"
    )
    yield Hostile(
        "tsv",
        "a million tabs",
        lambda: tsv("freq,geo\\TIME_PERIOD\t2023 ", "A,FI" + "\t1 " * MB),
        "cells where the header",
    )
    yield Hostile(
        "tsv",
        "200,000 periods",
        lambda: tsv("f,g\\T" + "".join(f"\t{n} " for n in range(200_000)), "A,F" + "\t1 " * 200_000),
        None,
    )
    yield Hostile(
        "tsv", "a series twice", lambda: tsv("f,g\\T\t2023 ", *["A,F\t1 "] * 200_000), "stands twice"
    )
    yield Hostile("tsv", "NUL", lambda: tsv("f,g\\T\t2023 ", "A,F\t1\x00 "), "NUL")
    yield Hostile("sdmx-csv", "1e400", lambda: sdmx("E,,FI,2023,1e400,"), "no number")
    yield Hostile("sdmx-csv", "1e400 in quotes", lambda: sdmx('"E",,FI,2023,"1e400",'), "no number")
    yield Hostile("sdmx-csv", "a value of 10 MB", lambda: sdmx(f"E,,FI,2023,{'9' * 10 * MB},"), "no number")
    yield Hostile("sdmx-csv", "a code of 10 MB", lambda: sdmx(f"E,,{BIG},2023,1,"), None)
    yield Hostile(
        "sdmx-csv", "a quote without end", lambda: sdmx(f'E,,"{BIG},2023,1,'), "no CSV|cells|cut off|records"
    )
    yield Hostile(
        "sdmx-csv",
        "a million columns",
        lambda: sdmx("E", header="DATAFLOW" + ",x" * MB + ",OBS_VALUE"),
        "twice|no SDMX-CSV header|too long",
    )
    yield Hostile(
        "sdmx-csv",
        "300,000 names",
        lambda: sdmx("E", header="DATAFLOW" + "".join(f",x{n}" for n in range(300_000)) + ",OBS_VALUE"),
        "header|cells",
    )
    yield Hostile("sdmx-csv", "NUL", lambda: sdmx("E,,F\x00I,2023,1,"), "NUL")
    yield Hostile("px", "1e400", lambda: px("1 1e400"), "no number")
    yield Hostile("px", "a value of 10 MB", lambda: px("1 " + "9" * 10 * MB), "no number")
    yield Hostile("px", "a code of 10 MB", lambda: px(values=f'"{BIG}"'), None)
    yield Hostile(
        "px", "a string without end", lambda: px(more='NOTE="' + BIG), "no end|no PX keyword|cut off"
    )
    yield Hostile(
        "px",
        "quotes without end",
        lambda: px(more="NOTE=" + '"a"\n' * MB + '"'),
        "no end|no PX keyword|cut off",
    )
    yield Hostile("px", "subjects without end", lambda: px(more='NOTE("a"' + ',"a"' * MB), "no PX keyword")
    yield Hostile("px", "zeros of 10^9 cells", lambda: px_zeros(1000), "too many")
    yield Hostile("px", "zeros of 10^8 cells", lambda: px_zeros(464), "too many")
    yield Hostile("px", "VALUES twice", lambda: px(more='VALUES("geo")="FI";'), "stands twice")
    yield Hostile("px", "20,000 languages", lambda: px(more=languages(20_000)), None)
    yield Hostile(
        "px",
        "200,000 keywords",
        lambda: px(more="".join(f'NOTE("{n}")="x";\n' for n in range(200_000))),
        None,
    )
    yield Hostile(
        "px", "a code page that opens files", lambda: px().replace(b"utf-8", b"unicode_escape"), "code page"
    )
    yield Hostile("px", "NUL in DATA", lambda: px("1 \x00"), "no number|NUL|control")
    yield Hostile("pxweb-csv", "1e400", lambda: pxweb_csv("1e400"), "no number")
    yield Hostile("pxweb-csv", "a value of 10 MB", lambda: pxweb_csv("9" * 10 * MB), "no number")
    yield Hostile("pxweb-csv", "a label of 10 MB", lambda: pxweb_csv(label=BIG), None)
    yield Hostile("pxweb-csv", "a quote without end", lambda: pxweb_csv('"' + BIG), "no CSV cell")
    yield Hostile(
        "pxweb-csv",
        "300,000 columns",
        lambda: pxweb_csv(",".join("1" * 300_000), columns=",".join(f'"{n}"' for n in range(300_000))),
        None,
    )
    yield Hostile("pxweb-csv", "a row twice", lambda: pxweb_csv() + b'"Finland",1\r\n', "twice")
