"""Whom a word names: the ladder of look-ups, each rung through an index."""

from collections.abc import Callable, Sequence
from typing import Any

from salestrack.domain.customers import Who
from salestrack.domain.names import email_key, fold, phone_key, similar, spellings
from salestrack.domain.refs import Ref, parse_ref
from salestrack.errors import AmbiguousError, NotFoundError
from salestrack.store.engine import Engine, Row
from salestrack.store.spellings import MOST_READ, spelled
from salestrack.store.triggers import NAMED

MOST = 6  # one more than the candidates that a message names
_LAST = "\U0010ffff"
_LABELLED = {
    "c": ("customers", "name"), "n": ("contacts", "name"), "d": ("deals", "title"), "s": ("sales", "title"),
    "a": ("activities", "kind"), "p": ("products", "name"), "q": ("quotas", "metric"), "i": ("imports", "file"),
}  # fmt: skip
_Hit = tuple[str, Row]  # a named table and a row of it: id, name, customer_id
_WHO = ("customer_aliases", "customers", "contacts")
_Fits = Callable[[str, str], bool]  # whether a name has the spelling of what is looked for


def _whole(name: str, part: str) -> bool:
    return name == part


def _begins(name: str, part: str) -> bool:
    return name.startswith(part)


def _has_word(name: str, part: str) -> bool:
    return f" {part}" in f" {name}"


