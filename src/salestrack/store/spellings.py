"""Names in another spelling: `muller` and `mueller` are found in Müller, through the full-text index."""

from collections.abc import Iterator
from itertools import islice

from salestrack.domain.names import spellings, unaccented
from salestrack.store.engine import Engine

MOST_TERMS = 50  # words of the index that begin like one word
MOST_READ = 100  # rows of which the names are compared
_LAST = "\U0010ffff"
_ONE_LETTER = (("ae", "a"), ("oe", "o"), ("ue", "u"), ("aa", "a"))


def spelled(engine: Engine, key: str) -> Iterator[tuple[str, int]]:
    """Yield tables and ids of customers, aliases and contacts that may have a folded name in any spelling.

    Every word begins one of the record's: whether they stand in its name is for the caller to see.
    """
    words = [_terms_of(word) for word in key.split()]
    for kind in ("customers", "contacts"):
        match = " AND ".join(_any(engine, kind, starts) for starts in words)
        if "()" in match or not match:
            continue
        sql = f"SELECT rowid FROM search_{kind} WHERE search_{kind} MATCH ? ORDER BY rowid DESC LIMIT ?"
        for (place,) in engine.stream(sql, (match, MOST_READ)):
            if kind == "contacts":
                yield kind, place
            else:
                yield ("customer_aliases" if place % 2 else "customers"), place // 2


def _terms_of(word: str) -> tuple[str, ...]:
    """Return the beginnings under which the index, which sets accents aside, may have a word."""
    found = [unaccented(spelling) for spelling in spellings(word)]
    for start in tuple(found):
        short = start
        for two, one in _ONE_LETTER:
            short = short.replace(two, one)
        found.append(short)
    found += [start.replace("ss", "ß") for start in tuple(found)]
    return tuple(dict.fromkeys(filter(None, found)))


def _any(engine: Engine, kind: str, starts: tuple[str, ...]) -> str:
    """Return the search for all words of an index with one of the beginnings; `()` where it has none."""
    terms = {term for start in starts for term in islice(_terms(engine, kind, start), MOST_TERMS)}
    return "(" + " OR ".join(f'"{term}"' for term in sorted(terms)) + ")"


def _terms(engine: Engine, kind: str, start: str) -> Iterator[str]:
    """Yield the words of an index with a beginning, each by one look-up."""
    sql = f"SELECT term FROM search_{kind}_words WHERE term >= ? AND term < ? LIMIT 1"
    term = engine.value(sql, (start, start + _LAST))
    while term is not None:
        yield term
        term = engine.value(sql, (f"{term}\x01", start + _LAST))
