"""RFC 4180 a second time, one character after another: what a delimited text holds, or that it is broken."""


def plain_records(text: str, delimiter: str, quote: str | None) -> list[list[str]] | None:
    """The records of a text whose every line has its end; None where it breaks the grammar."""
    records: list[list[str]] = []
    record: list[str] = []
    at = 0
    while at < len(text):
        cell = ""
        if quote and text[at] == quote:
            at += 1
            while True:
                if at >= len(text):
                    return None
                if text[at] == quote:
                    if text[at + 1 : at + 2] != quote:
                        at += 1
                        break
                    at += 1
                cell += text[at]
                at += 1
        else:
            while at < len(text) and text[at] not in (delimiter, "\n", "\r", quote):
                cell += text[at]
                at += 1
        record.append(cell)
        if text[at : at + 1] == delimiter:
            at += 1
            if at == len(text):
                return None
        elif text[at : at + 1] == "\n" or text[at : at + 2] == "\r\n":
            at += 1 if text[at] == "\n" else 2
            records.append(record)
            record = []
        else:
            return None
    return records


def plain_table(
    content: bytes, delimiter: str, quote: str | None
) -> tuple[list[str], list[list[str | None]]] | None:
    """Header and rows of a text, an empty cell None; None where any check of `read_delimited` must fail."""
    try:
        text = content.decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError:
        return None
    if not text.strip() or "\0" in text or not text.endswith("\n"):
        return None
    records = plain_records(text, delimiter, quote)
    if not records:
        return None
    header, *rows = records
    if "" in header or len(set(header)) < len(header) or any(len(row) != len(header) for row in rows):
        return None
    return header, [[cell or None for cell in row] for row in rows]
