"""Finding records by any word in them."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from salestrack.domain.search import Wanted, snippet, wanted
from salestrack.errors import UsageError
from salestrack.store import Store
from salestrack.store.engine import Row
from salestrack.store.search import TEXTS

# The kinds in the order in which they are shown, with the letters of their ids.
LETTERS = {"customers": "c", "contacts": "n", "deals": "d", "activities": "a", "sales": "s", "products": "p"}
_ONE = {"customers": "customer", "contacts": "contact", "deals": "deal", "activities": "activity", "sales": "sale",
        "products": "product"}  # fmt: skip


class Hit(NamedTuple):
    """A record that was found: its name, whose it is, its day, and a piece of the text that was found elsewhere in it."""

    ref: str
    kind: str
    name: str
    customer: str | None
    date: date | None
    text: str | None


class Hits(NamedTuple):
    """What was found, kind by kind, which kinds have more, and names that look like what was asked for.

    cut: nothing was found in the records that were looked at, and there are others.
    """

    rows: tuple[Hit, ...]
    more: tuple[str, ...] = ()
    near: tuple[str, ...] = ()
    cut: bool = False


def find(store: Store, texts: Sequence[str], kinds: Sequence[str], *, limit: int | None) -> Hits:
    """Return the records that have every word and phrase, the latest recorded first, at most `limit` of each kind.

    Raises UsageError for a kind that does not exist, or when nothing is asked for.
    """
    if not "".join(texts).strip():
        raise UsageError("there is nothing to look for", hint="salestrack find proposal")
    asked = wanted(texts)
    rows: list[Hit] = []
    more: list[str] = []
    for kind in _kinds(kinds):
        found, rest = store.search.find(kind, asked, limit=limit)
        rows += [_hit(kind, row, asked) for row in found]
        more += [kind] * rest
    near = () if rows or more else _near(store, texts, asked)
    return Hits(tuple(rows), tuple(more) if rows else (), near, cut=bool(more) and not rows)


def _kinds(texts: Sequence[str]) -> list[str]:
    chosen = set()
    for text in texts:
        word = text.strip().lower()
        fitting = [kind for kind, letter in LETTERS.items() if word in {letter, kind, _ONE[kind]}]
        if not fitting:
            known = ", ".join(f"{letter} ({kind})" for kind, letter in LETTERS.items())
            raise UsageError(f"'{text}' is not a kind of record that can be found", hint=f"one of: {known}")
        chosen.add(fitting[0])
    return [kind for kind in LETTERS if kind in chosen or not chosen]


def _hit(kind: str, row: Row, asked: Wanted) -> Hit:
    on = date.fromisoformat(row["date"]) if row["date"] else None
    name, *others = TEXTS[kind] if TEXTS[kind][0] == "name" else ("name", *TEXTS[kind])
    ref = f"{LETTERS[kind]}{row['id']}"
    return Hit(ref, _ONE[kind], row[name], row["customer"], on, _text(row, name, others, asked))


def _text(row: Row, name: str, others: Sequence[str], asked: Wanted) -> str | None:
    """Return the piece that shows why a record was found; None when its name says it all."""
    left = [word for word in asked.words if snippet(row[name] or "", [word]) is None]
    if not left:
        return None
    for column in others:
        if row[column] and (piece := snippet(row[column], left)):
            return piece
    return next((row[column] for column in ("phone", "email") if asked.digits and row.get(column)), None)


def _near(store: Store, texts: Sequence[str], asked: Wanted) -> tuple[str, ...]:
    """Return names like the whole text, else words like a word of it that no record has."""
    words = " ".join(texts)
    near = [name for table in ("customers", "products") for name in store.names.suggestions(table, words)]
    if not near and len(asked.words) == 1:
        near = store.search.near(asked.words[0])
    return tuple(dict.fromkeys(near))[:3]
