"""A shop whose orders have several rows and grow: what was given back of each so far stands beside it."""

import csv
import io
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule
from tests.weekly.sources import JUNK, Spelling, spellings
from tests.weekly.undoing import LedgerWalk

PROFILE = """
kind = "sales"
source = "shop"
match = ["Order", "Total"]
id = "Order"
new = ["customers", "products"]
[columns]
date = "Day"
customer = "Buyer"
gross = []
amount = "Total"
refunded = "Back"
product = "Item"
quantity = "Qty"
price = "Price"
[format]
date = "dmy"
[group]
by = "Order"
refund_day = "noticed"
"""
HEAD = ["Order", "Day", "Buyer", "Total", "Back", "Item", "Qty", "Price"]
TODAY = "2026-03-18"

Item = tuple[str, int, int]
items = st.tuples(st.sampled_from(["Tee", "Mug", "Cap"]), st.integers(1, 3), st.sampled_from([500, 1000, 1250]))


@dataclass
class Order:
    """An order as the shop has it: name, number and price of its items, and what was given back so far."""

    id: str
    day: str
    buyer: str
    items: list[Item]
    back: int = 0

    @property
    def total(self) -> int:
        return sum(number * price for _, number, price in self.items)

    def rows(self, spelling: Spelling, *, junk: bool) -> list[dict[str, str]]:
        """Return its rows, of which only the first says more than its item."""
        first = {
            "Day": spelling.cell("date", self.day, 0, ids=True),
            "Buyer": self.buyer,
            "Total": spelling.cell("amount", self.total, 0, ids=True),
            "Back": spelling.cell("amount", self.back, 0, ids=True),
        }
        rows = []
        for name, number, price in self.items:
            row = {"Order": self.id, "Item": name, "Qty": str(number)} | (first if not rows else {})
            rows.append(row | {"Price": spelling.cell("amount", price, 0, ids=True)})
        rows[-1]["Qty"] += JUNK if junk else ""
        return rows


@dataclass
class Sold:
    """An order in the book: what the shop said of it last, what the seller wrote, and what was given back on which day."""

    ref: int
    day: str
    buyer: str
    items: list[Item]
    refunds: list[tuple[str, int]] = field(default_factory=list)
    note: str = ""
    here: bool = True

    @property
    def back(self) -> int:
        return sum(amount for _, amount in self.refunds)


class Week(NamedTuple):
    """What happened in a shop: new orders, and what some orders got more to give back, or an item more."""

    new: list[tuple[str, str, list[Item]]]
    back: list[tuple[int, int]]
    more: list[tuple[int, Item]]
    turned: bool


weeks = st.builds(
    Week,
    st.lists(
        st.tuples(
            st.sampled_from([f"2026-03-0{day}" for day in range(1, 10)]),
            st.sampled_from(["Ann", "Bob", ""]),
            st.lists(items, min_size=1, max_size=3),
        ),
        max_size=3,
    ),
    st.lists(st.tuples(st.integers(0, 9), st.integers(-200, 1000)), max_size=3),
    st.lists(st.tuples(st.integers(0, 9), items), max_size=1),
    st.booleans(),
)


