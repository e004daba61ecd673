"""Files of every register's form and of PxWeb's own answers, each with its reader and a plain reading of the
same bytes: what the mutation tests damage.

The small texts are made here in the forms of the recorded files, so that the tests need no other file; of the
recorded ones a piece is taken where they are there.
"""

import csv
import io
import json
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from assets.normalise.readers.cordis.csv import AMOUNTS, read_cordis_csv
from assets.normalise.readers.cordis.xml import read_cordis_xml
from assets.normalise.readers.cordis.zip import read_cordis_zip
from assets.normalise.readers.delimited.table import read_delimited
from assets.normalise.readers.pxweb import read_pxweb_csv, read_pxweb_json
from assets.normalise.readers.source_table import SourceTable
from assets.normalise.regions.nuts_workbook import read_nuts_workbook
from tests.normalise.readers import register_forms as forms
from tests.normalise.readers.plain.plain_delimited import plain_table
from tests.normalise.readers.plain.plain_registers import XML_COLUMNS, plain_record
from tests.normalise.readers.plain.plain_workbooks import LAYOUTS, lines_of

Rows = list[tuple[Any, ...]]
BOM = b"\xef\xbb\xbf"


class Form(NamedTuple):
    """How a form is read, how plainly, a made file of it, and a recorded one: its path, how many lines of it.

    The plain reading gets the bytes and the reader's metadata, and fails or gives None where the bytes must
    not be read.
    """

    read: Callable[[bytes], SourceTable]
    plain: Callable[[bytes, dict[str, Any]], Rows | None]
    made: bytes
    recorded: str | None = None
    lines: int = 60
    delimiter: bytes = b","


def rows_of(table: SourceTable) -> Rows:
    """Header and rows of a reader's frame."""
    frame = table.frame.collect()
    return [tuple(frame.columns), *frame.rows()]


# --- PxWeb


def cell_of(text: str) -> tuple[float | None, str | None]:
    text = text.strip()
    return (None, text) if re.fullmatch(r"\.{1,6}|-", text) else (float(text), None)


def plain_pxweb_csv(content: bytes, metadata: dict[str, Any]) -> Rows:
    """Title, an empty line, a header and records; the stub columns are as many as the reader says."""
    text = content.decode("utf-8-sig").replace("\r\n", "\n")
    records = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    header, *rows = records[2:] if len(records) > 1 and not records[1] else records
    stub = len(metadata["dimensions"]) - 1
    cells = [
        (*row[:stub], heading, *cell_of(cell))
        for row in rows
        for heading, cell in zip(header[stub:], row[stub:], strict=True)
        if cell.strip()
    ]
    assert len({row[: stub + 1] for row in cells}) == len(cells)
    return [(*header[:stub], "heading", "OBS_VALUE", "OBS_FLAG"), *cells]


def plain_pxweb_json(content: bytes, metadata: dict[str, Any]) -> Rows:
    answer = json.loads(content.decode("utf-8-sig"))
    contents = [column["code"] for column in answer["columns"] if column.get("type") == "c"]
    keys = [column["code"] for column in answer["columns"] if column.get("type") != "c"]
    cells = [
        (*row["key"], code, *cell_of(cell))
        for row in answer["data"]
        for code, cell in zip(contents, row["values"], strict=True)
        if cell.strip()
    ]
    assert len({row[:-2] for row in cells}) == len(cells)
    return [(*keys, "ContentsCode", "OBS_VALUE", "OBS_FLAG"), *cells]


PXWEB_CSV = "".join(
    ['"made -- Income, by decile, 2022-2023"\r\n\r\n"Information","Decile","2022","2023"\r\n']
    + [
        f'"{i}. MEAN, ""gross""","{"IVX"[i % 3]} ä",{16825 + i},"{".." if i % 3 else "-"}"\r\n'
        for i in range(12)
    ]
).encode()
PXWEB_JSON = json.dumps(
    {
        "columns": [
            {"code": "Alue", "text": "Alue", "type": "d"},
            {"code": "Vuosi", "text": "Vuosi", "type": "t"},
            {"code": "vaesto", "text": "Väestö", "type": "c"},
            {"code": "muutos", "text": "Muutos", "type": "c"},
        ],
        "comments": [],
        "data": [
            {"key": [f"MK{i:02}", str(2020 + i)], "values": [str(204_000 + i), "-0.3" if i % 2 else "..."]}
            for i in range(8)
        ],
        "metadata": [{"updated": "2025-10-23T05.00.00Z", "label": "Väestö", "source": "Tilastokeskus"}],
    },
    indent=1,
    ensure_ascii=False,
).encode()

# --- delimited text


