"""Every fact is checked against the same figure worked out in plain Python over the same records."""

import random
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from itertools import pairwise
from statistics import median_low

import pytest

from salestrack.domain.facts import EVER, Ask, Currencies
from salestrack.domain.filters import Filter
from salestrack.services.setup import Answers, new_book
from salestrack.store import Actor, Store, open_store
from salestrack.store.questions import sections

TODAY = date(2026, 3, 18)
ACTOR = Actor("tester", terminal=False, now=lambda: datetime(2026, 3, 18))
USD = Currencies("USD", "USD")
OPEN, PLACES = ("Lead", "Qualified", "Proposal", "Negotiation"), range(4)


@dataclass
class Visit:
    """A deal in a stage from one day until another, both known."""

    stage: str
    since: date
    until: date | None = None


@dataclass
class Sold:
    """A deal as the oracle sees it."""

    id: int
    visits: list[Visit]
    amount: int | None
    owner: int | None
    source: str | None
    tags: list[int] = field(default_factory=list)
    parts: list[tuple[int | None, int]] = field(default_factory=list)

    @property
    def status(self) -> str:
        return {"Won": "won", "Lost": "lost"}.get(self.visits[-1].stage, "open")

    @property
    def created(self) -> date:
        return self.visits[0].since

    @property
    def closed(self) -> date | None:
        return None if self.status == "open" else self.visits[-1].since

    @property
    def open_places(self) -> list[int]:
        return [OPEN.index(visit.stage) for visit in self.visits if visit.stage in OPEN]


@dataclass
class Ledger:
    store: Store
    deals: list[Sold]


def walk(rng: random.Random) -> list[Visit]:
    """Return the visits of a deal that moves on, back, and at last perhaps out, several times a day at times."""
    day = TODAY - timedelta(days=rng.randint(0, 200))
    visits = [Visit(rng.choice(OPEN[:2]), day)]
    for _ in range(rng.randint(0, 5)):
        day = min(TODAY, day + timedelta(days=rng.choice((0, 0, 1, 5, 20))))
        last = visits[-1].stage
        stage = rng.choice([name for name in (*OPEN, "Won", "Lost") if name != last])
        if last in {"Won", "Lost"}:
            stage = rng.choice(OPEN)
        visits.append(Visit(stage, day))
    for earlier, later in pairwise(visits):
        earlier.until = later.since
    return visits


@pytest.fixture(scope="module", params=range(4))
def ledger(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ledger]:
    """Return a book of random deals, and the same deals for the oracle; the tests only read it."""
    rng = random.Random(request.param)
    path = tmp_path_factory.mktemp("facts") / "book.db"
    new_book(path, Answers(currency="USD"), ACTOR)
    store = open_store(str(path), ACTOR)
    insert = store.engine.insert
    for name in ("Ann", "Bob"):
        insert("owners", {"name": name, "created_op": 1})
    for name in ("hot", "cold"):
        insert("tags", {"name": name, "created_op": 1})
    for name in ("Build", "Care"):
        insert("products", {"name": name, "key": name.lower(), "currency": "USD", "created_op": 1})
    stages = {row["name"]: row["id"] for row in store.engine.query("SELECT id, name FROM stages")}
    deals = []
    for number in range(1, 61):
        amount = rng.choice((None, *[rng.randint(0, 900) * 100] * 4))
        deal = Sold(number, walk(rng), amount, rng.choice((None, 1, 2)), rng.choice((None, "web", "fair")))
        deal.tags = rng.sample([1, 2], rng.randint(0, 2))
        if amount and rng.random() < 0.7:
            first = rng.randint(0, amount)
            deal.parts = [(rng.choice((1, 2)), first), (rng.choice((None, 1, 2)), amount - first)]
        deals.append(deal)
        put(store, deal, stages)
    yield Ledger(store, deals)
    store.close()


