"""Random walks over a real book: acting, taking back, and what must hold after every step."""

import shutil
import tempfile
from collections import defaultdict
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from salestrack.domain.deals import Deal
from salestrack.domain.lines import Line
from salestrack.domain.money import Money
from salestrack.domain.products import Product
from salestrack.errors import SalestrackError
from salestrack.services import deals
from salestrack.services.items import lines_for
from salestrack.services.setup import Answers, new_book
from salestrack.services.undo import redo, undo
from salestrack.services.who import Found
from salestrack.store import Actor, Store, open_store
from salestrack.store.triggers import JOURNALLED, NAMED

Book = dict[str, list[dict[str, Any]]]


class Walk(RuleBasedStateMachine):
    """One book, its acts so far with the book before each, and a clock that only goes forward."""

    @initialize()
    def begin(self) -> None:
        """Make a book with a rate for euros, none for francs."""
        self.folder = Path(tempfile.mkdtemp(prefix="salestrack-walk-"))
        self.now = datetime(2026, 3, 2, 9, 0)
        actor = Actor("tester", terminal=False, now=lambda: self.now)
        new_book(self.folder / "sales.db", Answers(currency="USD"), actor)
        self.store = open_store(str(self.folder / "sales.db"), actor)
        self.store.engine.execute("PRAGMA synchronous = OFF")  # nobody pulls the plug here
        with self.store.operation("set a rate", kind="make") as op:
            row = {"currency": "EUR", "on_date": "2026-01-01", "rate": 1_087_000_000, "created_op": op.id}
            self.store.engine.insert("rates", row)
            for name, price in (("Build", Money(1000, "USD")), ("Setup", None), ("Care plan", Money(1, "USD"))):
                self.store.products.add(Product(name=name, price=price), currency="USD", op=op.id)
        for who, amount, day in (("Acme", Money(50_000, "USD"), 1), ("Zürich Öl", Money(70_000, "EUR"), 40)):
            new = deals.NewDeal(
                title="First", amount=amount, on=self.on(day), lines=self.lines(["3xBuild@1", "Setup@2"])
            )
            deals.add_deal(self.store, Found(None, who), new, now=self.now)
        self.past: list[tuple[int, Book]] = []

    def teardown(self) -> None:
        """Take everything back, and put everything in force again."""
        if not hasattr(self, "store"):
            return
        try:
            self.take_back(len(self.past))
        finally:
            self.store.close()
            shutil.rmtree(self.folder)

    def lines(self, items: list[str], discount: str | None = None, currency: str = "USD") -> tuple[Line, ...]:
        return lines_for(self.store, items, discount, currency=currency, decimal=".")

    # --- acting ---

    @property
    def today(self) -> date:
        """The day the clock shows."""
        return self.now.date()

    def act(self, command: Callable[[], object]) -> None:
        """Run a command; one that is refused must leave the book as it was."""
        before, last = self.dump(), self.last_operation()
        try:
            command()
        except SalestrackError:
            assert self.dump() == before
            assert self.last_operation() == last
            return
        made = self.last_operation()
        if made == last:
            assert self.dump() == before, "what changes nothing is no operation"
            return
        assert made == last + 1, "one command is one operation"
        self.past.append((made, before))

    def take_back(self, count: int) -> None:
        """Undo the latest acts one by one and redo them, comparing the whole book each time."""
        undone: list[tuple[int, Book]] = []
        for op, before in self.past[::-1][:count]:
            undone.append((op, self.dump()))
            undo(self.store, None)
            assert_same(self.dump(), before)
            self.sound()
        for op, after in reversed(undone):
            assert f"redid o{op}" in redo(self.store, None).line()
            assert_same(self.dump(), after)
        self.sound()

    def dump(self) -> Book:
        return dump(self.store)

    def last_operation(self) -> int:
        return int(self.store.engine.value("SELECT max(id) FROM operations"))

    def some(self, table: str, pick: int) -> int | None:
        """Return one of the latest records of a table."""
        rows = self.store.engine.query(f"SELECT id FROM {table} ORDER BY id DESC LIMIT 6")
        return rows[pick % len(rows)]["id"] if rows else None

    def deal(self, pick: int) -> Deal | None:
        key = self.some("deals", pick)
        return self.store.deals.get(key) if key else None

    def on(self, days: int) -> date:
        return self.today - timedelta(days=days)

    # --- undo ---

    @precondition(lambda self: self.past)
    @rule(count=st.integers(1, 6))
    def undo_and_redo(self, count: int) -> None:
        """Take the latest acts back and put them in force again."""
        self.take_back(count)

    @precondition(lambda self: self.past)
    @rule(back=st.integers(1, 8))
    def undo_for_good(self, back: int) -> None:
        """Take some latest acts back and go on from there."""
        for _ in range(min(back % 3 + 1, len(self.past))):
            _, before = self.past.pop()
            undo(self.store, None)
            assert_same(self.dump(), before)

    @precondition(lambda self: self.past)
    @rule(back=st.integers(1, 8), again=st.booleans())
    def undo_an_old_one(self, back: int, *, again: bool) -> None:
        """Undo an act with others after it: refused without a trace, or done so that a redo brings the book back."""
        op, _ = self.past[-min(back, len(self.past))]
        before, last = self.dump(), self.last_operation()
        refused = None
        try:
            undo(self.store, f"o{op}")
        except SalestrackError as error:
            refused = error.message
        if refused:
            assert f"cannot undo o{op}: " in refused
            assert_same(self.dump(), before)
            assert self.last_operation() == last
            return
        self.sound()
        if again:
            redo(self.store, f"o{op}")
            assert_same(self.dump(), before)
        else:
            self.past.clear()  # the books before the later acts had this one in them

    # --- what always holds ---

    @invariant()
    def sound(self) -> None:
        """Check that the book is whole."""
        if hasattr(self, "store"):
            engine = self.store.engine
            assert engine.query("PRAGMA foreign_key_check") == []
            assert engine.query("SELECT op, paused FROM journal_session") == [{"op": None, "paused": 0}]
            book = self.dump()
            for check in (check_deals, check_lines, check_stages, check_ids):
                check(book)
            check_state(engine.query("SELECT * FROM deal_state ORDER BY deal_id"), book)
            check_names(self.store, book)


