"""Importing again: only what changed in the file changes in the book, and what people did stays."""

from datetime import date

import pytest
from tests.importers.bringing import Asker, bring, everything

from salestrack.domain.dates import Words
from salestrack.domain.refs import Ref
from salestrack.services import deals
from salestrack.services.edits.fields import Given
from salestrack.services.edits.running import edit as edit_records
from salestrack.services.edits.values import Setting
from salestrack.services.imports.again.changes import shown_columns
from salestrack.services.undo import undo

FILE = "id,title,customer,owner,product,stage,amount,created,closed,note\n"
OPEN = "1,Website,Acme,Sam,Web,Proposal,1000,2026-01-05,,\n"
OTHER = "2,Shop,Acme,Sam,Web,Won,500,2026-01-05,2026-02-01,\n"


@pytest.fixture
def ask(store) -> Asker:
    return Asker(store)


@pytest.fixture
def first(store):
    return bring(store, FILE + OPEN + OTHER, new="customers,products")


def again(store, *rows: str, **asked):
    return bring(store, FILE + "".join(rows), new="customers,products", **asked)


def edit(store, deal: int, **changes) -> None:
    given = Given(store, Words(date(2026, 3, 18)))
    settings = [Setting(f"--{name}", "d", name, text, given) for name, text in changes.items()]
    edit_records(store, [Ref("d", deal)], settings, on=date(2026, 3, 1), ask=None, yes=True)


def test_the_same_file_again_writes_nothing(store, first):
    before = everything(store)
    result = again(store, OPEN, OTHER)
    assert result.counts == (2, 0, 0, 2, 0, 0)
    assert (result.id, result.op) == (None, None)
    assert everything(store) == before
    assert Asker(store)("SELECT max(id) FROM operations") == [(first.op,)]


def test_the_order_of_rows_and_columns_does_not_matter(store, first):
    text = "owner,id,stage,title,customer,product,amount,created,closed,note\nSam,2,Won,Shop,Acme,Web,500,2026-01-05,2026-02-01,\n"
    assert bring(store, text).counts == (1, 0, 0, 1, 0, 0)


def test_only_the_changed_row_changes_and_only_its_changed_column(store, ask, first):
    result = again(store, OPEN.replace("1000", "1500"), OTHER, "3,New,Acme,Sam,Web,Lead,7,,,\n")
    assert result.counts == (3, 1, 1, 1, 0, 0)
    assert ask("SELECT id, amount FROM deals") == [(1, 150000), (2, 50000), (3, 700)]
    assert ask("SELECT amount, from_on, to_on FROM deal_history WHERE deal_id = 1 ORDER BY from_on") == [
        (100000, "2026-01-05", "2026-03-18"), (150000, "2026-03-18", None),
    ]  # fmt: skip
    assert ask("SELECT amount, price FROM deal_lines WHERE deal_id = 1") == [(150000, 150000)]
    assert again(store, OPEN.replace("1000", "1500"), OTHER).counts == (2, 0, 0, 2, 0, 0)


def test_a_close_stands_on_its_day_in_the_history(store, ask, first):
    again(store, OPEN.replace("Proposal,1000,2026-01-05,", "Won,1200,2026-01-05,2026-03-02"))
    assert ask("SELECT status, closed_on, amount, book_amount, stage_since FROM deals WHERE id = 1") == [
        ("won", "2026-03-02", 120000, 120000, "2026-03-02")
    ]
    assert ask("SELECT s.name, from_on, to_on, amount FROM deal_history h JOIN stages s ON s.id = stage_id WHERE deal_id = 1 ORDER BY from_on") == [
        ("Proposal", "2026-01-05", "2026-03-02", 100000), ("Won", "2026-03-02", None, 120000),
    ]  # fmt: skip
    assert ask("SELECT amount, book_amount FROM deal_lines WHERE deal_id = 1") == [(120000, 120000)]