def put(store: Store, deal: Sold, stages: dict[str, int]) -> None:
    """Write a deal with its history, lines and tags into the tables."""
    last, closed = deal.visits[-1], deal.closed
    insert = store.engine.insert
    shared = {"amount": deal.amount, "currency": "USD", "owner_id": deal.owner, "created_op": 1}
    insert(
        "deals",
        {
            "id": deal.id, "title": f"Deal {deal.id}", "pipeline_id": 1, "stage_id": stages[last.stage],
            "stage_since": last.since.isoformat(), "status": deal.status, "source": deal.source,
            "created_on": deal.created.isoformat(), "closed_on": closed.isoformat() if closed else None,
            "book_amount": deal.amount if closed else None, **shared,
        },
    )  # fmt: skip
    before = None
    for visit in deal.visits:
        since, until = visit.since.isoformat(), visit.until.isoformat() if visit.until else None
        seq = before[1] + 1 if before and before[0] == since else 1
        before = (since, seq)
        insert(
            "deal_history",
            {
                "deal_id": deal.id, "seq": seq, "from_on": since, "to_on": until, "stage_id": stages[visit.stage],
                "stage_since": since, **shared,
            },
        )  # fmt: skip
    for place, (product, amount) in enumerate(deal.parts):
        line = {"deal_id": deal.id, "position": place, "kind": "product" if product else "discount"}
        line |= {"product_id": product, "amount": amount, "book_amount": amount if closed else None, "created_op": 1}
        insert("deal_lines", line)
    for tag in deal.tags:
        insert("deal_tags", {"deal_id": deal.id, "tag_id": tag, "created_op": 1})


