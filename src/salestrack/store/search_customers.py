"""Words that stand in a customer's name count for what is the customer's: `acme website` is Acme's deal "Website"."""

from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import NamedTuple

from salestrack.domain.search import Wanted, words_of
from salestrack.store.engine import Engine, Row

MOST_CUSTOMERS = 20  # whose records are looked at
MOST_RECORDS = 2_000  # of one customer, the latest
MOST_WORDS = 8  # that are tried as a customer's name
_PORTION = 100

# The latest records of a customer first, as far as an index has them in that order.
OF_CUSTOMER = {
    "contacts": ("SELECT id FROM contacts WHERE customer_id = ? ORDER BY id DESC LIMIT ?",),
    "deals": ("SELECT id FROM deals WHERE customer_id = ? ORDER BY id DESC LIMIT ?",),
    "sales": ("SELECT id FROM sales WHERE customer_id = ? ORDER BY id DESC LIMIT ?",),
    "activities": tuple(
        f"SELECT id FROM activities WHERE customer_id = ? AND done = {done} ORDER BY happened_on DESC, id DESC LIMIT ?"
        for done in (0, 1)
    ),
}
KINDS = tuple(OF_CUSTOMER)
Rows = Callable[[Sequence[int]], list[Row]]


class Named(NamedTuple):
    """A customer that some of the words name: its id, and the words of its names."""

    id: int
    keys: tuple[str, ...]

    def covers(self, word: str) -> bool:
        """Say whether a word stands in a name, or begins one of its words."""
        return any(key.startswith(word) for key in self.keys)


def runs(words: Sequence[str]) -> list[tuple[str, ...]]:
    """Return the words that may be a customer's name: those at the beginning or at the end, the longest first."""
    some = tuple(words[:MOST_WORDS])
    found = [run for size in range(len(some) - 1, 0, -1) for run in (some[:size], some[-size:])]
    return list(dict.fromkeys(found))


def named(row: Row) -> Named:
    """Return a customer that was found, by its name and its other names."""
    text = f"{row['name']} \n {row['alias'] or ''}"
    return Named(row["id"], tuple(dict.fromkeys(word.key for word in words_of(text))))


def records_of(
    engine: Engine, kind: str, customer: Named, wanted: Wanted, *, rows: Rows, texts: Sequence[str], most: int | None
) -> Iterator[Row | None]:
    """Yield a customer's records that have the words which its names do not have; None where there are more to look at.

    Every phrase stands in the record or in the customer's names.
    """
    left = [word for word in wanted.words if not customer.covers(word)]
    if not left or len(left) == len(wanted.words):
        return  # it is the customer itself that was meant, or another one
    for sql in OF_CUSTOMER[kind]:
        keys = engine.stream(sql, (customer.id, -1 if most is None else most + 1))
        ids = (key for (key,) in keys)
        for portion in _portions(islice(ids, most)):
            yield from (row for row in rows(portion) if _fits(row, texts, left, wanted, customer))
        if most is not None and next(ids, None) is not None:
            yield None


def _fits(row: Row, texts: Sequence[str], left: Sequence[str], wanted: Wanted, customer: Named) -> bool:
    text = " \n ".join(row[name] or "" for name in texts)
    keys = [word.key for word in words_of(text)]
    if not all(any(key.startswith(word) for key in keys) for word in left):
        return False
    return all(
        wanted._replace(phrases=(phrase,)).fits(text) or all(map(customer.covers, phrase)) for phrase in wanted.phrases
    )


def _portions(keys: Iterator[int]) -> Iterator[list[int]]:
    while portion := list(islice(keys, _PORTION)):
        yield portion
