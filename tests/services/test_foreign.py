"""A foreign book comes in: what is new there is added, what changed follows, what was set here stays; twice is once."""

import shlex

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.services.whole_books import Book, full_book


@pytest.fixture
def theirs(tmp_path):
    return full_book(tmp_path / "theirs.db")


@pytest.fixture
def ours(tmp_path):
    book = Book(tmp_path / "ours.db")
    for line in (
        "owner add Ben",
        "stage add trial --probability 70",
        "field add customer motto number",
        "product add Widget 25",
        "customer add Acme --phone '+49 40 999'",
        "deal add 50 Acme 'New site'",
        "sell 7 Acme Own",
    ):
        book.line(line)
    return book


def brought(book, folder, **more):
    return book.run("import", str(folder), ok=True, **more).stdout


def counts(text: str) -> dict[str, int]:
    """Read `91 records read · 88 new, 1 changed, 2 same, 3 left out`."""
    read = text.partition(" records read")[0].rpartition(" ")[2]
    said = text.partition("records read · ")[2].partition(" · ")[0].strip()
    found = {word.partition(" ")[2]: int(word.partition(" ")[0].replace(",", "")) for word in said.split(", ")}
    assert int(read) == sum(found.values())
    return found


def sums(book: Book) -> list[tuple]:
    return book.query(
        "SELECT kind, currency, sum(amount), sum(tax), count(*) FROM sales GROUP BY kind, currency ORDER BY 1, 2"
    )


def test_records_of_both_books_stand_beside_each_other_and_their_sums_add_up(theirs, ours, tmp_path):
    theirs.export(tmp_path / "out")
    before = {(row[0], row[1]): row[2:] for row in sums(ours)}
    found = counts(brought(ours, tmp_path / "out"))
    records = ("products", "customers", "contacts", "quotas", "deals", "sales", "activities")
    read = sum(theirs.query(f"SELECT count(*) FROM {table}")[0][0] for table in records)
    assert found == {"new": read - 2, "changed": 1, "same": 1}, "Acme and the widget are known here"
    for kind, currency, amount, _, number in sums(theirs):
        own = before.get((kind, currency), (0, 0, 0))
        now = {(row[0], row[1]): row[2:] for row in sums(ours)}[kind, currency]
        assert (now[0], now[2]) == (amount + own[0], number + own[2])
    assert ours.query("SELECT count(*) FROM deals") == [(5,)]
    assert ours.query("PRAGMA foreign_key_check") == []


def test_who_has_just_the_same_name_is_one_and_only_blanks_are_filled(theirs, ours, tmp_path):
    theirs.export(tmp_path / "out")
    brought(ours, tmp_path / "out")
    assert ours.query("SELECT id, phone, email, segment FROM customers WHERE key = 'acme' AND merged_into IS NULL") == [
        (1, "+49 40 999", "info@acme.example", "agency")
    ]
    assert ours.query("SELECT price FROM products WHERE name = 'Widget'") == [(2500,)]
    assert ours.query("SELECT count(*) FROM owners") == [(2,)], "Ben is Ben"
    assert ours.query("SELECT name, probability FROM stages WHERE lower(name) = 'trial'") == [("trial", 70)]
    assert ours.query("SELECT name, type FROM custom_fields WHERE record = 'customer' ORDER BY id") == [
        ("motto", "number"), ("motto-2", "text"),
    ]  # fmt: skip
    assert ours.query("SELECT fields FROM customers WHERE id = 1") == [('{"motto-2": "fast"}',)]


def test_again_it_changes_nothing_and_undo_takes_all_of_it_back(theirs, ours, tmp_path):
    theirs.export(tmp_path / "out")
    fresh = ours.tables()
    brought(ours, tmp_path / "out")
    merged = ours.tables()
    before = ours.path.read_bytes()
    found = counts(brought(ours, tmp_path / "out"))
    assert (found["new"], found["changed"]) == (0, 0)
    assert ours.path.read_bytes() == before
    ours.run("undo", ok=True)
    assert ours.tables() == fresh
    ours.run("redo", ok=True)
    assert ours.tables() == merged


