"""Good files, damaged: each is imported right or refused cleanly, never a traceback and never a part of it.

SALESTRACK_STRESS=1 damages 5,000 files; a sample runs by default. A failure names the round, whose file lies in the folder
of the test; files come from a seed.
"""

import csv
import gzip
import hashlib
import io
import json
import os
import random
import shlex
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from tests.conftest import Result, run_line
from tests.importers.accidents import damaged

from salestrack.importers.table import DELIMITERS

STRESS = bool(os.environ.get("SALESTRACK_STRESS"))
ROUNDS, PARTS = (4_000, 16) if STRESS else (120, 4)
REAL_ROUNDS, REAL_PARTS = (1_000, 5) if STRESS else (30, 1)
ENDS = {0, 1, 2, 3, 4}  # of CLI.md, those that a file can bring about
WRITTEN = {0, 3}
# What doctor finds of a file that was damaged inside; the rest is what a ledger may well say.
STRUCTURAL = {
    "file", "references", "triggers", "side table", "lines", "history", "status", "worth", "import counts", "ledger",
}  # fmt: skip


class Good(NamedTuple):
    """A file as it should be, and the words of the command that imports it."""

    name: str
    data: bytes
    words: tuple[str, ...]


SMALL = {
    "deals": "id,title,customer,contact,owner,product,quantity,stage,amount,currency,probability,created,expected,closed,"
    "lost reason,source,tags,note\n"
    'D1,"Web, shop",Acme,Eve Echo,Ana,Build,2,Lead,"1,200.50",USD,40,2026-01-05,2026-05-01,,,web,"a;b",\n'
    'D2,Größe,Zürich Öl,,Ben,,,Won,900,EUR,,2026-01-06,,2026-02-03,,,x,"two\nlines ""quoted"""\n'
    "D3,,O'Neil & Sons,,,Build,1,Lost,,,,2026-01-07,,2026-03-01,price,fair,,\n"
    "D4,Café,Acme,,,,,Proposal,77.10,,60,,,,,,,-\n",
    "sales": "id,date,customer,email,product,quantity,price,discount,amount,tax,fee,currency,channel,ref,refund of,tags\n"
    'S1,2026-01-05,Acme,a@acme.example,Build,2,50,,100,19,1.20,,web,R-1,,"a,b"\n'
    "S2,2026-01-06,Zürich Öl,,,,,,12.34,,,EUR,shop,R-2,,\n"
    "S3,2026-01-07,Acme,,Build,3,10,10%,27,,,,,R-3,,\n"
    "S4,2026-01-09,Acme,,,,,,-100,,,,,R-4,S1,\n",
    "shop": "date,customer,product,quantity,amount\n"
    "2026-01-05,Acme,Build,1,10\n2026-01-05,Acme,Build,1,10\n2026-01-06,Zürich Öl,,,5.50\n2026-01-07,,,,3\n",
    "activities": "id,date,time,kind,customer,contact,email,phone,owner,duration,direction,outcome,due,done,note,tags\n"
    "A1,2026-01-12,10:15,call,Acme,Eve Echo,,+49 30 5550101,Ana,20,in,connected,,yes,Wants a site,hot\n"
    'A2,2026-02-24,2:00 PM,demo,Zürich Öl,,,,,1h30,out,,,,"Liked it,\nvery much",\n'
    "A3,,,task,Acme,,,,,,,,2026-04-01,no,Send it,\n",
    "customers": "id,name,alias,email,phone,segment,country,owner,tags,note\n"
    'C1,Acme,"AC;acme inc",info@acme.example,030 1,tools,DE,Ana,"key,old",Long note\n'
    "C2,Zürich Öl,,zoe@oel.example,,food,CH,,,\nC3,O'Neil & Sons,,,,,,,,\n",
    "contacts": "id,name,customer,email,phone,role,note\n"
    "N1,Eve Echo,Acme,eve@acme.example,+1 555 0100,buyer,\nN2,Zoë Öl,Zürich Öl,,,,Ruft gern an\n",
    "products": "sku,name,price,currency\nB,Build,2500.00,USD\nC,Café,3.50,USD\n",
    "quotas": "owner,metric,period,target\n,revenue,2026Q1,30000\nAna,revenue,2026-03,8000.00\nAna,calls,2026-03,12\n",
    "history": "id,deal,on,stage,amount,owner\nH1,D1,2026-01-05 09:00,Lead,900,Ana\nH2,D1,2026-02-01,Qualified,1000,Ben\n"
    "H3,D2,2026-01-20,Proposal,900,\n",
}
ORDER = ("customers", "products", "deals", "history", "sales", "shop", "activities", "contacts", "quotas")
NEW = ("--new", "customers,products,stages")
EXPORTS = {
    "maven-crm": {
        "sales_pipeline.csv": (
            "--as",
            "deals",
            "--map",
            "created=engage_date",
            "--map",
            "entered:Engaging=engage_date",
        ),
        "accounts.csv": ("--as", "customers"),
        "products.csv": ("--as", "products"),
    },
    "jaffle-shop": {
        "raw_customers.csv": ("--as", "customers", "--map", "name=first_name"),
        "raw_orders.csv": ("--as", "sales", "--map", "date=order_date", "--map", "amount=user_id"),
        "raw_payments.csv": ("--as", "sales", "--cents", "--map", "date="),
    },
    "cdnow": {"CDNOW_sample.txt": ("--as", "sales", "--delimiter", " ")},
    "salesforce-export": {},
    "vendor-exports": {},
}
MOST_LINES = 60  # of a real file, so that a round takes no second