class ShopWalk(LedgerWalk):
    """A shop's orders, and a seller who writes notes, corrects days and removes orders."""

    expected: dict[str, Sold]

    @initialize(first=weeks)
    def begin(self, first: Week) -> None:
        """Make a book that knows how to read the shop's file."""
        self.start()
        self.expected, self.orders = {}, list[Order]()
        path = self.folder / "shop.toml"
        path.write_text(PROFILE, encoding="utf-8")
        self.ledger.run("profile", "save", "shop", str(path), "--replace")
        self.pass_a_week(first)

    def pass_a_week(self, week: Week) -> None:
        """Let the shop sell and give back; it never gives back more than it got."""
        for day, buyer, bought in week.new:
            self.orders.append(Order(f"#{1001 + len(self.orders)}", day, buyer, list(bought)))
        self.orders = self.orders or [Order("#1001", "2026-03-01", "Ann", [("Tee", 1, 1000)])]
        for pick, amount in week.back:
            order = self.orders[pick % len(self.orders)]
            order.back = max(0, min(order.total, order.back + amount))
        for pick, item in week.more:
            self.orders[pick % len(self.orders)].items.append(item)
        if week.turned:
            self.orders.reverse()

    # --- imports ---

    @rule(week=weeks, spelling=spellings(), junk=st.sampled_from([None, None, None, 0, 1]))
    def send(self, week: Week, spelling: Spelling, junk: int | None) -> None:
        """Let the shop send all of its orders, and import them twice."""
        self.pass_a_week(week)
        torn = None if junk is None else self.orders[junk % len(self.orders)].id
        rows = [row for order in self.orders for row in order.rows(spelling, junk=order.id == torn)]
        head = HEAD[::-1] if spelling.order % 2 else HEAD
        out = io.StringIO()
        table = csv.DictWriter(out, head, restval="", delimiter=spelling.delimiter, lineterminator="\n")
        table.writeheader()
        table.writerows(rows)
        words = [str(self.write(out.getvalue())), "--profile", "shop", *spelling.options()]
        before, was, last = self.ledger.dump(), deepcopy(self.expected), self.ledger.last_operation()
        self._import(words, torn)
        self.noted(before, was, last)
        after = self.ledger.dump()
        again = self._import(words, torn)
        assert (again["new"], again["changed"]) == (0, 0)
        assert self.ledger.dump() == after

    def _import(self, words: list[str], torn: str | None) -> dict[str, int]:
        forecast = {"read": 0, "new": 0, "changed": 0, "same": 0, "rejected": 0, "left_out": 0}
        for order in self.orders:
            forecast["read"] += len(order.items)
            forecast[self._take(order, torn)] += len(order.items)
        rejects = self.folder / f"rejects-{next(self.numbers)}.csv"
        code = 3 if forecast["rejected"] else 0
        answer = self.ledger.answers("import", *words, "--rejects", str(rejects), codes=(code,))
        assert {name: answer["rows"][0][name] for name in forecast} == forecast
        keys = self.ledger.keys("sales", "shop")
        for key, sold in self.expected.items():
            sold.ref = sold.ref or keys[key]
        self.compare()
        return forecast

    def _take(self, order: Order, torn: str | None) -> str:
        """Take an order into the expected book, and return how its rows count."""
        sold = self.expected.get(order.id)
        if sold and not sold.here:
            return "left_out"
        if order.id == torn:
            return "rejected"
        if sold is None:
            refunds = [(order.day, order.back)] if order.back else []
            self.expected[order.id] = Sold(0, order.day, order.buyer, list(order.items), refunds)
            return "new"
        changed = sold.items != order.items or order.back > sold.back
        sold.items = list(order.items)
        if order.back > sold.back:
            sold.refunds.append((TODAY, order.back - sold.back))
        return "changed" if changed else "same"

    # --- the book ---

    def compare(self) -> None:
        """Compare every sale with its items, and every refund."""
        sales = {row["id"]: row for row in self.ledger.query("SELECT * FROM v_sales WHERE refund_of IS NULL")}
        live = {sold.ref: sold for sold in self.expected.values() if sold.here}
        assert sales.keys() == live.keys()
        for ref, sold in live.items():
            row: dict[str, Any] = sales[ref]
            total = sum(number * price for _, number, price in sold.items)
            assert (row["on_date"], row["customer"] or "", row["amount_minor"]) == (sold.day, sold.buyer, total)
            assert (row["note"] or "") == sold.note
            lines = self.ledger.query(
                "SELECT product, quantity, amount_minor FROM v_lines WHERE record = 'sale' AND record_id = ?", ref
            )
            told = [(line["product"], int(line["quantity"]), line["amount_minor"]) for line in lines]
            assert sorted(told) == sorted((name, number, number * price) for name, number, price in sold.items)
            back = self.ledger.query("SELECT on_date, amount_minor AS amount FROM v_sales WHERE refund_of = ?", ref)
            assert [(row["on_date"], -row["amount"]) for row in back] == sold.refunds

    # --- the seller ---

    def some(self, pick: int) -> Sold | None:
        live = [sold for sold in self.expected.values() if sold.here]
        return live[pick % len(live)] if live else None

    @rule(pick=st.integers(0, 7), words=st.sampled_from(["by hand", "checked"]))
    def write_note(self, pick: int, words: str) -> None:
        """Write something to an order."""
        if (sold := self.some(pick)) and sold.note != words:
            self.act("edit", f"s{sold.ref}", "--note", words, "-y")
            sold.note = words
            self.compare()

    @rule(pick=st.integers(0, 7))
    def correct_the_day(self, pick: int) -> None:
        """Say that an order was another day's; what was given back stays on its own."""
        if (sold := self.some(pick)) and sold.day != "2026-02-02":
            self.act("edit", f"s{sold.ref}", "--date", "2026-02-02", "-y")
            sold.day = "2026-02-02"
            self.compare()

    @rule(pick=st.integers(0, 7))
    def remove(self, pick: int) -> None:
        """Remove an order with all that was given back of it."""
        if sold := self.some(pick):
            self.act("rm", f"s{sold.ref}", "--all", "-y")
            sold.here = False
            self.compare()