def spread(parts: list[tuple[int | None, int]]) -> list[tuple[int | None, int]]:
    """Return the product lines with the others spread over them, the largest remainders first."""
    lines = [(product, amount) for product, amount in parts if product]
    rest = sum(amount for product, amount in parts if not product)
    weights = [amount for _, amount in lines] if any(amount for _, amount in lines) else [1] * len(lines)
    whole = sum(weights)
    shares = [rest * weight // whole for weight in weights]
    order = sorted(range(len(lines)), key=lambda at: (-(rest * weights[at] % whole), at))
    for at in order[: rest - sum(shares)]:
        shares[at] += 1
    return [(product, amount + share) for (product, amount), share in zip(lines, shares, strict=True)]


def ask(*spans: tuple[date, date], by: str | None = None, only: Filter | None = None) -> Ask:
    return Ask(spans=spans or ((date(2025, 1, 1), TODAY),), by=by, only=only or Filter(), currencies=USD)


SPANS = ((date(2026, 1, 1), date(2026, 1, 31)), (date(2026, 2, 1), TODAY))


def test_closed_deals_are_counted_by_close_date_and_outcome_in_every_span(ledger):
    found = {
        (row.span, row.status): (row.deals, row.worth.priced, row.worth.amount)
        for row in ledger.store.facts.closed(ask(*SPANS)).rows
    }
    wanted = {}
    for span, (first, last) in enumerate(SPANS):
        for status in ("won", "lost"):
            own = [d for d in ledger.deals if d.status == status and first <= d.closed <= last]
            if own:
                amounts = [d.amount for d in own if d.amount is not None]
                wanted[span, status] = (len(own), len(amounts), sum(amounts))
    assert found == wanted


@pytest.mark.parametrize("by", ["owner", "source"])
def test_a_split_keeps_the_deals_without_a_value(ledger, by):
    rows = ledger.store.facts.closed(ask(by=by)).rows
    found = {(row.key.name, row.status): row.deals for row in rows}
    names = {1: "Ann", 2: "Bob", None: None}
    wanted = Counter(
        (names[d.owner] if by == "owner" else d.source, d.status) for d in ledger.deals if d.status != "open"
    )
    assert found == dict(wanted)


def test_a_split_by_stage_is_by_the_last_one_before_the_close(ledger):
    wanted = Counter((OPEN[d.open_places[-1]], d.status) for d in ledger.deals if d.status != "open")
    for asked in (ask(by="stage"), replace(ask(by="stage"), as_of=TODAY)):
        rows = ledger.store.facts.closed(asked).rows
        assert {(row.key.name, row.status): row.deals for row in rows} == dict(wanted)


def test_a_split_by_product_adds_up_to_the_amounts_and_counts_a_deal_once_per_product(ledger):
    rows = ledger.store.facts.closed(ask(by="product")).rows
    deals, amounts = defaultdict(set), Counter()
    names = {1: "Build", 2: "Care", None: None}
    for deal in ledger.deals:
        if deal.status == "won":
            for product, amount in spread(deal.parts) or [(None, deal.amount or 0)]:
                deals[names[product]].add(deal.id)
                amounts[names[product]] += amount
    found = {row.key.name: (row.deals, row.worth.amount) for row in rows if row.status == "won"}
    assert found == {name: (len(ids), amounts[name]) for name, ids in deals.items()}
    assert sum(amount for _, amount in found.values()) == sum(
        deal.amount or 0 for deal in ledger.deals if deal.status == "won"
    )


def test_a_split_by_tag_counts_a_deal_in_each_of_its_tags(ledger):
    rows = ledger.store.facts.closed(ask(by="tag")).rows
    wanted = Counter()
    for deal in ledger.deals:
        if deal.status == "lost":
            wanted.update({1: "hot", 2: "cold"}[tag] for tag in deal.tags)
            wanted.update([None] if not deal.tags else [])
    assert {row.key.name: row.deals for row in rows if row.status == "lost"} == dict(wanted)


def test_the_middle_of_the_won_deals_is_their_median(ledger):
    rows = ledger.store.facts.middle(ask()).rows
    amounts = [d.amount for d in ledger.deals if d.status == "won" and d.amount is not None]
    middle = [row.worth.amount for row in rows]
    assert len(middle) == (2 if len(amounts) % 2 == 0 else 1)
    assert min(middle) == median_low(amounts)


def test_days_from_creation_to_close(ledger):
    rows = ledger.store.facts.cycles(ask()).rows
    wanted = Counter((d.status, (d.closed - d.created).days) for d in ledger.deals if d.status != "open")
    assert {(row.status, row.days): row.deals for row in rows} == dict(wanted)


def test_deals_won_too_late_are_neither_won_nor_lost(ledger):
    rows = ledger.store.facts.closed(ask(), within=10, created=True).rows
    wanted = Counter()
    for deal in ledger.deals:
        late = deal.status == "won" and (deal.closed - deal.created).days > 10
        wanted["late" if late else deal.status] += 1
    assert {row.status: row.deals for row in rows} == dict(wanted)


@pytest.mark.parametrize("back", [0, 3, 40, 90, 150])
def test_the_pipeline_as_of_any_day_is_what_a_walk_through_the_days_says(ledger, back):
    day = TODAY - timedelta(days=back)
    rows = ledger.store.facts.pipeline(TODAY, Filter(), as_of=day).rows
    wanted, amounts = Counter(), Counter()
    for deal in ledger.deals:
        begun = [visit for visit in deal.visits if visit.since <= day]
        if begun and begun[-1].stage in OPEN:
            wanted[begun[-1].stage] += 1
            amounts[begun[-1].stage] += deal.amount or 0
    names = {stage.id: stage.name for stage in ledger.store.facts.stages().rows}
    found, sums = Counter(), Counter()
    for row in rows:
        found[names[row.stage_id]] += row.deals
        sums[names[row.stage_id]] += row.amount
    assert found == wanted
    assert sums == amounts


@pytest.mark.parametrize("back", [0, 3, 40, 90, 150])
def test_what_was_closed_by_the_end_of_any_day_is_what_a_walk_through_the_days_says(ledger, back):
    day = TODAY - timedelta(days=back)
    facts, asked = ledger.store.facts, replace(ask(), as_of=day)
    wanted, revenue, days = Counter(), 0, Counter()
    for deal in ledger.deals:
        begun = [visit for visit in deal.visits if visit.since <= day]
        if begun and begun[-1].stage not in OPEN:
            status = begun[-1].stage.lower()
            wanted[status] += 1
            days[status, (begun[-1].since - deal.created).days] += 1
            revenue += (deal.amount or 0) if status == "won" else 0
    assert {row.status: row.deals for row in facts.closed(asked).rows} == wanted
    assert {(row.status, row.days): row.deals for row in facts.cycles(asked).rows} == days
    for by in (None, "product"):
        assert sum(row.worth.amount for row in facts.revenue(replace(asked, by=by)).rows) == revenue


def test_as_of_today_is_what_there_is_now(ledger):
    facts = ledger.store.facts
    for by in (None, "product", "owner", "tag"):
        now, then = ask(by=by), replace(ask(by=by), as_of=TODAY)
        assert facts.closed(now).rows == facts.closed(then).rows
        assert facts.revenue(now).rows == facts.revenue(then).rows
        assert facts.ids(facts.revenue(now)) == facts.ids(facts.revenue(then))


def test_the_pipeline_now_is_the_pipeline_as_of_today(ledger):
    facts = ledger.store.facts
    now, then = facts.pipeline(TODAY, Filter()), facts.pipeline(TODAY, Filter(), as_of=TODAY)
    assert {(r.stage_id, r.deals, r.amount, r.weighted) for r in now.rows} == {
        (r.stage_id, r.deals, r.amount, r.weighted) for r in then.rows
    }
    assert facts.ids(now) == facts.ids(then) == [f"d{d.id}" for d in ledger.deals if d.status == "open"]


def test_flow_tells_for_each_deal_how_far_it_came_and_where_it_was_last(ledger):
    rows = ledger.store.facts.flow(ask()).rows
    wanted = Counter()
    for deal in ledger.deals:
        places = deal.open_places
        # A won deal passed every stage, so how far it came before is not asked.
        known = (-1, True, "won", True) if deal.status == "won" else None
        wanted[known or (max(places), False, deal.status, places[-1] == max(places))] += 1
    assert {(row.top, row.won, row.status, row.at_top): row.deals for row in rows} == dict(wanted)


def test_the_cohort_of_a_stage_is_who_first_came_that_far_in_the_period(ledger):
    first, last = SPANS[0]
    rows = ledger.store.facts.flow(ask((first, last)), "entered").rows
    wanted = Counter()
    for deal in ledger.deals:
        for place in PLACES:
            reached = [
                v.since for v in deal.visits if (v.stage == "Won" and deal.status == "won") or v.stage in OPEN[place:]
            ]
            if reached and first <= reached[0] <= last:
                wanted[OPEN[place]] += 1
    names = {stage.id: stage.name for stage in ledger.store.facts.stages().rows}
    found = Counter()
    for row in rows:
        found[names[row.stage_id]] += row.deals
    assert found == wanted


def test_a_visit_lasts_from_the_day_it_began_to_the_day_of_the_next_stage(ledger):
    rows = ledger.store.facts.visits(ask(), "created", as_of=TODAY).rows
    wanted = Counter()
    for deal in ledger.deals:
        # Twice in one stage since the same day is one visit: nobody left it for a day.
        stays = {}
        for visit in deal.visits:
            if visit.stage in OPEN:
                key = (visit.stage, visit.since)
                stays[key] = [*stays.get(key, []), visit.until]
        for (stage, since), ends in stays.items():
            ended = None not in ends
            wanted[stage, ended, ((max(ends) if ended else TODAY) - since).days] += 1
    names = {stage.id: stage.name for stage in ledger.store.facts.stages().rows}
    assert {(names[r.stage_id], r.ended, r.days): r.visits for r in rows} == dict(wanted)


def test_all_time_holds_what_nobody_dated(store):
    engine = store.engine
    stage = engine.value("SELECT min(id) FROM stages")
    row = {"title": "x", "pipeline_id": 1, "stage_id": stage, "status": "open", "currency": "USD", "created_op": 1}
    deal = engine.insert("deals", row)
    engine.insert("deal_history", {"deal_id": deal, "seq": 1, "stage_id": stage, "currency": "USD", "created_op": 1})
    assert [row.deals for row in store.facts.flow(replace(ask(EVER), undated=True)).rows] == [1]
    assert store.facts.flow(ask()).rows == ()
    then = store.facts.pipeline(TODAY, Filter(), as_of=TODAY).rows
    assert [(row.dated, row.deals) for row in then] == [(False, 1)]


def test_the_ids_are_those_of_the_period_and_not_of_what_it_is_compared_with(ledger):
    first, other = SPANS[1], SPANS[0]
    answer = ledger.store.facts.closed(Ask(spans=(first, other), own=1, currencies=USD))
    wanted = [f"d{d.id}" for d in ledger.deals if d.closed and first[0] <= d.closed <= first[1]]
    assert ledger.store.facts.ids(answer) == wanted


def test_a_filter_narrows_every_question_about_deals(ledger):
    only = Filter(owners=(1,))
    facts = ledger.store.facts
    mine = [d for d in ledger.deals if d.owner == 1]
    assert sum(r.deals for r in facts.closed(ask(only=only)).rows) == sum(d.status != "open" for d in mine)
    assert sum(r.deals for r in facts.pipeline(TODAY, only).rows) == sum(d.status == "open" for d in mine)
    assert sum(r.deals for r in facts.flow(ask(only=only)).rows) == len(mine)
    assert sum(r.deals for r in facts.cycles(ask(only=only)).rows) == sum(d.status != "open" for d in mine)


def test_every_file_is_one_question_with_sections():
    for name in ("closed", "revenue", "flow", "visits", "slipping", "today", "recurring", "pipeline", "pipeline_as_of"):
        assert sections(name), name
        assert all(";" not in text for text in sections(name).values())
