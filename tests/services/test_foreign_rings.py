"""Books that give each other their exports, in both directions or in a ring, hold every record once."""

import shlex

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.services.test_foreign import brought, counts
from tests.services.whole_books import Book


def exchange(giver: Book, taker: Book, folder) -> str:
    """Let one book take in what another exports, and return what the command said."""
    giver.export(folder)
    return brought(taker, folder)


def totals(book: Book) -> dict[str, list[tuple]]:
    """Return what has to be alike in books that know all of each other."""
    return {
        "sales": book.query("SELECT kind, count(*), sum(amount), sum(book_amount) FROM sales GROUP BY kind ORDER BY 1"),
        "revenue": book.query("SELECT count(*), sum(amount) FROM revenue WHERE on_date < '2026-12-31'"),
        "deals": book.query("SELECT status, count(*), sum(amount) FROM deals GROUP BY status ORDER BY 1"),
        "activities": book.query("SELECT done, count(*) FROM activities GROUP BY done ORDER BY 1"),
        "schedules": book.query("SELECT every, count(*) FROM schedules GROUP BY every ORDER BY 1"),
        "changes": book.query("SELECT from_on, amount FROM schedule_changes ORDER BY 1, 2"),
        "customers": book.query("SELECT key FROM customers WHERE merged_into IS NULL ORDER BY 1"),
        "words": book.query("SELECT record, name FROM custom_fields ORDER BY 1, 2"),
        "tags": book.query("SELECT count(*) FROM sale_tags"),
    }


@pytest.fixture
def ring(tmp_path):
    """Three books with records of their own: sales of 100, 10 and 1."""
    books = [Book(tmp_path / f"{name}.db") for name in "xyz"]
    for book, amount, name in zip(books, (100, 10, 1), ("Acme", "Gamma", "Delta"), strict=True):
        book.line(f"sell {amount} {name} Own{amount} --new -d 2026-02-01")
    return books


def test_a_record_that_comes_home_is_the_one_it_was(ring, tmp_path):
    x, y, _ = ring
    exchange(x, y, tmp_path / "out")
    assert counts(exchange(y, x, tmp_path / "out")) == {"new": 2, "changed": 0, "same": 2}
    assert x.query("SELECT sum(amount), count(*) FROM sales") == [(11000, 2)]
    assert counts(exchange(x, y, tmp_path / "out")) == {"new": 0, "changed": 0, "same": 4}
    assert totals(x) == totals(y)


def test_a_ring_of_three_comes_to_rest_whichever_way_a_record_takes(ring, tmp_path):
    x, y, z = ring
    for giver, taker in ((x, y), (y, z), (z, x), (x, y), (y, z)):
        exchange(giver, taker, tmp_path / "out")
    for giver, taker in ((z, x), (x, y), (y, z), (y, x), (x, z), (z, y)):
        found = counts(exchange(giver, taker, tmp_path / "out"))
        assert (found["new"], found["changed"]) == (0, 0)
    for book in ring:
        assert book.query("SELECT sum(amount), count(*) FROM sales") == [(11100, 3)]


def test_what_was_edited_there_comes_home_and_what_was_edited_here_stays(ring, tmp_path):
    x, y, _ = ring
    x.line("sell 50 Acme Second -d 2026-02-02")
    exchange(x, y, tmp_path / "out")
    y.line("edit s2 --note there")
    y.line("edit s3 --amount 60 --note there")
    x.line("edit s2 --amount 55")
    x.line("edit s1 --channel here")
    text = exchange(y, x, tmp_path / "out")
    assert x.query("SELECT amount, book_amount, note, channel FROM sales WHERE title LIKE 'Own100' OR id = 2") == [
        (10000, 10000, "there", "here"), (5500, 5500, "there", None),
    ]  # fmt: skip
    assert "changed: s1 note; s2 note" in text
    assert "1 kept as edited by hand: s2 amount" in text
    exchange(x, y, tmp_path / "out")
    assert y.query("SELECT channel FROM sales WHERE id = 2") == [("here",)]


def test_a_record_removed_here_does_not_come_home(ring, tmp_path):
    x, y, _ = ring
    exchange(x, y, tmp_path / "out")
    x.line("rm s1 -y")
    assert "removed by hand: 1" in exchange(y, x, tmp_path / "out")
    assert x.query("SELECT title FROM sales") == [("Own10",)]


