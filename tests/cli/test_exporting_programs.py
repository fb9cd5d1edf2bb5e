"""export --hledger and --ics: read back as the programs that they are for read them, by rules written down here anew."""

import json
import re
from collections import defaultdict
from decimal import Decimal

import pytest
from tests.services.whole_books import ODD, Book, full_book

NASTY = (
    "a:b", "two  gaps", "semi;colon", "tab\tbed", "(virtual)", "[balanced]", "(open", "* star", "! bang", "| pipe |",
    "2026-01-01 * x", "🦊: fox", "ends:", ":starts", "  padded  ", "date:2026-99-99", "x, y:z", "= 5 USD", "@ 3",
    "nb\u00a0space", "em\u2003\u2003space", "a\nb", "; comment", "~ monthly", "P 2026-01-01 EUR 1", "include x",
)  # fmt: skip

# --- hledger: journal format, as its manual tells it -----------------------------------------------------------------

COMMODITY = re.compile(r"commodity 1000\.(0*) ([A-Z]{3})")
ACCOUNT = re.compile(r"account ((?:[^ ;]| (?! ))+)")
HEAD = re.compile(r"(\d{4}-\d\d-\d\d)(?: ([*!]))?(?: \(([^)]*)\))?(?: ([^;]*?))?(?:\s*;(.*))?")
POSTING = re.compile(
    r"[ \t]+(?:[*!] )?(?P<account>\S.*?)(?:(?:  |\t)[ \t]*(?P<amount>[^;]*?))?(?:\s*;(?P<comment>.*))?"
)
AMOUNT = re.compile(r"(-?\d+(?:\.\d+)?) ([A-Z]{3})")


def journal(text: str) -> list[dict]:
    """Read a journal: an account ends at two spaces or a tab, a description at a semicolon, an entry at a blank line."""
    entries: list[dict] = []
    digits: dict[str, int] = {}
    declared: list[str] = []
    inside = False
    for line in text.split("\n"):
        assert line.isprintable(), repr(line)
        if not line.strip():
            inside = False
        elif line[0] == ";":
            assert not inside
        elif found := COMMODITY.fullmatch(line):
            digits[found[2]] = len(found[1])
        elif found := ACCOUNT.fullmatch(line):
            declared.append(found[1])
        elif line[0] == " ":
            assert inside, line
            entries[-1]["postings"].append(posting(line, digits))
        else:
            found = HEAD.fullmatch(line)
            assert found, line
            tags = dict(tag.strip().split(":", 1) for tag in (found[5] or "").split(",") if ":" in tag)
            entries.append({"day": found[1], "code": found[3], "said": found[4], "tags": tags, "postings": []})
            inside = True
    for entry in entries:
        assert entry["postings"], entry
        sums: dict[str, Decimal] = defaultdict(Decimal)
        for _, amount, code in entry["postings"]:
            sums[code] += amount
        assert not any(sums.values()), entry
    assert declared == sorted({account for entry in entries for account, _, _ in entry["postings"]})
    return entries


def posting(line: str, digits: dict[str, int]) -> tuple[str, Decimal, str]:
    found = POSTING.fullmatch(line)
    assert found, line
    assert found["amount"], f"no amount: {line}"
    account = found["account"]
    assert account[0] not in "([;", f"a virtual posting or a comment: {line}"
    assert all(part and part == part.strip() for part in account.split(":")), line
    amount = AMOUNT.fullmatch(found["amount"])
    assert amount, line
    assert len(amount[1].partition(".")[2]) == digits[amount[2]], line
    return account, Decimal(amount[1]), amount[2]


def income(entries: list[dict]) -> dict[tuple[str, str], Decimal]:
    """Return what was earned in each month and currency."""
    found: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for entry in entries:
        for account, amount, code in entry["postings"]:
            if account.split(":")[0] == "income":
                found[entry["day"][:7], code] -= amount
    return {key: amount for key, amount in found.items() if amount}


