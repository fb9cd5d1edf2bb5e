"""Imports in the book: staged rows become records by statements over whole sets, under one operation."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from salestrack.domain.history import COLUMNS, Version
from salestrack.store.engine import Engine, Row
from salestrack.store.found_meanwhile import found_meanwhile
from salestrack.store.staged_lines import add_deal_lines
from salestrack.store.staged_schedules import add_schedules
from salestrack.store.staging import Staging, in_parts

# Columns of staged rows that hold ids, which are below zero for names that the same import creates.
_REFERENCES = {
    "customer_id": "customers", "contact_id": "contacts", "owner_id": "owners", "product_id": "products",
    "stage_id": "stages", "first_id": "stages", "reason_id": "lost_reasons", "refund_of": "sales",
    "tag": "tags",
}  # fmt: skip
# Whatever names may be created by the way, those that others refer to first.
CREATED = ("owners", "lost_reasons", "tags", "products", "stages", "customers", "contacts")


def _real(table: str, column: str) -> str:
    return f"iif({table}.{column} < 0, :{_REFERENCES[column]} - {table}.{column}, {table}.{column})"


_SHARED = {"currency": "coalesce(r.currency, :currency)", "fields": "coalesce(r.fields, '{}')", "key": "r.name_key"}
_COLUMNS: dict[str, tuple[str, ...]] = {
    "sales": (
        "kind", "on_date", "at_time", "customer_id", "deal_id", "refund_of", "amount", "currency", "tax", "tax_rate",
        "fee", "cost", "rate", "book_amount", "ref", "channel", "owner_id", "title", "note", "fields",
    ),
    "activities": (
        "kind", "customer_id", "contact_id", "deal_id", "owner_id", "done", "due_on", "due_time", "happened_on",
        "happened_time", "logged_at", "seconds", "direction", "outcome", "note", "fields", "snoozed_until",
    ),
    "customers": (
        "name", "key", "kind", "email", "email_key", "phone", "phone_key", "segment", "country", "source", "owner_id",
        "note", "fields", "created_on", "snoozed_until",
    ),
    "contacts": (
        "name", "key", "customer_id", "email", "email_key", "phone", "phone_key", "role", "note", "fields",
    ),
    "products": ("name", "key", "sku", "price", "currency", "tax_rate", "fields"),
    "quotas": ("owner_id", "channel", "metric", "start_on", "end_on", "target", "currency"),
}  # fmt: skip

# Rows with stage dates have their versions staged, and a seq; the others have at most one version before the current
# one. Both follow the rules of services/imports/histories.py.
_DEALS = """
INSERT INTO deals (id, title, customer_id, contact_id, pipeline_id, stage_id, stage_since, status, amount, currency,
    probability, expected_on, owner_id, created_on, closed_on, rate, book_amount, reason_id, source, campaign, note, fields,
    snoozed_until, created_op)
SELECT :deals + r.no, r.title, {customer_id}, {contact_id}, s.pipeline_id, {stage_id}, {stage_since}, s.kind, r.amount,
    {currency}, r.probability, r.expected_on, {owner_id}, r.created_on, r.closed_on, r.rate, {book_amount}, {reason_id},
    r.source, r.campaign, r.note, {fields}, r.snoozed_until, :op
FROM staging.rows r CROSS JOIN staging.stages s ON s.id = r.stage_id WHERE r.state = 0 ORDER BY r.line
"""
_STAGE_SINCE = (
    "CASE WHEN r.seq IS NOT NULL THEN r.stage_since WHEN s.kind <> 'open' THEN r.closed_on "
    "WHEN r.stage_id = s.first_id THEN r.created_on END"
)
_BEGUN_ON = "iif(r.created_on > r.closed_on, r.closed_on, r.created_on)"  # min() costs a call for each row
_BOOK_AMOUNT = "CASE WHEN s.kind <> 'open' THEN iif({currency} = :book, r.amount, r.book_amount) END"
_VERSION = """
INSERT INTO deal_history (deal_id, seq, from_on, to_on, stage_id, stage_since, amount, currency, probability, expected_on,
    owner_id, created_op)
"""
# A version that is over knows nothing of today's probability; amount, currency, expected close and owner are the only
# ones that the file has, and stand in every version.
_BEGUN = """
SELECT :deals + r.no, 1, {begun_on}, coalesce(r.closed_on, r.created_on), {first_id}, {begun_on}, r.amount, {currency},
    NULL, r.expected_on, {owner_id}, :op
