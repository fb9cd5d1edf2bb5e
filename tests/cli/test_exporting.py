"""export: one kind of record as a file, one customer's data, and files for a spreadsheet, a calendar and a ledger."""

import csv
import io
import json
import re
import shlex
import sys
from decimal import Decimal
from pathlib import Path

import pytest
from tests.services.whole_books import ODD, Book, odd_book

KINDS = ("deals", "sales", "activities", "customers", "contacts", "products", "quotas", "history")


@pytest.fixture(scope="module")
def full(tmp_path_factory):
    """Return a book with every kind of record and odd texts, which no test changes."""
    folder = tmp_path_factory.mktemp("full")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SALESTRACK_TODAY", "2026-03-18T14:30:00")
        patch.setenv("HOME", str(folder))
        patch.setenv("XDG_CONFIG_HOME", str(folder / "config"))
        return odd_book(folder / "full.db", list(ODD))


def cells(book: Book, *words: str) -> list[dict[str, str]]:
    text = book.run("export", *words, ok=True).stdout
    return list(csv.DictReader(io.StringIO(text, newline="")))


# --- one kind ---


@pytest.mark.parametrize("kind", KINDS)
def test_every_row_goes_out_with_the_fields_that_the_import_knows(full, kind):
    from salestrack.importers.kinds import KINDS as KNOWN

    table = {"history": "deal_history", "customers": "customers WHERE merged_into IS NULL"}.get(kind, kind)
    table = "products WHERE removed_on IS NULL" if kind == "products" else table
    rows = cells(full, kind)
    assert len(rows) == full.query(f"SELECT count(*) FROM {table}")[0][0]
    lines = full.run("export", kind, "-f", "jsonl", ok=True).stdout.splitlines()
    assert len([json.loads(line) for line in lines]) == len(rows)
    whole = json.loads(full.run("export", kind, "-f", "json", ok=True).stdout)
    assert (whole["schema"], len(whole["rows"])) == (f"salestrack/export.{kind}@1", len(rows))
    if kind in KNOWN:
        for name in rows[0]:
            KNOWN[kind].field(name)


@pytest.mark.parametrize("kind", ["customers", "products", "deals", "sales", "activities", "quotas"])
def test_an_import_reads_an_export_without_being_told_the_columns(tmp_path, kind):
    book = Book(tmp_path / "one.db")
    for line in (
        "field add customer motto text", "field add deal tier choice gold silver", "product add Widget 19.99",
        "rate set EUR 1.1 -d 2026-01-01",
        "customer add 'Ädler, Söhne' --alias as --email a@b.example --phone '+49 30 1234567' --segment shop -t vip --field motto='a, b'",
        "deal add 59.97 as 'Three widgets' -d 2026-01-05 --product 3xWidget@19.99 --close 2026-04-01 --field tier=gold",
        "deal add 80eur as Lost -d 2026-01-06", "move d1 proposal -d 2026-02-01", "lost d2 price -d 2026-02-03",
        "sell 39.98 as Two --product 2xWidget@19.99 -d 2026-03-02 --tax 19% --ref R1 --channel shop", "refund s1 5 broken",
        "log call as 'two\nlines' -d '2026-03-03 10:15' --for 20m --outcome connected --in", "plan meeting as 2026-03-25",
        "quota set 5000 2026Q1", "quota set 7 2026-03 --metric calls",
    ):  # fmt: skip
        book.line(line)
    other = Book(tmp_path / "two.db")
    other.line("rate set EUR 1.1 -d 2026-01-01")
    needed = ["customers", "products", "deals", "sales"]
    for name in dict.fromkeys([*needed[: needed.index(kind) if kind in needed else 3], kind]):
        file = tmp_path / f"{name}.csv"
        book.run("export", name, "-o", str(file), ok=True)
        result = other.run("import", str(file), "--as", name)
        assert result.exit_code == 0, result.stderr
    mine, theirs = cells(book, kind), cells(other, kind)
    assert theirs == mine


