"""All that is wrong with a file is told at once, as far as it can be known: nobody mends, runs, and gets the next."""

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]
ORDER = [
    "Name", "Email", "Financial Status", "Paid at", "Currency", "Shipping", "Taxes", "Total", "Discount Amount",
    "Created at", "Lineitem quantity", "Lineitem name", "Lineitem price", "Lineitem sku", "Billing Name",
    "Refunded Amount", "Lineitem discount", "Tax 1 Name",
]  # fmt: skip


def rows_of(name: str, *lines: dict[str, str], **first: str) -> list[dict[str, str]]:
    """Return an order as Shopify writes it: what is of the order stands in its first row."""
    head = {"Financial Status": "paid", "Paid at": "2026-01-05", "Currency": "USD", "Taxes": "0.00", "Total": "20.00"}
    rows = [
        {"Name": name, "Lineitem quantity": "1", "Lineitem name": "Tee", "Lineitem price": "10.00"} | line
        for line in lines
    ]
    rows[0] |= head | {"Email": f"{name.strip('#')}@x.example", "Billing Name": f"Buyer {name}"} | first
    return rows


@pytest.fixture
def shop(run: Run, tmp_path: Path) -> Callable[..., Any]:
    """Return a call that imports orders and returns what was told of their cells, by line."""

    def call(*orders: list[dict[str, str]], words: str = "") -> Any:
        file = tmp_path / "orders.csv"
        with file.open("w", newline="") as out:
            writer = csv.DictWriter(out, ORDER, restval="")
            writer.writeheader()
            writer.writerows(row for order in orders for row in order)
        return run(f"import {file} {words}")

    return call


def faults(stderr: str) -> list[str]:
    """Return what stands before the reason in each line on a row."""
    return [line.partition(": ")[2].partition(": ")[0] for line in stderr.splitlines() if ": line " in line]


def test_every_bad_cell_of_an_order_is_told_whichever_of_its_rows_has_it(shop: Any) -> None:
    order = rows_of(
        "#1", {"Lineitem quantity": "two"}, {}, {"Lineitem price": "1.2.3", "Lineitem discount": "zz"},
        **{"Paid at": "2026-13-05", "Total": "abc"},
    )  # fmt: skip
    assert faults(shop(order).stderr) == [
        "line 2, Paid at | Created at '2026-13-05'", "line 2, Total 'abc'", "line 2, Lineitem quantity 'two'",
        "line 3", "line 4, Lineitem price '1.2.3'", "line 4, Lineitem discount 'zz'",
    ]  # fmt: skip


def test_what_an_amount_is_reckoned_from_is_told_beside_a_bad_date(shop: Any) -> None:
    result = shop(rows_of("#1", {}, **{"Taxes": "", "Paid at": "soon"}))
    assert faults(result.stderr) == ["line 2, Paid at | Created at 'soon'", "line 2, Taxes ''"]


@pytest.mark.parametrize("words", ["", "--rejects {}"])
def test_a_bad_part_of_an_order_does_not_hide_that_another_part_stands_elsewhere(
    shop: Any, tmp_path: Path, rows: Any, words: str
) -> None:
    bad = tmp_path / "bad.csv"
    orders = (rows_of("#1", {"Lineitem quantity": "two"}), rows_of("#2", {}, Total="10.00"), rows_of("#1", {}))
    result = shop(*orders, words=words.format(bad))
    assert faults(result.stderr) == ["line 2, Lineitem quantity 'two'", "line 2 and 1 more, Name '#1'"]
    assert "an adjustment" not in result.stderr  # nothing is said of an order that does not go in
    if words:  # half an order must not go in
        assert rows("SELECT amount FROM sales") == [["1000"]]
        assert "3 rows read as shopify-orders · 1 new, 0 changed, 0 same, 2 rejected" in result.stdout
        with bad.open(newline="") as text:
            assert [(row["_line"], row["_error"].count(";")) for row in csv.DictReader(text)] == [("2", 3), ("4", 1)]