def test_the_same_order_of_a_shop_is_one_and_another_one_with_its_number_is_not(tmp_path):
    x, y = Book(tmp_path / "x.db"), Book(tmp_path / "y.db")
    (tmp_path / "shop.csv").write_text(
        "id,date,customer,amount,title\n7,2026-02-01,Acme,100,One\n8,2026-02-02,Acme,20,Two\n"
    )
    (tmp_path / "other.csv").write_text(
        "id,date,customer,amount,title\n7,2026-02-01,Acme,100,One\n8,2026-03-09,Gamma,3,Else\n"
    )
    for book, name in ((x, "shop"), (y, "other")):
        book.run(
            "import", str(tmp_path / f"{name}.csv"), "--as", "sales", "--source", "shop", "--new", "customers", ok=True
        )
    exchange(y, x, tmp_path / "out")
    assert x.query("SELECT title, sum(amount) FROM sales GROUP BY title ORDER BY 1") == [
        ("Else", 300), ("One", 10000), ("Two", 2000),
    ]  # fmt: skip
    exchange(x, y, tmp_path / "out")
    assert totals(x) == totals(y)


def test_fields_of_another_type_get_one_further_name_and_no_more(tmp_path):
    x, y = Book(tmp_path / "x.db"), Book(tmp_path / "y.db")
    x.line("field add customer size number")
    y.line("field add customer size text")
    x.line("customer add Acme --field size=4")
    y.line("customer add Gamma --field size=big")
    for giver, taker in ((x, y), (y, x), (x, y), (y, x)):
        exchange(giver, taker, tmp_path / "out")
    for book in (x, y):
        assert book.query("SELECT name FROM custom_fields ORDER BY 1") == [("size",), ("size-2",)]
    assert x.query("SELECT name, fields FROM customers ORDER BY 1") == [
        ("Acme", '{"size": "4"}'), ("Gamma", '{"size-2": "big"}'),
    ]  # fmt: skip
    assert y.query("SELECT name, fields FROM customers ORDER BY 1") == [
        ("Acme", '{"size-2": "4"}'), ("Gamma", '{"size": "big"}'),
    ]  # fmt: skip


def test_a_step_that_repeats_and_was_done_in_both_books_is_planned_once(tmp_path):
    x, y = Book(tmp_path / "x.db"), Book(tmp_path / "y.db")
    x.line("customer add Acme")
    x.line("plan call Acme 2026-02-02 --every week")
    exchange(x, y, tmp_path / "out")
    for book in (x, y):
        book.line("done a1 -d 2026-02-02")
    for giver, taker in ((y, x), (x, y), (y, x), (x, y)):
        exchange(giver, taker, tmp_path / "out")
    for book in (x, y):
        assert book.query("SELECT count(*) FROM activities WHERE done = 0") == [(1,)]
        assert book.query("SELECT count(*) FROM schedules") == [(1,)]


def test_deals_that_were_made_one_there_count_once(tmp_path):
    """While they are apart here, what both are worth together stays out: it would stand beside its parts."""
    x, y = Book(tmp_path / "x.db"), Book(tmp_path / "y.db")
    x.line("deal add 10 Acme One --new -d 2026-01-01")
    x.line("deal add 20 Acme Two -d 2026-01-01")
    y.line("customer add Own")
    exchange(x, y, tmp_path / "out")
    y.line("deal merge d1 d2")
    y.export(tmp_path / "out")
    result = x.run("import", str(tmp_path / "out"), ok=True)
    assert "merged in the other book, and apart here: d2 into d1" in result.stderr
    assert x.query("SELECT sum(amount) FROM deals") == [(3000,)]
    x.line("deal merge d1 d2")
    for giver, taker in ((x, y), (y, x)):
        exchange(giver, taker, tmp_path / "out")
    for book in (x, y):
        assert book.query("SELECT count(*), sum(amount) FROM deals") == [(1, 3000)]


