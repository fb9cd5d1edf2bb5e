"""Every way to change money of a closed period is refused by the book itself; what is no money may change."""

import pytest

from salestrack.errors import RuleError

UNTIL = "2026-02-28"
IN, AFTER = "2026-02-10", "2026-03-10"


@pytest.fixture
def closed(store):
    """Fill a book with money before and after the end of February, and close it."""
    engine = store.engine
    with store.operation("filled") as op:
        engine.execute("INSERT INTO customers (id, name, key, created_op) VALUES (1, 'Acme', 'acme', ?)", (op.id,))
        for key, (status, stage, closed_on) in enumerate(
            [
                ("won", "Won", IN),
                ("won", "Won", AFTER),
                ("lost", "Lost", IN),
                ("open", "Lead", None),
                ("open", "Lead", None),
            ],
            1,
        ):
            engine.execute(
                "INSERT INTO deals (id, title, customer_id, pipeline_id, stage_id, status, amount, currency, closed_on, "
                "book_amount, created_op) SELECT ?, 'Site', 1, pipeline_id, id, ?, 500, 'USD', ?, 500, ? FROM stages WHERE name = ?",
                (key, status, closed_on, op.id, stage),
            )
        for key, (kind, on, deal) in enumerate(
            [("sale", IN, None), ("sale", AFTER, None), ("sale", IN, 4), ("sale", None, None), ("sale", AFTER, 5)], 1
        ):
            engine.execute(
                "INSERT INTO sales (id, customer_id, deal_id, kind, on_date, amount, currency, book_amount, created_op) "
                "VALUES (?, 1, ?, ?, ?, 100, 'USD', 100, ?)",
                (key, deal, kind, on, op.id),
            )
        for table, column in (("sale_lines", "sale_id"), ("deal_lines", "deal_id")):
            for owner in (1, 2):
                engine.execute(
                    f"INSERT INTO {table} ({column}, position, kind, amount, created_op) VALUES (?, 0, 'product', 100, ?)",
                    (owner, op.id),
                )
        for key, column, owner, on in ((1, "sale_id", 1, IN), (2, "sale_id", 2, AFTER)):
            engine.execute(
                f"INSERT INTO schedules (id, {column}, every, from_on, amount, created_op) VALUES (?, ?, '1m', ?, 100, ?)",
                (key, owner, on, op.id),
            )
        engine.execute(
            "INSERT INTO schedule_changes (schedule_id, from_on, amount, created_op) VALUES (1, ?, 200, ?)", (IN, op.id)
        )
        store.settings.put("closed_until", UNTIL, op=op.id)
    return store


