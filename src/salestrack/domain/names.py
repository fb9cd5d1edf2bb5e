"""How names are compared: a folded key, a ladder of ever looser matches, and suggestions that never decide."""

import unicodedata
from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from salestrack.errors import AmbiguousError, NotFoundError, UsageError

T = TypeVar("T")
LONGEST_NAME = 200
_SPACED = {code: " " for code in range(128) if not chr(code).isalnum()}


def fold(name: str) -> str:
    """Return a name as it is compared: case, width, accents' encoding, punctuation and spacing set aside.

    The dotted and the dotless i of Turkish count as one, since capitals do not tell which was meant.
    """
    if name.isascii():
        folded = name.lower()
        if folded.isalnum():
            return folded
        if folded.replace(" ", "").isalnum():
            return " ".join(folded.split())
        words = folded.translate(_SPACED).split()
    else:
        folded = _folded(name)
        words = "".join(map(_compared, folded)).split()
    # A name of signs only (`***`, an emoji) is compared by its signs; no search can hold a NUL.
    return " ".join(words) or " ".join(folded.replace("\0", "").split())


def _folded(name: str) -> str:
    once = unicodedata.normalize("NFKC", name).casefold()
    # Folding may undo the composing, so it is done again; then the same name always has the same key.
    return unicodedata.normalize("NFKC", once).casefold().replace("i\u0307", "i").replace("\u0131", "i")


def _compared(character: str) -> str:
    if character.isalnum():
        return character
    category = unicodedata.category(character)
    if category[0] == "M":
        return character
    return "" if category == "Cf" else " "  # a soft hyphen or a joiner is no gap between words


def clean(name: str, what: str = "name") -> str:
    """Return a name with its spacing tidied; UsageError when nothing is left, or it is overlong or holds control signs."""
    tidy = " ".join(name.split())
    if not tidy:
        raise UsageError(f"the {what} is empty")
    if len(tidy) > LONGEST_NAME:
        raise UsageError(f"the {what} has {len(tidy)} characters; {LONGEST_NAME} are kept at most")
    if tidy.isprintable():  # neither a control character nor one that cannot be seen: nearly all names
        return tidy
    if any(unicodedata.category(c) in {"Cc", "Cs"} for c in tidy):
        raise UsageError(f"the {what} holds a control character")
    if not tidy.isascii() and all(unicodedata.category(c) in {"Cf", "Zs"} for c in tidy):
        raise UsageError(f"the {what} holds nothing that can be seen")
    return tidy


_TWO_LETTERS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe", "æ": "ae"})


def spellings(name: str) -> tuple[str, ...]:
    """Return the ways in which people spell a name, folded: as it is, without accents, and with two letters for them.

    `Müller` is also `muller` and `mueller`. Two names are alike when any of their spellings are the same.
    """
    key = fold(name)
    if key.isascii():
        return (key,)
    return tuple(dict.fromkeys((key, unaccented(key), unaccented(key.translate(_TWO_LETTERS)))))


def unaccented(text: str) -> str:
    """Return a text without the accents of its letters."""
    apart = unicodedata.normalize("NFD", text)
    return unicodedata.normalize("NFC", "".join(sign for sign in apart if unicodedata.category(sign)[0] != "M"))


def email_key(email: str) -> str:
    """Return an e-mail address as it is compared."""
    return email.strip().casefold()


def phone_key(phone: str) -> str | None:
    """Return the digits of a phone number as they are compared, the trunk and country prefixes cut; None below six."""
    digits = "".join(c for c in phone if c in "0123456789").lstrip("0")
    return digits[-9:] if len(digits) >= 6 else None


def climb(text: str, names: Iterable[tuple[str, T]]) -> list[T]:
    """Return what text means among a few (name, value) pairs: the values of the first rung on which any match."""
    key = fold(text)
    pairs = [(name, fold(name), value) for name, value in names]
    rungs: tuple[Callable[[str, str], bool], ...] = (
        lambda name, _: name == text,
        lambda _, folded: folded == key,
        lambda _, folded: folded.startswith(key),
        lambda _, folded: f" {key}" in f" {folded}",
        lambda _, folded: key in folded,
    )
    for rung in rungs if key else rungs[:1]:
        if found := [value for name, folded, value in pairs if rung(name, folded)]:
            return found
    return []


def first_of(names: Sequence[str], most: int = 12) -> str:
    """Return names as a list that says how many more there are than it shows."""
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more


def pick(text: str, names: Sequence[tuple[str, T]], what: str, *, hint: str | None = None) -> T:
    """Return the one value that text names.

    Raises NotFoundError naming the known ones, or AmbiguousError naming the candidates.
    """
    found = climb(text, names)
    if len(found) == 1:
        return found[0]
    if not found:
        known = first_of([name for name, _ in names]) or "none yet"
        raise NotFoundError(f"no {what} is called '{text}'; known: {known}", hint=hint)
    fitting = ", ".join(name for name, value in names if value in found)
    raise AmbiguousError(f"'{text}' could be {fitting}", hint="type more of the name")


def similar(text: str, names: Iterable[str], *, most: int = 3) -> list[str]:
    """Return the names that look like a misspelling of text, the likeliest first; only ever a suggestion."""
    import difflib  # fetched only when a name was not found

    by_key = {fold(name): name for name in names}
    return [by_key[key] for key in difflib.get_close_matches(fold(text), by_key, n=most, cutoff=0.6)]
