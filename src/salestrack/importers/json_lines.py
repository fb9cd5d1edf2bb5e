"""JSON Lines, and arrays of JSON objects, as a table: the keys are the headers, in the order they first appear."""

import json
import re
from collections.abc import Iterator
from json import JSONDecodeError
from typing import Any, NamedTuple, TextIO

from salestrack.errors import EmptyFileError, SalestrackError
from salestrack.importers.json_stream import HOLDERS, DamageError, elements
from salestrack.importers.json_values import DECODER, BadRecordError, cells_of
from salestrack.importers.source import Source, not_text, text_of
from salestrack.importers.table import ROWS_IN_A_CHUNK, Chunk, Rows, Table

LINES, WHOLE = (".jsonl", ".ndjson"), (".json",)
MOST_COLUMNS = 5000
LONGEST_LINE = 32 << 20
_OBJECT = re.compile(r'\s*\{\s*(?:"|\}|$)')
_ARRAY = re.compile(r"\s*\[\s*(?:\{|\]|$)")


class Record(NamedTuple):
    """One object of a file: its place, its text, and its cells by header; or why it is no row."""

    line: int
    text: str
    cells: dict[str, str]
    wrong: str = ""


def open_table(source: Source, delimiter: str | None = None, *, header: bool = True) -> Table:
    """Return a file as the table that it is: JSON by its ending or its first characters, else cells with delimiters."""
    name = source.name.lower().removesuffix(".gz")
    start = _start(source)
    if not (name.endswith((*LINES, *WHOLE)) or _OBJECT.match(start) or _ARRAY.match(start)):
        return Table(source, delimiter, header=header)
    lines = name.endswith(LINES) and start.strip() != "{" and not _ARRAY.match(start)
    return JsonTable(source, by_line=lines or _is_line(start))


def _start(source: Source) -> str:
    """Return the first line with something on it."""
    text = text_of(source)
    try:
        line = text.readline(LONGEST_LINE)
        while line and not line.strip("\ufeff \t\r\n"):
            line = text.readline(LONGEST_LINE)
        return line.removeprefix("\ufeff")
    except UnicodeError as error:
        raise not_text(source, error) from error
    finally:
        text.detach()


def _is_line(start: str) -> bool:
    """Say whether a first line is an object by itself, and no object that only holds the records."""
    try:
        value, end = DECODER.raw_decode(start.lstrip())
    except (ValueError, RecursionError):
        return False
    return isinstance(value, dict) and not start.lstrip()[end:].strip() and not _holds(value)


def _holds(value: dict[str, Any]) -> bool:
    return any(name.lower() in HOLDERS and isinstance(inner, list) for name, inner in value.items())


