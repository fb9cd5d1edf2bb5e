"""Random commands on a real book: as many undos give back the same book, redos the later one, and nothing ever tears.

SALESTRACK_STRESS=1 runs many more and longer walks.
"""

import os
from datetime import timedelta
from io import BytesIO

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import rule, run_state_machine_as_test
from tests.walks import Walk

from salestrack.domain.customers import Customer
from salestrack.domain.dates import Words
from salestrack.domain.money import Money
from salestrack.domain.periods import parse_period
from salestrack.domain.products import Product
from salestrack.domain.refs import Ref
from salestrack.services import activities, customers, deals, quotas, sales, stages
from salestrack.services.edits.fields import Given
from salestrack.services.edits.running import edit
from salestrack.services.edits.values import Setting
from salestrack.services.imports import import_file
from salestrack.services.imports.request import Request, on_conflict_of
from salestrack.services.pushes import push_deal
from salestrack.services.who import Found, find_who

STRESS = bool(os.environ.get("SALESTRACK_STRESS"))
EXAMPLES, STEPS = (250, 60) if STRESS else (30, 30)

NAMES = ["Acme", "Acme Tools", "Zürich Öl", "O'Neil & Sons", "İstanbul", 'Say "cheese"', "42", "OR"]
FIELDS = ["amount", "probability", "close", "title", "note"]
picks = st.integers(0, 5)
currencies = st.sampled_from(["USD", "USD", "EUR", "CHF"])
amounts = st.one_of(st.none(), st.builds(Money, st.sampled_from([0, 1, 100, 12_345, 999_999]), currencies))
back = st.sampled_from([0, 0, 0, 1, 2, 5, 30])


class DealWalk(Walk):
    """What happens to a few deals, again and again: here later work stands in the way of undos most."""

    @rule(
        pick=picks, stage=st.sampled_from(["Lead", "Qualified", "Proposal", "Negotiation", "Trial", "Won"]), days=back
    )
    def move(self, pick: int, stage: str, days: int) -> None:
        if deal := self.deal(pick):
            self.act(lambda: deals.move_deal(self.store, deal, stage, on=self.on(days)))

    @rule(pick=picks, days=st.integers(1, 60))
    def push(self, pick: int, days: int) -> None:
        if deal := self.deal(pick):
            to = self.today + timedelta(days=days)
            self.act(lambda: push_deal(self.store, deal, to, "later", on=self.today, now=self.now))

    @rule(pick=picks, amount=amounts, days=back)
    def won(self, pick: int, amount: Money | None, days: int) -> None:
        if deal := self.deal(pick):
            self.act(lambda: deals.win_deal(self.store, deal, amount, on=self.on(days)))

    @rule(pick=picks, reason=st.sampled_from(["price", "moved abroad"]), days=back)
    def lost(self, pick: int, reason: str, days: int) -> None:
        if deal := self.deal(pick):
            new = reason != "price"
            self.act(lambda: deals.lose_deal(self.store, deal, reason, "so it is", on=self.on(days), new_reason=new))

    @rule(pick=picks, days=back)
    def reopen(self, pick: int, days: int) -> None:
        if deal := self.deal(pick):
            self.act(lambda: deals.reopen_deal(self.store, deal, on=self.on(days)))

    @rule(
        pick=picks, days=back, correct=st.booleans(), amount=amounts,
        fields=st.sets(st.sampled_from(FIELDS), min_size=1, max_size=3), number=st.integers(0, 3),
    )  # fmt: skip
    def edit(self, pick: int, days: int, *, correct: bool, amount: Money | None, fields: set[str], number: int) -> None:
        values = {
            "amount": amount.text() if amount else "-",
            "probability": f"{10 * number}",
            "close": f"2026-06-{1 + number:02}",
            "title": f"T{number}",
            "note": f"N{number}",
        }
        given = Given(self.store, Words(self.today))
        changes = [Setting(f"--{field}", "d", field, values[field], given) for field in sorted(fields)]
        if deal := self.deal(pick):
            refs = [Ref("d", deal.id)]
            self.act(lambda: edit(self.store, refs, changes, on=self.on(days), ask=None, yes=True, correct=correct))


