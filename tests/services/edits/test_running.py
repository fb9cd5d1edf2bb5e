"""Many records at once: shown before, asked about once, written in one operation or not at all."""

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from tests.walks import dump

from salestrack.domain.dates import Words
from salestrack.domain.refs import Ref, parse_refs
from salestrack.errors import RuleError, UsageError
from salestrack.services.edits import telling
from salestrack.services.edits.fields import Given
from salestrack.services.edits.running import edit
from salestrack.services.edits.telling import Changed
from salestrack.services.edits.values import Setting
from salestrack.store import Actor, Store, open_store

Run = Callable[..., Any]
TODAY = date(2026, 3, 18)


class Person:
    """Answers every question alike, and remembers what was asked; acts may happen while it thinks."""

    def __init__(self, *, yes: bool, meanwhile: Callable[[], object] = lambda: None) -> None:
        self.yes = yes
        self.meanwhile = meanwhile
        self.asked: list[str] = []

    def confirm(self, question: str) -> bool:
        self.asked.append(question)
        self.meanwhile()
        return self.yes

    def choose(self, question: str, options: Sequence[str], *, needed: bool = False) -> int | None:
        raise AssertionError(question)


@pytest.fixture
def four(run: Run) -> Run:
    """Keep four deals, and two people who sell."""
    for line in ("owner add Ana", "owner add Ben", *(f"deal add {n}00 Acme Deal{n} --new" for n in (1, 2, 3, 4))):
        run(line, ok=True)
    return run


def refs(text: str) -> list[Ref]:
    return parse_refs(text, "d")


def setting(store: Store, name: str, text: str) -> Setting:
    return Setting(f"--{name}", "d", name, text, Given(store, Words(TODAY)))


def owner(store: Store, name: str, who: str, ask: Person | None, *, yes: bool = False) -> str:
    answer = edit(store, refs(who), [setting(store, "owner", name)], on=TODAY, ask=ask, yes=yes)
    return "\n".join([answer.line(), *answer.notes])


def test_three_or_more_are_shown_and_asked_about_once(four: Run, store: Store) -> None:
    person = Person(yes=True)
    assert owner(store, "ana", "1-4", person) == "4 deals · owner -> Ana (d1-d4) · undo: o8"
    (question,) = person.asked
    assert question.splitlines() == [
        *(f"d{n}  Acme · Deal{n}  owner none -> Ana" for n in (1, 2, 3, 4)),
        "Change 4 deals?",
    ]


def test_no_leaves_the_book_as_it_was(four: Run, store: Store) -> None:
    before = dump(store)
    with pytest.raises(RuleError, match="nothing was changed"):
        owner(store, "ana", "1-4", Person(yes=False))
    assert dump(store) == before
    assert store.engine.value("SELECT max(id) FROM operations") == 7


def test_two_are_not_asked_about(four: Run, store: Store) -> None:
    assert owner(store, "ana", "1,3", None) == "2 deals · owner -> Ana (d1, d3) · undo: o8"


def test_nobody_is_asked_where_fewer_than_three_would_change(four: Run, store: Store) -> None:
    owner(store, "ana", "1,2", None)
    assert owner(store, "ana", "1-4", Person(yes=False)) == (
        "2 deals · owner -> Ana (d3, d4) · undo: o9\nd1, d2 were so already"
    )


def test_off_a_terminal_many_need_to_be_meant(four: Run, store: Store) -> None:
    with pytest.raises(UsageError, match="this changes 4 deals"):
        owner(store, "ana", "1-4", None)
    assert owner(store, "ana", "1-4", None, yes=True) == "4 deals · owner -> Ana (d1-d4) · undo: o8"


def test_one_undo_takes_all_of_them_back(four: Run, store: Store) -> None:
    before = dump(store)
    four("deal edit 1-4 --owner ana --close 2026-04-30 -t push --note x -y", ok=True)
    four("undo", ok=True)
    now = dump(store)
    assert now.pop("tags") == []
    before.pop("tags")
    assert now == before


def test_one_that_breaks_a_rule_leaves_all_as_they_were(four: Run, store: Store) -> None:
    four("won d3", ok=True)
    before = dump(store)
    result = four("deal edit 1-4 --stage proposal -y")
    assert (result.exit_code, result.stderr) == (
        1, "salestrack: d3 is already Won\nhint: salestrack reopen d3\n",
    )  # fmt: skip
    assert dump(store) == before


