"""Hostile inputs for the readers of registers and workbooks; see `hostile_everywhere`."""

import io
import struct
import zipfile
from collections.abc import Iterator

from tests.normalise.readers.hostile.hostile_everywhere import BIG, DEEP, LAUGHS, MB, Hostile


def delimited(*rows: str, header: str = "a,b") -> bytes:
    return "".join(f"{line}\n" for line in (header, *(rows or ("1,2",)))).encode()


def cordis(project: str = "1", amount: str = "1,5") -> bytes:
    header = '"projectID";"organisationID";"role";"order";"country";"totalCost"'
    return f'{header}\n"{project}";"2";"participant";"1";"FI";"{amount}"\n'.encode()


def xml(inner: str = "", head: str = '<?xml version="1.0" encoding="UTF-8"?>', title: str = "T") -> bytes:
    return f"{head}<project><id>1</id><title>{title}</title>{inner}</project>".encode()


def archive(members: dict[str, bytes], level: int = 9) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=level) as made:
        for name, content in members.items():
            made.writestr(name, content)
    return packed.getvalue()


def overlapping(members: int) -> bytes:
    """An archive whose directory names one packed record many times (the kernel of a better zip bomb)."""
    record = xml(title="".join(chr(97 + n * 7919 % 26) for n in range(100_000)) * 40)
    whole = archive({"0000.xml": record})
    at = whole.find(b"PK\x01\x02")
    end = whole.rfind(b"PK\x05\x06")
    entry, tail = whole[at:end], bytearray(whole[end:])
    struct.pack_into("<HHII", tail, 8, members, members, len(entry) * members, at)
    return whole[:at] + entry * members + bytes(tail)


def workbook(
    cell: str = "A1", text: str = "Code 2021", sheets: str = "NUTS2021-NUTS2024", rows: str = ""
) -> bytes:
    """The smallest XLSX file: one sheet and one cell, and rows as given."""
    main = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    row = "".join(filter(str.isdigit, cell))
    sheet = f'<row r="{row}"><c r="{cell}" t="inlineStr"><is><t>{text}</t></is></c></row>{rows}'
    kinds = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types"><Override PartName="/xl/workbook.xml"'
        f' ContentType="{kinds}.sheet.main+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="rId1" '
        f'Type="{office}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook {main} xmlns:r="{office}"><sheets><sheet name="{sheets}" sheetId="1" '
        'r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}/relationships"><Relationship'
        f' Id="rId1" Type="{office}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": f"<worksheet {main}><sheetData>{sheet}</sheetData></worksheet>",
    }
    head = '<?xml version="1.0" encoding="UTF-8"?>'
    return archive({name: (head + part).encode() for name, part in parts.items()})


