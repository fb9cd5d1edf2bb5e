"""The same file in other words: saved by a spreadsheet, with its columns moved, or with one more; nothing is doubled.

What identifies a row without an id is what it means; a row that its key does not find is compared by that.
"""

import json
from collections.abc import Callable
from typing import Any, NamedTuple

import pytest

Run = Callable[..., Any]


class Pair(NamedTuple):
    """A file of a kind and the same after a spreadsheet had saved it, with what the second one needs to be read."""

    kind: str
    first: str
    second: str
    words: tuple[str, ...] = ("--date-format", "dmy")


SALES = Pair(
    "sales",
    "Date,Customer,Product,Quantity,Amount\n"
    "2026-03-01,Acme,Coffee,1,10\n"
    "2026-03-01,Acme,Coffee,1,10\n"
    "2026-03-02,Zürich Öl,Tea,2,1200.5\n"
    "2026-03-03,,Tea,2,5.00\n",
    "Amount;Customer;Product;Quantity;Date\n"
    "10.00;ACME;coffee;1;01.03.2026\n"
    "10.00; acme;Coffee;1.0;01.03.2026\n"
    "1,200.50 $;ZÜRICH  ÖL;Tea;2;02.03.2026\n"
    " 5.00;;Tea;2;03.03.2026\n",
)
ACTIVITIES = Pair(
    "activities",
    "date,time,kind,customer,note\n"
    "2026-03-01,10:00,call,Acme,Talk one\n"
    "2026-03-01,11:00,call,Acme,Talk one\n"
    "2026-12-09,,email,Zürich Öl,Planned\n",
    "kind;customer;date;note\n"
    "Call;acme;01.03.2026 10:00;TALK  ONE\n"
    "Call;acme;01.03.2026 11:00;Talk one\n"
    "Mail;zürich öl;09.12.2026;planned\n",
    ("--date-format", "dmy", "--value", "kind:Mail=email"),
)
DEALS = Pair(
    "deals",
    "title,customer,product,stage,amount,created\n"
    "Big roof,Acme,Coffee,Lead,100,2026-03-01\n"
    "Small roof,Zürich Öl,,Lead,200.5,2026-03-02\n",
    "stage;created;customer;product;title;amount\n"
    "Lead;01.03.2026;ACME;coffee;BIG  ROOF;100.00\n"
    "lead;02.03.2026;zürich öl;;Small roof;200.50\n",
)
CONTACTS = Pair(
    "contacts",
    "name,customer,email,phone,role\nAnna Weber,Acme,anna@acme.example,+49 171 1234567,buyer\n",
    "phone;name;customer;email;role\n+491711234567;ANNA WEBER;acme;Anna@Acme.example;buyer\n",
)
PRODUCTS = Pair("products", "name,price\nCoffee,5\nTea,3\n", "price;name;currency\n5.00;COFFEE;USD\n3.00;tea;USD\n")
PAIRS = [SALES, ACTIVITIES, DEALS, CONTACTS, PRODUCTS]


def bring(run: Run, pair: Pair, text: str, *words: str) -> dict[str, Any]:
    """Import a text and return its counts, with what is gone and what was noted."""
    line = ["import", "-", "--as", pair.kind, "--new", "customers,products", *words, "-f", "json"]
    answer = json.loads(run(line, stdin=text, ok=True).stdout)
    return {**answer["rows"][0], "gone": answer["no_longer_in_file"], "notes": answer["notes"]}


def counts(found: dict[str, Any]) -> tuple[int, int, int]:
    return found["new"], found["changed"], found["same"]


def note_of(number: int) -> str:
    rows = "1 row is" if number == 1 else f"{number} rows are"
    was = "its last import and was" if number == 1 else "their last import and were"
    return f"{rows} written differently from {was} taken as the same"


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair.kind)
def test_a_file_that_a_spreadsheet_saved_again_changes_nothing(run: Run, rows: Any, pair: Pair) -> None:
    size = len(pair.first.splitlines()) - 1
    bring(run, pair, pair.first)
    before = rows(f"SELECT * FROM {pair.kind}"), rows("SELECT count(*) FROM operations")
    for words in ((), ("--full",), ("--full", "-n")):
        found = bring(run, pair, pair.second, *pair.words, *words)
        if pair.kind != "products":  # these have their names for keys
            assert note_of(size) in found["notes"]
            assert counts(found) == (0, 0, size)
        assert found["new"] == 0
        assert found["gone"] == ({"count": 0, "refs": []} if words else None)
    if pair.kind != "products":
        assert (rows(f"SELECT * FROM {pair.kind}"), rows("SELECT count(*) FROM operations")) == before
    assert counts(bring(run, pair, pair.first, "--full"))[0] == 0, "the first file is still known by its keys"


