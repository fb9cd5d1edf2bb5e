"""doctor: each check finds what is wrong and nothing else, says how to mend it, and exit 5 says that something was found."""

import json
import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from salestrack.store.triggers import JOURNALLED

Run = Callable[..., Any]


def findings(run: Run, *words: str) -> list[dict[str, Any]]:
    result = run(["doctor", "-f", "json", *words])
    found = json.loads(result.stdout)["rows"]
    assert result.exit_code == (5 if any(not row["fixed"] for row in found) else 0)
    return list(found)


def said(run: Run) -> list[tuple[str, str, str | None]]:
    return [(row["check"], row["finding"], row["command"]) for row in findings(run)]


def tamper(book: Path, *statements: str) -> None:
    """Change the file behind the program's back, as a faulty program or a bad disk would."""
    with closing(sqlite3.connect(book)) as connection:
        for statement in statements:
            connection.execute(statement)
        connection.commit()


def test_a_well_kept_book_has_no_findings(run: Run) -> None:
    for line in ("deal add 1000 Acme Web --new --close 2026-04-01", "log call acme hello --next fri", "won d1"):
        run(line, ok=True)
    run("sell 600 acme --deal d1", ok=True)
    run("sell 40 Ana --new", ok=True)
    run("refund s2 10", ok=True)
    result = run("doctor", ok=True)
    assert result.stdout == "nothing found: the book is well\n"


@pytest.mark.parametrize(
    ("first", "second", "why"),
    [
        ("Acme", "ACME.", "name"),
        ("Acme", "Acme GmbH", "name but for gaps or the legal form"),
        ("Blue Harbor", "BlueHarbor", "name but for gaps or the legal form"),
        ("Acme --email info@acme.example", "Other --email INFO@acme.example", "address"),
        ("Acme --phone '+49 30 1234567'", "Other --phone '030 1234567'", "phone number"),
        ("Acme --email a@b.example", "Acme Ltd --email a@b.example", "address and name but for gaps or the legal form"),
    ],
)
def test_likely_doubles_are_named_with_the_reason(run: Run, first: str, second: str, why: str) -> None:
    run(f"customer add {quoted(first)}", ok=True)
    added = run(f"customer add {quoted(second)}", ok=True)
    assert "looks like the same customer" in added.stderr
    [(check, finding, command)] = said(run)
    assert check == "likely duplicate"
    assert finding.startswith("c1 ")
    assert finding.endswith(f"have the same {why}")
    assert command == "salestrack customer merge c1 c2"


def quoted(words: str) -> str:
    name, dashes, rest = words.partition(" --")
    return f"'{name}'{' --' + rest if dashes else ''}"


def test_names_that_only_end_alike_are_no_doubles(run: Run) -> None:
    for name in ("Miller Co", "Smith Co", "Cocoa", "Co"):
        run(["customer", "add", name], ok=True)
    assert said(run) == []


def test_a_win_and_its_unlinked_sale_are_named_together(run: Run) -> None:
    run("deal add 1000 Acme Web --new -d 2026-02-01", ok=True)
    run("won d1 -d 2026-02-10", ok=True)
    run("sell 1000 acme -d 2026-02-20", ok=True)
    run("sell 999 acme -d 2026-02-20", ok=True)
    run("sell 1000 Somebody -d 2026-02-20 --new", ok=True)
    [(check, finding, command)] = said(run)
    assert (check, command) == ("counted twice", "salestrack sale edit s1 --deal d1")
    assert "1,000.00 USD" in finding


def test_invoices_of_a_reopened_deal_are_named(run: Run) -> None:
    for line in ("deal add 1000 Acme Web --new", "won d1", "sell 400 acme --deal d1", "reopen d1"):
        run(line, ok=True)
    [(check, finding, _)] = said(run)
    assert check == "invoice of a reopened deal"
    assert "s1 of 400.00 USD" in finding


