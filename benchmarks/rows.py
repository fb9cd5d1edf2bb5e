"""A sample as rows of the tables of a book, and of the columns of a CSV file."""

from collections import defaultdict
from collections.abc import Iterator
from random import Random
from typing import Any, NamedTuple

from benchmarks.sample import CURRENCY, DAYS, LOST, OWNERS, PRODUCTS, STAGES, WON, Calendar, Life, customer_name

Batch = dict[str, list[tuple[Any, ...]]]
COLUMNS = {
    "deals": "id title customer_id pipeline_id stage_id stage_since status amount currency expected_on owner_id "
    "created_on closed_on book_amount reason_id source created_op",
    "deal_history": "deal_id seq from_on to_on stage_id stage_since amount currency expected_on owner_id created_op",
    "deal_lines": "deal_id position kind product_id quantity price amount book_amount created_op",
    "activities": "kind customer_id deal_id owner_id done due_on happened_on happened_time logged_at seconds direction "
    "outcome note created_op",
    "sales": "id customer_id deal_id refund_of kind title on_date amount currency book_amount channel owner_id "
    "created_op",
    "sale_lines": "sale_id position kind product_id quantity price amount book_amount created_op",
}
CSV_HEADER = ("id", "customer", "title", "product", "stage", "amount", "created", "expected", "closed", "owner")
_SOURCES = ("referral", "website", "fair", "partner", None)
_OUTCOMES = ("connected", "no answer", None)
# One word of a note stands in a sixth of them, and one in hardly any: both are looked for.
_NOTES = (
    "asked for a price", "wants references first", "will decide next week", "sent the offer again", None,
    "talked to the purchaser, budget is tight", None,
)  # fmt: skip
_REASONS = 6  # a new book's reasons for losing


class Ids(NamedTuple):
    """What the rows of a sample refer to in their book: its pipeline, the stages in order, the operation."""

    pipeline: int
    stages: tuple[int, ...]
    op: int


class Rows:
    """Turns lives into rows; a tenth as many sales as deals come with them."""

    def __init__(self, calendar: Calendar, ids: Ids, seed: int) -> None:
        self._days = calendar
        self._ids = ids
        self._rng = Random(seed + 1)
        self._sales = 0

    def batch(self, lives: list[Life]) -> Batch:
        """Return the rows of some deals by table."""
        rows: Batch = defaultdict(list)
        for life in lives:
            rows["deals"].append(self._deal(life))
            rows["deal_history"] += self._versions(life)
            booked = None if life.is_open else life.amount
            line = (0, "product", life.product, str(life.steps[-1].quantity), life.price, life.amount, booked)
            rows["deal_lines"].append((life.number, *line, self._ids.op))
            rows["activities"] += self._activities(life)
            if life.number % 10 == 0:
                self._sell(life, rows)
        return rows

    def _deal(self, life: Life) -> tuple[Any, ...]:
        last = life.steps[-1]
        closed = None if life.is_open else self._days[last.day]
        status = "open" if life.is_open else "won" if last.stage == WON else "lost"
        stage = (self._ids.pipeline, self._ids.stages[last.stage], self._days[last.since], status)
        reason = 1 + life.number % _REASONS if last.stage == LOST else None
        dates = (self._days[last.expected], life.owner, self._days[life.steps[0].day], closed)
        booked = None if life.is_open else life.amount
        end = (booked, reason, _SOURCES[life.number % 5], self._ids.op)
        return (life.number, title(life), life.customer, *stage, life.amount, CURRENCY, *dates, *end)

    def _versions(self, life: Life) -> Iterator[tuple[Any, ...]]:
        seq, before = 0, -1
        ends = [self._days[step.day] for step in life.steps[1:]]
        for step, end in zip(life.steps, [*ends, None], strict=True):
            seq = seq + 1 if step.day == before else 1
            before = step.day
            stage = (self._ids.stages[step.stage], self._days[step.since], step.quantity * life.price, CURRENCY)
            since = (life.number, seq, self._days[step.day], end)
            yield (*since, *stage, self._days[step.expected], life.owner, self._ids.op)

    def _activities(self, life: Life) -> Iterator[tuple[Any, ...]]:
        for place, event in enumerate(life.events):
            day = self._days[event.day]
            who = (event.kind, life.customer, life.number, life.owner)
            if event.done:
                call = event.kind == "call"
                outcome = _OUTCOMES[(life.number + place) % 3] if call else None
                told = (None, day, "10:30", f"{day}T10:45:00", 600 if call else None, "out", outcome)
                yield (*who, 1, *told, self._note(life, place), self._ids.op)
            else:
                yield (*who, 0, day, None, None, f"{self._days[DAYS]}T09:00:00", None, None, None, None, self._ids.op)

    def _note(self, life: Life, place: int) -> str | None:
        if life.number % 1000 == 7 and place == 0:
            return "met at the lighthouse"
        return _NOTES[(life.number * 3 + place) % len(_NOTES)]

    def _sell(self, life: Life, rows: Batch) -> None:
        """Add a sale: the invoice of a won deal, else one of no deal; now and then it is given back in part."""
        last = life.steps[-1]
        deal = life.number if last.stage == WON else None
        day = last.day + int(self._rng.random() * min(30, DAYS - last.day + 1))
        self._add_sale(life, rows, deal, None, day, life.amount)
        if self._rng.random() < 0.02:
            self._add_sale(life, rows, deal, self._sales, min(day + 7, DAYS), -life.price // 10)

    def _add_sale(
        self, life: Life, rows: Batch, deal: int | None, refund_of: int | None, day: int, amount: int
    ) -> None:
        self._sales += 1
        kind = "refund" if refund_of else "sale"
        what = (kind, title(life), self._days[day], amount, CURRENCY, amount, "direct", life.owner)
        rows["sales"].append((self._sales, life.customer, deal, refund_of, *what, self._ids.op))
        quantity, price = ("1", amount) if refund_of else (str(life.steps[-1].quantity), life.price)
        line = (0, "product", life.product, quantity, price, amount, amount)
        rows["sale_lines"].append((self._sales, *line, self._ids.op))


def title(life: Life) -> str:
    """Return what a deal is called."""
    return f"{PRODUCTS[life.product - 1][0]} {life.number}"


def csv_row(life: Life, days: Calendar) -> tuple[str, ...]:
    """Return a deal as a CRM would export it: as it stands, dates and amounts as plain text."""
    last = life.steps[-1]
    amount = f"{life.amount // 100}.{life.amount % 100:02}"
    what = (f"D-{life.number}", customer_name(life.customer), title(life), PRODUCTS[life.product - 1][0])
    dates = (days[life.steps[0].day], days[last.expected], "" if life.is_open else days[last.day])
    return (*what, STAGES[last.stage], amount, *dates, OWNERS[life.owner - 1])