ODD_WORDS: list[tuple[str, ...]] = [
    ("--encoding", "cp1252"), ("--encoding", "utf-16"), ("--encoding", "utf-8"), ("--encoding", "shift_jis"), ("--delimiter", ";"),
    ("--delimiter", "tab"), ("--delimiter", "x"), ("--decimal", ","), ("--date-format", "dmy"), ("--date-format", "%m/%d/%Y"), ("--cents",),
    ("--currency", "EUR"), ("--currency", "JPY"), ("--source", "crm"), ("--source", "shop"), ("--on-conflict", "skip"),
    ("--on-conflict", "fail"), ("--profile", "none"), ("--set", "owner=Ana"), ("--set", "channel=shop"), ("--map", "note=Note"),
    ("--map", "amount=tax"), ("--map", "field:size=quantity"), ("--map", "id="), ("--value", "stage:Lead=Won"), ("--full",),
    ("--value", "kind:call=meeting"), ("--as", "deals"), ("--as", "sales"), ("--as", "customers"), ("--as", "quotas"), ("--as", "history"),
]  # fmt: skip


class Bench:
    """A book in a folder of its own, and files that are imported into it."""

    def __init__(self, book: Path, folder: Path, chance: random.Random) -> None:
        self.book, self.folder, self.chance = book, folder, chance
        self.rejects = folder / "rejects.csv"
        self.written = self.refused = 0

    def round(self, good: Good) -> None:
        """Damage a file, import it with random options, and check what must hold of every import."""
        chance, data = self.chance, damaged(good.data, self.chance)
        path = self.put(good.name, data)
        words = ["import", str(path), *good.words]
        for odd in chance.sample(ODD_WORDS, chance.choice([0, 0, 0, 0, 1, 1, 2, 3])):
            words += odd
        words += NEW if chance.random() < 0.7 else ()
        words += ["--rejects", str(self.rejects)] if (sets_aside := chance.random() < 0.5) else []
        rehearses = chance.random() < 0.1
        words += ["-n"] if rehearses else []
        before = self.bytes()
        result = run_line([*words, "-f", "json"])
        shown = f"{shlex.join(words)}\n{result.stdout}{result.stderr}"
        assert result.exit_code in ENDS, shown
        assert "Traceback" not in result.stderr + result.stdout, shown
        assert "unexpected" not in result.stderr, shown
        if rehearses or result.exit_code not in WRITTEN:
            assert self.bytes() == before, f"the book has changed\n{shown}"
            assert not self.set_aside(), f"rows were set aside, and nothing was written\n{shown}"
        if result.exit_code in WRITTEN:
            self.check_counts(result, shown, sets_aside=sets_aside and not rehearses)
            if path.suffix in {".csv", ".txt"}:
                answer = json.loads(result.stdout)
                assert answer["rows"][0]["read"] == records_in(data, answer["encoding"], answer["delimiter"]), shown
        self.check_litter(shown)
        if result.exit_code in WRITTEN and not rehearses:
            self.written += 1
            if chance.random() < 0.5:
                self.check_again(words, shown)
        else:
            self.refused += 1
            assert result.exit_code in WRITTEN or len(json.loads(result.stderr)["message"]) > 10, shown
        self.clear()
        path.unlink()

    def put(self, name: str, data: bytes) -> Path:
        """Write a file; now and then packed, and the packed file damaged too."""
        chance = self.chance
        path = self.folder / name
        if chance.random() < 0.06:
            packed = gzip.compress(data, mtime=0)
            path = path.with_name(f"{name}.gz")
            data = damaged(packed, chance) if chance.random() < 0.5 else packed
        elif chance.random() < 0.04:
            buffer = io.BytesIO()
            with zipfile.ZipFile(buffer, "w") as archive:
                archive.writestr(name, data)
            path = path.with_name(f"{name}.zip")
            data = damaged(buffer.getvalue(), chance) if chance.random() < 0.5 else buffer.getvalue()
        path.write_bytes(data)
        return path

    def bytes(self) -> str:
        """Return the bytes of the book in short."""
        return hashlib.sha256(self.book.read_bytes()).hexdigest()

    def check_counts(self, result: Result, shown: str, *, sets_aside: bool) -> None:
        """Check that every row of the file is accounted for, and that those set aside are there."""
        answer = json.loads(result.stdout)
        for row in answer["rows"]:
            parts = [row[name] for name in ("new", "changed", "same", "rejected", "left_out")]
            assert row["read"] == sum(parts), shown
            assert min(parts) >= 0, shown
        rejected = sum(row["rejected"] for row in answer["rows"])
        assert (rejected > 0) == (result.exit_code == 3), shown
        assert bool(self.set_aside()) == (sets_aside and rejected > 0), shown

    def check_again(self, words: list[str], shown: str) -> None:
        """Check that the same command changes nothing the second time."""
        self.clear()
        before = self.bytes()
        again = run_line([*words, "-f", "json"])
        assert again.exit_code in ENDS, f"the second time: exit {again.exit_code}\n{shown}"
        assert self.bytes() == before, f"the second time the book changed\n{shown}\n{again.stdout}{again.stderr}"

    def set_aside(self) -> list[Path]:
        """Return the files of rejected rows; those of several files stand in a folder."""
        if self.rejects.is_dir():
            return list(self.rejects.iterdir())
        return [self.rejects] if self.rejects.exists() else []

    def clear(self) -> None:
        """Take away what was set aside."""
        for path in self.set_aside():
            path.unlink()
        if self.rejects.is_dir():
            self.rejects.rmdir()

    def check_litter(self, shown: str) -> None:
        """Check that nothing lies about but the book and what was asked for."""
        assert [path.name for path in self.book.parent.iterdir()] == [self.book.name], shown
        assert not list((self.folder / "tmp").iterdir()), shown
        assert not [path.name for path in self.folder.iterdir() if path.name.endswith(".new")], shown

    def check_book(self) -> None:
        """Check that doctor finds nothing of the kind that only a faulty import brings about."""
        result = run_line("doctor -f json")
        assert result.exit_code in {0, 5}, result.stderr
        found = [row for row in json.loads(result.stdout)["rows"] if row["check"] in STRUCTURAL]
        assert found == []