def test_what_was_shown_is_what_is_written_or_nothing_is(four: Run, book: Path, store: Store, actor: Actor) -> None:
    def meanwhile() -> None:
        other = open_store(str(book), actor)
        owner(other, "ben", "2", None)
        other.close()

    with pytest.raises(RuleError, match="somebody changed these records meanwhile"):
        owner(store, "ana", "1-4", Person(yes=True, meanwhile=meanwhile))
    assert [store.deals.get(key).owner for key in (1, 2, 3, 4)] == [None, "Ben", None, None]


def test_two_writers_of_one_record_both_stand_in_its_history(four: Run, book: Path, store: Store, actor: Actor) -> None:
    other = open_store(str(book), actor)
    edit(store, refs("1"), [setting(store, "amount", "150")], on=TODAY, ask=None, yes=False)
    edit(other, refs("1"), [setting(other, "amount", "160")], on=TODAY, ask=None, yes=False)
    other.close()
    assert [version.amount for version in store.deals.versions(1)] == [10000, 15000, 16000]


def test_several_fields_of_a_deal_make_one_version(four: Run, store: Store) -> None:
    four("deal edit 1 --amount 150 --owner ana --close eom --probability 30 --stage proposal -d 2026-03-18", ok=True)
    assert len(store.deals.versions(1)) == 2


def test_changes_that_differ_are_told_with_the_records_that_they_were_made_on() -> None:
    def changed(number: int, *parts: Any) -> Changed:
        return Changed(Ref("d", number), "Deal", parts)

    parts = telling.of_many(
        [
            changed(12, ("owner", "none", "->", "Ana"), ("close", "none", "->", "Tue 2026-03-31")),
            changed(14, ("owner", "Ben", "->", "Ana")),
            changed(15, ("owner", "none", "->", "Ana"), ("close", "none", "->", "Tue 2026-03-31")),
            changed(16, ("owner", "none", "->", "Ana"), "tag +big"),
        ]
    )
    assert " · ".join(part if isinstance(part, str) else " ".join(map(str, part)) for part in parts) == (
        "4 deals · owner -> Ana (d12, d14-d16) · close -> Tue 2026-03-31 (d12, d15) · tag +big (d16)"
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [("1", "d1"), ("1,2", "d1, d2"), ("1-3", "d1-d3"), ("1,3-5,9", "d1, d3-d5, d9"), ("5,4,3", "d5, d4, d3")],
)
def test_ids_are_told_as_a_person_would_write_them(text: str, expected: str) -> None:
    assert telling.compact(refs(text)) == expected


def test_a_long_preview_says_how_many_more() -> None:
    many = [
        Changed(Ref("d", n), "A very long name of a deal that would not fit on a line", ("tag +x",))
        for n in range(1, 31)
    ]
    lines = telling.preview(many).splitlines()
    assert (len(lines), lines[-1]) == (16, "... and 15 more")
    assert max(map(len, lines)) < 80


@pytest.mark.parametrize(
    ("line", "touched"),
    [
        ("edit d1 d2 --note x", "d1 c1 d2"),
        ("edit d2,d1 --note x", "d2 c1 d1"),
        ("deal edit acme1 --note x", None),
        ("edit @ --note x", "d4 c1"),
        ("deal edit @ --note x", "d4 c1"),
        ("customer edit acme --note x", "c1"),
        ("customer edit @ --note x", "c1"),
        ("customer edit 1 --note x", "c1"),
        ("deal edit 1 2-3 --note x -y", "d1 c1 d2 d3"),
        ("deal edit d1,1 --note x", "d1 c1"),
    ],
)
def test_records_are_named_by_ids_or_one_name(four: Run, store: Store, line: str, touched: str | None) -> None:
    result = four(line)
    if touched is None:
        assert result.exit_code == 4
    else:
        assert store.engine.value("SELECT refs FROM operations ORDER BY id DESC LIMIT 1") == touched, result.stderr


def test_a_number_that_is_also_a_customers_name_is_the_id(four: Run, store: Store) -> None:
    four("customer add c1", ok=True)
    assert "also the name of" in four("customer edit c1 --note x").stderr
    four("customer edit 1 --note x", ok=True)
    assert store.customers.get(1).note == "x"


def test_the_verb_of_a_merged_customer_is_carried_out_on_the_one_that_is_left(four: Run, store: Store) -> None:
    four("customer add Akme", ok=True)
    four("customer merge akme acme -y", ok=True)
    four("edit c2 --phone '030 1234567'", ok=True)
    assert {store.customers.get(key).phone for key in (1, 2)} == {"030 1234567", None}
    assert store.customers.get(store.customers.keeper(2)).phone == "030 1234567"
