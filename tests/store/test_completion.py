"""Completion reads few rows however many there are: by an index, or a bounded number of the latest."""

from salestrack.store.completion import Shelf, open_shelf

# Tables that grow with the book; deals_open and activities_due hold only what is open.
GROWING = ("customers", "customer_aliases", "contacts", "deals", "sales", "activities", "products")


def statements(store, ask) -> list[str]:
    """Return what a question asks the database, with its values filled in."""
    asked: list[str] = []
    connection = store.engine.connection
    connection.set_trace_callback(asked.append)
    try:
        ask(Shelf(connection))
    finally:
        connection.set_trace_callback(None)
    return [sql for sql in asked if not sql.startswith("--")]


def test_every_look_up_goes_through_an_index(store):
    questions = [
        lambda shelf: shelf.people("ac"),
        lambda shelf: shelf.people("acme"),
        lambda shelf: shelf.contacts("no"),
        lambda shelf: shelf.with_open_deals("ac"),
        lambda shelf: shelf.ids("c", "12"),
        lambda shelf: shelf.open_deals("1"),
        lambda shelf: shelf.closed_deals("1"),
        lambda shelf: shelf.planned("1"),
        lambda shelf: shelf.products("lo"),
    ]
    for ask in questions:
        for sql in statements(store, ask):
            plan = [row["detail"] for row in store.engine.query(f"EXPLAIN QUERY PLAN {sql}")]
            scans = [
                line for line in plan if line.startswith("SCAN") and line.split()[1] in GROWING and "USING" not in line
            ]
            assert scans == [], (sql, plan)


def test_open_deals_and_planned_steps_are_read_from_what_is_open(store):
    for ask, index in ((lambda s: s.open_deals(""), "deals_open"), (lambda s: s.planned(""), "activities_due")):
        (sql,) = statements(store, ask)
        plan = " ".join(row["detail"] for row in store.engine.query(f"EXPLAIN QUERY PLAN {sql}"))
        assert index in plan


def test_the_first_customers_offered_are_those_of_the_last_acts(run, book):
    for number in range(60):
        run(["customer", "add", f"Customer {number:02}"], ok=True)
    run('log call "Customer 42"', ok=True)

    with open_shelf(book) as shelf:
        assert shelf is not None
        assert shelf.people("")[0] == ("Customer 42", "c43")
        assert len(shelf.people("")) == 50