def test_what_changed_there_follows_and_what_was_set_here_stays(theirs, ours, tmp_path):
    theirs.export(tmp_path / "out")
    brought(ours, tmp_path / "out")
    shop = ours.query("SELECT id FROM deals WHERE title = 'Shop'")[0][0]
    site = ours.query("SELECT id FROM deals WHERE title = 'New site' AND amount = 120000")[0][0]
    ours.line(f"edit d{shop} --title 'Our shop'")
    ours.line(f"move d{site} negotiation -d 2026-03-10")
    for line in (
        "edit d2 --title 'Their shop' --note hello",
        "edit d1 --note again --amount 1300",
        "move d2 negotiation -d 2026-03-11",
        "sell 5 Globex Late",
        "customer add Brandnew",
    ):
        theirs.line(line)
    theirs.export(tmp_path / "out")
    text = brought(ours, tmp_path / "out")
    found = counts(text)
    assert (found["new"], found["changed"]) == (2, 2)
    assert "kept as edited by hand" in text
    assert ours.query(f"SELECT title, note FROM deals WHERE id = {shop}") == [("Our shop", "hello")]
    stage = "SELECT s.name, d.amount, d.note FROM deals d JOIN stages s ON s.id = d.stage_id WHERE d.id = "
    assert ours.query(stage + str(shop))[0][0] == "Negotiation"
    assert ours.query(stage + str(site)) == [("Negotiation", 130000, "again")], "only the stage was set here"
    assert ours.query(f"SELECT count(*) FROM deal_history WHERE deal_id = {shop}") == theirs.query(
        "SELECT count(*) FROM deal_history WHERE deal_id = 2"
    )
    found = counts(brought(ours, tmp_path / "out"))
    assert (found["new"], found["changed"]) == (0, 0)
    assert "histor" not in ours.run("doctor").stdout


def test_what_was_removed_here_stays_removed_with_what_hangs_on_it(theirs, ours, tmp_path):
    theirs.export(tmp_path / "out")
    brought(ours, tmp_path / "out")
    globex = ours.query("SELECT id FROM customers WHERE name = 'Globex'")[0][0]
    ours.line(f"rm c{globex} --all -y")
    theirs.line("sell 5 Globex Late")
    theirs.export(tmp_path / "out")
    text = brought(ours, tmp_path / "out")
    assert counts(text)["new"] == 0
    assert "removed by hand" in text
    assert "belongs to what was removed here: 1" in text
    assert ours.query("SELECT count(*) FROM customers WHERE name = 'Globex'") == [(0,)]


def test_a_merge_made_here_holds(theirs, ours, tmp_path):
    theirs.export(tmp_path / "out")
    brought(ours, tmp_path / "out")
    globex = ours.query("SELECT id FROM customers WHERE name = 'Globex'")[0][0]
    ours.line(f"customer merge c1 c{globex} -y")
    theirs.line("edit c3 --phone '+49 111 222333'")
    theirs.line("sell 5 Globex Late")
    theirs.export(tmp_path / "out")
    text = brought(ours, tmp_path / "out")
    assert "merged into another record: 1" in text
    assert ours.query("SELECT customer_id FROM sales WHERE title = 'Late'") == [(1,)]
    assert ours.query("SELECT phone FROM customers WHERE id = 1") == [("+49 40 999",)]


def test_another_book_currency_prices_all_money_anew(tmp_path):
    theirs = full_book(tmp_path / "theirs.db", "USD")
    ours = Book(tmp_path / "ours.db", "EUR")
    ours.line("rate set USD 0.5 -d 2026-01-01")
    ours.line("customer add Acme")
    theirs.export(tmp_path / "out")
    brought(ours, tmp_path / "out")
    rows = ours.query("SELECT amount, currency, rate, book_amount FROM sales ORDER BY id")
    assert (11900, "USD", 500_000_000, 5950) in rows
    assert (5000, "EUR", None, 5000) in rows
    assert (30000, "JPY", None, None) in rows
    assert ours.query("SELECT DISTINCT currency FROM rates") == [("USD",)]
    assert ours.query(
        "SELECT count(*) FROM sales s WHERE book_amount <> (SELECT sum(book_amount) FROM sale_lines l WHERE l.sale_id = s.id)"
    ) == [(0,)]


