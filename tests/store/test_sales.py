"""Sales as they are kept, and refunds that give back exactly what was paid, part by part."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from salestrack.domain.lines import Line
from salestrack.domain.money import Money
from salestrack.domain.sales import Sale
from salestrack.errors import NotFoundError, RuleError
from salestrack.services.sales import refund
from salestrack.store import Store

Run = Callable[..., Any]
TODAY = date(2026, 3, 18)


def sold(store: Store, amounts: list[int], tax: int | None) -> Sale:
    lines = [Line(name=f"line {at}", amount=amount) for at, amount in enumerate(amounts)]
    with store.operation("sold") as op:
        sale = Sale(on_date=TODAY, amount=Money(sum(amounts), "USD"), tax=tax, book_amount=sum(amounts))
        return store.sales.add(sale, lines, op=op.id)


def totals(store: Store, sale: Sale) -> dict[str, Any]:
    """Return what a sale and its refunds come to together."""
    where = "WHERE s.id = :id OR s.refund_of = :id"
    params = {"id": sale.id}
    money = store.engine.query(
        f"SELECT sum(amount) AS amount, sum(tax) AS tax, sum(book_amount) AS book FROM sales s {where}", params
    )[0]
    lines = store.engine.query(
        f"SELECT position, sum(l.amount) AS amount, sum(l.book_amount) AS book FROM sale_lines l "
        f"JOIN sales s ON s.id = l.sale_id {where} GROUP BY position",
        params,
    )
    return {**money, "lines": [row["amount"] for row in lines], "books": [row["book"] for row in lines]}


def test_a_sale_comes_back_as_it_was_kept(store: Store) -> None:
    with store.operation("sold") as op:
        wanted = Sale(
            title="Site", on_date=TODAY, amount=Money(12345, "EUR"), tax=2346, tax_rate="19", fee=30, rate=1_100_000_000,
            book_amount=13580, ref="2026-7", channel="shop", note="a\nb",
        )  # fmt: skip
        saved = store.sales.add(wanted, op=op.id)
    assert store.sales.get(saved.id) == wanted._replace(id=1)
    with pytest.raises(NotFoundError, match="there is no sale s9"):
        store.sales.get(9)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.integers(1, 99_999), min_size=1, max_size=4),
    st.one_of(st.none(), st.integers(0, 20_000)),
    st.lists(st.integers(1, 99_999), max_size=4),
)
def test_refunds_in_parts_give_back_every_line_and_the_tax_to_the_cent(
    store: Store, amounts: list[int], tax: int | None, parts: list[int]
) -> None:
    sale = sold(store, amounts, tax)
    left = sale.amount.minor
    for chosen in [*parts, 0]:
        if not left:
            break
        part = chosen % left or left
        refund(store, sale.id, Money(part, "USD"), None, on=TODAY)
        left -= part
        now = totals(store, sale)
        assert now["amount"] == now["book"] == sum(now["lines"]) == left
    assert totals(store, sale) == {
        "amount": 0, "tax": None if tax is None else 0, "book": 0, "lines": [0] * len(amounts), "books": now["books"],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("refund s1 500.01", "500.00 USD of s1 can be given back, not 500.01 USD"),
        ("refund s1 1eur", "s1 was paid in USD, not in EUR"),
        ("refund s1 -d 2026-03-01", "s1 was sold on"),
        ("refund s2", "s2 is itself a refund"),
        ("refund s3", "0.00 USD of s3 can be given back"),
    ],
)
def test_what_cannot_be_given_back_is_refused_with_the_reason(run: Run, store: Store, line: str, problem: str) -> None:
    for each in ("sell 600 Acme --new -d 2026-03-10", "refund s1 100", "sell 0 Acme"):
        run(each, ok=True)
    result = run(line)
    assert result.exit_code == 1
    assert problem in result.stderr
    assert store.engine.value("SELECT count(*) FROM sales") == 3


def test_a_refund_of_nothing_is_no_refund(store: Store) -> None:
    sale = sold(store, [100], None)
    with pytest.raises(RuleError, match="can be given back"):
        refund(store, sale.id, Money(0, "USD"), None, on=TODAY)