@pytest.fixture
def nasty(tmp_path):
    """Return a book whose customers, products, titles and numbers are what a journal would trip over."""
    book = Book(tmp_path / "nasty.db")
    for number, text in enumerate((*NASTY, *ODD)):
        book.run("product", "add", "--", text, "1")
        file = tmp_path / "c.csv"
        file.write_text(f'id,name\n{number},"{text.replace(chr(34), chr(34) * 2)}"\n')
        book.run("import", str(file), "--as", "customers")
    many = len(book.query("SELECT id FROM customers"))
    products = [row[0] for row in book.query("SELECT id FROM products")]
    assert many > 35
    for key in range(1, many + 1):
        text = NASTY[key % len(NASTY)]
        many_of = key % 3 + 1
        product, worth = f"{many_of}xp{products[key % len(products)]}@7.77", f"{many_of * 7.77:.2f}"
        book.run("sell", "12.34", f"c{key}", text, "--ref", text, "-d", f"2026-0{key % 3 + 1}-10", ok=True)
        book.run("sell", worth, f"c{key}", text, "--product", product, "--tax", "19%", "-d", "2026-02-03", ok=True)
    return book


def test_no_name_breaks_an_entry_and_every_sale_is_one(nasty):
    entries = journal(nasty.run("export", "--hledger", ok=True).stdout)
    sales = nasty.query("SELECT id, amount, tax, on_date FROM sales ORDER BY id")
    assert sorted(entry["tags"]["id"] for entry in entries) == sorted(f"s{row[0]}" for row in sales)
    by = {entry["tags"]["id"]: entry for entry in entries}
    for key, amount, tax, day in sales:
        entry = by[f"s{key}"]
        owed = [minor for account, minor, _ in entry["postings"] if account.startswith("assets:receivable:")]
        assert (entry["day"], sum(owed) * 100) == (day, amount + (tax or 0))
        assert entry["code"] in {None, ""}
        assert entry["said"]


def test_the_income_of_each_month_is_what_the_report_says(tmp_path):
    book = full_book(tmp_path / "full.db")
    for line in (
        "sell 0 Acme free -d 2026-02-09", "sell 1005.50 Globex --tax 7% -d 2026-02-10",
        "sell 300 Acme --product 2xWidget@100 --product Setup@50 -d 2026-01-31",
    ):  # fmt: skip
        book.line(line)
    for code in ("USD", "EUR", "JPY"):  # each alone, since the report prices all of them in the book's currency
        entries = journal(book.run("export", "--hledger", ok=True).stdout)
        scale = 1 if code == "JPY" else 100
        wanted = dict(
            book.query(
                "SELECT substr(on_date, 1, 7), sum(amount) FROM revenue WHERE currency = "
                f"'{code}' AND on_date <= '2026-03-18' GROUP BY 1 HAVING sum(amount) <> 0"
            )
        )
        mine = {month: amount * scale for (month, each), amount in income(entries).items() if each == code}
        assert mine == wanted


def test_in_one_currency_it_is_the_report_to_the_cent(tmp_path):
    one = Book(tmp_path / "one.db")
    for month in range(1, 4):
        one.line(f"sell {month}23.45 Acme Work -d 2026-0{month}-11 --new --tax 19%")
        one.line(f"deal add {month}00 Acme Deal -d 2026-01-01")
        one.line(f"won d{month} -d 2026-0{month}-12")
    one.line("refund s2 23.45 -d 2026-03-01")
    one.line("sell 5 Acme --every month -d 2026-01-31")
    report = json.loads(one.run("report", "revenue", "2026Q1", "--by", "month", "-f", "json", ok=True).stdout)
    wanted = {row["key"]: Decimal(row["amount"]["amount"]) for row in report["rows"]}
    mine = {
        month: amount for (month, _), amount in income(journal(one.run("export", "--hledger", ok=True).stdout)).items()
    }
    assert mine == wanted


def test_what_is_not_in_the_journal_is_said_with_the_reason(tmp_path):
    book = Book(tmp_path / "one.db")
    for line in (
        "sell 10 Acme now --new",
        "deal add 100 Acme Big", "deal add 50 Acme Small", "sell 30 Acme invoice --deal d1", "sell 20 Acme invoice --deal d2",
        "won d2",
    ):  # fmt: skip
        book.line(line)
    file = tmp_path / "ahead.csv"
    file.write_text("id,date,customer,amount\n1,2026-05-01,Acme,11\n2,2026-06-01,Acme,12\n")
    book.run("import", str(file), "--as", "sales", ok=True)
    result = book.run("export", "--hledger", ok=True)
    assert [entry["tags"]["id"] for entry in journal(result.stdout)] == ["d2", "s1"]
    assert result.stderr.splitlines() == [
        "note: 2 sales after today are left out",
        "note: 1 sale of an open deal is left out: the deal counts once it is won",
        "note: 1 sale of a won deal is left out: the deal itself is in it",
    ]
    assert book.run("export", "--hledger", "2026-05", ok=True).stderr == "note: 1 sale after today is left out\n"
    assert book.run("export", "--hledger", "2025", ok=True).stderr == ""
    assert book.run("-q", "export", "--hledger", ok=True).stderr == ""


