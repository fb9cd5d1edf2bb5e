"""Fields of the seller's own: defined, set, changed and taken away, and always undone whole."""

from datetime import date

import pytest
from tests.importers.bringing import Asker, bring, everything

from salestrack.domain.customers import Customer
from salestrack.domain.dates import Words
from salestrack.domain.money import Money
from salestrack.domain.refs import Ref
from salestrack.errors import AmbiguousError, NotFoundError, ParseError, RuleError, UsageError
from salestrack.services.field_definitions import Redefinition, add_field, edit_field, field_rows, retire_field
from salestrack.services.fields import (
    FieldChange,
    Values,
    field_of_rows,
    field_tests,
    put_fields,
    split_by,
)
from salestrack.services.undo import redo, undo

TODAY = date(2026, 3, 18)
WORDS = Words(TODAY)


@pytest.fixture
def ask(store):
    return Asker(store)


@pytest.fixture
def acme(store):
    """Make three customers with sizes and tiers, and return the book."""
    add_field(store, "customer", "size", "number", ())
    add_field(store, "customer", "tier", "choice", ["gold", "silver"])
    for name, pairs in (("Acme", ["size=40", "tier=gold"]), ("Globex", ["size=1200.5"]), ("Initech", [])):
        with store.operation("added") as op:
            key = store.customers.add(Customer(name=name), op=op.id).id
            put_fields(store, "customer", key, pairs, op=op, words=WORDS, decimal=".")
    return store


def change(store, name, text, key=1):
    with store.operation("edited") as op:
        return list(FieldChange(name, text, WORDS).apply(store, Ref("c", key), op=op, on=TODAY))


def kept(ask):
    return ask("SELECT fields FROM customers ORDER BY id")


def test_values_are_kept_as_text_and_come_back_typed(acme, ask):
    assert kept(ask) == [('{"size": "40", "tier": "gold"}',), ('{"size": "1200.5"}',), ("{}",)]
    found = acme.fields.of("customer", 1)
    assert (found["size"], found["tier"]) == (40, "gold")
    assert acme.fields.of("customer", 3) == {}


def test_what_was_understood_is_said_in_the_persons_own_marks(store):
    add_field(store, "deal", "fee", "money", ())
    add_field(store, "deal", "share", "number", ())
    store.engine.insert(
        "deals", {"title": "x", "pipeline_id": 1, "stage_id": 1, "status": "open", "currency": "USD", "created_op": 1}
    )
    with store.operation("opened") as op:
        said = Values(("fee=1.200,50 EUR", "share=2,5"), WORDS, ",").put(store, "deal", 1, op=op)
    assert said == ["fee 1.200,50 EUR", "share 2,5"]
    assert store.fields.of("deal", 1)["fee"] == Money(120050, "EUR")


@pytest.mark.parametrize(
    ("pairs", "error", "said"),
    [
        (["sise=40"], NotFoundError, "no field 'sise'"), (["size"], UsageError, "not NAME=VALUE"),
        (["size=big"], ParseError, "not a number"), (["tier=glod"], NotFoundError, "none of gold, silver"),
        (["size=1", "size=2"], UsageError, "twice"), (["size=1.200"], ParseError, "could be"),
    ],
)  # fmt: skip
def test_a_value_that_does_not_fit_leaves_nothing_of_the_record(acme, pairs, error, said):
    before = everything(acme)

    def add():
        with acme.operation("added") as op:
            key = acme.customers.add(Customer(name="New"), op=op.id).id
            put_fields(acme, "customer", key, pairs, op=op, words=WORDS, decimal=".")

    with pytest.raises(error, match=said):
        add()
    assert everything(acme) == before


def test_an_unknown_field_is_answered_with_the_likeliest_and_the_way_to_add_it(acme):
    with pytest.raises(NotFoundError) as refused:
        acme.fields.resolve("customer", "sise")
    assert refused.value.hint == "did you mean size? otherwise: salestrack field add customer sise text"
    with pytest.raises(NotFoundError) as refused:
        acme.fields.resolve("customer", "colour")
    assert refused.value.hint == "salestrack field add customer colour text"


