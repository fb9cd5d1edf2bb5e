"""Rows that give money back, in exports where a refund has the id of its order: known however a spreadsheet writes them."""

import json
from collections.abc import Callable
from typing import Any

import pytest

Run = Callable[..., Any]
HEADER = "Date,Order #,N. Revenue (formatted),Status,Customer,Product(s),Items sold,Coupon(s),Net Sales,Attribution\n"
SALE = '2025-01-15 10:22:31,1201,$30.00,completed,Ann,"1× Tee, 2× Mug",3,,30,Direct\n'
BACK = "2025-01-16 11:00:00,1202,-$45.00,refunded,Ann,1× Mug,1,,-45,Direct\n"
AGAIN = "2025-01-16 12:00:00,1202,-$45.00,refunded,Ann,1× Mug,1,,-45,Direct\n"
SAVED = BACK.replace("11:00:00", "11:00")


def shop(run: Run, *lines: str, words: str = "") -> tuple[tuple[int, int, int, int], list[str]]:
    """Import rows of the shop; return new, changed, same and left out, and the notes on refunds."""
    line = f"import - --profile woocommerce-orders {words} -f json"
    answer = json.loads(run(line, stdin=HEADER + "".join(lines), ok=True).stdout)
    row = answer["rows"][0]
    notes = [note for note in answer["notes"] if "written differently" in note]
    return (row["new"], row["changed"], row["same"], row["left_out"]), notes


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (SAVED, ""),
        (BACK.replace("2025-01-16 11:00:00", "16.01.2025 11:00"), ""),
        (BACK.replace("2025-01-16 11:00:00", "1/16/2025 11:00"), "--date-format mdy"),
    ],
)
def test_a_refund_that_a_spreadsheet_wrote_is_the_same(run: Run, rows: Any, line: str, words: str) -> None:
    shop(run, SALE, BACK)
    before = rows("SELECT * FROM sales"), rows("SELECT count(*) FROM operations")
    sale = SALE if not words else SALE.replace("2025-01-15", "1/15/2025")
    for more in ("", "--full"):
        found, notes = shop(run, sale, line, words=f"{words} {more}")
        assert found == (0, 0, 2, 0)
        assert notes == ["1 refund is written differently from its last import and was taken as the same"]
    assert (rows("SELECT * FROM sales"), rows("SELECT count(*) FROM operations")) == before


def test_a_refund_that_was_removed_stays_removed_and_an_edited_one_is_not_doubled(run: Run, rows: Any) -> None:
    shop(run, SALE, BACK)
    run("sale edit s2 -d 2025-01-20 -y", ok=True)
    assert shop(run, SALE, SAVED)[0] == (0, 0, 2, 0)
    assert rows("SELECT on_date FROM sales WHERE id = 2") == [["2025-01-20"]]
    run("rm s2 -y", ok=True)
    assert shop(run, SALE, SAVED)[0] == (0, 0, 1, 1)
    assert rows("SELECT id FROM sales") == [["1"]]


def test_each_refund_stands_for_one_row_and_another_amount_is_another_refund(run: Run) -> None:
    shop(run, SALE, BACK, AGAIN)
    saved = AGAIN.replace("12:00:00", "12:00")
    assert shop(run, SALE, SAVED, saved)[0] == (0, 0, 3, 0)
    third = saved.replace("12:00", "13:00")
    assert shop(run, SALE, SAVED, saved, third)[0] == (1, 0, 3, 0)
    assert shop(run, SALE, BACK, AGAIN, third)[0] == (0, 0, 4, 0)
    assert shop(run, SALE, SAVED.replace("45", "44").replace("11:00", "14:00"))[0] == (1, 0, 1, 0)


def test_a_refund_of_closed_books_is_known_however_it_is_written(run: Run) -> None:
    shop(run, SALE, BACK)
    run("config set closed-until 2025-12-31", ok=True)
    assert shop(run, SALE, SAVED)[0] == (0, 0, 2, 0)
