"""What the database answers to a report's question: small typed rows, and how they were asked for."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Generic, NamedTuple, TypeVar

from salestrack.domain.filters import Filter

T = TypeVar("T")

EVER = (date.min, date.max)
"""The span of days that leaves nothing out."""


class Currencies(NamedTuple):
    """The currency that a report is in, and the one that the book is kept in."""

    report: str
    book: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """What a question is about: spans of days with both ends included, a dimension to group by, and a filter.

    Rows come back with the number of their span, so one question covers a period, its buckets and what it is
    compared with. `by` is a dimension of the records; buckets of time are spans.
    """

    spans: tuple[tuple[date, date], ...] = ()
    own: int = 1
    """So many spans are the period itself or its buckets; the others are what it is compared with."""
    by: str | None = None
    undated: bool = False
    """Whether the days are all there were, so that what nobody dated belongs to them too."""
    as_of: date | None = None
    """The past day as whose end the records are to be taken; None takes them as they are now."""
    only: Filter = field(default_factory=Filter)
    currencies: Currencies


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer(Generic[T]):
    """The rows that answer one question, with the statement and parameters that found them."""

    name: str
    rows: tuple[T, ...]
    sql: str
    params: Mapping[str, str | int | float | None]
    ids_sql: str = ""
    """The statement for the ids behind the rows; empty where there are none."""


class Worth(NamedTuple):
    """Money of some records of one currency, in minor units, as far as it can be said in the report's.

    `amount` is in the report's currency where that is the records' own, else in the book's; `rate` is what a
    unit of the report's currency was worth then (billionths of the book's), None where no further step is
    needed. `priced` records have an amount that counts, `left` ones one without a rate: `left_amount` in all.
    """

    currency: str
    rate: int | None
    priced: int
    amount: int
    left: int
    left_amount: int


class Key(NamedTuple):
    """What a row is about: its name, None for "no value", and the id that tells two of one name apart."""

    name: str | None
    id: int | None = None


class DealCount(NamedTuple):
    """Deals of one span, key and status, and what they are worth."""

    span: int
    key: Key
    status: str
    deals: int
    worth: Worth


class MiddleDeal(NamedTuple):
    """A won deal in the middle of its row: half of the others are worth less, half more."""

    span: int
    key: Key
    worth: Worth


class Revenue(NamedTuple):
    """Revenue of one span, key and kind (deal, sale, refund)."""

    span: int
    key: Key
    kind: str
    records: int
    worth: Worth


class Booked(NamedTuple):
    """What counts towards quotas in one span, by owner and channel: revenue, or a number of records."""

    span: int
    owner_id: int | None
    channel: str | None
    records: int
    worth: Worth


class Billing(NamedTuple):
    """A won deal with invoices: its amount and what was billed so far, in minor units of its currency."""

    deal_id: int
    title: str
    customer: str | None
    currency: str
    amount: int
    billed: int


class StageRow(NamedTuple):
    """A stage, as it was called, placed and valued on the day that was asked about."""

    id: int
    pipeline_id: int
    pipeline: str
    name: str
    position: int
    kind: str
    probability: int
    stale_days: int | None
    removed: bool


class OpenDeals(NamedTuple):
    """Open deals of one stage and currency that are alike in what they lack; amounts in minor units.

    `weighted` is the sum of amount times probability in percent, so a hundred times the weighted amount.
    `unknown` have no amount; `dated` is False where nobody knows since when they are in the stage.
    """

    stage_id: int
    currency: str
    overdue: bool
    undated: bool
    stepless: bool
    dated: bool
    deals: int
    unknown: int
    amount: int
    weighted: int


class Age(NamedTuple):
    """How many open deals of a stage were created so many days ago."""

    stage_id: int
    days: int
    deals: int


class Stretch(NamedTuple):
    """How many deals that came to `status` took so many days; days None where their creation is unknown."""

    span: int
    key: Key
    status: str
    days: int | None
    deals: int


class Flow(NamedTuple):
    """Deals of a pipeline that went equally far.

    `top` is the highest place of an open stage that they reached, `won` whether they are won, `status`
    where they stand (`left`: in another pipeline), `at_top` whether their last open stage is that highest one. With a
    `stage_id` the row is about that stage alone, else about every stage on the way. Deals that stand `again` are
    counted in the totals by a row of another pipeline.
    """

    pipeline_id: int
    stage_id: int | None
    top: int
    won: bool
    status: str
    at_top: bool
    deals: int
    again: bool = False


class Visit(NamedTuple):
    """How many visits of a stage took so many days; not `ended` ones are still going on, with their age."""

    stage_id: int
    ended: bool
    days: int
    visits: int


class ActivityCount(NamedTuple):
    """Done activities of one span and key."""

    span: int
    key: Key
    activities: int
    calls: int
    call_seconds: int
    connected: int
    outcomes: int
    emails: int
    meetings: int
    demos: int


class Replies(NamedTuple):
    """People who were mailed in one span, and how many of them replied within two weeks."""

    span: int
    key: Key
    mailed: int
    replied: int


class Slip(NamedTuple):
    """Open deals of one currency that are alike in what is wrong with them."""

    overdue: bool
    stale: bool
    stepless: bool
    currency: str
    deals: int
    priced: int
    """So many of them have an amount."""
    amount: int
    since: str | None
    """The earliest day since which one of them has been left alone."""


class Limit(NamedTuple):
    """How long a stage's deals may be left alone: so many days, days off aside; since before a day is too long."""

    days: int
    quiet_before: date
    is_first: bool = False
    """Whether deals of its pipeline begin in it."""


class Morning(NamedTuple):
    """What today's list hangs on: its days, the limits by stage, and factors that make currencies comparable."""

    today: date
    due_until: date
    """Steps due by then are due now: before days that are not worked, those that fall on them too."""
    week_end: date
    lead_from: date
    """Who came since then and was not called is a lead."""
    won_from: date
    """What was won since then is to be billed."""
    limits: Mapping[int, Limit]
    worths: Mapping[str, float]


class Todo(NamedTuple):
    """A deal or customer that wants something done, with every reason for it; days are ISO text.

    `urgency` is the class of its most pressing reason: 0 a step is due, 1 its close date has passed, 2 it closes this
    week, 3 a lead that nobody called, 4 won and not billed, 5 stale, 6 no next step.
    """

    urgency: int
    deal_id: int | None
    customer_id: int | None
    step_id: int | None
    steps: int | None
    due_on: str | None
    kind: str | None
    step_note: str | None
    expected_on: str | None
    """Only where that day has passed, or comes this week."""
    next_on: str | None
    lead_on: str | None
    stale_since: str | None
    limit: int
    value: float | None
    unbilled: int | None
    since: str | None
    everything: int
    """So many rows there are in all."""
    title: str | None
    customer: str | None
    amount: int | None
    currency: str | None
    contact: str | None
    phone: str | None
    deal_note: str | None
    customer_note: str | None
