"""A customer database that sends three files at once: companies, people who work there, and deals with both."""

import csv
import io
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path
from zipfile import ZipFile

from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule
from tests.weekly.undoing import LedgerWalk

Row = dict[str, str]
HEADS = {
    "customers": {"Record ID": "", "Company name": "name", "Industry": "segment", "Phone Number": "phone"},
    "contacts": {
        "Record ID": "", "First Name": "first", "Last Name": "last", "Email": "email", "Associated Company": "company",
        "Job Title": "role",
    },
    "deals": {
        "Record ID": "", "Deal Name": "title", "Deal Stage": "stage", "Create Date": "created", "Amount": "amount",
        "Associated Company": "company",
    },
}  # fmt: skip
CHANGING = {
    "customers": {
        "name": ["Acme", "Blue Harbor", "Kiosk", "Zeta"],
        "segment": ["food", "retail"],
        "phone": ["030 111111"],
    },
    "contacts": {"last": ["Lark", "Vale", "Moss"], "role": ["buyer", "owner"], "company": ["1", "2", "3"]},
    "deals": {"title": ["Roof", "Gate"], "stage": ["Lead", "Proposal"], "amount": ["10.00", "250.50"]},
}
BY_HAND = {"customers": ("segment", "phone"), "contacts": ("role",), "deals": ("title", "amount")}
LETTERS = {"customers": "c", "contacts": "n", "deals": "d"}
IN_THE_BOOK = {
    "customers": "SELECT id, name, segment, phone FROM v_customers",
    "contacts": "SELECT id, name, email, customer, role FROM v_contacts",
    "deals": "SELECT id, title, stage, created_on AS created, amount_minor AS amount, customer FROM v_deals",
}


@dataclass
class Kept:
    """A record in the book: the values of its row, those that the seller wrote over them, and whether it is there."""

    ref: int
    held: Row
    by_hand: set[str] = field(default_factory=set)
    here: bool = True


moves = st.tuples(
    st.sampled_from(["new", "change", "change", "gone"]),
    st.sampled_from(sorted(HEADS)),
    st.integers(0, 9),
    st.integers(0, 9),
)