class Names:
    """Looks names up among customers, their aliases and contacts, or among products."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def who(self, text: str) -> Who:
        """Return whom text names: an id (c12, n3, d12, a88, s4), address, phone number, or a name.

        Raises NotFoundError with similar names, or AmbiguousError with the candidates.
        """
        ref = parse_ref(text, None) if len(text) < 20 else None
        if ref and ref.letter in "cndas" and ref.id:
            named = self._exact(fold(text), _WHO)
            by_id = self._by_ref(ref)
            if named and by_id:
                raise AmbiguousError(f"'{text}' is {by_id.name} by id, and also the name of {_label(named[0])}")
            if by_id or not named:
                return by_id or self._missing(text)
        found = self._candidates(text)
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

    def exact_customer(self, name: str, *, than: int | None = None) -> int | None:
        """Return the id of a customer with just this name or alias, of another one than that named; None without one."""
        found = self._exact(fold(name), ("customer_aliases", "customers"))
        return next((who.customer_id for who in found if who.customer_id != than), None)

    def alike(self, name: str) -> int | None:
        """Return the id of a customer whose name or alias is this one with accents set aside, or None."""
        key = fold(name)
        hits = [hit for hit in self._spelled(key) if hit[0] != "contacts"]
        found = self._distinct(_matching(hits, key, _whole))
        return found[0].customer_id if found else None

    def goes_by_number(self, number: str) -> bool:
        """Say whether a bare number is somebody's exact name or telephone number."""
        digits = phone_key(number)
        return bool(self._exact(fold(number), _WHO) or (digits and self._by_column("phone_key", digits)))

    def longer(self, key: str, *, than: int | None) -> Row | None:
        """Return another customer whose name is key, or begins with it as whole words; None when there is none."""
        rows = self._engine.query(
            "SELECT id, name FROM customers WHERE merged_into IS NULL AND id IS NOT :than "
            "AND (key = :key OR key BETWEEN :key || ' ' AND :last) "
            "UNION SELECT c.id, c.name FROM customer_aliases a JOIN customers c ON c.id = a.customer_id "
            "WHERE a.key = :key AND c.id IS NOT :than ORDER BY 1 LIMIT 1",
            {"key": key, "last": f"{key} {_LAST}", "than": than},
        )
        return rows[0] if rows else None

    def records(self, table: str, text: str) -> list[Row]:
        """Return the rows (id, name) of a named table that text means: those of the first rung on which any match."""
        key = fold(text)
        if not key:
            return []
        for rung in (self._rung_exact, self._rung_prefix, self._rung_word, self._rung_substring):
            if rows := rung((table,), key):
                return [row for _, row in rows]
        return []

    def suggestions(self, table: str, text: str) -> list[str]:
        """Return names of a table that look like a misspelling of text."""
        start = fold(text)[:1]
        gone = " AND merged_into IS NULL" if table == "customers" else ""
        rows = self._engine.query(
            f"SELECT name FROM {table} WHERE key BETWEEN ? AND ?{gone} LIMIT 500", (start, start + _LAST)
        )
        return similar(text, [row["name"] for row in rows])

    def labels(self, refs: Sequence[str]) -> list[str]:
        """Return each ref with the name it has today, like `c3 Acme`; the ref alone when the record is gone."""
        labels = []
        for ref in refs:
            table, column = _LABELLED.get(ref[:1], ("", ""))
            known = table and ref[1:].isdecimal()
            name = self._engine.value(f"SELECT {column} FROM {table} WHERE id = ?", (int(ref[1:]),)) if known else None
            labels.append(f"{ref} {name}" if name else ref)
        return labels

    def _candidates(self, text: str) -> list[Who]:
        if "@" in text and (found := self._by_column("email_key", email_key(text))):
            return found
        digits = None if any(c.isalpha() for c in text) else phone_key(text)
        if digits and (found := self._by_column("phone_key", digits)):
            return found
        key = fold(text)
        if not key:
            return []
        if found := self._exact(key, _WHO):
            return found
        starting = self._rung_prefix(_WHO, key)
        if len(found := self._distinct(starting)) > 1:
            return found
        alike = self._spelled(key)
        if found := self._distinct(_matching(alike, key, _whole)):
            return found
        # Where not all were read, one that begins so may be among the others: then a word counts as much.
        begins = _has_word if len(alike) >= MOST_READ else _begins
        if found := self._distinct(starting + _matching(alike, key, begins)):
            return found
        if found := self._distinct(self._rung_word(_WHO, key) + _matching(alike, key, _has_word)):
            return found
        return self._distinct(self._rung_substring(_WHO, key))

    def _exact(self, key: str, tables: tuple[str, ...]) -> list[Who]:
        return self._distinct(self._rung_exact(tables, key))

    def _rung_exact(self, tables: tuple[str, ...], key: str) -> list[_Hit]:
        return [hit for table in tables for hit in self._rows(table, "key = ?", (key,))]

    def _rung_prefix(self, tables: tuple[str, ...], key: str) -> list[_Hit]:
        return [hit for table in tables for hit in self._rows(table, "key BETWEEN ? AND ?", (key, key + _LAST))]

    def _rung_word(self, tables: tuple[str, ...], key: str) -> list[_Hit]:
        return self._search(tables, f" {key}")

    def _rung_substring(self, tables: tuple[str, ...], key: str) -> list[_Hit]:
        return self._search(tables, key)

    def _spelled(self, key: str) -> list[_Hit]:
        """Return customers, aliases and contacts in whose names the words begin words, accents set aside."""
        if len(key) < 3:  # too many names begin so
            return []
        hits: list[_Hit] = []
        for table, place in spelled(self._engine, key):
            hits += self._rows(table, "id = ?", (place,))
        return hits

    def _search(self, tables: tuple[str, ...], part: str) -> list[_Hit]:
        """Return hits for a part of a name, in the order of the tables."""
        if len(part) < 3:  # the index holds runs of three characters
            return []
        kinds = {NAMED[table]: table for table in tables}
        quoted = '"' + part.replace('"', '""') + '"'
        hits: list[_Hit] = []
        for (place,) in self._engine.stream("SELECT rowid FROM name_search WHERE name_search MATCH ?", (quoted,)):
            if table := kinds.get(place % 4):
                hits += self._rows(table, "id = ?", (place // 4,))
            if len({_owner(hit) for hit in hits}) >= MOST:
                break
        return sorted(hits, key=lambda hit: tables.index(hit[0]))

    def _rows(self, table: str, condition: str, params: tuple[Any, ...], *, merged: bool = False) -> list[_Hit]:
        """Return rows of a named table, until they belong to more customers than a message names.

        With merged, customers that became part of another one stand for that one.
        """
        extra = {"customers": " AND merged_into IS NULL", "products": " AND removed_on IS NULL"}.get(table, "")
        extra = "" if merged else extra
        customer = {"customer_aliases": "customer_id", "contacts": "customer_id"}.get(table, "id")
        hits: list[_Hit] = []
        for key, name, owner in self._engine.stream(
            f"SELECT id, name, {customer} FROM {table} WHERE {condition}{extra}", params
        ):
            hits.append((table, {"id": key, "name": name, "customer_id": owner}))
            if len({_owner(hit) for hit in hits}) >= MOST:
                break
        return hits

    def _by_column(self, column: str, key: str) -> list[Who]:
        tables = ("customers", "contacts")
        return self._distinct([hit for t in tables for hit in self._rows(t, f"{column} = ?", (key,), merged=True)])

    def _distinct(self, hits: list[_Hit]) -> list[Who]:
        """Return a candidate for each customer that goes by the name, and for each contact of other customers."""
        found: dict[tuple[str, int], Who] = {}
        for table, row in hits:
            is_contact = table == "contacts"
            who = self._with_customer(
                row["customer_id"], row["id"] if is_contact else None, row["name"] if is_contact else None
            )
            if not is_contact:
                found.setdefault(("c", who.customer_id or 0), who)
            elif ("c", who.customer_id or 0) not in found:
                found[("n", row["id"])] = who
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
            who = self._with_customer(ref.id, None, None)
            return (who._replace(was=ref.id) if who.customer_id != ref.id else who) if who.customer_id else None
        if ref.letter == "n":
            rows = self._engine.query("SELECT customer_id, name FROM contacts WHERE id = ?", (ref.id,))
            return self._with_customer(rows[0]["customer_id"], ref.id, rows[0]["name"]) if rows else None
        table, deal = {"d": ("deals", "id"), "a": ("activities", "deal_id"), "s": ("sales", "deal_id")}[ref.letter]
        rows = self._engine.query(f"SELECT customer_id, {deal} AS deal_id FROM {table} WHERE id = ?", (ref.id,))
        if not rows:
            return None
        who = self._with_customer(rows[0]["customer_id"], None, None)
        return Who(customer_id=who.customer_id, name=who.name or f"{ref}", deal_id=rows[0]["deal_id"])

    def _missing(self, text: str) -> Who:
        near = self.suggestions("customers", text)
        hint = f"did you mean {' or '.join(near)}?" if near else "salestrack customer list shows the names"
        raise NotFoundError(f"no customer or contact is called '{text}'", hint=hint, details={"similar": near})

    def _ambiguous(self, text: str, found: list[Who]) -> AmbiguousError:
        labels = [f"{who.text} ({_label(who)})" for who in found[:5]]
        more = " and more" if len(found) > 5 else ""
        return AmbiguousError(f"'{text}' could be {', '.join(labels)}{more}", hint="type more of the name, or the id")


def _matching(hits: list[_Hit], key: str, fits: _Fits) -> list[_Hit]:
    """Return the hits that a key fits in any spelling of both."""
    sought = spellings(key)
    return [hit for hit in hits if any(fits(name, part) for name in spellings(hit[1]["name"]) for part in sought)]


def _label(who: Who) -> str:
    return f"n{who.contact_id}" if who.contact_id else f"c{who.customer_id}"


def _owner(hit: _Hit) -> tuple[str, int]:
    table, row = hit
    return ("n", row["id"]) if table == "contacts" else ("c", row["customer_id"])