def records_in(data: bytes, encoding: str, delimiter: str) -> int:
    """Return how many rows a file has below its header, read in another way: no row may vanish."""
    sign = {name: sign for sign, name in DELIMITERS.items()}.get(delimiter, delimiter[1:-1])
    lines = io.StringIO(data.decode(encoding).removeprefix("\ufeff"), newline="").readlines()
    while lines and (not lines[0].strip() or lines[0].startswith("sep=")):
        del lines[0]
    return sum(1 for row in csv.reader(lines, delimiter=sign) if row) - 1


@pytest.fixture
def bench(book: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[int], Bench]:
    folder = tmp_path / "files"
    (folder / "tmp").mkdir(parents=True)
    monkeypatch.chdir(folder)
    monkeypatch.setenv("TMPDIR", str(folder / "tmp"))
    monkeypatch.setattr("tempfile.tempdir", None)
    return lambda seed: Bench(book, folder, random.Random(seed))


def small(kind: str) -> Good:
    words = ("--as", "sales" if kind == "shop" else kind)
    return Good(f"{kind}.csv", SMALL[kind].encode(), words)


@pytest.mark.stress
@pytest.mark.parametrize("part", range(PARTS))
def test_a_damaged_file_is_imported_right_or_refused_cleanly(bench: Any, part: int) -> None:
    place = bench(20_260_401 + part)
    for kind in ORDER:
        good = small(kind)
        (place.folder / good.name).write_bytes(good.data)
        result = run_line(["import", good.name, *good.words, *NEW, *(("--source", "crm") if part % 2 else ())])
        assert result.exit_code == 0, (kind, result)
    for number in range(ROUNDS // PARTS):
        good = small(place.chance.choice(ORDER))
        if place.chance.random() < 0.15:
            good = good._replace(words=())
        place.round(good)
        if number % 50 == 49:
            place.check_book()
    place.check_book()
    assert min(place.written, place.refused) * 8 > place.written + place.refused, "both ends are tried"


def excerpt(path: Path, chance: random.Random) -> bytes:
    """Return the header of a real file and some of its lines."""
    lines = path.read_bytes().splitlines(keepends=True)
    if len(lines) <= MOST_LINES or chance.random() < 0.02:
        return b"".join(lines)
    start = chance.randrange(1, len(lines) - MOST_LINES)
    return b"".join([lines[0], *lines[start : start + MOST_LINES]])


@pytest.mark.stress
@pytest.mark.real_data
@pytest.mark.parametrize("part", range(REAL_PARTS))
def test_a_damaged_export_of_a_vendor_is_imported_right_or_refused_cleanly(
    bench: Any, real_data: Path, part: int
) -> None:
    place = bench(20_260_501 + part)
    files = [
        path for folder in EXPORTS for path in sorted((real_data / folder).iterdir()) if path.suffix in {".csv", ".txt"}
    ]
    for _ in range(REAL_ROUNDS // REAL_PARTS):
        path = place.chance.choice(files)
        place.round(Good(path.name, excerpt(path, place.chance), EXPORTS[path.parent.name].get(path.name, ())))
    place.check_book()
