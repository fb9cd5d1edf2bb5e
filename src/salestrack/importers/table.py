"""A CSV file as a header and chunks of rows, each with its line in the file; damage is named, never guessed around."""

import csv
import re
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from operator import itemgetter
from typing import Any, NamedTuple

from salestrack.domain.quoting import quoted
from salestrack.errors import EmptyFileError, SalestrackError, UsageError
from salestrack.importers.source import Source, not_text, text_of

ROWS_IN_A_CHUNK = 2000  # small enough to stay in the processor's cache: larger chunks are slower
DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
BLANKS = " "
_WORDS = {
    **{name: sign for sign, name in DELIMITERS.items()},
    "pipe": "|",
    "\\t": "\t",
    "space": BLANKS,
    "blanks": BLANKS,
}
_ENDS = re.compile(r"\r\n|\r|\n")
_EXCEL_HINT = re.compile(r"sep=(.)\s*", re.DOTALL)  # a first line in which spreadsheets name the delimiter

_FIRST = itemgetter(0)

Rows = list[list[str]]


class Chunk(NamedTuple):
    """Some rows, all as wide as the header, with the line on which each begins; `odd` are rows that fit no header.

    `blank` counts rows without any content, which belong to nothing; `position` is how far the file is read, in bytes.
    `groups` are what rows consist of that were several in the file.
    """

    lines: Sequence[int]
    rows: Rows
    odd: tuple[tuple[int, str], ...]
    blank: int
    position: int
    groups: Sequence[Any] | None = None


