"""Random schemas and tables, clean and dirty, for the comparison with frictionless-py."""

import csv
import io
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

POOLS: dict[str, list[str]] = {  # texts of each type: plain ones first, then odd ones, then wrong ones
    "integer": [
        "0",
        "1",
        "2",
        "7",
        "-3",
        "42",
        "100",
        " 1",
        "1 ",
        "+5",
        "007",
        "1_000",
        "٣",
        "-0",
        "99999999999999999999",
        "9223372036854775808",
        "\t2",
        "1.0",
        "1e3",
        "x",
        "--1",
        "1,000",
        "0x10",
        "NaN",
    ],
    "number": [
        "0",
        "1.5",
        "-2.25",
        "10",
        "3.14",
        "1e3",
        " 1.5",
        "1.50",
        "1_0.5",
        "1e400",
        "-1e-400",
        "1e-320",
        "NaN",
        "INF",
        "-inf",
        "Infinity",
        "٣.٥",
        ".5",
        "5.",
        "0.1",
        "0.10000000000000000001",
        "12345678901234567890.5",
        "0.30000000000000004",
        "0.3",
        "x",
        "1,5",
        "1..2",
        "1e",
        "e1",
        "1 000",
    ],
    "boolean": ["true", "false", "1", "0", "True", "FALSE", "TRUE", "False", "yes", " true", "tRue", "2"],
    "date": [
        "2020-01-02",
        "2024-02-29",
        "1999-12-31",
        "2020-01-01",
        "2020-1-2",
        "2020-01- 2",
        "0001-01-01",
        "9999-12-31",
        "2020-01-2",
        "20-01-02",
        " 2020-01-02",
        "2020- 1-02",
        "2021-02-29",
        "2020-13-01",
        "0000-01-01",
        "2020/01/02",
        "x",
    ],
    "datetime": [
        "2020-01-02T03:04:05Z",
        "2020-01-02T03:04:05",
        "1999-12-31T23:59:59Z",
        "2020-01-01T00:00:00Z",
        "2020-01-02T03:04:05.123Z",
        "2020-01-02T03:04:05+02:00",
        "2020-01-02 03:04:05",
        "2020-01-02T24:00:00",
        "2020-01-02T03:04:60Z",
        "2020-01-02T03:04",
        "2020-01-02T 3:04:05",
        "2020-01-02",
        "x",
    ],
    "time": [
        "03:04:05",
        "23:59:59",
        "00:00:00",
        "03:04:05Z",
        "03:04:05.5",
        "24:00:00",
        "03:04:05+02:00",
        " 3:04:05",
        "03:04:60",
        "03:04",
        "3:04:05",
        "x",
    ],
    "year": ["2020", "1999", "0001", "+202", " 202", "2_20", "-000", "0000", "-020", "20", "20200", "x"],
    "yearmonth": ["2020-01", "1999-12", "2020-1", "20-01", "2020- 1", "2020-13", "2020", "x", "2020-01-01"],
    "duration": ["P1Y", "P1M", "PT1H", "P1DT12H", "P1W", "-P1D", "P1.5Y", "P0D", "PT0S", "1Y", "P", "x"],
    "string": ["a", "ab", "abc", "b", "z", "", " ", "å", "äö", "a\nb", 'say "x"', "a,b", "\ta", "𝒳𝒳"],
    "any": ["a", "1", "b", "å", " "],
    "list": ["a,b", "a", "1,2", ",", "a,", " a"],
    "array": ["[]", "[1]", '["a", "b"]', "[1, 2, 3]", "[[1]]", " [1] ", "{}", "[1", "x"],
    "object": ["{}", '{"a": 1}', '{"a": 1, "b": 2}', ' {"a": 1}', "[]", "{", "x", '{"a"}'],
    "geopoint": ["1,2", "180, 90", "-1.5,2.25", " 1 , 2 ", "1e1,2", "181,0", "0,91", "1", "1,2,3", "x"],
    "geojson": [
        '{"type": "Point", "coordinates": [1, 2]}',
        '{"type": "Feature", "geometry": null, "properties": {}}',
        '{"type": "LineString", "coordinates": [[1, 2], [3, 4]], "bbox": [1, 2]}',
        '{"type": "Point", "coordinates": [1]}',
        '{"type": "x"}',
        "{}",
        "[]",
        "x",
    ],
}
VALUES: dict[str, list[Any]] = {  # what constraints are made of, in order
    "integer": [-3, 0, 1, "2", 42],
    "number": [-2.25, 0, "0.1", 1.5, "0.3", 10],
    "date": ["1999-12-31", "2020-01-01", "2020-01-02", "2024-02-29"],
    "datetime": ["1999-12-31T23:59:59Z", "2020-01-01T00:00:00Z", "2020-01-02T03:04:05Z"],
    "time": ["00:00:00", "03:04:05", "23:59:59"],
    "year": ["0001", 1999, "2020"],
    "yearmonth": ["1999-12", "2020-01"],
    "boolean": [True, "false"],
    "duration": ["P1Y", "PT1H"],
    "string": ["a", "ab", "z"],
    "any": ["a", "1"],
    "array": [[1], ["a", "b"]],
    "object": [{}, {"a": 1}],
    "geopoint": ["1,2"],
    "geojson": ['{"type": "Point", "coordinates": [1, 2]}'],
}
BOUNDED = (
    "integer",
    "number",
    "date",
    "year",
    "yearmonth",
)  # zones make comparing moments a matter of its own
PATTERNS = [
    "a.*",
    "[a-c]+",
    r"\w+",
    "(a|b)+",
    "a{1,2}b?",
    "[^x]*",
    r"\S",
    "a(?=b)b",
    ".",
    r"\d*[a-z]",
]
MISSING = [[""], ["", "NA"], ["", "-99", "x"], [], ["NA"], ["", "0"], [{"value": "", "label": "none"}]]