def patterned(dialect: dict[str, Any]) -> Callable[[bytes, dict[str, Any]], Rows]:
    """Lines cut by the dialect's pattern, as Python's `re` cuts them."""
    suffix = dialect.get("lineSuffix", "")

    def plain(content: bytes, metadata: dict[str, Any]) -> Rows:
        text = content.removeprefix(BOM).decode(dialect.get("encoding", "utf-8")).replace("\r\n", "\n")
        header, *lines = (line.removesuffix(suffix) for line in text.removesuffix("\n").split("\n"))
        found = [re.fullmatch(dialect["recordPattern"], line) for line in lines]
        assert all(found)
        return [tuple(header.split(",")), *(tuple(cell or None for cell in f.groups()) for f in found if f)]

    return plain


def grammar(delimiter: str, change: Callable[[str, str | None], str | None] = lambda _, cell: cell) -> Any:
    """RFC 4180 character by character; `change` says what becomes of a column's cell."""

    def plain(content: bytes, metadata: dict[str, Any]) -> Rows | None:
        table = plain_table(content, delimiter, '"')
        if table is None:
            return None
        header, rows = table
        return [
            tuple(header),
            *(tuple(change(column, cell) for column, cell in zip(header, row, strict=True)) for row in rows),
        ]

    return plain


def plain_amount(column: str, cell: str | None) -> str | None:
    """CORDIS's amounts: one mark, comma or point."""
    if column not in AMOUNTS or cell is None:
        return cell
    assert re.fullmatch(r"[-−]?\d+([.,]\d+)?", cell)
    return cell.replace(",", ".")


def plain_grant(column: str, cell: str | None) -> str | None:
    """Business Finland's: thousands parted by no-break spaces."""
    if column not in forms.BUSINESS_FINLAND["numbers"] or cell is None:
        return cell
    assert re.fullmatch(r"[-−]?(\d+|\d{1,3}(\u00a0\d{3})+)(\.\d+)?", cell)
    return cell.replace("\u00a0", "").replace("−", "-")


def plain_tabs(content: bytes, metadata: dict[str, Any]) -> Rows:
    """Kohesio's beneficiaries: tabs, quotes are text, a tab at the end of each line."""
    lines = content.decode("utf-8-sig").replace("\r\n", "\n").removesuffix("\n").split("\n")
    header, *rows = [line.removesuffix("\t").split("\t") for line in lines]
    assert all(len(row) == len(header) for row in rows)
    return [tuple(header), *(tuple(cell or None for cell in row) for row in rows)]


def made_csv(
    header: list[str], rows: list[list[str]], delimiter: str, quoting: int = csv.QUOTE_MINIMAL
) -> bytes:
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter, quoting=quoting, lineterminator="\n").writerows([header, *rows])
    return text.getvalue().encode()


EURA_2007_MADE = (
    "Koodi,Rahasto,Projektin nimi,Ohjelma / osio,Tl,Viranomainen,Toiminnan tila,Aloituspvm,Päättymispvm,"
    "Toteuttajan nimi,a,b,c,d\n"
    + "".join(
        f"S{i},ESR,Työ, oppi ja arvo ({i}),{part},{i % 6 + 1},Hämeen elinkeino-, liikenne- ja muu keskus,"
        f"Toiminta päättynyt,1.9.2008,31.12.2010,Oulun yliopisto, Kajaani,{426925 + i},-5,0,{i}\n"
        for i, part in enumerate(["Etelä-Suomen suuralueosio", "Valtakunnallinen osio", "Itä-Suomi"] * 4)
    )
).encode("windows-1252")
EURA_2014_MADE = (
    "Koodi,Rahasto,Hankkeen nimi,Tl,Viranomainen,Tila,Aloituspvm,Päättymispvm,Toteuttajan nimi,a,b,c,d;\n"
    + "".join(
        f"A{i},EAKR,INKA, uusi |ä,{i % 6},Tekes, Lahti,Toiminnassa,1.3.2015,2.2.2017,Oy,{i}.5,{i},-1,0{end}\n"
        for i, end in enumerate([",,;", ";", "", ",;"] * 3)
    )
).encode()
GRANTS_MADE = made_csv(
    ["Organisaatio", "Y-tunnus", "Myöntämisvuosi", *forms.BUSINESS_FINLAND["numbers"]],
    [
        [
            f'Esimerkki, "{i}" Oy',
            f"299{i:04}-9",
            "2020",
            "9\u00a0536",
            "0",
            "−1\u00a0000",
            str(i),
            f"1\u00a0{i:03}",
        ]
        for i in range(12)
    ],
    ",",
)
BENEFICIARIES_MADE = (
    "Country\tRegion\tBeneficiary Name\tTotal Budget\tEU Contribution\tNumber of Projects\tName\t\n"
    + "".join(f'Suomi\t{"Päijät-Häme" if i % 2 else ""}\t"Y{i}" Oy\t{i}.5\t{i}\t1\t\t\n' for i in range(12))
).encode()