class BookWalk(DealWalk):
    """Everything that can be recorded."""

    @rule(name=st.sampled_from(NAMES), alias=st.sampled_from(["", "short", "Öl"]), tag=st.sampled_from(["", "warm"]))
    def add_customer(self, name: str, alias: str, tag: str) -> None:
        customer = Customer(name=name, email=f"{len(name)}@x.org", phone="030 1234567", created_on=self.today)
        given = {"aliases": [alias] if alias else [], "tags": [tag] if tag else [], "ask": None}
        self.act(lambda: customers.add_customer(self.store, customer, **given))  # type: ignore[arg-type]

    @rule(name=st.sampled_from(["Build", "Setup", "Care plan"]), price=amounts)
    def add_product(self, name: str, price: Money | None) -> None:
        def command() -> None:
            with self.store.operation("added") as op:
                op.touch(self.store.products.add(Product(name=name, price=price), currency="USD", op=op.id).ref)

        self.act(command)

    @rule(
        who=st.sampled_from(NAMES), amount=amounts, days=back, tags=st.sets(st.sampled_from(["web", "big"])),
        items=st.lists(st.sampled_from(["Build@10", "3xSetup@5.50", "Care plan"]), max_size=3), steps=st.booleans(),
        discount=st.sampled_from([None, "10%"]), probability=st.sampled_from([None, 40]),
    )  # fmt: skip
    def add_deal(
        self, who: str, amount: Money | None, days: int, tags: set[str], items: list[str], *, steps: bool,
        discount: str | None, probability: int | None,
    ) -> None:  # fmt: skip
        def command() -> None:
            currency = amount.currency if amount else "USD"
            new = deals.NewDeal(
                title="Something",
                amount=amount,
                on=self.on(days),
                probability=probability,
                expected_on=self.today + timedelta(days=20),
                lines=self.lines(items, discount, currency),
                tags=tuple(sorted(tags)),
                next_on=self.today + timedelta(days=3) if steps else None,
            )
            deals.add_deal(self.store, find_who(self.store, who, new=True, ask=None), new, now=self.now)

        self.act(command)

    @rule(
        who=st.sampled_from(NAMES),
        kind=st.sampled_from(["call", "demo"]),
        days=back,
        steps=st.booleans(),
        tag=st.sampled_from(["", "warm"]),
        pick=st.one_of(st.none(), picks),
    )
    def log(self, who: str, kind: str, days: int, *, steps: bool, tag: str, pick: int | None) -> None:
        deal = None if pick is None else self.deal(pick)

        def command() -> None:
            step = activities.Step(kind, self.today + timedelta(days=1)) if steps else None
            what = activities.Happening(
                kind, self.on(days), None, minutes=15, note="said", tags=(tag,) if tag else (), next=step
            )
            target = activities.find_target(
                self.store, deal.ref if deal else who, following="", deal=None, new=True, ask=None
            )
            activities.log(self.store, target, what, now=self.now, owner_id=None)

        self.act(command)

    @rule(who=st.sampled_from(["c1", "c2", "Acme", "d1"]), kind=st.sampled_from(["call", "demo"]))
    def plan(self, who: str, kind: str) -> None:
        def command() -> None:
            target = activities.find_target(self.store, who, following="", deal=None, new=False, ask=None)
            activities.plan(self.store, target, activities.Step(kind, self.today), now=self.now, owner_id=None)

        self.act(command)

    @rule(pick=picks)
    def done(self, pick: int) -> None:
        if key := self.some("activities", pick):
            what = activities.Happening("", self.today, None, next=activities.Step("", self.today + timedelta(days=2)))
            self.act(lambda: activities.finish(self.store, key, what, now=self.now))

    @rule(
        who=st.sampled_from(NAMES),
        amount=amounts,
        items=st.lists(st.sampled_from(["Build@10", "Setup@7"]), max_size=2),
        deal=st.booleans(),
        pick=picks,
    )
    def sell(self, who: str, amount: Money | None, items: list[str], *, deal: bool, pick: int) -> None:
        bill = self.deal(pick) if deal else None
        if amount is None:
            return

        def command() -> None:
            found = find_who(self.store, who, new=True, ask=None)
            if bill and bill.customer_id:
                found = Found(self.store.names.who(f"c{bill.customer_id}"))
            lines = self.lines(items, None, amount.currency)
            belongs = sales.find_invoiced(self.store, found, bill.ref if bill else None, ask=None)
            sales.sell(
                self.store, found, sales.NewSale(amount=amount, on=self.today, lines=lines, tags=("web",)), belongs
            )

        self.act(command)

    @rule(pick=picks, part=st.sampled_from([None, 1, 50]))
    def refund(self, pick: int, part: int | None) -> None:
        if key := self.some("sales", pick):
            currency = self.store.sales.get(key).amount.currency
            back = Money(part, currency) if part else None
            self.act(lambda: sales.refund(self.store, key, back, None, on=self.today))

    @rule(before=st.sampled_from([None, "Proposal", "Lead"]), name=st.sampled_from(["Trial", "Pilot"]))
    def add_stage(self, before: str | None, name: str) -> None:
        self.act(
            lambda: stages.add_stage(self.store, name, probability=None, before=before, pipeline=None, on=self.today)
        )

    @rule(
        stage=st.sampled_from(["Trial", "Proposal", "Offer", "Lead"]), name=st.sampled_from([None, "Offer", "Proposal"]),
        probability=st.sampled_from([None, 33, 44]), before=st.sampled_from([None, "Qualified", "Won"]),
    )  # fmt: skip
    def edit_stage(self, stage: str, name: str | None, probability: int | None, before: str | None) -> None:
        change = stages.Change(name=name, probability=probability, before=before)
        self.act(lambda: stages.edit_stage(self.store, stage, change, pipeline=None, on=self.today))

    @rule(amount=st.sampled_from(["1000", "2000"]), period=st.sampled_from(["2026-03", "2026Q1"]))
    def set_quota(self, amount: str, period: str) -> None:
        words = Words(self.today, week_start=0, order=None, fiscal_start=1)
        spec = quotas.Target(metric="revenue", amount=amount, decimal=".")
        self.act(lambda: quotas.set_quotas(self.store, spec, [parse_period(period, words)]))

    @rule(pick=picks)
    def remove_quota(self, pick: int) -> None:
        if key := self.some("quotas", pick):
            self.act(lambda: quotas.remove_quota(self.store, key))

    @rule(
        pick=picks,
        record=st.sampled_from(["customer", "deal", "sale", "activity"]),
        tag=st.sampled_from(["web", "warm", "new"]),
    )
    def tag(self, pick: int, record: str, tag: str) -> None:
        """Tag a record that is there."""
        table = {"customer": "customers", "deal": "deals", "sale": "sales", "activity": "activities"}[record]
        if key := self.some(table, pick):

            def command() -> None:
                with self.store.operation("tagged") as op:
                    self.store.tags.put(record, key, [tag], op=op.id)

            self.act(command)

    @rule(days=st.sampled_from([0, 1, 7]))
    def time_passes(self, days: int) -> None:
        """Let the clock go on."""
        self.now += timedelta(days=days, minutes=1)