def test_a_rate_that_was_pinned_here_stays_when_an_amount_comes_home_changed(tmp_path):
    """100 USD at 0.9 are 90 EUR here; 200 USD at the same rate are 180, whatever a dollar was said to be worth since."""
    x, y = Book(tmp_path / "x.db", "EUR"), Book(tmp_path / "y.db", "USD")
    for line in (
        "rate set USD 0.9 -d 2026-01-01",
        "sell 100usd Acme A --new -d 2026-02-01",
        "rate set USD 0.5 -d 2026-01-15",
    ):
        x.line(line)
    y.line("customer add Own")
    exchange(x, y, tmp_path / "out")
    y.line("edit s1 --note hi")
    exchange(y, x, tmp_path / "out")
    assert x.query("SELECT amount, rate, book_amount, note FROM sales") == [(10000, 900_000_000, 9000, "hi")]
    y.line("edit s1 --amount 200usd")
    exchange(y, x, tmp_path / "out")
    assert x.query("SELECT amount, rate, book_amount FROM sales") == [(20000, 900_000_000, 18000)]
    assert y.query("SELECT amount, rate, book_amount FROM sales") == [(20000, None, 20000)]


def test_a_copy_of_this_book_that_gave_its_ids_to_other_records_takes_nothing_away(tmp_path):
    """A copy has the uid of this book; its second sale is another one than the second sale here."""
    x, copy, y = Book(tmp_path / "x.db"), Book(tmp_path / "copy.db"), Book(tmp_path / "y.db")
    x.line("sell 100 Acme One --new -d 2026-02-01")
    x.export(tmp_path / "out")
    copy.run("import", str(tmp_path / "out"), ok=True)
    copy.line("sell 7 Gamma Copied --new -d 2026-02-02")
    x.line("sell 20 Acme Two -d 2026-02-03")
    y.line("sell 1 Own x --new")
    exchange(copy, y, tmp_path / "out")
    exchange(y, x, tmp_path / "out")
    assert x.query("SELECT title, amount FROM sales ORDER BY id") == [
        ("One", 10000),
        ("Two", 2000),
        ("x", 100),
        ("Copied", 700),
    ]


def test_two_of_a_kind_there_are_two_here(tmp_path):
    """Steps that are alike in every word are as many here as they are there."""
    x, y = Book(tmp_path / "x.db"), Book(tmp_path / "y.db")
    y.line("customer add Own")
    x.line("customer add Acme")
    for _ in range(2):
        x.line("plan call Acme 2027-01-02 --every week")
    for giver, taker in ((x, y), (y, x), (x, y)):
        exchange(giver, taker, tmp_path / "out")
    for book in (x, y):
        assert book.query("SELECT count(*) FROM activities") == [(2,)]
        assert book.query("SELECT count(*) FROM schedules") == [(2,)]


@settings(max_examples=2, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_any_three_books_come_to_rest_with_the_same_totals(tmp_path_factory, data):
    """Each book writes records of its own and edits its own; after some rounds all three hold the same, once."""
    folder = tmp_path_factory.mktemp("ring")
    books = [Book(folder / f"{number}.db") for number in range(3)]
    for number, book in enumerate(books):
        book.line(f"sell {number + 1} Acme Own{number} --every month -d 2026-01-0{number + 1} --new")
        book.line(f"deal add {number + 1}0 'Only {number}' Deal{number} -d 2026-01-01 --new")
    acts = [
        "sell {n} Acme More{n}", "edit s1 --price {n} --from 2026-0{m}-01", "edit d1 --amount {n}", "won d1 {n}", "edit s1 -t t{n}",
        "log call Acme note {n}", "plan call Acme 2027-01-0{m} --every week", "move d1 proposal", "edit s1 --note {n}",
        "customer add New{n}", "done a1",
    ]  # fmt: skip
    for turn in range(1, 1 + data.draw(st.integers(1, 2))):
        for number, book in enumerate(books):
            for act in data.draw(st.lists(st.sampled_from(acts), max_size=3)):
                book.run(*shlex.split(act.format(n=number * 10 + turn, m=number + 3)))
        pairs = [(books[at], books[(at + 1) % 3]) for at in range(3)]
        for giver, taker in (*pairs, *pairs):
            exchange(giver, taker, folder / "out")
        for giver, taker in (*pairs, *((taker, giver) for giver, taker in pairs)):
            exchange(giver, taker, folder / "out")
        for giver, taker in pairs:
            found = counts(exchange(giver, taker, folder / "out"))
            assert (found["new"], found["changed"]) == (0, 0)
        assert totals(books[0]) == totals(books[1]) == totals(books[2])
        assert all(book.query("PRAGMA foreign_key_check") == [] for book in books)
