"""A file that comes in other words after people changed, renamed or removed what it had brought: nothing is doubled."""

import json
from collections.abc import Callable
from typing import Any

import pytest

Run = Callable[..., Any]
SALES = "date,customer,amount\n2026-03-01,Acme,10\n2026-03-02,Beta,20\n2026-03-03,Acme,30\n2026-03-04,Acme,40\n"
SAVED = (
    "date;customer;amount\n01.03.2026;ACME;10.00\n02.03.2026;beta;20.00\n03.03.2026;Acme;30.00\n04.03.2026;Acme;40.00\n"
)
CALLS = (
    "date,kind,customer,note\n2026-03-05,call,Acme,talk two\n2026-03-06,call,Beta,hello\n2026-03-07,call,Beta,three\n"
)


def with_column(text: str, title: str, letter: str, *, first: bool = False) -> str:
    """Return a file with a column more, whose cells are numbered."""
    head, *lines = text.splitlines()
    rows = [(head, title), *((line, f"{letter}{place}") for place, line in enumerate(lines, 1))]
    return "".join(f"{cell},{line}\n" if first else f"{line},{cell}\n" for line, cell in rows)


REFS, IDS = with_column(SALES, "ref", "R"), with_column(SALES, "id", "X", first=True)


@pytest.fixture
def bring(run: Run) -> Callable[..., dict[str, Any]]:
    def bring(text: str, *words: str, kind: str = "sales") -> dict[str, Any]:
        options = ["--as", kind, "--new", "customers,products", "--date-format", "dmy", *words, "-f", "json"]
        answer = json.loads(run(["import", "-", *options], stdin=text, ok=True).stdout)
        return {**answer["rows"][0], "notes": answer["notes"]}

    return bring


def counts(found: dict[str, Any]) -> tuple[int, int, int, int]:
    return found["new"], found["changed"], found["same"], found["left_out"]


def test_what_one_person_typed_into_a_column_does_not_make_it_one_of_the_source(
    run: Run, bring: Any, rows: Any
) -> None:
    bring(SALES)
    run("edit s1 --ref mine -y", ok=True)
    assert counts(bring(REFS)) == (0, 3, 1, 0)
    assert rows("SELECT ref FROM sales ORDER BY id") == [["mine"], ["R2"], ["R3"], ["R4"]]
    run("edit s2 --ref other -y", ok=True)
    more = REFS + "2026-03-01,Acme,10,R9\n"
    assert counts(bring(more)) == (1, 0, 4, 0), "the source has references now, so this is another sale"


@pytest.mark.parametrize("text", [SAVED, REFS, IDS], ids=["saved", "column", "ids"])
@pytest.mark.parametrize(
    "lines",
    [
        ("rm s2 -y",),
        ("rm s2 -y", "rm c2 -y"),
        ("edit s2 --customer Acme -y", "rm c2 -y"),
        ("product add Tea 25", "edit s2 --product Tea -y"),
        ("edit s2 --amount 25 -y",),
        ("edit c2 --name Gamma -y",),
    ],
    ids=["removed", "customer-removed", "customer-changed", "product", "amount", "renamed"],
)
def test_no_edit_brings_a_sale_a_second_time(run: Run, bring: Any, rows: Any, lines: Any, text: str) -> None:
    bring(SALES)
    for line in lines:
        run(line, ok=True)
    before = rows("SELECT id, on_date, customer_id, amount FROM sales"), rows("SELECT name FROM customers")
    for _ in range(2):
        found = bring(text, "--full")
        assert (found["new"], found["left_out"], found["read"]) == (0, lines[0] == "rm s2 -y", 4)
        assert (
            rows("SELECT id, on_date, customer_id, amount FROM sales"),
            rows("SELECT name FROM customers"),
        ) == before


def test_a_product_or_a_person_may_stand_in_a_file_by_a_name_of_before(run: Run, bring: Any, rows: Any) -> None:
    text = "date,customer,contact,kind,note\n2026-03-01,Acme,Ann,call,hi\n2026-03-02,Acme,Bob,call,ho\n"
    bring(text, kind="activities")
    bring("date,product,amount\n2026-03-01,Tea,10\n2026-03-02,Tea,20\n")
    run("edit p1 --name 'Green tea' -y", ok=True)
    run("contact edit n1 --name 'Ann Weber' -y", ok=True)
    for _ in range(2):
        again = bring("date;product;amount\n01.03.2026;Tea;10.00\n02.03.2026;TEA;20.00\n03.03.2026;Coffee;5.00\n")
    assert counts(again) == (0, 0, 3, 0)
    assert rows("SELECT name FROM products ORDER BY id") == [["Green tea"], ["Coffee"]]
    sold = rows("SELECT p.name FROM sale_lines l JOIN products p ON p.id = l.product_id ORDER BY l.id")
    assert sold == [["Green tea"], ["Green tea"], ["Coffee"]]
    assert counts(bring(text.replace("2026-03-01", "20260301"), kind="activities")) == (0, 0, 2, 0)
    assert rows("SELECT name FROM contacts ORDER BY id") == [["Ann Weber"], ["Bob"]]


