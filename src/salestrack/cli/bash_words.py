"""A line of bash, split as bash splits it, and words put back so that bash reads them as they were meant.

Readline replaces only the part of the word after the last sign that breaks words (`:`, `=`, `@` ...) or after an open
quote, and takes what it is given as it is; so the quoting is done here.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

from salestrack.store.completion import Pair

LISTING = {"63", "33", "64"}  # COMP_TYPE where the words are shown and not put into the line
_PLAIN = re.compile(r"[^\w./,+@%:=-]", re.ASCII)


class Line(NamedTuple):
    """The words up to the cursor; of the last one what stays as it is (`kept`), and the quote that is open."""

    words: tuple[str, ...]
    kept: str
    quote: str
    listing: bool

    @classmethod
    def parse(cls, line: str, breaks: str = "", how: str = "") -> "Line":
        """Split a line as far as the cursor; `breaks` and `how` are COMP_WORDBREAKS and COMP_TYPE."""
        words, word, begun, quote = [], "", False, ""
        kept, escaped = "", False
        for sign in line:
            if escaped:
                word, escaped = word + (sign if quote != '"' or sign in '"\\$`' else f"\\{sign}"), False
            elif sign == "\\" and quote != "'":
                escaped = begun = True
            elif quote:
                quote, word = ("", word) if sign == quote else (quote, word + sign)
            elif sign in "'\"":
                quote, begun, kept = sign, True, word
            elif sign in " \t\n":
                words += [word] if begun or word else []
                word, begun, kept = "", False, ""
            else:
                word += sign
                kept = word if sign in breaks else kept
        return cls((*words, word), kept, quote, how in LISTING)

    def answer(self, files: bool, pairs: Sequence[Pair]) -> str:  # noqa: FBT001 - read by one caller
        """Return what the script reads: a line that says how, and a line for each word."""
        if files:
            return "files\n"
        found = self._kept_case([(word, what) for word, what in pairs if self._continues(word)])
        how = "nospace" if found and all(word.endswith("=") for word, _ in found) else "words"
        shown = self.listing and len(found) > 1
        lines = [f"{word}  ({what[:60]})" if shown and what else self._quoted(word) for word, what in found]
        return "\n".join([how, *lines, ""])

    def _continues(self, word: str) -> bool:
        """Say whether a word goes on from what stays in the line."""
        return word[: len(self.kept)].casefold() == self.kept.casefold()

    def _kept_case(self, pairs: list[Pair]) -> list[Pair]:
        """Return the words so that what they have in common does not take away what was typed.

        Bash puts the common beginning of all words into the line: for `ac` that would be nothing where one is Acme
        and the other acid.
        """
        typed = self.words[-1]
        if len(pairs) < 2 or _common(pairs).startswith(typed):
            return pairs
        same = [
            (typed + word[len(typed) :], what) for word, what in pairs if word.casefold().startswith(typed.casefold())
        ]
        return same or ([] if _common(pairs) else pairs)

    def _quoted(self, word: str) -> str:
        rest = word[len(self.kept) :]
        if self.quote == "'":
            return rest.replace("'", "'\\''")
        if self.quote == '"':
            return re.sub(r'(["$`\\])', r"\\\1", rest)
        return _PLAIN.sub(lambda sign: sign[0] if sign[0] > "\x7f" else f"\\{sign[0]}", rest)


def _common(pairs: Sequence[Pair]) -> str:
    """Return what all words begin with."""
    low, high = min(word for word, _ in pairs), max(word for word, _ in pairs)
    return next((low[:place] for place, sign in enumerate(low) if high[place : place + 1] != sign), low)
