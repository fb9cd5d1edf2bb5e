"""Mails, meetings and rows that name no deal join the customer's only open one, as what is logged by hand does."""

import pytest

EVENT = (
    "BEGIN:VEVENT\nUID:{0}\nSUMMARY:Demo {0}\nDTSTART:{1}T100000Z\nDTEND:{1}T110000Z\n"
    "ATTENDEE;CN=Ann:mailto:ann@acme.example\nEND:VEVENT\n"
)
DEALS = "SELECT deal_id FROM activities ORDER BY id"
HEADER = "id,date,kind,customer,note"


@pytest.fixture
def acme(run) -> None:
    run('customer add "Acme" --email ann@acme.example', ok=True)
    run("deal add 1000 acme Big --date 2026-03-05", ok=True)


@pytest.fixture
def calendar(tmp_path, run):
    """Return a call that imports a calendar with events on some days."""

    def bring(*days: str):
        events = "".join(EVENT.format(place, day) for place, day in enumerate(days, 1))
        (tmp_path / "c.ics").write_text(f"BEGIN:VCALENDAR\nVERSION:2.0\n{events}END:VCALENDAR\n", encoding="utf-8")
        return run(f"import {tmp_path}/c.ics", ok=True)

    return bring


@pytest.fixture
def table(tmp_path, run):
    """Return a call that imports a table of activities."""

    def bring(*rows: str, header: str = HEADER, more: str = ""):
        (tmp_path / "a.csv").write_text("\n".join([header, *rows, ""]), encoding="utf-8")
        return run(f"import {tmp_path}/a.csv --as activities {more}", ok=True)

    return bring


def test_a_planned_meeting_is_the_next_step_of_the_only_open_deal(book, acme, calendar, rows, run):
    calendar("20260320", "20260310", "20260301")

    assert rows(DEALS) == [["1"], ["1"], [""]]  # on the first of March the deal was not open yet
    said = run("deal list -f csv", ok=True).stdout
    assert "2026-03-20" in said


def test_a_mail_joins_the_only_open_deal(book, acme, rows, run, tmp_path):
    mail = "From x@y Mon Mar 16 10:00:00 2026\nFrom: ann@acme.example\nTo: me@studio.example\nSubject: Offer\n"
    (tmp_path / "b.mbox").write_text(f"{mail}Date: Mon, 16 Mar 2026 09:00:00 +0000\nMessage-ID: <1@m>\n\nYes.\n\n")
    run(f"import {tmp_path}/b.mbox --me me@studio.example", ok=True)

    assert rows(DEALS) == [["1"]]


def test_of_two_open_deals_none_is_joined_and_of_a_closed_one_while_it_was_open(book, acme, table, rows, run):
    run("won d1 --date 2026-03-12", ok=True)
    run("deal add 500 acme Next --date 2026-03-12", ok=True)
    table("1,2026-03-10,call,Acme,before", "2,2026-03-12,call,Acme,both", "3,2026-03-14,call,Acme,after")

    assert rows(DEALS) == [["1"], [""], ["2"]]


def test_the_same_file_changes_nothing_whatever_became_of_the_deal(book, acme, calendar, table, rows, run):
    calendar("20260320")
    table("1,2026-03-10,call,Acme,Hello")
    run("lost d1 price", ok=True)
    run("deal add 500 acme Next --date 2026-03-01", ok=True)

    assert "0 new, 0 changed, 1 same" in calendar("20260320").stdout
    assert "0 new, 0 changed, 1 same" in table("1,2026-03-10,call,Acme,Hello").stdout
    said = table("1,2026-03-10,call,Acme,Hello again").stdout
    assert "0 new, 1 changed, 0 same" in said
    assert "changed: a2 note" in said
    assert rows(DEALS) == [["1"], ["1"]]


def test_the_deal_that_somebody_chose_stays(book, acme, table, calendar, rows, run):
    calendar("20260320")
    table("1,2026-03-10,call,Acme,Hello")
    run("deal add 500 acme Other --date 2026-03-01", ok=True)
    run("activity edit a1 --deal d2", ok=True)
    run("activity edit a2 --deal d2", ok=True)

    calendar("20260321")
    table("1,2026-03-10,call,Acme,Hello again")

    assert rows("SELECT deal_id, due_on, note FROM activities ORDER BY id") == [
        ["2", "2026-03-21", ""], ["2", "", "Hello again"],
    ]  # fmt: skip


@pytest.mark.parametrize("rewritten", ["10.03.2026,call,Acme,Hello", "2026-03-10,call,Acme,Hello"])
def test_rows_without_ids_are_known_again_however_they_are_written(book, acme, table, rows, rewritten):
    table("2026-03-10,call,Acme,Hello", header=HEADER.removeprefix("id,"))
    again = table(rewritten, header=HEADER.removeprefix("id,"), more="--date-format dmy" if "." in rewritten else "")

    assert "0 new, 0 changed, 1 same" in again.stdout
    assert rows(DEALS) == [["1"]]


def test_undo_and_redo_bring_the_deal_along(book, acme, table, calendar, rows, run):
    table("1,2026-03-10,call,Acme,Hello")
    run("undo", ok=True)
    assert rows(DEALS) == []

    run("redo", ok=True)
    assert rows(DEALS) == [["1"]]
    assert "1 same" in table("1,2026-03-10,call,Acme,Hello").stdout


def test_our_own_export_says_itself_which_deal(book, rows, run, tmp_path):
    run('customer add "Acme" --email ann@acme.example', ok=True)
    run("log call acme --date 2026-03-10", ok=True)
    run(f"export activities -o {tmp_path}/own.csv", ok=True)
    run("undo", ok=True)
    run("deal add 1000 acme Big --date 2026-03-05", ok=True)
    run(f"import {tmp_path}/own.csv", ok=True)

    assert rows(DEALS) == [[""]]