@dataclass(frozen=True)
class MadeTable:
    """A schema, a dialect, and the bytes of a file."""

    schema: dict[str, Any]
    dialect: dict[str, Any]
    content: bytes


@st.composite
def field_descriptors(draw: st.DrawFn, name: str) -> dict[str, Any]:
    """A field of any type, with some constraints."""
    kind = draw(st.sampled_from(sorted(POOLS)))
    field: dict[str, Any] = {"name": name, "type": kind}
    constraints: dict[str, Any] = {}
    if draw(st.integers(0, 2)) == 0:
        constraints["required"] = True
    if draw(st.integers(0, 3)) == 0 and kind not in ("array", "object", "list", "geojson"):
        constraints["unique"] = True
    values = VALUES.get(kind, [])
    if kind in BOUNDED:
        for bound in draw(
            st.sets(st.sampled_from(["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"]))
        ):
            constraints[bound] = draw(st.sampled_from(values))
    if kind in ("string", "array", "object", "list"):
        for bound in draw(st.sets(st.sampled_from(["minLength", "maxLength"]))):
            constraints[bound] = draw(st.integers(0, 3))
    if kind == "string" and draw(st.integers(0, 2)) == 0:
        constraints["pattern"] = draw(st.sampled_from(PATTERNS))
    if kind not in ("list", "geojson") and values and draw(st.integers(0, 3)) == 0:
        constraints["enum"] = draw(st.lists(st.sampled_from(values), min_size=1, max_size=3))
    if kind == "list" and draw(st.booleans()):
        field["itemType"] = draw(st.sampled_from(["string", "integer", "boolean", "number", "date"]))
    if kind == "number" and draw(st.integers(0, 3)) == 0:
        field |= draw(
            st.sampled_from(
                [
                    {"decimalChar": ","},
                    {"groupChar": ","},
                    {"bareNumber": False},
                    {"groupChar": " ", "decimalChar": ","},
                ]
            )
        )
        for bound, value in constraints.items():  # texts among the values are read as cells are
            if "decimalChar" in field and bound != "enum" and isinstance(value, str):
                constraints[bound] = 1
        if "decimalChar" in field:
            constraints.pop("enum", None)
    if kind == "integer" and draw(st.integers(0, 5)) == 0:
        field["bareNumber"] = False
    if kind == "boolean" and draw(st.integers(0, 3)) == 0:
        field |= {"trueValues": ["yes", "1"], "falseValues": ["2", "0"]}
        constraints.pop("enum", None)
    if kind == "date" and draw(st.integers(0, 4)) == 0:
        field["format"] = draw(st.sampled_from(["%Y/%m/%d", "any"]))
        for name_ in ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "enum"):
            constraints.pop(name_, None)
    if constraints:
        field["constraints"] = constraints
    if draw(st.integers(0, 4)) == 0:
        field["missingValues"] = draw(st.sampled_from(MISSING))
    return field


