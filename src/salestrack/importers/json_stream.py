"""The objects of a JSON file that is not a line each: an array, an object that holds one, or objects one after another.

A file of any size is read a piece at a time; only one object is in memory.
"""

from collections.abc import Iterator
from json import JSONDecodeError
from typing import Any, NamedTuple, TextIO

from salestrack.importers.json_values import DECODER, BadRecordError

PIECE = 1 << 16
LARGEST = 32 << 20
"""Characters that one object may have: more is an array that is never closed, or no table."""
HOLDERS = frozenset({
    "rows", "data", "results", "records", "value", "values", "entries", "deals", "sales", "orders", "customers", "contacts",
    "activities", "products", "quotas", "history",
})  # fmt: skip
"""What the array of records is called in an object that holds it: `{"data": [...]}`."""


class Element(NamedTuple):
    """An object: the line it begins on, its text as it stands, and what it says."""

    line: int
    text: str
    value: Any


class DamageError(Exception):
    """The file is no JSON from some line on; nothing after it can be told apart."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(reason)
        self.line = line
        self.reason = reason


def elements(file: TextIO) -> Iterator[Element]:
    """Yield the objects of a text; DamageError where it is no JSON."""
    text = _Text(file)
    sign = text.peek()
    if sign == "[":
        yield from _array(text)
    elif sign == "{" and _holds_array(text):
        yield from _array(text)
        _close(text)
    else:
        while text.peek():
            yield text.element()
        return
    if text.peek():
        raise text.damage("something stands behind the end of the array")


def _array(text: "_Text") -> Iterator[Element]:
    text.take("[")
    if text.peek() == "]":
        text.take("]")
        return
    while True:
        yield text.element()
        if text.peek() != ",":
            break
        text.take(",")
    text.take("]")


def _holds_array(text: "_Text") -> bool:
    """Go to the array that an object holds; False, with nothing taken, where it is a record itself."""
    text.mark()
    text.take("{")
    while text.peek() == '"':
        name = text.element().value
        text.take(":")
        if text.peek() == "[" and str(name).lower() in HOLDERS:
            text.unmark()
            return True
        text.element()
        if text.peek() != ",":
            break
        text.take(",")
    text.back()
    return False


def _close(text: "_Text") -> None:
    """Pass over what stands behind the array in the object that holds it: counts, the address of the next page."""
    while text.peek() == ",":
        text.take(",")
        text.element()
        text.take(":")
        text.element()
    text.take("}")


class _Text:
    """A text on its way through memory."""

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self._buffer = ""
        self._at = 0
        self._line = 1
        self._ended = False
        self._kept: tuple[int, int] | None = None

    def mark(self) -> None:
        """Remember this place: back() returns to it."""
        self._kept = (self._at, self._line)

    def unmark(self) -> None:
        """Forget the place: there is no way back."""
        self._kept = None

    def back(self) -> None:
        """Return to the place of mark()."""
        if self._kept:
            self._at, self._line = self._kept
        self._kept = None

    def peek(self) -> str:
        """Return the next character that is no blank, an empty text at the end."""
        while True:
            while self._at < len(self._buffer):
                sign = self._buffer[self._at]
                if sign not in " \t\r\n\ufeff":
                    return sign
                self._line += sign == "\n"
                self._at += 1
            if not self._more():
                return ""

    def take(self, sign: str) -> None:
        """Pass over a character; DamageError for another one."""
        if self.peek() != sign:
            found = self.peek()
            raise self.damage(
                f"'{sign}' is missing before '{found}'" if found else "it ends in the middle; get it anew"
            )
        self._at += 1

    def element(self) -> Element:
        """Return the next value, and pass over it; DamageError where it is none."""
        self.peek()
        while True:
            try:
                value, end = DECODER.raw_decode(self._buffer, self._at)
            except JSONDecodeError as error:
                surely = error.pos < len(self._buffer) - 64 and not error.msg.startswith("Unterminated")
                behind = error.pos - self._at
                if surely or not self._more():
                    raise self._broken(error.msg, self._at + behind) from None
            except BadRecordError as error:
                raise self.damage(str(error)) from None
            except RecursionError:
                raise self.damage("it is nested too deep") from None
            else:
                found = Element(self._line, self._buffer[self._at : end], value)
                self._line += found.text.count("\n")
                self._at = end
                return found

    def damage(self, reason: str) -> DamageError:
        """Return the error for this place."""
        return DamageError(self._line, reason)

    def _broken(self, reason: str, place: int) -> DamageError:
        if place >= len(self._buffer) or reason.startswith("Unterminated"):
            return self.damage("what begins here is never closed; the file may be cut off")
        self._line += self._buffer.count("\n", self._at, place)
        return self.damage(f"{reason[0].lower()}{reason[1:]}")

    def _more(self) -> bool:
        """Read on, ever larger pieces of one value; False at the end of the file."""
        start = self._kept[0] if self._kept else self._at
        if self._ended:
            return False
        if len(self._buffer) - start > LARGEST:
            raise self.damage("what begins here is too long for one record")
        piece = self._file.read(max(PIECE, len(self._buffer) - start))
        self._ended = not piece
        self._buffer = self._buffer[start:] + piece
        self._at -= start
        if self._kept:
            self._kept = (0, self._kept[1])
        return bool(piece)
