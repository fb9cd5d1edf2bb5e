"""What goes into the SQL of facts/: its sections, the spans of days, and the pieces a question fills in."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any, Literal

from salestrack.domain.currencies import CURRENCIES
from salestrack.domain.facts import Ask, Currencies, Limit, Morning
from salestrack.domain.filters import Filter
from salestrack.domain.money import minor_digits
from salestrack.domain.rates import SCALE
from salestrack.errors import UsageError
from salestrack.store.dimensions import Dimension, dimension
from salestrack.store.field_tests import reaches
from salestrack.store.filters import conditions

Params = dict[str, Any]
Parts = dict[str, str]
Cohort = Literal["created", "entered", "closed"]
Basis = Literal["deals", "sales"]
Later = Literal["deals", "created", "wins", "sales", "recorded"]

# The deals of a cohort. coalesce keeps the database from fetching a large part of all deals through an index:
# walked in the order of their ids, a million of them are grouped without sorting.
COHORTS: dict[str, str] = {
    "created": "coalesce(d.created_on, '') BETWEEN :first_on AND :last_on",
    "closed": "coalesce(d.closed_on, '') BETWEEN :first_on AND :last_on",
    "entered": "d.id IN (SELECT deal_id FROM deal_history WHERE stage_since BETWEEN :first_on AND :last_on)",
    "latest": "d.id IN (SELECT id FROM deals WHERE closed_on IS NOT NULL ORDER BY closed_on DESC LIMIT :latest)",
}
# Recorded sales, each time that they repeat, in the columns of the view of revenue.
_SALES_ALONE = """(
        SELECT s.kind, s.id AS record_id, s.deal_id, s.on_date, s.amount, s.currency, s.book_amount, s.customer_id,
            s.owner_id, d.source, s.channel, NULL AS nth
        FROM sales s LEFT JOIN deals d ON d.id = s.deal_id
        UNION ALL
        SELECT s.kind, s.id, s.deal_id, o.on_date, o.amount, s.currency, o.book_amount, s.customer_id,
            s.owner_id, d.source, s.channel, o.nth
        FROM occurrences o JOIN sales s ON s.id = o.sale_id LEFT JOIN deals d ON d.id = s.deal_id
        WHERE o.nth > 0
    )"""

# Every time that a sale of no deal or a won deal falls due, the first included, in the same columns.
_CONTRACTED = """(
        SELECT 'deal' AS kind, d.id AS record_id, d.id AS deal_id, o.on_date, o.amount, d.currency, o.book_amount,
            d.customer_id, d.owner_id, d.source, NULL AS channel, o.nth
        FROM occurrences o JOIN deals d ON d.id = o.deal_id
        UNION ALL
        SELECT s.kind, s.id, s.deal_id, o.on_date, o.amount, s.currency, o.book_amount, s.customer_id,
            s.owner_id, d.source, s.channel, o.nth
        FROM occurrences o JOIN sales s ON s.id = o.sale_id LEFT JOIN deals d ON d.id = s.deal_id
        WHERE s.deal_id IS NULL OR d.status = 'lost'
    )"""


@cache
def sections(file: str) -> dict[str, str]:
    """Return the sections of a file in facts/ by name."""
    text = (files("salestrack.store") / "facts" / f"{file}.sql").read_text(encoding="utf-8")
    found: dict[str, str] = {}
    for piece in text.split("-- section ")[1:]:
        name, _, body = piece.partition("\n")
        found[name.strip()] = body
    return found


def narrowed(only: Filter, kind: str, alias: str) -> tuple[str, Params]:
    """Return a filter's condition without its period, which a report's spans stand for."""
    return conditions(replace(only, start=None, end=None), kind, alias)


def values(params: Params, name: str, rows: Iterable[tuple[Any, ...]]) -> str:
    """Return rows for a VALUES list and put what they hold into params."""
    found = []
    for at, row in enumerate(rows):
        params.update({f"{name}_{at}_{place}": value for place, value in enumerate(row)})
        found.append(f"({', '.join(f':{name}_{at}_{place}' for place in range(len(row)))})")
    return ", ".join(found)


def days_of(spans: Iterable[tuple[date, date]]) -> Params:
    """Return the first and the last day that any span holds."""
    firsts, lasts = zip(*spans, strict=True)
    return {"first_on": min(firsts).isoformat(), "last_on": max(lasts).isoformat()}


def then_parts(as_of: date | None, currencies: Currencies) -> tuple[str, Params]:
    """Return what stands in front of a question about a past day, and its parameters; nothing for today."""
    if as_of is None:
        return "", {}
    book = minor_digits(currencies.book)
    powers = {name: 10.0 ** (book - entry[0]) for name, entry in CURRENCIES.items() if entry[0] != 2}
    parts = {
        "powers": " ".join(f"WHEN '{name}' THEN {power}" for name, power in sorted(powers.items())),
        "power": str(10.0 ** (book - 2)),
        "occurrences": sections("recurring")["occurrences"].format_map({"horizon": "max(:as_of, :last_on)"}),
    }
    return sections("as_of")["then"].format_map(parts), {"as_of": as_of.isoformat(), "book": currencies.book}


def billing_parts(ask: Ask, today: date, most: int) -> tuple[Parts, Params]:
    """Return what fills in billing.sql, about the first span."""
    where, params = narrowed(ask.only, "deals", "d")
    then, more = then_parts(ask.as_of, ask.currencies)
    params |= more | days_of(ask.spans[:1]) | {"most": most, "today": today.isoformat()}
    return {"filter": where, "then": then}, params


def later_parts(kind: Later, only: Filter, days: tuple[date, date], today: date) -> tuple[Parts, Params]:
    """Return what fills in later.sql."""
    revenue = kind not in {"deals", "created"}
    where, params = narrowed(only, *(("revenue", "r") if revenue else ("deals", "d")))
    parts = {
        "filter": where,
        "source": _SALES_ALONE if kind == "recorded" else "revenue",
        "kinds": "r.kind = 'deal'" if kind == "wins" else "r.kind <> 'deal'",
    }
    return parts, params | days_of([days]) | {"today": today.isoformat()}


def closed_parts(ask: Ask, within: int | None, *, created: bool) -> tuple[Parts, Params]:
    """Return what fills in closed.sql."""
    parts, params = _spread(ask, "deals", "d")
    if created:
        parts |= {"day": "d.created_on", "among": "1 = 1"}
    else:
        parts |= {"day": "d.closed_on", "among": "d.status <> 'open'"}
    digits = minor_digits(ask.currencies.report) - minor_digits(ask.currencies.book)
    return parts, params | {"within": within, "scale": SCALE * 10.0**digits}


def revenue_parts(ask: Ask, basis: Basis) -> tuple[Parts, Params]:
    """Return what fills in revenue.sql."""
    parts, params = _spread(ask, "revenue", "r")
    return parts | {"source": "revenue" if basis == "deals" else _SALES_ALONE}, params


def recurring_parts(ask: Ask) -> tuple[Parts, Params]:
    """Return what fills in recurring.sql; a record that stands in one row alone can be split."""
    parts, params = _spread(ask, "revenue", "r")
    if parts["distinct"]:
        raise UsageError(f"what repeats cannot be split by '{ask.by}'", hint="--by customer, owner, segment or month")
    return parts, params


def contracted_parts(ask: Ask) -> tuple[Parts, Params]:
    """Return what fills in revenue.sql for all that falls due in the spans, whether by today or later."""
    parts, params = _spread(ask, "revenue", "r")
    return parts | {"source": _CONTRACTED}, params


def activity_parts(ask: Ask) -> tuple[Parts, Params]:
    """Return what fills in activity.sql and replies.sql."""
    return _spread(ask, "activities", "a")


def counted_outcome(params: Params, counted: Mapping[str, str]) -> str:
    """Return the outcome of an activity as reports count it: the book's own ones as what they stand for."""
    if not counted:
        return "a.outcome"
    cases = []
    for place, (own, known) in enumerate(counted.items()):
        params |= {f"own_{place}": own, f"known_{place}": known}
        cases.append(f"WHEN :own_{place} THEN :known_{place}")
    return f"CASE a.outcome {' '.join(cases)} ELSE a.outcome END"


