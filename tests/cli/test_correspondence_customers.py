"""Mails and meetings with people of several customers, and people who become known only after their mails."""

import json
from pathlib import Path

import pytest

ME = "--me me@studio.example"
PAIRS = "SELECT customer_id, contact_id FROM activities ORDER BY id"


class Box:
    """A mailbox that is written message by message."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def mail(self, sender: str, to: str, key: str, *, at: str = "09:00", **more: str) -> None:
        fields = {"From": sender, "To": to, "Subject": "Offer", "Date": f"Mon, 16 Mar 2026 {at}:00 +0000", **more}
        head = "".join(f"{name.replace('_', '-')}: {value}\n" for name, value in fields.items() if value)
        with self.path.open("a") as handle:
            handle.write(f"From x@y Mon Mar 16 10:00:00 2026\n{head}Message-ID: <{key}>\n\nText.\n\n")


@pytest.fixture
def box(tmp_path) -> Box:
    return Box(tmp_path / "box.mbox")


@pytest.fixture
def people(run) -> None:
    run('customer add "Acme" --email office@acme.example', ok=True)
    run('contact add "Ann Lee" Acme --email ann@acme.example', ok=True)
    run('customer add "Beta"', ok=True)
    run('contact add "Bob Ray" Beta --email bob@beta.example', ok=True)


def counts(run, line: str) -> tuple[int, int, int, int]:
    result = json.loads(run(f"{line} -f json").stdout)
    row = result["rows"][0]
    assert row["read"] == row["new"] + row["changed"] + row["same"] + row["rejected"] + row["left_out"]
    return row["new"], row["changed"], row["same"], row["left_out"]


def test_a_mail_to_two_customers_is_an_activity_of_each_and_counts_once(run, rows, box, people):
    box.mail("me@studio.example", "ann@acme.example, bob@beta.example", "m")
    said = run(f"import {box.path} {ME}", ok=True).stdout

    assert (
        "1 message read · 1 new, 0 changed, 0 same · 1 message concerns several customers: an activity for each" in said
    )
    assert rows(PAIRS) == [["1", "1"], ["2", "2"]]
    assert rows("SELECT key FROM import_keys ORDER BY record_id") == [["m"], ["m bob@beta.example"]]
    assert rows("SELECT DISTINCT thread FROM activities") == [["m"]]
    assert rows("SELECT count(*) FROM activity_contacts") == [["0"]]
    assert "2026-03-16" in run("show Beta", ok=True).stdout
    assert counts(run, f"import {box.path} {ME}") == (0, 0, 1, 0)
    assert rows(PAIRS) == [["1", "1"], ["2", "2"]]
    run("undo", ok=True)
    assert rows("SELECT (SELECT count(*) FROM activities), (SELECT count(*) FROM import_keys)") == [["0", "0"]]


def test_who_only_got_a_copy_did_not_reply(run, rows, box, people):
    box.mail("me@studio.example", "ann@acme.example, bob@beta.example", "a")
    box.mail("bob@beta.example", "me@studio.example", "b", Cc="ann@acme.example", In_Reply_To="<a>", at="10:00")
    run(f"import {box.path} {ME}", ok=True)

    rate = json.loads(run("report activity 2026-03 -f json").stdout)["rows"][0]["reply_rate"]
    assert (rate["n"], rate["value"]) == (2, 0.5)
    assert rows("SELECT customer_id, contact_id, direction FROM activities ORDER BY id") == [
        ["1", "1", "out"],
        ["2", "2", "out"],
        ["2", "2", "in"],
        ["1", "", "in"],
    ]
    assert rows("SELECT activity_id, contact_id FROM activity_contacts") == [["4", "1"]]


def test_a_mail_that_came_in_is_first_of_all_the_senders(run, rows, box, people):
    box.mail("someone@beta.example", "me@studio.example, ann@acme.example", "m")
    run(f"import {box.path} {ME}", ok=True)

    assert rows(PAIRS) == [["2", ""], ["1", ""]]
    assert rows("SELECT key FROM import_keys ORDER BY record_id") == [["m"], ["m ann@acme.example"]]


def test_several_people_of_a_customer_are_not_counted_twice(run, rows, box, people):
    run('contact add "Tom" Acme --email tom@acme.example', ok=True)
    box.mail("me@studio.example", "ann@acme.example, tom@acme.example, bob@beta.example", "a")
    box.mail("tom@acme.example", "me@studio.example", "b", In_Reply_To="<a>", at="10:00")
    run(f"import {box.path} {ME}", ok=True)

    rate = json.loads(run("report activity 2026-03 -f json").stdout)["rows"][0]["reply_rate"]
    assert (rate["n"], rate["value"]) == (3, pytest.approx(0.3333))


def test_a_customer_who_becomes_known_later_gets_the_mail_too(run, rows, box, people):
    box.mail("me@studio.example", "ann@acme.example, Cy <cy@gamma.example>", "m")
    run(f"import {box.path} {ME}", ok=True)
    assert rows(PAIRS) == [["1", "1"]]
    run('customer add "Gamma" --email cy@gamma.example', ok=True)

    assert counts(run, f"import {box.path} {ME}") == (0, 1, 0, 0)
    assert rows(PAIRS) == [["1", "1"], ["3", ""]]
    assert counts(run, f"import {box.path} {ME}") == (0, 0, 1, 0)


def test_new_adds_the_people_of_mails_that_are_in_the_book_already(run, rows, box, people):
    box.mail("me@studio.example", "ann@acme.example, Tom <tom@acme.example>, Nick <nick@new.example>", "m")
    box.mail("Eve <eve@evil.example>", "me@studio.example", "n")
    first = run(f"import {box.path} {ME}", ok=True).stdout
    again = run(f"import {box.path} {ME}", ok=True).stdout
    listed = first.partition("\n")[2]
    assert "3 people are not in the book" in listed
    assert again.partition("\n")[2] == listed

    assert counts(run, f"import {box.path} {ME} --new customers") == (1, 1, 0, 0)
    assert rows("SELECT name FROM customers ORDER BY id")[2:] == [["Nick"], ["Eve"]]
    assert rows(PAIRS) == [["1", "1"], ["3", ""], ["4", ""]]
    assert rows("SELECT a.activity_id, n.name FROM activity_contacts a JOIN contacts n ON n.id = a.contact_id") == [
        ["1", "Tom"]
    ]
    assert counts(run, f"import {box.path} {ME} --new customers") == (0, 0, 2, 0)


def test_a_contact_who_becomes_known_later_is_put_where_none_was(run, rows, box, people):
    box.mail("Tom Vale <tom@acme.example>", "me@studio.example", "m")
    run(f"import {box.path} {ME}", ok=True)
    assert rows(PAIRS) == [["1", ""]]

    assert counts(run, f"import {box.path} {ME} --new contacts") == (0, 1, 0, 0)
    assert rows(PAIRS) == [["1", "3"]]


def test_what_people_did_to_one_of_them_stays(run, rows, box, people):
    box.mail("me@studio.example", "ann@acme.example, bob@beta.example", "m")
    box.mail("me@studio.example", "ann@acme.example, bob@beta.example", "n")
    run(f"import {box.path} {ME}", ok=True)
    run('customer add "Gamma"', ok=True)
    run("rm a2 -y", ok=True)
    run("rm a3 -y", ok=True)
    run("edit a1 --customer Gamma", ok=True)

    assert counts(run, f"import {box.path} {ME}") == (0, 0, 2, 0)
    assert rows("SELECT id, customer_id FROM activities ORDER BY id") == [["1", "3"], ["4", "2"]]
    run("rm a4 -y", ok=True)
    assert counts(run, f"import {box.path} {ME}") == (0, 0, 1, 1)


def test_customers_that_became_one_get_no_second_activity(run, rows, box, people):
    box.mail("me@studio.example", "ann@acme.example, bob@beta.example", "m")
    run(f"import {box.path} {ME}", ok=True)
    run("customer merge Beta Acme -y", ok=True)

    assert counts(run, f"import {box.path} {ME}") == (0, 0, 1, 0)
    assert rows("SELECT count(*) FROM activities") == [["2"]]


MEETING = """BEGIN:VCALENDAR
BEGIN:VEVENT
UID:u
SUMMARY:Kick-off
DTSTART:{}
DURATION:PT30M
STATUS:{}
ATTENDEE:mailto:ann@acme.example
ATTENDEE:mailto:bob@beta.example
END:VEVENT
END:VCALENDAR
"""


def test_a_meeting_with_two_customers_moves_and_goes_for_both(run, rows, tmp_path, people):
    file = tmp_path / "c.ics"
    file.write_text(MEETING.format("20260320T090000Z", "CONFIRMED"))
    assert counts(run, f"import {file}") == (1, 0, 0, 0)
    file.write_text(MEETING.format("20260323T100000Z", "CONFIRMED"))
    assert counts(run, f"import {file}") == (0, 1, 0, 0)
    question = "SELECT customer_id, due_on, due_time FROM activities ORDER BY id"
    assert rows(question) == [["1", "2026-03-23", "10:00"], ["2", "2026-03-23", "10:00"]]
    run("done a1", ok=True)
    file.write_text(MEETING.format("20260323T100000Z", "CANCELLED"))
    assert counts(run, f"import {file}") == (0, 1, 0, 0)
    assert rows("SELECT customer_id, done FROM activities") == [["1", "1"]]
    assert counts(run, f"import {file}") == (0, 0, 0, 1)


def test_a_meeting_moves_though_its_people_left_the_book(run, rows, tmp_path):
    run('customer add "Solo"', ok=True)
    run('contact add "Ann" Solo --email ann@acme.example', ok=True)
    file = tmp_path / "c.ics"
    file.write_text(MEETING.format("20260320T090000Z", "CONFIRMED"))
    run(f"import {file}", ok=True)
    run("edit n1 --email ann@elsewhere.example", ok=True)
    file.write_text(MEETING.format("20260323T100000Z", "CONFIRMED"))

    assert counts(run, f"import {file}") == (0, 1, 0, 0)
    assert rows("SELECT customer_id, due_on FROM activities") == [["1", "2026-03-23"]]
