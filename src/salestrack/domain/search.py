"""What somebody looks for: words, each of which may be the beginning of one, and phrases; and where a text has them."""

import unicodedata
from collections.abc import Iterator, Sequence
from typing import NamedTuple

FEWEST_DIGITS = 4  # of a telephone number that is looked for by a part of it
MOST_WORDS = 32
_BEFORE, _WIDTH = 24, 72  # characters of a snippet before the match, and in all


class Word(NamedTuple):
    """A run of letters and digits in a text, as it is compared, and where it stands."""

    key: str
    start: int
    end: int


class Wanted(NamedTuple):
    """What is looked for: every word has to occur, or to begin one; the words of a phrase side by side."""

    words: tuple[str, ...]
    phrases: tuple[tuple[str, ...], ...] = ()
    digits: str | None = None
    """The digits of what may be a part of a telephone number."""

    def fits(self, text: str) -> bool:
        """Say whether every phrase stands in a text."""
        keys = [word.key for word in words_of(text)]
        return all(_has(keys, phrase) for phrase in self.phrases)


def wanted(texts: Sequence[str]) -> Wanted:
    """Return what texts ask for: `"a b"`, or a text that holds a space, is a phrase, everything else single words."""
    phrases, words = [], []
    for text in texts:
        for quoted, piece in _pieces(text):
            keys = [word.key for word in words_of(piece)]
            words += keys
            if quoted and len(keys) > 1:
                phrases.append(tuple(keys))
    whole = " ".join(texts)
    digits = "".join(sign for sign in whole if sign in "0123456789")
    number = len(digits) >= FEWEST_DIGITS and not any(sign.isalpha() for sign in whole)
    found = tuple(dict.fromkeys(words))[:MOST_WORDS]
    return Wanted(found, tuple(phrases), digits.lstrip("0")[-9:] or None if number else None)


def words_of(text: str) -> Iterator[Word]:
    """Yield the words of a text, case and accents set aside, as the full-text index has them."""
    start = -1
    for at, sign in enumerate(f"{text} "):
        inside = sign.isalnum() or (start >= 0 and unicodedata.category(sign)[0] == "M")
        if inside and start < 0:
            start = at
        elif not inside and start >= 0:
            if key := plain(text[start:at]):
                yield Word(key, start, at)
            start = -1


def plain(text: str) -> str:
    """Return a text without its accents, in small letters."""
    if text.isascii():
        return text.lower()
    apart = unicodedata.normalize("NFD", text)
    return "".join(sign for sign in apart if unicodedata.category(sign)[0] != "M").lower()


def snippet(text: str, words: Sequence[str]) -> str | None:
    """Return a piece of a text around the first place where it has one of the words; None when it has none."""
    line = " ".join(text.split())
    match = next((found for found in words_of(line) if any(found.key.startswith(word) for word in words)), None)
    if match is None:
        return None
    if len(line) <= _WIDTH:
        return line
    start = max(0, min(match.start - _BEFORE, len(line) - _WIDTH))
    start = line.rfind(" ", 0, start + 1) + 1 if start else 0
    end = start + _WIDTH
    end = max(line.rfind(" ", 0, end), match.end) if end < len(line) else len(line)
    return f"{'...' if start else ''}{line[start:end]}{'...' if end < len(line) else ''}"


def _pieces(text: str) -> Iterator[tuple[bool, str]]:
    """Yield the pieces between quotation marks, and those outside; a text with a space and no mark is one phrase."""
    if '"' not in text:
        yield " " in text.strip(), text
        return
    for at, piece in enumerate(text.split('"')):
        yield at % 2 == 1, piece


def _has(keys: Sequence[str], phrase: Sequence[str]) -> bool:
    """Say whether words stand side by side; the last one may be the beginning of a word."""
    *first, last = phrase
    for at in range(len(keys) - len(first)):
        if list(keys[at : at + len(first)]) == first and keys[at + len(first)].startswith(last):
            return True
    return False