def cohort_parts(ask: Ask, cohort: Cohort) -> tuple[Parts, Params]:
    """Return what fills in flow.sql and visits.sql, about the first span."""
    where, params = narrowed(replace(ask.only, pipelines=()), "deals", "d")
    visit = "h.stage_since BETWEEN :first_on AND :last_on" if cohort == "entered" else "1 = 1"
    parts = {"filter": where, "cohort": COHORTS[cohort], "visit": visit, "among": "d.status <> 'won'"}
    # A pipeline is asked about the deals that were ever in it, wherever they are now.
    of_pipeline = Filter(pipelines=ask.only.pipelines)
    deals, more = narrowed(of_pipeline, "deals", "d")
    visits, _ = narrowed(of_pipeline, "visits", "h")
    ever = f"d.id IN (SELECT h.deal_id FROM deal_history h WHERE {visits})" if ask.only.pipelines else "1 = 1"
    parts |= {"deal_filter": deals, "visit_filter": visits, "ever_filter": ever}
    params |= more | days_of(ask.spans[:1])
    if ask.undated:
        params["first_on"] = ""  # what nobody dated belongs to all time, and to no other period
    return parts, params


def flow_parts(ask: Ask, cohort: Cohort, *, pipelines: int) -> tuple[Parts, Params]:
    """Return what fills in flow.sql; with one pipeline nobody can have left it, which is quicker to count."""
    parts, params = cohort_parts(ask, cohort)
    if pipelines <= 1:
        return parts | {"pipeline": "d.pipeline_id", "again": "0"}, params
    among = "(d.status <> 'won' OR s.pipeline_id <> d.pipeline_id)"
    first = (
        "(SELECT min(o.pipeline_id) FROM deal_history h JOIN stages o ON o.id = h.stage_id"
        f" WHERE h.deal_id = d.id AND {parts['visit_filter']})"
    )
    again = f"s.pipeline_id <> CASE WHEN {parts['deal_filter']} THEN d.pipeline_id ELSE {first} END"
    return parts | {"among": among, "pipeline": "s.pipeline_id", "again": again}, params


