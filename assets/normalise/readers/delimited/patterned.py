"""Lines that no delimiter can cut: unquoted text with delimiters inside its cells, cut by a stated pattern.

EURA's project lists are such: project and authority names hold commas and nothing is quoted, but codes,
programme parts, states, dates and amounts around them have forms of their own. The pattern stands in the
descriptor, where a person can check it.
"""

import polars as pl

from assets.csv.dialect import Dialect
from assets.errors import DescriptorError, SourceError
from assets.normalise.readers.text_checks import decode_text, one_line


def strip_suffix(content: bytes, rules: Dialect) -> bytes:
    """The text without the dialect's `lineSuffix` at the ends of its lines."""
    suffix = rules.line_suffix.encode()
    if not suffix:
        return content
    ended = content.replace(suffix + b"\r\n", b"\r\n").replace(suffix + b"\n", b"\n")
    return ended.removesuffix(suffix)


def cut_by_pattern(content: bytes, header: list[str], rules: Dialect, name: str) -> pl.DataFrame:
    """The records behind the header, one a line, cut by `recordPattern`: a column for each of its groups.

    An empty cell is null, blanks stay. Raises `DescriptorError` where the pattern has another
    number of groups than the header has cells, `SourceError` with the first line that it does not match and
    the number of such lines.
    """
    text = decode_text(content, name).replace("\r\n", "\n").removesuffix("\n")
    rest = pl.Series("line", text.split("\n")).slice(1)
    cut = rest.str.extract_groups(f"^(?:{rules.record_pattern})$")
    groups = len(cut.struct.fields)
    if groups != len(header):
        problem = f"dialect: recordPattern has {groups} groups, the header of {name} {len(header)} cells"
        raise DescriptorError(problem)
    unmatched = (~rest.str.contains(f"^(?:{rules.record_pattern})$")).arg_true()
    if unmatched.len():
        shown = one_line(rest[unmatched[0]], 80)
        problem = f"not a record by the dialect's recordPattern: {shown} ({unmatched.len()} such lines)"
        raise SourceError(name, f"line {unmatched[0] + 1 + rules.last_header_row}", problem)
    cells = cut.struct.unnest()
    cells.columns = header
    return cells.with_columns(pl.when(pl.all() != "").then(pl.all()))
