"""The questions that reports ask: the database counts, and small rows come back.

Each question is a file in facts/. Its sections share one scope, so that the rows, and the ids that `--explain`
shows, are always about the same records. `{name}` in them is filled with SQL of this package; values travel as
parameters.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any, Literal, TypeVar

from salestrack.domain import activities
from salestrack.domain import facts as rows
from salestrack.domain.facts import Answer, Ask, Key, Worth
from salestrack.domain.filters import Filter
from salestrack.domain.quotas import Quota
from salestrack.domain.schedules import Recurrence
from salestrack.store import questions as asking
from salestrack.store.engine import Engine
from salestrack.store.outcomes import Outcomes
from salestrack.store.questions import Basis, Cohort, Later, Params, Parts
from salestrack.store.schedules import recurrences

T = TypeVar("T")
Row = tuple[Any, ...]

LEARNT_FROM = 2000
"""So many of the deals closed last say how long a stage usually takes, whatever the size of the book."""


class Facts:
    """Asks one book; every method answers one question."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def ids(self, answer: Answer[Any]) -> list[str]:
        """Return the ids of the records behind an answer, like d12, in order."""
        if not answer.ids_sql:
            return []
        return [row[0] for row in self._engine.stream(answer.ids_sql, answer.params)]

    def closed(self, ask: Ask, *, within: int | None = None, created: bool = False) -> Answer[rows.DealCount]:
        """Return deals closed in the spans by outcome, or those created in them.

        A deal won more than `within` days after its creation is `late`.
        """
        filled = asking.closed_parts(ask, within, created=created)
        return self._answer("deals created" if created else "deals closed", "closed", filled, _deal_count)

    def middle(self, ask: Ask) -> Answer[rows.MiddleDeal]:
        """Return the amounts in the middle of the won deals of a row: one, or two where they are even in number."""
        parts, params = asking.closed_parts(ask, None, created=False)
        return self._answer(
            "won deals in the middle", "closed", (parts, params), _middle, section="middle", ids_section="won_ids"
        )

    def cycles(self, ask: Ask) -> Answer[rows.Stretch]:
        """Return how many deals closed in the spans took how many days, by outcome."""
        filled = asking.closed_parts(ask, None, created=False)
        return self._answer("days from creation to close", "closed", filled, _stretch, section="days")

    def revenue(self, ask: Ask, *, basis: Basis = "deals") -> Answer[rows.Revenue]:
        """Return revenue in the spans: of won deals and what belongs to none, or of recorded sales alone."""
        return self._answer("revenue", "revenue", asking.revenue_parts(ask, basis), _revenue)

    def booked(self, ask: Ask) -> Answer[rows.Booked]:
        """Return revenue in the spans by owner and channel."""
        filled = asking.revenue_parts(ask, "deals")
        return self._answer("revenue by owner and channel", "revenue", filled, _booked, section="booked")

    def contracted(self, ask: Ask) -> Answer[rows.Booked]:
        """Return what repeats in the spans, also after today, by owner and channel."""
        filled = asking.contracted_parts(ask)
        return self._answer("what repeats by owner and channel", "revenue", filled, _booked, section="booked")

    def recurring(self, ask: Ask) -> Answer[Recurrence]:
        """Return all sales and won deals that repeat, with their schedules."""
        found: Answer[Any] = self._answer("what repeats", "recurring", asking.recurring_parts(ask), lambda row: row)
        return replace(found, rows=recurrences(found.rows))

    def billing(self, ask: Ask, *, today: date, most: int) -> Answer[rows.Billing]:
        """Return won deals of the first span with too few invoices, then those with too many, so many of each.

        Deals that have none are not meant. The largest difference comes first.
        """
        filled = asking.billing_parts(ask, today, most)
        return self._answer("won deals and their invoices", "billing", filled, rows.Billing._make)

    def pipeline(self, today: date, only: Filter, *, as_of: date | None = None) -> Answer[rows.OpenDeals]:
        """Return open deals by stage and what they lack, as they stand or as they were at the end of a day."""
        file, *filled = asking.pipeline_parts(today, only, as_of)
        return self._answer("open deals", file, (filled[0], filled[1]), _open_deals)

    def ages(self, today: date, only: Filter, *, as_of: date | None = None) -> Answer[rows.Age]:
        """Return how many open deals of each stage were created how many days ago."""
        file, *filled = asking.pipeline_parts(today, only, as_of)
        return self._answer("ages of open deals", file, (filled[0], filled[1]), rows.Age._make, section="ages")

    def stages(self, as_of: date | None = None) -> Answer[rows.StageRow]:
        """Return every stage in order, as it was called and valued then."""
        params = {"as_of": (as_of or date.max).isoformat()}
        return self._answer("stages", "stages", ({}, params), _stage)

    def flow(self, ask: Ask, cohort: Cohort = "created") -> Answer[rows.Flow]:
        """Return how far the deals of a cohort came: those created or closed in the first span, or in a stage."""
        stages = self.stages().rows
        parts, params = asking.flow_parts(ask, cohort, pipelines=len({stage.pipeline_id for stage in stages}))
        whole = parts | {"among": "1 = 1"}
        name = "deals by how far they came"
        if cohort == "entered":
            return self._answer(name, "flow", (whole, params), _flow, section="entered")
        found = self._answer(name, "flow", (parts, params), _flow)
        if not any(stage.removed for stage in stages):
            return found
        through = self._answer(name, "flow", (whole, params), _flow, section="removed")
        return replace(found, rows=found.rows + through.rows)

    def visits(self, ask: Ask, cohort: Cohort, *, as_of: date) -> Answer[rows.Visit]:
        """Return how long the visits of stages took that the deals of a cohort made."""
        parts, params = asking.cohort_parts(ask, cohort)
        return self._answer("days in stage", "visits", (parts, params | {"as_of": as_of.isoformat()}), _visit)

    def usual_visits(self, as_of: date) -> Answer[rows.Visit]:
        """Return how long visits of stages took in the deals that were closed last."""
        parts = {"filter": "1 = 1", "cohort": asking.COHORTS["latest"], "visit": "1 = 1", "visit_filter": "1 = 1"}
        params = {"as_of": as_of.isoformat(), "latest": LEARNT_FROM}
        return self._answer("usual days in stage", "visits", (parts, params), _visit)

    def activity(self, ask: Ask) -> Answer[rows.ActivityCount]:
        """Return done activities in the spans by what they were."""
        parts, params = asking.activity_parts(ask)
        parts["outcome"] = asking.counted_outcome(params, Outcomes(self._engine).counted())
        fixed = {"connected": activities.CONNECTED, "no_show": activities.NO_SHOW}
        return self._answer("done activities", "activity", (parts, params | fixed), _activity)

    def replies(self, ask: Ask) -> Answer[rows.Replies]:
        """Return how many people were mailed in the spans, and how many of them replied."""
        return self._answer("people mailed", "replies", asking.activity_parts(ask), _replies)

    def slipping(self, today: date, only: Filter, limits: Mapping[int, rows.Limit]) -> Answer[rows.Slip]:
        """Return open deals by what is wrong with them; limits say how long a stage's deals may be left alone."""
        return self._answer("slipping deals", "slipping", asking.slipping_parts(today, only, limits), _slip)

    def today(self, about: rows.Morning, only: Filter, *, most: int, leads: int = 0) -> Answer[rows.Todo]:
        """Return what wants doing, so many of each class (-1: all): those with the most money behind them first.

        Of leads there are more where they are asked for: it takes their scores to know which ones come first.
        """
        parts, params = asking.today_parts(about, only)
        filled = parts, params | {"most": most, "leads": max(most, leads)}
        return self._answer("what wants doing", "today", filled, rows.Todo._make)

    def quotas(self, first_on: date, last_on: date, only: Filter) -> Answer[Quota]:
        """Return the targets whose period touches some days."""
        where, params = asking.narrowed(only, "quotas", "q")
        filled = {"filter": where}, params | asking.days_of([(first_on, last_on)])
        return self._answer("targets", "quotas", filled, _quota)

    def rates(self, as_of: date) -> dict[str, int]:
        """Return the latest rate of every currency by a day, in billionths of the book's."""
        return dict(self._answer("rates", "rates", ({}, {"as_of": as_of.isoformat()}), _pair).rows)

    def undated(self, kind: Literal["deals", "sales", "created"], only: Filter) -> int:
        """Return how many closed deals have no close date, sales no date, or deals no day of creation."""
        where, params = asking.narrowed(only, "sales" if kind == "sales" else "deals", "s" if kind == "sales" else "d")
        filled = {"filter": where}, params
        return self._answer("undated", "undated", filled, lambda row: int(row[0]), section=kind).rows[0]

    def later(self, kind: Later, only: Filter, days: tuple[date, date], *, today: date) -> int:
        """Return how many deals closed or created, wins, sales (or recorded sales) of some days come after today."""
        filled = asking.later_parts(kind, only, days, today)
        section = kind if kind in {"deals", "created"} else "revenue"
        return self._answer("later", "later", filled, lambda row: int(row[0]), section=section).rows[0]

    def extent(self) -> tuple[date, date] | None:
        """Return the first and last day on which anything was created, closed or sold; None in an empty book."""
        first, last = self._answer("extent", "extent", ({}, {}), lambda row: row).rows[0]
        return (date.fromisoformat(first), date.fromisoformat(last)) if first else None

    def _answer(
        self,
        name: str,
        file: str,
        filled: tuple[Parts, Params],
        made: Callable[[Row], T],
        *,
        section: str = "answer",
        ids_section: str = "ids",
    ) -> Answer[T]:
        parts, params = filled
        texts = asking.sections(file)
        scope = texts["scope"].format_map(parts) if "scope" in texts else ""
        sql = scope + texts[section].format_map(parts)
        ids = scope + texts[ids_section].format_map(parts) if ids_section in texts else ""
        found = tuple(made(row) for row in self._engine.stream(sql, params))
        return Answer(name=name, rows=found, sql=sql, params=params, ids_sql=ids)


