"""Mailboxes and calendars from the command line to the book and back."""

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

ME = "--me me@studio.example"
WHEN = "Mon, 16 Mar 2026 {:02}:{:02}:00 +0000"


class Box:
    """A mailbox that is written message by message."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.count = 0

    def mail(self, sender: str, to: str, subject: str = "Offer", *, at: int = 540, **more: str) -> str:
        self.count += 1
        key = more.pop("key", f"{self.count}@mail")
        fields = {"From": sender, "To": to, "Subject": subject, "Date": WHEN.format(*divmod(at, 60)), **more}
        head = "".join(f"{name.replace('_', '-')}: {value}\n" for name, value in fields.items() if value)
        ident = f"Message-ID: <{key}>\n" if key else ""
        with self.path.open("a") as handle:
            handle.write(f"From x@y Mon Mar 16 10:00:00 2026\n{head}{ident}\nThe text of {self.count}.\n\n")
        return key


@pytest.fixture
def box(tmp_path) -> Box:
    return Box(tmp_path / "box.mbox")


@pytest.fixture
def people(run) -> None:
    run('customer add "Acme" --email office@acme.example', ok=True)
    run('contact add "Ann Lee" Acme --email ann@acme.example', ok=True)
    run('customer add "Zoe" --email zoe@gmail.com', ok=True)


def counts(run, line: str) -> dict:
    result = json.loads(run(f"{line} -f json").stdout)
    row = result["rows"][0]
    assert row["read"] == row["new"] + row["changed"] + row["same"] + row["rejected"] + row["left_out"]
    return {**row, **{name: result[name] for name in ("left_out", "joined", "unknown_count", "unknown")}}


def test_mails_are_matched_by_address_then_by_domain_but_not_by_one_of_free_mail(run, rows, box, people):
    box.mail("me@studio.example", "ann@acme.example")
    box.mail("bob@acme.example", "me@studio.example")
    box.mail("bob@eu.acme.example", "me@studio.example")
    box.mail("other@gmail.com", "me@studio.example")
    box.mail("zoe@gmail.com", "me@studio.example")
    result = counts(run, f"import {box.path} {ME}")

    assert (result["new"], result["left_out"]) == (4, {"with nobody in the book": 1})
    assert rows("SELECT customer_id, contact_id, direction, kind, done FROM activities ORDER BY id") == [
        ["1", "1", "out", "email", "1"],
        ["1", "", "in", "email", "1"],
        ["1", "", "in", "email", "1"],
        ["2", "", "in", "email", "1"],
    ]


def test_a_domain_that_two_customers_share_matches_neither(run, box, people):
    run('customer add "Acme Two" --email two@acme.example', ok=True)
    box.mail("bob@acme.example", "me@studio.example")

    assert counts(run, f"import {box.path} {ME}")["new"] == 0


def test_several_people_of_a_customer_are_one_activity_with_all_of_them(run, rows, box, people):
    run('contact add "Tom" Acme --email tom@acme.example', ok=True)
    box.mail("me@studio.example", "ann@acme.example, Tom <tom@acme.example>")
    counts(run, f"import {box.path} {ME}")

    assert rows("SELECT customer_id, contact_id FROM activities") == [["1", "1"]]
    assert rows("SELECT activity_id, contact_id FROM activity_contacts") == [["1", "2"]]


def test_a_second_import_adds_only_what_is_new_and_a_mail_in_two_boxes_is_one(run, box, tmp_path, people):
    for _ in range(3):
        box.mail("ann@acme.example", "me@studio.example")
    box.mail("ann@acme.example", "me@studio.example", key="1@mail")
    assert counts(run, f"import {box.path} {ME}")["left_out"] == {"there twice": 1}
    box.mail("ann@acme.example", "me@studio.example", key="new@mail")

    result = counts(run, f"import {box.path} {ME}")
    assert (result["new"], result["same"]) == (1, 3)
    (tmp_path / "Maildir" / "cur").mkdir(parents=True)
    text = box.path.read_text().split("From x@y Mon Mar 16 10:00:00 2026\n")[1]
    (tmp_path / "Maildir" / "cur" / "1:2,S").write_text(text)
    assert counts(run, f"import {tmp_path / 'Maildir'} {ME}")["same"] == 1


def test_a_mail_removed_by_hand_stays_removed_and_undo_takes_the_import_back(run, rows, box, people):
    box.mail("ann@acme.example", "me@studio.example")
    box.mail("zoe@gmail.com", "me@studio.example")
    run(f"import {box.path} {ME}", ok=True)
    run("rm a1 -y", ok=True)

    assert counts(run, f"import {box.path} {ME}")["left_out"] == {"removed by hand": 1}
    run("undo", ok=True)
    run("undo o5", ok=True)
    assert rows("SELECT count(*) FROM activities") == [["0"]]
    assert counts(run, f"import {box.path} {ME}")["new"] == 2


def test_threads_follow_references_answers_and_subjects(run, rows, box, people):
    box.mail("ann@acme.example", "me@studio.example", "Re: Offer", key="b", In_Reply_To="<a>", at=600)
    box.mail("me@studio.example", "ann@acme.example", "Offer", key="a", at=540)
    box.mail("me@studio.example", "ann@acme.example", "Re: Offer", key="c", References="<a> <b>", at=660)
    box.mail("ann@acme.example", "me@studio.example", "AW: offer", key="d", at=720)
    box.mail("ann@acme.example", "me@studio.example", "Re: Lunch", key="e", at=730)
    box.mail("zoe@gmail.com", "me@studio.example", "Re: Offer", key="f", at=740)
    run(f"import {box.path} {ME}", ok=True)
    box.path.unlink()
    box.mail("me@studio.example", "ann@acme.example", "Re: Re: Offer", key="g", In_Reply_To="<b>", at=800)
    box.mail("me@studio.example", "ann@acme.example", "Re: lunch", key="h", at=801)
    run(f"import {box.path} {ME}", ok=True)

    found = dict(
        rows("SELECT k.key, a.thread FROM activities a JOIN import_keys k ON k.record_id = a.id ORDER BY k.key")
    )
    assert found == {"a": "a", "b": "a", "c": "a", "d": "a", "e": "e", "f": "f", "g": "a", "h": "h"}


def test_the_reply_rate_counts_people_and_only_answers_in_the_thread(run, box, people):
    run('contact add "Tom" Acme --email tom@acme.example', ok=True)
    box.mail("me@studio.example", "ann@acme.example, tom@acme.example", key="a", at=540)
    box.mail("ann@acme.example", "me@studio.example", "Re: Offer", In_Reply_To="<a>", at=600)
    box.mail("tom@acme.example", "me@studio.example", "Something else", at=600)
    box.mail("zoe@gmail.com", "me@studio.example", "Question", key="z", at=500)
    box.mail("me@studio.example", "zoe@gmail.com", "Re: Question", In_Reply_To="<z>", at=510)
    run(f"import {box.path} {ME}", ok=True)

    rate = json.loads(run("report activity 2026-03 -f json").stdout)["rows"][0]["reply_rate"]
    assert (rate["n"], rate["value"]) == (3, pytest.approx(0.3333))


def test_texts_come_only_where_asked_for_and_later_too(run, rows, box, people):
    box.mail("ann@acme.example", "me@studio.example")
    run(f"import {box.path} {ME}", ok=True)
    assert rows("SELECT note, subject FROM activities") == [["", "Offer"]]
    run(f"import {box.path} {ME} --bodies", ok=True)
    assert rows("SELECT note FROM activities") == [["The text of 1."]]
    run(f"import {box.path} {ME}", ok=True)
    assert rows("SELECT note FROM activities") == [["The text of 1."]]


def test_what_is_damaged_is_named_and_skipped_and_the_rest_comes_in(run, rows, box, people):
    box.mail("ann@acme.example", "me@studio.example")
    box.mail("ann@acme.example", "me@studio.example", "No day", Date="")
    box.mail("", "me@studio.example", "No sender")
    result = run(f"import {box.path} {ME}")

    assert result.exit_code == 3
    assert "1 new, 0 changed, 0 same, 2 skipped" in result.stdout
    assert "box.mbox, message 2 'No day': has no date\n" in result.stderr
    assert "box.mbox, message 3 'No sender': has no sender with an address\n" in result.stderr
    assert rows("SELECT count(*) FROM activities") == [["1"]]
    assert rows("SELECT read_rows, new_rows, rejected_rows, left_out_rows FROM imports") == [["3", "1", "2", "0"]]


def test_unknown_people_are_listed_most_frequent_first_and_nothing_is_written_by_a_rehearsal(run, rows, box, people):
    for number in range(25):
        for _ in range(1 + (number == 7)):
            box.mail(f"P{number} <p{number}@x{number}.example>", "me@studio.example")
    result = run(f"import {box.path} {ME}", ok=True).stdout.splitlines()

    assert result[1] == "25 people are not in the book; --new customers adds them:"
    assert result[2] == "      2  P7 <p7@x7.example>"
    assert result[-1] == "  and 5 more"
    assert run(f"import {box.path} {ME} --new customers -n").exit_code == 0
    assert rows("SELECT (SELECT count(*) FROM customers), (SELECT count(*) FROM activities)") == [["2", "0"]]


def test_new_people_become_contacts_of_their_company_or_customers(run, rows, box, people):
    box.mail("Bob Ray <bob@acme.example>", "me@studio.example")
    box.mail("Eve Fox <eve@gmail.com>", "me@studio.example")
    box.mail("Eve Fox <eve@fox.example>", "me@studio.example")
    box.mail("Kit <kit@new.example>", "me@studio.example")
    box.mail("Lou <lou@new.example>", "me@studio.example")
    box.mail("no-reply@shop.example", "me@studio.example")
    box.mail("News <news@list.example>", "me@studio.example", List_Unsubscribe="<https://x>")
    result = run(f"import {box.path} {ME} --new customers", ok=True).stdout

    assert "added 2 customers" in result
    assert "added 3 contacts" in result
    assert rows("SELECT name, email FROM customers WHERE id > 2") == [
        ["Eve Fox", "eve@gmail.com"],
        ["Kit", "kit@new.example"],
    ]
    assert rows("SELECT customer_id, name, email FROM contacts WHERE id > 1") == [
        ["1", "Bob Ray", "bob@acme.example"],
        ["3", "Eve Fox", "eve@fox.example"],
        ["4", "Lou", "lou@new.example"],
    ]
    assert counts(run, f"import {box.path} {ME} --new customers")["same"] == 5


def test_contacts_alone_may_be_added(run, rows, box, people):
    box.mail("Bob Ray <bob@acme.example>", "me@studio.example")
    box.mail("Kit <kit@new.example>", "me@studio.example")
    run(f"import {box.path} {ME} --new contacts", ok=True)

    assert rows("SELECT name FROM contacts WHERE id > 1") == [["Bob Ray"]]
    assert rows("SELECT count(*) FROM customers") == [["2"]]


def test_what_was_logged_by_hand_is_joined_once_and_only_filled_in(run, rows, box, people):
    run('log email Acme "sent it" --out -d "2026-03-16 09:20"', ok=True)
    run('log email Acme "their mail" --in -d "2026-03-16 09:10"', ok=True)
    box.mail("me@studio.example", "ann@acme.example", "Offer", at=540)
    box.mail("me@studio.example", "ann@acme.example", "Offer, again", at=545)
    box.mail("me@studio.example", "ann@acme.example", "Much later", at=900)
    result = counts(run, f"import {box.path} {ME}")

    assert (result["new"], result["changed"], result["joined"]) == (2, 1, 1)
    assert rows("SELECT happened_time, subject, note, contact_id, thread FROM activities WHERE id = 1") == [
        ["09:20", "Offer", "sent it", "1", "1@mail"]
    ]
    assert rows("SELECT subject FROM activities WHERE id = 2") == [[""]]
    assert counts(run, f"import {box.path} {ME}")["same"] == 3
    run("undo o7", ok=True)
    assert rows("SELECT happened_time, subject, note FROM activities ORDER BY id") == [
        ["09:20", "", "sent it"],
        ["09:10", "", "their mail"],
    ]


def test_a_call_in_a_table_joins_what_was_logged_by_hand_too(run, rows, tmp_path, people):
    run('customer edit Zoe --phone "030 1234567"', ok=True)
    run('log call Zoe "about the shop" -d "2026-03-16 10:15"', ok=True)
    run('log call Acme "long ago" -d "2026-03-16 08:00"', ok=True)
    file = tmp_path / "calls.csv"
    file.write_text(
        "kind,date,time,phone,email,duration\n"
        "call,2026-03-16,10:40,+49 30 1234567,,600\n"
        "call,2026-03-16,10:41,+49 30 1234567,,60\n"
        "call,2026-03-16,09:00,,ann@acme.example,60\n"
    )
    said = run(f"import {file} --as activities", ok=True).stdout

    assert "2 new, 1 changed, 0 same" in said
    assert "1 joined what was logged by hand" in said
    assert rows("SELECT customer_id, contact_id, happened_time, note, seconds FROM activities ORDER BY id") == [
        ["2", "", "10:15", "about the shop", "36000"],
        ["1", "", "08:00", "long ago", ""],
        ["2", "", "10:41", "", "3600"],
        ["1", "1", "09:00", "", "3600"],
    ]
    assert "0 new, 0 changed, 3 same" in run(f"import {file} --as activities", ok=True).stdout


MEETING = """BEGIN:VCALENDAR
BEGIN:VEVENT
UID:u
SUMMARY:{}
DTSTART:{}
DTEND:{}
{}
ATTENDEE:mailto:ann@acme.example
END:VEVENT
END:VCALENDAR
"""


def meeting(path: Path, start: str, end: str, more: str = "SEQUENCE:1", subject: str = "Talk") -> Path:
    path.write_text(MEETING.format(subject, start, end, more))
    return path


def test_a_meeting_that_moved_moves_one_that_is_over_is_done_and_one_called_off_goes(run, rows, tmp_path, people):
    file = tmp_path / "c.ics"
    question = "SELECT done, due_on, due_time, happened_on, outcome, subject, seconds FROM activities"
    run(f"import {meeting(file, '20260320T090000Z', '20260320T100000Z')}", ok=True)
    assert rows(question) == [["0", "2026-03-20", "09:00", "", "", "Talk", "3600"]]
    assert counts(run, f"import {meeting(file, '20260323T110000Z', '20260323T113000Z')}")["changed"] == 1
    assert rows(question) == [["0", "2026-03-23", "11:00", "", "", "Talk", "1800"]]
    assert counts(run, f"import {file}")["same"] == 1
    assert (
        counts(run, f"import {meeting(file, '20260323T110000Z', '20260323T113000Z', 'STATUS:CANCELLED')}")["changed"]
        == 1
    )
    assert rows(question) == []
    assert counts(run, f"import {file}")["left_out"] == {"cancelled": 1}
    assert counts(run, f"import {meeting(file, '20260316T110000Z', '20260316T113000Z')}")["new"] == 1
    assert rows(question) == [["1", "", "", "2026-03-16", "", "Talk", "1800"]]


def test_what_a_person_did_to_an_imported_meeting_stays(run, rows, tmp_path, monkeypatch, people):
    file = tmp_path / "c.ics"
    run(f"import {meeting(file, '20260320T090000Z', '20260320T100000Z')}", ok=True)
    run("done a1 --outcome held", ok=True)
    said = run(f"import {meeting(file, '20260323T090000Z', '20260323T100000Z', subject='New name')}", ok=True).stdout

    assert "1 changed" in said
    assert rows("SELECT done, happened_on, outcome, subject FROM activities") == [
        ["1", "2026-03-18", "held", "New name"]
    ]
    counts(run, f"import {meeting(file, '20260323T090000Z', '20260323T100000Z', 'STATUS:CANCELLED')}")
    assert rows("SELECT count(*) FROM activities") == [["1"]]


def test_days_that_something_no_longer_repeats_on_leave_the_plan(run, rows, tmp_path, people):
    file = tmp_path / "c.ics"
    run(f"import {meeting(file, '20260316T090000Z', '20260316T100000Z', 'RRULE:FREQ=WEEKLY;COUNT=5')}", ok=True)
    assert rows("SELECT sum(done), count(*) FROM activities") == [["1", "5"]]
    changed = meeting(
        file, "20260316T113000Z", "20260316T120000Z", "RRULE:FREQ=WEEKLY;COUNT=3\nEXDATE:20260323T113000Z"
    )
    result = run(f"import {changed}", ok=True)

    assert "3 called off since, and taken out" in result.stdout
    assert "what repeats was read from 2025-12-18 to 2026-05-17" in result.stderr
    assert rows("SELECT due_on, due_time FROM activities WHERE done = 0") == [["2026-03-30", "11:30"]]


def test_planned_steps_that_this_book_wrote_for_a_calendar_are_not_doubled(run, rows, tmp_path, people):
    run("plan meeting Acme 2026-03-20 Kick-off", ok=True)
    file = tmp_path / "steps.ics"
    run(f"export --ics -o {file}", ok=True)
    file.write_text(file.read_text().replace("END:VEVENT", "ATTENDEE:mailto:ann@acme.example\nEND:VEVENT"))

    assert counts(run, f"import {file}")["left_out"] == {"planned steps of this book": 1}
    assert rows("SELECT count(*) FROM activities") == [["1"]]


def test_a_calendar_on_standard_input_is_known_as_one(run, tmp_path, people):
    text = MEETING.format("Talk", "20260316T090000Z", "20260316T100000Z", "SEQUENCE:1")

    assert "standard input: 1 event read · 1 new" in run(f"import - {ME}", stdin=text, ok=True).stdout


@pytest.mark.real_data
def test_every_real_calendar_comes_in_or_is_named(run, real_data):
    for file in sorted((real_data / "calendar").glob("*.ics")):
        result = run(f"import {file} --as activities --from 1990-01-01 --to 2027-01-01")
        assert result.exit_code in {0, 3}, f"{file.name}\n{result.stderr}"
        again = run(f"import {file} --as activities --from 1990-01-01 --to 2027-01-01 -f json")
        row = json.loads(again.stdout)["rows"][0]
        assert (row["new"], row["changed"]) == (0, 0), file.name


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{box} --me me@studio.example --rejects r.csv", "--rejects is for tables, not for a mailbox"),
        ("{box} --me me@studio.example --map date=Date", "--map is for tables, not for a mailbox"),
        ("{box} --me me@studio.example --as sales", "a mailbox holds activities, not sales"),
        ("{table} --as activities --me me@studio.example", "--me is for mailboxes and calendars"),
        ("{table} --as activities --from yesterday", "--from is for mailboxes and calendars"),
    ],
)
def test_what_does_not_fit_is_refused(run, box, tmp_path, people, line, said):
    box.mail("ann@acme.example", "me@studio.example")
    table = tmp_path / "a.csv"
    table.write_text("kind,date\ncall,2026-01-01\n")
    result = run(f"import {line.format(box=box.path, table=table)}")

    assert result.exit_code == 2
    assert result.stderr.startswith(f"salestrack: {said}")


def test_several_boxes_come_one_after_the_other_and_no_table_among_them(run, rows, box, tmp_path, people):
    box.mail("ann@acme.example", "me@studio.example")
    other = Box(tmp_path / "other.mbox")
    other.mail("ann@acme.example", "me@studio.example", Date="", key="x@mail")
    other.mail("ann@acme.example", "me@studio.example", key="y@mail")
    result = run(f"import {other.path} {box.path} {ME}")

    assert result.exit_code == 3
    assert [line.split(" ·")[0] for line in result.stdout.splitlines()] == ["i1", "i2"]
    table = tmp_path / "a.csv"
    table.write_text("kind,date\ncall,2026-01-01\n")
    assert run(f"import {box.path} {table} {ME}").exit_code == 2
    assert run(f"import {other.path} {box.path} {ME} -f json").exit_code == 2


def test_an_interruption_leaves_nothing(run, rows, box, people, monkeypatch):
    for _ in range(600):
        box.mail("ann@acme.example", "me@studio.example")
    from salestrack.services.correspondence import intake

    taken = intake.Intake._take

    def interrupted(self, batch):
        taken(self, batch)
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(intake.Intake, "_take", interrupted)
        assert run(f"import {box.path} {ME}").exit_code == 130
    assert rows("SELECT count(*) FROM activities") == [["0"]]


def test_whoever_says_not_whose_mail_it_is_is_asked(run, box):
    box.mail("ann@acme.example", "me@studio.example")

    assert run(f"import {box.path}").exit_code == 2
    assert run(f"import {box.path} --me me").exit_code == 2
    assert run(f"import {box.path} {ME} --new products").exit_code == 2


@given(
    data=st.one_of(
        st.binary(max_size=200).map(lambda raw: b"From x@y Mon Mar 16 10:00:00 2026\n" + raw),
        st.binary(max_size=200).map(lambda raw: b"BEGIN:VCALENDAR\nBEGIN:VEVENT\n" + raw + b"\nEND:VEVENT\n"),
    )
)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_bytes_as_a_box_or_calendar_come_in_or_are_refused_cleanly(run, tmp_path, data):
    file = tmp_path / ("any.ics" if data.startswith(b"BEGIN") else "any.mbox")
    file.write_bytes(data)
    result = run(f"import {file} {ME} --new customers --bodies")

    assert result.exit_code in {0, 3}, result.stderr
    assert "Traceback" not in result.stderr


def test_the_ending_says_how_many_are_in_the_book_and_what_names_nobody_is_named(run, people, tmp_path):
    event = "BEGIN:VEVENT\nUID:{0}\nSUMMARY:{1}\n{2}\n{3}END:VEVENT\n"
    day, ann = "DTSTART:20260310T100000Z", "ATTENDEE:mailto:ann@acme.example\n"
    events = [event.format(1, "Demo", day, ann), event.format(2, "Lunch", day, ""), event.format(3, "Nap", day, "")]
    damaged = event.format(4, "Broken", "DTSTART;TZID=Nowhere/None:20260310T100000", ann)
    file = tmp_path / "c.ics"
    file.write_text(f"BEGIN:VCALENDAR\nVERSION:2.0\n{''.join(events)}{damaged}END:VCALENDAR\n")
    said = run(f"import {file}")

    assert "1 of 4 events skipped; 1 is in the book, 2 left out" in said.stderr
    assert "2 name nobody at all: 'Lunch' on 2026-03-10, 'Nap' on 2026-03-10" in said.stderr


def test_the_first_meetings_that_changed_are_named_with_what_did(run, people, tmp_path):
    event = (
        "BEGIN:VEVENT\nUID:{0}\nSUMMARY:Demo\nDTSTART:202603{1}T100000Z\nATTENDEE:mailto:ann@acme.example\nEND:VEVENT\n"
    )
    file = tmp_path / "c.ics"
    for day in ("24", "25"):
        events = "".join(event.format(place, day) for place in range(7))
        file.write_text(f"BEGIN:VCALENDAR\nVERSION:2.0\n{events}END:VCALENDAR\n")
        said = run(f"import {file}", ok=True).stdout

    assert "0 new, 7 changed, 0 same" in said
    assert "changed: a1 date; a2 date; a3 date; a4 date; a5 date; and 2 more (salestrack show o" in said