def test_a_deal_that_is_open_again_loses_its_booking(store, ask, first):
    again(store, OTHER.replace("Won,500,2026-01-05,2026-02-01", "Negotiation,500,2026-01-05,"))
    assert ask("SELECT status, closed_on, book_amount, stage_since FROM deals WHERE id = 2") == [
        ("open", None, None, "2026-03-18")
    ]


def test_stage_dates_of_the_time_between_two_imports_are_kept(store, ask):
    head = "id,stage,created,entered:Qualified,entered:Proposal,closed\n"
    bring(store, head + "1,Lead,2026-01-01,,,\n")
    bring(store, head + "1,Won,2026-01-01,2026-01-10,2026-01-20,2026-02-01\n")
    assert ask("SELECT s.name, from_on FROM deal_history h JOIN stages s ON s.id = stage_id ORDER BY from_on") == [
        ("Lead", "2026-01-01"), ("Qualified", "2026-01-10"), ("Proposal", "2026-01-20"), ("Won", "2026-02-01"),
    ]  # fmt: skip


def test_a_corrected_closing_day_moves_the_close(store, ask, first):
    again(store, OTHER.replace("2026-02-01", "2026-02-03"))
    assert ask("SELECT closed_on, stage_since FROM deals WHERE id = 2") == [("2026-02-03", "2026-02-03")]
    assert ask("SELECT from_on, to_on FROM deal_history WHERE deal_id = 2 ORDER BY from_on") == [
        ("2026-01-05", "2026-02-03"), ("2026-02-03", None),
    ]  # fmt: skip


def test_a_column_edited_by_hand_stays_and_is_reported(store, ask, first):
    edit(store, 1, title="My website")
    result = again(store, OPEN.replace("Website", "WEBSITE").replace("1000", "1500"), OTHER)
    assert (result.counts.changed, result.kept_count, result.kept) == (1, 1, ("d1 title",))
    assert ask("SELECT title, amount FROM deals WHERE id = 1") == [("My website", 150000)]


def test_a_column_edited_by_hand_that_did_not_change_in_the_file_is_not_even_looked_at(store, first):
    edit(store, 1, title="My website")
    result = again(store, OPEN, OTHER)
    assert (result.counts, result.kept) == ((2, 0, 0, 2, 0, 0), ())


def test_a_stage_moved_by_hand_stays(store, ask, first):
    deals.win_deal(store, store.deals.get(1), None, on=date(2026, 3, 1))
    result = again(store, OPEN.replace("Proposal", "Negotiation"), OTHER)
    assert (result.counts, result.kept) == ((2, 0, 0, 2, 0, 0), ("d1 stage",))
    assert ask("SELECT status FROM deals WHERE id = 1") == [("won",)]


def test_an_edit_that_was_undone_does_not_count(store, ask, first):
    edit(store, 1, title="My website")
    undo(store, None)
    assert again(store, OPEN.replace("Website", "Portal"), OTHER).kept == ()
    assert ask("SELECT title FROM deals WHERE id = 1") == [("Portal",)]


def test_a_record_removed_by_hand_stays_removed(store, ask, first):
    with store.operation("removed") as op:
        for table, column in (("deal_lines", "deal_id"), ("deal_history", "deal_id"), ("deals", "id")):
            store.engine.execute(f"DELETE FROM {table} WHERE {column} = 1")
        assert op.id
    for row in (OPEN, OPEN.replace("1000", "9")):
        result = again(store, row, OTHER)
        assert (result.counts, result.left_out) == ((2, 0, 0, 1, 0, 1), {"removed by hand": 1})
    assert ask("SELECT id FROM deals") == [(2,)]


def test_a_blank_cell_erases_nothing(store, ask, first):
    edit(store, 2, source="fair")
    again(store, "1,Website,,,,Proposal,,,,A note\n")
    assert ask("SELECT customer_id, owner_id, amount, created_on, note FROM deals WHERE id = 1") == [
        (1, 1, 100000, "2026-01-05", "A note")
    ]


