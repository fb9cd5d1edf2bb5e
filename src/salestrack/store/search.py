"""Full text: which records hold some words, the latest recorded ones first, without counting or sorting the rest."""

from collections.abc import Iterator, Sequence
from functools import partial
from itertools import chain, islice

from salestrack.domain.names import similar
from salestrack.domain.search import Wanted
from salestrack.store import search_customers as by_customer
from salestrack.store.engine import Engine, Row

MOST_TERMS = 200  # beginnings that more words of the index share are left to the index itself
MOST_READ = 20_000  # rows that are read to check a phrase
MOST_COMPARED = 400  # words of a kind that a misspelling is compared with
_PORTION = 100
_LAST = "\U0010ffff"

_SELECTS = {
    "customers": "SELECT id, name, NULL AS customer, created_on AS date, merged_into, email, phone, note, (SELECT "
    "group_concat(a.name, ', ') FROM customer_aliases a WHERE a.customer_id = x.id) AS alias FROM customers x",
    "contacts": "SELECT x.id, x.name, c.name AS customer, NULL AS date, x.role, x.email, x.phone, x.note "
    "FROM contacts x LEFT JOIN customers c ON c.id = x.customer_id",
    "deals": "SELECT x.id, x.title AS name, c.name AS customer, coalesce(x.closed_on, x.created_on) AS date, x.note, "
    "x.status FROM deals x LEFT JOIN customers c ON c.id = x.customer_id",
    "activities": "SELECT x.id, x.kind AS name, c.name AS customer, coalesce(x.happened_on, x.due_on) AS date, x.subject, "
    "x.note FROM activities x LEFT JOIN customers c ON c.id = x.customer_id",
    "sales": "SELECT x.id, coalesce(x.title, x.kind) AS name, c.name AS customer, x.on_date AS date, x.title, x.ref, x.note "
    "FROM sales x LEFT JOIN customers c ON c.id = x.customer_id",
    "products": "SELECT x.id, x.name, NULL AS customer, x.removed_on AS date, x.sku FROM products x",
}
KINDS = tuple(_SELECTS)
# Columns with words in them, the one that names the record first.
TEXTS = {
    "customers": ("name", "alias", "note", "email", "phone"),
    "contacts": ("name", "role", "note", "email", "phone"),
    "deals": ("name", "note"),
    "activities": ("note", "subject"),
    "sales": ("name", "note", "ref"),
    "products": ("name", "sku"),
}