class CompaniesWalk(LedgerWalk):
    """Three kinds of records that count their ids from 1 each, and refer to each other by name."""

    expected: dict[str, dict[str, Kept]]

    @initialize(happened=st.lists(moves, max_size=6))
    def begin(self, happened: list[tuple[str, str, int, int]]) -> None:
        """Make a book and a database with three companies."""
        self.start()
        self.expected = {kind: {} for kind in HEADS}
        self.rows: dict[str, dict[str, Row]] = {kind: {} for kind in HEADS}
        for number in (1, 2, 3):
            self.rows["customers"][str(number)] = {"name": f"Company {number}", "segment": "food", "phone": ""}
        self.count = 3
        for kind in ("contacts", "deals"):
            self._happen("new", kind, 0, 0)
        self.pass_a_week(happened)

    def pass_a_week(self, happened: list[tuple[str, str, int, int]]) -> None:
        """Let the database change; companies do not go, since others name them."""
        for way, kind, pick, place in happened:
            self._happen(way, kind, pick, place)

    def _happen(self, way: str, kind: str, pick: int, place: int) -> None:
        rows = self.rows[kind]
        if way == "new":
            self.count += 1
            number = str(self.count)
            company = str(1 + pick % 3)
            rows[number] = {
                "customers": {"name": f"Company {number}", "segment": "", "phone": ""},
                "contacts": {"first": f"Ann {number}", "last": "Lark", "email": f"ann{number}@mail.example",
                             "company": company, "role": ""},
                "deals": {"title": "Roof", "stage": "Lead", "created": "2026-03-01", "amount": "5.00", "company": company},
            }[kind]  # fmt: skip
        elif rows:
            number = sorted(rows)[pick % len(rows)]
            if way == "gone" and kind != "customers":
                del rows[number]
            elif way == "change":
                name = sorted(CHANGING[kind])[place % len(CHANGING[kind])]
                value = CHANGING[kind][name][pick % len(CHANGING[kind][name])]
                rows[number][name] = f"{value} {number}" if (kind, name) == ("customers", "name") else value

    # --- imports ---

    @rule(
        happened=st.lists(moves, max_size=4),
        order=st.permutations(sorted(HEADS)),
        how=st.sampled_from(["files", "folder", "zip"]),
    )
    def send(self, happened: list[tuple[str, str, int, int]], order: list[str], how: str) -> None:
        """Let the database send its files, and import them twice: the second time nothing is new."""
        self.pass_a_week(happened)
        files = self._files(order, how)
        before, was, last = self.ledger.dump(), deepcopy(self.expected), self.ledger.last_operation()
        self._import(files)
        self.noted(before, was, last)
        assert self.ledger.last_operation() <= last + 1, "all files are one operation"
        after = self.ledger.dump()
        for counts in self._import(files).values():
            assert counts["new"] == counts["changed"] == 0
        assert self.ledger.dump() == after

    def _files(self, order: list[str], how: str) -> list[str]:
        """Write a file of each kind, and return what to name on the command line."""
        folder = self.folder / f"export-{next(self.numbers)}"
        folder.mkdir()
        for kind in order:
            (folder / f"{kind}.csv").write_text(self._text(kind), encoding="utf-8")
            self.said.append(f"{folder.name}/{kind}.csv:\n{self._text(kind)}")
        if how == "files":
            return [str(folder / f"{kind}.csv") for kind in order]
        if how == "folder":
            return [str(folder)]
        with ZipFile(folder.with_suffix(".zip"), "w") as archive:
            for kind in order:
                archive.write(folder / f"{kind}.csv", Path(f"{kind}.csv"))
        return [str(folder.with_suffix(".zip"))]

    def _text(self, kind: str) -> str:
        out = io.StringIO()
        table = csv.writer(out, lineterminator="\n")
        table.writerow(HEADS[kind])
        for number, row in self.rows[kind].items():
            told = row | {"company": self._company(row)} if "company" in row else row
            table.writerow([number, *(told[name] for name in HEADS[kind].values() if name)])
        return out.getvalue()

    def _company(self, row: Row) -> str:
        return self.rows["customers"][row["company"]]["name"]

    def _import(self, files: list[str]) -> dict[str, dict[str, int]]:
        forecast = {}
        for kind in HEADS:
            forecast[kind] = dict.fromkeys(("read", "new", "changed", "same", "rejected", "left_out"), 0)
            for number, row in self.rows[kind].items():
                forecast[kind]["read"] += 1
                forecast[kind][self._take(kind, number, row)] += 1
        answer = self.ledger.answers("import", *files)
        told = {row["kind"]: row for row in answer["rows"]}
        for kind, counts in forecast.items():
            if counts["read"]:  # a file that has only a header may be left
                assert {name: told[kind][name] for name in counts} == counts, kind
            keys = self.ledger.keys(kind, "hubspot")
            for number, one in self.expected[kind].items():
                one.ref = one.ref or keys[number]
        self.compare()
        return forecast

    def _take(self, kind: str, number: str, row: Row) -> str:
        one = self.expected[kind].get(number)
        if one is None:
            self.expected[kind][number] = Kept(0, dict(row))
            return "new"
        if not one.here:
            return "left_out"
        differs = {
            name: value for name, value in row.items() if value and value != one.held[name] and name not in one.by_hand
        }
        one.held |= differs
        return "changed" if differs else "same"

    # --- the book ---

    def compare(self) -> None:
        """Compare every customer, person and deal, and whose they are."""
        for kind, question in IN_THE_BOOK.items():
            book = {row.pop("id"): {name: row[name] or "" for name in row} for row in self.ledger.query(question)}
            wanted = {one.ref: self._wanted(kind, one.held) for one in self.expected[kind].values() if one.here}
            assert book == wanted, kind

    def _wanted(self, kind: str, held: Row) -> dict[str, str | int]:
        wanted: dict[str, str | int] = {name: value for name, value in held.items() if name != "company"}
        if "company" in held:
            wanted["customer"] = self.expected["customers"][held["company"]].held["name"]
        if kind == "contacts":
            wanted["name"] = f"{wanted.pop('first')} {wanted.pop('last')}"
        if kind == "deals":
            wanted["amount"] = round(float(held["amount"]) * 100)
        return wanted

    # --- the seller ---

    @rule(kind=st.sampled_from(sorted(HEADS)), pick=st.integers(0, 7), place=st.integers(0, 3))
    def edit(self, kind: str, pick: int, place: int) -> None:
        """Change one value by hand."""
        live = [one for one in self.expected[kind].values() if one.here]
        if live:
            one, name = live[pick % len(live)], BY_HAND[kind][place % len(BY_HAND[kind])]
            value = "77.00" if name == "amount" else "by hand" if name != "phone" else "030 999999"
            if one.held[name] != value:
                self.act("edit", f"{LETTERS[kind]}{one.ref}", f"--{name}", value, "-y")
                one.held[name] = value
                one.by_hand.add(name)
                self.compare()

    @rule(kind=st.sampled_from(["contacts", "deals"]), pick=st.integers(0, 7))
    def remove(self, kind: str, pick: int) -> None:
        """Remove a person or a deal."""
        live = [one for one in self.expected[kind].values() if one.here]
        if live:
            one = live[pick % len(live)]
            self.act("rm", f"{LETTERS[kind]}{one.ref}", "-y")
            one.here = False
            self.compare()