def test_each_record_is_taken_once_and_one_more_row_is_one_more_sale(run: Run) -> None:
    bring(run, SALES, SALES.first)
    more = SALES.second + "10.00;Acme;Coffee;1;01.03.2026\n"
    assert counts(bring(run, SALES, more, *SALES.words, "--full")) == (1, 0, 4)
    assert counts(bring(run, SALES, more, *SALES.words, "--full")) == (0, 0, 5)


def test_keys_come_first_and_only_what_no_row_names_is_compared(run: Run) -> None:
    bring(run, SALES, SALES.first)
    mixed = SALES.first + "2026-03-01,ACME,Coffee,1,10.00\n"
    assert counts(bring(run, SALES, mixed, "--full")) == (1, 0, 4), "both records have a row of their own"
    one = "Date,Customer,Product,Quantity,Amount\n2026-03-01,Acme,Coffee,1,10\n2026-03-01,aCME,Coffee,1,10.0\n"
    found = bring(run, SALES, one)
    assert (counts(found), found["notes"]) == ((0, 0, 2), [note_of(1)])


@pytest.mark.parametrize(
    "row",
    [
        "10.01;Acme;Coffee;1;01.03.2026",
        "10.00;Acme;Coffee;1;02.03.2026",
        "10.00;Acme;Tea;1;01.03.2026",
        "10.00;Acme;Coffee;2;01.03.2026",
        "10.00;;Coffee;1;01.03.2026",
        "10.00 EUR;Acme;Coffee;1;01.03.2026",
        "-10.00;Acme;Coffee;1;01.03.2026",
    ],
)
def test_what_means_something_else_is_new(run: Run, row: str) -> None:
    run("rate set EUR 1.1 2026-01-01")
    bring(run, SALES, SALES.first)
    assert counts(bring(run, SALES, f"Amount;Customer;Product;Quantity;Date\n{row}\n", *SALES.words)) == (1, 0, 0)


def test_the_time_of_day_tells_sales_of_a_till_apart(run: Run) -> None:
    first = "date,product,amount\n2026-03-01 10:00,Coffee,5.00\n2026-03-01 10:10,Coffee,5.00\n"
    bring(run, SALES, first)
    later = "date,product,amount\n2026-03-01 11:00,Coffee,5.00\n"
    assert counts(bring(run, SALES, later)) == (1, 0, 0), "the file of the afternoon"
    saved = "date;product;amount\n" + "".join(f"01.03.2026 {at};coffee;5\n" for at in ("10:00", "10:10:00", "11:00"))
    assert counts(bring(run, SALES, saved, *SALES.words, "--full")) == (0, 0, 3)


def test_what_came_in_before_is_compared_as_the_file_had_it(run: Run, rows: Any) -> None:
    bring(run, SALES, SALES.first)
    for line in (
        "edit s1 --amount 12 -y",
        "edit s3 --date 2026-02-01 -y",
        "edit s4 --product Coffee -y",
        "rm s2 -y",
        "customer add 'Acme Ltd'",
        "customer merge 'Acme Ltd' Acme -y",
    ):
        run(line, ok=True)
    before = rows("SELECT * FROM sales")
    found = bring(run, SALES, SALES.second, *SALES.words, "--full")
    assert (counts(found), found["left_out"], found["gone"]["count"]) == ((0, 0, 3), 1, 0)
    assert rows("SELECT * FROM sales") == before


def test_an_edit_does_not_make_a_record_stand_for_another_row(run: Run, rows: Any) -> None:
    bring(run, SALES, "Date,Customer,Amount\n2026-03-01,Acme,10\n2026-03-01,Acme,12\n")
    run("edit s1 --amount 12 -y", ok=True)
    found = bring(run, SALES, "Date,Customer,Amount\n2026-03-01,ACME,10.00\n2026-03-01,ACME,12.00\n", "--full")
    assert (counts(found), found["gone"]["count"]) == ((0, 0, 2), 0)


