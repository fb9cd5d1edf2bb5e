"""Ids that a spreadsheet rewrote between two imports: no record comes in twice, and nothing is guessed."""

import json
from collections.abc import Callable
from typing import Any

import pytest

Run = Callable[..., Any]
SALES = "import - --as sales --new customers -f json"


def table(*ids: str, amounts: tuple[str, ...] = (), first: int = 1) -> str:
    given = amounts or tuple(f"{at}0.00" for at in range(first, first + len(ids)))
    rows = (
        f'"{key}",2026-03-{at:02},{("Ann", "Bo", "Cy")[at % 3]},{amount}\n'
        for at, (key, amount) in enumerate(zip(ids, given, strict=True), first)
    )
    return "id,date,customer,amount\n" + "".join(rows)


def counts(run: Run, text: str, words: str = "") -> tuple[int, int, int, list[str]]:
    answer = json.loads(run(f"{SALES} {words}", stdin=text).stdout)
    row = answer["rows"][0]
    return row["new"], row["changed"], row["same"], answer["notes"]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (("0001", "0002", "0010"), ("1", "2", "10")),
        (("1", "2", "10"), ("0001", "0002", "0010")),
        (("1", "2", "10"), ("1.0", "2.0", "10.0")),
        (("1", "2", "10"), ("1,00", "2,00", "10,00")),
        (("1001", "1002", "1010"), ("1,001", "1,002", "1,010")),
        (("1001", "1002", "1010"), ("1 001", "1 002", "1 010")),
        (("0001", "0002", "0010"), ("'0001", "'0002", "'0010")),
    ],
)
def test_an_id_in_another_spelling_is_the_one_that_is_known(run: Run, rows: Any, before: Any, after: Any) -> None:
    counts(run, table(*before))
    for _ in range(2):
        told = f"3 ids are written differently from the last import ({after[0]} for {before[0]}) and were taken as the same"
        assert counts(run, table(*after)) == (0, 0, 3, [told])
    assert counts(run, table(*before)) == (0, 0, 3, [])
    assert rows("SELECT count(*), sum(amount) FROM sales") == [["3", "6000"]]


def test_what_is_new_changed_or_removed_is_so_in_another_spelling_too(run: Run, rows: Any) -> None:
    counts(run, table("0001", "0002", "0003"))
    run("rm s2 -y", ok=True)
    new, changed, same, _ = counts(
        run, table("1", "2", "3", "4", amounts=("10.00", "20.00", "35.00", "40.00")), "--full"
    )
    assert (new, changed, same) == (1, 1, 1)
    assert rows("SELECT id, amount FROM sales ORDER BY id") == [["1", "1000"], ["3", "3500"], ["4", "4000"]]


def test_an_id_that_could_be_several_is_a_new_one(run: Run) -> None:
    counts(run, table("01", "001", "7"))
    assert counts(run, table("1", "0001", "7"))[:3] == (2, 0, 1)  # of two known ids
    assert counts(run, table("08", "8", first=8))[:3] == (2, 0, 0)
    assert counts(run, table("9", first=9))[:3] == (1, 0, 0)
    assert counts(run, table("09", "009", first=9))[:3] == (2, 0, 0)  # two ids of one file


def test_an_id_that_stands_in_the_file_itself_has_no_other_spelling_there(run: Run) -> None:
    counts(run, table("0001", "0002"))
    assert counts(run, table("0001", "0002", "1", "2"))[:3] == (2, 0, 2)


def test_another_shop_with_the_same_numbers_is_not_taken_for_it(run: Run, rows: Any) -> None:
    counts(run, table("0001", "0002"))
    other = "id,date,customer,amount\n1,2026-01-05,Zoe,70.00\n2,2026-01-06,Yan,80.00\n"
    refused = run(f"{SALES}", stdin=other)
    assert refused.exit_code == 1
    assert "is another order in the book: s1 of 2026-03-01, Bo; if this is another shop, name it" in refused.stderr
    assert rows("SELECT count(*), sum(amount) FROM sales") == [["2", "3000"]]


def test_ids_that_a_spreadsheet_shortened_are_refused_with_what_to_do(run: Run, rows: Any) -> None:
    counts(run, table("9001000001", "9001000002"))
    for text in (table("9.001E+09"), table("9,001E+09", "9,001E+09")):
        refused = run(SALES, stdin=text)
        assert refused.exit_code == 1
        assert "is a number that a spreadsheet shortened, so the id is lost: export it again" in refused.stderr
        assert "has the same id" not in refused.stderr
    assert run(SALES.replace("sales", "customers"), stdin="id,name\n9.001E+09,Ann\n").exit_code == 1
    assert rows("SELECT count(*) FROM sales") == [["2"]]


def test_article_numbers_are_known_in_another_spelling_and_refused_when_shortened(run: Run, rows: Any) -> None:
    run("import - --as products", stdin="sku,name,price\n0012,Mug,5\n0013,Tee,9\n", ok=True)
    run("import - --as products", stdin="sku,name,price\n12,Big Mug,5\n13,Tee,9\n", ok=True)
    assert rows("SELECT name FROM products ORDER BY id") == [["Big Mug"], ["Tee"]]
    refused = run("import - --as products", stdin="sku,name,price\n4.00638E+12,Mug,5\n")
    assert "shortened" in refused.stderr


def test_new_ids_for_what_came_before_are_named(run: Run) -> None:
    counts(run, table("A1", "A2", "A3"))
    new, _, _, notes = counts(run, table("B1", "B2", "B3"))
    assert (new, notes) == (3, ["3 new rows look like ones that came before: s1, s2, s3"])
    assert counts(run, table("C4", "C5", "C6", first=4)) == (3, 0, 0, [])
    assert counts(run, table("C4", "C5", "C6", "C7", first=4)) == (1, 0, 3, [])


def test_closed_books_do_not_refuse_what_is_known_in_another_spelling(run: Run) -> None:
    counts(run, table("0001", "0002"))
    run("config set closed-until 2026-03-10", ok=True)
    assert counts(run, table("1", "2"))[:3] == (0, 0, 2)
    assert "the books are closed" in run(SALES, stdin=table("1", "2", "3")).stderr
