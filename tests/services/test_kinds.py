"""Kinds of the seller's own: letters, new names for old activities, and what reports know by name."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from tests.services.taking_back import refused, written

from salestrack.store import Store

Run = Callable[..., Any]
Rows = Callable[[str], list[list[str]]]


def test_a_kind_of_ones_own_is_logged_by_its_letter_and_counted(run: Run, store: Store) -> None:
    assert "kind site visit · letter s" in written(run, store, ["kind", "add", "site visit"])
    assert "a1 site visit" in run("log s Acme --new", ok=True).stdout
    rows = json.loads(run("report activity --by kind -f json", ok=True).stdout)["rows"]
    assert [(row["key"], row["count"]) for row in rows] == [("site visit", 1)]


def test_a_new_name_goes_into_what_was_logged_and_into_rules(run: Run, store: Store, rows: Rows) -> None:
    run(["kind", "add", "survey"], ok=True)
    for _ in range(3):
        run("log survey Acme --new", ok=True)
    run("plan survey Acme fri", ok=True)
    with store.operation("added a rule") as op:
        store.engine.insert("follow_ups", {"after_kind": "survey", "kind": "survey", "days": 2, "created_op": op.id})
        store.engine.insert("score_rules", {"what": "activity", "name": "survey", "points": 3, "created_op": op.id})
    said = written(run, store, "kind edit survey --name 'field study'")
    assert "kind survey -> field study · in 4 activities · and 2 rules" in said
    assert rows("SELECT kind, count(*) FROM activities GROUP BY kind") == [["field study", "4"]]
    assert rows("SELECT after_kind, kind FROM follow_ups") == [["field study", "field study"]]
    assert rows("SELECT name FROM score_rules") == [["field study"]]
    found = json.loads(run("report activity --by kind -f json", ok=True).stdout)["rows"]
    assert [(row["key"], row["count"]) for row in found] == [("field study", 3)]


def test_a_renamed_kind_stands_in_no_undos_way(run: Run, store: Store, rows: Rows) -> None:
    run("kind add survey", ok=True)
    run("log survey Acme --new", ok=True)
    run("log survey Acme", ok=True)
    run("kind edit survey --name study", ok=True)
    run("undo o4", ok=True)
    assert rows("SELECT id, kind FROM activities") == [["1", "study"]]
    assert rows("SELECT count(*) FROM journal WHERE tbl = 'activities' AND op = 5") == [["0"]]


def test_a_name_that_activities_without_a_kind_have_is_refused(run: Run, store: Store) -> None:
    run("kind add study", ok=True)
    run("log study Acme --new", ok=True)
    store.engine.execute("DELETE FROM activity_kinds WHERE name = 'study'")  # as in a book that was mended by hand
    run("kind add survey", ok=True)
    assert "activities of a kind study already" in refused(run, store, "kind edit survey --name study", code=1)


def test_a_retired_kind_frees_its_letter_and_keeps_its_activities(run: Run, store: Store) -> None:
    run("log visit Acme --new", ok=True)
    run("plan visit Acme fri", ok=True)
    said = written(run, store, "kind rm visit")
    assert "note: 1 next step of it stays" in said
    assert "is not a kind of activity" in refused(run, store, "log v Acme", code=2)
    run("kind add 'video call' --letter v", ok=True)
    assert set(run("activity list --kind visit -f ids", ok=True).stdout.split()) == {"a1", "a2"}
    assert "kind visit · back again · letter i" in written(run, store, "kind add visit")


def test_a_retired_kind_is_still_imported(run: Run, tmp_path: Any) -> None:
    run("kind rm visit", ok=True)
    file = tmp_path / "activities.csv"
    file.write_text("id,date,kind,customer\n1,2026-03-01,Visit,Acme\n", encoding="utf-8")
    run(["import", str(file), "--as", "activities", "--new", "customers"], ok=True)
    assert run("activity list --kind visit -f ids", ok=True).stdout.split() == ["a1"]


def test_undo_of_a_letter_that_was_given_away_since_names_who_has_it(run: Run, store: Store) -> None:
    run("kind edit quote --letter x", ok=True)
    run("kind add quarrel --letter q", ok=True)
    said = refused(run, store, "undo o2", code=1)
    assert "the kind quarrel has taken its place since o3" in said


@pytest.mark.parametrize(
    ("line", "code", "reason"),
    [("kind add CALL", 1, "already a kind call"), ("kind add x", 2, "two letters or more"), ("kind add ''", 2, "is empty"),
     ("kind add quiz --letter c", 1, "the letter c stands for call already"), ("kind add quiz --letter qq", 2, "not one letter"),
     ("kind edit call --name ring", 1, "call cannot be renamed: reports"), ("kind rm email", 1, "email cannot be retired"),
     ("kind edit c --name ring", 1, "call cannot be renamed"), ("kind edit visit", 2, "nothing to change"),
     ("kind edit visit --letter v", 2, "has letter v already"), ("kind edit visit --name demo", 1, "already a kind demo"),
     ("kind edit visti --name y2", 4, "no kind is called"), ("kind add 'a\x02b'", 2, "control character")],
)  # fmt: skip
def test_what_no_kind_can_be_is_refused(run: Run, store: Store, line: str, code: int, reason: str) -> None:
    assert reason in refused(run, store, line, code=code)


def test_the_letter_of_a_known_kind_may_change_and_be_taken_away(run: Run, store: Store) -> None:
    assert "kind call · letter c -> k" in written(run, store, "kind edit call --letter K")
    assert "kind call · letter k -> none" in written(run, store, "kind edit call --letter -")
