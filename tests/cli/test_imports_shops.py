"""What shops and payment services say of their orders: words that nobody knows are told, a lost dispute is given back."""

import pytest

SHOPIFY = (
    "Name,Email,Financial Status,Paid at,Currency,Shipping,Taxes,Total,Discount Amount,Created at,"
    "Lineitem quantity,Lineitem name,Lineitem price"
)
STRIPE = (
    "id,Description,Created (UTC),Amount,Amount Refunded,Currency,Captured,Status,Customer Email,Mode,"
    "Dispute Date (UTC),Disputed Amount,Dispute Status,Refunded date (UTC)"
)
SALES = "SELECT kind, on_date, amount FROM sales ORDER BY id"


@pytest.fixture
def bring(tmp_path, book, run):
    """Return a call that imports a table."""

    def bring(header: str, *rows: str):
        (tmp_path / "f.csv").write_text("\n".join([header, *rows, ""]), encoding="utf-8")
        return run(f"import {tmp_path}/f.csv", ok=True)

    return bring


def order(number: int, status: str) -> str:
    day = "2026-03-01 10:00:00 +0000"
    return f"#{number},a@x.example,{status},{day},USD,0,0,50.00,0,{day},1,Tee,50.00"


def charge(number: int, back: str, day: str, taken: str, dispute: str, on: str = "") -> str:
    at = f"2026-03-{number:02} 10:00"
    return f"ch_{number},Order,{at},100.00,{back},usd,true,Paid,a@x.example,Live,{day},{taken},{dispute},{on}"


def test_a_status_that_the_profile_does_not_know_is_told_once_with_the_counts(bring):
    said = bring(SHOPIFY, order(1, "paid"), order(2, "unheard"), order(3, "unheard"), order(4, "odd"))

    assert said.stderr == (
        "note: Financial Status says what the profile does not know, and such rows count like all others: 'unheard' (2), 'odd' (1)\n"
    )
    assert "4 new" in said.stdout


def test_orders_that_were_never_paid_are_left_out_each_by_its_own_word(bring):
    said = bring(SHOPIFY, order(1, "paid"), order(2, "expired"), order(3, "voided"), order(4, "cancelled"))

    assert "left out, expired: never paid: 1" in said.stdout
    assert "left out, voided: never paid: 1" in said.stdout
    assert "left out, cancelled: never paid: 1" in said.stdout
    assert said.stderr == ""


def test_a_lost_dispute_is_money_given_back(bring, rows):
    first = charge(1, "0.00", "2026-03-08 10:00", "100.00", "needs_response")
    won = charge(2, "0.00", "2026-03-08 10:00", "100.00", "won")
    part = charge(3, "25.00", "", "", "", "2026-03-05 10:00")
    bring(STRIPE, first, won, part)
    assert rows(SALES) == [
        ["sale", "2026-03-01", "10000"], ["sale", "2026-03-02", "10000"], ["sale", "2026-03-03", "10000"],
        ["refund", "2026-03-05", "-2500"],
    ]  # fmt: skip

    lost = first.replace("needs_response", "lost")
    said = bring(STRIPE, lost, won, part).stdout
    assert "1 changed, 2 same" in said
    assert rows(SALES)[4:] == [["refund", "2026-03-08", "-10000"]]
    assert "0 new, 0 changed, 3 same" in bring(STRIPE, lost, won, part).stdout