def register_cases() -> Iterator[Hostile]:
    yield Hostile("delimited", "a cell of 10 MB", lambda: delimited(f"1,{BIG}"), None)
    yield Hostile("delimited", "a quoted cell of 10 MB", lambda: delimited(f'1,"{BIG}""\n"'), None)
    yield Hostile("delimited", "a quote without end", lambda: delimited(f'1,"{BIG}'), "quote")
    yield Hostile("delimited", "quotes without end", lambda: delimited(*['"1,2'] * 300_001), "quote|cells")
    yield Hostile("delimited", "a row of a million cells", lambda: delimited("1," * MB), "1000001 cells")
    yield Hostile(
        "delimited",
        "100,000 columns",
        lambda: delimited(",".join("1" * 100_000), header=",".join(f"c{n}" for n in range(100_000))),
        None,
    )
    yield Hostile(
        "delimited",
        "a million columns of one name",
        lambda: delimited("1", header="a" + ",a" * MB),
        "more than once",
    )
    yield Hostile("delimited", "a name twice", lambda: delimited(header="a,a"), "more than once")
    yield Hostile("delimited", "NUL", lambda: delimited("1,\x00"), "line 2: a NUL byte")
    yield Hostile("cordis-csv", "a cell of 10 MB", lambda: cordis(BIG), None)
    yield Hostile("cordis-csv", "1e400", lambda: cordis(amount="1e400"), "no number")
    yield Hostile("cordis-csv", "an amount of 10 MB", lambda: cordis(amount="9" * 10 * MB), None)
    yield Hostile(
        "cordis-csv repairing",
        "quotes that cannot be repaired",
        lambda: cordis() + b'"a;"b"\n' * 20_000,
        "quote|cells",
    )
    yield Hostile(
        "cordis-csv repairing",
        "one quote that cannot",
        lambda: cordis() + b'"a' + b'\n"b";"' * 200_000 + b"\n",
        "quote|cells",
    )
    yield Hostile("cordis-xml", "entities", lambda: LAUGHS, "<!DOCTYPE: a project record has no")
    yield Hostile(
        "cordis-xml",
        "an entity from outside",
        lambda: xml(head='<!DOCTYPE p SYSTEM "file:///etc/passwd">'),
        "DOCTYPE",
    )
    yield Hostile("cordis-xml", "depth", lambda: xml("<a>" * DEEP + "</a>" * DEEP), "more than 500000 tags")
    yield Hostile(
        "cordis-xml", "depth without end", lambda: b"<project>" + b"<a>" * 5 * MB, "more than 500000 tags"
    )
    yield Hostile("cordis-xml", "a title of 10 MB", lambda: xml(title=BIG), None)
    yield Hostile("cordis-xml", "an attribute twice", lambda: xml('<a x="1" x="2"/>'), "duplicate attribute")
    yield Hostile("cordis-xml", "60 MB", lambda: xml(title="x" * 60 * MB), "at most")
    yield Hostile(
        "cordis-xml", "another encoding", lambda: xml(head='<?xml version="1.0" encoding="utf-7"?>'), None
    )
    yield Hostile(
        "cordis-zip",
        "a name that leads out",
        lambda: archive({"../../organization.csv": cordis()}),
        "leads out",
    )
    yield Hostile(
        "cordis-zip", "an absolute name", lambda: archive({"/etc/organization.csv": cordis()}), "leads out"
    )
    yield Hostile("cordis-zip", "a drive", lambda: archive({"C:\\organization.csv": cordis()}), "leads out")
    yield Hostile(
        "cordis-zip",
        "a member twice",
        lambda: archive({"a/organization.csv": cordis(), "b/organization.csv": cordis()}),
        "more than once",
    )
    yield Hostile(
        "cordis-zip", "a ratio bomb", lambda: archive({"organization.csv": cordis(BIG * 20)}), "bomb"
    )
    yield Hostile("cordis-zip", "a bomb of records", lambda: archive({"1.xml": xml(title=BIG * 4)}), "bomb")
    yield Hostile(
        "cordis-zip", "one record under a thousand names", lambda: overlapping(1000), "bomb|overlap"
    )
    yield Hostile(
        "cordis-zip",
        "200,001 members",
        lambda: archive({f"{n}.xml": b"" for n in range(200_001)}, 0),
        "members",
    )
    yield Hostile(
        "cordis-zip",
        "a zip in a zip",
        lambda: archive({"organization.zip": archive({"organization.csv": cordis()})}),
        "no organization.csv",
    )
    yield Hostile("cordis-zip", "nothing", lambda: b"", "no zip archive")
    yield Hostile("cordis-zip", "its end only", lambda: b"PK\x05\x06" + bytes(18), "no zip archive")
    yield Hostile("nuts-workbook", "a cell of 10 MB", lambda: workbook(text=BIG), "workbook|column|bomb|code")
    yield Hostile(
        "nuts-workbook",
        "a cell at the far corner",
        lambda: workbook(rows='<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'),
        "refused as a bomb",
    )
    yield Hostile(
        "nuts-workbook",
        "a cell beyond every corner",
        lambda: workbook(rows='<row r="4294967295"><c r="ZZZZZZ4294967295"><v>1</v></c></row>'),
        "cells|workbook",
    )
    yield Hostile("nuts-workbook", "a ratio bomb", lambda: workbook(text=" " * 300 * MB), "bomb|headers")
    browser = "data-browser"
    yield Hostile(browser, "a cell of 10 MB", lambda: workbook(text=BIG, sheets="Sheet 1"), "workbook|bomb")
    yield Hostile(browser, "a ratio bomb", lambda: workbook(text=" " * 300 * MB), "bomb|workbook")
    for what, content in (("nothing", b""), ("a page", b"<html></html>"), ("NUL bytes", bytes(10 * MB))):
        yield Hostile(browser, what, lambda content=content: content, "the workbook cannot be read")
    yield Hostile(browser, "a zip of nothing", lambda: archive({"x": b""}), "workbook")
    yield Hostile("nuts-workbook", "a zip of nothing", lambda: archive({"x": b""}), "workbook")
    yield Hostile(
        "nuts-workbook", "half an XLS", lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(5000), "workbook"
    )
    yield Hostile(
        "nuts-workbook", "entities in a sheet", lambda: workbook(text="&i;"), "workbook|column|code"
    )