def test_rows_of_closed_books_are_known_too(run: Run) -> None:
    second = SALES.second.replace(".03.", ".02.")
    bring(run, SALES, SALES.first.replace("-03-", "-02-"))
    run("config set closed-until 2026-02-28", ok=True)
    assert counts(bring(run, SALES, second, *SALES.words)) == (0, 0, 4)
    more = second + "7;Acme;Tea;1;04.02.2026\n"
    refused = run(["import", "-", "--as", "sales", *SALES.words], stdin=more)
    assert refused.exit_code == 1
    assert "line 6, Date '04.02.2026': the books are closed until 2026-02-28" in refused.stderr


def test_a_column_that_was_added_fills_the_records_that_it_is_about(run: Run, rows: Any) -> None:
    bring(run, SALES, SALES.first)
    header, *lines = SALES.first.splitlines()
    with_refs = "\n".join([f"{header},Ref", *(f"{line},R{n}" for n, line in enumerate(lines))]) + "\n"
    new = "2026-03-09,Acme,Tea,1,10,R9\n"
    found = bring(run, SALES, with_refs + new, "--full")
    assert (counts(found), found["gone"]["count"]) == ((1, 4, 0), 0)
    assert rows("SELECT ref FROM sales ORDER BY id") == [["R0"], ["R1"], ["R2"], ["R3"], ["R9"]]
    assert counts(bring(run, SALES, with_refs + new, "--full")) == (0, 0, 5)
    assert counts(bring(run, SALES, with_refs.replace("R1", "R7") + new, "--full")) == (1, 0, 4)


def test_another_file_with_a_further_column_takes_no_records_of_the_first(run: Run) -> None:
    bring(run, SALES, SALES.first)
    invoices = "Date,Customer,Product,Quantity,Amount,Ref\n2026-03-01,Acme,Coffee,1,10,R1\n"
    invoices += "2026-03-02,Acme,Tea,1,20,R2\n2026-03-03,Acme,Tea,1,30,R3\n"
    assert counts(bring(run, SALES, invoices)) == (3, 0, 0)


def test_a_deal_that_moved_on_in_a_file_of_another_format_is_changed(run: Run, rows: Any) -> None:
    bring(run, DEALS, DEALS.first)
    moved = DEALS.second.replace("lead;02", "Qualified;02").replace("200.50", "250.00")
    assert counts(bring(run, DEALS, moved, *DEALS.words, "--full")) == (0, 1, 1)
    assert rows("SELECT title, amount FROM deals ORDER BY id") == [["Big roof", "10000"], ["Small roof", "25000"]]
    run("rm d1 -y", ok=True)
    found = bring(run, DEALS, moved, *DEALS.words, "--full")
    assert (counts(found), found["left_out"]) == ((0, 0, 1), 1)


def test_a_deal_that_was_merged_by_hand_does_not_come_again(run: Run) -> None:
    bring(run, DEALS, DEALS.first.replace("Zürich Öl", "Acme"))
    run("deal merge d1 d2", ok=True)
    found = bring(run, DEALS, DEALS.second.replace("zürich öl", "acme"), *DEALS.words, "--full")
    assert (found["new"], found["gone"]["count"]) == (0, 0)


def test_a_call_that_was_logged_by_hand_is_joined_once(run: Run, rows: Any) -> None:
    run("log call Acme 'my words' -d 2026-03-01 --new", ok=True)
    bring(run, ACTIVITIES, ACTIVITIES.first)
    found = bring(run, ACTIVITIES, ACTIVITIES.second, *ACTIVITIES.words, "--full")
    assert (counts(found), found["gone"]["count"]) == ((0, 0, 3), 0)
    assert rows("SELECT note FROM activities WHERE id = 1") == [["my words"]]


def test_a_refund_names_its_sale_in_another_format_too(run: Run, rows: Any) -> None:
    first = "date,ref,amount,refund_of\n2026-03-01,R1,10,\n2026-03-05,R2,-4,R1\n"
    bring(run, SALES, first)
    second = "ref;refund_of;amount;date\nR1;;10.00;01.03.2026\nr2;R1;-4.00;05.03.2026\nR3;;3;06.03.2026\n"
    second += "R4;R3;-1;06.03.2026\n"
    assert counts(bring(run, SALES, second, *SALES.words, "--full")) == (2, 0, 2)
    assert rows("SELECT id, refund_of FROM sales ORDER BY id") == [["1", ""], ["2", "1"], ["3", ""], ["4", "3"]]