FROM staging.rows r CROSS JOIN staging.stages s ON s.id = r.stage_id
WHERE r.state = 0 AND r.seq IS NULL AND s.kind <> 'open' AND s.first_id IS NOT NULL
    AND (r.created_on IS NOT NULL OR r.closed_on IS NOT NULL)
ORDER BY r.line
"""
_VISITED = """
SELECT :deals + r.no, v.seq, v.from_on, v.to_on, iif(v.stage_id < 0, :stages - v.stage_id, v.stage_id), v.stage_since,
    r.amount, {currency}, NULL, r.expected_on, {owner_id}, :op
FROM staging.versions v CROSS JOIN staging.rows r ON r.line = v.line WHERE r.state = 0 ORDER BY v.rowid
"""
_CURRENT = """
SELECT :deals + r.no, coalesce(r.seq, 1 + (s.kind <> 'open' AND s.first_id IS NOT NULL
        AND r.created_on >= coalesce(r.closed_on, r.created_on)), 1),
    iif(r.seq IS NULL, coalesce(r.closed_on, r.created_on), r.from_on), NULL, {stage_id}, {stage_since}, r.amount,
    {currency}, r.probability, r.expected_on, {owner_id}, :op
FROM staging.rows r CROSS JOIN staging.stages s ON s.id = r.stage_id WHERE r.state = 0 ORDER BY r.line
"""
_DEAL_LINES = """
INSERT INTO deal_lines (deal_id, position, kind, product_id, quantity, price, amount, book_amount, created_op)
SELECT :deals + r.no, 0, 'product', {product_id}, coalesce(r.quantity, '1'),
    iif(coalesce(r.quantity, '1') = '1', r.amount, NULL), r.amount, {book_amount}, :op
FROM staging.rows r CROSS JOIN staging.stages s ON s.id = r.stage_id
WHERE r.state = 0 AND r.product_id IS NOT NULL ORDER BY r.line
"""
_SALE_LINES = """
INSERT INTO sale_lines (sale_id, position, kind, product_id, name, quantity, price, amount, book_amount, tax_rate, tax,
    created_op)
SELECT :sales + r.no, l.position, l.kind, iif(l.product_id < 0, :products - l.product_id, l.product_id),
    CASE l.kind WHEN 'product' THEN NULL ELSE coalesce(l.name, l.kind) END, l.quantity, l.price, l.amount, l.book_amount,
    l.tax_rate, l.tax, :op
