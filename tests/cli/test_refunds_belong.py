"""A refund is of the customer, owner and channel of the sale that it gives back, as the book has that sale now."""

import json
from collections.abc import Callable
from typing import Any

Run = Callable[..., Any]
ORDERS = "Name,Financial Status,Email,Billing Name,Lineitem name,Lineitem quantity,Lineitem price,Total,Taxes,Refunded Amount,Paid at\n"


def order(name: str, buyer: str, email: str, back: str = "0.00") -> str:
    return f"{name},paid,{email},{buyer},Mug,1,100.00,100.00,0,{back},2026-03-01\n"


def shop(run: Run, *lines: str) -> dict[str, Any]:
    answer = json.loads(run("import - --profile shopify-orders -f json", stdin=ORDERS + "".join(lines)).stdout)
    return {**answer["rows"][0], "notes": answer["notes"], "created": answer["created"]}


def sales(rows: Any) -> list[list[str]]:
    return rows(
        "SELECT s.kind, c.name, s.amount, coalesce(o.name, ''), s.channel FROM sales s JOIN customers c "
        "ON c.id = s.customer_id LEFT JOIN owners o ON o.id = s.owner_id ORDER BY s.id"
    )


def test_a_refund_goes_where_its_sale_goes_after_a_merge(run: Run, rows: Any) -> None:
    shop(run, order("#1", "Ann Alt", "ann@a.example"), order("#2", "Di Dorn", "di@gmail.com"))
    run(["customer", "merge", "Ann Alt", "Di Dorn", "-y"], ok=True)
    found = shop(run, order("#1", "Ann Alt", "ann@a.example"), order("#2", "Di Dorn", "di@gmail.com", "10.00"))
    assert (found["changed"], found["created"]) == (1, [])
    assert sales(rows)[2][:3] == ["refund", "Ann Alt", "-1000"]
    assert rows("SELECT customer_id, sum(amount) FROM sales GROUP BY 1") == [["1", "19000"]]
    # Whom the shop names now is neither of the two: that is news, for the sale and for what was given back of it.
    shop(run, order("#1", "Ann Alt", "ann@a.example"), order("#2", "Ed Else", "ed@gmail.com", "30.00"))
    assert [row[:3] for row in sales(rows)] == [
        ["sale", "Ann Alt", "10000"], ["sale", "Ed Else", "10000"], ["refund", "Ed Else", "-1000"], ["refund", "Ed Else", "-2000"],
    ]  # fmt: skip


def test_a_refund_has_the_owner_and_customer_that_a_person_gave_its_sale(run: Run, rows: Any) -> None:
    shop(run, order("#1", "Ann", "ann@a.example"))
    run("customer add Bo", ok=True)
    run("owner add Mia", ok=True)
    run("edit s1 --customer Bo --owner Mia --channel fair", ok=True)
    shop(run, order("#1", "Ann", "ann@a.example", "30.00"))
    assert sales(rows) == [["sale", "Bo", "10000", "Mia", "fair"], ["refund", "Bo", "-3000", "Mia", "fair"]]


def test_refunds_move_with_a_sale_that_the_shop_gives_to_somebody_else(run: Run, rows: Any) -> None:
    shop(run, order("#1", "Ann", "ann@gmail.com", "30.00"))
    shop(run, order("#1", "Bo", "bo@gmail.com", "30.00"))
    assert [row[1] for row in sales(rows)] == ["Bo", "Bo"]
    run("undo", ok=True)
    assert [row[1] for row in sales(rows)] == ["Ann", "Ann"]


def test_what_a_person_said_of_a_refund_stays_when_its_order_changes(run: Run, rows: Any) -> None:
    shop(run, order("#1", "Ann", "ann@a.example", "30.00"))
    run("edit s2 --channel fair", ok=True)
    shop(run, order("#1", "Ann", "ann@a.example", "30.00").replace("Mug,1,100.00,100.00", "Mug,1,110.00,110.00"))
    assert [(row[2], row[4]) for row in sales(rows)] == [("11000", ""), ("-3000", "fair")]


def test_a_customer_that_only_a_row_of_an_edited_deal_names_is_not_added(run: Run, rows: Any) -> None:
    text = "id,title,stage,customer\n1,Box,Lead,{}\n"
    run("import - --as deals --new customers", stdin=text.format("Ann"), ok=True)
    run("customer add Bo", ok=True)
    run("edit d1 --customer Bo", ok=True)
    answer = run("import - --as deals --new customers", stdin=text.format("Cy"), ok=True).stdout
    assert "1 kept as edited by hand: d1 customer" in answer
    assert "added" not in answer
    assert rows("SELECT name FROM customers ORDER BY 1") == [["Ann"], ["Bo"]]


def test_a_refund_that_was_removed_by_hand_is_named_and_stays_out(run: Run, rows: Any) -> None:
    shop(run, order("#1", "Ann", "ann@a.example", "30.00"))
    run("rm s2 -y", ok=True)
    for _ in range(2):
        found = shop(run, order("#1", "Ann", "ann@a.example", "30.00"))
        assert found["notes"] == ["1 refund was removed by hand and left out: of #1"]
        assert (found["new"], found["same"]) == (0, 1)
    assert len(sales(rows)) == 1
    found = shop(run, order("#1", "Ann", "ann@a.example", "50.00"))  # only what is more than that
    assert [row[2] for row in sales(rows)] == ["10000", "-2000"]
