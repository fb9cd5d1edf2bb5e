"""Activities of a file: what happened, what is planned, and with whom."""

import pytest
from tests.importers.bringing import Asker, bring


@pytest.fixture
def ask(store) -> Asker:
    return Asker(store)


def activities(store, text: str, **asked):
    return bring(store, text, "activities", new="customers", **asked)


def test_a_day_makes_it_done_a_due_day_alone_makes_it_a_next_step(store, ask):
    text = "id,kind,date,time,due,done\n1,call,2026-01-01,9:05,,\n2,task,,,2026-04-01,\n3,Meeting,2026-01-02 14:30,,,\n4,E-Mail,,,,\n5,call,2026-01-05,,2026-01-04,\n6,call,,,2026-01-04,yes\n7,call,2026-01-09,10:00,,no\n"
    assert not activities(store, text).refused
    assert ask("SELECT kind, done, happened_on, happened_time, due_on, due_time FROM activities") == [
        ("call", 1, "2026-01-01", "09:05", None, None),
        ("task", 0, None, None, "2026-04-01", None),
        ("meeting", 1, "2026-01-02", "14:30", None, None),
        ("email", 1, None, None, None, None),
        ("call", 1, "2026-01-05", None, "2026-01-04", None),
        ("call", 1, None, None, "2026-01-04", None),
        ("call", 0, None, None, "2026-01-09", "10:00"),
    ]  # fmt: skip
    assert ask("SELECT DISTINCT logged_at FROM activities") == [("2026-03-18T14:30:00",)]


def test_durations_are_seconds_and_a_bare_number_is_minutes(store, ask):
    activities(store, "id,kind,duration,direction\n1,call,15,in\n2,call,1:30,Outbound\n3,call,,\n")
    assert ask("SELECT seconds, direction FROM activities") == [(900, "in"), (5400, "out"), (None, None)]


def test_known_outcomes_have_one_spelling_and_others_stay(store, ask):
    words = ["Connected", "No Show", "no_show", "NO-SHOW", "no  Answer", "Left word", ""]
    text = "kind,date,outcome\n" + "".join(f"call,2026-01-0{n},{word}\n" for n, word in enumerate(words, 1))
    activities(store, text)
    found = ["connected", "no-show", "no-show", "no-show", "no answer", "Left word", None]
    assert ask("SELECT outcome FROM activities ORDER BY id") == [(word,) for word in found]
    assert activities(store, text).counts.same == len(words)


def test_people_are_found_by_name_address_and_number(store, ask):
    bring(store, "name,email,phone\nAcme,,+49 30 555 0101\nGlobex,info@globex.example,\n", "customers")
    bring(store, "id,customer,contact,stage\n1,Acme,ada@acme.example,Lead\n", source="crm")
    text = "id,kind,customer,email,phone,contact\n1,call,,,030 5550101,\n2,email,,INFO@globex.example,,\n3,email,,ada@acme.example,,\n4,call,Globex,,,Bo\n5,call,,,,Bo\n"
    bring(store, text.replace("5,call,,,,Bo\n", ""), "activities")
    bring(store, "id,kind,contact\n5,call,bo\n", "activities")
    assert ask("SELECT customer_id, contact_id FROM activities") == [(1, None), (2, None), (1, 1), (2, 2), (2, 2)]


def test_an_activity_of_a_deal_takes_its_customer_and_moves_its_state(store, ask):
    bring(store, "id,title,customer,stage\nD1,Site,Acme,Lead\n", new="customers")
    activities(store, "id,kind,date,due,deal\n1,call,2026-01-05,,D1\n2,call,,2026-04-01,D1\n")
    assert ask("SELECT customer_id, deal_id FROM activities") == [(1, 1), (1, 1)]
    assert ask("SELECT last_on, next_on FROM deal_state") == [("2026-01-05", "2026-04-01")]


def test_what_is_wrong_is_named(store):
    text = "id,kind,date,duration,direction,done\n1,smoke,,,,\n2,,,,,\n3,call,soon,,,\n4,call,,long,,\n5,call,,,up,\n6,call,,,,perhaps\n"
    words = [
        "known: call, email, meeting",
        "the kind is blank",
        "is not a date",
        "cannot be read",
        "neither in nor out",
        "neither yes nor no",
    ]
    for fault, word in zip(activities(store, text).faults, words, strict=True):
        assert word in fault.text


def test_a_planned_step_that_is_done_now_changes(store, ask):
    head = "id,kind,date,due,outcome\n"
    activities(store, head + "1,call,,2026-03-20,\n")
    assert activities(store, head + "1,call,2026-03-17,2026-03-20,connected\n").counts.changed == 1
    assert ask("SELECT done, happened_on, due_on, outcome FROM activities") == [
        (1, "2026-03-17", "2026-03-20", "connected")
    ]