def operations(columns: list[str]) -> bytes:
    rows = [
        [f"{column}, {i}\nsecond" if "Summary" in column else str(i) if i % 3 else "" for column in columns]
        for i in range(4)
    ]
    return made_csv(columns, rows, ",")


# --- CORDIS

ORGANIZATIONS_MADE = made_csv(
    list(XML_COLUMNS["organization"]),
    [
        [
            f'{{"ä; {i}"}}\n' if column == "name" else f"{i},{i}" if column in AMOUNTS and i % 2 else f"{i}7"
            for column in XML_COLUMNS["organization"]
        ]
        for i in range(10)
    ],
    ";",
    csv.QUOTE_ALL,
)
TOPICS_MADE = made_csv(
    list(XML_COLUMNS["topics"]), [[str(i), f"T-{i}", f'One "{i}" ä'] for i in range(8)], ";", csv.QUOTE_ALL
).replace(b'"One ""3"" \xc3\xa4"', b'""One ""3"" of them""')
RECORD_MADE = """<?xml version="1.0" encoding="UTF-8"?>
<project xmlns="http://cordis.europa.eu"><rcn>7</rcn><id>{0}</id><acronym>ÄCRO</acronym>
<title>A title &amp; more</title><totalCost>12,5</totalCost><startDate>2022-01-01</startDate>
<status>SIGNED</status><identifiers><grantDoi>10.3030/101</grantDoi></identifiers><relations><associations>
<organization type="coordinator" order="1" ecContribution="10" netEcContribution="9.5" sme="true">
<rcn>1</rcn>
<id>999999999</id><legalName>ACME &#196;B</legalName>
<address><city>Lahti</city><country>FI</country></address>
<relations><categories><category classification="organizationActivityType"><code>/PRC</code></category>
</categories><regions><region type="relatedNutsCode"><nutsCode>FI1C6</nutsCode></region></regions></relations>
</organization><organization type="participant" order="2" totalCost="3.5"><id>888</id><legalName>B</legalName>
</organization><organization type="isRegisteredBy"><rcn>1</rcn><id>999999999</id></organization>
<programme type="relatedLegalBasis" uniqueProgrammePart="true"><code>HORIZON.2.5</code>
<frameworkProgramme>HORIZON</frameworkProgramme></programme></associations></relations></project>
"""


def plain_organizations(content: bytes, metadata: dict[str, Any]) -> Rows:
    """A record's participants by the DOM; the declaration of an encoding left out, as the reader does."""
    text = re.sub(rb"^<\?xml.*?\?>", b"", content.removeprefix(BOM), flags=re.DOTALL)
    columns = list(XML_COLUMNS["organization"])
    rows = plain_record(text, "organization")
    return [
        tuple(columns),
        *(tuple(plain_amount(c, cell) for c, cell in zip(columns, row, strict=True)) for row in rows),
    ]


def zipped(members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name), content, method)
    return packed.getvalue()


ZIPPED_CSV = zipped({"information.zip": b"PK" * 9, "csv/organization.csv": ORGANIZATIONS_MADE})
ZIPPED_XML = zipped({f"xml/{i}.xml": RECORD_MADE.format(i).encode() for i in range(1, 5)})


def whole(content: bytes) -> Callable[[bytes, dict[str, Any]], Rows]:
    """An archive's checksums allow one table only: that of the undamaged file."""
    rows = rows_of(read_cordis_zip(content, "organization"))
    return lambda damaged, metadata: rows


# --- NUTS workbooks, as the bundle has their cells

NUTS_TITLES = [
    ["Country code", "NUTS Code", "NUTS label", "NUTS level", "Country order", "#", "", ""],
    ["#", "Country Code", "Code 2021", "Code 2024", *(f"NUTS level {n}" for n in "123"), "Change"],
]
NUTS_MADE = made_csv(
    ["sheet", "line", *(f"c{i}" for i in range(1, 9))],
    [
        ["NUTS2024", "1", *NUTS_TITLES[0]],
        ["NUTS2024", "2", "FI", "FI1", "Manner-Suomi", "1", "1", "1", "", ""],
        ["NUTS2024", "3", "FI", "FI1C", "Etelä-  Suomi", "2", "1", "2", "", ""],
        ["NUTS2024", "4", "FI", "FI1C6", "Päijät-Häme", "3", "1", "3", "", ""],
        *[
            ["NUTS2021- NUTS2024", str(line), *cells]
            for line, cells in enumerate(
                [
                    NUTS_TITLES[1],
["1", "FI", "FI1", "FI1", "Manner-Suomi", "", "", ""],
                    ["2", "FI", "FI1C", "FI1C", "", "Etelä-Suomi", "", ""],
                    ["3", "FI", "FI1C3", "", "", "", "Päijät-Häme", "Boundary shift"],
                    ["4", "FI", "", "FI1C6", "", "", "Päijät-Häme", "New region"],
                ],
                1,
            )
        ],
    ],
    ",",
)  # fmt: skip
NUTS_COLUMNS = ("sheet", "from", "to", "old", "new", "part", "level", "name", "change", "explanation")