FROM staging.lines l JOIN staging.rows r ON r.line = l.line WHERE r.state = 0 ORDER BY l.rowid
"""
_KEYS = """
INSERT INTO import_keys (source, kind, key, record_id, print, created_op)
SELECT :source, :kind, r.key, coalesce(r.record_id, :base + r.no), r.print, :op
FROM staging.rows r WHERE r.state IN (0, 4) OR (r.state = 3 AND r.print IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM import_keys o WHERE o.key = r.key AND o.kind = :kind AND o.source = :source)) ORDER BY r.key
"""
# What a deal was is kept by the deal's own id: its versions are cut anew when more becomes known.
_HISTORY_KEYS = """
INSERT INTO import_keys (source, kind, key, record_id, print, created_op)
SELECT :source, 'history', r.key, r.deal_id, r.print, :op FROM staging.rows r WHERE r.state = 0 ORDER BY r.key
"""
_ALIASES = """
INSERT INTO customer_aliases (customer_id, name, key, created_op)
SELECT :customers + r.no, a.name, a.key, :op FROM staging.aliases a JOIN staging.rows r ON r.line = a.line
WHERE r.state = 0 AND a.key <> r.name_key ORDER BY a.rowid
"""
_FRESH: dict[str, str] = {
    "owners": "INSERT INTO owners (id, name, created_op) SELECT :owners + f.no, f.name, :op",
    "lost_reasons": "INSERT INTO lost_reasons (id, name, created_op) SELECT :lost_reasons + f.no, f.name, :op",
    "tags": "INSERT INTO tags (id, name, created_op) SELECT :tags + f.no, f.name, :op",
    "products": "INSERT INTO products (id, name, key, sku, currency, created_op) "
    "SELECT :products + f.no, f.name, f.key, f.sku, f.currency, :op",
    "customers": "INSERT INTO customers (id, name, key, email, email_key, phone, phone_key, created_op) "
    "SELECT :customers + f.no, f.name, substr(f.key, instr(f.key, char(31)) + 1), f.email, f.email_key, f.phone, "
    "f.phone_key, :op",
    "contacts": "INSERT INTO contacts (id, customer_id, name, key, email, email_key, created_op) "
    "SELECT :contacts + f.no, iif(f.parent < 0, :customers - f.parent, f.parent), f.name, "
    "substr(f.key, instr(f.key, char(31)) + 1), f.email, f.email_key, :op",
}
_VERSIONED = ("seq", "from_on", "to_on", *COLUMNS)
# Only rows that are written need the names that they mention.
_USED = (
    "SELECT -{0} FROM staging.{1} t WHERE {0} < 0 AND line IN (SELECT line FROM staging.rows WHERE state IN (0, 2, 4)) "
    "AND NOT EXISTS (SELECT 1 FROM staging.spared s WHERE s.line = t.line AND s.name = '{0}' AND '{1}' = 'rows')"
)
# The tables whose indexes a first big import builds afterwards.
TOUCHED: dict[str, tuple[str, ...]] = {
    "deals": ("deals", "deal_history", "deal_lines", "import_keys"),
    "sales": ("sales", "sale_lines", "import_keys"),
    "activities": ("activities", "import_keys"),
}


# The column by which a new name would be there twice.
_NAMED_ONCE = (
    ("customers", "key"),
    ("products", "key"),
    ("owners", "name"),
    ("tags", "name"),
    ("lost_reasons", "name"),
)
_DEAL_PEOPLE = (
    "INSERT INTO deal_contacts (deal_id, contact_id, created_op) "
    f"SELECT DISTINCT coalesce(r.record_id, :deals + r.no), {_real('p', 'contact_id')}, :op "
    "FROM staging.people p JOIN staging.rows r ON r.line = p.line "
)


class Imports:
    """Writes what is staged, and the record of the import itself."""

    def __init__(self, engine: Engine, staging: Staging, params: Row) -> None:
        self._engine = engine
        self._staging = staging
        # Ids of what is created follow on the last ones given out; known only under the write lock.
        bases = {table: staging.last_id(table) for table in (*CREATED, "deals", *_COLUMNS)}
        self.params: Row = {**bases, **params}
        self._removed_tags: set[tuple[int, int]] | None = None

    def drop_unused_names(self) -> None:
        """Forget the new names that no row mentions which is written: rejected and removed ones, and what is skipped."""
        uses: dict[str, list[str]] = {table: [] for table in CREATED} | {
            "products": [_USED.format("product_id", "lines")]
        }
        for column, table in _REFERENCES.items():
            if column in self._staging.columns and table in uses:
                uses[table].append(_USED.format(column, "rows"))
        uses["stages"].append(_USED.format("stage_id", "versions"))
        uses["contacts"].append(_USED.format("contact_id", "people"))
        uses["tags"].append(_USED.format("tag", "tags"))
        for table, statements in uses.items():
            self._staging.drop_unused(table, " UNION ".join(statements) or "SELECT 0")

    def create_names(self, table: str) -> int:
        """Create the new names of a table and return how many."""
        if table not in _FRESH:
            return 0
        sql = f"{_FRESH[table]} FROM staging.fresh f WHERE f.kind = :fresh ORDER BY f.no"
        return self._run(sql, fresh=table)

    def insert(self, kind: str) -> None:
        """Create the records of all new rows, with everything that hangs on them."""
        if kind == "deals":
            self._insert_deals()
        else:
            names = _COLUMNS[kind]
            values = ", ".join(_expression(name, kind) for name in names)
            # Refunds after their sales: a sale that others name before it is there makes SQLite look through all of them.
            halves = ("r.refund_of IS NULL AND ", "r.refund_of IS NOT NULL AND ") if kind == "sales" else ("",)
            for half in halves:
                self._run(
                    f"INSERT INTO {kind} (id, {', '.join(names)}, created_op) SELECT :{kind} + r.no, {values}, :op "
                    f"FROM staging.rows r WHERE {half}r.state = 0 ORDER BY r.line"
                )
        if kind == "sales":
            self._run(_SALE_LINES)
        if kind == "customers":
            self._run(_ALIASES)
        add_schedules(self._engine, kind, self.params)
        self._run(_KEYS, kind=kind, base=self.params[kind])

    def give_homes(self) -> None:
        """Let contacts of nobody's be people at the customers that they are: rows name both, by one name."""
        self._run(
            "UPDATE contacts SET customer_id = c.id FROM staging.rows r JOIN customers c "
            f"ON c.id = {_real('r', 'customer_id')} "
            "WHERE r.contact_id > 0 AND r.contact_id = contacts.id AND contacts.customer_id IS NULL AND c.key = contacts.key "
            "AND r.state IN (0, 2, 4)"
        )

    def keep_history_keys(self) -> None:
        """Remember which rows of a history are in the book."""
        self._run(_HISTORY_KEYS)

    def tag(self, kind: str, noun: str) -> None:
        """Put the staged tags on new records."""
        self._run(
            f"INSERT INTO {noun}_tags ({noun}_id, tag_id, created_op) SELECT :{kind} + r.no, {_real('t', 'tag')}, :op "
            "FROM staging.tags t CROSS JOIN staging.rows r ON r.line = t.line WHERE r.state = 0 ORDER BY t.rowid"
        )

    def add_custom_fields(self, noun: str, names: Iterable[str]) -> None:
        """Define custom fields of text."""
        for name in names:
            row = {"record": noun, "name": name, "type": "text", "created_op": self.params["op"]}
            self._engine.insert("custom_fields", row)

    def put(self, row: Row) -> int:
        """Store the record of the import and return its id."""
        return self._engine.insert("imports", {**row, "created_op": self.params["op"]})

    def record(self, kind: str, key: int) -> Row:
        """Return a record as it is stored."""
        return self._engine.query(f"SELECT * FROM {kind} WHERE id = ?", (key,))[0]

    def renew(self, row: Row, kind: str, *, changed: bool) -> None:
        """Remember the fingerprint of a staged row that changed the book, or says what a person had changed.

        A row that changed the book makes all other writings of it old; one that did not stands beside them.
        """
        params = {**row, "source": self.params["source"], "kind": kind}
        sql = "UPDATE import_keys SET print = :print WHERE source = :source AND kind = :kind AND"
        if changed:
            self._engine.execute(f"{sql} record_id = :record_id AND key GLOB '=v1:*'", params)
        beside = "SELECT 1 FROM staging.taken WHERE line = :line AND own <> key AND own GLOB 'v1:*'"
        self._engine.execute(f"{sql} key = :key{'' if changed else f' AND NOT EXISTS ({beside})'}", params)

    def meanwhile(self, kind: str, before: int) -> str | None:
        """Return what somebody else wrote since the file was read that this import would double; None for nothing.

        `before` is the last operation there was when reading began.
        """
        keys = "SELECT r.key FROM staging.rows r JOIN import_keys k ON k.key = r.key AND k.kind = :kind AND k.source = :source"
        if (
            found := self._engine.value(f"{keys} WHERE r.state IN (0, 4) LIMIT 1", {**self.params, "kind": kind})
        ) is not None:
            return f"{kind} with the id {found}"
        for table, column in _NAMED_ONCE:
            sql = f"SELECT f.name FROM staging.fresh f JOIN {table} t ON t.{column} = f.key WHERE f.kind = ? LIMIT 1"
            if (found := self._engine.value(sql, (table,))) is not None:
                return f"{found} ({table})"
        return found_meanwhile(self._engine, kind, self._staging.columns, before=before, op=self.params["op"])

    def add_tags(self, noun: str, row: Row) -> int:
        """Put the tags of a staged row on its record, but for those it has and those that people took off it."""
        table = f"{noun}_tags"
        taken = self._taken_off(table, noun)
        wanted = [
            self.real("tag", tag["tag"])
            for tag in self._engine.query("SELECT DISTINCT tag FROM staging.tags WHERE line = ?", (row["line"],))
        ]
        sql = f"INSERT INTO {table} ({noun}_id, tag_id, created_op) VALUES (?, ?, ?) ON CONFLICT DO NOTHING"
        return sum(
            self._engine.execute(sql, (row["record_id"], tag, self.params["op"]))
            for tag in wanted
            if (row["record_id"], tag) not in taken
        )

    def add_aliases(self, row: Row) -> int:
        """Let the customer of a staged row be found by the row's other names too."""
        return self._engine.execute(
            "INSERT INTO customer_aliases (customer_id, name, key, created_op) SELECT :record_id, a.name, a.key, :op "
            "FROM staging.aliases a WHERE a.line = :line AND a.key <> (SELECT key FROM customers WHERE id = :record_id) "
            "AND NOT EXISTS (SELECT 1 FROM customer_aliases b WHERE b.customer_id = :record_id AND b.key = a.key)",
            {"record_id": row["record_id"], "line": row["line"], "op": self.params["op"]},
        )

    def add_people(self, row: Row) -> int:
        """Add the further contacts of a staged deal that it does not have yet."""
        sql = f"{_DEAL_PEOPLE}WHERE r.line = :line AND r.record_id IS NOT NULL ON CONFLICT DO NOTHING"
        return self._run(sql, line=row["line"])

    def _taken_off(self, table: str, noun: str) -> set[tuple[int, int]]:
        """Return the (record, tag) pairs that people removed; read once."""
        if self._removed_tags is None:
            rows = self._engine.query(
                f"SELECT json_extract(j.before, '$.{noun}_id') AS record, json_extract(j.before, '$.tag_id') AS tag "
                "FROM journal j JOIN operations o ON o.id = j.op WHERE j.tbl = ? AND j.after IS NULL AND o.kind = 'do' "
                "AND o.undone_by IS NULL",
                (table,),
            )
            self._removed_tags = {(row["record"], row["tag"]) for row in rows}
        return self._removed_tags

    def real(self, column: str, value: Any) -> Any:
        """Return the id that a provisional one became; a value of a column without ids as it is."""
        if column not in _REFERENCES or value is None or value >= 0:
            return value
        return int(self.params[_REFERENCES[column]]) - value

    def inferred_versions(self, deals: Sequence[int]) -> frozenset[int]:
        """Return the versions of deals that imports put there while nothing was told of their past."""
        found: set[int] = set()
        for part in in_parts(deals, 500):
            rows = self._engine.query(
                "SELECT h.id FROM deal_history h JOIN operations o ON o.id = h.created_op WHERE o.kind = 'import' "
                "AND NOT EXISTS (SELECT 1 FROM import_keys k WHERE k.record_id = h.deal_id AND k.kind = 'history' "
                "AND k.created_op <> ?) "
                f"AND h.deal_id IN ({', '.join('?' * len(part))})",
                (self.params["op"], *part),
            )
            found.update(row["id"] for row in rows)
        return frozenset(found)

    def _insert_deals(self) -> None:
        for sql in (_DEALS, _VERSION + _BEGUN, _VERSION + _VISITED, _VERSION + _CURRENT, _DEAL_LINES):
            self._run(self._staging.without_blanks(_filled(sql)))
        add_deal_lines(self._engine, self.params)
        self._run(f"{_DEAL_PEOPLE}WHERE r.state = 0 ORDER BY p.rowid")

    def _run(self, sql: str, **more: Any) -> int:
        return self._engine.execute(sql, {**self.params, **more})