TABLES = [
    # A date and an amount; what hangs on a bad cell is not told, since nobody knows it yet.
    ("sales", "date,amount", ["bad,x"], ["line 2, date 'bad'", "line 2, amount 'x'"]),
    ("sales", "date,amount", ["bad,"], ["line 2, date 'bad'", "line 2, amount ''"]),
    ("sales", "date,gross,tax", ["bad,x,"], ["line 2, date 'bad'", "line 2, gross 'x'", "line 2, tax ''"]),
    ("sales", "date,price,quantity", ["bad,0.01,0.5"], ["line 2, date 'bad'", "line 2, price '0.01'"]),
    ("sales", "date,price,quantity", ["2026-01-01,x,"], ["line 2, price 'x'"]),
    ("sales", "date,amount,currency", ["2026-01-01,EUR 5,EURO", "2026-01-01,5,EUR"], ["line 2, currency 'EURO'"]),
    ("sales", "date,amount,customer,deal", ["2026-01-01,5,Nobody,Big"], ["line 2, customer 'Nobody'"]),
    ("deals", "title,customer,contact,stage", ["A,Nobody,Ann,Lead"], ["line 2, customer 'Nobody'"]),
    ("deals", "title,pipeline,stage", ["A,Zzz,Lead"], ["line 2, pipeline 'Zzz'"]),
    ("deals", "title,pipeline,stage", ["A,Zzz,Nope"], ["line 2, pipeline 'Zzz'", "line 2, stage 'Nope'"]),
    ("activities", "date,kind,customer,contact,deal", ["2026-01-01,call,Nobody,Ann,Big"], ["line 2, customer 'Nobody'"]),
    # What is known of a customer without a name is the cell that is filled.
    ("activities", "date,kind,customer,email,phone", ["2026-01-01,call,,a@b.example,", "2026-01-01,call,,,0170 123456"],
     ["line 2, email 'a@b.example'", "line 3, phone '0170 123456'"]),
    ("sales", "date,amount,customer,email,deal", ["2026-01-01,5,,a@b.example,Big"], ["line 2, email 'a@b.example'"]),
    # Rows that cannot go in still count for the others.
    ("deals", "id,title,stage,amount", ["1,A,Lead,x", "1,B,Lead,5"], ["line 2, amount 'x'", "line 3, id '1'"]),
    ("deals", "id,title,stage,amount", ["1,A,Lead,5", "1,B,Lead,x"], ["line 3, amount 'x'", "line 3, id '1'"]),
    ("products", "name,price", ["ACME,x", "Acme,1"], ["line 2, price 'x'", "line 3, name 'Acme'"]),
    ("sales", "id,date,amount,refund_of", ["1,bad,5,", "2,2026-01-02,-5,1"], ["line 2, date 'bad'", "line 3, refund_of '1'"]),
    ("sales", "id,date,amount,refund_of", ["1,bad,-5,77"], ["line 2, date 'bad'", "line 2, refund_of '77'"]),
    # Tags are cells like any other.
    ("sales", "date,amount,tags", [f"2026-01-01,5,{'x' * 300}"], [f"line 2, tags '{'x' * 39}…'"]),
    ("customers", "name,tags", [f"Ann,{'x' * 300}"], [f"line 2, tags '{'x' * 39}…'"]),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "header", "lines", "expected"), TABLES, ids=[f"{n:02}" for n in range(len(TABLES))])
def test_all_that_is_wrong_with_a_row_is_told_and_nothing_else(
    run: Run, kind: str, header: str, lines: list[str], expected: list[str]
) -> None:
    result = run(f"import - --as {kind}", stdin="\n".join([header, *lines, ""]))
    assert faults(result.stderr) == expected
    assert (result.exit_code, result.stdout) == (1, "")


def test_all_rows_that_a_closed_period_refuses_are_told_at_once(run: Run, rows: Any) -> None:
    text = "id,date,amount\n" + "".join(f"{n},2025-02-0{n},5\n" for n in range(1, 5))
    run("import - --as sales", stdin=text, ok=True)
    run("config set closed-until 2025-12-31", ok=True)
    result = run("import - --as sales", stdin=text.replace(",5", ",6"))
    assert faults(result.stderr) == [f"line {n}" for n in range(2, 6)]
    assert result.stderr.endswith("4 of 4 rows cannot go in\nhint: --on-conflict skip leaves all that changed\n")
    assert rows("SELECT DISTINCT amount FROM sales") == [["500"]]
    assert (
        "left out, changed in the file: 4"
        in run("import - --as sales --on-conflict skip", stdin=text.replace(",5", ",6"), ok=True).stdout
    )
