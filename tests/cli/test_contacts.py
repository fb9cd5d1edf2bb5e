"""contact add and list, and people named on the command line."""

import json
from collections.abc import Callable
from typing import Any
from unittest import mock

import pytest

Run = Callable[..., Any]


@pytest.fixture
def acme(run: Run) -> Run:
    run("customer add Acme --segment retail -t vip", ok=True)
    run("customer add Beta", ok=True)
    run("contact add 'Ann Meier' acme --email ann@acme.example --phone '555 111 222' --role buyer", ok=True)
    return run


def test_a_contact_is_added_to_a_customer_with_all_that_is_said(run, rows):
    run("customer add Acme", ok=True)
    answer = run(
        "contact add 'Ann Meier' acme --email Ann@acme.example --phone '555 111 222' --role buyer --note hi", ok=True
    )
    assert answer.stdout == "n1 · Ann Meier · at Acme · buyer · Ann@acme.example · 555 111 222 · undo: o3\n"
    assert rows("SELECT name, customer_id, email_key, phone_key, role, note FROM contacts") == [
        ["Ann Meier", "1", "ann@acme.example", "555111222", "buyer", "hi"]
    ]


def test_an_unknown_customer_needs_new(run, rows):
    assert run("contact add Ann Acme").exit_code == 4
    assert run("contact add Ann Acme --new", ok=True).stdout == "n1 · Ann · at Acme (new) · undo: o2\n"
    assert rows("SELECT count(*) FROM customers") == [["1"]]


@pytest.mark.parametrize(
    "line",
    [
        "contact add 'ANN  meier' acme",
        "contact add 'A. Meier' acme --email ANN@acme.example",
        "contact add 'A. Meier' acme --phone '+1 555 111 222'",
    ],
)
def test_the_same_name_address_or_number_at_the_customer_warns(acme, line):
    said = "n1 Ann Meier (ann@acme.example) looks like the same person (salestrack contact merge n1 n2)"
    assert said in acme(line, ok=True).stderr


def test_the_same_name_at_another_customer_is_another_person(acme):
    assert acme("contact add 'Ann Meier' beta", ok=True).stderr == ""


def test_at_a_terminal_a_likely_double_is_asked_about_and_no_adds_nothing(acme, rows):
    with mock.patch("salestrack.cli.context.Context.ask", mock.Mock(confirm=mock.Mock(return_value=False))) as ask:
        answer = acme("contact add 'Ann Meier' acme")
    assert "looks like the same person. Add Ann Meier all the same?" in ask.confirm.call_args.args[0]
    assert (answer.exit_code, answer.stderr) == (1, "salestrack: nothing was added\n")
    assert rows("SELECT count(*) FROM contacts") == [["1"]]


def test_the_list_is_narrowed_and_written_in_every_format(acme):
    acme("contact add Bob beta", ok=True)
    assert acme("contact list --customer acme -f ids", ok=True).stdout == "n1\n"
    assert acme("contact list --segment retail -f ids", ok=True).stdout == "n1\n"
    assert acme("contact list --tag vip -f ids", ok=True).stdout == "n1\n"
    assert acme("contact list --sort -name -f ids", ok=True).stdout == "n2\nn1\n"
    row = json.loads(acme("contact list --customer acme -f json", ok=True).stdout)
    assert row["schema"] == "salestrack/contacts@1"
    wanted = {"id": "n1", "name": "Ann Meier", "customer": "Acme", "role": "buyer", "phone": "555 111 222",
              "email": "ann@acme.example", "last": None, "note": None}  # fmt: skip
    assert wanted.items() <= row["rows"][0].items()
    assert acme("contact list -f csv", ok=True).stdout.splitlines()[0].startswith("id,name,customer,role")


def test_a_call_with_a_contact_is_kept_with_the_person_and_the_customer(acme, rows):
    assert "call · Ann Meier, Acme · " in acme("log call 'Ann Meier' hello", ok=True).stdout
    acme("log email ann@acme.example", ok=True)
    acme("plan call n1 fri", ok=True)
    assert rows("SELECT customer_id, contact_id FROM activities") == [["1", "1"]] * 3
    assert json.loads(acme("contact list -f json", ok=True).stdout)["rows"][0]["last"] == "2026-03-18"


def test_a_call_that_closes_a_planned_step_is_kept_with_the_person(acme, rows):
    acme("plan call acme today", ok=True)
    acme("log call 'Ann Meier' hello", ok=True)
    assert rows("SELECT done, contact_id FROM activities") == [["1", "1"]]


def test_a_contact_belongs_to_a_customer(acme, rows):
    acme("deal add 100 acme Site", ok=True)
    acme("contact add Cid d1", ok=True)
    assert rows("SELECT customer_id FROM contacts WHERE name = 'Cid'") == [["1"]]
    assert acme("contact add '  ' acme").exit_code == 2