def _deal_count(row: Row) -> rows.DealCount:
    return rows.DealCount(row[0], Key(row[1], row[2]), row[3], row[4], Worth(*row[5:]))


def _middle(row: Row) -> rows.MiddleDeal:
    worth = Worth(row[3], row[4], priced=1, amount=row[5], left=0, left_amount=0)
    return rows.MiddleDeal(row[0], Key(row[1], row[2]), worth)


def _stretch(row: Row) -> rows.Stretch:
    return rows.Stretch(row[0], Key(row[1], row[2]), *row[3:])


def _revenue(row: Row) -> rows.Revenue:
    return rows.Revenue(row[0], Key(row[1], row[2]), row[3], row[4], Worth(*row[5:]))


def _booked(row: Row) -> rows.Booked:
    return rows.Booked(row[0], row[1], row[2], row[3], Worth(*row[4:]))


def _open_deals(row: Row) -> rows.OpenDeals:
    flags = [bool(flag) for flag in row[2:6]]
    return rows.OpenDeals(row[0], row[1], *flags, *row[6:])


def _stage(row: Row) -> rows.StageRow:
    return rows.StageRow._make((*row[:8], bool(row[8])))


def _flow(row: Row) -> rows.Flow:
    return rows.Flow(row[0], row[1], row[2], bool(row[3]), row[4], bool(row[5]), row[6], again=bool(row[7]))


def _visit(row: Row) -> rows.Visit:
    return rows.Visit(row[0], bool(row[1]), *row[2:])


def _activity(row: Row) -> rows.ActivityCount:
    return rows.ActivityCount(row[0], Key(row[1], row[2]), *row[3:])


def _replies(row: Row) -> rows.Replies:
    return rows.Replies(row[0], Key(row[1], row[2]), *row[3:])


def _slip(row: Row) -> rows.Slip:
    return rows.Slip(bool(row[0]), bool(row[1]), bool(row[2]), *row[3:])


def _quota(row: Row) -> Quota:
    key, metric, start, end, target, currency, owner_id, owner, channel = row
    return Quota(
        id=key,
        metric=metric,
        start_on=date.fromisoformat(start),
        end_on=date.fromisoformat(end),
        target=target,
        currency=currency,
        owner_id=owner_id,
        owner=owner,
        channel=channel,
    )


def _pair(row: Row) -> tuple[str, int]:
    return row[0], row[1]