def test_filters_and_periods_narrow_an_export_as_they_narrow_a_list(full):
    def ids(*words: str) -> list[str]:
        return [json.loads(line)["id"] for line in full.run(*words, ok=True).stdout.splitlines()]

    for words in (
        ("deals", "--won"), ("deals", "--open", "--min", "200"), ("sales", "2026-03"), ("activities", "--kind", "call"),
        ("customers", "-t", "vip"), ("deals", "--stage", "Lead"), ("sales", "--product", "Widget"),
        ("deals", "--field", "deal.motto=@home"),
    ):  # fmt: skip
        kind, *rest = words
        noun = {"activities": "activity"}.get(kind, kind.removesuffix("s"))
        listed = full.run(noun, "list", *rest, "-f", "ids", ok=True).stdout.split()
        if kind != "sales":
            assert sorted(ids("export", *words, "-f", "jsonl")) == sorted(listed)
        assert listed, words
    assert ids("export", "deals", "-f", "jsonl", "--sort=-amount", "--limit", "2")[0] == "d1"
    assert cells(full, "history", "2026-01") == [row for row in cells(full, "history") if row["on"][:7] == "2026-01"]
    assert full.run("export", "products", "2026").exit_code == 2
    assert full.run("export", "deals", "--sort", "colour").exit_code == 2


def test_amounts_add_up_to_the_cent(full):
    rows = cells(full, "sales")
    wanted = {(row[0], row[1]): row[2] for row in full.query("SELECT id, currency, amount FROM sales")}
    digits = {"USD": 2, "EUR": 2, "JPY": 0}
    for row in rows:
        minor = wanted[int(row["id"][1:]), row["currency"]]
        assert Decimal(row["amount"]).scaleb(digits[row["currency"]]) == minor
        if row["gross"]:
            assert Decimal(row["gross"]) == Decimal(row["amount"]) + Decimal(row["tax"])


def test_several_products_are_too_many_for_a_row_and_that_is_said(full):
    result = full.run("export", "deals", ok=True)
    assert "1 deal with several products" in result.stderr
    assert next(csv.DictReader(io.StringIO(result.stdout)))["product"] == ""


# --- for a spreadsheet ---


def test_a_spreadsheet_gets_no_formula_and_keeps_its_numbers(full, tmp_path):
    plain = cells(full, "activities") + cells(full, "sales")
    found = []
    for kind in ("activities", "sales"):
        full.run("export", kind, "--excel", "-o", str(tmp_path / f"{kind}.csv"), ok=True)
        raw = (tmp_path / f"{kind}.csv").read_bytes()
        assert raw.startswith(b"\xef\xbb\xbf")
        found += list(csv.DictReader(io.StringIO(raw.decode("utf-8-sig"), newline="")))
    assert len(found) == len(plain)
    for row, other in zip(found, plain, strict=True):
        for name, value in row.items():
            number = re.fullmatch(r"[+-]?\d+([.,]\d+)?", other[name])
            assert value == other[name] or value == f"'{other[name]}"
            assert number or not value.startswith(("=", "+", "-", "@", "\t", "\r"))
            assert not number or value == other[name]
    assert any(row["note"] == "'=1+1" for row in found)
    assert any(row["amount"] == "-20.00" for row in found if "amount" in row)


def test_where_the_comma_is_the_decimal_mark_a_spreadsheet_expects_semicolons(full, monkeypatch):
    monkeypatch.setenv("SALESTRACK_DECIMAL", ",")
    text = full.run("export", "products", "--excel", ok=True).stdout
    assert text.splitlines()[0] == "\ufeffid;name;sku;price;currency;tax_rate"
    assert "p1;Widget;;19,99;USD" in text
    assert full.run("export", "products", ok=True).stdout.splitlines()[1] == "p1,Widget,,19.99,USD,"


# --- files ---