@st.composite
def made_tables(draw: st.DrawFn) -> MadeTable:
    """A schema of one to five fields, and a CSV file that keeps to it more or less."""
    names = ["a", "b", "c", "d", "e"][: draw(st.integers(1, 5))]
    fields = [draw(field_descriptors(name)) for name in names]
    schema: dict[str, Any] = {
        "$schema": "https://datapackage.org/profiles/2.0/tableschema.json",
        "fields": fields,
    }
    schema["missingValues"] = draw(st.sampled_from(MISSING))
    hashable = [f["name"] for f in fields if f["type"] not in ("array", "object", "list", "geojson")]
    if hashable and draw(st.booleans()):
        key = draw(st.lists(st.sampled_from(hashable), min_size=1, max_size=2, unique=True))
        schema["primaryKey"] = key
    if hashable and draw(st.integers(0, 2)) == 0:
        width = draw(st.integers(1, min(2, len(hashable))))
        own = draw(st.lists(st.sampled_from(hashable), min_size=width, max_size=width))
        other = draw(st.lists(st.sampled_from(hashable), min_size=width, max_size=width))
        schema["foreignKeys"] = [{"fields": own, "reference": {"resource": "", "fields": other}}]
    match = draw(st.sampled_from(["exact"] * 4 + ["equal", "subset", "superset", "partial"]))
    if match != "exact":
        schema["fieldsMatch"] = match
    labels = draw(made_labels(names, match))
    rows = draw(made_rows(fields, schema["missingValues"], len(labels)))
    dialect = draw(
        st.sampled_from([{}, {}, {}, {"delimiter": ";"}, {"delimiter": "\t"}, {"skipInitialSpace": True}])
    )
    return MadeTable(schema, dialect, write_csv(draw, [labels, *rows], dialect))


@st.composite
def made_labels(draw: st.DrawFn, names: list[str], match: str) -> list[str]:
    """The header: as the schema has it, or with something wrong."""
    fault = draw(st.sampled_from(["none"] * 6 + ["extra", "missing", "other", "swap", "blank"]))
    labels = list(names)
    if fault == "extra":
        labels.append(draw(st.sampled_from(["x", "y"])))
    if fault == "missing" and len(labels) > 1:
        del labels[draw(st.integers(0, len(labels) - 1))]
    if fault == "other":
        labels[-1] = "other"
    if fault == "swap":
        labels.reverse()
    if fault == "blank" and match == "exact":
        labels[0] = ""
    if match == "exact" and fault == "extra" and draw(st.booleans()):
        labels[-1] = labels[0]
    return labels


@st.composite
def made_rows(
    draw: st.DrawFn, fields: list[dict[str, Any]], missing: list[Any], width: int
) -> list[list[str]]:
    """Up to eight rows; half of the tables are ragged and have odd cells."""
    dirty = draw(st.booleans())
    absent = [value["value"] if isinstance(value, dict) else value for value in missing] or [""]
    pools = [POOLS[f["type"]] if dirty else POOLS[f["type"]][:3] for f in fields]
    pools += [["x", ""]] * max(width - len(fields), 0)
    cells = [
        st.sampled_from(pool) | st.sampled_from([*absent, ""]) if dirty else st.sampled_from(pool)
        for pool in pools
    ]
    rows = draw(st.lists(st.tuples(*cells[:width]).map(list), max_size=8))
    if dirty:
        for row in rows:
            fault = draw(st.integers(0, 14))
            if fault == 0:
                row.append(draw(st.sampled_from(["", "extra"])))
            elif fault == 1:
                row.pop()
            elif fault == 2:
                row.clear()
            elif fault == 3:
                row[:] = [""] * width
    return rows


def write_csv(draw: st.DrawFn, rows: list[list[str]], dialect: dict[str, Any]) -> bytes:
    """The bytes of the rows; line ends and quoting vary, the last line end may be absent."""
    end = draw(st.sampled_from(["\n", "\r\n"]))
    quoting = draw(st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_MINIMAL, csv.QUOTE_ALL]))
    file = io.StringIO(newline="")
    writer = csv.writer(file, delimiter=dialect.get("delimiter", ","), lineterminator=end, quoting=quoting)
    for row in rows:
        if row:
            writer.writerow(row)
        else:
            file.write(end)
    text = file.getvalue()
    if draw(st.integers(0, 3)) == 0 and rows[-1]:
        text = text.removesuffix(end)
    mark = b"\xef\xbb\xbf" if draw(st.integers(0, 9)) == 0 else b""
    return mark + text.encode()