def plain_nuts(content: bytes, metadata: dict[str, Any]) -> Rows | None:
    table = plain_table(content, ",", '"')
    if table is None:
        return None
    cells: dict[str, dict[tuple[int, int], str]] = {}
    counts: dict[str, int] = {}
    for row in table[1]:
        sheet = str(row[0])
        counts[sheet] = line = counts.get(sheet, 0) + 1
        cells.setdefault(sheet, {}).update({(line, n): text for n, text in enumerate(row[2:], 1) if text})
    known = {"NUTS2024", "NUTS2021- NUTS2024"}
    if not cells.keys() <= known or not all(_headed(cells[sheet]) for sheet in cells):
        return []  # another layout: what the reader makes of it is not known here
    layouts = LAYOUTS["NUTS2021-NUTS2024.xlsx"]
    return [NUTS_COLUMNS, *lines_of(cells, {sheet: layouts[sheet] for sheet in cells}, "2021", "2024")]


def _headed(cells: dict[tuple[int, int], str]) -> bool:
    return [cells.get((1, column), "") for column in range(1, 9)] in NUTS_TITLES


def delimited(dialect: dict[str, Any]) -> Callable[[bytes], SourceTable]:
    return lambda content: read_delimited(content, dialect)


TABS = {"delimiter": "\t", "quoteChar": None, "lineSuffix": "\t"}
HORIZON = "cordis/horizon-fi-2025-12/organization.csv"
FORMS: dict[str, Form] = {
    "pxweb csv": Form(read_pxweb_csv, plain_pxweb_csv, PXWEB_CSV, "statfin/csv/tjt_128c_2025-06.csv"),
    "pxweb json": Form(read_pxweb_json, plain_pxweb_json, PXWEB_JSON, None, delimiter=b'"'),
    "eura 2007": Form(
        *(delimited(forms.EURA_2007), patterned(forms.EURA_2007)),
        *(EURA_2007_MADE, "eura/projektilista-2007-2013_old.csv"),
    ),
    "eura 2014": Form(
        delimited(forms.EURA_2014),
        patterned(forms.EURA_2014),
        EURA_2014_MADE,
        "eura/projektilista-2014-2020_original.csv",
        50,
    ),
    "business finland": Form(
        delimited(forms.BUSINESS_FINLAND),
        grammar(",", plain_grant),
        GRANTS_MADE,
        "businessfinland/BFData_2010-2022.csv",
    ),
    "kohesio beneficiaries": Form(
        delimited(TABS), plain_tabs, BENEFICIARIES_MADE, "kohesio/kohesio-beneficiaries-export-head.tsv",
        delimiter=b"\t",
    ),
    "kohesio 2014": Form(delimited({}), grammar(","), operations(forms.KOHESIO_2014)),
    "kohesio 2021": Form(delimited({}), grammar(","), operations(forms.KOHESIO_2021)),
    "cordis csv": Form(
        read_cordis_csv, grammar(";", plain_amount), ORGANIZATIONS_MADE, HORIZON, 20, delimiter=b";"
    ),
    "cordis xml": Form(
        read_cordis_xml,
        plain_organizations,
        RECORD_MADE.format(101).encode(),
        "cordis/api-xml/project-101190685.xml",
        0,
        delimiter=b"<",
    ),
    "cordis zip": Form(lambda c: read_cordis_zip(c, "organization"), whole(ZIPPED_CSV), ZIPPED_CSV),
    "cordis zip of records": Form(
        lambda c: read_cordis_zip(c, "organization"), whole(ZIPPED_XML), ZIPPED_XML
    ),
    "nuts cells": Form(read_nuts_workbook, plain_nuts, NUTS_MADE),
}  # fmt: skip


def recorded(form: Form, folder: Path) -> bytes:
    """The recorded file's first lines, or the whole of it."""
    content = (folder / str(form.recorded)).read_bytes()
    return b"".join(content.splitlines(keepends=True)[: form.lines]) if form.lines else content
