"""The cells of an XLS or XLSX workbook as text, read in a process of its own with a limit of memory and time.

The parser is compiled code that reserves a sheet's whole rectangle: one cell at the far corner of a sheet of
two kilobytes asks for 400 GB and ends the process. Here it ends the child only. What the sheets mean does not
belong here.
"""

import json
import subprocess
import sys

import polars as pl

from assets.errors import SourceError
from assets.normalise.readers.text_checks import one_line

MOST_MEMORY = 2_000_000_000  # bytes of address space; the largest workbook of Eurostat's takes 0.3
MOST_SECONDS = 60
MOST_BYTES = 100_000_000  # of one answer, packed and unpacked; the largest seen has 2, and 8 unpacked
# The parser reads on where XML breaks off, so a strict one looks at each part before it.
CHILD = """
import io, json, resource, sys, zipfile
from xml.parsers import expat
resource.setrlimit(resource.RLIMIT_AS, (int(sys.argv[1]), int(sys.argv[1])))
resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
content = sys.stdin.buffer.read()
if content.startswith(b"PK"):
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        if sum(part.file_size for part in parts.infolist()) > int(sys.argv[2]):
            sys.exit("its parts unpack to more than " + sys.argv[2] + " bytes: refused as a bomb")
        for name in parts.namelist():
            if name.endswith((".xml", ".rels")):
                with parts.open(name) as part:
                    expat.ParserCreate().ParseFile(part)
import fastexcel
book = fastexcel.read_excel(content)
for name in book.sheet_names:
    cells = book.load_sheet(name, header_row=None, dtypes="string").to_arrow()
    print(json.dumps([name, cells.to_pydict()]))
"""


def read_workbook_cells(content: bytes, name: str) -> dict[str, pl.DataFrame]:
    """{sheet: `line` (from 1, the first that holds anything) and its cells as text}, empty sheets left out.

    Raises `SourceError` where the bytes are no workbook, a part of it breaks off, or it needs more than
    `MOST_MEMORY`, `MOST_SECONDS` or `MOST_BYTES`.
    """
    if len(content) > MOST_BYTES:
        raise SourceError(name, "", f"a workbook of {len(content)} bytes; at most {MOST_BYTES} are read")
    try:
        done = subprocess.run(
            [sys.executable, "-I", "-c", CHILD, str(MOST_MEMORY), str(MOST_BYTES)],
            input=content,
            capture_output=True,
            timeout=MOST_SECONDS,
        )
    except subprocess.TimeoutExpired as error:
        problem = f"the workbook takes more than {MOST_SECONDS} s to read: refused as a bomb"
        raise SourceError(name, "", problem) from error
    if done.returncode < 0:  # ended by a signal: out of memory, most likely
        raise SourceError(name, "", f"the workbook takes more than {MOST_MEMORY} bytes: refused as a bomb")
    if done.returncode:
        message = one_line(done.stderr.strip().rpartition(b"\n")[2])
        raise SourceError(name, "", f"the workbook cannot be read ({message}); fetch it again")
    sheets = dict(json.loads(line) for line in done.stdout.splitlines())
    return {
        sheet: pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.String))
        .with_row_index("line", 1)
        .cast(pl.String)
        for sheet, columns in sheets.items()
        if columns
    }