@pytest.mark.parametrize("line", ["rm a1 -y", "edit a1 --date 2026-03-08 -y", "edit a1 --customer Beta -y", ""])
@pytest.mark.parametrize("ids", [False, True])
def test_a_call_that_was_logged_by_hand_stays_the_one_that_a_row_joined(
    run: Run, bring: Any, rows: Any, line: str, ids: bool
) -> None:
    run("log call Acme 'in my words' -d 2026-03-05 --new", ok=True)
    bring(CALLS, kind="activities")
    if line:
        run(line, ok=True)
    before = rows("SELECT * FROM activities")
    second = with_column(CALLS, "id", "X", first=True) if ids else CALLS.replace("2026-03-0", "2026030")
    for _ in range(2):
        assert bring(second, kind="activities")["new"] == 0
    assert rows("SELECT * FROM activities") == before


def test_a_column_edited_by_hand_is_told_of_once_whatever_the_writing(run: Run, bring: Any, rows: Any) -> None:
    first = "date,customer,amount,channel\n2026-03-01,Acme,10,shop\n2026-03-02,Beta,20,shop\n"
    second = "date;customer;amount;channel\n01.03.2026;Acme;10.00;web\n02.03.2026;Beta;20.00;shop\n"
    bring(first)
    run("edit s1 --channel direct -y", ok=True)
    bring(second)
    told = rows("SELECT count(*) FROM operations")
    for text in (second, first, second, first):
        assert counts(bring(text)) == (0, 0, 2, 0)
    assert rows("SELECT count(*) FROM operations") == told
    assert counts(bring(second, "--on-conflict", "fail")) == (0, 0, 2, 0)
    assert counts(bring(second.replace("20.00;shop", "20.00;web"))) == (0, 1, 1, 0)
    assert counts(bring(first)) == (0, 1, 1, 0), "what changed in one writing may change back in the other"
    assert counts(bring(second)) == (0, 0, 2, 0)


def test_the_same_file_twice_is_the_same_file_whatever_names_it_brought(run: Run, bring: Any) -> None:
    bring("date,customer,email,amount\n2026-03-03,Ben,,20\n")
    second = "date;customer;email;amount\n03.03.2026;Ben;;20.00\n06.03.2026;Ben;ben@c.com;10.00\n"
    assert counts(bring(second)) == (1, 0, 1, 0)
    assert counts(bring(second, "--full")) == (0, 0, 2, 0), "the name means two by now, but came in before"


def test_a_record_of_two_writings_is_one_record(run: Run, bring: Any, rows: Any) -> None:
    first = "date,customer,amount\n2026-03-01,Acme,10\n2026-03-01,Acme,10\n"
    second = "date;customer;amount\n01.03.2026;Acme;10.00\n01.03.2026;Acme;10.00\n02.03.2026;Acme;5.00\n"
    bring(first)
    assert counts(bring(second, "--full")) == (1, 0, 2, 0)
    assert rows("SELECT count(*) FROM import_keys") == [["5"]], "two of them by a further key"
    mixed = "date,customer,amount\n2026-03-01,Acme,10\n01.03.2026,Acme,10.00\n"
    assert counts(bring(mixed, "--full")) == (0, 0, 2, 0)
    more = mixed + "01.03.2026,Acme,10.00\n"
    assert counts(bring(more, "--full")) == (1, 0, 2, 0), "three rows are three sales, however they are written"


def test_undo_takes_further_keys_back_and_a_copy_of_the_book_has_them(
    run: Run, bring: Any, rows: Any, tmp_path: Any
) -> None:
    bring(SALES)
    keys = rows("SELECT source, kind, key, record_id, print FROM import_keys")
    saved = SAVED + "05.03.2026;Acme;50.00\n"
    assert counts(bring(saved)) == (1, 0, 4, 0)
    run("undo", ok=True)
    assert rows("SELECT source, kind, key, record_id, print FROM import_keys") == keys
    run("redo", ok=True)
    assert counts(bring(saved)) == (0, 0, 5, 0)
    run(["export", "all", "-o", str(tmp_path / "book.zip")], ok=True)
    other = ["--db", str(tmp_path / "other.db")]
    run([*other, "init", "--currency", "USD", "-y"], ok=True)
    run([*other, "import", str(tmp_path / "book.zip")], ok=True)
    line = [*other, "import", "-", "--as", "sales", "--date-format", "dmy", "-f", "json"]
    for text in (SALES, saved):
        assert json.loads(run(line, stdin=text, ok=True).stdout)["rows"][0]["new"] == 0
