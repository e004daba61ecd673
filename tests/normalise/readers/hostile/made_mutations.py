"""How a file is damaged in the tests of readers: bytes, pieces, lines, columns, encodings. What a reader must
make of it is the tests' matter."""

import random

TOKENS = [*(bytes([byte]) for byte in b'"<,\t\n\r ;:}]-.e9|+_'), b"\x00", b"\xff", b"nan", b"1e400", b"\r\n"]
TOKENS += ["\u00a0".encode(), "\u2212".encode(), b'""', b'";"', "ä".encode(), b"\xef\xbb\xbf"]


def mutated(content: bytes, made: random.Random) -> bytes:
    """A cut, a flip, a piece left out or doubled, or a byte that has a meaning put in."""
    a, b = sorted(made.randrange(len(content) + 1) for _ in range(2))
    b = min(b, a + made.choice((1, 2, 5, 60)))
    choice = made.randrange(6)
    if choice == 0:
        return content[:a]
    if choice == 1:
        return content[:a] + bytes([made.randrange(256)]) + content[a + 1 :]
    if choice == 2:
        return content[:a] + content[b:]
    if choice == 3:
        return content[:b] + content[a:]
    token = made.choice(TOKENS)
    return content[:a] + token + content[a if choice == 4 else a + 1 :]


def mutated_lines(content: bytes, made: random.Random, delimiter: bytes) -> bytes:
    """A line doubled, left out or moved, two cells or two whole columns changed over, other line ends, a byte
    order mark, or another encoding."""
    lines = content.split(b"\n")
    a, b = made.randrange(len(lines)), made.randrange(len(lines))
    choice = made.randrange(8)
    if choice == 0:
        lines.insert(b, lines[a])
    elif choice == 1:
        del lines[a]
    elif choice == 2:
        lines.insert(b, lines.pop(a))
    elif choice in (3, 4):
        width = lines[0].count(delimiter) + 1
        first, second = made.randrange(width), made.randrange(width)
        for at in range(len(lines)) if choice == 3 else [a]:
            cells = lines[at].split(delimiter)
            if len(cells) == width:
                cells[first], cells[second] = cells[second], cells[first]
                lines[at] = delimiter.join(cells)
    elif choice == 5:
        return content.replace(b"\n", b"\r\n") if made.random() < 0.5 else content.replace(b"\n", b"\r", 1)
    elif choice == 6:
        return b"\xef\xbb\xbf" + content
    else:
        given = "utf-8" if _is_utf8(content) else "windows-1252"
        wanted = made.choice([code for code in ("utf-8", "windows-1252", "utf-16", "cp850") if code != given])
        return content.decode(given, "replace").encode(wanted, "replace")
    return b"\n".join(lines)


def damaged(content: bytes, made: random.Random, delimiter: bytes) -> bytes:
    """One damage of either kind, sometimes two."""
    for _ in range(made.choice((1, 1, 2))):
        if content:
            lines = made.random() < 0.4
            content = mutated_lines(content, made, delimiter) if lines else mutated(content, made)
    return content


def _is_utf8(content: bytes) -> bool:
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
