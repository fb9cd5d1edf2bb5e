"""What every report is made with: the book, today, its working days, and what is wanted."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, NamedTuple

from salestrack.domain.dates import Words
from salestrack.domain.facts import Answer, Ask, Currencies
from salestrack.domain.filters import Filter
from salestrack.domain.money import check_currency
from salestrack.domain.periods import Period, parse_period
from salestrack.domain.workdays import WorkCalendar
from salestrack.errors import UsageError
from salestrack.reports import frames, groups
from salestrack.reports.exchange import Exchange
from salestrack.reports.frames import Frame, Versus
from salestrack.store import Store
from salestrack.store.facts import Facts
from salestrack.store.questions import Later

TRAILING = "365d"
CHOICES: dict[tuple[str, str], tuple[str, ...]] = {
    ("winloss", "basis"): ("count", "value", "created"),
    ("revenue", "basis"): ("deals", "sales"),
    ("conversion", "cohort"): ("created", "entered", "closed"),
}
"""What --basis and --cohort may say, the default first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a report is asked for; None is the report's own default."""

    period: Period | None = None
    by: str | None = None
    versus: Versus | None = None
    as_of: date | None = None
    basis: str | None = None
    within: int | None = None
    cohort: str | None = None
    currency: str | None = None
    only: Filter = field(default_factory=Filter)


class Reported(NamedTuple):
    """A report with the answers that it was made of."""

    report: Any
    answers: tuple[Answer[Any], ...]


class Desk(NamedTuple):
    """One report in the making."""

    store: Store
    words: Words
    calendar: WorkCalendar
    wanted: Wanted

    @property
    def today(self) -> date:
        """Return the day of the report."""
        return self.words.today

    @property
    def facts(self) -> Facts:
        """Return what can be asked of the book."""
        return self.store.facts

    @property
    def currencies(self) -> Currencies:
        """Return the currency of the report and that of the book."""
        book = self.store.settings.book.currency
        return Currencies(check_currency(self.wanted.currency) if self.wanted.currency else book, book)

    @property
    def exchange(self) -> Exchange:
        """Return the latest rates by the day that the report is about."""
        return Exchange(currencies=self.currencies, rates=self.facts.rates(self.wanted.as_of or self.today))

    def frame(self) -> Frame:
        """Return the days that the report is about."""
        period = self.wanted.period or parse_period(TRAILING, self.words)
        return frames.frame(
            self._bounded(period) if self.wanted.by in frames.UNITS else period,
            by=self.wanted.by,
            versus=self.wanted.versus or "none",
            words=self.words,
            calendar=self.calendar,
        )

    def ask(self, frame: Frame, *, whole: bool = False) -> Ask:
        """Return the question about a report's days; `whole` leaves out what its rows are split by."""
        return replace(frame.ask(self.currencies, self.wanted.only, whole=whole), as_of=self.wanted.as_of)

    def later(self, kind: Later, frame: Frame) -> int:
        """Return how many records of a report's period are dated after today; none is missed on a past day."""
        start, end = frames.ends(frame.period)
        if self.wanted.as_of or end <= self.today:
            return 0
        return self.facts.later(kind, self.wanted.only, (start, end), today=self.today)

    def unsplit(self, frame: Frame, found: Answer[Any], again: Callable[[Ask], Answer[Any]]) -> Sequence[Any]:
        """Return facts without the split: added up, or asked again where a record can stand in several rows."""
        if frame.by in groups.OVERLAPPING:
            return again(self.ask(frame, whole=True)).rows
        return groups.merged(found.rows, frame)

    def choice(self, report: str, option: str) -> Any:
        """Return what --basis or --cohort says; UsageError naming the known ones."""
        known = CHOICES[report, option]
        given = getattr(self.wanted, option) or known[0]
        if given not in known:
            raise UsageError(f"--{option} '{given}' is not known", hint=f"one of: {', '.join(known)}")
        return given

    def pointless(self) -> tuple[str, ...]:
        """Return a note where a filter leaves nothing of a report about closed deals: no open one is in it."""
        only = self.wanted.only
        closing = {stage.id for stage in self.facts.stages().rows if stage.kind != "open"} if only.stages else set()
        if (only.stages and not closing.intersection(only.stages)) or only.statuses == ("open",):
            return ("the filter asks for open deals alone, and this report is about closed ones",)
        return ()

    def of_lost(self) -> "Desk":
        """Return the same about lost deals alone, where rows are split by the reason: no other deal has one.

        UsageError where other deals are asked for.
        """
        only = self.wanted.only
        if self.wanted.by != "reason":
            return self
        if only.statuses and "lost" not in only.statuses:
            raise UsageError("--by reason is about lost deals", hint="leave --open and --won out")
        return self._replace(wanted=replace(self.wanted, only=replace(only, statuses=("lost",))))

    def _bounded(self, period: Period) -> Period:
        """Return a period with an open end cut to the days on which anything happened."""
        extent = None if period.start and period.end else self.facts.extent()
        if extent is None:
            return period if period.start and period.end else replace(period, start=self.today, end=self.today)
        return replace(period, start=period.start or extent[0], end=period.end or max(extent[1], self.today))