# --- calendars: RFC 5545 ---------------------------------------------------------------------------------------------


def unfolded(text: str) -> list[str]:
    """Return the content lines of a calendar; every physical line ends in CRLF and holds 75 octets at most."""
    raw = text.encode()
    assert raw.endswith(b"\r\n")
    assert b"\n" not in raw.replace(b"\r\n", b"")
    assert all(len(line) <= 75 for line in raw.split(b"\r\n"))
    return raw.replace(b"\r\n ", b"").decode().split("\r\n")[:-1]


def test_a_calendar_is_folded_escaped_and_stable(tmp_path):
    from icalendar import Calendar

    book = Book(tmp_path / "one.db")
    texts = [*NASTY, *(text for text in ODD if text.strip()), "long " * 40 + "ü" * 90 + "😀" * 30]
    for number, text in enumerate(texts):
        (tmp_path / "c.csv").write_text(f'id,name\n{number},"{text.replace(chr(34), chr(34) * 2)}"\n', newline="")
        book.run("import", str(tmp_path / "c.csv"), "--as", "customers")
        book.run("plan", "call", f"c{number + 1}", "2026-03-25", "--", text)
    (tmp_path / "steps.csv").write_text("kind,customer,due,done\nmeeting,c1,2026-03-26 14:30,no\n")
    book.run("import", str(tmp_path / "steps.csv"), "--as", "activities", ok=True)
    text = book.run("export", "--ics", ok=True).stdout
    lines = unfolded(text)
    assert lines[:2] == ["BEGIN:VCALENDAR", "VERSION:2.0"]
    assert lines[-1] == "END:VCALENDAR"
    events = list(Calendar.from_ical(text).walk("VEVENT"))
    steps = book.query("SELECT id, note, due_time FROM activities WHERE done = 0 ORDER BY id")
    assert len(steps) > 35
    assert sorted(int(re.match(r"a(\d+)@", str(event["uid"]))[1]) for event in events) == [row[0] for row in steps]
    said = {int(re.match(r"a(\d+)@", str(event["uid"]))[1]): str(event.get("description", "")) for event in events}
    for key, note, _ in steps:
        wanted = "".join(c for c in (note or "").replace("\r\n", "\n").replace("\r", "\n") if c in "\n\t" or c >= " ")
        assert said[key].startswith(wanted.strip())
    for event in events:
        assert event["dtstamp"].to_ical().endswith(b"Z")
        timed = event["dtstart"].to_ical()
        assert len(timed) in {8, 15}  # a day, or a local time of the book without a zone
        assert event["dtend"].to_ical() > timed
    assert sum(len(event["dtstart"].to_ical()) == 15 for event in events) == 1
    assert text == book.run("export", "--ics", ok=True).stdout


@pytest.mark.parametrize(
    ("line", "said", "hint"),
    [
        ("--ics deals", "--ics takes no kind: it holds planned steps", "salestrack export --ics 2026 -o steps.ics"),
        (
            "--hledger sales",
            "--hledger takes no kind: it holds sales",
            "salestrack export --hledger 2026 -o sales.journal",
        ),
        ("sales 2026Q1 --hledger", "--hledger takes no kind: it holds sales", "--hledger 2026Q1 -o"),
        ("activity --ics", "--ics takes no kind", "salestrack export --ics"),
        ("--hledger x 2026", "'x' is not needed here", "salestrack export --hledger 2026"),
        ("--hledger 2026x", "'2026x' is not a period", "2026Q1"),
    ],
)
def test_they_take_no_kind_and_say_what_to_type(tmp_path, line, said, hint):
    result = Book(tmp_path / "one.db").run("export", *line.split())
    assert (result.exit_code, result.stdout) == (2, "")
    first, second = result.stderr.splitlines()
    assert said in first
    assert second.startswith("hint: ")
    assert hint in second
