"""Undo and redo: column by column, refused only where later work stands in the way, and then naming it."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from tests.walks import check_deals, dump

from salestrack.domain.money import Money
from salestrack.errors import RuleError
from salestrack.services.undo import redo, undo
from salestrack.store import Store

Run = Callable[..., Any]


COMMANDS = [
    "customer add Beta --alias b --email b@x.org --segment retail -t warm -t new",
    "product add Build 2500",
    "deal add 700 Acme Extra -t web -t big --next fri",
    "deal add - Gamma 'Something' --new --product 3xSetup --discount 10%",
    "log call Acme 'Talked' --for 15m --next +2d -t warm",
    "log call Delta --new",
    "plan demo Acme fri",
    "done a1 'went well' --next +3d",
    "sell 900 Acme Retainer --tax 19% -t web",
    "sell 900 Acme --deal d1 --product 2xSetup",
    "refund s1 100",
    "refund s1",
    "move d1 Proposal",
    "move d1 Proposal -d 2026-03-05",
    "push d1 2026-05-30 'no budget before May'",
    "won d1",
    "won d1 4800 -d 2026-03-10",
    "lost d1 price 'too dear'",
    "lost d1 'moved abroad' --new-reason",
    "reopen d2",
    "deal edit d1 --amount 6000 --probability 70 --close eom",
    "deal edit d1 --amount 5500 -d 2026-03-04",
    "deal edit d1 --amount 5100 --correct --note 'typed wrong'",
    "deal edit d2 --amount 8000",
    "stage add Trial --before Proposal",
    "stage edit Proposal --name Offer --probability 55 --stale 14",
    "stage edit Negotiation --before Qualified",
    "quota set 10000",
    "quota set 20000 2026-03",
    "quota set 12 2026 --per quarter --metric won",
    "quota rm q1",
]


@pytest.fixture
def busy(site: Run) -> Run:
    """Make a book where every command of COMMANDS has something to act on."""
    site("product add Setup 500", ok=True)
    site("sell 400 Acme Workshop --tax 19% --product Setup", ok=True)
    site("plan call Acme +2d", ok=True)
    site("deal add 9000 Omega 'Big one' --new -d 2026-03-02 --product 4xSetup", ok=True)
    site("won d2 -d 2026-03-09", ok=True)
    site("quota set 15000 2026-03", ok=True)
    return site


@pytest.mark.parametrize("line", COMMANDS)
def test_undo_leaves_the_book_as_it_was_and_redo_brings_the_change_back(busy: Run, store: Store, line: str) -> None:
    before = dump(store)
    busy(line, ok=True)
    after = dump(store)
    assert after != before
    busy("undo", ok=True)
    assert dump(store) == before
    busy("redo", ok=True)
    assert dump(store) == after
    busy("undo", ok=True)
    assert dump(store) == before
    assert store.engine.query("PRAGMA foreign_key_check") == []


def test_an_undo_can_be_undone_by_its_number(site: Run, store: Store) -> None:
    site("move d1 Proposal", ok=True)  # o4
    after = dump(store)
    site("undo o4", ok=True)  # o5
    assert store.deals.get(1).stage.name == "Lead"
    site("undo o5", ok=True)  # o6
    assert dump(store) == after
    site("undo o6", ok=True)
    assert store.deals.get(1).stage.name == "Lead"


@pytest.mark.parametrize(
    ("first", "second", "problem"),
    [
        ("undo o3", "undo o3", "o3 is undone already, by o4"),
        ("undo o1", None, "making the book cannot be undone"),
        ("redo o3", None, "o3 is in force; there is nothing to redo"),
    ],
)
def test_what_is_undone_or_in_force_already_is_said_so(site: Run, first: str, second: str | None, problem: str) -> None:
    if second:
        site(first, ok=True)
    result = site(second or first)
    assert result.exit_code == 1
    assert problem in result.stderr


def test_there_may_be_nothing_to_undo_or_redo(run: Run) -> None:
    assert (run("undo").exit_code, run("redo").exit_code) == (4, 4)
    assert "there is nothing to undo" in run("undo").stderr
    assert run("undo o99").exit_code == 4
    assert run("undo d1").exit_code == 2


# --- column by column --------------------------------------------------------------------------------------------


def test_a_week_old_mistake_is_undone_although_the_deal_got_tags_calls_and_a_new_title_since(
    site: Run, store: Store
) -> None:
    site("deal edit d1 --amount 50000", ok=True)  # o4
    with store.operation("tagged") as op:
        store.tags.put("deal", 1, ["web"], op=op.id)
    site("log call Acme --next +2d", ok=True)
    site("deal edit d1 --title 'Other site' --note 'urgent'", ok=True)
    site("undo o4", ok=True)
    after = store.deals.get(1)
    assert (after.amount, after.title, after.note) == (Money(500000, "USD"), "Other site", "urgent")
    assert store.tags.of("deal", 1) == ["web"]
    check_deals(dump(store))


def test_an_undo_is_refused_where_the_same_column_changed_since_naming_that_operation(site: Run, store: Store) -> None:
    site("deal edit d1 --amount 50000", ok=True)  # o4
    site("deal edit d1 --amount 60000", ok=True)  # o5
    before = dump(store)
    result = site("undo o4")
    assert result.exit_code == 1
    assert result.stderr.splitlines() == [
        "salestrack: cannot undo o4: d1 was changed later by o5 (amount)",
        "hint: salestrack undo o5 first",
    ]
    assert dump(store) == before
    site("undo o5", ok=True)
    site("undo o4", ok=True)
    assert store.deals.get(1).amount == Money(500000, "USD")


def test_a_column_that_was_changed_back_by_hand_was_changed_all_the_same(site: Run, store: Store) -> None:
    site("deal edit d1 --note first", ok=True)  # o4
    site("deal edit d1 --note second", ok=True)
    site("deal edit d1 --note first", ok=True)  # o6
    assert "d1 was changed later by o6 (note)" in site("undo o4").stderr


def test_a_change_that_was_itself_undone_stands_in_nobodys_way(site: Run, store: Store) -> None:
    site("deal edit d1 --note first", ok=True)  # o4
    site("deal edit d1 --note second", ok=True)  # o5
    for line in ("undo o5", "redo o5", "undo o5", "undo o4"):
        site(line, ok=True)
    assert store.deals.get(1).note is None


@pytest.mark.parametrize(
    ("mistake", "later", "field", "was", "kept"),
    [
        ("deal edit d1 --amount 50000", "move d1 Proposal", "amount", Money(500000, "USD"), "Proposal"),
        ("deal edit d1 --amount 50000", "move d1 Proposal -d 2026-03-05", "amount", Money(500000, "USD"), "Proposal"),
        ("deal edit d1 --amount 50000 --correct", "move d1 Proposal", "amount", Money(500000, "USD"), "Proposal"),
        ("push d1 2026-06-30", "move d1 Proposal", "expected_on", date(2026, 3, 31), "Proposal"),
        ("deal edit d1 --probability 90 -d 2026-03-03", "move d1 Proposal", "probability", None, "Proposal"),
    ],
)
def test_a_mistake_in_one_field_is_undone_on_every_day_although_another_field_moved_on_since(
    site: Run, store: Store, mistake: str, later: str, field: str, was: object, kept: str
) -> None:
    site(mistake, ok=True)  # o4
    site(later, ok=True)
    site("undo o4", ok=True)
    after = store.deals.get(1)
    assert (getattr(after, field), after.stage.name) == (was, kept)
    column = "amount" if field == "amount" else field
    told = {version._asdict()[column] for version in store.deals.versions(1)}
    assert told == {was.minor if isinstance(was, Money) else was}
    check_deals(dump(store))
    site("redo o4", ok=True)
    assert getattr(store.deals.get(1), field) != was
    check_deals(dump(store))


def test_two_mistakes_in_different_fields_are_undone_in_any_order(site: Run, store: Store) -> None:
    before = store.deals.get(1)
    site("deal edit d1 --amount 50000", ok=True)  # o4
    site("push d1 2026-06-30", ok=True)  # o5
    site("move d1 Proposal -d 2026-03-07", ok=True)  # o6
    for op in ("o4", "o6", "o5"):
        site(f"undo {op}", ok=True)
        check_deals(dump(store))
    assert store.deals.get(1) == before
    amounts = {(v.amount, v.stage_id, v.expected_on) for v in store.deals.versions(1)}
    assert len(amounts) == 1


def test_an_amount_is_not_taken_back_from_under_a_deal_that_was_closed_with_it(site: Run, store: Store) -> None:
    site("deal edit d1 --amount 50000", ok=True)  # o4
    site("won d1", ok=True)  # o5
    result = site("undo o4")
    assert result.exit_code == 1
    assert "cannot undo o4: d1 was changed later by o5" in result.stderr
    site("undo o5", ok=True)
    site("undo o4", ok=True)


def test_a_redo_is_refused_where_the_history_went_on_since_the_undo(site: Run, store: Store) -> None:
    site("deal edit d1 --amount 50000", ok=True)  # o4
    site("undo o4", ok=True)  # o5
    site("move d1 Proposal", ok=True)  # o6
    result = site("redo o4")
    assert result.exit_code == 1
    assert "cannot redo o4: the history of d1 was changed later by o6" in result.stderr
    site("undo o6", ok=True)
    site("redo o4", ok=True)
    assert store.deals.get(1).amount == Money(5000000, "USD")
    check_deals(dump(store))


def test_the_hint_of_a_refusal_leads_out_of_it(site: Run, store: Store) -> None:
    """Following the hints of refusals takes everything away, whichever operation one begins with."""
    for line in ("move d1 Proposal", "deal edit d1 --amount 7000", "won d1", "reopen d1"):
        site(line, ok=True)
    pending, steps = ["undo o2"], 0
    while pending and steps < 50:
        steps += 1
        result = site(pending[-1])
        if result.exit_code == 0:
            pending.pop()
        else:
            hint = result.stderr.splitlines()[1]
            pending.append(hint.removeprefix("hint: salestrack ").removesuffix(" first"))
    assert not pending
    assert store.engine.value("SELECT count(*) FROM customers") == 0


# --- two people --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("act", "op"), [(undo, "o4"), (redo, "o5")])
def test_of_two_who_undo_or_redo_the_same_at_once_the_second_is_refused(
    site: Run, store: Store, monkeypatch: pytest.MonkeyPatch, act: Callable[..., Any], op: str
) -> None:
    site("move d1 Proposal", ok=True)  # o4
    site("move d1 Negotiation", ok=True)  # o5
    site("undo o5", ok=True)
    begin = store.operation

    def late(*words: Any, **options: Any) -> Any:
        """Get the book only after somebody else did the same."""
        site(f"{act.__name__} {op}", ok=True)
        return begin(*words, **options)

    monkeypatch.setattr(store, "operation", late)
    with pytest.raises(RuleError, match=f"{op} was undone or redone by somebody else just now"):
        act(store, op)
    check_deals(dump(store))