class Table:
    """The rows of one file. Reading can begin again, for a second look."""

    guards = True
    """Whether cells may have an apostrophe in front that guards them from spreadsheet programs."""

    def __init__(self, source: Source, delimiter: str | None = None, *, header: bool = True) -> None:
        self.source = source
        self.has_header = header
        self.line_end = "\n"
        self.unit = "line"
        """What the numbers of rows count: lines of the file, or its records where those share lines."""
        self.footers = False
        """Whether a last line with nothing but one cell is the footer of a report, and no row that was cut off."""
        self._delimiter = check_delimiter(delimiter) if delimiter else None
        self._first_row = 0
        self.header: tuple[str, ...] = ()
        self.delimiter = self._delimiter or ","
        self._guarded(self._read_header)

    @property
    def delimiter_name(self) -> str:
        """The delimiter in a word."""
        return "blanks" if self.delimiter == BLANKS else DELIMITERS.get(self.delimiter, quoted(self.delimiter))

    def chunks(self) -> Iterator[Chunk]:
        """Yield the rows after the header; SalestrackError naming the line where quotes or bytes are damaged."""
        text = text_of(self.source)
        try:
            lines = self._lines(text)
            reader = csv.reader(lines, delimiter=self.delimiter, strict=True)
            for _ in islice(reader, self._first_row):
                pass
            while True:
                start = reader.line_num + self._skipped + 1
                rows = self._guarded(lambda: list(islice(reader, ROWS_IN_A_CHUNK)), lambda: reader.line_num, start)
                self.source.check_still()
                if not rows:
                    return
                end = reader.line_num + self._skipped
                yield self._chunk(rows, start, end)
        finally:
            text.detach()

    def records(self) -> Iterator[tuple[int, list[str]]]:
        """Yield every row as it is, short and long ones too, with its line."""
        text = text_of(self.source)
        try:
            reader = csv.reader(self._lines(text), delimiter=self.delimiter, strict=True)
            before = self._skipped
            for count, row in enumerate(reader):
                if count >= self._first_row and row:
                    yield before + 1, row
                before = reader.line_num + self._skipped
        finally:
            text.detach()

    def _lines(self, text: Any) -> Iterator[str]:
        lines: Iterator[str] = iter(text)
        for _ in range(self._skipped):
            next(lines)
        if self.delimiter == BLANKS:  # however many of them there are
            lines = (f"{' '.join(line.split())}\n" for line in lines)
        wide = self.source.encoding.startswith(("utf-16", "utf-32"))
        return self._without_nul(lines) if wide else lines

    def _without_nul(self, lines: Iterator[str]) -> Iterator[str]:
        for number, line in enumerate(lines, self._skipped + 1):
            if "\0" in line:
                raise SalestrackError(f"{self.source.name} is not a text file: line {number} holds a NUL character")
            yield line

    def _read_header(self) -> None:
        self._skipped = 0
        text = text_of(self.source)
        try:
            first = text.readline().removeprefix("\ufeff")
            if hint := _EXCEL_HINT.fullmatch(first):
                self._delimiter = self._delimiter or hint[1]
                self._skipped = 1
                first = text.readline()
            while first and not first.strip():
                self._skipped += 1
                first = text.readline()
        finally:
            text.detach()
        if not first.strip():
            raise EmptyFileError(f"{self.source.name} is empty")
        self.line_end = first[len(first.rstrip("\r\n")) :] or "\n"
        self.delimiter = self._delimiter or _sniffed(first)
        self._first_row = int(self.has_header)
        self.header = self._header_cells()
        if not self.has_header:
            self.header = tuple(f"column {place}" for place in range(1, len(self.header) + 1))

    def _header_cells(self) -> tuple[str, ...]:
        text = text_of(self.source)
        try:
            reader = csv.reader(self._lines(text), delimiter=self.delimiter, strict=True)
            row = next(reader, [])
        finally:
            text.detach()
        return tuple(cell.removeprefix("\ufeff") if not at else cell for at, cell in enumerate(row))

    def _guarded(self, read: Callable[[], Any], line: Callable[[], int] = lambda: 1, start: int = 1) -> Any:
        try:
            return read()
        except UnicodeError as error:
            raise not_text(self.source, error) from error
        except csv.Error as error:
            raise self._damaged(str(error), line() + self._skipped, start) from error
        except OSError as error:
            raise SalestrackError(f"cannot read {self.source.name}: {error.strerror or error}") from error

    def _damaged(self, reason: str, line: int, start: int) -> SalestrackError:
        hint = f"look at the quotes from there upwards; the file is read with {self.delimiter_name} between cells"
        if "unexpected end" in reason:
            began = self._unclosed(start)
            return SalestrackError(f"{self.source.name}: a quote opened on line {began} is never closed", hint=hint)
        if "field limit" in reason:
            return SalestrackError(
                f"{self.source.name}: the cell that ends on line {line} is too long; a quote is probably not closed",
                hint=hint,
            )
        return SalestrackError(f"{self.source.name}: line {line} cannot be read: {reason}", hint=hint)

    def _unclosed(self, start: int) -> int:
        """Return the line on which the row begins that the file ends in."""
        last = start
        try:
            text = text_of(self.source)
            reader = csv.reader(self._lines(text), delimiter=self.delimiter, strict=True)
            while True:
                last = reader.line_num + self._skipped + 1
                next(reader)
        except (csv.Error, StopIteration):
            return last
        finally:
            text.detach()

    def _chunk(self, rows: Rows, start: int, end: int) -> Chunk:
        width, position = len(self.header), self.source.raw.tell()
        lines: Sequence[int] = range(start, end + 1)
        if len(lines) != len(rows):  # a cell with a line end in it, or an empty line
            lines = _starts(rows, start)
        if set(map(len, rows)) == {width} and all(map(str.strip, map(_FIRST, rows))):
            return Chunk(lines, rows, (), 0, position)
        return self._evened(lines, rows, position)

    def _evened(self, lines: Sequence[int], rows: Rows, position: int) -> Chunk:
        """Bring ragged rows to the header's width where that loses nothing; set aside the others with the reason."""
        width = len(self.header)
        kept_lines, kept, odd, blank = [], [], [], 0
        for number, row in zip(lines, rows, strict=True):
            if not any(cell.strip() for cell in row):
                blank += bool(row)
            elif any(cell.strip() for cell in row[width:]):
                why = f"has {len(row)} cells, and the header {width}; a cell with a {self.delimiter_name} in it needs quotes"
                odd.append((number, why))
            else:
                kept_lines.append(number)
                kept.append(row[:width] + [""] * (width - len(row)))
        short = len(rows[-1]) < width and not (self.footers and len(rows[-1]) == 1)
        if kept and kept_lines[-1] == lines[-1] and short and self._is_cut_off(rows):
            kept.pop()
            odd.append(
                (
                    kept_lines.pop(),
                    f"has {len(rows[-1])} of {width} cells and no line end: the file is cut off; get it anew",
                )
            )
        return Chunk(kept_lines, kept, tuple(odd), blank, position)

    def _is_cut_off(self, rows: Rows) -> bool:
        """Say whether these are the last rows of a file that does not end with a line end."""
        if len(rows) == ROWS_IN_A_CHUNK:
            return False
        place = self.source.raw.tell()
        self.source.raw.seek(max(self.source.size - 4, 0))
        tail = self.source.raw.read().rstrip(b"\0")
        self.source.raw.seek(place)
        return not tail.endswith((b"\n", b"\r"))


def _starts(rows: Rows, start: int) -> list[int]:
    """Return the line on which each row begins, counting the line ends inside of cells."""
    found = []
    for row in rows:
        found.append(start)
        start += 1 + sum(len(_ENDS.findall(cell)) for cell in row if "\n" in cell or "\r" in cell)
    return found


def check_delimiter(text: str) -> str:
    """Return the character that a text like `;` or `tab` means; UsageError for what is none."""
    sign = _WORDS.get(text.lower(), text)
    if len(sign) != 1 or sign in {'"', "\r", "\n", "\0"}:
        raise UsageError(f"--delimiter {quoted(text)} is not one character", hint="for example --delimiter ';' or tab")
    return sign


def _sniffed(line: str) -> str:
    """Return the delimiter that cuts the header into most cells; a comma where none does."""

    def cells(sign: str) -> int:
        try:
            return len(next(csv.reader([line], delimiter=sign)))
        except (csv.Error, StopIteration):
            return 0

    return max(DELIMITERS, key=cells)
