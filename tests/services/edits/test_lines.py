"""What a deal or sale is made of can be changed: its amount, its tax and its worth follow, and undo gives the book back."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.services.taking_back import refused, written

from salestrack.domain.refs import Ref
from salestrack.services.edits.document import load, write
from salestrack.store import Store

Run = Callable[..., Any]
Rows = Callable[[str], list[list[str]]]


@pytest.fixture
def filled(run: Run) -> Run:
    for line in (
        "product add Design 5000",
        "product add Hosting --tax 7%",
        "product add Build 12000",
        "deal add - Acme Website --product Build --new",
    ):
        run(line, ok=True)
    return run


LINES = "SELECT kind, quantity, amount, book_amount FROM deal_lines WHERE deal_id = 1 ORDER BY position"


def test_the_amount_follows_new_products_and_their_discount(filled: Run, store: Store, rows: Rows) -> None:
    said = written(filled, store, "deal edit d1 --product 2xDesign --discount 10%")
    assert "products Build@12000 -> 2xDesign@5000 · discount none -> 10%" in said
    assert "10,000.00 USD - 10 % = 9,000.00 USD · amount 12,000.00 USD -> 9,000.00 USD" in said
    assert rows(LINES) == [["product", "2", "1000000", ""], ["discount", "1", "-100000", ""]]
    assert rows("SELECT amount FROM deals") == [["900000"]]


def test_a_discount_alone_is_taken_off_what_is_there_and_can_be_taken_away(filled: Run, store: Store) -> None:
    written(filled, store, "deal edit d1 --discount 5%")
    said = written(filled, store, "deal edit d1 --discount 7.5%")
    assert "discount 5% -> 7.5% · 12,000.00 USD - 7.5 % = 11,100.00 USD" in said
    said = written(filled, store, "deal edit d1 --discount -")
    assert "discount 7.5% -> none · amount 11,100.00 USD -> 12,000.00 USD" in said
    assert "was so already" in refused(filled, store, "deal edit d1 --product Build@12000", code=1)


def test_an_amount_beside_the_products_stands_and_they_are_fitted_to_it(filled: Run, store: Store, rows: Rows) -> None:
    said = written(filled, store, "deal edit d1 --product Design --product Hosting@30 --amount 6000")
    assert "the products come to 5,030.00 USD; the difference is an adjustment" in said
    assert rows(LINES) == [
        ["product", "1", "500000", ""],
        ["product", "1", "3000", ""],
        ["adjustment", "1", "97000", ""],
    ]
    said = written(filled, store, "deal edit d1 --product Hosting")
    assert "Hosting@6000" in said, "a product without a price takes the amount"
    assert "nothing" not in written(filled, store, "deal edit d1 --product -")
    assert rows(LINES) == []
    assert rows("SELECT amount FROM deals") == [["600000"]]


def test_a_deal_that_is_won_has_its_worth_pinned_anew(filled: Run, store: Store, rows: Rows) -> None:
    filled("won d1", ok=True)
    said = written(filled, store, "deal edit d1 --product Design --product Hosting@30")
    assert "that day's revenue is 5,030.00 USD now, not 12,000.00 USD" in said
    assert rows("SELECT amount, book_amount FROM deals") == [["503000", "503000"]]
    assert [row[3] for row in rows(LINES)] == ["500000", "3000"]


def test_products_that_were_always_others_rewrite_the_history(filled: Run, store: Store, rows: Rows) -> None:
    filled("deal edit d1 --amount 13000", ok=True)
    written(filled, store, "deal edit d1 --product Design --correct")
    assert rows("SELECT DISTINCT amount FROM deal_history") == [["500000"]]


def test_the_tax_of_a_sale_is_worked_out_anew(filled: Run, store: Store, rows: Rows) -> None:
    filled("sell 100 Acme Work --tax 19%", ok=True)
    said = written(filled, store, "sale edit s1 --product Design@50 --product Hosting@30")
    assert "tax 19 % (19.00 USD) -> 11.60 USD" in said, "50 at 19 %, 30 at the product's own 7 %"
    assert rows("SELECT tax_rate, tax FROM sale_lines ORDER BY position") == [["19", "950"], ["7", "210"]]
    written(filled, store, "sale edit s1 --product Design@50 --product Hosting@30 --tax 10%")
    assert rows("SELECT tax_rate, tax FROM sales") == [["10", "800"]]
    assert rows("SELECT sum(tax), sum(amount) FROM sale_lines") == [["800", "8000"]]
    written(filled, store, "sale edit s1 --tax -")
    written(filled, store, "sale edit s1 --product Design@70")
    assert rows("SELECT tax, amount FROM sales") == [["", "7000"]], "what had no tax gets none by a new line"


def test_the_products_of_what_was_given_back_stay(filled: Run, store: Store) -> None:
    filled("sell 100 Acme Work --product Design@100", ok=True)
    filled("refund s1 20", ok=True)
    assert "given back for s1 by s2" in refused(filled, store, "sale edit s1 --product Build", code=1)
    assert "s2 gives back s1" in refused(filled, store, "sale edit s2 --product Build", code=1)


def test_products_of_what_repeats_come_to_its_price_each_time(filled: Run, store: Store, rows: Rows) -> None:
    filled("deal add 500 Acme Care --every month", ok=True)
    assert "500.00 USD each time" in refused(filled, store, "deal edit d2 --product Hosting@600", code=1)
    written(filled, store, "deal edit d2 --product Hosting@600 --price 600")
    assert rows("SELECT quantity, price, amount FROM deal_lines WHERE deal_id = 2") == [["12", "60000", "720000"]]


def test_what_cannot_be_read_is_refused(filled: Run, store: Store) -> None:
    assert "no product is called" in refused(filled, store, "deal edit d1 --product Nonsense", code=4)
    assert "does not fit c1" in refused(filled, store, "edit c1 --product Design", code=2)
    assert "no price yet" in refused(filled, store, "deal edit d1 --product 3xHosting --discount 5%", code=1)
    filled("deal add - Acme Idea", ok=True)
    assert "no products to take a discount off" in refused(filled, store, "deal edit d2 --discount 5%", code=2)
    filled("deal add 90 Acme Trip", ok=True)
    assert "priced in USD" in refused(filled, store, "deal edit d3 --amount '90 EUR' --product Design", code=1)


def in_editor(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, change: str) -> None:
    program = tmp_path / "change"
    program.write_text(f"#!/bin/sh\nsed -i '{change}' \"$1\"\n", encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.setenv("EDITOR", str(program))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ('s/"Build@12000", //', "products Build@12000, 2xDesign@4000.50 -> 2xDesign@4000.50 · 8,001.00 USD - 5 % ="),
        ("s/^discount = .*/discount = 7/", "discount 5% -> 7% · 20,001.00 USD - 7 % = 18,600.93 USD"),
        ('s/^discount = .*/discount = ""/', "discount 5% -> none · amount 19,000.95 USD -> 20,001.00 USD"),
        ("s/^products = .*/products = []/", "products Build@12000, 2xDesign@4000.50 -> none"),
    ],
)
def test_the_editor_shows_the_products_and_takes_others(
    filled: Run, store: Store, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, change: str, said: str
) -> None:
    filled("deal edit d1 --product Build --product 2xDesign@4000.50 --discount 5%", ok=True)
    in_editor(monkeypatch, tmp_path, change)
    assert said in written(filled, store, "deal edit d1 --editor")


def test_the_editor_names_the_line_of_a_product_that_cannot_be_read(
    filled: Run, store: Store, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    in_editor(monkeypatch, tmp_path, 's/^products = .*/products = ["Desing"]/')
    assert "line 18, products: no product is called 'Desing'" in refused(filled, store, "edit d1 --editor", code=4)
    in_editor(monkeypatch, tmp_path, 's/^products = .*/products = "Design"/')
    assert "write products as a list" in refused(filled, store, "edit d1 --editor", code=2)


def test_an_adjustment_that_other_products_take_away_is_said_before_and_after(run: Run, store: Store) -> None:
    for line in ("product add Mug 50", "product add Cup 10", "sell 130 Acme --product 2xMug --product Cup --new"):
        run(line, ok=True)
    assert "without the adjustment of 20.00 USD" in write(store, [load(store, Ref("s", 1), ".")])
    edited = run("sale edit s1 --product 3xMug --product Cup", ok=True)
    assert edited.stderr == "note: the adjustment of 20.00 USD is gone: the amount follows the products\n"
    assert "130.00 USD -> 160.00 USD" in edited.stdout