def test_ids_that_a_file_has_now_take_over_what_came_in_without(run: Run, rows: Any) -> None:
    bring(run, SALES, SALES.first)
    run("rm s4 -y", ok=True)
    header, *lines = [*SALES.first.splitlines(), "2026-03-03,Acme,Tea,1,9"]
    with_ids = f"Id,{header}\n" + "".join(f"B{n},{line}\n" for n, line in enumerate(lines))
    rehearsed = bring(run, SALES, with_ids, "--full", "-n")
    found = bring(run, SALES, with_ids, "--full")
    assert (counts(found), found["left_out"], found["gone"]["count"]) == ((1, 0, 3), 1, 0)
    assert (counts(rehearsed), rehearsed["gone"]) == (counts(found), found["gone"])
    assert found["notes"] == ["4 rows have ids now and were taken as what came in without one"]
    again = bring(run, SALES, with_ids, "--full")
    assert (counts(again), again["left_out"], again["gone"]["count"]) == ((0, 0, 4), 1, 0)
    equal = "Id,Date,Customer,Product,Quantity,Amount\nB9,2026-03-01,Acme,Coffee,1,10\n"
    assert counts(bring(run, SALES, equal)) == (1, 0, 0), "what has an id is no other one's record"
    assert (
        counts(bring(run, SALES, with_ids.replace("B1,2026-03-01,Acme,Coffee,1,10", "B1,2026-03-01,Acme,Coffee,1,12")))[
            1
        ]
        == 1
    )


def test_another_file_with_ids_takes_no_records_of_one_without(run: Run) -> None:
    bring(run, SALES, SALES.first)
    invoices = "Id,Date,Customer,Product,Quantity,Amount\nB1,2026-03-01,Acme,Coffee,1,10\n"
    invoices += "B2,2026-03-02,Acme,Tea,1,20\nB3,2026-03-03,Acme,Tea,1,30\n"
    assert counts(bring(run, SALES, invoices)) == (3, 0, 0)


def test_a_history_in_another_format_is_the_same_history(run: Run, rows: Any) -> None:
    deals = Pair("deals", "id,title,customer,stage\nX1,One,Acme,Proposal\nX2,Two,Acme,Proposal\n", "")
    bring(run, deals, deals.first)
    told = Pair(
        "history",
        "deal,on,stage,amount\nX1,2026-01-01,Lead,100\nX1,2026-02-01,Qualified,200.5\nX2,2026-01-03,Lead,50\n",
        "deal;stage;amount;on\nX1;LEAD;100.00;01.01.2026\nX1;Qualified;200.50;01.02.2026\nX2;lead;50.00;03.01.2026\n",
    )
    bring(run, told, told.first)
    before = rows("SELECT * FROM deal_history"), rows("SELECT count(*) FROM operations")
    for _ in range(2):
        found = bring(run, told, told.second, "--date-format", "dmy", "--full")
        assert (counts(found), found["gone"]["count"], found["notes"]) == ((0, 0, 3), 0, [note_of(3)])
    assert (rows("SELECT * FROM deal_history"), rows("SELECT count(*) FROM operations")) == before
    more = told.second.replace("X2;lead;50.00", "X2;lead;60.00")
    found = bring(run, told, more, "--date-format", "dmy", "--full")
    assert (counts(found), found["gone"]["count"]) == ((1, 0, 2), 1)


def test_an_article_number_that_was_added_is_of_the_product_of_that_name(run: Run, rows: Any) -> None:
    bring(run, PRODUCTS, PRODUCTS.first)
    numbered = "sku,name,price\nC-1,Coffee,5\nC-2,Coffee,6\nT-1,Tea,3\n"
    assert counts(bring(run, PRODUCTS, numbered, "--full")) == (1, 2, 0)
    assert counts(bring(run, PRODUCTS, numbered, "--full")) == (0, 0, 3)
    assert rows("SELECT sku FROM products ORDER BY id") == [["C-1"], ["T-1"], ["C-2"]]