def test_a_deposit_of_a_deal_that_was_never_won_is_no_finding(run: Run) -> None:
    run("deal add 1000 Acme Web --new", ok=True)
    run("sell 400 acme --deal d1", ok=True)
    assert said(run) == []


def test_open_deals_past_their_close_date_are_named(run: Run) -> None:
    run("deal add 1000 Acme Web --new --close 2026-03-20", ok=True)
    assert said(run) == []
    [row] = [row for row in json.loads(run("--today 2026-03-21 doctor -f json").stdout)["rows"] if row["ref"]]
    assert (row["check"], row["command"]) == ("past its close date", "salestrack push d1 DATE")


def test_money_without_a_rate_is_named(run: Run) -> None:
    run("sell 250eur Acme --new", ok=True)
    [(check, finding, command)] = said(run)
    assert check == "no rate"
    assert "250.00 EUR (records: 1, the first of 2026-03-18)" in finding
    assert command == "salestrack rate set EUR RATE -d 2026-03-18"


@pytest.mark.parametrize(
    ("damage", "check", "ref"),
    [
        ("UPDATE deals SET closed_on = '2026-01-01'", "negative cycle", "d1"),
        ("UPDATE deals SET closed_on = NULL", "closed without a day", "d1"),
        ("UPDATE deals SET closed_on = '2027-01-01'", "in the future", "d1"),
        ("UPDATE deals SET amount = amount + 1", "history", "d1"),
        ("UPDATE deal_history SET to_on = '2026-04-01' WHERE to_on IS NULL", "history", "d1"),
        ("UPDATE deals SET status = 'lost', reason_id = 1", "status", "d1"),
        ("UPDATE deals SET book_amount = 1", "worth", "d1"),
        ("UPDATE deal_lines SET amount = amount + 1", "lines", "d1"),
        ("UPDATE sales SET book_amount = NULL", "worth", "s1"),
        ("UPDATE sales SET on_date = '2027-01-01' WHERE id = 1", "in the future", "s1"),
        ("UPDATE sales SET amount = -9000, book_amount = -9000 WHERE kind = 'refund'", "refunded too much", "s1"),
        ("UPDATE activities SET customer_id = NULL, contact_id = NULL, deal_id = NULL", "about nobody", "a1"),
        ("UPDATE activities SET happened_on = '2027-01-01'", "in the future", "a1"),
        ("DELETE FROM deal_state", "side table", None),
        ("DROP TRIGGER journal_deals_update", "triggers", None),
        ("DROP INDEX deals_customer", "triggers", None),
        ("DROP VIEW revenue", "triggers", None),
        ("UPDATE deals SET customer_id = 99", "references", None),
    ],
)
def test_what_does_not_foot_is_found(run: Run, book: Path, damage: str, check: str, ref: str | None) -> None:
    run("product add Build 100", ok=True)
    run("deal add - Acme Web --new --product Build", ok=True)
    run("won d1", ok=True)
    run("log call Acme hello --deal d1", ok=True)
    run("sell 50 Ana --new", ok=True)
    run("refund s1 20", ok=True)
    assert said(run) == []
    tamper(book, damage)
    assert (check, ref) in {(row["check"], row["ref"]) for row in findings(run)}


def test_lost_deals_without_a_reason_are_named_unless_the_book_asks_for_none(run: Run, book: Path) -> None:
    run("deal add 100 Acme Web --new", ok=True)
    run("lost d1 price", ok=True)
    tamper(book, "UPDATE deals SET reason_id = NULL")
    assert [check for check, _, _ in said(run)] == ["lost without a reason"]
    tamper(book, "INSERT INTO settings (key, value, created_op) VALUES ('reason_required', 'no', 1)")
    assert said(run) == []


