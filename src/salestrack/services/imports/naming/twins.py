"""New customers that may be ones the book has already: the same name, or one that differs by its spelling or legal form.

Said aloud, never merged. Looking for near names asks the index of names for every spelling, so it is left out where an
import adds more than MOST_NEW customers; those who have the very same name are told however many there are.
"""

import re

from salestrack.domain.names import unaccented
from salestrack.services.imports.reading import Reading
from salestrack.store.twins import Twins

MOST_NEW = 1000
MOST_NAMED = 5
_FORMS = (
    "inc", "incorporated", "llc", "ltd", "limited", "plc", "corp", "corporation", "co", "company", "lp", "llp", "pty ltd",
    "gmbh", "ggmbh", "mbh", "ag", "kg", "ug", "ohg", "gbr", "se", "e k", "e v", "gmbh co kg", "ug haftungsbeschränkt",
    "sa", "s a", "sas", "sarl", "s à r l", "sàrl", "sl", "s l", "slu", "srl", "s r l", "spa", "s p a", "bv", "b v", "nv",
    "n v", "bvba", "ab", "as", "a s", "aps", "oy", "kft", "sp z o o", "s r o", "lda",
)  # fmt: skip
_FORM = re.compile(rf" (?:{'|'.join(sorted(_FORMS, key=len, reverse=True))})$")
_APART = (("ä", "ae"), ("ö", "oe"), ("ü", "ue"), ("ß", "ss"), ("å", "aa"), ("ø", "oe"), ("æ", "ae"))
_UMLAUTS = {"a": "ä", "o": "ö", "u": "ü"}
_ACCENTS = {"a": "áàâ", "o": "óô", "u": "ú", "e": "éèê", "i": "íî", "n": "ñ", "c": "ç"}


def core(key: str) -> str:
    """Return a folded name without its legal form and accents: what two spellings of one company share."""
    while len(shorter := _FORM.sub("", key)) < len(key):
        key = shorter
    key = key.removeprefix("the ")
    for letter, letters in _APART:
        key = key.replace(letter, letters)
    return unaccented(key)


def near_twins(reading: Reading, after: int) -> list[str]:
    """Return remarks on the customers above an id that may be there already; none where nothing looks alike."""
    twins = Twins(reading.store.engine)
    notes = []
    real = not reading.request.dry_run
    same = twins.namesakes(after) if reading.kind.name in {"sales", "customers"} else []
    if same:
        pairs = [f"{row['name']} (c{row['other']} and c{row['id']})" for row in same[:MOST_NAMED]]
        notes.append(_said("has the name of another one", "have the name of another one", pairs, len(same)))
        notes[-1] += (
            f"; if they are one: salestrack customer merge c{same[0]['other']} c{same[0]['id']}" if real else ""
        )
    near = _near(twins, after, {row["id"] for row in same})
    if near:
        pairs = [f"{name} (c{key}) and {other} (c{other_key})" for key, name, other_key, other in near[:MOST_NAMED]]
        notes.append(_said("looks like another one", "look like another one", pairs, len(near)))
        notes[-1] += f"; if they are one: salestrack customer merge c{near[0][2]} c{near[0][0]}" if real else ""
    return notes


def _said(one: str, several: str, pairs: list[str], count: int) -> str:
    more = f" and {count - len(pairs)} more" if count > len(pairs) else ""
    what = f"1 new customer {one}" if count == 1 else f"{count} new customers {several}"
    return f"{what}: {', '.join(pairs)}{more}"


def _near(twins: Twins, after: int, known: set[int]) -> list[tuple[int, str, int, str]]:
    """Return (id, name, other id, other name) of new customers that an older one, or one of this import, is like."""
    new = [row for row in twins.new(after, MOST_NEW) if row["id"] not in known]
    # Among themselves new names are compared by what their spellings share; a book without older ones needs no asking.
    asked = {row["id"]: _spellings(row["key"]) if after else [] for row in new}
    called = twins.called({key for keys in asked.values() for key in keys})
    first: dict[str, tuple[int, str]] = {}
    found = []
    for row in new:
        base = core(row["key"])
        others = [called[key] for key in asked[row["id"]] if key in called and called[key]["id"] < row["id"]]
        pair = (others[0]["id"], others[0]["name"]) if others else first.get(base)
        first.setdefault(base, (row["id"], row["name"]))
        if pair and base:
            found.append((row["id"], row["name"], *pair))
    return found


def _spellings(key: str) -> list[str]:
    """Return the folded names that are near one: other legal forms or none, with accents or without."""
    bare = key
    while len(shorter := _FORM.sub("", bare)) < len(bare):
        bare = shorter
    joined = bare
    for letter, letters in _APART:
        joined = joined.replace(letters, letter) if letter not in "åøæ" else joined
    bases = [bare, core(key), unaccented(bare), joined]
    one = [(bare[:at], sign, bare[at + 1 :]) for at, sign in enumerate(bare)]
    bases += [f"{before}{_UMLAUTS[sign]}{after}" for before, sign, after in one if sign in _UMLAUTS]
    accented = [f"{before}{other}{after}" for before, sign, after in one for other in _ACCENTS.get(sign, "")]
    names = [form for base in dict.fromkeys([*bases, *accented]) if base for form in (base, f"the {base}")]
    forms = [f"{base} {form}" for base in dict.fromkeys(bases) if base for form in _FORMS]
    return [name for name in dict.fromkeys([*names, *forms]) if name != key]
