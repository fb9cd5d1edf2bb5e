"""What a page about one record adds up: every question goes through an index, so that a page costs the same in any book."""

from datetime import date
from typing import Any

from salestrack.store.engine import Engine, Row

MOST_COUNTED = 100_000
QUESTIONS: dict[str, str] = {
    "keeper": "SELECT merged_into FROM customers WHERE id = :key",
    "snoozed": "SELECT snoozed_until FROM deals WHERE id = :key AND snoozed_until > :today",
    "closed": "SELECT status, currency, count(*) AS deals, sum(book_amount) AS amount, "
    "sum(amount) FILTER (WHERE book_amount IS NULL) AS unrated FROM deals "
    "WHERE customer_id = :key AND status <> 'open' GROUP BY status, currency ORDER BY currency",
    "open": "SELECT currency, count(*) AS deals, sum(amount) AS amount FROM deals "
    "WHERE customer_id = :key AND status = 'open' GROUP BY currency ORDER BY currency",
    "revenue": "SELECT sum(book_amount) AS amount, count(*) AS entries FROM revenue "
    "WHERE customer_id = :key AND on_date BETWEEN :start AND :end",
    "unrated": "SELECT currency, sum(amount) AS amount FROM revenue "
    "WHERE customer_id = :key AND on_date <= :end AND book_amount IS NULL GROUP BY currency ORDER BY currency",
    "last": "SELECT id, kind, happened_on FROM activities WHERE customer_id = :key AND done = 1 "
    "ORDER BY happened_on DESC LIMIT 1",
    "deals": "SELECT d.id, d.title, s.name AS stage, d.amount, d.currency, coalesce(d.closed_on, d.expected_on) AS close_on "
    "FROM deals d JOIN stages s ON s.id = d.stage_id WHERE d.customer_id = :key ORDER BY d.status = 'open' DESC, "
    "CASE WHEN d.status = 'open' THEN d.expected_on END NULLS LAST, d.closed_on DESC, d.id LIMIT :most",
    "sales": "SELECT id, kind, on_date, amount, currency, title, ref, deal_id FROM sales WHERE customer_id = :key "
    "ORDER BY on_date DESC NULLS LAST, id DESC LIMIT :most",
    "of_deal": "SELECT count(*) AS rows FROM activities WHERE deal_id = :key",
    "of_customer": "SELECT count(*) AS rows FROM activities WHERE customer_id = :key",
    "sales_of_customer": "SELECT count(*) AS rows FROM sales WHERE customer_id = :key",
    "refunds": "SELECT id, on_date, amount, currency FROM sales WHERE refund_of = :key ORDER BY on_date, id",
    "contact_deals": "SELECT d.id, d.title, s.name AS stage, d.amount, d.currency FROM deals d "
    "JOIN stages s ON s.id = d.stage_id WHERE d.id IN (SELECT id FROM deals WHERE contact_id = :key "
    "UNION SELECT deal_id FROM deal_contacts WHERE contact_id = :key) ORDER BY d.id DESC LIMIT :most",
    "contact_activities": "SELECT id FROM activities WHERE contact_id = :key "
    "UNION SELECT activity_id FROM activity_contacts WHERE contact_id = :key ORDER BY 1 DESC LIMIT :most",
}
_SOLD = """
SELECT count(*) AS lines, sum(CASE WHEN currency = :currency THEN amount END) AS amount,
    sum(CAST(quantity AS NUMERIC)) AS quantity, max(on_date) AS last_on
FROM ({lines})
"""
_LINES = {
    "deal": "SELECT l.quantity, l.amount, d.currency, d.closed_on AS on_date FROM deal_lines l JOIN deals d "
    "ON d.id = l.deal_id WHERE l.product_id = :key AND d.status = 'won'",
    "sale": "SELECT l.quantity, l.amount, s.currency, s.on_date FROM sale_lines l JOIN sales s ON s.id = l.sale_id "
    "WHERE l.product_id = :key AND s.kind = 'sale'",
}


class Overviews:
    """Counts and sums about single records."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def ask(self, question: str, key: int, **params: Any) -> list[Row]:
        """Return the rows of one of the questions about a record."""
        return self._engine.query(QUESTIONS[question], {"key": key, **params})

    def count(self, question: str, key: int) -> int:
        """Return how many rows a question counts."""
        return int(self.ask(question, key)[0]["rows"])

    def keeper(self, customer: int) -> int:
        """Return the customer that one became when it was merged, or the customer itself."""
        found = self.ask("keeper", customer)
        return self.keeper(int(found[0]["merged_into"])) if found and found[0]["merged_into"] else customer

    def revenue(self, customer: int, start: date | None, end: date | None) -> tuple[int, int]:
        """Return a customer's revenue of some days in the book's currency, and how many entries it is made of."""
        span = {"start": start.isoformat() if start else "", "end": end.isoformat() if end else "9"}
        row = self.ask("revenue", customer, **span)[0]
        return int(row["amount"] or 0), int(row["entries"])

    def sold(self, product: int, record: str, currency: str) -> Row:
        """Return how often a product stands in won deals or in sales, its amounts there in a currency, and the last day."""
        sql = _SOLD.format(lines=_LINES[record])
        return self._engine.query(sql, {"key": product, "currency": currency})[0]

    def removed_on(self, product: int) -> str | None:
        """Return the day on which a product was taken off the list."""
        found: str | None = self._engine.value("SELECT removed_on FROM products WHERE id = ?", (product,))
        return found

    def imported(self, key: int) -> Row | None:
        """Return an import with its counts."""
        rows = self._engine.query("SELECT * FROM imports WHERE id = ?", (key,))
        return rows[0] if rows else None

    def imported_still(self, op: int) -> dict[str, int] | None:
        """Return how many records an import made that are still there, by kind; None where counting would take long."""
        found: dict[str, int] = {}
        for table in ("customers", "contacts", "deals", "activities", "sales", "products", "quotas"):
            # Ids and operations grow together, so an operation's rows lie between two ids.
            first, end = self._first(table, op), self._first(table, op + 1)
            if end - first > MOST_COUNTED:
                return None
            sql = f"SELECT count(*) FROM {table} WHERE id >= ? AND id < ? AND created_op = ?"
            if count := int(self._engine.value(sql, (first, end, op))):
                found[table] = count
        return found

    def _first(self, table: str, op: int) -> int:
        """Return the lowest id at or above which every row belongs to op or a later operation, by halving."""
        low, high = 1, int(self._engine.value(f"SELECT coalesce(max(id), 0) FROM {table}")) + 1
        while low < high:
            middle = (low + high) // 2
            rows = self._engine.query(
                f"SELECT id, created_op FROM {table} WHERE id >= ? ORDER BY id LIMIT 1", (middle,)
            )
            if not rows or rows[0]["created_op"] >= op:
                high = middle
            else:
                low = int(rows[0]["id"]) + 1
        return low