def test_two_foreign_books_and_their_ids_do_not_mix(ours, tmp_path):
    for name in ("a", "b"):
        book = Book(tmp_path / f"{name}.db")
        book.line(f"customer add 'Only {name}'")
        book.line(f"sell 10 'Only {name}' Thing")
        book.export(tmp_path / name)
        assert counts(brought(ours, tmp_path / name))["new"] == 2
    for name in ("a", "b"):
        assert counts(brought(ours, tmp_path / name))["new"] == 0
    assert ours.query(
        "SELECT c.name FROM sales s JOIN customers c ON c.id = s.customer_id WHERE s.title = 'Thing' ORDER BY 1"
    ) == [("Only a",), ("Only b",)]


def test_a_closed_period_takes_nothing_in(theirs, ours, tmp_path):
    theirs.export(tmp_path / "out")
    ours.line("config set closed_until 2026-02-28")
    before = ours.tables()
    result = ours.run("import", str(tmp_path / "out"))
    assert result.exit_code == 1
    assert ours.tables() == before


NO_HISTORY = """
SELECT count(*) FROM deals d WHERE NOT EXISTS (
    SELECT 1 FROM deal_history h WHERE h.deal_id = d.id AND h.to_on IS NULL
    AND h.stage_id = d.stage_id AND h.amount IS d.amount AND h.currency = d.currency
)
"""


@settings(max_examples=2, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_any_mix_of_changes_on_both_sides_comes_to_rest(tmp_path_factory, data):
    """Whatever both sides do in turn: counts add up, a second exchange does nothing, no reference breaks."""
    folder = tmp_path_factory.mktemp("mix")
    theirs, ours = full_book(folder / "theirs.db"), Book(folder / "ours.db")
    ours.line("customer add Globex")
    acts = [
        "edit d1 --note {n}", "edit c1 --segment s{n}", "sell {n} Acme More", "log call Acme note {n}", "edit s1 --fee {n}",
        "deal add {n} Globex Another", "rm s2 -y", "rm d2 -y", "edit c3 --name 'Globex {n}'", "move d1 negotiation",
        "won d1 {n}", "edit d1 -t t{n}", "customer merge c1 c3 -y", "rm a1 -y",
    ]  # fmt: skip
    for number in range(1, 4):
        for book in (theirs, ours):
            for act in data.draw(st.lists(st.sampled_from(acts), max_size=4)):
                book.run(*shlex.split(act.format(n=number)))
        for turn in range(3):
            for giver, taker in ((theirs, ours), (ours, theirs)):
                giver.export(folder / "out")
                found = counts(brought(taker, folder / "out"))
                assert turn < 2 or (found["new"], found["changed"]) == (0, 0)
                assert taker.query("PRAGMA foreign_key_check") == []
                assert taker.query(NO_HISTORY) == [(0,)]


def test_what_there_is_room_for_once_is_changed_in_place_and_comes_back(theirs, ours, tmp_path):
    theirs.export(tmp_path / "out")
    brought(ours, tmp_path / "out")
    before = ours.tables()
    for line in ("edit d4 --price 93 --from 2026-02-01", "edit s2 --price 60 --from 2026-03-01", "edit d1 -t t2"):
        theirs.line(line)
    theirs.export(tmp_path / "out")
    assert counts(brought(ours, tmp_path / "out"))["changed"] == 3
    after = ours.tables()
    assert len(after["schedule_changes"]) == len(before["schedule_changes"]) + 2
    theirs.line("edit d4 --price 94 --from 2026-02-01")
    theirs.line("edit d1 -t +t3")
    theirs.export(tmp_path / "out")
    brought(ours, tmp_path / "out")
    ours.run("undo", ok=True)
    assert ours.tables() == after
    ours.run("undo", ok=True)
    assert ours.tables() == before
    ours.run("redo", ok=True)
    assert ours.tables() == after