def test_nothing_is_deleted_because_a_file_lacks_it(store, ask, first):
    assert again(store, OPEN).counts == (1, 0, 0, 1, 0, 0)
    assert ask("SELECT count(*) FROM deals") == [(2,)]


@pytest.mark.parametrize(
    ("policy", "counts", "amount"), [("skip", (2, 0, 0, 1, 0, 1), 100000), ("fail", (2, 0, 0, 0, 1, 1), 100000)]
)
def test_changed_rows_can_be_left_or_refused(store, ask, first, policy, counts, amount):
    before = everything(store)
    result = again(store, OPEN.replace("1000", "1500"), OTHER, on_conflict=policy)
    assert (result.counts, result.refused) == (counts, policy == "fail")
    assert everything(store) == before
    assert ask("SELECT amount FROM deals WHERE id = 1") == [(amount,)]
    if policy == "fail":
        assert result.faults[0].text == "line 2: changed since its last import: amount of d1"


def test_a_changed_row_that_is_left_makes_no_customer_product_or_owner(store, ask, first):
    moved = OPEN.replace("Acme", "Zeta").replace("Web,", "Apps,").replace("Sam", "Kim")
    result = again(store, moved, "3,New,Beta,Sam,Web,Lead,7,,,\n", on_conflict="skip")
    assert result.counts == (2, 1, 0, 0, 0, 1)
    assert ask("SELECT name FROM customers ORDER BY id") == [("Acme",), ("Beta",)]
    assert ask("SELECT name FROM products UNION SELECT name FROM owners") == [("Sam",), ("Web",)]


def test_two_sources_are_told_apart(store, ask, first):
    result = again(store, OPEN, source="other")
    assert result.counts.new == 1
    assert again(store, OPEN, source="other").counts.same == 1
    assert ask("SELECT source, key FROM import_keys ORDER BY id") == [("csv", "1"), ("csv", "2"), ("other", "1")]


def test_rows_without_an_id_are_the_same_next_time_and_equal_ones_are_two(store, ask):
    head = "date,customer,amount\n"
    rows = ["2026-01-01,Acme,10\n", "2026-01-02,Acme,10\n", "2026-01-01,Acme,10\n"]
    assert bring(store, head + "".join(rows), "sales", new="customers").counts.new == 3
    assert bring(store, head + "".join(reversed(rows)), "sales").counts == (3, 0, 0, 3, 0, 0)
    older = "2025-12-31,Acme,10\n"
    assert bring(store, head + older + "".join(rows) + rows[0], "sales").counts == (5, 2, 0, 3, 0, 0)
    assert ask("SELECT on_date, count(*) FROM sales GROUP BY 1") == [
        ("2025-12-31", 1),
        ("2026-01-01", 3),
        ("2026-01-02", 1),
    ]


def test_a_deal_without_an_id_stays_the_same_deal_while_it_moves_on(store, ask):
    head = "title,customer,stage,amount,created\n"
    bring(store, head + "Site,Acme,Lead,10,2026-01-01\n", new="customers")
    result = bring(store, head + "Site,Acme,Proposal,20,2026-01-01\n")
    assert result.counts == (1, 0, 1, 0, 0, 0)
    assert ask("SELECT amount FROM deals") == [(2000,)]


def test_another_way_of_reading_the_same_file_is_applied(store, ask, first):
    result = again(store, OPEN, values=["title:Website=Portal"])
    assert (result.counts.changed, ask("SELECT title FROM deals WHERE id = 1")) == (1, [("Portal",)])


def test_a_further_column_is_applied_to_rows_that_are_known(store, ask, first):
    head, row = FILE.replace("note\n", "source\n"), "1,Website,Acme,Sam,Web,Proposal,1000,2026-01-05,,fair\n"
    assert bring(store, head + row).counts == (1, 0, 1, 0, 0, 0)
    assert bring(store, head + row).counts == (1, 0, 0, 1, 0, 0)
    assert ask("SELECT source FROM deals WHERE id = 1") == [("fair",)]


