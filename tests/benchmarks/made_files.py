"""Makes the benchmark files: the same cells in every wire format, sizes by argument, always the same bytes
for one seed.

`python tests/benchmarks/made_files.py FOLDER CELLS` writes `array.json`, `object.json`, `sparse.json`,
`table.tsv.gz`, `table.csv`, `table.px`.
"""

import gzip
import itertools
import json
import random
import sys
from pathlib import Path
from typing import Any

MISSING, FLAGGED, SPARSE = 0.05, 0.03, 0.2


def codes_for(cells: int) -> dict[str, list[str]]:
    """freq x unit x nace x geo x time with about `cells` positions; geo takes up the rest."""
    units = ["MIO_EUR", "EUR_HAB", "PC_GDP", "MIO_PPS"]
    nace = [f"N{i:02d}" for i in range(25)]
    years = [str(year) for year in range(2000, 2025)]
    areas = max(1, cells // (len(units) * len(nace) * len(years)))
    geo = [
        f"{a}{b}{i:03d}"
        for a, b, i in itertools.islice(itertools.product("ABCDEFGH", "ABCDEFGH", range(1000)), areas)
    ]
    return {"freq": ["A"], "unit": units, "nace_r2": nace, "geo": geo, "time": years}


def made_cells(count: int) -> tuple[list[float | int | None], dict[int, str]]:
    """Values (one in twenty missing) and flags (three in a hundred, some on missing cells)."""
    made = random.Random(1)
    values: list[float | int | None] = []
    flags: dict[int, str] = {}
    for position in range(count):
        chance = made.random()
        value = round(made.random() * 100_000, made.choice((0, 1, 1, 2)))
        values.append(None if chance < MISSING else int(value) if value == int(value) else value)
        if made.random() < FLAGGED:
            flags[position] = made.choice(("e", "p", "b", "bu", "c"))
    return values, flags


def jsonstat(codes: dict[str, list[str]], value: Any, status: Any) -> bytes:
    dimension = {
        name: {
            "label": name,
            "category": {
                "index": {c: i for i, c in enumerate(found)},
                "label": {c: f"Label of {c}" for c in found},
            },
        }
        for name, found in codes.items()
    }
    cube = {
        "version": "2.0", "class": "dataset", "label": "Made", "source": "ESTAT",
        "updated": "2026-03-18T23:00:00+0100", "value": value, "status": status,
        "id": list(codes), "size": [len(found) for found in codes.values()],
        "dimension": dimension, "extension": {"lang": "EN", "id": "MADE"},
    }  # fmt: skip
    return json.dumps(cube, separators=(",", ":")).encode()


def write_files(folder: Path, cells: int) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    codes = codes_for(cells)
    count = 1
    for found in codes.values():
        count *= len(found)
    values, flags = made_cells(count)
    status = {str(position): flag for position, flag in flags.items()}
    (folder / "array.json").write_bytes(jsonstat(codes, values, status))
    present = {str(position): value for position, value in enumerate(values) if value is not None}
    (folder / "object.json").write_bytes(jsonstat(codes, present, status))
    made = random.Random(2)
    kept = {key for key in present if made.random() < SPARSE}
    sparse = {key: value for key, value in present.items() if key in kept}
    (folder / "sparse.json").write_bytes(
        jsonstat(codes, sparse, {k: v for k, v in status.items() if k in kept})
    )
    periods = codes["time"]
    keys = list(itertools.product(*(found for name, found in codes.items() if name != "time")))
    wide, long, cube = ["freq,unit,nace_r2,geo\\TIME_PERIOD\t" + "\t".join(f"{p} " for p in periods)], [], []
    for row, key in enumerate(keys):
        texts = []
        for place, period in enumerate(periods):
            position = row * len(periods) + place
            value, flag = values[position], flags.get(position, "")
            text = ":" if value is None else str(value)
            texts.append(f"{text} {flag}")
            cube.append('".."' if value is None else text)
            if value is not None or flag:
                shown = "" if value is None else text
                long.append(f"ESTAT:MADE(1.0),21/02/26 23:00:00,{','.join(key)},{period},{shown},{flag}")
        wide.append(f"{','.join(key)}\t" + "\t".join(texts))
    (folder / "table.tsv.gz").write_bytes(gzip.compress(("\r\n".join(wide) + "\r\n").encode(), 6, mtime=0))
    header = "DATAFLOW,LAST UPDATE,freq,unit,nace_r2,geo,TIME_PERIOD,OBS_VALUE,OBS_FLAG"
    (folder / "table.csv").write_bytes(("\r\n".join([header, *long]) + "\r\n").encode())
    (folder / "table.px").write_bytes(px(codes, cube))


def px(codes: dict[str, list[str]], cells: list[str]) -> bytes:
    """The cube as a PX file, the years in the heading; symbols where values are missing, no flags."""
    stub = ",".join(f'"{name}"' for name in codes if name != "time")
    head = [
        *('CHARSET="ANSI";', 'AXIS-VERSION="2013";', 'CODEPAGE="utf-8";', 'LANGUAGE="en";', "DECIMALS=1;"),
        *('MATRIX="made";', 'SUBJECT-CODE="M";', 'SUBJECT-AREA="Made";', 'UNITS="x";', 'CONTENTS="Made";'),
        *('TITLE="Made";', f"STUB={stub};", 'HEADING="time";'),
    ]
    for name, found in codes.items():
        values = ",".join(f'"{code}"' for code in found)
        head += [f'VALUES("{name}")={values};', f'CODES("{name}")={values};']
    years = len(codes["time"])
    rows = (" ".join(cells[i : i + years]) + " " for i in range(0, len(cells), years))
    return ("\r\n".join([*head, "DATA=", *rows]) + "\r\n;\r\n").encode()


if __name__ == "__main__":
    write_files(Path(sys.argv[1]), int(sys.argv[2]))
