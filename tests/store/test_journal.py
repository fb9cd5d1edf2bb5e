"""Operations: what a command did, under one number, whole or not at all; and whose last act is meant."""

import json
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from salestrack.errors import NotFoundError, RuleError
from salestrack.services.undo import sentence, undo
from salestrack.store import Actor, Store, open_store
from salestrack.store.journal import Done

Run = Callable[..., Any]


def tag(store: Store, name: str, *, refs: tuple[str, ...] = ()) -> int:
    with store.operation("tagged") as op:
        store.engine.insert("tags", {"name": name, "created_op": op.id})
        op.touch(*refs)
    return op.id


def test_an_operation_tells_when_who_and_about_what(store: Store) -> None:
    key = tag(store, "web", refs=("d1", "c1", "d1"))
    assert store.journal.get(key) == Done(
        id=key, at="2026-03-18T14:30:00", who="tester", terminal=False, kind="do", verb="tagged", refs=("d1", "c1"),
        target=None, undone_by=None,
    )  # fmt: skip
    assert store.engine.query("SELECT op, paused FROM journal_session") == [{"op": None, "paused": 0}]


@pytest.mark.parametrize("problem", [RuleError("no"), KeyboardInterrupt(), ValueError("a mistake of ours")])
def test_an_operation_that_fails_leaves_no_row_no_number_and_no_journal(store: Store, problem: BaseException) -> None:
    def failing() -> None:
        with store.operation("tried") as op:
            store.engine.insert("tags", {"name": "web", "created_op": op.id})
            store.engine.update("settings", 1, {"value": "other"})
            raise problem

    before = store.journal.recent(limit=9)
    with pytest.raises(type(problem)):
        failing()
    assert store.journal.recent(limit=9) == before
    assert store.engine.value("SELECT count(*) FROM journal") == 0
    assert store.engine.query("SELECT op FROM journal_session") == [{"op": None}]
    assert tag(store, "web") == before[0].id + 1


def test_every_column_is_in_the_image_of_a_changed_row(store: Store) -> None:
    text = "quotes \" and '\nlines\ttabs ünïcode 💶 \\ backslash \x00 end"
    with store.operation("made") as op:
        key = store.engine.insert("customers", {"name": "A", "key": "a", "note": text, "created_op": op.id})
    with store.operation("changed") as op:
        store.engine.update("customers", key, {"note": "short", "country": "DE"})
    (image,) = store.journal.changes("customers", key)
    before, after = json.loads(image["before"]), json.loads(image["after"])
    assert tuple(before) == store.engine.columns("customers")
    assert (before["note"], after["note"]) == (text, "short")
    assert {name for name in before if before[name] != after[name]} == {"note", "country"}
    undo(store, f"o{op.id}")
    assert store.engine.value("SELECT note FROM customers WHERE id = ?", (key,)) == text


def test_a_change_made_outside_the_program_is_kept_in_the_journal_too(store: Store) -> None:
    store.engine.execute("UPDATE settings SET value = 'EUR' WHERE key = 'currency'")
    (image,) = store.engine.query("SELECT op, tbl, before FROM journal")
    assert (image["op"], image["tbl"], json.loads(image["before"])["value"]) == (None, "settings", "USD")


def test_no_images_are_kept_while_a_person_is_erased(store: Store) -> None:
    key = tag(store, "web")
    with store.operation("erased"):
        store.engine.execute("UPDATE journal_session SET paused = 1")
        store.engine.execute("UPDATE tags SET name = '-' WHERE created_op = ?", (key,))
        store.engine.execute("UPDATE journal_session SET paused = 0")
    assert store.engine.value("SELECT count(*) FROM journal") == 0


def test_history_of_a_record_finds_whole_refs_only(store: Store) -> None:
    one, eleven = tag(store, "a", refs=("d1",)), tag(store, "b", refs=("d11", "c1"))
    assert [done.id for done in store.journal.recent(limit=9, ref="d1")] == [one]
    assert [done.id for done in store.journal.recent(limit=9, ref="d11")] == [eleven]
    assert [done.id for done in store.journal.recent(limit=1)] == [eleven]


