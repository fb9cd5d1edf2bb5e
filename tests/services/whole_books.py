"""Books with every kind of record, made by the program's own commands, and ways to compare what comes of them."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from tests.conftest import Result, run_line

from salestrack.store.triggers import JOURNALLED

ODD = (
    "=1+1", "@home", "+49 170", "Zoë \"Zed\" O'Neil", "مرحبا بالعالم", "שלום", "😀 party", "a;b|c,d", "line\none\r\ntwo",
    "tab\there", "ﬁne", "\u202eevil", "ends in space ", "'quoted'", "naïve  gap", "null", "0", "\\n", "{}",
)  # fmt: skip


class Book:
    """One book file, and the command line on it."""

    def __init__(self, path: Path, currency: str = "USD") -> None:
        self.path = path
        self.run("init", "--currency", currency, "-y", ok=True)

    def run(self, *words: str, ok: bool = False, stdin: str = "") -> Result:
        result = run_line(["--db", str(self.path), *words], stdin)
        if ok:
            assert result.exit_code == 0, f"{words}\n{result.stdout}{result.stderr}"
        assert "unexpected" not in result.stderr, f"{words}\n{result.stderr}"
        return result

    def line(self, line: str) -> Result:
        import shlex

        return self.run(*shlex.split(line), ok=True)

    def export(self, folder: Path) -> dict[str, bytes]:
        """Export the whole book, whatever stood there, and return the bytes of every file."""
        shutil.rmtree(folder, ignore_errors=True)
        self.run("export", "all", "-o", str(folder), ok=True)
        return tree(folder)

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        with closing(sqlite3.connect(self.path)) as connection:
            return connection.execute(sql).fetchall()

    def tables(self) -> dict[str, list[tuple[Any, ...]]]:
        """Return all that makes a book the same book, but for which operation wrote it."""
        found = {}
        with closing(sqlite3.connect(self.path)) as connection:
            for table in JOURNALLED:
                names = [row[1] for row in connection.execute(f"PRAGMA table_info({table})") if row[1] != "created_op"]
                found[table] = connection.execute(f"SELECT {', '.join(names)} FROM {table} ORDER BY id").fetchall()
        return found


def tree(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def full_book(path: Path, currency: str = "USD") -> Book:
    """Make a book with every kind of record in it."""
    book = Book(path, currency)
    for line in FULL.strip().splitlines():
        if line and not line.startswith("#"):
            book.line(line)
    return book


def odd_book(path: Path, texts: list[str], currency: str = "USD") -> Book:
    """Make a full book, and put odd texts wherever a text may stand; what the book refuses stays out."""
    book = full_book(path, currency)
    for text in texts:
        book.run(
            "customer", "add", text, "--alias", f"{text} too", "--segment", text, "-t", text, "--field", f"motto={text}"
        )
        book.run("deal", "add", "77.70eur", "Acme", text, "--source", text, "--field", f"motto={text}")
        book.run("sell", "10.01", "Acme", text, "--channel", text, "--ref", text)
        book.run("log", "call", "Acme", "--", text)
        book.run("contact", "add", text, "Acme", "--role", text, "--note", text)
        book.run("product", "add", text, "12.34")
        book.run("edit", "s1", "--note", text)
        book.run("edit", "d1", "--note", text)
        book.run("lost", "d2", text, "--new-reason")
    return book


FULL = """
rate set EUR 1.0837 -d 2026-01-01
rate set JPY 0.0067 -d 2026-01-01
owner add Ana --email ana@example.com
owner add Ben
field add customer motto text
field add deal motto text
field add deal worth money
field add sale paid yes/no
stage add Trial --probability 60 --before Negotiation
pipeline add renewals --stages 'Due 50, Asked 70'
kind add webinar
outcome add 'asked back' --counts-as connected
reason add 'too early'
days-off add 2026-08-03..2026-08-14 summer
follow-up add demo call +2d 'how was it?'
score add segment=agency 10
score add call 3 --half-life 30
product add Widget 19.99
product add Setup 100
customer add Acme --email info@acme.example --phone '+49 30 1234567' --segment agency --owner Ana -t vip --field motto=fast
customer add 'Acme Inc' --alias acmeinc
customer add Globex --country DE
contact add 'Mia Berg' Acme --email mia@acme.example --role buyer
quota set 5000 2026Q1
quota set 20 2026-03 --metric calls --owner Ben
deal add 1200 Acme 'New site' -d 2026-01-10 --product 3xWidget@19.99 --product Setup@1140.03 --close 2026-04-01 --owner Ana --field worth=5eur -t big
deal add 500eur Globex Shop -d 2026-02-01 --source web --stage Trial
deal add 90000jpy 'Acme Inc' Japan -d 2026-02-03
deal add 100 Acme Care --every month -d 2026-01-05 --worth 1200
move d1 proposal -d 2026-02-01
won d3 -d 2026-02-20
won d4 -d 2026-01-20
log call Acme 'first words' -d '2026-03-02 09:30' --for 15m --outcome connected --deal d1
log demo Acme -d 2026-03-03 --deal d1
plan meeting Globex 2026-03-25 bring papers
log webinar Globex -d 2026-03-04 --in
sell 119 Acme Hosting --tax 19% --ref R-1 --channel shop -d 2026-03-05 --product Widget -t paid --field paid=yes
sell 50eur Globex Care -d 2026-01-15 --every month
sell 30000jpy Globex Talk -d 2026-03-06
sell 10 Acme Extra -d 2026-03-07 --deal d1
refund s1 20 broken
edit s1 --fee 3.50 --cost 12
customer merge c1 c2 -y
quota set 700 2026-04
rm q3 -y
snooze d1 2026-03-20 later
stage edit Qualified --name Checked
"""
