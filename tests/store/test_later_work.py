"""What an undo leaves in the book: records that later work changed or uses, and words that others use by now."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from tests.walks import check_deals, dump

from salestrack.domain.customers import Customer
from salestrack.domain.deals import Deal
from salestrack.domain.money import Money
from salestrack.services.undo import redo, undo
from salestrack.store import Store

Run = Callable[..., Any]


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


def test_a_record_that_was_created_and_changed_in_one_act_and_moved_on_since_stays(run: Run, store: Store) -> None:
    with store.operation("opened") as op:
        stage = store.stages.all()[0]
        made = Deal(title="A", stage=stage, amount=Money(100, "USD"), currency="USD", created_on=date(2026, 3, 1))
        before = store.deals.add(made, on=date(2026, 3, 1), op=op.id)
        store.deals.save(before, before._replace(amount=Money(200, "USD")), on=date(2026, 3, 5), op=op.id)
    run("move d1 Proposal", ok=True)  # o3
    assert "cannot undo o2: d1 was changed later by o3" in run("undo o2").stderr
    run("undo o3", ok=True)
    run("undo o2", ok=True)
    assert dump(store)["deals"] == []


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
    assert (store.deals.get(1).status, store.deals.get(1).reason, store.deals.get(2).reason) == (
        "open",
        None,
        "moved abroad",
    )


@pytest.mark.parametrize(("add", "use", "reason"), [
    ("owner add Eva", "customer add Zed --owner Eva", "the owner Eva is used by c2 since o5"),
    ("owner add Eva", "owner edit Eva --default", "the owner Eva is used by the setting default-owner since o5"),
    ("owner add Eva", "config set default-owner Eva", "the owner Eva is used by the setting default-owner since o5"),
    ("reason add Moved", "lost d1 Moved", "the reason Moved is used by d1 since o5"),
])  # fmt: skip
def test_a_word_that_was_all_an_operation_added_is_not_undone_while_it_is_used(
    site: Run, store: Store, add: str, use: str, reason: str
) -> None:
    site(add, ok=True)  # o4
    site(use, ok=True)  # o5
    assert f"cannot undo o4: {reason}" in site("undo o4").stderr
    site("undo o5", ok=True)
    site("undo o4", ok=True)
    names = [row["name"] for table in ("owners", "lost_reasons") for row in dump(store)[table]]
    assert not {"Eva", "Moved"} & set(names)


def test_nobody_becomes_default_owner_again_who_is_not_there(site: Run) -> None:
    site("owner add Eva", ok=True)  # o4
    site("owner edit Eva --default", ok=True)  # o5
    site("undo o5", ok=True)
    site("undo o4", ok=True)  # o7
    assert site("redo o5").stderr == (
        "salestrack: cannot redo o5: the setting default-owner needs the owner Eva, which o7 took away\n"
        "hint: salestrack redo o4 first\n"
    )
    site("log call Acme again", ok=True)


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
    check_deals(dump(store))
    redo(store, f"o{imported}")
    assert left(store)["deals"] == [1, 2, 3]
    check_deals(dump(store))


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
        before = store.deals.get(1)
        store.deals.save(before, before._replace(amount=Money(900, "USD"), note="n"), on=date(2026, 3, 10), op=op.id)
    site("move d1 Proposal", ok=True)
    undo(store, f"o{op.id}")
    after = store.deals.get(1)
    assert (after.amount, after.note, after.stage.name) == (Money(900, "USD"), "n", "Proposal")
    check_deals(dump(store))


def test_a_row_removed_by_hand_stays_removed_when_its_import_is_undone(store: Store, imported: int) -> None:
    with store.operation("removed"):
        for table in ("deal_tags", "deal_lines", "deal_history"):
            store.engine.execute(f"DELETE FROM {table} WHERE deal_id = 1")
        store.engine.delete("deals", 1)
    undo(store, f"o{imported}")
    assert left(store) == {}


@pytest.mark.parametrize(
    ("made", "used", "said"),
    [
        ("kind add tour", "log tour Acme hello --new", "the kind tour is used by a1 since o3"),
        ("kind add tour", "follow-up add tour call +2d", "the kind tour is used by the follow-up rule 1 since o3"),
        ("kind add tour", "follow-up add call tour +2d", "the kind tour is used by the follow-up rule 1 since o3"),
        ("kind add tour", "score add tour 5", "the kind tour is used by the points for tour since o3"),
        ("outcome add great", "log call Acme hm --outcome great --new", "the outcome great is used by a1 since o3"),
    ],
)
def test_a_word_that_later_work_uses_stays_naming_that_work(
    run: Run, store: Store, made: str, used: str, said: str
) -> None:
    before = dump(store)
    run(made, ok=True)
    run(used, ok=True)
    refused = run("undo o2")
    assert (refused.exit_code, refused.stderr) == (
        1, f"salestrack: cannot undo o2: {said}\nhint: salestrack undo o3 first\n"
    )  # fmt: skip
    run("undo o3", ok=True)
    run("undo o2", ok=True)
    assert dump(store) == before


def test_a_kind_that_an_older_activity_was_given_since_stays_until_it_has_another(run: Run) -> None:
    run("log call Acme --new", ok=True)  # o2
    run("kind add tour", ok=True)  # o3
    run("edit a1 --kind tour", ok=True)  # o4
    assert "the kind tour is used by a1 since o4" in run("undo o3").stderr
    run("edit a1 --kind call", ok=True)
    run("undo o3", ok=True)
