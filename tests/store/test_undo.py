"""Undo and redo: column by column, refused only where later work stands in the way, and then naming it."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from salestrack.domain.customers import Customer
from salestrack.domain.deals import Deal
from salestrack.domain.money import Money
from salestrack.errors import RuleError
from salestrack.services.undo import redo, undo
from salestrack.store import Store
from salestrack.store.triggers import JOURNALLED

Run = Callable[..., Any]
Book = dict[str, list[dict[str, Any]]]


def dump(store: Store) -> Book:
    """Return every journalled row."""
    return {table: store.engine.query(f"SELECT * FROM {table} ORDER BY id") for table in JOURNALLED}


def deal(store: Store, key: int = 1) -> Deal:
    return store.deals.get(key)


def check_deal(store: Store, key: int = 1) -> None:
    """Check that the row stands where its history ends, and that every day has one version."""
    row = store.engine.query("SELECT * FROM deals WHERE id = ?", (key,))[0]
    versions = store.engine.query("SELECT * FROM deal_history WHERE deal_id = ? ORDER BY from_on, seq, id", (key,))
    shared = ("stage_id", "stage_since", "amount", "currency", "probability", "expected_on", "owner_id")
    assert {c: row[c] for c in shared} == {c: versions[-1][c] for c in shared}
    assert [v["to_on"] for v in versions] == [*[v["from_on"] for v in versions[1:]], None]


@pytest.fixture
def site(run: Run) -> Run:
    """Make a customer (o2) with a deal of 5,000 since the first of March (o3)."""
    run("customer add Acme", ok=True)
    run("deal add 5000 Acme New site -d 2026-03-01 --close 2026-03-31", ok=True)
    return run


COMMANDS = [
    "customer add Beta --alias b --email b@x.org --segment retail -t warm -t new",
    "product add Build 2500",
    "deal add 700 Acme Extra -t web -t big --next fri",
    "deal add - Gamma 'Something' --new --product 3xSetup --discount 10%",
    "log call Acme 'Talked' --for 15m --next +2d -t warm",
    "log call Delta --new",
    "plan demo Acme fri",
    "done a1 'went well' --next +3d",
    "sell 900 Acme Retainer --tax 19% -t web",
    "sell 900 Acme --deal d1 --product 2xSetup",
    "refund s1 100",
    "refund s1",
    "move d1 Proposal",
    "move d1 Proposal -d 2026-03-05",
    "push d1 2026-05-30 'no budget before May'",
    "won d1",
    "won d1 4800 -d 2026-03-10",
    "lost d1 price 'too dear'",
    "lost d1 'moved abroad' --new-reason",
    "reopen d2",
    "deal edit d1 --amount 6000 --probability 70 --close eom",
    "deal edit d1 --amount 5500 -d 2026-03-04",
    "deal edit d1 --amount 5100 --correct --note 'typed wrong'",
    "deal edit d2 --amount 8000",
    "stage add Trial --before Proposal",
    "stage edit Proposal --name Offer --probability 55 --stale 14",
    "stage edit Negotiation --before Qualified",
    "quota set 10000",
    "quota set 20000 2026-03",
    "quota set 12 2026 --per quarter --metric won",
    "quota rm q1",
]


@pytest.fixture
def busy(site: Run) -> Run:
    """Make a book where every command of COMMANDS has something to act on."""
    site("product add Setup 500", ok=True)
    site("sell 400 Acme Workshop --tax 19% --product Setup", ok=True)
    site("plan call Acme +2d", ok=True)
    site("deal add 9000 Omega 'Big one' --new -d 2026-03-02 --product 4xSetup", ok=True)
    site("won d2 -d 2026-03-09", ok=True)
    site("quota set 15000 2026-03", ok=True)
    return site


@pytest.mark.parametrize("line", COMMANDS)
def test_undo_leaves_the_book_as_it_was_and_redo_brings_the_change_back(busy: Run, store: Store, line: str) -> None:
    before = dump(store)
    busy(line, ok=True)
    after = dump(store)
    assert after != before
    busy("undo", ok=True)
    assert dump(store) == before
    busy("redo", ok=True)
    assert dump(store) == after
    busy("undo", ok=True)
    assert dump(store) == before
    assert store.engine.query("PRAGMA foreign_key_check") == []


def test_an_undo_can_be_undone_by_its_number(site: Run, store: Store) -> None:
    site("move d1 Proposal", ok=True)  # o4
    after = dump(store)
    site("undo o4", ok=True)  # o5
    assert deal(store).stage.name == "Lead"
    site("undo o5", ok=True)  # o6
    assert dump(store) == after
    site("undo o6", ok=True)
    assert deal(store).stage.name == "Lead"


@pytest.mark.parametrize(
    ("first", "second", "problem"),
    [
        ("undo o3", "undo o3", "o3 is undone already, by o4"),
        ("undo o1", None, "making the book cannot be undone"),
        ("redo o3", None, "o3 is in force; there is nothing to redo"),
    ],
)
def test_what_is_undone_or_in_force_already_is_said_so(site: Run, first: str, second: str | None, problem: str) -> None:
    if second:
        site(first, ok=True)
    result = site(second or first)
    assert result.exit_code == 1
    assert problem in result.stderr


def test_there_may_be_nothing_to_undo_or_redo(run: Run) -> None:
    assert (run("undo").exit_code, run("redo").exit_code) == (4, 4)
    assert "there is nothing to undo" in run("undo").stderr
    assert run("undo o99").exit_code == 4
    assert run("undo d1").exit_code == 2


# --- column by column --------------------------------------------------------------------------------------------


def test_a_week_old_mistake_is_undone_although_the_deal_got_tags_calls_and_a_new_title_since(
    site: Run, store: Store
) -> None:
    site("deal edit d1 --amount 50000", ok=True)  # o4
    with store.operation("tagged") as op:
        store.tags.put("deal", 1, ["web"], op=op.id)
    site("log call Acme --next +2d", ok=True)
    site("deal edit d1 --title 'Other site' --note 'urgent'", ok=True)
    site("undo o4", ok=True)
    after = deal(store)
    assert (after.amount, after.title, after.note) == (Money(500000, "USD"), "Other site", "urgent")
    assert store.tags.of("deal", 1) == ["web"]
    check_deal(store)


def test_an_undo_is_refused_where_the_same_column_changed_since_naming_that_operation(site: Run, store: Store) -> None:
    site("deal edit d1 --amount 50000", ok=True)  # o4
    site("deal edit d1 --amount 60000", ok=True)  # o5
    before = dump(store)
    result = site("undo o4")
    assert result.exit_code == 1
    assert result.stderr.splitlines() == [
        "salestrack: cannot undo o4: d1 was changed later by o5 (amount)",
        "hint: salestrack undo o5 first",
    ]
    assert dump(store) == before
    site("undo o5", ok=True)
    site("undo o4", ok=True)
    assert deal(store).amount == Money(500000, "USD")


def test_a_column_that_was_changed_back_by_hand_was_changed_all_the_same(site: Run, store: Store) -> None:
    site("deal edit d1 --note first", ok=True)  # o4
    site("deal edit d1 --note second", ok=True)
    site("deal edit d1 --note first", ok=True)  # o6
    assert "d1 was changed later by o6 (note)" in site("undo o4").stderr


def test_a_change_that_was_itself_undone_stands_in_nobodys_way(site: Run, store: Store) -> None:
    site("deal edit d1 --note first", ok=True)  # o4
    site("deal edit d1 --note second", ok=True)  # o5
    for line in ("undo o5", "redo o5", "undo o5", "undo o4"):
        site(line, ok=True)
    assert deal(store).note is None


@pytest.mark.parametrize(
    ("mistake", "later", "field", "was", "kept"),
    [
        ("deal edit d1 --amount 50000", "move d1 Proposal", "amount", Money(500000, "USD"), "Proposal"),
        ("deal edit d1 --amount 50000", "move d1 Proposal -d 2026-03-05", "amount", Money(500000, "USD"), "Proposal"),
        ("deal edit d1 --amount 50000 --correct", "move d1 Proposal", "amount", Money(500000, "USD"), "Proposal"),
        ("push d1 2026-06-30", "move d1 Proposal", "expected_on", date(2026, 3, 31), "Proposal"),
        ("deal edit d1 --probability 90 -d 2026-03-03", "move d1 Proposal", "probability", None, "Proposal"),
    ],
)
def test_a_mistake_in_one_field_is_undone_on_every_day_although_another_field_moved_on_since(
    site: Run, store: Store, mistake: str, later: str, field: str, was: object, kept: str
) -> None:
    site(mistake, ok=True)  # o4
    site(later, ok=True)
    site("undo o4", ok=True)
    after = deal(store)
    assert (getattr(after, field), after.stage.name) == (was, kept)
    column = "amount" if field == "amount" else field
    told = {version._asdict()[column] for version in store.deals.versions(1)}
    assert told == {was.minor if isinstance(was, Money) else was}
    check_deal(store)
    site("redo o4", ok=True)
    assert getattr(deal(store), field) != was
    check_deal(store)


def test_two_mistakes_in_different_fields_are_undone_in_any_order(site: Run, store: Store) -> None:
    before = deal(store)
    site("deal edit d1 --amount 50000", ok=True)  # o4
    site("push d1 2026-06-30", ok=True)  # o5
    site("move d1 Proposal -d 2026-03-07", ok=True)  # o6
    for op in ("o4", "o6", "o5"):
        site(f"undo {op}", ok=True)
        check_deal(store)
    assert deal(store) == before
    amounts = {(v.amount, v.stage_id, v.expected_on) for v in store.deals.versions(1)}
    assert len(amounts) == 1


def test_an_amount_is_not_taken_back_from_under_a_deal_that_was_closed_with_it(site: Run, store: Store) -> None:
    site("deal edit d1 --amount 50000", ok=True)  # o4
    site("won d1", ok=True)  # o5
    result = site("undo o4")
    assert result.exit_code == 1
    assert "cannot undo o4: d1 was changed later by o5" in result.stderr
    site("undo o5", ok=True)
    site("undo o4", ok=True)


def test_a_redo_is_refused_where_the_history_went_on_since_the_undo(site: Run, store: Store) -> None:
    site("deal edit d1 --amount 50000", ok=True)  # o4
    site("undo o4", ok=True)  # o5
    site("move d1 Proposal", ok=True)  # o6
    result = site("redo o4")
    assert result.exit_code == 1
    assert "cannot redo o4: the history of d1 was changed later by o6" in result.stderr
    site("undo o6", ok=True)
    site("redo o4", ok=True)
    assert deal(store).amount == Money(5000000, "USD")
    check_deal(store)


def test_the_hint_of_a_refusal_leads_out_of_it(site: Run, store: Store) -> None:
    """Following the hints of refusals takes everything away, whichever operation one begins with."""
    for line in ("move d1 Proposal", "deal edit d1 --amount 7000", "won d1", "reopen d1"):
        site(line, ok=True)
    pending, steps = ["undo o2"], 0
    while pending and steps < 50:
        steps += 1
        result = site(pending[-1])
        if result.exit_code == 0:
            pending.pop()
        else:
            hint = result.stderr.splitlines()[1]
            pending.append(hint.removeprefix("hint: salestrack ").removesuffix(" first"))
    assert not pending
    assert store.engine.value("SELECT count(*) FROM customers") == 0


# --- what was created --------------------------------------------------------------------------------------------


def test_a_new_customer_with_later_work_stays_naming_that_work(site: Run, store: Store) -> None:
    result = site("undo o2")
    assert result.exit_code == 1
    assert result.stderr.splitlines() == [
        "salestrack: cannot undo o2: c1 is used by d1 since o3",
        "hint: salestrack undo o3 first",
    ]
    site("log call Beta --new", ok=True)  # o4
    site("sell 100 Beta", ok=True)  # o5
    assert "c2 is used by s1 since o5" in site("undo o4").stderr


def test_a_created_record_that_was_changed_since_stays(site: Run) -> None:
    site("move d1 Proposal", ok=True)  # o4
    assert "cannot undo o3: d1 was changed later by o4" in site("undo o3").stderr


def test_a_created_record_that_got_a_tag_since_stays(site: Run, store: Store) -> None:
    with store.operation("tagged") as op:
        store.tags.put("customer", 1, ["warm"], op=op.id)
    site("undo o3", ok=True)
    assert "cannot undo o2: c1 has a tag since o4" in site("undo o2").stderr


def test_a_created_record_that_was_removed_since_is_not_removed_again(run: Run, store: Store) -> None:
    run("quota set 10000", ok=True)  # o2
    run("quota rm q1", ok=True)  # o3
    assert "cannot undo o2: q1 was changed later by o3" in run("undo o2").stderr
    run("undo o3", ok=True)
    run("undo o2", ok=True)
    assert dump(store)["quotas"] == []


def test_a_word_that_others_use_by_now_stays(site: Run, store: Store) -> None:
    site("sell 100 Acme -t web", ok=True)  # o4 brings the tag
    site("sell 200 Acme -t web", ok=True)  # o5 uses it
    site("undo o4", ok=True)
    assert store.tags.of("sale", 2) == ["web"]
    site("undo o5", ok=True)
    assert [row["name"] for row in dump(store)["tags"]] == ["web"], "a word alone does no harm"
    site("redo o4", ok=True)
    assert store.tags.of("sale", 1) == ["web"]


def test_a_reason_that_others_use_by_now_stays(site: Run, store: Store) -> None:
    site("lost d1 'moved abroad' --new-reason", ok=True)  # o4
    site("deal add 100 Acme Other", ok=True)
    site("lost d2 'moved abroad'", ok=True)
    site("undo o4", ok=True)
    assert (deal(store, 1).status, deal(store, 1).reason, deal(store, 2).reason) == ("open", None, "moved abroad")


def test_a_stage_with_deals_in_it_stays_naming_the_move(site: Run, store: Store) -> None:
    site("stage add Trial", ok=True)  # o4
    site("move d1 Trial", ok=True)  # o5
    site("push d1 2026-07-01", ok=True)  # o6
    assert "cannot undo o4: the stage Trial is used by" in site("undo o4").stderr
    assert "since o5" in site("undo o4").stderr


def test_setting_a_quota_over_another_one_is_undone_to_the_old_target(run: Run, store: Store) -> None:
    run("quota set 10000 2026-03", ok=True)
    run("quota set 20000 2026-03", ok=True)
    assert store.quotas.get(1).target == 2000000
    run("undo", ok=True)
    assert store.quotas.get(1).target == 1000000


# --- what cannot come back ---------------------------------------------------------------------------------------


def test_a_removed_quota_does_not_come_back_beside_its_successor(run: Run, store: Store) -> None:
    run("quota set 10000 2026-03", ok=True)  # o2
    run("quota rm q1", ok=True)  # o3
    run("quota set 30000 2026-03", ok=True)  # o4
    result = run("undo o3")
    assert result.exit_code == 1
    assert result.stderr.splitlines() == [
        "salestrack: cannot undo o3: q2 has taken its place since o4",
        "hint: salestrack undo o4 first",
    ]
    run("undo o4", ok=True)
    run("undo o3", ok=True)
    assert store.quotas.get(1).target == 1000000


def test_a_stage_does_not_get_its_name_back_while_another_has_it(run: Run) -> None:
    run("stage edit Lead --name Inbox", ok=True)  # o2
    run("stage add Lead", ok=True)  # o3
    assert "cannot undo o2: the stage Lead has taken its place since o3" in run("undo o2").stderr


def test_a_product_is_not_put_back_beside_one_of_the_same_name(run: Run, store: Store) -> None:
    run("product add Build 100", ok=True)  # o2
    run("undo", ok=True)
    run("product add Build 200", ok=True)  # o4
    assert "cannot redo o2: p2 has taken its place since o4" in run("redo o2").stderr


def test_a_deal_does_not_come_back_without_its_customer(site: Run, store: Store) -> None:
    site("undo o3", ok=True)  # o4
    site("undo o2", ok=True)  # o5
    result = site("redo o3")
    assert result.exit_code == 1
    assert result.stderr.splitlines() == [
        "salestrack: cannot redo o3: d1 needs c1, which o5 took away",
        "hint: salestrack redo o2 first",
    ]
    site("redo o2", ok=True)
    site("redo o3", ok=True)
    assert deal(store).customer == "Acme"


def test_a_move_does_not_come_back_into_a_stage_that_is_gone(site: Run) -> None:
    site("stage add Trial", ok=True)  # o4
    site("move d1 Trial", ok=True)  # o5
    site("undo o5", ok=True)
    site("undo o4", ok=True)  # o7
    assert "needs the stage Trial, which o7 took away" in site("redo o5").stderr


def test_a_stage_change_between_two_others_is_undone_in_its_own_field_only(run: Run, store: Store) -> None:
    run("stage edit Lead --name Inbox", ok=True)  # o2, makes today's version
    run("stage edit Inbox --probability 20", ok=True)  # o3, changes it
    run("--today 2026-03-20 stage edit Inbox --name First", ok=True)  # o4, a version of its own
    run("undo o3", ok=True)
    told = store.engine.query("SELECT name, probability FROM stage_history WHERE stage_id = 1 ORDER BY id")
    assert [(row["name"], row["probability"]) for row in told] == [("Lead", 10), ("Inbox", 10), ("First", 10)]
    assert store.engine.query("SELECT name, probability FROM stages WHERE id = 1") == [
        {"name": "First", "probability": 10}
    ]


# --- imports: what later work needs stays ------------------------------------------------------------------------


@pytest.fixture
def imported(store: Store) -> int:
    """Bring in customers c1-c3, deals d1-d3 with lines and tags, and a sale with its refund, as an import does."""
    with store.operation("imported", kind="import") as op:
        engine = store.engine
        engine.insert("imports", {
            "source": "csv", "kind": "deals", "file": "x.csv", "imported_at": "2026-03-18", "read_rows": 3, "new_rows": 3,
            "changed_rows": 0, "same_rows": 0, "rejected_rows": 0, "left_out_rows": 0, "created_op": op.id,
        })  # fmt: skip
        for number in (1, 2, 3):
            customer = store.customers.add(Customer(name=f"Customer {number}"), op=op.id)
            found = Deal(
                title=f"Deal {number}",
                customer_id=customer.id,
                stage=store.stages.all()[0],
                amount=Money(100, "USD"),
                currency="USD",
                created_on=date(2026, 1, number),
            )
            saved = store.deals.add(found, on=date(2026, 1, number), op=op.id)
            engine.insert("deal_lines", {
                "deal_id": saved.id, "position": 0, "kind": "product", "amount": 100, "created_op": op.id,
            })  # fmt: skip
            store.tags.put("deal", saved.id, ["web"], op=op.id)
            engine.insert("import_keys", {
                "source": "csv", "kind": "deals", "key": f"k{number}", "record_id": saved.id, "print": 1, "created_op": op.id,
            })  # fmt: skip
        for kind, amount, of in (("sale", 500, None), ("refund", -100, 1)):
            sale = engine.insert("sales", {
                "kind": kind, "amount": amount, "currency": "USD", "customer_id": 3, "refund_of": of, "created_op": op.id,
            })  # fmt: skip
            engine.insert("sale_lines", {
                "sale_id": sale, "position": 0, "kind": "product", "amount": amount, "created_op": op.id,
            })  # fmt: skip
    return op.id


IMPORTED = ("imports", "customers", "deals", "deal_history", "deal_lines", "deal_tags", "tags", "import_keys", "sales",
    "sale_lines")  # fmt: skip


def left(store: Store) -> dict[str, list[int]]:
    rows = dump(store)
    return {table: [row["id"] for row in rows[table]] for table in IMPORTED if rows[table]}


def test_an_import_nobody_touched_goes_without_a_trace_and_comes_back_whole(store: Store, imported: int) -> None:
    whole = dump(store)
    undo(store, f"o{imported}")
    assert left(store) == {}
    redo(store, f"o{imported}")
    assert dump(store) == whole


def test_an_imported_deal_that_was_edited_stays_with_all_its_parts_and_is_counted(
    run: Run, store: Store, imported: int
) -> None:
    run("move d2 Proposal", ok=True)
    answer = undo(store, f"o{imported}")
    assert "kept because later work changed or uses them" in answer.line()
    assert left(store) == {
        "imports": [1], "customers": [2], "deals": [2], "deal_history": [2, 4], "deal_lines": [2], "deal_tags": [2],
        "tags": [1], "import_keys": [2],
    }  # fmt: skip
    assert store.engine.query("PRAGMA foreign_key_check") == []
    check_deal(store, 2)
    redo(store, f"o{imported}")
    assert left(store)["deals"] == [1, 2, 3]
    check_deal(store, 2)


def test_what_later_work_refers_to_stays(run: Run, store: Store, imported: int) -> None:
    run("log call c1 -t web", ok=True)  # joins d1
    run("refund s1 1", ok=True)
    undo(store, f"o{imported}")
    kept = left(store)
    assert kept["deals"] == [1]
    assert kept["customers"] == [1, 3]
    assert kept["sales"] == [1, 3], "the sale stays for its later refund; the imported refund goes"
    assert kept["sale_lines"] == [1, 3]
    assert kept["deal_lines"] == kept["deal_history"] == [1]
    assert store.engine.query("PRAGMA foreign_key_check") == []


def test_an_edit_of_an_imported_refund_keeps_the_sale_it_belongs_to_with_its_lines(store: Store, imported: int) -> None:
    with store.operation("edited"):
        store.engine.update("sales", 2, {"note": "by hand"})
    undo(store, f"o{imported}")
    assert left(store)["sales"] == [1, 2]
    assert left(store)["sale_lines"] == [1, 2]


def test_an_edit_that_was_undone_keeps_nothing(run: Run, store: Store, imported: int) -> None:
    run("move d2 Proposal", ok=True)
    run("undo", ok=True)
    undo(store, f"o{imported}")
    assert left(store) == {}


def test_of_a_changed_row_an_import_takes_back_only_what_nobody_changed_since(run: Run, store: Store) -> None:
    run("customer add Acme --segment retail --country US", ok=True)
    with store.operation("imported", kind="import") as op:
        store.engine.update("customers", 1, {"segment": "health", "country": "DE", "note": "x"})
    with store.operation("edited"):
        store.engine.update("customers", 1, {"country": "FR"})
    answer = undo(store, f"o{op.id}")
    row = store.engine.query("SELECT segment, country, note FROM customers")[0]
    assert row == {"segment": "retail", "country": "FR", "note": None}
    assert "1 " in answer.line()
    assert "kept" in answer.line()


def test_a_deal_an_import_changed_stays_whole_when_its_history_went_on_since(site: Run, store: Store) -> None:
    with store.operation("imported", kind="import") as op:
        before = deal(store)
        store.deals.save(before, before._replace(amount=Money(900, "USD"), note="n"), on=date(2026, 3, 10), op=op.id)
    site("move d1 Proposal", ok=True)
    undo(store, f"o{op.id}")
    after = deal(store)
    assert (after.amount, after.note, after.stage.name) == (Money(900, "USD"), "n", "Proposal")
    check_deal(store)


def test_a_row_removed_by_hand_stays_removed_when_its_import_is_undone(store: Store, imported: int) -> None:
    with store.operation("removed"):
        for table in ("deal_tags", "deal_lines", "deal_history"):
            store.engine.execute(f"DELETE FROM {table} WHERE deal_id = 1")
        store.engine.delete("deals", 1)
    undo(store, f"o{imported}")
    assert left(store) == {}


# --- two people --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("act", "op"), [(undo, "o4"), (redo, "o5")])
def test_of_two_who_undo_or_redo_the_same_at_once_the_second_is_refused(
    site: Run, store: Store, monkeypatch: pytest.MonkeyPatch, act: Callable[..., Any], op: str
) -> None:
    site("move d1 Proposal", ok=True)  # o4
    site("move d1 Negotiation", ok=True)  # o5
    site("undo o5", ok=True)
    begin = store.operation

    def late(*words: Any, **options: Any) -> Any:
        """Get the book only after somebody else did the same."""
        site(f"{act.__name__} {op}", ok=True)
        return begin(*words, **options)

    monkeypatch.setattr(store, "operation", late)
    with pytest.raises(RuleError, match=f"{op} was undone or redone by somebody else just now"):
        act(store, op)
    check_deal(store)