def save_versions(engine: Engine, deal_id: int, old: Sequence[Version], new: Sequence[Version], *, op: int) -> None:
    """Store the history of a deal where it differs from what is stored."""
    stored = {version.id: version for version in old}
    for version in new:
        row = {name: _plain(getattr(version, name)) for name in _VERSIONED}
        if not version.id:
            engine.insert("deal_history", {"deal_id": deal_id, **row, "created_op": op})
        elif version != stored[version.id]:
            engine.update("deal_history", version.id, row)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _expression(name: str, kind: str) -> str:
    if name in _REFERENCES:
        return _real("r", name)
    if kind == "quotas":  # a number of calls has no currency
        return f"r.{name}"
    return {**_SHARED, "logged_at": ":now"}.get(name, f"r.{name}")


def _filled(sql: str) -> str:
    parts = {name: _real("r", name) for name in _REFERENCES if name not in {"tag", "first_id"}} | _SHARED
    more = {
        "first_id": _real("s", "first_id"),
        "stage_since": _STAGE_SINCE,
        "begun_on": _BEGUN_ON,
        "book_amount": _BOOK_AMOUNT.format(**_SHARED),
    }
    return sql.format(**parts, **more)


__all__ = ["CREATED", "TOUCHED", "Imports", "save_versions"]
