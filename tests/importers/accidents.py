"""What happens to files on their way: cuts, flipped bytes, foreign encodings and delimiters, lines and columns out of place."""

import csv
import io
import random
from collections.abc import Callable

NO_BYTES = b""


def damaged(data: bytes, chance: random.Random) -> bytes:
    """Return bytes with one to three accidents in them."""
    for _ in range(chance.choice([1, 1, 1, 2, 3])):
        data = chance.choice(ACCIDENTS)(data, chance)
    return data


def _place(data: bytes, chance: random.Random) -> int:
    return chance.randrange(len(data) + 1)


def _cut(data: bytes, chance: random.Random) -> bytes:
    return data[: _place(data, chance)]


def _cut_front(data: bytes, chance: random.Random) -> bytes:
    return data[_place(data, chance) :]


def _hole(data: bytes, chance: random.Random) -> bytes:
    place = _place(data, chance)
    return data[:place] + data[place + chance.randint(1, 60) :]


def _flip(data: bytes, chance: random.Random) -> bytes:
    flipped = bytearray(data)
    for _ in range(chance.choice([1, 1, 2, 10]) if data else 0):
        flipped[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
    return bytes(flipped)


def _foreign(data: bytes, chance: random.Random) -> bytes:
    place = _place(data, chance)
    return data[:place] + chance.choice(FOREIGN) + data[place:]


FOREIGN = [
    b'"', b'""', b'"x', b"'", b"\n", b"\r", b"\r\n", b"\n\n\n", b",", b",,,", b";", b"\t", b"|", b"\0", b"\0\0\0", b"\xef\xbb\xbf",
    b"\xff\xfe", b"\xfe\xff", b"\xe9", b"\xe2\x82", b"\xe2\x82\xac", b"\xed\xa0\x80", b"\x85", b"\xe2\x80\xa8", b"\x1a", b"\x1b[31m",
    b"\x0b\x0c\x1c\x1d\x1e", b"\x1f", b"-", b"=", b"=1+1", b"9" * 25, b"1e9", b"nan", b"-0", b"99999999999999999999.99", b"0000-00-00",
    b"9999-12-31", b"1.200", b"id", b"sep=;\n", b"\xf0\x9f\x99\x82", b"\xe2\x80\xae", b"\xd9\xa3", b"\xef\xbc\x91", b"x" * 5000,
    b'"' + b"y" * 140_000 + b'"',
]  # fmt: skip


def _encodings(data: bytes, chance: random.Random) -> bytes:
    """Write a stretch of it, or all, in another encoding."""
    start, end = sorted((_place(data, chance), _place(data, chance)))
    if chance.random() < 0.4:
        start, end = 0, len(data)
    other = chance.choice(["cp1252", "latin-1", "utf-16", "utf-16-le", "utf-32", "cp850", "utf-8-sig", "shift_jis"])
    text = data[start:end].decode("utf-8", "replace")
    return data[:start] + text.encode(other, "replace") + data[end:]


def _delimiters(data: bytes, chance: random.Random) -> bytes:
    old, new = chance.choice([b",", b",", b";", b" "]), chance.choice([b";", b"\t", b"|", b",", b",,", b" "])
    return data.replace(old, new, chance.choice([1, 3, 10, -1]))


def _line_ends(data: bytes, chance: random.Random) -> bytes:
    return data.replace(
        b"\n", chance.choice([b"\r\n", b"\r", b"\n\n", b"", b"\n\r", b"\r\r\n"]), chance.choice([1, 2, -1])
    )


def _lines(data: bytes, chance: random.Random) -> bytes:
    """Drop, repeat, swap or double lines, the header too."""
    lines = data.splitlines(keepends=True)
    if not lines:
        return data
    at = chance.choice([0, chance.randrange(len(lines))])
    line = lines[at]
    to = chance.randrange(len(lines) + 1)
    what = chance.choice(["drop", "repeat", "double", "header only", "footer", "title"])
    if what == "drop":
        del lines[at]
    elif what == "repeat":
        lines.insert(to, lines[0])
    elif what == "double":
        lines.insert(to, line)
    elif what == "header only":
        lines = lines[:1]
    elif what == "footer":
        lines.append(
            chance.choice(
                [b"Total,,,100\n", b"\n\nEnd of report\n", b"Copyright (c) 2026", b",,,,,,,,,,,,,,,,,,,,,,,,x"]
            )
        )
    else:
        lines.insert(
            0, chance.choice([b"My report\n", b"\n", b",,,\n", b"sep=,\n", b"sep=\n", b'"', b"\xef\xbb\xbf\n"])
        )
    return b"".join(lines)


def _columns(data: bytes, chance: random.Random) -> bytes:
    """Double, drop or swap columns, in all rows or only in the header."""
    try:
        rows = list(csv.reader(io.StringIO(data.decode())))
    except (UnicodeError, csv.Error):
        return data
    if not rows or len(rows[0]) < 2:
        return data
    at, to = chance.randrange(len(rows[0])), chance.randrange(len(rows[0]))
    what = chance.choice(["double", "drop", "swap", "blank"])
    for row in rows[: chance.choice([1, len(rows), len(rows)])]:
        if max(at, to) >= len(row):
            continue
        if what == "double":
            row.insert(to, row[at])
        elif what == "drop":
            del row[at]
        elif what == "swap":
            row[at], row[to] = row[to], row[at]
        else:
            row[at] = ""
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue().encode()


def _cells(data: bytes, chance: random.Random) -> bytes:
    """Put odd cells into the rows; the file stays in order."""
    try:
        rows = list(csv.reader(io.StringIO(data.decode())))
    except (UnicodeError, csv.Error):
        return data
    for _ in range(chance.choice([1, 1, 2, 6])):
        row = chance.choice(rows[1:] or rows or [[]])
        if row:
            row[chance.randrange(len(row))] = chance.choice(CELLS)
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue().encode()


CELLS = [
    "", " ", "\u00a0", "-", "0", "-1", "1", "12.5", "1,200.50", "1.200", "$5", "€7", "5 EUR", "1e3", "9" * 30, "-99999999999.99",
    "2026-02-30", "03/04/2026", "2026-01-05T10:00:00Z", "9999-12-31", "0001-01-01", "2019-06-01", "2027-01-01", "25:99", "S1", "S4",
    "D1", "Acme", "acme", "ACME ", "Nobody", "Build", "Lead", "Won", "lost", "call", "in", "yes", "month", "2026Q1", "a@b", "x@acme.example",
    "=1+1", "\ufeff", "\u202eevil", "🙂", "a\x1fb", "a\x1db", "line\none", "'quoted'", '"', ";", "|", "null", "None", "é" * 400, "z" * 1200,
    "c1", "d1", "s1", "@", "%s", "{0}", "ſ", "İ", "ß", "٣", "1\u20092", "1_000", "+49 30 5550101", "0", "100%", "101", "in-progress",
]  # fmt: skip


def _noise(data: bytes, chance: random.Random) -> bytes:
    return chance.choice(
        [NO_BYTES, chance.randbytes(chance.choice([1, 40, 3000])), b"\n" * 5, b"PK\x03\x04" + data, b"\x1f\x8b" + data]
    )


ACCIDENTS: list[Callable[[bytes, random.Random], bytes]] = [
    _cut, _cut_front, _hole, _flip, _foreign, _foreign, _encodings, _delimiters, _line_ends, _lines, _lines, _columns, _columns,
    _cells, _cells, _cells, _cells, _noise,
]  # fmt: skip
