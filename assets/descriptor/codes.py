"""Code lists: `schemas/codelists/*.csv` and the `categories` of a descriptor, as `Code` entries in order.

Reading and checking lists belongs here; which field uses which list, and which provider's code becomes which
of ours, is the descriptor's matter.
"""

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from assets.descriptor.model import LANGUAGES, Code
from assets.descriptor.yaml import DescriptorMistake

COLUMNS = ("code", "parent", "label_fi", "label_sv", "label_en", "source", "translated", "definition")


def read_codelist(path: Path) -> dict[str, Code]:
    """A code list by code, in the order of the file.

    The columns are `COLUMNS`. Each label has a source or is named in `translated` as our translation. Raises
    `DescriptorMistake`.
    """
    reader = csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig"), newline=""))
    header = tuple(next(reader, ()))
    if header != COLUMNS:
        raise DescriptorMistake(path, 1, "", f"the columns {','.join(header)}", ",".join(COLUMNS))
    codes: dict[str, Code] = {}
    lines: dict[str, int] = {}
    for cells in reader:
        line = reader.line_num
        if len(cells) != len(COLUMNS):
            raise DescriptorMistake(
                path, line, "", f"{len(cells)} cells", f"{len(COLUMNS)} cells in every row"
            )
        row = dict(zip(COLUMNS, cells, strict=True))
        code = _code(path, line, row)
        if code.code in codes:
            raise DescriptorMistake(path, line, "code", f"{code.code!r} a second time", "every code once")
        codes[code.code], lines[code.code] = code, line
    for code in codes.values():
        if code.parent is not None and code.parent not in codes:
            found = f"{code.parent!r} above {code.code!r}"
            raise DescriptorMistake(path, lines[code.code], "parent", found, "a code of this list")
    return codes


def category_code(category: Mapping[str, Any]) -> Code:
    """An entry of a field's `categories` as a code."""
    return Code(
        code=category["value"],
        labels=dict(category["innoregio:label_translated"]),
        parent=category.get("innoregio:parent"),
        source=category.get("innoregio:source"),
        translated=tuple(category.get("innoregio:translated", ())),
        definition=category.get("innoregio:definition"),
    )


def field_codes(
    shared: Mapping[str, Code], categories: Sequence[Mapping[str, Any]], use: Sequence[str]
) -> tuple[Code, ...]:
    """The codes of a field in order: `use`, else the shared list; then categories that `use` leaves out."""
    own = {code.code: code for code in map(category_code, categories)}
    pool = {**shared, **own}
    first = [pool[code] for code in use] if use else list(shared.values())
    named = set(use)
    return (*first, *(code for code in own.values() if code.code not in named))


def _code(path: Path, line: int, row: Mapping[str, str]) -> Code:
    labels = {language: row[f"label_{language}"] for language in LANGUAGES if row[f"label_{language}"]}
    translated = tuple(row["translated"].split())
    if not row["code"]:
        raise DescriptorMistake(path, line, "code", "an empty cell", "a code")
    if not labels:
        raise DescriptorMistake(path, line, "label_en", "no label", "a label in one language at least")
    unknown = [language for language in translated if language not in labels]
    if unknown:
        raise DescriptorMistake(
            path, line, "translated", repr(row["translated"]), f"languages with a label: {' '.join(labels)}"
        )
    ownerless = [language for language in labels if not row["source"] and language not in translated]
    if ownerless:
        found = f"no source for the label in {', '.join(ownerless)}"
        raise DescriptorMistake(
            path, line, "source", found, "who wrote the label, or its language in `translated`"
        )
    return Code(
        code=row["code"],
        labels=labels,
        parent=row["parent"] or None,
        source=row["source"] or None,
        translated=translated,
        definition=row["definition"] or None,
    )