def test_an_operation_that_does_not_exist_is_not_found(store: Store) -> None:
    with pytest.raises(NotFoundError, match="there is no operation o99"):
        store.journal.get(99)


# --- whose last act ----------------------------------------------------------------------------------------------


@pytest.fixture
def people(book: Path) -> Iterator[dict[str, Store]]:
    """Open one book for Ann at a terminal, Bob at a terminal, and cron."""
    actors = {"ann": True, "bob": True, "cron": False}
    clock = datetime(2026, 3, 18, 9, 0)
    stores = {name: open_store(str(book), Actor(name, terminal, lambda: clock)) for name, terminal in actors.items()}
    yield stores
    for each in stores.values():
        each.close()


def test_at_a_terminal_the_last_act_is_ones_own_there_and_elsewhere_the_last_of_all(people: dict[str, Store]) -> None:
    mine, cron = tag(people["ann"], "a", refs=("d1",)), tag(people["cron"], "b", refs=("d2",))
    last = {name: done.id if (done := who.journal.latest(undone=False)) else None for name, who in people.items()}
    assert last == {"ann": mine, "bob": None, "cron": cron}
    assert {name: who.journal.last_ref("d") for name, who in people.items()} == {"ann": "d1", "bob": None, "cron": "d2"}


def test_an_undo_is_nobodys_last_act_and_undone_acts_are_redone_latest_undo_first(people: dict[str, Store]) -> None:
    ann = people["ann"]
    first, second = tag(ann, "a"), tag(ann, "b")
    undo(ann, f"o{first}")
    undo(ann, f"o{second}")
    assert ann.journal.latest(undone=False) is None
    undone = ann.journal.latest(undone=True)
    assert undone is not None
    assert undone.id == second
    assert people["bob"].journal.latest(undone=True) is None


def test_at_means_the_last_record_that_is_still_there(run: Run) -> None:
    run("customer add Acme", ok=True)
    run("deal add 100 Acme First", ok=True)
    run("deal add 200 Acme Second", ok=True)
    run("undo", ok=True)
    assert run("move @ Proposal", ok=True).stdout.startswith("d1 ")


def test_at_as_a_customer_is_whom_the_last_act_was_about(run: Run, store: Store) -> None:
    run("customer add Acme", ok=True)
    with store.operation("opened") as op:
        stage = store.stages.all()[0]
        row = {"title": "Blank", "pipeline_id": 1, "stage_id": stage.id, "status": "open", "currency": "USD"}
        key = store.engine.insert("deals", {**row, "created_op": op.id})
        op.touch(f"d{key}")
    assert f"on d{key} Blank" in run("log call @ 'no customer here'", ok=True).stdout


# --- in words ----------------------------------------------------------------------------------------------------


def test_a_record_without_a_customer_has_a_history_like_others(run: Run, store: Store) -> None:
    with store.operation("opened") as op:
        stage = store.stages.all()[0]
        row = {"title": "Blank", "pipeline_id": 1, "stage_id": stage.id, "status": "open", "currency": "USD"}
        store.engine.insert("deals", {**row, "created_op": op.id})
        store.engine.insert("deal_history", {
            "deal_id": 1, "seq": 1, "stage_id": stage.id, "currency": "USD", "created_op": op.id,
        })  # fmt: skip
    for line in ("log call d1 'who knows'", "plan call d1 fri", "sell 100 d1", "move d1 Proposal", "won d1 500"):
        run(line, ok=True)
    assert "None" not in run("history", ok=True).stdout
    assert store.engine.value("SELECT count(*) FROM operations WHERE refs LIKE '%None%'") == 0


def test_a_sentence_names_records_as_they_are_called_today(run: Run, store: Store) -> None:
    run("customer add Acme", ok=True)
    run("deal add 100 Acme First", ok=True)
    run("deal edit d1 --title Second", ok=True)
    assert sentence(store, store.journal.get(3)) == "opened d1 Second · c1 Acme"
    run("undo o4", ok=True)
    assert sentence(store, store.journal.get(5)).startswith("undid o4: edited d1 First")
    run("undo o3", ok=True)
    assert sentence(store, store.journal.get(3)) == "opened d1 First · c1 Acme", "what is gone is called what it was"
