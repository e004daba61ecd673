"""Made tables written in each wire format of statistics, to be read again."""

import itertools
import json
import re
from typing import Any

Cube = tuple[dict[str, list[str]], list[Any], list[str | None]]


def to_jsonstat(cube: Cube, sparse: bool, indent: Any) -> bytes:
    codes, values, flags = cube
    value: Any = values
    if sparse:
        value = {str(i): v for i, v in enumerate(values) if v is not None}
    dataset = {
        "class": "dataset",
        "id": list(codes),
        "size": [len(found) for found in codes.values()],
        "dimension": {name: {"category": {"index": found}} for name, found in codes.items()},
        "status": {str(i): flag for i, flag in enumerate(flags) if flag},
        "value": value,
    }
    return json.dumps(dataset, indent=indent).encode()


def to_tsv(codes: dict[str, list[str]], values: list[Any], flags: list[str | None], end: str) -> bytes:
    *names, time = codes
    periods = codes[time]
    lines = [f"{','.join(names)}\\{time}\t" + "\t".join(f"{period} " for period in periods)]
    for row, key in enumerate(itertools.product(*(codes[name] for name in names))):
        cells = range(row * len(periods), (row + 1) * len(periods))
        written = (re.sub("([A-Z]+)$", r"@\1", flags[i] or "") for i in cells)  # confidentiality
        texts = (
            f"{':' if values[i] is None else values[i]} {flag}"
            for i, flag in zip(cells, written, strict=True)
        )
        lines.append("\t".join([",".join(key), *texts]))
    return (end.join(lines) + end).encode()


def to_sdmx_csv(codes: dict[str, list[str]], values: list[Any], flags: list[str | None], quote: str) -> bytes:
    lines = [",".join(["DATAFLOW", "LAST UPDATE", *codes, "OBS_VALUE", "OBS_FLAG"])]
    for key, value, flag in zip(itertools.product(*codes.values()), values, flags, strict=True):
        cells = ["ESTAT:X(1.0)", "21/02/23 23:00:00", *key, "" if value is None else str(value), flag or ""]
        lines.append(",".join(f"{quote}{cell}{quote}" for cell in cells))
    return ("\r\n".join(lines) + "\r\n").encode()


def to_px(codes: dict[str, list[str]], values: list[Any], space: str) -> bytes:
    *stub, heading = codes
    quoted = {name: ",".join(f'"{code}"' for code in found) for name, found in codes.items()}
    head = [f"STUB={','.join(f'{chr(34)}{name}{chr(34)}' for name in stub)};", f'HEADING="{heading}";']
    head += [f'VALUES("{name}")={found};' for name, found in quoted.items()]
    cells = ('".."' if value is None else str(value) for value in values)
    return ("\n".join(['CODEPAGE="utf-8";', *head, "DATA="]) + space.join(cells) + ";").encode()
