"""Revenue by date: won deals on their close date, sales that belong to none, and refunds on their own day."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from salestrack.domain.facts import Billing, Currencies, Revenue
from salestrack.domain.money import Money
from salestrack.domain.periods import Period
from salestrack.domain.sentences import Sentence
from salestrack.reports import exchange
from salestrack.reports.exchange import Unconverted
from salestrack.reports.frames import Frame, Head
from salestrack.reports.groups import OVERLAP, OVERLAPPING, Group, groups, whole
from salestrack.reports.wording import LATER_DEALS, LATER_SALES, counted

Basis = Literal["deals", "sales"]
_UNDATED_DEALS = (
    "won or lost deal has no close date and is in no period",
    "won or lost deals have no close date and are in no period",
)
_UNDATED_SALES = ("sale has no date and is in no period", "sales have no date and are in no period")
_DEFINITIONS: dict[Basis, str] = {
    "deals": (
        "revenue, net of tax = won deals on their close date + sales of no deal (or of a lost one) on their date "
        "+ refunds on their own day; sales linked to a deal are its invoices and do not count again"
    ),
    "sales": "revenue, net of tax = recorded sales and refunds alone, each on its date; deals do not count",
}
REPEATING = "; what repeats counts each time that it falls due, in place of the whole"


@dataclass(frozen=True, slots=True, kw_only=True)
class RevenueFacts:
    """What the report is made of; `whole` is not split by key, so that nothing counts twice in the totals."""

    rows: Sequence[Revenue]
    whole: Sequence[Revenue]
    billing: Sequence[Billing] = ()
    """Won deals whose invoices do not come to what they do: less, or more."""
    undated_deals: int = 0
    undated_sales: int = 0
    later_deals: int = 0
    later_sales: int = 0
    notes: tuple[str, ...] = ()
    repeats: bool = False
    """Whether anything in the book repeats."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RevenueRow:
    """Revenue of one key or stretch of time: the net amount, and how many sales (or deals) and refunds make it up.

    What has no rate is in none of the three.
    """

    key: str | None
    period: Period
    amount: Money
    sales: int
    refunds: int
    before: Money | None

    @property
    def change(self) -> float | None:
        """Return by which share of the amount before it grew; None without anything to compare with."""
        if self.before is None or self.before.minor <= 0:
            return None
        return (self.amount.minor - self.before.minor) / self.before.minor


@dataclass(frozen=True, slots=True, kw_only=True)
class ToBill:
    """A won deal with invoices that do not come to its amount yet."""

    ref: str
    title: str
    customer: str | None
    amount: Money
    billed: Money

    @property
    def rest(self) -> Money:
        """Return what is still to bill."""
        return self.amount - self.billed


@dataclass(frozen=True, slots=True, kw_only=True)
class RevenueReport:
    """The report: rows by key or time, totals, what is still to bill, and what could not be converted."""

    head: Head
    frame: Frame
    rows: tuple[RevenueRow, ...]
    totals: RevenueRow
    to_bill: tuple[ToBill, ...]
    unconverted: tuple[Unconverted, ...]


def revenue(facts: RevenueFacts, frame: Frame, currencies: Currencies, *, basis: Basis = "deals") -> RevenueReport:
    """Return revenue by key or stretch of time, as METRICS defines it."""
    rows = tuple(_row(group, currencies) for group in groups(facts.rows, frame))
    if not frame.by_time:
        rows = tuple(sorted(rows, key=lambda row: (row.key is None, -row.amount.minor)))
    everything = whole(facts.whole, frame)
    totals = _footed(_row(everything, currencies), rows, frame)
    head = Head(
        as_of=frame.today,
        period=frame.period,
        definition=_DEFINITIONS[basis] + (REPEATING if facts.repeats else ""),
        formulas=_formulas(everything.own, totals, currencies),
        notes=_notes(facts, frame),
    )
    return RevenueReport(
        head=head,
        frame=frame,
        rows=rows,
        totals=totals,
        to_bill=tuple(_to_bill(one) for one in facts.billing if one.billed < one.amount),
        unconverted=exchange.left_out(fact.worth for fact in everything.own),
    )


def _row(group: Group[Revenue], currencies: Currencies) -> RevenueRow:
    before = group.before
    return RevenueRow(
        key=group.key,
        period=group.period,
        amount=exchange.total((fact.worth for fact in group.own), currencies),
        sales=sum(fact.worth.priced for fact in group.own if fact.kind != "refund"),
        refunds=sum(fact.worth.priced for fact in group.own if fact.kind == "refund"),
        before=None if before is None else exchange.total((fact.worth for fact in before), currencies),
    )


def _footed(totals: RevenueRow, rows: Sequence[RevenueRow], frame: Frame) -> RevenueRow:
    """Return totals whose money is the sum of the printed rows, unless money stands in several of them."""
    if not rows or frame.by in OVERLAPPING - {"product"}:
        return totals
    return replace(totals, amount=sum((row.amount for row in rows), Money(0, totals.amount.currency)))


def _to_bill(one: Billing) -> ToBill:
    return ToBill(
        ref=f"d{one.deal_id}",
        title=one.title,
        customer=one.customer,
        amount=Money(one.amount, one.currency),
        billed=Money(one.billed, one.currency),
    )


def _notes(facts: RevenueFacts, frame: Frame) -> tuple[str, ...]:
    cases = ((facts.undated_deals, _UNDATED_DEALS), (facts.undated_sales, _UNDATED_SALES))
    later = ((facts.later_deals, LATER_DEALS), (facts.later_sales, LATER_SALES))
    notes = [*facts.notes, *(counted(number, *words) for number, words in cases + later if number)]
    for one in (_to_bill(one) for one in facts.billing if one.billed > one.amount):
        notes.append(Sentence(f"{one.ref} {one.title} is billed beyond its amount: ", one.billed, " of ", one.amount))
    if frame.by in OVERLAPPING and facts.rows:
        notes.append(OVERLAP)
    return tuple(notes)


def _formulas(facts: Iterable[Revenue], totals: RevenueRow, currencies: Currencies) -> tuple[str, ...]:
    amounts = {"deal": Money(0, currencies.report), "sale": Money(0, currencies.report)}
    amounts["refund"] = Money(0, currencies.report)
    for fact in facts:
        amounts[fact.kind] += exchange.total([fact.worth], currencies)
    parts = " + ".join(
        f"{name} {amounts[kind].plain()}"
        for kind, name in (("deal", "won deals"), ("sale", "sales"), ("refund", "refunds"))
    )
    return (f"revenue = {parts} = {totals.amount.plain()}",)