def pipeline_parts(today: date, only: Filter, as_of: date | None) -> tuple[str, Parts, Params]:
    """Return the file about the pipeline now or then, and what fills it in."""
    kind, alias = ("versions", "h") if as_of else ("deals", "d")
    where, params = narrowed(only, kind, alias)
    file = "pipeline_as_of" if as_of else "pipeline"
    return file, {"filter": where}, params | {"as_of": (as_of or today).isoformat()}


def slipping_parts(today: date, only: Filter, limits: Mapping[int, Limit]) -> tuple[Parts, Params]:
    """Return what fills in slipping.sql."""
    where, params = narrowed(only, "deals", "d")
    params["today"] = today.isoformat()
    return {"filter": where, "limits": _limits(params, limits)}, params


def today_parts(about: Morning, only: Filter) -> tuple[Parts, Params]:
    """Return what fills in today.sql. Customers without a deal are left out where a filter is about deals."""
    deals, params = narrowed(only, "deals", "d")
    steps, more = narrowed(only, "activities", "a")
    params |= more
    leads = "1 = 0"
    about_people = all(reaches(test, "customers") for test in only.fields)
    if about_people and replace(only, start=None, end=None, stages=(), pipelines=(), products=(), statuses=()) == only:
        leads, more = narrowed(only, "customers", "c")
        params |= more
    parts = {
        "deal_filter": deals,
        "step_filter": steps,
        "lead_filter": leads,
        "limits": _limits(params, about.limits),
        "worths": values(params, "worth", about.worths.items()),
        # A step belongs to its open deal, else to its customer, else it stands alone.
        "subject": (
            "CASE WHEN d.status = 'open' THEN 'd' || d.id ELSE coalesce('c' || a.customer_id, 'a' || a.id) END"
        ),
    }
    days = {name: getattr(about, name) for name in ("today", "due_until", "week_end", "lead_from", "won_from")}
    return parts, params | {name: day.isoformat() for name, day in days.items()}


def _limits(params: Params, limits: Mapping[int, Limit]) -> str:
    rows = ((key, one.days, one.quiet_before.isoformat(), int(one.is_first)) for key, one in limits.items())
    return values(params, "limit", rows)


def _spread(ask: Ask, kind: str, alias: str) -> tuple[Parts, Params]:
    """Return the parts that questions about spans of days share."""
    where, params = narrowed(ask.only, kind, alias)
    by, extra = dimension(kind, ask.by)
    rows = [(at, first.isoformat(), last.isoformat()) for at, (first, last) in enumerate(ask.spans)]
    params |= extra | days_of(ask.spans)
    params |= {"own": ask.own, "currency": ask.currencies.report, "book": ask.currencies.book}
    then, more = then_parts(ask.as_of, ask.currencies)
    params |= more
    whole = ask.as_of is not None  # lines have no history, so on a past day every record is spread over them
    parts = {
        "then": then,
        "kept": "MATERIALIZED " if by.spread else "",  # what lines come to is worked out once
        "filter": where,
        "spans": values(params, "span", rows),
        "key": by.key,
        "key_id": by.key_id,
        "joins": by.joins,
        "distinct": "DISTINCT " if by.many else "",
        "amount": _measure(by, "amount", whole=whole) or f"{alias}.amount",
        "book_amount": _measure(by, "book_amount", whole=whole) or f"{alias}.book_amount",
    }
    return parts, params


def _measure(by: Dimension, measure: str, *, whole: bool) -> str:
    """Return what a record adds to its row; `whole` spreads every record over its lines, not only where it must."""
    text, texts = by.amount if measure == "amount" else by.book_amount, sections("lines")
    for line, record in by.spread.items():
        parts = {"line": line, "record": record, "measure": measure}
        share, among = texts["one"].format_map(parts), texts["spread"].strip().format_map(parts)
        filled = share if whole else f"CASE WHEN {among} THEN {share} ELSE {line}.{measure} END"
        text = text.replace(f"{{{line}.{measure}}}", filled)
    return text
