"""Custom fields in files: read by the type of the field, and a value that a person set stays whatever the file says."""

import pytest
from tests.importers.bringing import Asker, bring, everything

from salestrack.domain.dates import Words
from salestrack.domain.refs import Ref
from salestrack.errors import UsageError
from salestrack.services.field_definitions import add_field, retire_field
from salestrack.services.fields import FieldChange
from salestrack.services.undo import undo


@pytest.fixture
def ask(store):
    return Asker(store)


@pytest.fixture
def fielded(store):
    add_field(store, "customer", "Size", "number", ())
    add_field(store, "customer", "tier", "choice", ["gold", "silver"])
    add_field(store, "customer", "begun", "date", ())
    add_field(store, "customer", "fee", "money", ())
    add_field(store, "customer", "vip", "yesno", ())
    return store


HEAD = "id,name,size,Tier,field:begun,Fee,VIP\n"


def by_hand(store, name, text, letter="c", key=1):
    with store.operation("edited") as op:
        FieldChange(name, text, Words(store.actor.now().date())).apply(
            store, Ref(letter, key), op=op, on=store.actor.now().date()
        )


def fields(ask, table="customers"):
    return [row[0] for row in ask(f"SELECT fields FROM {table} ORDER BY id")]


def test_headers_that_are_called_like_a_field_feed_it_and_cells_are_read_by_its_type(fielded, ask):
    result = bring(fielded, f'{HEAD}1,Acme,"1,200.50",GOLD,2026-01-02,12 EUR,x\n2,Globex,,,,,\n', "customers")
    assert not result.faults
    assert not result.unused
    assert fields(ask) == [
        '{"Size": "1200.5", "begun": "2026-01-02", "fee": "12.00 EUR", "tier": "gold", "vip": "yes"}',
        "{}",
    ]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("big,,,,", "line 2, size 'big': is not a number; write it like 40, 2.5 or 1,200"),
        (",glod,,,", "line 2, Tier 'glod': is none of gold, silver"),
        (",go,,,", "line 2, Tier 'go': is none of gold, silver"),
        (",,5/6/2026,,", "line 2, field:begun '5/6/2026': could be 5 June 2026 or 6 May 2026"),
        (",,,lots,", "line 2, Fee 'lots': is not an amount"),
        (",,,,maybe", "line 2, VIP 'maybe': is neither yes nor no"),
    ],
)
def test_a_cell_that_does_not_fit_is_named_with_what_would_be_accepted(fielded, row, said):
    before = everything(fielded)
    result = bring(fielded, f"{HEAD}1,Acme,{row}\n", "customers")
    assert result.faults[0].text.startswith(said)
    assert everything(fielded) == before


def test_a_date_field_is_read_as_the_file_says_its_dates(fielded, ask):
    bring(fielded, f"{HEAD}1,Acme,,,05/06/2026,,\n", "customers", date_format="dmy")
    assert fields(ask) == ['{"begun": "2026-06-05"}']


def test_map_names_a_field_however_it_is_spelt_and_a_new_one_is_of_text(fielded, ask):
    result = bring(
        fielded,
        "id,name,People,Where\n1,Acme,40,north\n",
        "customers",
        maps=["field:SIZE=People", "field:region=Where"],
    )
    assert [created.names for created in result.created] == [("region",)]
    assert fields(ask) == ['{"Size": "40", "region": "north"}']
    assert fielded.fields.resolve("customer", "region").type == "text"


@pytest.mark.parametrize(
    ("name", "said"), [("source", "has 'source' already"), ("a>b", "cannot hold >"), ("Fee", "is retired")]
)
def test_a_file_cannot_make_a_field_that_nobody_could_ask_for(fielded, name, said):
    retire_field(fielded, "customer", "fee", on=fielded.actor.now().date())
    with pytest.raises(UsageError, match=said):
        bring(fielded, "id,name,X\n1,Acme,5\n", "customers", maps=[f"field:{name}=X"])


def test_columns_that_are_no_field_stay_ignored_and_are_reported(fielded):
    assert bring(fielded, "id,name,Colour\n1,Acme,red\n", "customers").unused == ("Colour",)