def test_a_file_that_is_no_export_of_this_kind_is_never_replaced(full, tmp_path):
    for name, text in (
        ("a.csv", "name,phone\nMum,1\n"),
        ("b.jsonl", '{"x": 1}\n'),
        ("c.csv", "id,name,sku,price,currency\n"),
    ):
        file = tmp_path / name
        file.write_text(text)
        result = full.run("export", "deals", "-o", str(file))
        assert (result.exit_code, file.read_text()) == (1, text)
    for name in ("d.csv", "d.jsonl", "d.json"):
        for _ in range(2):
            full.run("export", "deals", "-o", str(tmp_path / name), ok=True)
    full.run("export", "deals", "--excel", "-o", str(tmp_path / "d.csv"), ok=True)
    result = full.run("export", "deals", "-f", "csv", "-o", str(full.path))
    assert (result.exit_code, "database" in result.stderr) == (1, True)
    assert not list(tmp_path.glob(".*"))


def test_in_a_folder_a_file_gets_its_usual_name(full, tmp_path):
    full.run("export", "deals", "-o", str(tmp_path), ok=True)
    full.run("export", "deals", "-f", "jsonl", "-o", str(tmp_path), ok=True)
    full.run("export", "--ics", "-o", str(tmp_path), ok=True)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["deals.csv", "deals.jsonl", "steps.ics"]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("export", "what is to be exported?"),
        ("export pipelines", "'pipelines' cannot be exported"),
        ("export deals -f html", "exports are csv, tsv, jsonl, json"),
        ("export deals --excel -f json", "--excel is about CSV"),
        ("export deals -f xlsx", "exports are csv, tsv, jsonl, json, not xlsx"),
        ("export deals -o x.xlsx", "exports are csv, tsv, jsonl, json, not xlsx"),
        ("export deals --excel -o x.jsonl", "--excel is about CSV"),
        ("export deals -o ''", "-o names nothing"),
        ("export deals lastyear", "'lastyear' is not a period"),
        ("export deals 2026-13", "there is no month '2026-13'"),
        ("export all", "the whole book is many files"),
        ("export all -o -", "the whole book is many files"),
        ("export all --customer Acme -o -", "one customer's data is several files"),
        ("export all --won -o x", "takes everything"),
        ("export all 2026 -o x", "takes everything"),
        ("export all -f csv -o x", "-f has no say in export all"),
        ("export all --excel -o x.zip", "--excel has no say in export all"),
        ("export all -o /nowhere/at/all.zip", "cannot write"),
        ("export all -o /dev/null", "is a file and stays as it is"),
        ("export --ics --hledger", "two exports"),
        ("export --ics -f csv", "formats themselves"),
        ("export --ics --won", "a calendar holds open steps"),
        ("export deals -o /nowhere/at/all.csv", "cannot write"),
        ("export all -o /proc/nowhere", "cannot write"),
        ("export all --customer Nobody", "Nobody"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(full, line, said):
    result = full.run(*shlex.split(line))
    assert result.exit_code in {1, 2, 4}
    assert (said in result.stderr, result.stdout) == (True, "")
    first, *hints = [line for line in result.stderr.splitlines() if not line.startswith("{")] or [""]
    assert len(hints) <= 1
    assert all(hint.startswith("hint: ") for hint in hints)
    assert not first or hints or "cannot write" in first


@pytest.mark.parametrize("word", ["deal", "DEALS", "Deals "])
def test_a_kind_may_be_written_as_people_write_it(full, word):
    assert full.run("export", word, ok=True).stdout == full.run("export", "deals", ok=True).stdout


# --- one customer ---


def test_one_customers_data_is_all_of_theirs_and_nothing_of_others(full, tmp_path):
    full.run("export", "all", "--customer", "Globex", "-o", str(tmp_path / "globex"), ok=True)
    found = json.loads((tmp_path / "globex" / "customer.json").read_text(encoding="utf-8"))
    key = full.query("SELECT id FROM customers WHERE name = 'Globex'")[0][0]
    assert found["customer"]["id"] == f"c{key}"
    for kind in ("contacts", "deals", "sales", "activities"):
        assert len(found[kind]) == full.query(f"SELECT count(*) FROM {kind} WHERE customer_id = {key}")[0][0]
    assert [deal["history"][-1]["stage"] for deal in found["deals"]] == ["Trial"] or found["deals"][0]["closed"]
    text = "".join(path.read_text(encoding="utf-8") for path in (tmp_path / "globex").iterdir())
    assert "acme" not in text.lower()
    result = full.run("import", str(tmp_path / "globex"))
    assert (result.exit_code, "handed out" in result.stderr) == (6, True)
    full.run("export", "all", "--customer", "Globex", "-o", str(tmp_path / "globex"), ok=True)


# --- a calendar ---


def test_planned_steps_are_events_that_stay_the_same_event(tmp_path):
    from icalendar import Calendar

    book = Book(tmp_path / "one.db")
    book.line("customer add 'Müller; Söhne, \"& Co\"' --phone '+49 30 1'")
    book.run("plan", "call", "Müller", "2026-03-25", "bring: 10,5% \\; and\nmore", ok=True)
    (tmp_path / "steps.csv").write_text("kind,customer,due,done\nmeeting,c1,2026-03-26 14:30,no\n")
    book.run("import", str(tmp_path / "steps.csv"), "--as", "activities", ok=True)
    book.line("log call Müller done")
    first = book.run("export", "--ics", ok=True).stdout
    assert first == book.run("export", "--ics", ok=True).stdout
    events = list(Calendar.from_ical(first).walk("VEVENT"))
    assert [str(event["summary"]) for event in events] == [
        'Call Müller; Söhne, "& Co": bring: 10,5% \\; and',
        'Meeting Müller; Söhne, "& Co"',
    ]
    assert [event["dtstart"].to_ical() for event in events] == [b"20260325", b"20260326T143000"]
    assert "TZID" not in first
    assert "VALARM" not in first
    uids = [str(event["uid"]) for event in events]
    assert all(
        uid.endswith(f"@{book.query('SELECT value FROM settings WHERE id = 1')[0][0]}.salestrack") for uid in uids
    )
    book.line("edit a1 --note other")
    book.line("done a2")
    again = list(Calendar.from_ical(book.run("export", "--ics", ok=True).stdout).walk("VEVENT"))
    assert [str(event["uid"]) for event in again] == uids[:1]
    assert int(again[0]["sequence"]) > int(events[0]["sequence"])
    assert all(len(line.encode()) <= 75 for line in first.split("\r\n"))


# --- a ledger ---

AMOUNT = re.compile(r"(-?\d+(?:\.\d+)?) ([A-Z]{3})")


def read_journal(text: str) -> list[tuple[str, str, list[tuple[str, Decimal, str]]]]:
    """Read a journal strictly, as hledger's manual describes it; a line that is not understood fails."""
    found: list = []
    digits: dict[str, int] = {}
    declared: list[str] = []
    for line in text.splitlines():
        if not line:
            continue
        if line.startswith(";"):
            assert not found
        elif line.startswith("commodity "):
            shown = re.fullmatch(r"commodity 1000\.(0*) ([A-Z]{3})", line)
            assert shown
            digits[shown[2]] = len(shown[1])
        elif line.startswith("account "):
            declared.append(line.removeprefix("account "))
        elif line[0] == " ":
            posting = re.fullmatch(r"    (\S+(?: \S+)*)  +(\S+ \S+)", line)
            assert posting, line
            account, amount = posting[1], AMOUNT.fullmatch(posting[2])
            assert amount, line
            assert account.split(":")[0] in {"assets", "income", "liabilities", "expenses"}
            assert all(part.strip() == part and part for part in account.split(":")), account
            assert ";" not in account
            assert len(amount[1].partition(".")[2]) == digits[amount[2]]
            found[-1][2].append((account, Decimal(amount[1]), amount[2]))
        else:
            head = re.fullmatch(r"(\d{4}-\d\d-\d\d) \* ([^;]+)  ; (id:[ds]\d+.*)", line)
            assert head, line
            found.append((head[1], head[2], []))
    for _, _, postings in found:
        assert postings
        for code in {code for _, _, code in postings}:
            assert sum(amount for _, amount, each in postings if each == code) == 0
    assert declared == sorted({account for _, _, postings in found for account, _, _ in postings})
    return found


def test_the_journal_balances_and_its_income_is_the_revenue(full):
    entries = read_journal(full.run("export", "--hledger", ok=True).stdout)
    for code in ("USD", "EUR", "JPY"):
        income = -sum(
            a for _, _, p in entries for account, a, each in p if account.startswith("income") and each == code
        )
        scale = 1 if code == "JPY" else 100
        wanted = full.query(
            f"SELECT coalesce(sum(amount), 0) FROM revenue WHERE currency = '{code}' AND on_date <= '2026-03-18'"
        )[0][0]
        assert income * scale == wanted
    accounts = {account for _, _, postings in entries for account, _, _ in postings}
    assert {"income:sales:Widget", "liabilities:sales tax", "expenses:fees", "assets:receivable:Acme"} <= accounts
    assert any(" | refund of s1" in said for _, said, _ in entries)
    march = read_journal(full.run("export", "--hledger", "2026-03", ok=True).stdout)
    assert march == [entry for entry in entries if entry[0][:7] == "2026-03"]


def test_names_that_would_break_a_journal_are_written_otherwise(tmp_path):
    book = Book(tmp_path / "one.db")
    for name in ("a:b", "two  ;gaps", ";", "(virtual)", "[x]", "| pipe |", "2026-01-01 * x", "🦊: fox", "ends:"):
        book.run("sell", "1.01", name, name, "--new", "-d", "2026-03-02", ok=True)
        book.run("product", "add", name, "1", ok=True)
    for place in range(9):
        book.run("sell", "1", f"c{place + 1}", "--product", f"p{place + 1}", ok=True)
    entries = read_journal(book.run("export", "--hledger", ok=True).stdout)
    assert len(entries) == 18


def test_hledger_itself_takes_the_journal_where_it_is_there(full, tmp_path):
    import shutil
    import subprocess

    if not shutil.which("hledger"):
        pytest.skip("hledger is not installed")
    file = tmp_path / "sales.journal"
    full.run("export", "--hledger", "-o", str(file), ok=True)
    subprocess.run(["hledger", "-f", str(file), "check", "-s"], check=True)


# --- not in the way of others ---


def test_a_slow_reader_of_the_export_keeps_nobody_from_writing(tmp_path):
    import subprocess

    book = Book(tmp_path / "one.db")
    file = tmp_path / "many.csv"
    file.write_text("id,name\n" + "".join(f"{n},Customer number {n} with a long name\n" for n in range(4000)))
    book.run("import", str(file), "--as", "customers", ok=True)
    words = [sys.executable, "-m", "salestrack", "--db", str(book.path), "export", "customers"]
    with subprocess.Popen(words, stdout=subprocess.PIPE) as process:
        assert process.stdout
        assert process.stdout.read(10)  # the pipe is full now, and nobody reads on
        book.run("--wait", "0", "customer", "add", "Somebody new", ok=True)
        process.stdout.close()
        process.wait(timeout=20)


def test_the_exports_folder_is_for_the_owner_alone(full, tmp_path):
    folder: Path = tmp_path / "out"
    full.run("export", "all", "-o", str(folder), ok=True)
    assert folder.stat().st_mode & 0o077 == 0


def test_a_book_with_an_imported_history_goes_out_and_comes_back(run, tmp_path) -> None:
    (tmp_path / "d.csv").write_text("id,customer,title,amount,stage\n1,Acme,A,100,Lead\n")
    (tmp_path / "h.csv").write_text("id,deal,date,stage,amount\nh1,1,2026-01-01,Lead,50\nh2,1,2026-02-01,Lead,100\n")
    run(f"import {tmp_path / 'd.csv'} --as deals --new customers", ok=True)
    run(f"import {tmp_path / 'h.csv'} --as history", ok=True)
    run(f"export all -o {tmp_path / 'out'}", ok=True)
    copy = tmp_path / "copy.db"
    run(f"--db {copy} init --currency USD -y", ok=True)
    run(f"--db {copy} import {tmp_path / 'out'}", ok=True)
    run(f"--db {copy} export all -o {tmp_path / 'again'}", ok=True)
    for file in (tmp_path / "out").iterdir():
        assert file.read_bytes() == (tmp_path / "again" / file.name).read_bytes(), file.name
    assert "0 new, 0 changed, 2 same" in run(f"--db {copy} import {tmp_path / 'h.csv'} --as history", ok=True).stdout