class ImportWalk(DealWalk):
    """Files that come again and again, each time a little different, between what is done by hand."""

    @rule(
        rows=st.dictionaries(
            st.integers(1, 4),
            st.tuples(st.sampled_from(["Lead", "Proposal", "Won", "Lost"]), st.sampled_from(["", "100", "250"])),
            min_size=1,
        ),
        days=st.sampled_from([1, 9]), tags=st.sampled_from(["", "web"]), conflict=st.sampled_from(["update", "skip"]),
    )  # fmt: skip
    def bring_in(self, rows: dict[int, tuple[str, str]], days: int, tags: str, conflict: str) -> None:
        file = self.folder / "deals.csv"
        lines = ["id,title,customer,product,stage,amount,created,closed,tags"]
        for key, (stage, amount) in rows.items():
            closed = self.on(1) if stage in {"Won", "Lost"} else ""
            lines.append(f"{key},Deal {key},Customer {key % 2},Build,{stage},{amount},{self.on(days)},{closed},{tags}")
        file.write_text("\n".join(lines))
        on_conflict = on_conflict_of(conflict)
        request = Request(
            file=str(file), kind="deals", today=self.today, new=frozenset({"customers"}), on_conflict=on_conflict
        )
        self.act(lambda: import_file(self.store, request, stdin=BytesIO()))


@pytest.mark.stress
@pytest.mark.parametrize("walk", [DealWalk, BookWalk, ImportWalk])
def test_random_commands_and_as_many_undos_give_back_the_same_book(walk: type[Walk]) -> None:
    run_state_machine_as_test(
        walk,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
