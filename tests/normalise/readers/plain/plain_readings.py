"""Plain-Python readings of the statistics formats, slow and obvious, to compare the readers with. They
share no code with the readers."""

import csv
import gzip
import io
import json
import math
import re
from itertools import product
from pathlib import Path

import polars as pl


class KeyTwice(AssertionError):
    """A key stands twice: left to the next step by a reader, and seen here."""


Cells = dict[tuple[str | None, ...], tuple[float | None, str | None]]


def plain_bytes(path: Path) -> bytes:
    content = path.read_bytes()
    return gzip.decompress(content) if content[:2] == b"\x1f\x8b" else content


def cells_of(frame: pl.LazyFrame, dimensions: list[str]) -> Cells:
    """A reader's frame as {codes: (value, flag)}; fails when a key stands twice."""
    table = frame.select(
        *(pl.col(name).cast(pl.String) for name in dimensions), "OBS_VALUE", "OBS_FLAG"
    ).collect()
    cells = {row[:-2]: (row[-2], row[-1]) for row in table.iter_rows()}
    if len(cells) < table.height:
        raise KeyTwice("a key stands twice in the reader's frame")
    return cells


def plain_tsv(content: bytes) -> Cells:
    lines = content.decode("utf-8").split("\n")
    periods = [period.strip() for period in lines[0].split("\t")[1:]]
    cells: Cells = {}
    for line in lines[1:]:
        if not line.strip():
            continue
        key, *texts = line.rstrip("\r").split("\t")
        key = key.strip(" ")
        assert len(texts) == len(periods)
        for period, text in zip(periods, texts, strict=True):
            value, _, flag = text.partition(" ")
            observed, _, confidential = flag.strip().partition("@")
            letters = (observed + ("" if confidential == "F" else confidential)).replace("|", "") or None
            if value != ":" or letters:
                cells[(*key.split(","), period)] = (None if value == ":" else float(value), letters)
    return cells


def plain_jsonstat(content: bytes) -> Cells:
    cube = json.loads(content)
    codes = []
    for name in cube["id"]:
        category = cube["dimension"][name]["category"]
        index = category.get("index") or list(category["label"])
        codes.append(sorted(index, key=index.__getitem__) if isinstance(index, dict) else index)
    keys = list(product(*codes))
    assert len(keys) == math.prod(cube["size"])
    values, status = cube["value"], cube.get("status") or {}
    cells: Cells = {}
    for position, key in enumerate(keys):
        value = values[position] if isinstance(values, list) else values.get(str(position))
        if isinstance(status, dict):
            flag = status.get(str(position))
        else:
            flag = status if isinstance(status, str) else status[position]
        flag = flag.replace("|", "").strip() if flag else None
        if value is not None or flag:
            cells[key] = (None if value is None else float(value), flag or None)
    return cells


def plain_sdmx_csv(content: bytes, dimensions: list[str]) -> Cells:
    """Messages with codes in columns of their own."""
    records = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    cells: Cells = {}
    rows = 0
    for record in records:
        assert None not in record
        confidential = record.get("CONF_STATUS") or ""
        value = record["OBS_VALUE"]
        flag = (record.get("OBS_FLAG") or "") + ("" if confidential == "F" else confidential)
        if value or flag:
            rows += 1
            key = tuple(record[name] or None for name in dimensions)
            cells[key] = (float(value) if value else None, flag or None)
    if len(cells) < rows:
        raise KeyTwice("a key stands twice in the message")
    return cells


def plain_px(content: bytes, encoding: str) -> Cells:
    """PX files without KEYS, main language, by codes or else values."""
    text = content.decode(encoding)
    head, data = re.split(r"DATA\s*=", text, maxsplit=1)

    head = head.replace("\r\n", "\n").replace("\r", "\n")

    def strings(pattern: str) -> list[str]:
        found = re.search(r"(?:^|;)\s*" + pattern + r"\s*=((?:[^\";]|\"[^\"]*\")*);", head, re.MULTILINE)
        joined = re.sub(r"\"\s*\n\s*\"", "", found[1]) if found else ""
        return re.findall(r"\"([^\"]*)\"", joined)

    variables = strings("STUB") + strings("HEADING")
    codes = [
        strings(rf'CODES\s*\(\s*"{re.escape(v)}"\s*\)') or strings(rf'VALUES\s*\(\s*"{re.escape(v)}"\s*\)')
        for v in variables
    ]
    cells: Cells = {}
    tokens = re.split(r"[\s;,]+", data.strip().removesuffix(";").strip(" \r\n;"))
    keys = list(product(*codes))
    assert len(tokens) == len(keys)
    for key, token in zip(keys, tokens, strict=True):
        symbol = token.startswith('"')
        cells[key] = (None, token.strip('"')) if symbol else (float(token), None)
    return cells