def test_an_edit_says_what_changed_and_nothing_where_it_was_so(acme, ask):
    assert change(acme, "size", "45") == [("size", "40", "->", "45")]
    assert change(acme, "size", "45.0") == []
    assert change(acme, "tier", "-") == [("tier", "gold", "->", "none")]
    assert change(acme, "ti", "s") == [("tier", "none", "->", "silver")]
    undo(acme, None)
    undo(acme, "o8")  # the edit that changed nothing changed nothing
    assert kept(ask)[0] == ('{"size": "45"}',)


def test_adding_a_customer_with_fields_is_undone_whole_and_redone(acme):
    after = everything(acme)
    undo(acme, None)
    assert len(everything(acme)["customers"]) == 2
    redo(acme, None)
    assert everything(acme) == after


def test_a_renamed_field_takes_its_values_along_and_undo_brings_both_back(acme, ask):
    before = everything(acme)
    answer = edit_field(acme, "customer", "size", Redefinition(name="people"))
    assert answer.parts == ("field customer.size", "name size -> people")
    assert acme.fields.of("customer", 1)["people"] == 40
    assert "size" not in str(kept(ask))
    undo(acme, None)
    assert everything(acme) == before
    with pytest.raises(RuleError, match="has the field tier already"):
        edit_field(acme, "customer", "size", Redefinition(name="Tier"))


def test_choices_are_added_renamed_and_removed(acme, ask):
    edit = lambda **changes: edit_field(acme, "customer", "tier", Redefinition(**changes)).parts[1:]  # noqa: E731
    assert edit(add=("bronze", "tin")) == ("+ bronze", "+ tin")
    assert edit(rename=("gold=platinum",)) == ("gold -> platinum on 1 record",)
    assert acme.fields.of("customer", 1)["tier"] == "platinum"
    assert edit(rename=("platinum=silver",)) == ("platinum -> silver on 1 record",)
    assert edit(remove=("tin",)) == ("- tin",)
    assert acme.fields.resolve("customer", "tier").choices == ("silver", "bronze")
    with pytest.raises(RuleError, match="1 record has tier silver"):
        edit(remove=("silver",))
    for wrong in ({"add": ("Silver",)}, {"remove": ("tin",)}, {"rename": ("silver",)}, {}):
        with pytest.raises((RuleError, NotFoundError, UsageError)):
            edit(**wrong)


def test_a_type_changes_only_where_every_value_fits(store, ask):
    bring(store, "id,name,field:people,field:since\n1,Acme,40.0,2026-01-02\n2,Globex,about 7,\n", "customers")
    assert store.fields.resolve("customer", "people").type == "text"
    edit_field(store, "customer", "since", Redefinition(type="date"))
    assert store.fields.of("customer", 1)["since"] == date(2026, 1, 2)
    before = everything(store)
    with pytest.raises(RuleError, match="c2 stands in the way: people 'about 7' is not a number") as refused:
        edit_field(store, "customer", "people", Redefinition(type="number"))
    assert "salestrack edit c2 --field people=VALUE" in refused.value.hint
    assert everything(store) == before
    change(store, "people", "7", key=2)
    edit_field(store, "customer", "people", Redefinition(type="number"))
    assert [one["people"] for one in (store.fields.of("customer", 1), store.fields.of("customer", 2))] == [40, 7]
    assert "40.0" not in str(kept(ask))
    edit_field(store, "customer", "people", Redefinition(type="choice", add=("40", "7")))
    edit_field(store, "customer", "people", Redefinition(type="text"))
    assert store.fields.of("customer", 1)["people"] == "40"


