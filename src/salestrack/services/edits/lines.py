"""Editing what a deal or sale is made of: `--product 2xDesign --product Hosting@30 --discount 5%`."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from salestrack.domain import lines as lining
from salestrack.domain.deals import Deal
from salestrack.domain.lines import Line
from salestrack.domain.money import Money
from salestrack.domain.refs import Ref
from salestrack.domain.sales import Sale
from salestrack.domain.sentences import Sentence
from salestrack.errors import RuleError, UsageError
from salestrack.services.answers import Part
from salestrack.services.edits import Note
from salestrack.services.edits.fields import EMPTY, Act, told
from salestrack.services.edits.kinds import kind_of
from salestrack.services.items import lines_for, told_discount, total_notes
from salestrack.store import Operation, Store

RECORDS = {"d": "deal", "s": "sale"}


class LinesChange(NamedTuple):
    """Other products for a deal or sale, whose amount follows them; items None are those that it has.

    fit: an amount was named with them, and they are fitted to it; taxed: so was a rate of tax, which is theirs then.
    correct: it was always so. known: a word that stands for a line as it is keeps that line, also without a price.
    """

    items: tuple[str, ...] | None
    discount: str | None
    decimal: str = "."
    fit: bool = False
    taxed: bool = False
    correct: bool = False
    known: bool = False

    @property
    def option(self) -> str:
        """Return the option by which it was asked for."""
        return "--discount" if self.items is None else "--product"

    @property
    def letters(self) -> str:
        """Return the kinds of record that have lines."""
        return "".join(RECORDS)

    def apply(self, store: Store, ref: Ref, *, op: Operation, on: date) -> Sequence[Part]:
        """Replace the lines of one record; RuleError for a refund, or a sale of which money was given back."""
        kind = kind_of(ref)
        before: Deal | Sale = kind.get(store, ref.id)
        had = lines_of(store, ref)
        currency = before.amount.currency if before.amount else store.deals.get(ref.id).currency
        wanted = self._lines(store, ref, had, currency)
        amount, wanted = self._amount(store, ref, wanted, before.amount)
        lines = _kept(had, lining.fitted(wanted, amount.minor if amount else None))
        if lines == had:
            return ()
        act = Act(op, on, frozenset({"amount"}), self.correct)
        if isinstance(before, Deal):
            store.deals.put_lines(before, lines, op=op.id)
            extras = kind.save(store, before, before._replace(amount=amount), act) if amount != before.amount else ()
        else:
            from salestrack.services.edits.sales import relined

            assert amount
            extras = relined(store, before._replace(amount=amount), lines, act, taxed=self.taxed)
        changed = told(kind, store, before, kind.get(store, ref.id))
        off = told_discount(lines, currency) if _discount(lines) != _discount(had) else []
        notes = [*map(Note, total_notes([line for line in wanted if line.kind == "product"], wanted, amount))]
        if (was := adjustment_of(had)) and not adjustment_of(lines):
            gone = " is gone: the amount follows the products"
            notes.append(Note("the adjustment of ", Money(was, currency), gone))
        return [*_said(had, lines, currency, self.decimal), *off, *changed, *extras, *notes]

    def _lines(self, store: Store, ref: Ref, had: Sequence[Line], currency: str) -> tuple[Line, ...]:
        """Return the lines that are asked for, priced, with the discount and what nobody types."""
        lines: list[Line] = []
        for text in [word for word in self.items or () if word.strip() != EMPTY]:
            lines += self._standing(text, had, currency) or lines_for(
                store, [text], None, currency=currency, decimal=self.decimal
            )
        if self.items is None:
            lines = [line for line in had if line.kind == "product"]
        if self.discount is not None and self.discount.strip() != EMPTY:
            if not lines:
                raise UsageError(f"{ref} has no products to take a discount off", hint="add --product 3xBuild")
            if lining.total(lines) is None:
                raise RuleError(f"the products of {ref} have no price yet", hint="name it: --product 3xBuild@2500")
            lines = list(lining.discounted(lines, lining.parse_percent(self.discount, "discount"), currency))
        return (*lines, *(line for line in had if line.kind == "shipping"))

    def _standing(self, text: str, had: Sequence[Line], currency: str) -> list[Line]:
        """Return the line for which a word stands already."""
        words = {word_of(line, currency, self.decimal): line for line in had if line.kind == "product"}
        return [words[text.strip()]] if self.known and text.strip() in words else []

    def _amount(
        self, store: Store, ref: Ref, lines: tuple[Line, ...], was: Money | None
    ) -> tuple[Money | None, tuple[Line, ...]]:
        """Return what a record comes to with its new lines, and the lines of all the times that it counts.

        RuleError where something repeats at another price than they come to.
        """
        total = lining.total(lines)
        schedule = store.schedules.of(RECORDS[ref.letter], ref.id)
        if schedule and was:
            each = Money(was.minor if schedule.amount is None else schedule.amount, was.currency)
            if total not in (None, each.minor):
                come = Money(total or 0, was.currency)
                raise RuleError(
                    Sentence(f"{ref} is ", each, " each time, and the products come to ", come),
                    hint="--price says what each time is worth, and from when on",
                )
            return was, lining.times(lines, max(was.minor // each.minor, 1)) if each.minor else lines
        if self.fit or total is None:
            return was, lines
        return Money(total, was.currency if was else store.deals.get(ref.id).currency), lines


def lines_of(store: Store, ref: Ref) -> tuple[Line, ...]:
    """Return the lines of a deal or sale."""
    return store.deals.lines(ref.id) if ref.letter == "d" else store.sales.lines(ref.id)


def word_of(line: Line, currency: str, decimal: str) -> str:
    """Return a line as it is typed: `2xDesign@5000`; without a price where it has none."""
    if line.price is None:
        return lining.item_text(line, None, decimal)
    whole, _, cents = Money(line.price, currency).plain().partition(".")
    return lining.item_text(line, f"{whole}{decimal}{cents}" if cents.strip("0") else whole, decimal)


def discount_of(lines: Sequence[Line]) -> str:
    """Return the discount of some lines as it is typed, an empty text without one."""
    return next((line.name or "" for line in lines if line.kind == "discount"), "").removeprefix("discount ")


def adjustment_of(lines: Sequence[Line]) -> int:
    """Return by how much an amount differs from what is listed, in minor units; 0 where it does not."""
    return sum(line.amount or 0 for line in lines if line.kind == "adjustment")


def words_of(lines: Sequence[Line], currency: str, decimal: str) -> tuple[str, ...]:
    """Return the products of some lines as they are typed."""
    return tuple(word_of(line, currency, decimal) for line in lines if line.kind == "product")


def _discount(lines: Sequence[Line]) -> int:
    return sum(line.amount or 0 for line in lines if line.kind == "discount")


def _kept(had: Sequence[Line], lines: Sequence[Line]) -> tuple[Line, ...]:
    """Return lines with the ids of those that stand there already."""
    left = list(had)
    found = []
    for line in lines:
        same = next((old for old in left if _bare(old) == _bare(line)), None)
        if same:
            left.remove(same)
        found.append(same or line._replace(id=0))
    return tuple(found)


def _bare(line: Line) -> Line:
    return line._replace(id=0, tax=None, tax_rate=None)


def _said(had: Sequence[Line], lines: Sequence[Line], currency: str, decimal: str) -> list[Part]:
    """Return which products and which discount were there and are there now."""
    said: list[Part] = []
    was, now = (", ".join(words_of(some, currency, decimal)) or "none" for some in (had, lines))
    if was != now:
        said.append(("products", was, "->", now))
    before, after = discount_of(had) or "none", discount_of(lines) or "none"
    if before != after:
        said.append(("discount", before, "->", after))
    return said