class Search:
    """The full-text indexes."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def find(self, kind: str, wanted: Wanted, *, limit: int | None) -> tuple[list[Row], bool]:
        """Return the latest records of a kind that have all that is wanted, and whether there are more than the limit.

        Then come those that have what their customer's name has not. A merged customer stands there as the one that it
        became.
        """
        rows: dict[int, Row] = {}
        cut = False
        own = self._found(kind, wanted, most=None if limit is None else MOST_READ)
        for row in chain(own, self._by_customer(kind, wanted, bounded=limit is not None)):
            if row is None:
                cut = True
            elif row["id"] not in rows:
                if len(rows) == limit:
                    return list(rows.values()), True
                rows[row["id"]] = row
        return list(rows.values()), cut

    def _by_customer(self, kind: str, wanted: Wanted, *, bounded: bool) -> Iterator[Row | None]:
        """Yield the records whose customer has some of the words in its name, and they the others; None where cut."""
        if kind not in by_customer.KINDS or len(wanted.words) < 2:
            return
        customers: dict[int, by_customer.Named] = {}
        for words in by_customer.runs(wanted.words):
            most = by_customer.MOST_CUSTOMERS - len(customers) if bounded else None
            keys = self._keys("customers", Wanted(words))
            for portion in _portions(islice(keys, most)):
                for row in map(self._keeper, self._rows("customers", portion)):
                    customers.setdefault(row["id"], by_customer.named(row))
            if next(keys, None) is not None:
                yield None
        most = by_customer.MOST_RECORDS if bounded else None
        find = partial(by_customer.records_of, self._engine, kind, rows=partial(self._rows, kind), texts=TEXTS[kind])
        for customer in customers.values():
            yield from find(customer, wanted, most=most)

    def _found(self, kind: str, wanted: Wanted, *, most: int | None) -> Iterator[Row | None]:
        """Yield what is found; None at the end where so many rows were read for a phrase that it stopped looking."""
        seen: set[int] = set()
        read = 0
        for keys in _portions(self._keys(kind, wanted)):
            for row in self._rows(kind, keys):
                kept = self._keeper(row) if row.get("merged_into") else row
                if kept["id"] not in seen and self._fits(kind, wanted, row):
                    seen.add(kept["id"])
                    yield kept
            read += len(keys)
            if wanted.phrases and most and read >= most:
                yield None
                return

    def _fits(self, kind: str, wanted: Wanted, row: Row) -> bool:
        return not wanted.phrases or wanted.fits(" \n ".join(row[name] or "" for name in TEXTS[kind]))

    def _keys(self, kind: str, wanted: Wanted) -> Iterator[int]:
        """Yield the ids of what the index finds, the highest first."""
        match = self._match(kind, wanted)
        if match:
            index = f"search_{kind}"
            sql = f"SELECT rowid FROM {index} WHERE {index} MATCH ? ORDER BY rowid DESC"
            for (place,) in self._engine.stream(sql, (match,)):
                yield self._customer(place) if kind == "customers" else place

    def _customer(self, place: int) -> int:
        """Return the customer of a row of their index, which is about it or about one of its other names."""
        if place % 2 == 0:
            return place // 2
        return int(self._engine.value("SELECT customer_id FROM customer_aliases WHERE id = ?", (place // 2,)) or 0)

    def _match(self, kind: str, wanted: Wanted) -> str:
        words = " AND ".join(self._beginning(kind, word) for word in wanted.words)
        if wanted.digits and kind in {"customers", "contacts"}:
            return f"({words}) OR {self._beginning(kind, wanted.digits)}"
        return words

    def _beginning(self, kind: str, word: str) -> str:
        """Return the search for all words that begin like one.

        They are named, since each one's list of rows is then walked from its end; for a beginning alone the index would
        put all the lists together first.
        """
        terms = list(islice(self._terms(kind, word), MOST_TERMS + 1))
        if not terms or len(terms) > MOST_TERMS:
            return f"{_quoted(word)} *"
        return f"({' OR '.join(map(_quoted, terms))})"

    def near(self, word: str, *, kinds: Sequence[str] = KINDS) -> list[str]:
        """Return words of the book that look like a misspelling of one, the likeliest first."""
        known = {term for kind in kinds for term in islice(self._terms(kind, word[:1]), MOST_COMPARED)}
        return similar(word, sorted(known)) if word else []

    def _terms(self, kind: str, start: str) -> Iterator[str]:
        """Yield the words of an index with a beginning, one look-up for each, whatever it is that they stand in."""
        sql = f"SELECT term FROM search_{kind}_words WHERE term >= ? AND term < ? LIMIT 1"
        term = self._engine.value(sql, (start, start + _LAST))
        while term is not None:
            yield term
            term = self._engine.value(sql, (f"{term}\x01", start + _LAST))

    def _rows(self, kind: str, keys: Sequence[int]) -> list[Row]:
        marks = ", ".join("?" * len(keys))
        rows = {row["id"]: row for row in self._engine.query(f"{_SELECTS[kind]} WHERE x.id IN ({marks})", keys)}
        return [rows[key] for key in dict.fromkeys(keys) if key in rows]

    def _keeper(self, row: Row) -> Row:
        while row["merged_into"]:
            row = self._rows("customers", [row["merged_into"]])[0]
        return row


def _quoted(word: str) -> str:
    return '"' + word.replace('"', '""') + '"'


def _portions(keys: Iterator[int]) -> Iterator[list[int]]:
    """Yield keys a few at a time, few at first: mostly the first ones are all that is shown."""
    while portion := list(islice(keys, _PORTION)):
        yield portion