class JsonTable(Table):
    """The objects of a JSON file as rows.

    It is read twice, first for the keys. What is damaged in a line is the fault of that row; elsewhere nobody could
    tell where the next object begins, so the file is refused.
    """

    guards = False

    def __init__(self, source: Source, *, by_line: bool) -> None:
        self._by_line = by_line
        super().__init__(source)

    @property
    def delimiter_name(self) -> str:
        """What the file is."""
        return "JSON Lines" if self._by_line else "JSON"

    def chunks(self) -> Iterator[Chunk]:
        """Yield the objects as rows of one width."""
        text = text_of(self.source)
        try:
            records = self._numbered(text)
            while chunk := self._guarded(lambda: self._next(records)):
                self.source.check_still()
                yield chunk
            self.source.check_still()
        finally:
            text.detach()

    def copy_rejects(self, file: TextIO, reasons: Iterator[tuple[int, str]]) -> int:
        """Write the records named by (line, reason) as they stand, the two as their first members."""
        count = 0
        text = text_of(self.source)
        try:
            for record, reason in _wanted(self._numbered(text), reasons):
                file.write(("" if self._by_line else ",\n" if count else "[\n") + _with_reason(record, reason))
                file.write("\n" if self._by_line else "")
                count += 1
        finally:
            text.detach()
        file.write("" if self._by_line else "\n]\n" if count else "[]\n")
        return count

    def _read_header(self) -> None:
        names: dict[str, None] = {}
        lines: list[int] = []
        first: Record | None = None
        self.unit = "line"
        self._skipped = 0
        text = text_of(self.source)
        try:
            for record in self._records(text):
                first = first or record
                names |= dict.fromkeys(record.cells) if record.cells.keys() - names.keys() else {}
                if len(names) > MOST_COLUMNS:
                    raise self._refused(record.line, f"there are more than {MOST_COLUMNS} different keys by then")
                if not self._by_line and lines[-1:] == [record.line]:
                    self.unit = "record"
                lines = [record.line]
        finally:
            text.detach()
        if first is None:
            raise EmptyFileError(f"{self.source.name} is empty")
        if not names:
            raise self._refused(first.line, first.wrong or "it has no keys")
        self.header = tuple(names)

    def _next(self, records: Iterator[Record]) -> Chunk | None:
        lines: list[int] = []
        rows: Rows = []
        odd: list[tuple[int, str]] = []
        blank = 0
        for record in records:
            if record.wrong:
                odd.append((record.line, record.wrong))
            elif not any(map(str.strip, record.cells.values())):
                blank += 1
            else:
                lines.append(record.line)
                rows.append(self._row(record.cells))
            if len(rows) + len(odd) + blank >= ROWS_IN_A_CHUNK:
                break
        return Chunk(lines, rows, tuple(odd), blank, self.source.raw.tell()) if rows or odd or blank else None

    def _row(self, cells: dict[str, str]) -> list[str]:
        if tuple(cells) == self.header:
            return list(cells.values())
        return [cells.get(name, "") for name in self.header]

    def _numbered(self, text: TextIO) -> Iterator[Record]:
        """Yield the records with lines that tell them apart: where several share one, they are counted instead."""
        records = self._records(text)
        if self.unit == "line":
            return records
        return (record._replace(line=number) for number, record in enumerate(records, 1))

    def _records(self, text: TextIO) -> Iterator[Record]:
        return self._of_lines(text) if self._by_line else self._of_elements(text)

    def _of_lines(self, text: TextIO) -> Iterator[Record]:
        for number, line in enumerate(iter(lambda: text.readline(LONGEST_LINE), ""), 1):
            stripped = line.strip("\ufeff \t\r\n")
            if len(line) >= LONGEST_LINE:
                raise self._refused(number, "it is too long")
            if not stripped:
                continue
            try:
                value, end = DECODER.raw_decode(stripped)
            except JSONDecodeError as error:
                cut = "" if line.endswith(("\n", "\r")) else "; the file may be cut off"
                yield Record(number, stripped, {}, f"is no JSON at character {error.pos + 1}: {_said(error)}{cut}")
                continue
            except (BadRecordError, RecursionError) as error:
                yield Record(number, stripped, {}, str(error) if isinstance(error, BadRecordError) else _DEEP)
                continue
            if end < len(stripped):
                yield Record(number, stripped, {}, f"has more behind its object, from character {end + 1}")
                continue
            yield _record(number, stripped, value)

    def _of_elements(self, text: TextIO) -> Iterator[Record]:
        try:
            for element in elements(text):
                yield _record(element.line, element.text, element.value)
        except DamageError as error:
            raise self._refused(error.line, error.reason) from None

    def _refused(self, line: int, reason: str) -> SalestrackError:
        return SalestrackError(
            f"{self.source.name} cannot be read as {self.delimiter_name} from line {line} on: {reason}",
            hint="an object for each record, one a line or all in one array",
        )


_DEEP = "it is nested too deep"


def _record(line: int, text: str, value: Any) -> Record:
    if not isinstance(value, dict):
        return Record(line, text, {}, 'is no object; write it like {"id": "1", "amount": 12.50}')
    try:
        return Record(line, text, cells_of(value))
    except BadRecordError as error:
        return Record(line, text, {}, str(error))


def _said(error: JSONDecodeError) -> str:
    return f"{error.msg[0].lower()}{error.msg[1:]}"


def _with_reason(record: Record, reason: str) -> str:
    """Return the text of a record with line and reason in front, in place of those of an earlier import.

    The line stays that of the first file. What is no object stands as it did.
    """
    if record.wrong:
        return record.text
    line, rest = _earlier(record.text) or (record.line, record.text[1:].lstrip())
    said = json.dumps({"_line": line, "_error": reason}, ensure_ascii=False)[:-1]
    return f"{said}{'' if rest.startswith('}') else ', '}{rest}"


_EARLIER = re.compile(r'\{\s*"_line":\s*(\d+),\s*"_error":\s*"(?:[^"\\]|\\.)*"\s*(?:,\s*)?')


def _earlier(text: str) -> tuple[int, str] | None:
    """Return the line that an earlier import named, and the text behind what it said."""
    found = _EARLIER.match(text)
    return (int(found[1]), text[found.end() :]) if found else None


def _wanted(records: Iterator[Record], reasons: Iterator[tuple[int, str]]) -> Iterator[tuple[Record, str]]:
    """Yield the records that are named, each with the first reason."""
    wanted = next(reasons, None)
    for record in records:
        while wanted and wanted[0] < record.line:
            wanted = next(reasons, None)
        if wanted is None:
            return
        if wanted[0] == record.line:
            yield record, wanted[1]
