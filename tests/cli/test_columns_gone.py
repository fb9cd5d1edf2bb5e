"""A file that lacks a column which its source had before: the rows are the same ones, and that is said.

Only where most of the rows find their records so; where they do not, new rows that look like earlier ones are named.
"""

import json
from collections.abc import Callable
from typing import Any

import pytest

Run = Callable[..., Any]
SALES = (
    "Date,Customer,Product,Quantity,Amount,Ref\n"
    "2026-03-01 10:00,Acme,Tee,2,10,A1\n2026-03-01 11:00,Acme,Tee,2,10,A2\n"
    "2026-03-02 09:30,Acme,Mug,1,20,A3\n2026-03-03 18:00,Bob,Tee,3,30,\n"
)
ACTIVITIES = "Date,Kind,Customer,Note\n2026-03-01,call,Acme,hello\n2026-03-01,email,Bob,hi\n"
DEALS = (
    "Title,Customer,Product,Quantity,Stage,Created\nRoof,Acme,Tee,2,Lead,2026-03-01\nWall,Bob,Mug,3,Lead,2026-03-02\n"
)


def bring(run: Run, kind: str, text: str, *words: str) -> dict[str, Any]:
    """Import a text and return its counts and notes."""
    line = ["import", "-", "--as", kind, "--new", "customers,products", *words, "-f", "json"]
    answer = json.loads(run(line, stdin=text, ok=True).stdout)
    further = {"notes": answer["notes"], "what_changed": answer["what_changed"]}
    return {**answer["rows"][0], "gone": answer["no_longer_in_file"], **further}


def counts(found: dict[str, Any]) -> tuple[int, int, int, int]:
    return found["new"], found["changed"], found["same"], found["left_out"]


def without(text: str, *names: str) -> str:
    """Return a file without some of its columns."""
    header, *lines = [line.split(",") for line in text.splitlines()]
    kept = [place for place, name in enumerate(header) if name not in names]
    return "".join(",".join(cells[place] for place in kept) + "\n" for cells in (header, *lines))


def lack(number: int, names: str) -> str:
    rows = "1 row lacks" if number == 1 else f"{number} rows lack"
    verb = "it had before, and was" if number == 1 else "they had before, and were"
    return f"{rows} {names}, which {verb} taken as the same"


@pytest.mark.parametrize(
    ("kind", "text", "names", "note"),
    [
        ("sales", SALES, ("Ref",), lack(3, "ref")),
        ("sales", SALES, ("Product", "Quantity"), lack(4, "product and quantity")),
        ("sales", SALES, ("Quantity",), lack(3, "quantity")),
        ("sales", SALES, ("Customer",), lack(4, "customer")),
        ("sales", SALES, ("Ref", "Product", "Quantity"), lack(4, "product, quantity and ref")),
        ("activities", ACTIVITIES, ("Note",), lack(2, "note")),
        ("deals", DEALS, ("Customer",), lack(2, "customer")),
        ("deals", DEALS, ("Product", "Quantity"), lack(2, "product and quantity")),
    ],
)
def test_rows_without_a_column_of_before_are_the_same_and_empty_nothing(
    run: Run, rows: Any, kind: str, text: str, names: tuple[str, ...], note: str
) -> None:
    size = len(text.splitlines()) - 1
    bring(run, kind, text)
    tables = (kind, "sale_lines", "deal_lines", "operations")
    before = [rows(f"SELECT * FROM {table}") for table in tables]
    for words in ((), ("--full", "-n"), ("--full",)):
        found = bring(run, kind, without(text, *names), *words)
        assert counts(found) == (0, 0, size, 0)
        assert note in found["notes"]
        assert found["gone"] == ({"count": 0, "refs": []} if words else None)
    assert [rows(f"SELECT * FROM {table}") for table in tables] == before
    assert counts(bring(run, kind, text)) == (0, 0, size, 0), "the column is back"


def test_the_time_of_day_may_go(run: Run) -> None:
    bring(run, "sales", SALES)
    found = bring(
        run,
        "sales",
        "".join(line[:10] + line[16:] + "\n" if line[0] == "2" else f"{line}\n" for line in SALES.splitlines()),
    )
    assert (counts(found), found["notes"]) == ((0, 0, 4, 0), [lack(4, "time of day")])


