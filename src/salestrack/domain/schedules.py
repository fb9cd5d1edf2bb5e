"""A sale or deal that repeats: its rhythm, its price from when on, its pauses, and its end."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple

from salestrack.domain.dates import format_day
from salestrack.domain.facts import Key
from salestrack.domain.recurring import Every, monthly, occurrences, year_of
from salestrack.errors import RuleError


class Price(NamedTuple):
    """What each time is worth from a day on, in minor units; None while it is paused."""

    from_on: date
    amount: int | None


class Schedule(NamedTuple):
    """How a record repeats; `start` is None while a deal is not won, `amount` is what each time is worth at first."""

    every: Every
    id: int = 0
    sale_id: int | None = None
    deal_id: int | None = None
    activity_id: int | None = None
    start: date | None = None
    until: date | None = None
    amount: int | None = None
    prices: tuple[Price, ...] = ()
    """What changed later, in order of days."""

    @property
    def ref(self) -> str:
        """Return the id of the record that repeats, as it is typed."""
        return f"s{self.sale_id}" if self.sale_id else f"d{self.deal_id}" if self.deal_id else f"a{self.activity_id}"

    def price(self, on: date) -> int | None:
        """Return what a time on a day is worth; None where it is paused, or nothing is known."""
        past = [price for price in self.prices if price.from_on <= on]
        return past[-1].amount if past else self.amount

    def due(self, last: date) -> Iterator[tuple[date, int]]:
        """Give the days and amounts of all times up to a day; the first time of a sale is the sale as it is recorded."""
        if self.start is None:
            return
        end = min(last, self.until) if self.until else last
        for day in occurrences(self.every, self.start, end):
            first = self.sale_id is not None and day == self.start
            worth = self.amount if first else self.price(day)
            if worth is not None:
                yield day, worth

    def worth(self, on: date) -> int:
        """Return what it is worth a month on a day, in minor units; 0 before it begins, while paused, and after its end."""
        if self.start is None or on < self.start or (self.until and on > self.until):
            return 0
        return monthly(self.price(on) or 0, self.every)

    def turns(self) -> tuple[date, ...]:
        """Return the days on which its worth may change."""
        days = {self.start, *(price.from_on for price in self.prices)}
        return tuple(sorted(day for day in days | {self.until + timedelta(days=1) if self.until else None} if day))

    def year(self, start: date) -> int:
        """Return what its first year is worth from a day on, less when it ends before."""
        return len(year_of(self.every, start, self.until)) * (self.amount or 0)

    def repriced(self, amount: int, on: date) -> "Schedule":
        """Return it at another price from a day on; RuleError while it is paused on that day."""
        if self.price(on) is None and self.prices:
            raise RuleError(f"{self.ref} is paused on {format_day(on)}", hint="resume it first: --resume DATE")
        self._within(on)
        return self if self.price(on) == amount else self._changed(Price(on, amount))

    def paused(self, on: date) -> "Schedule":
        """Return it paused from a day on; what was due before stays."""
        self._within(on)
        later = [price.from_on for price in self.prices if price.from_on > on]
        if later:
            raise RuleError(
                f"{self.ref} changes on {format_day(later[0])}, after {format_day(on)}",
                hint="pause it from that day on",
            )
        return self if self.price(on) is None else self._changed(Price(on, None))

    def resumed(self, on: date) -> "Schedule":
        """Return it going on from a day at the price it had; RuleError where it is not paused."""
        if self.price(on) is not None:
            raise RuleError(f"{self.ref} is not paused on {format_day(on)}")
        before = [price.amount for price in self.prices if price.from_on <= on and price.amount is not None]
        return self._changed(Price(on, before[-1] if before else self.amount))

    def ended(self, until: date | None) -> "Schedule":
        """Return it with a last day, or without one; RuleError before it began."""
        if until and self.start and until < self.start:
            raise RuleError(f"{self.ref} begins on {format_day(self.start)}, after {format_day(until)}")
        return self._replace(until=until)

    def _within(self, on: date) -> None:
        """Refuse a day on which it does not repeat."""
        if self.start and on < self.start:
            raise RuleError(f"{self.ref} begins on {format_day(self.start)}, after {format_day(on)}")
        if self.until and on > self.until:
            raise RuleError(
                f"{self.ref} ends on {format_day(self.until)}, before {format_day(on)}",
                hint="--until - takes the end away",
            )

    def _changed(self, price: Price) -> "Schedule":
        kept = (one for one in self.prices if one.from_on != price.from_on)
        return self._replace(prices=tuple(sorted((*kept, price))))


class Recurrence(NamedTuple):
    """A repeating sale or won deal as reports see it: whose it is, in which row it stands, and its schedule."""

    ref: str
    customer_id: int | None
    owner_id: int | None
    channel: str | None
    key: Key
    currency: str
    schedule: Schedule
