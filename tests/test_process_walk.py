"""Random bending of the seller's own process, between deals that move: every undo gives the same book back.

SALESTRACK_STRESS=1 runs many more and longer walks.
"""

import os
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule, run_state_machine_as_test
from tests.walks import Walk

from salestrack.domain.days_off import Stretch
from salestrack.domain.money import Money
from salestrack.services import days_off, deals, kinds, outcomes, owners, pipelines, rates, reasons, stages, tags
from salestrack.services.activities import Happening, find_target, log
from salestrack.services.who import find_who

STRESS = bool(os.environ.get("SALESTRACK_STRESS"))
EXAMPLES, STEPS = (150, 60) if STRESS else (15, 25)

picks = st.integers(0, 5)
back = st.sampled_from([0, 0, 0, 2, 30])
stage_names = st.sampled_from(["Lead", "Qualified", "Proposal", "Demo", "Trial", "demo", "Won"])
words = st.sampled_from(
    ["survey", "Survey", "price", "slow", "busy", "warm", "Ana", "Ben", "visit", "sales", "renewals"]
)


class ProcessWalk(Walk):
    """Stages, pipelines, kinds, outcomes, reasons, owners, tags, rates and days off, with deals among them."""

    @rule(pick=picks, stage=stage_names, days=back)
    def move(self, pick: int, stage: str, days: int) -> None:
        if deal := self.deal(pick):
            self.act(lambda: deals.move_deal(self.store, deal, stage, on=self.on(days)))

    @rule(pick=picks, won=st.booleans(), reason=st.sampled_from([None, "price", "slow"]))
    def close(self, pick: int, reason: str | None, *, won: bool) -> None:
        if not (deal := self.deal(pick)):
            return
        if won:
            self.act(lambda: deals.win_deal(self.store, deal, None, on=self.today))
        else:
            self.act(lambda: deals.lose_deal(self.store, deal, reason, None, on=self.today, new_reason=False))

    @rule(pick=picks)
    def reopen(self, pick: int) -> None:
        if deal := self.deal(pick):
            self.act(lambda: deals.reopen_deal(self.store, deal, on=self.today))

    @rule(currency=st.sampled_from(["USD", "EUR", "CHF"]), tag=words, owner=st.sampled_from([None, "Ana", "Ben"]))
    def add_deal(self, currency: str, tag: str, owner: str | None) -> None:
        def command() -> None:
            new = deals.NewDeal(
                title="Something",
                amount=Money(12_345, currency),
                on=self.today,
                owner_id=self.store.owners.resolve(owner) if owner else None,
                tags=(tag,),
                lines=self.lines(["Build@100", "Setup@23.45"], currency=currency),
            )
            deals.add_deal(self.store, find_who(self.store, "Acme", new=False, ask=None), new, now=self.now)

        self.act(command)

    @rule(kind=st.sampled_from(["call", "survey", "visit"]), outcome=st.sampled_from([None, "busy", "warm"]), tag=words)
    def log(self, kind: str, outcome: str | None, tag: str) -> None:
        def command() -> None:
            what = Happening(
                kind=self.store.activities.kind(kind), on=self.today, at=None, outcome=outcome, tags=(tag,)
            )
            target = find_target(self.store, "Acme", following="", deal=None, new=False, ask=None)
            log(self.store, target, what, now=self.now, owner_id=None)

        self.act(command)

    @rule(name=stage_names, before=st.sampled_from([None, "Proposal", "Won", "Demo"]), remove=st.integers(0, 2))
    def stage(self, name: str, before: str | None, remove: int) -> None:
        store, to = self.store, "Qualified" if remove == 2 else None
        if remove:
            self.act(lambda: stages.remove_stage(store, name, pipeline=None, move_to=to, on=self.today))
        else:
            self.act(
                lambda: stages.add_stage(store, name, probability=None, before=before, pipeline=None, on=self.today)
            )

    @rule(name=stage_names, new=stage_names, before=st.sampled_from([None, "Proposal", "Won"]))
    def change_stage(self, name: str, new: str, before: str | None) -> None:
        change = stages.Change(name=new, before=before, probability=42)
        self.act(lambda: stages.edit_stage(self.store, name, change, pipeline=None, on=self.today))

    @rule(name=words, new=words, act=st.integers(0, 2))
    def pipeline(self, name: str, new: str, act: int) -> None:
        store = self.store
        commands = (
            lambda: pipelines.add_pipeline(store, name, None),
            lambda: pipelines.edit_pipeline(store, name, name=new, before=None),
            lambda: pipelines.retire_pipeline(store, name, on=self.today),
        )
        self.act(commands[act])

    @rule(name=words, new=words, letter=st.sampled_from([None, "x", "-", "c"]), act=st.integers(0, 2))
    def kind(self, name: str, new: str, letter: str | None, act: int) -> None:
        store = self.store
        commands = (
            lambda: kinds.add_kind(store, name, letter=letter),
            lambda: kinds.edit_kind(store, name, kinds.Change(new, letter)),
            lambda: kinds.retire_kind(store, name, on=self.today),
        )
        self.act(commands[act])

    @rule(name=words, counts=st.sampled_from([None, "connected"]), remove=st.booleans())
    def outcome(self, name: str, counts: str | None, *, remove: bool) -> None:
        if remove:
            self.act(lambda: outcomes.retire_outcome(self.store, name, on=self.today))
        else:
            self.act(lambda: outcomes.add_outcome(self.store, name, counts_as=counts))

    @rule(name=words, new=words, act=st.integers(0, 2))
    def reason(self, name: str, new: str, act: int) -> None:
        store = self.store
        commands = (
            lambda: reasons.add_reason(store, name),
            lambda: reasons.rename_reason(store, name, new, ask=None, yes=True),
            lambda: reasons.retire_reason(store, name, on=self.today),
        )
        self.act(commands[act])

    @rule(name=words, new=words, remove=st.booleans())
    def tag(self, name: str, new: str, *, remove: bool) -> None:
        if remove:
            self.act(lambda: tags.remove_tag(self.store, name, ask=None, yes=True))
        else:
            self.act(lambda: tags.edit_tag(self.store, name, new, ask=None, yes=True))

    @rule(name=st.sampled_from(["Ana", "Ben", "ana"]), other=st.sampled_from([None, "Ben"]), act=st.integers(0, 2))
    def owner(self, name: str, other: str | None, act: int) -> None:
        store = self.store
        commands = (
            lambda: owners.add_owner(store, name, email=None),
            lambda: owners.edit_owner(store, name, owners.Change(default=True)),
            lambda: owners.retire_owner(store, name, to=other, on=self.today),
        )
        self.act(commands[act])

    @rule(currency=st.sampled_from(["EUR", "CHF"]), rate=st.sampled_from(["1.5", "0.333333333"]), days=back)
    def rate(self, currency: str, rate: str, days: int) -> None:
        self.act(lambda: rates.set_rate(self.store, currency, rate, on=self.on(days), decimal=".", ask=None, yes=True))

    @rule(currency=st.sampled_from(["EUR", "CHF"]), days=back)
    def no_rate(self, currency: str, days: int) -> None:
        self.act(lambda: rates.remove_rate(self.store, currency, self.on(days)))

    @rule(
        first=st.integers(0, 20), length=st.integers(0, 9), name=st.sampled_from([None, "trip"]), remove=st.booleans()
    )
    def off(self, first: int, length: int, name: str | None, *, remove: bool) -> None:
        start = date(2026, 8, 3) + timedelta(days=first)
        stretch = Stretch(start, start + timedelta(days=length))
        if remove:
            self.act(lambda: days_off.remove_days_off(self.store, stretch))
        else:
            self.act(lambda: days_off.add_days_off(self.store, stretch, name))

    @invariant()
    def names_stay_apart(self) -> None:
        """Check that no list has a name twice, every letter stands for one kind, and there is somewhere to begin."""
        if not hasattr(self, "store"):
            return
        book = self.dump()
        for table in ("pipelines", "activity_kinds", "outcomes", "lost_reasons", "owners"):
            names = [row["name"].casefold() for row in book[table]]
            assert len(names) == len(set(names)), table
        assert any(not row["removed_on"] for row in book["pipelines"])
        live = [row for row in book["stages"] if not row["removed_on"]]
        for pipeline in book["pipelines"]:
            assert any(row["kind"] == "open" for row in live if row["pipeline_id"] == pipeline["id"])
        spans = [(row["name"], row["from_on"], row["to_on"]) for row in book["days_off"]]
        assert len(spans) == len(set(spans))


@pytest.mark.stress
def test_any_process_and_as_many_undos_give_back_the_same_book() -> None:
    run_state_machine_as_test(
        ProcessWalk,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
