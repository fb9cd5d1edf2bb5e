"""Ids as people type them: a letter for the kind and a number (`d12`), alone, listed or in ranges."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from salestrack.domain.quoting import quoted
from salestrack.errors import ParseError

KINDS = {
    "c": "customer",
    "n": "contact",
    "d": "deal",
    "s": "sale",
    "a": "activity",
    "p": "product",
    "q": "quota",
    "i": "import",
    "o": "operation",
}

LETTERS = {
    "customers": "c", "contacts": "n", "deals": "d", "sales": "s", "activities": "a", "products": "p", "quotas": "q",
}  # fmt: skip
"""The tables of records, and the letters of their ids."""

LARGEST = 2**63 - 1
MOST = 10_000


class Ref(NamedTuple):
    """Names one record: the letter of its kind and its id. `@` with id 0 is the one last touched."""

    letter: str
    id: int

    def __str__(self) -> str:
        """Return it as it is typed: `d12`, or `@`."""
        return self.letter if self.letter == "@" else f"{self.letter}{self.id}"

    @property
    def kind(self) -> str:
        """What it names: `deal`; `record` for the one last touched."""
        return KINDS.get(self.letter, "record")


AT = "@"  # the word for the record that was touched last
LAST = Ref(AT, 0)


def parse_ref(text: str, default: str | None) -> Ref | None:
    """Return the id that text is, or None when it does not look like one and may be a name.

    A bare number has the `default` kind's letter; without a default it is no id (it may be a phone
    number). ParseError for a number beyond all ids.
    """
    word = text.strip()
    if word == AT:
        return LAST
    letter, digits = (default, word) if word[:1].isdigit() else (word[:1].lower(), word[1:])
    if letter not in KINDS or not (digits.isascii() and digits.isdigit()) or digits[0] == "0":
        return None
    if len(digits) > len(str(LARGEST)) or int(digits) > LARGEST:
        raise ParseError(f"there is no {KINDS[letter]} {quoted(word)}; ids are smaller")
    return Ref(letter, int(digits))


def parse_refs(text: str, default: str | None) -> list[Ref]:
    """Return the ids of `12,14-16` or `d12,d14-d16`, each once, in the order typed; `@` may be among them.

    A bare number has the letter of the id before it, else the `default`. Raises ParseError for what is
    no id, a range that runs backwards, or more than 10,000 ids.
    """
    found: dict[Ref, None] = {}
    letter = default
    for part in text.split(","):
        start, end = _range(part, letter)
        if start.letter in KINDS:
            letter = start.letter
        if len(found) + end - start.id >= MOST:
            raise ParseError(f"{quoted(text)} names more than {MOST:,} ids", hint="take them in smaller parts")
        found.update(dict.fromkeys(_between(start, end)))
    return list(found)


def compact(numbers: Sequence[int]) -> str:
    """Return ascending ids as they are typed in a list: `12,14-16`."""
    parts: list[tuple[int, int]] = []
    for number in numbers:
        if parts and parts[-1][1] + 1 == number:
            parts[-1] = (parts[-1][0], number)
        else:
            parts.append((number, number))
    return ",".join(str(first) if first == last else f"{first}-{last}" for first, last in parts)


def _between(start: Ref, end: int) -> Iterator[Ref]:
    return (Ref(start.letter, number) for number in range(start.id, end + 1))


def _range(part: str, default: str | None) -> tuple[Ref, int]:
    """Return the first ref and the last id of one item of a list."""
    first, dash, last = part.partition("-")
    start = _one(first, default)
    if not dash:
        return start, start.id
    end = _one(last, start.letter)
    if start == LAST or end.letter != start.letter:
        raise ParseError(f"{quoted(part.strip())} is not a range of ids", hint="write it like 14-16 or d14-d16")
    if end.id < start.id:
        raise ParseError(f"range {quoted(part.strip())} runs backwards", hint=f"write {end}-{start}")
    return start, end.id


def _one(text: str, default: str | None) -> Ref:
    if ref := parse_ref(text, default):
        return ref
    word = text.strip()
    if default is None and word.isascii() and word.isdigit():
        raise ParseError(
            f"id {quoted(word)} does not say its kind", hint=f"write d{word} for a deal, s{word} for a sale"
        )
    letter = default if default in KINDS else "d"
    raise ParseError(
        f"{quoted(word)} is not an id", hint=f"write it like {letter}12, or {letter}12,{letter}14-{letter}16"
    )
