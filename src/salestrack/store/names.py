"""Whom a word names: the ladder of look-ups, each rung through an index."""

from collections.abc import Sequence
from typing import Any

from salestrack.domain.customers import Who
from salestrack.domain.names import email_key, fold, phone_key, similar
from salestrack.domain.refs import Ref, parse_ref
from salestrack.errors import AmbiguousError, NotFoundError
from salestrack.store.engine import Engine, Row
from salestrack.store.triggers import NAMED

MOST = 6  # one more than the candidates that a message names
_LAST = "\U0010ffff"
_LABELLED = {
    "c": ("customers", "name"), "n": ("contacts", "name"), "d": ("deals", "title"), "s": ("sales", "title"),
    "a": ("activities", "kind"), "p": ("products", "name"), "q": ("quotas", "metric"), "i": ("imports", "file"),
}  # fmt: skip


class Names:
    """Looks names up among customers, their aliases and contacts, or among products."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def who(self, text: str) -> Who:
        """Return whom text names: an id (c12, n3, d12, a88, s4), address, phone number, or a name.

        Raises NotFoundError with similar names, or AmbiguousError with the candidates.
        """
        found = self._candidates(text)
        ref = parse_ref(text, None) if len(text) < 20 else None
        if ref and ref.letter in "cndas" and ref.id:
            named = [who for who in found if fold(self._name_of(who)) == fold(text)]
            by_id = self._by_ref(ref)
            if named and by_id:
                raise AmbiguousError(f"'{text}' is {by_id.name} by id, and also the name of c{named[0].customer_id}")
            if by_id or not named:
                return by_id or self._missing(text)
        if len(found) == 1:
            return found[0]
        if not found:
            return self._missing(text)
        raise self._ambiguous(text, found)

    def find_who(self, text: str) -> Who | None:
        """Like who, but None when nothing goes by that name."""
        try:
            return self.who(text)
        except NotFoundError:
            return None

    def exact_customer(self, name: str) -> int | None:
        """Return the id of the customer or alias with just this name, or None."""
        found = self._exact(fold(name), ("customer_aliases", "customers"))
        return found[0].customer_id if found else None

    def longer(self, key: str) -> Row | None:
        """Return a customer whose name is key, or begins with it as whole words; None when there is none."""
        rows = self._engine.query(
            "SELECT id, name FROM customers WHERE merged_into IS NULL AND (key = :key OR key BETWEEN :key || ' ' AND :last) "
            "UNION SELECT c.id, c.name FROM customer_aliases a JOIN customers c ON c.id = a.customer_id WHERE a.key = :key "
            "LIMIT 1",
            {"key": key, "last": f"{key} {_LAST}"},
        )
        return rows[0] if rows else None

    def records(self, table: str, text: str) -> list[Row]:
        """Return the rows (id, name) of a named table that text means: those of the first rung on which any match."""
        key = fold(text)
        if not key:
            return []
        for rung in (self._rung_exact, self._rung_prefix, self._rung_word, self._rung_substring):
            if rows := rung(table, key):
                return rows
        return []

    def suggestions(self, table: str, text: str) -> list[str]:
        """Return names of a table that look like a misspelling of text."""
        start = fold(text)[:1]
        rows = self._engine.query(
            f"SELECT name FROM {table} WHERE key BETWEEN ? AND ? LIMIT 500", (start, start + _LAST)
        )
        return similar(text, [row["name"] for row in rows])

    def labels(self, refs: Sequence[str]) -> list[str]:
        """Return each ref with the name it has today, like `c3 Acme`; the ref alone when the record is gone."""
        labels = []
        for ref in refs:
            table, column = _LABELLED.get(ref[:1], ("", ""))
            name = self._engine.value(f"SELECT {column} FROM {table} WHERE id = ?", (int(ref[1:]),)) if table else None
            labels.append(f"{ref} {name}" if name else ref)
        return labels

    def _candidates(self, text: str) -> list[Who]:
        if "@" in text and " " not in text.strip():
            return self._by_column("email_key", email_key(text))
        if (digits := phone_key(text)) and not any(c.isalpha() for c in text) and (text[0] == "+" or len(digits) >= 6):
            if found := self._by_column("phone_key", digits):
                return found
        key = fold(text)
        if not key:
            return []
        tables = ("customer_aliases", "customers", "contacts")
        if found := self._exact(key, ("customer_aliases",)) or self._exact(key, tables):
            return found
        for rung in (self._rung_prefix, self._rung_word, self._rung_substring):
            rows = [(table, row) for table in tables for row in rung(table, key)]
            if rows:
                return self._distinct(rows)
        return []

    def _exact(self, key: str, tables: tuple[str, ...]) -> list[Who]:
        return self._distinct([(table, row) for table in tables for row in self._rung_exact(table, key)])

    def _rung_exact(self, table: str, key: str) -> list[Row]:
        return self._rows(table, "key = ?", (key,))

    def _rung_prefix(self, table: str, key: str) -> list[Row]:
        return self._rows(table, "key BETWEEN ? AND ?", (key, key + _LAST))

    def _rung_word(self, table: str, key: str) -> list[Row]:
        return self._rung_search(table, f" {key}")

    def _rung_substring(self, table: str, key: str) -> list[Row]:
        return self._rung_search(table, key)

    def _rung_search(self, table: str, part: str) -> list[Row]:
        if len(part) < 3:  # the index holds runs of three characters
            return []
        quoted = '"' + part.replace('"', '""') + '"'
        number = NAMED[table]
        return self._rows(
            table,
            f"id IN (SELECT rowid / 4 FROM name_search WHERE name_search MATCH ? AND rowid % 4 = {number} LIMIT {MOST})",
            (quoted,),
        )

    def _rows(self, table: str, condition: str, params: tuple[Any, ...]) -> list[Row]:
        extra = {"customers": " AND merged_into IS NULL", "products": " AND removed_on IS NULL"}.get(table, "")
        customer = {"customer_aliases": "customer_id", "contacts": "customer_id"}.get(table, "id")
        return self._engine.query(
            f"SELECT id, name, {customer} AS customer_id FROM {table} WHERE {condition}{extra} LIMIT {MOST}", params
        )

    def _by_column(self, column: str, key: str) -> list[Who]:
        rows = [(table, row) for table in ("customers", "contacts") for row in self._rows(table, f"{column} = ?", (key,))]
        return self._distinct(rows)

    def _distinct(self, rows: list[tuple[str, Row]]) -> list[Who]:
        """One candidate for each customer, or for each contact of no customer; a customer's own name comes first."""
        found: dict[tuple[int | None, int], Who] = {}
        for table, row in rows:
            contact = row["id"] if table == "contacts" else None
            who = self._with_customer(row["customer_id"], contact, row["name"] if contact else None)
            found.setdefault((who.customer_id, 0 if who.customer_id else contact or 0), who)
        return list(found.values())

    def _with_customer(self, customer_id: int | None, contact_id: int | None, contact: str | None) -> Who:
        rows = self._engine.query("SELECT id, name, merged_into FROM customers WHERE id = ?", (customer_id,))
        while rows and rows[0]["merged_into"]:
            rows = self._engine.query(
                "SELECT id, name, merged_into FROM customers WHERE id = ?", (rows[0]["merged_into"],)
            )
        name = rows[0]["name"] if rows else contact or ""
        return Who(customer_id=rows[0]["id"] if rows else None, name=name, contact_id=contact_id, contact=contact)

    def _by_ref(self, ref: Ref) -> Who | None:
        if ref.letter == "c":
            return self._with_customer(ref.id, None, None) if self._exists("customers", ref.id) else None
        if ref.letter == "n":
            rows = self._engine.query("SELECT customer_id, name FROM contacts WHERE id = ?", (ref.id,))
            return self._with_customer(rows[0]["customer_id"], ref.id, rows[0]["name"]) if rows else None
        table, deal = {"d": ("deals", "id"), "a": ("activities", "deal_id"), "s": ("sales", "deal_id")}[ref.letter]
        rows = self._engine.query(f"SELECT customer_id, {deal} AS deal_id FROM {table} WHERE id = ?", (ref.id,))
        if not rows:
            return None
        who = self._with_customer(rows[0]["customer_id"], None, None)
        return Who(customer_id=who.customer_id, name=who.name or f"{ref}", deal_id=rows[0]["deal_id"])

    def _exists(self, table: str, key: int) -> bool:
        return self._engine.value(f"SELECT 1 FROM {table} WHERE id = ?", (key,)) is not None

    def _name_of(self, who: Who) -> str:
        return who.contact or who.name

    def _missing(self, text: str) -> Who:
        near = self.suggestions("customers", text)
        hint = f"did you mean {' or '.join(near)}?" if near else "salestrack customer list shows the names"
        raise NotFoundError(f"no customer or contact is called '{text}'", hint=hint, details={"similar": near})

    def _ambiguous(self, text: str, found: list[Who]) -> AmbiguousError:
        labels = [
            f"{who.text} ({'c' if who.customer_id else 'n'}{who.customer_id or who.contact_id})" for who in found[:5]
        ]
        more = " and more" if len(found) > 5 else ""
        return AmbiguousError(f"'{text}' could be {', '.join(labels)}{more}", hint="type more of the name, or the id")