def test_a_retired_field_is_out_of_sight_and_comes_back_with_its_values(acme):
    before = everything(acme)
    answer = retire_field(acme, "customer", "size", on=TODAY)
    assert answer.parts[1] == "2 values kept out of sight"
    assert "size" not in acme.fields.of("customer", 1)
    with pytest.raises(NotFoundError):
        acme.fields.resolve("customer", "size")
    with pytest.raises(NotFoundError):
        field_tests(acme, ["size=40"], words=WORDS, decimal=".")
    assert add_field(acme, "customer", "Size", "number", ()).parts[-1] == "back with 2 values"
    assert acme.fields.of("customer", 1)["size"] == 40
    assert everything(acme) == before


def test_a_field_is_defined_once_and_with_what_its_type_needs(acme):
    for wrong in (("size", "number", ()), ("Size", "text", ())):
        with pytest.raises(RuleError, match="a customer has the field size already"):
            add_field(acme, "customer", *wrong)
    with pytest.raises(UsageError, match="say what level can be chosen from"):
        add_field(acme, "customer", "level", "choice", ())
    with pytest.raises(UsageError, match="has no choices"):
        add_field(acme, "customer", "level", "number", ["a"])
    assert add_field(acme, "deal", "size", "text", ()).parts == ("field deal.size", "text")


def test_the_list_of_fields_counts_values(acme):
    rows = [(row["record"], row["name"], row["type"], row["choices"], row["values"]) for row in field_rows(acme, None)]
    assert rows == [("customer", "size", "number", (), 2), ("customer", "tier", "choice", ("gold", "silver"), 1)]
    assert field_rows(acme, "deal") == []


def test_a_field_of_two_kinds_of_record_is_named_with_its_record(acme):
    add_field(acme, "deal", "size", "number", ())
    with pytest.raises(
        AmbiguousError, match=r"'size' could be deal\.size or customer\.size|customer\.size or deal\.size"
    ):
        field_of_rows(acme, "deals", "size")
    assert split_by(acme, "deals", "deal.size") == "field:size"
    assert split_by(acme, "deals", "customer.size") == "field:customer.size"
    assert split_by(acme, "deals", "tier") == "field:customer.tier"


@pytest.mark.parametrize(
    ("text", "error", "said"),
    [
        ("size=big", ParseError, "not a number"), ("sise=4", NotFoundError, "no field 'sise'"), ("tier=glod", NotFoundError, "none of"),
        ("tier>gold", UsageError, "has no order"), ("size>", UsageError, "names no value"), ("size", UsageError, "not NAME=VALUE"),
        ("=4", UsageError, "not NAME=VALUE"), ("size!=1..2", UsageError, "takes one value"),
        ("size=..", UsageError, "has no end"), ("size>=", UsageError, "names no value"), ("size=1..x", ParseError, "not a number"),
    ],
)  # fmt: skip
def test_a_filter_that_means_nothing_is_an_error_and_no_empty_list(acme, text, error, said):
    with pytest.raises(error, match=said):
        field_tests(acme, [text], words=WORDS, decimal=".")


def test_a_field_is_undone_by_itself_although_another_one_changed_since(acme):
    change(acme, "size", "45")
    change(acme, "tier", "silver")
    undo(acme, "o7")
    found = acme.fields.of("customer", 1)
    assert (found["size"], found["tier"]) == (40, "silver")
    redo(acme, "o7")
    assert acme.fields.of("customer", 1)["size"] == 45


def test_a_field_that_changed_again_since_is_not_undone_and_the_later_operation_is_named(acme):
    change(acme, "size", "45")
    change(acme, "size", "50")
    with pytest.raises(RuleError, match=r"c1 was changed later by o8 \(size\)"):
        undo(acme, "o7")


def test_a_field_that_was_set_for_the_first_time_is_emptied_by_undo(acme):
    change(acme, "size", "9", key=3)
    change(acme, "tier", "gold", key=3)
    undo(acme, "o7")
    assert acme.fields.of("customer", 3) == {"tier": "gold"}


def test_undo_and_redo_of_a_renaming_give_back_the_same_book(acme):
    before = everything(acme)
    edit_field(acme, "customer", "size", Redefinition(name="people"))
    after = everything(acme)
    undo(acme, None)
    assert everything(acme) == before
    redo(acme, None)
    assert everything(acme) == after