def test_an_unchanged_row_needs_no_name_that_the_book_still_knows(store, first):
    with store.operation("renamed") as op:
        store.engine.execute("UPDATE products SET name = 'Website build', key = 'website build'")
        assert op.id
    assert again(store, OPEN, OTHER).counts == (2, 0, 0, 2, 0, 0)


def test_a_tag_taken_off_by_hand_stays_off(store, ask):
    head = "id,stage,tags,note\n"
    bring(store, head + "1,Lead,big;key,\n")
    with store.operation("untagged") as op:
        store.engine.execute("DELETE FROM deal_tags WHERE tag_id = 1")
        assert op.id
    bring(store, head + "1,Lead,big;key;new,x\n")
    assert ask("SELECT t.name FROM deal_tags x JOIN tags t ON t.id = tag_id") == [("key",), ("new",)]


def test_an_import_is_undone_whole_and_can_come_again(store, first):
    before = everything(store)
    result = again(store, OPEN.replace("1000", "1500"), OTHER, "3,New,Globex,Max,Shop,Lead,7,,,\n")
    after = everything(store)
    undo(store, f"o{result.op}")
    assert everything(store) == before
    assert (
        again(store, OPEN.replace("1000", "1500"), OTHER, "3,New,Globex,Max,Shop,Lead,7,,,\n").counts == result.counts
    )
    assert {table: len(rows) for table, rows in everything(store).items()} == {t: len(r) for t, r in after.items()}


def test_a_product_changes_with_the_row_but_not_over_a_hand(store, ask, first):
    again(store, OPEN.replace("Web,", "Shop,"), OTHER)
    sql = "SELECT p.name, l.amount FROM deal_lines l JOIN products p ON p.id = l.product_id WHERE deal_id = 1"
    assert ask(sql) == [("Shop", 100000)]
    with store.operation("lines") as op:
        store.engine.execute("UPDATE deal_lines SET product_id = 1 WHERE deal_id = 1")
        assert op.id
    result = again(store, OPEN.replace("Web,", "Care,"), OTHER)
    assert (ask(sql), result.kept) == ([("Web", 100000)], ("d1 product",))


def test_rows_that_say_nothing_new_are_passed_over_though_the_file_has_a_further_column(store, ask, first):
    head, row = FILE.replace("note\n", "campaign\n"), "1,Website,Acme,Sam,Web,Proposal,1000,2026-01-05,,\n"
    before = everything(store)
    result = bring(store, head + row)
    assert (result.counts, result.op) == ((1, 0, 0, 1, 0, 0), None)
    assert everything(store) == before


def test_a_corrected_closing_day_and_amount_move_the_history_together(store, first, ask):
    again(store, OPEN, "2,Shop,Acme,Sam,Web,Won,700,2026-01-05,2026-02-03,\n")
    assert ask("SELECT closed_on, stage_since, amount FROM deals WHERE id = 2") == [("2026-02-03", "2026-02-03", 70000)]
    assert ask("SELECT from_on, to_on, amount FROM deal_history WHERE deal_id = 2 ORDER BY from_on, seq") == [
        ("2026-01-05", "2026-02-03", 50000),
        ("2026-02-03", "2026-02-03", 50000),
        ("2026-02-03", None, 70000),
    ]


def test_a_row_that_changed_where_a_person_changed_it_too_is_a_conflict(store, ask, first):
    edit(store, 1, title="My website")
    result = again(store, OPEN.replace("Website", "WEBSITE"), OTHER, on_conflict="fail")
    assert result.refused
    assert "title of d1, edited by hand too" in result.faults[0].text
    assert ask("SELECT title FROM deals WHERE id = 1") == [("My website",)]


def test_columns_are_called_as_people_call_them_and_what_follows_is_not_named():
    assert shown_columns(("amount", "book_amount", "on_date", "rate")) == "amount, date"
    assert shown_columns(("happened_on", "seconds", "customer_id")) == "date, length, customer"