REFUSED = [
    f"INSERT INTO sales (kind, on_date, amount, currency, created_op) VALUES ('sale', '{UNTIL}', 1, 'USD', 1)",
    "UPDATE sales SET amount = 1 WHERE id = 1",
    "UPDATE sales SET tax = 1 WHERE id = 1",
    "UPDATE sales SET tax_rate = '19' WHERE id = 1",
    "UPDATE sales SET fee = 1 WHERE id = 1",
    "UPDATE sales SET currency = 'EUR' WHERE id = 1",
    "UPDATE sales SET book_amount = 1 WHERE id = 1",
    "UPDATE sales SET deal_id = 2 WHERE id = 1",
    "UPDATE sales SET refund_of = 2 WHERE id = 1",
    f"UPDATE sales SET on_date = '{AFTER}' WHERE id = 1",
    "UPDATE sales SET on_date = NULL WHERE id = 1",
    f"UPDATE sales SET on_date = '{IN}' WHERE id = 2",
    f"UPDATE sales SET on_date = '{IN}' WHERE id = 4",
    "DELETE FROM sales WHERE id = 3",
    "INSERT INTO sale_lines (sale_id, position, kind, amount, created_op) VALUES (1, 1, 'product', 5, 1)",
    "UPDATE sale_lines SET amount = 5 WHERE sale_id = 1",
    "UPDATE sale_lines SET tax = 5 WHERE sale_id = 1",
    "UPDATE sale_lines SET sale_id = 1 WHERE sale_id = 2",
    "DELETE FROM sale_lines WHERE sale_id = 1",
    "UPDATE deals SET amount = 1 WHERE id = 1",
    "UPDATE deals SET book_amount = 1 WHERE id = 1",
    f"UPDATE deals SET closed_on = '{AFTER}' WHERE id = 1",
    f"UPDATE deals SET closed_on = '{IN}' WHERE id = 2",
    "UPDATE deals SET status = 'open', closed_on = NULL WHERE id = 1",
    "UPDATE deals SET status = 'won' WHERE id = 3",
    f"UPDATE deals SET status = 'won', closed_on = '{UNTIL}' WHERE id = 5",
    # Lost, the deal's invoice of February would count in February.
    f"UPDATE deals SET status = 'lost', closed_on = '{AFTER}' WHERE id = 4",
    "DELETE FROM deals WHERE id = 3",
    "INSERT INTO deal_lines (deal_id, position, kind, amount, created_op) VALUES (1, 1, 'product', 5, 1)",
    "UPDATE deal_lines SET amount = 5 WHERE deal_id = 1",
    "DELETE FROM deal_lines WHERE deal_id = 1",
    f"INSERT INTO schedules (deal_id, every, from_on, created_op) VALUES (2, '1m', '{IN}', 1)",
    f"UPDATE schedules SET until_on = '{IN}' WHERE id = 1",
    f"UPDATE schedules SET from_on = '{AFTER}', sale_id = 2 WHERE id = 1",
    "UPDATE schedules SET every = '2m' WHERE id = 1",
    # Without a day of its own it begins with its sale, or when its deal closed.
    "INSERT INTO schedules (sale_id, every, created_op) VALUES (3, '1m', 1)",
    "INSERT INTO schedules (deal_id, every, created_op) VALUES (1, '1m', 1)",
    "UPDATE schedules SET amount = 5 WHERE id = 1",
    "DELETE FROM schedules WHERE id = 1",
    f"INSERT INTO schedule_changes (schedule_id, from_on, amount, created_op) VALUES (1, '{UNTIL}', 5, 1)",
    f"UPDATE schedule_changes SET from_on = '{AFTER}'",
    "DELETE FROM schedule_changes",
]
ALLOWED = [
    f"INSERT INTO sales (kind, on_date, amount, currency, created_op) VALUES ('sale', '{AFTER}', 1, 'USD', 1)",
    "UPDATE sales SET note = 'paid', title = 'Logo', ref = 'R1', channel = 'web', customer_id = NULL WHERE id = 1",
    "UPDATE sales SET amount = 100, on_date = on_date WHERE id = 1",
    "UPDATE sales SET amount = 1 WHERE id = 2",
    "UPDATE sales SET amount = 1 WHERE id = 4",
    "DELETE FROM sales WHERE id = 4",
    "UPDATE sale_lines SET name = 'Logo', position = 3 WHERE sale_id = 1",
    "UPDATE sale_lines SET amount = 5 WHERE sale_id = 2",
    "UPDATE deals SET title = 'New', note = 'x', customer_id = NULL, reason_id = NULL WHERE id = 1",
    "UPDATE deals SET amount = 1 WHERE id = 2",
    f"UPDATE deals SET status = 'won', closed_on = '{AFTER}' WHERE id = 4",
    f"UPDATE deals SET status = 'lost', closed_on = '{AFTER}' WHERE id = 5",
    "UPDATE deal_lines SET amount = 5 WHERE deal_id = 2",
    f"UPDATE schedules SET until_on = '{AFTER}' WHERE id = 1",
    "INSERT INTO schedules (deal_id, every, created_op) VALUES (2, '1m', 1)",
    "UPDATE schedules SET every = '2m' WHERE id = 2",
    f"INSERT INTO schedule_changes (schedule_id, from_on, amount, created_op) VALUES (1, '{AFTER}', 5, 1)",
    "UPDATE customers SET name = 'Acme Ltd', key = 'acme ltd'",
    "INSERT INTO rates (currency, on_date, rate, created_op) VALUES ('EUR', '2026-01-01', 1100000000, 1)",
]


@pytest.mark.parametrize("statement", REFUSED)
def test_money_of_a_closed_period_stays_as_it_is(closed, statement):
    with pytest.raises(RuleError, match=f"the books are closed until {UNTIL}, and this would") as refused:
        closed.engine.execute(statement)

    assert "config set closed-until" in (refused.value.hint or "")
    assert refused.value.details == {"closed_until": UNTIL}


@pytest.mark.parametrize("statement", ALLOWED)
def test_everything_else_may_change(closed, statement):
    assert closed.engine.execute(statement) > 0


@pytest.mark.parametrize("statement", REFUSED)
def test_with_open_books_nothing_is_refused(closed, statement):
    closed.engine.execute("UPDATE settings SET value = '' WHERE key = 'closed_until'")
    closed.engine.execute("PRAGMA foreign_keys = OFF")
    if "sale_id = 2" in statement:
        closed.engine.execute("DELETE FROM schedules WHERE id = 2")

    assert closed.engine.execute(statement) > 0


def test_what_was_refused_leaves_nothing_behind(closed, rows):
    before = rows("SELECT count(*), max(id) FROM operations")

    def act() -> None:
        with closed.operation("tried"):
            closed.engine.execute("UPDATE customers SET note = 'x'")
            closed.engine.execute("UPDATE sales SET amount = 1 WHERE id = 1")

    with pytest.raises(RuleError):
        act()

    assert rows("SELECT count(*), max(id) FROM operations") == before
    assert rows("SELECT note FROM customers") == [[""]]