def dump(store: Store) -> Book:
    """Return every journalled row of a book."""
    return {table: store.engine.query(f"SELECT * FROM {table} ORDER BY id") for table in JOURNALLED}


def assert_same(book: Book, expected: Book) -> None:
    """Compare two books table by table, so that a difference is readable."""
    for table in JOURNALLED:
        assert book[table] == expected[table], table


def grouped(rows: list[dict[str, Any]], column: str) -> dict[Any, list[dict[str, Any]]]:
    """Return rows by what a column says: big books are checked too."""
    groups = defaultdict(list)
    for row in rows:
        groups[row[column]].append(row)
    return groups


def check_deals(book: Book) -> None:
    """Check that a deal stands where its history ends; its versions follow each other; what is closed has its worth."""
    shared = ("stage_id", "stage_since", "amount", "currency", "probability", "expected_on", "owner_id")
    kinds = {row["id"]: row["kind"] for row in book["stages"]}
    imported = {row["record_id"] for row in book["import_keys"]}  # a file may correct the day of closing alone
    history = grouped(book["deal_history"], "deal_id")
    for deal in book["deals"]:
        versions = history[deal["id"]]
        versions.sort(key=lambda row: (row["from_on"], row["seq"], row["id"]))
        assert {c: deal[c] for c in shared} == {c: versions[-1][c] for c in shared}
        assert [v["to_on"] for v in versions] == [*[v["from_on"] for v in versions[1:]], None]
        assert deal["status"] == kinds[deal["stage_id"]]
        assert (deal["closed_on"] is None) == (deal["status"] == "open")
        assert deal["closed_on"] in {None, deal["stage_since"]} or deal["id"] in imported
        worth = deal["amount"] if deal["currency"] == "USD" and deal["status"] != "open" else None
        if deal["currency"] == "USD" or deal["status"] == "open":
            assert (deal["book_amount"], deal["rate"]) == (worth, None)


def check_lines(book: Book) -> None:
    """Check that the lines of a record add up to its amount, and their worth to its worth."""
    for table, parts, column in (("deals", "deal_lines", "deal_id"), ("sales", "sale_lines", "sale_id")):
        lines_of = grouped(book[parts], column)
        for record in book[table]:
            lines = lines_of[record["id"]]
            if lines and record["amount"] is not None:
                assert sum(line["amount"] or 0 for line in lines) == record["amount"]
            if lines and record["book_amount"] is not None:
                assert sum(line["book_amount"] for line in lines) == record["book_amount"]
            assert record["book_amount"] is not None or all(line["book_amount"] is None for line in lines)


def check_stages(book: Book) -> None:
    """Check that a stage stands where its history ends, and no two of a pipeline share a name or a place."""
    for stage in book["stages"]:
        versions = [row for row in book["stage_history"] if row["stage_id"] == stage["id"] and row["to_on"] is None]
        assert len(versions) == 1
        assert all(versions[0][c] == stage[c] for c in ("name", "position", "probability"))
    for column in ("name", "position"):
        assert len({(stage["pipeline_id"], stage[column]) for stage in book["stages"]}) == len(book["stages"])


def check_ids(book: Book) -> None:
    """Ids and operations grow together: undo finds an operation's rows by halving."""
    for rows in book.values():
        ops = [row["created_op"] for row in rows]
        assert ops == sorted(ops)


def check_state(states: list[dict[str, Any]], book: Book) -> None:
    """Check that the side table of deals says what the activities say."""
    expected, activities = [], grouped(book["activities"], "deal_id")
    for deal in book["deals"]:
        about = activities[deal["id"]]
        if about:
            happened = [row["happened_on"] for row in about if row["done"] and row["happened_on"]]
            due = [row["due_on"] for row in about if not row["done"] and row["due_on"]]
            expected.append(
                {"deal_id": deal["id"], "last_on": max(happened, default=None), "next_on": min(due, default=None)}
            )
    assert states == expected


def check_names(store: Store, book: Book) -> None:
    """Check that the search index holds every name there is and no other."""
    keys = {f" {row['key']}" for table in NAMED for row in book[table]} | {" acme tools", " build"}
    for key in keys:
        if len(key) < 3:
            continue
        quoted = '"' + key.replace('"', '""') + '"'
        rows = store.engine.query("SELECT rowid AS place FROM name_search WHERE name_search MATCH ?", (quoted,))
        expected = {row["id"] * 4 + NAMED[table] for table in NAMED for row in book[table] if key in f" {row['key']}"}
        assert {row["place"] for row in rows} == expected, key
