"""What was given back, as an export tells it: an amount beside the order, or a row of its own.

The amount beside an order is all that was given back so far, so a later import finds what is new in it: the difference
becomes a refund of its own. Where no column dates it, the rule of the profile does.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from salestrack.domain.money import Money
from salestrack.domain.rates import convert
from salestrack.domain.sentences import Sentence
from salestrack.importers.grouping import Grouping
from salestrack.services.imports.columns import Rates, spread
from salestrack.services.imports.reading import Reading
from salestrack.store.engine import Row
from salestrack.store.matching import Known
from salestrack.store.staged_orders import BESIDE, REFUND, StagedOrders
from salestrack.store.staging import ADOPTED, CHANGED, NEW

MOST_NAMED = 5
_ROW = (
    "line", "key", "print", "no", "rows", "kind", "on_date", "customer_id", "refund_of", "amount", "currency", "tax",
    "tax_rate", "rate", "book_amount", "ref", "channel", "owner_id",
)  # fmt: skip
_SAME = ("kind", "amount", "currency", "tax", "rate", "book_amount")
_ADOPTED = ("line", "key", "print", "state", "record_id", "rows", *_SAME)
_LINE = ("line", "position", "kind", "product_id", "name", "quantity", "price", "amount", "book_amount")


class Given(NamedTuple):
    """What an earlier import knew of the refunds of an order: how many there are, and how much they gave back, gross."""

    records: int = 0
    refunded: int = 0


class Refunds:
    """Stages the refunds of a file when all its orders are staged."""

    def __init__(self, reading: Reading, grouping: Grouping) -> None:
        self._reading = reading
        self._grouping = grouping
        self._rates = Rates(reading)
        self._orders = StagedOrders(reading.store.engine)
        self._shrunk: list[Sentence] = []
        self._alone = 0
        self._removed: list[str] = []
        self._number = 0
        self._closed = str(reading.store.settings.book.closed_until or "")
        self._staged: list[tuple[Any, ...]] = []
        self._lines: list[tuple[Any, ...]] = []
        self._adopted: list[tuple[Any, ...]] = []
        self._grown: list[int] = []
        self._skipped: list[int] = []
        self._refused: list[tuple[int, str]] = []

    def link(self) -> None:
        """Find the sale of each row that gives money back: the one of the same id, else the only one it can be."""
        if self._grouping.refund_rows:
            self._alone = self._orders.link_rows(self._reading.request.source, self._reading.currency)

    def derive(self) -> None:
        """Stage a refund for every order of which more was given back than the book knows."""
        self._number = self._orders.last_number()
        for rows in self._orders.refunded():
            before = self._known([row["key"] for row in rows])
            by_hand = self._orders.by_hand([row["record_id"] for row in rows if row["record_id"]])
            shrunk = [row for row in rows if row["refunded"] < before.get(row["key"], Given()).refunded]
            self._note_shrunk(shrunk)
            for row in rows:
                given = before.get(row["key"], Given())
                if row["refunded"] > given.refunded:
                    self._grow(row, given, by_hand.get(row["record_id"], []))
            self._flush()
        if self._reading.mapping.has("refunded"):
            self._removed = self._orders.removed_refunds(self._reading.request.source)

    def _note_shrunk(self, rows: Sequence[Row]) -> None:
        """Note the orders of which less was given back than the book has."""
        kept = self._orders.refunds_of([row["record_id"] for row in rows if row["record_id"]]) if rows else {}
        for row in rows:
            refunds = kept.get(row["record_id"], [])
            has = -sum(one["amount"] + one["tax"] for one in refunds)
            if row["refunded"] < has:
                code = self._code(row)
                file, book = Money(row["refunded"], code), Money(has, code)
                mark = self._reading.request.usual_decimal
                mended = _mended(row["record_id"], refunds, Money(has - row["refunded"], code), mark)
                what = f"{row['key']} (s{row['record_id']}) "
                self._shrunk.append(Sentence(what, file, ", ", book, f" in the book: {mended}"))

    def _grow(self, row: Row, given: Given, by_hand: list[Row]) -> None:
        """Stage what was given back since the last import, but for what a person recorded of it already."""
        how = self._reading.request.on_conflict
        if row["state"] != NEW and how == "skip":
            self._skipped.append(row["line"])
            return
        if row["state"] != NEW and how == "fail":
            self._refused.append((row["line"], "more of it was given back since its last import"))
            return
        for one in by_hand:
            back = -one["amount"] - (one["tax"] or 0)
            if back <= row["refunded"] - given.refunded:
                given = Given(given.records + 1, given.refunded + back)
                key = refund_key(row["key"], given.records)
                place = (len(self._adopted) + 1) * (REFUND << 1)
                same = (one[name] for name in _SAME)
                self._adopted.append((row["line"] + place, key, given.refunded, ADOPTED, one["id"], 0, *same))
        if row["refunded"] == given.refunded:
            return
        day, until = self._day(row), self._closed
        if day and until and day <= until:
            self._refused.append(
                (row["line"], f"what was given back counts on {day}, and the books are closed until {until}")
            )
            return
        self._number += 1
        staged, lines = self._refund(row, given, day)
        self._staged.append(staged)
        self._lines += lines
        self._grown.append(row["line"])

    def _flush(self) -> None:
        staging = self._reading.staging
        if self._staged:
            staging.add("rows", _ROW, self._staged)
            staging.add("lines", _LINE, self._lines)
        if self._adopted:
            staging.add("rows", _ADOPTED, self._adopted)
        self._orders.mark_grown(self._grown)
        self._orders.mark(self._skipped, CHANGED)
        self._orders.set_aside(self._refused)
        for each in (self._staged, self._lines, self._adopted, self._grown, self._skipped, self._refused):
            each.clear()

    def remarks(self) -> list[str]:
        """Return what is worth a line."""
        said = []
        if self._alone:
            count = "1 refund stands" if self._alone == 1 else f"{self._alone} refunds stand"
            said.append(f"{count} alone: of which sale it was cannot be told")
        if self._removed:
            refunds = "1 refund was" if len(self._removed) == 1 else f"{len(self._removed)} refunds were"
            orders = list(dict.fromkeys(self._removed))
            more = ", ..." if orders[MOST_NAMED:] else ""
            said.append(f"{refunds} removed by hand and left out: of {', '.join(orders[:MOST_NAMED])}{more}")
        if self._shrunk:
            start = "less was given back at the source than the book has, which keeps its refunds: "
            more = "; ..." if len(self._shrunk) > MOST_NAMED else ""
            said.append(Sentence(start, Sentence.joined("; ", self._shrunk[:MOST_NAMED]), more))
        return said

    def _known(self, keys: Iterable[str]) -> dict[str, Given]:
        """Return what earlier imports knew, by the key of the order; each refund has its own key, numbered from one."""
        found: dict[str, Given] = {}
        source, asked, count = self._reading.request.source, list(keys), 0
        while asked:
            count += 1
            known: Mapping[str, Known] = self._reading.matching.keys(
                source, "sales", [refund_key(key, count) for key in asked]
            )
            asked = [key for key in asked if refund_key(key, count) in known]
            found |= {key: Given(count, known[refund_key(key, count)].print) for key in asked}
        return found

    def _code(self, row: Row) -> str:
        return row["currency"] or self._reading.currency

    def _refund(self, row: Row, given: Given, day: str | None) -> tuple[tuple[Any, ...], list[tuple[Any, ...]]]:
        """Return a staged refund and its lines: the share of the order that was given back since the last one."""
        net, tax = row["amount"], row["tax"] or 0
        upto, before = (_share(net, net + tax, refunded) for refunded in (row["refunded"], given.refunded))
        amount = before - upto
        back = row["refunded"] - given.refunded
        line, code = row["line"] + REFUND, self._code(row)
        if row["rate"]:
            rate = row["rate"]
            worth: int | None = convert(Money(amount, code), rate, self._reading.book_currency).minor
        else:
            rate, worth = self._rates.book(amount, code, day)
        sale = row["record_id"] if row["state"] != NEW else -row["no"]
        values = (
            line, refund_key(row["key"], given.records + 1), row["refunded"], self._number, 0, "refund", day, row["customer_id"],
            sale, amount, row["currency"], None if row["tax"] is None else -(back + amount), row["tax_rate"], rate,
            worth, row["ref"], row["channel"], row["owner_id"],
        )  # fmt: skip
        return values, self._lines_of(row, line, (before, upto), worth)

    def _day(self, row: Row) -> str | None:
        """Return the day on which a refund counts."""
        if row["refunded_on"]:
            return str(row["refunded_on"])
        if row["state"] == NEW or self._grouping.refund_day == "sale":
            return None if row["on_date"] is None else str(row["on_date"])
        return self._reading.request.today.isoformat()

    def _lines_of(self, row: Row, line: int, span: tuple[int, int], worth: int | None) -> list[tuple[Any, ...]]:
        """Return the order's lines scaled to what is given back, so that revenue by product goes down by it."""
        lines, net = self._reading.staged.lines(row["line"]), row["amount"]
        if not lines or not net:
            return []
        unknown = any(each["amount"] is None for each in lines)
        before, upto = span
        parts = [(each["amount"] or 0) * before // net - (each["amount"] or 0) * upto // net for each in lines]
        parts[-1] += before - upto - sum(parts)
        shares = spread(parts, worth)
        return [
            (
                line, each["position"], each["kind"], each["product_id"], each["name"], "1",
                None if unknown else part, None if unknown else part, None if unknown else share,
            )
            for each, part, share in zip(lines, parts, shares, strict=True)
        ]  # fmt: skip


def _mended(sale: int, refunds: Sequence[Row], much: Money, mark: str) -> str:
    """Return what to type where refunds of a sale gave back too much: the last one goes, or gives back less."""
    last = refunds[-1]
    gave = -(last["amount"] + last["tax"])
    if gave == much.minor:
        return f"salestrack rm s{last['id']}"
    if gave > much.minor and not last["tax"]:
        amount = Money(gave - much.minor, much.currency).plain().replace(".", mark)
        return f"salestrack edit s{last['id']} --amount {amount}"
    return f"salestrack show s{sale} names its refunds"


def refund_key(key: str, count: int) -> str:
    """Return the import key of the nth refund of an order."""
    return f"{key}{BESIDE}" if count == 1 else f"{key}{BESIDE}:{count}"


def _share(net: int, gross: int, refunded: int) -> int:
    """Return how much of a net amount was given back, of an order whose gross amount was, in part or whole."""
    if not gross or net == gross:
        return refunded
    return (net * refunded * 2 + gross) // (gross * 2)