def test_a_column_may_have_got_another_name(run: Run, rows: Any) -> None:
    bring(run, "sales", SALES)
    found = bring(run, "sales", SALES.replace("Ref", "Memo"))
    assert counts(found) == (0, 3, 1, 0)
    assert (found["notes"], found["what_changed"]) == ([lack(3, "ref")], "s1 note; s2 note; s3 note")
    assert rows("SELECT ref, note FROM sales") == [["A1", "A1"], ["A2", "A2"], ["A3", "A3"], ["", ""]]


def test_the_ids_may_go_and_come_back(run: Run) -> None:
    with_ids = "Id,Date,Customer,Amount\n1,2026-03-01,Acme,10\n2,2026-03-02,Acme,20\n3,2026-03-02,Bob,20\n"
    bring(run, "sales", with_ids)
    run("rm s3 -y", ok=True)
    run("edit s1 --amount 99 -y", ok=True)
    plain = without(with_ids, "Id")
    found = bring(run, "sales", plain, "--full")
    assert (counts(found), found["notes"]) == ((0, 0, 2, 1), [lack(3, "id")])
    assert found["gone"]["count"] == 0
    more = plain + "2026-03-05,Bob,7\n"
    assert counts(bring(run, "sales", more)) == (1, 0, 2, 1)
    assert counts(bring(run, "sales", more)) == (0, 0, 3, 1)
    assert counts(bring(run, "sales", with_ids)) == (0, 0, 2, 1)


def test_what_people_removed_or_edited_counts_as_the_file_had_it(run: Run, rows: Any) -> None:
    bring(run, "sales", SALES)
    for line in ("rm s1 -y", "edit s2 --amount 99 -y", "edit s3 --product Tee -y", "edit s4 --date 2026-03-08 -y"):
        run(line, ok=True)
    before = rows("SELECT * FROM sales")
    assert counts(bring(run, "sales", without(SALES, "Ref"))) == (0, 0, 3, 1)
    assert rows("SELECT * FROM sales") == before


def test_each_record_is_taken_once(run: Run) -> None:
    bring(run, "sales", SALES)
    more = without(SALES, "Ref") + "2026-03-02 09:30,Acme,Mug,1,20\n"
    assert counts(bring(run, "sales", more)) == (1, 0, 4, 0)
    assert counts(bring(run, "sales", more)) == (0, 0, 5, 0)


@pytest.mark.parametrize("change", [("10,", "11,"), ("-03-0", "-04-0")])
def test_the_day_and_the_amount_always_count(run: Run, change: tuple[str, str]) -> None:
    bring(run, "sales", SALES)
    found = bring(run, "sales", without(SALES.replace(*change), "Ref"))
    assert found["new"] >= 2


def test_another_file_that_lacks_a_column_takes_no_records_and_says_what_looks_alike(run: Run) -> None:
    bring(run, "sales", SALES)
    other = "Date,Customer,Product,Amount\n2026-03-01,Acme,Hat,10\n2026-03-02,Acme,Hat,20\n2026-03-03,Cara,Hat,5\n"
    found = bring(run, "sales", other)
    assert counts(found) == (3, 0, 0, 0)
    assert "2 new rows look like ones that came before: s1, s3" in found["notes"]
    assert not any("lack" in note for note in found["notes"])


def test_rows_of_closed_books_are_known_without_the_column_too(run: Run) -> None:
    text = SALES.replace("-03-", "-02-")
    bring(run, "sales", text)
    run("config set closed-until 2026-02-28", ok=True)
    assert counts(bring(run, "sales", without(text, "Ref"))) == (0, 0, 4, 0)


def test_deals_without_their_day_are_new_ones_and_that_is_said(run: Run) -> None:
    bring(run, "deals", DEALS)
    found = bring(run, "deals", without(DEALS, "Created"))
    assert (counts(found), found["notes"]) == ((2, 0, 0, 0), ["2 new rows look like ones that came before: d1, d2"])
    assert counts(bring(run, "deals", DEALS)) == (0, 0, 2, 0)
