"""The rules of cells once more, in plain Python and written without looking at the code that they test."""

from assets.descriptor import Resource
from tests.normalise.readers.plain.plain_readings import Cells


def plain_status(flag: str | None, has_value: bool) -> str | None:
    """The SDMX status of a cell of letters; None where letters are unknown. Symbols: Statistics Finland's."""
    symbols = {"..": "O", ".": "M", "...": "Q", "....": "L", ".....": "L"}
    if not has_value and flag in symbols:
        return symbols[str(flag)]
    letters = list(flag or "")
    if has_value:
        if any(letter not in "bcdefinprsuC" for letter in letters):
            return None
        for status in ["B", "E", "F", "P", "U", "D", "I", "N"]:
            for letter in letters:
                if {"s": "E"}.get(letter, letter.upper()) == status and letter not in "cC":
                    return status
        return "A"
    if "c" in letters or "C" in letters:
        return "Q"
    return "M" if "z" in letters else "O"


def plain_table(cells: Cells, dimensions: list[str], resource: Resource) -> Cells:
    """A source's cells under our names and codes: {values of the mapped fields in order: (value, flag)}."""
    fields = [f for f in resource.fields if f.source_column in dimensions]
    table: Cells = {}
    for codes, cell in cells.items():
        given = dict(zip(dimensions, codes, strict=True))
        if any(given[str(f.source_column)] in f.ignored_codes for f in fields):
            continue
        key = tuple(f.code_map.get(given[str(f.source_column)], given[str(f.source_column)]) for f in fields)
        assert key not in table, f"two cells of the source are one row: {key}"
        table[key] = cell
    return table