def test_fix_mends_the_file_and_leaves_the_ledger_alone(run: Run, book: Path) -> None:
    run("deal add 100 Acme Web --new", ok=True)
    run("log call acme hello", ok=True)
    before = dump(book)
    tamper(book, "DELETE FROM deal_state", "DROP TRIGGER journal_sales_delete")
    book.chmod(0o644)
    assert {row["check"] for row in findings(run)} == {"triggers", "permissions", "side table", "ledger"}
    assert {row["check"]: row["fixed"] for row in findings(run, "--fix")} == dict.fromkeys(
        ("triggers", "permissions", "side table"), True
    )
    assert said(run) == []
    assert book.stat().st_mode & 0o777 == 0o600
    assert dump(book) == before


def dump(book: Path) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(book)) as connection:
        tables = (*JOURNALLED, "deal_state", "operations", "journal")
        return [row for table in tables for row in connection.execute(f"SELECT * FROM {table} ORDER BY 1")]


def test_a_backup_is_missed_after_two_weeks_and_remembered_when_made(run: Run) -> None:
    later = "--today 2026-04-10"
    assert "no backup was ever made" in run(f"{later} doctor").stdout
    run(f"{later} backup", ok=True)
    assert run(f"{later} doctor", ok=True).stdout.startswith("nothing found")
    result = run("--today 2026-05-10 doctor")
    assert (result.exit_code, "the last backup is 30 days old" in result.stdout) == (5, True)


def test_a_read_only_book_is_examined_too(run: Run, book: Path) -> None:
    run("deal add 1000 Acme Web --new --close 2026-03-18", ok=True)
    book.chmod(0o400)
    try:
        assert run("doctor").exit_code == 0
        if os.geteuid():
            assert run("doctor --fix").exit_code == 6
    finally:
        book.chmod(0o600)


def test_damaged_pages_are_found_and_the_file_is_left_as_it_is(run: Run, book: Path) -> None:
    for number in range(60):
        run(["customer", "add", f"Customer number {number} of a long list"], ok=True)
    with closing(sqlite3.connect(book)) as connection:
        root = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'customers_key'").fetchone()[0]
        size = connection.execute("PRAGMA page_size").fetchone()[0]
    whole = bytearray(book.read_bytes())
    at = (root - 1) * size + 12  # inside the page: its header stays well, what it points to does not
    whole[at : at + 40] = b"\x7f" * 40
    book.write_bytes(whole)
    result = run("doctor")
    assert result.exit_code in {5, 6}
    assert "damaged" in result.stdout + result.stderr
    assert book.read_bytes() == bytes(whole)


def test_a_long_list_is_cut_for_people_and_whole_for_programs(run: Run) -> None:
    for number in range(8):
        run(f"deal add 100 Customer{number} Deal{number} --new --close 2026-03-18", ok=True)
    late = "--today 2026-03-19"
    shown = run(f"{late} doctor").stdout
    assert "8 findings" in shown
    assert "3 more of: past its close date (--all shows them)" in shown
    assert shown.count("salestrack push") == 5
    assert run(f"{late} doctor --all").stdout.count("salestrack push") == 8
    assert len(json.loads(run(f"{late} doctor -f json").stdout)["rows"]) == 8


def test_a_default_owner_who_is_nobody_is_found_with_the_command_that_mends_it(run: Run, book: Path) -> None:
    run("customer add Acme", ok=True)
    tamper(
        book,
        "UPDATE journal_session SET op = 1",
        "INSERT INTO settings (key, value, created_op) VALUES ('owner', '99', 1) "
        "ON CONFLICT (key) DO UPDATE SET value = '99'",
        "UPDATE journal_session SET op = NULL",
    )
    mend = "salestrack config set default-owner -"
    text = "the book's default owner is number 99, who is nobody: nothing new can be recorded"
    assert ("default owner", text, mend) in said(run)
    run(mend.removeprefix("salestrack "), ok=True)
    run("log call Acme hello", ok=True)
    assert "default owner" not in [check for check, *_ in said(run)]
