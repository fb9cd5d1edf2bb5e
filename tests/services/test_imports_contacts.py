"""Contacts in files: people at customers, new, changed and the same, taken over from a person, kept as edited by hand."""

import pytest
from tests.importers.bringing import Asker, bring, everything

from salestrack.services.undo import undo

FILE = "id,name,customer,email,phone,role,note\n1,Ada Lovelace,Acme,ada@acme.example,+1 555 0100,Head,Likes tea\n2,Bo,,,,,\n"
PEOPLE = "SELECT n.name, c.name, n.email, n.phone, n.role, n.note FROM contacts n LEFT JOIN customers c ON c.id = n.customer_id ORDER BY n.id"


@pytest.fixture
def ask(store):
    return Asker(store)


def people(store, text=FILE, **asked):
    asked.setdefault("new", "customers")
    return bring(store, text, "contacts", **asked)


def test_every_field_of_a_contact_comes_in(store, ask):
    result = people(store)

    assert (result.counts.new, result.counts.read) == (2, 2)
    assert ask(PEOPLE) == [
        ("Ada Lovelace", "Acme", "ada@acme.example", "+1 555 0100", "Head", "Likes tea"),
        ("Bo", None, None, None, None, None),
    ]


def test_a_second_time_nothing_changes_and_a_change_at_the_source_is_the_only_one_applied(store, ask):
    people(store)
    before = everything(store)

    assert people(store).counts[:4] == (2, 0, 0, 2)
    assert everything(store) == before
    assert people(store, FILE.replace("Head", "Boss")).counts[:4] == (2, 0, 1, 1)
    assert ask("SELECT role, note FROM contacts WHERE id = 1") == [("Boss", "Likes tea")]


def test_an_edit_by_hand_stays_and_is_reported(store, run, ask):
    people(store)
    run("contact edit n1 --role Chief", ok=True)
    result = people(store, FILE.replace("Head", "Boss").replace("tea", "coffee"))

    assert result.kept == ("n1 role",)
    assert ask("SELECT role, note FROM contacts WHERE id = 1") == [("Chief", "Likes coffee")]


def test_a_contact_removed_by_hand_stays_removed(store, run, ask):
    people(store)
    run("rm n1 -y", ok=True)
    result = people(store, FILE.replace("Head", "Boss"))

    assert result.left_out == {"removed by hand": 1}
    assert ask("SELECT name FROM contacts") == [("Bo",)]


def test_people_who_are_in_the_book_are_taken_over_by_address_or_name_and_only_blanks_are_filled(store, run, ask):
    run("customer add Acme", ok=True)
    run("contact add 'Ada L.' Acme --email ada@acme.example --role Owner", ok=True)
    result = people(store)

    assert (result.adopted, result.counts.new) == (1, 1)
    assert ask("SELECT name, role, phone FROM contacts WHERE id = 1") == [("Ada L.", "Owner", "+1 555 0100")]


def test_undo_gives_the_book_back(store):
    before = everything(store)
    result = people(store)
    undo(store, f"o{result.op}")

    assert everything(store) == before


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("3,,Acme,,,,", "a contact needs a name"),
        ("3,Cy,Nobody Inc,,,,", "no customer goes by that name"),
        ("1,Cy,Acme,,,,", "has the same id as line 2"),
    ],
)
def test_a_row_that_cannot_go_in_is_named(store, run, row, why):
    run("customer add Acme", ok=True)
    result = people(store, FILE + row + "\n", new="")

    assert result.refused
    assert result.faults[0].line == 4
    assert why in result.faults[0].reason


def test_contacts_without_ids_are_the_same_next_time(store):
    text = "name,customer,email\nAda,Acme,a@b.example\nAda,Acme,c@d.example\n"

    assert people(store, text).counts.new == 2
    assert people(store, text).counts.same == 2
    assert people(store, text + "Ada,Acme,a@b.example\n").faults[0].reason == "has the same contact as line 2"


def test_custom_fields_of_contacts_come_in(store, ask):
    people(store, "id,name,Shoe size\n1,Ada,38\n", maps=["field:size=Shoe size"])

    assert ask("SELECT fields FROM contacts") == [('{"size": "38"}',)]


def test_ids_of_another_file_of_the_source_name_the_customer_and_the_contact(store, ask):
    bring(store, "id,name\nA1,Acme\n", "customers", source="crm")
    people(store, "id,name,customer\nN1,Ada,A1\n", source="crm", new="")
    bring(store, "id,title,stage,customer,contact\nD1,Big,Lead,A1,N1\n", "deals", source="crm")
    bring(store, "id,kind,date,contact,deal\nX1,call,2026-03-01,N1,D1\n", "activities", source="crm")

    assert ask("SELECT customer_id, contact_id FROM deals") == [(1, 1)]
    assert ask("SELECT customer_id, contact_id, deal_id FROM activities") == [(1, 1, 1)]
    other = bring(store, "id,title,stage,customer\nD1,Big,Lead,A1\n", "deals", source="other")
    assert "no customer goes by that name" in other.faults[0].reason


def test_an_id_of_a_customer_who_was_removed_says_so(store, run):
    bring(store, "id,name\nA1,Acme\n", "customers", source="crm")
    run("rm c1 -y", ok=True)

    result = people(store, "id,name,customer\nN1,Ada,A1\n", source="crm")
    assert "names a customer that was removed from the book" in result.faults[0].reason


@pytest.mark.parametrize(
    "cell", ["Ada Lovelace (ada@acme.example)", "Ada Lovelace <ada@acme.example>", "Ada Lovelace ada@acme.example"]
)
def test_a_name_with_an_address_behind_it_is_both(store, ask, cell):
    text = f"title,stage,customer,contact\nBig,Lead,Acme,{cell}\n"
    bring(store, text, "deals", new="customers")

    assert ask("SELECT name, email FROM contacts") == [("Ada Lovelace", "ada@acme.example")]
    bring(store, text.replace("Big", "Small"), "deals", new="customers")
    assert ask("SELECT count(*) FROM contacts") == [(1,)]