def test_a_reimport_changes_only_what_changed_in_the_file_and_no_field_that_a_person_set(fielded, ask):
    text = f"{HEAD}1,Acme,40,gold,,,\n2,Globex,7,silver,,,\n"
    bring(fielded, text, "customers", source="crm")
    by_hand(fielded, "size", "45")
    result = bring(fielded, text.replace("gold", "silver").replace("40", "50"), "customers", source="crm")
    assert (result.counts.changed, result.counts.same, result.kept) == (1, 1, ("c1 Size",))
    assert fields(ask) == ['{"Size": "45", "tier": "silver"}', '{"Size": "7", "tier": "silver"}']
    again = bring(fielded, text.replace("gold", "silver").replace("40", "50"), "customers", source="crm")
    assert (again.counts.changed, again.counts.same) == (0, 2)


def test_a_field_that_a_person_emptied_stays_empty(fielded, ask):
    bring(fielded, f"{HEAD}1,Acme,40,gold,,,\n", "customers")
    by_hand(fielded, "size", "-")
    result = bring(fielded, f"{HEAD}1,Acme,41,silver,,,\n", "customers")
    assert (result.kept, fields(ask)) == (("c1 Size",), ['{"tier": "silver"}'])


def test_a_blank_cell_erases_no_field(fielded, ask):
    bring(fielded, f"{HEAD}1,Acme,40,gold,,,\n", "customers")
    bring(fielded, f"{HEAD}1,Acme,,silver,,,\n", "customers")
    assert fields(ask) == ['{"Size": "40", "tier": "silver"}']


def test_a_customer_who_was_there_gets_only_the_fields_that_nobody_filled(fielded, ask):
    bring(fielded, f"{HEAD}1,Acme,40,,,,\n", "customers", source="crm")
    bring(fielded, f"{HEAD}9,Acme,50,gold,,,\n", "customers", source="shop")
    assert fields(ask) == ['{"Size": "40", "tier": "gold"}']


def test_a_change_of_fields_by_an_import_is_undone(fielded, ask):
    bring(fielded, f"{HEAD}1,Acme,40,gold,,,\n", "customers")
    before = everything(fielded)
    bring(fielded, f"{HEAD}1,Acme,41,silver,,,\n", "customers")
    undo(fielded, None)
    assert everything(fielded) == before


@pytest.mark.parametrize(
    ("kind", "noun", "text"),
    [
        ("deals", "deal", "id,stage,Weight\n1,Lead,{}\n"),
        ("sales", "sale", "id,amount,date,Weight\n1,5,2026-03-01,{}\n"),
        ("activities", "activity", "id,kind,date,Weight\n1,call,2026-03-01,{}\n"),
        ("products", "product", "id,name,Weight\n1,Build,{}\n"),
    ],
)
def test_every_kind_of_file_feeds_fields_and_keeps_what_a_person_set(store, ask, kind, noun, text):
    add_field(store, noun, "weight", "number", ())
    add_field(store, noun, "colour", "text", ())
    bring(store, text.format("2.50"), kind)
    assert fields(ask, kind) == ['{"weight": "2.5"}']
    bring(store, text.format("3"), kind)
    assert fields(ask, kind) == ['{"weight": "3"}']
    by_hand(store, "weight", "4", noun[0])
    assert bring(store, text.format("5"), kind).kept == (f"{noun[0]}1 weight",)
    assert fields(ask, kind) == ['{"weight": "4"}']


@pytest.mark.parametrize(("text", "size"), [("1,500", "1500"), ("1.5", "1.5"), ("1234.500", "1234.5")])
def test_a_number_follows_the_decimal_mark(fielded, ask, text, size):
    bring(fielded, f'id,name,size\n1,A,"{text}"\n', "customers", decimal=".")
    assert f'"{size}"' in fields(ask)[0]


def test_a_number_of_two_readings_is_refused_until_somebody_says_the_mark(fielded, ask):
    result = bring(fielded, "id,name,size\n1,A,1.500\n", "customers")
    assert [fault.reason for fault in result.faults] == [
        "could be 1500 or 1.5; with --decimal , it is 1500, with --decimal . it is 1.5"
    ]
    bring(fielded, '{"id": 1, "name": "A", "size": 1.500}', "customers")
    bring(fielded, "id,name,size\n2,B,1.500\n", "customers", decimal=".")
    bring(fielded, "id,name,size\n3,C,1.500\n", "customers", decimal=",")
    bring(fielded, '{"id": 4, "name": "D", "size": 1.234}', "customers", decimal=",")
    assert [text.split('"')[3] for text in fields(ask)] == ["1.5", "1.5", "1500", "1.234"]
