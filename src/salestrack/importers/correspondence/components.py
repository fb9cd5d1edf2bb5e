"""The lines of a calendar put together to events, to-dos and time zones, each by itself, whole or cut off."""

import io
from collections.abc import Callable, Iterable, Iterator
from typing import IO, NamedTuple

_OUTER = {"VEVENT", "VTODO", "VJOURNAL", "VTIMEZONE", "VCALENDAR"}

Progress = Callable[[int, int], None]


class Block(NamedTuple):
    """An event or to-do as its lines stand in the file; `whole` unless its end is missing."""

    number: int
    name: str
    text: str
    zone: str | None
    whole: bool


def blocks(raw: IO[bytes], size: int, progress: Progress | None = None) -> Iterator[Block]:
    """Yield the events, to-dos, journal entries and time zones of a calendar, or of several in one file."""
    cutter = _Cutter()
    for line, place in _unfolded(raw):
        found = cutter.take(line)
        if found:
            yield found
            if progress:
                progress(min(place, size), size)
    if last := cutter.cut_off():
        yield last


class _Cutter:
    """Puts the lines of a calendar together to components, one line after the other."""

    def __init__(self) -> None:
        self._stack: list[str] = []
        self._lines: list[str] = []
        self._number = 0
        self._zone: str | None = None

    def take(self, line: str) -> Block | None:
        """Take a line; return the component that it ends, or whose end it shows to be missing."""
        name, _, value = line.partition(":")
        word, value = name.split(";")[0].strip().upper(), value.strip().upper()
        found = None
        if word == "BEGIN" and value in _OUTER and self._stack:
            found = self.cut_off()
        if word == "BEGIN":
            self._begin(value, line)
        elif word == "END" and self._stack and value == self._stack[-1]:
            return self._end(line)
        elif self._stack and (len(self._stack) == 1 or self._stack[0] == "VTIMEZONE"):
            self._lines.append(line)
        elif word == "X-WR-TIMEZONE":
            self._zone = line.partition(":")[2].strip() or None
        return found

    def cut_off(self) -> Block | None:
        """Return the component that never ended, if there is one."""
        stack, lines = self._stack, self._lines
        self._stack, self._lines = [], []
        if not stack or stack[0] == "VTIMEZONE":
            return None
        return Block(self._number, stack[0], _block(stack[0], lines), self._zone, whole=False)

    def _begin(self, value: str, line: str) -> None:
        if value == "VCALENDAR":
            self._zone = None
        elif self._stack or value in _OUTER:
            self._number += not self._stack and value != "VTIMEZONE"
            self._stack.append(value)
            if len(self._stack) > 1:
                self._lines.append(line)

    def _end(self, line: str) -> Block | None:
        ended = self._stack.pop()
        if self._stack:
            self._lines.append(line)
            return None
        lines, self._lines = self._lines, []
        return Block(self._number, ended, _block(ended, lines), self._zone, whole=True)


def _block(name: str, lines: list[str]) -> str:
    """Return the lines of a component; alarms and whatever else is inside an event are not needed."""
    kept, depth = [], 0
    for line in lines:
        word = line.partition(":")[0].strip().upper()
        if name != "VTIMEZONE":
            depth += word == "BEGIN"
            if depth:
                depth -= word == "END"
                continue
        kept.append(line)
    return "\r\n".join((f"BEGIN:{name}", *kept, f"END:{name}", ""))


def _unfolded(raw: IO[bytes]) -> Iterator[tuple[str, int]]:
    """Yield the lines of a calendar, those that go on in the next put together, each with its place in the file."""
    kept, place = "", 0
    wide = raw.read(2) in {b"\xff\xfe", b"\xfe\xff"}
    raw.seek(0)
    pieces: Iterable[bytes] = io.BytesIO(raw.read().decode("utf-16", "replace").encode()) if wide else raw
    for data in pieces:
        place += len(data)
        line = _decoded(data).rstrip("\r\n\0").lstrip("\ufeff")
        for part in line.split("\r"):
            if not part.strip():
                continue
            if part[0] in " \t" and kept:
                kept += part[1:]
                continue
            if kept:
                yield kept, place
            kept = part
    if kept:
        yield kept, place


def _decoded(data: bytes) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")
