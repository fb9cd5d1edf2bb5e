"""Whom a word names: every rung of the ladder, ambiguity, and signs that mean something to a search index."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from salestrack.domain.customers import Customer
from salestrack.domain.names import fold, phone_key
from salestrack.domain.products import Product
from salestrack.errors import AmbiguousError, NotFoundError, UsageError
from salestrack.services.who import find_deal, find_who
from salestrack.store import Store

Run = Callable[..., Any]


def add(store: Store, name: str, *, aliases: tuple[str, ...] = (), **more: Any) -> int:
    with store.operation("added") as op:
        customer = store.customers.add(Customer(name=name, **more), op=op.id)
        for alias in aliases:
            store.customers.add_alias(customer.id, alias, op=op.id)
    return customer.id


def add_contact(
    store: Store, name: str, customer: int | None, *, email: str | None = None, phone: str | None = None
) -> int:
    row = {
        "name": name,
        "key": fold(name),
        "customer_id": customer,
        "email_key": email,
        "phone_key": phone and phone_key(phone),
    }
    with store.operation("added") as op:
        return store.engine.insert("contacts", {**row, "created_op": op.id})


@pytest.fixture
def people(store: Store) -> Store:
    """Make customers c1-c8 and contacts n1-n4 that get in each other's way."""
    add(store, "Acme Tools", aliases=("at",), email="info@acme.example", phone="+49 30 1234567")
    add(store, "Acme Tools Berlin")
    add(store, "Zürich Öl AG", aliases=("Öler",))
    add(store, "Northwind Traders")
    add(store, "O'Neil & Sons")
    add(store, "İstanbul Tekstil")
    add(store, "Weststraße 5 GmbH")
    add(store, "42")
    add_contact(store, "Maria Berg", 4, email="maria@northwind.example")
    add_contact(store, "Ann Stone", 5, phone="0171 9988776")
    add_contact(store, "Ann Holm", 5)
    add_contact(store, "Solo Walker", None)
    return store


@pytest.mark.parametrize(
    ("text", "customer"),
    [
        ("c4", 4),
        ("C4", 4),
        ("at", 1),
        ("Acme Tools", 1),
        ("ACME tools", 1),
        ("acme-tools", 1),
        ("acme tools b", 2),
        ("north", 4),
        ("NORTHWIND TRADERS", 4),
        ("traders", 4),
        ("tra", 4),
        ("tr", 4),
        ("berlin", 2),
        ("thwin", 4),
        ("42", 8),
        ("zürich", 3),
        ("ZÜRICH ÖL", 3),
        ("Zu\u0308rich", 3),
        ("öl", 3),
        ("öler", 3),
        ("oneil", None),
        ("o'neil", 5),
        ("o neil sons", 5),
        ("neil & sons", 5),
        ("istanbul", 6),
        ("ISTANBUL", 6),
        ("İSTANBUL", 6),
        ("tekstil", 6),
        ("WESTSTRASSE", 7),
        ("weststraße 5", 7),
        ("info@acme.example", 1),
        ("INFO@Acme.Example", 1),
        ("+49301234567", 1),
        ("030 1234567", 1),
        ("0301234567", 1),
        ("(030) 123-45-67", 1),
        ("maria@northwind.example", 4),
        ("Maria Berg", 4),
        ("berg", 4),
        ("0171/9988776", 5),
        ("ann stone", 5),
        ("stone", 5),
        ("n1", 4),
        ("w", 7),
        ("xyz", None),
        ("nobody@nowhere.example", None),
        ("+1 555 000 1111", None),
        ("c99", None),
        ("n99", None),
        ("d1", None),
    ],
)
def test_the_first_rung_with_one_match_names_the_customer(people: Store, text: str, customer: int | None) -> None:
    found = people.names.find_who(text)
    assert (found.customer_id if found else None) == customer


@pytest.mark.parametrize("text", ["tools", "acme", "ACME T", "cme"])
def test_several_matches_on_a_rung_are_ambiguous_with_ids(people: Store, text: str) -> None:
    with pytest.raises(AmbiguousError) as caught:
        people.names.who(text)
    assert caught.value.message == f"'{text}' could be Acme Tools (c1), Acme Tools Berlin (c2)"
    assert caught.value.exit_code == 4


def test_an_exact_name_wins_over_longer_ones_and_another_customers_alias_makes_it_ambiguous(people: Store) -> None:
    assert people.names.who("acme tools").customer_id == 1
    other = add(people, "Traders' Union", aliases=("Northwind Traders",))
    with pytest.raises(AmbiguousError, match=rf"Traders' Union \(c{other}\), Northwind Traders \(c4\)"):
        people.names.who("northwind traders")
    assert people.names.exact_customer("northwind traders", than=other) == 4


@pytest.mark.parametrize(
    ("text", "customers"),
    [
        ("muller", {1}),
        ("MUELLER", {1, 2}),
        ("müller", {1, 2}),
        ("müll", {1, 2}),
        ("mull", {1}),
        ("mueller b", {2}),
        ("mueller soehne", {1}),
        ("muller sohn", {1}),
        ("sohne", {1}),
        ("soehn", {1}),
        ("CAFE", {3}),
        ("cafe central", {3}),
        ("grossmueller", {4}),
        ("zoe", {5}),
        ("jose", {6}),
        ("muster", set()),
    ],
)
def test_names_are_found_without_their_accents_and_never_one_of_two(
    store: Store, text: str, customers: set[int]
) -> None:
    for name in ("Müller & Söhne", "Mueller Bakery", "Café Central", "Großmüller", "Zoë"):
        add(store, name)
    add(store, "Quiet Ltd")
    add_contact(store, "José Prieto", 6)
    if len(customers) > 1:
        with pytest.raises(AmbiguousError, match=r"\(c\d\), .*\(c\d\)$"):
            store.names.who(text)
    else:
        found = store.names.find_who(text)
        assert ({found.customer_id} if found else set()) == customers


def test_a_whole_name_in_another_spelling_comes_before_longer_names(store: Store) -> None:
    add(store, "Müller Nord")
    whole = add(store, "Müller")
    assert [store.names.who(text).customer_id for text in ("Müller", "muller", "mueller")] == [whole] * 3
    assert store.names.alike("Mueller") == whole
    assert store.names.alike("Mueller Nor") is None


def test_two_of_one_name_need_an_id(people: Store) -> None:
    twin = add(people, "northwind traders")
    with pytest.raises(AmbiguousError, match=rf"Northwind Traders \(c4\), northwind traders \(c{twin}\)"):
        people.names.who("Northwind Traders")


def test_a_contact_brings_the_customer_and_two_contacts_of_one_customer_are_two_people(people: Store) -> None:
    maria = people.names.who("maria")
    assert (maria.customer_id, maria.contact_id, maria.text) == (4, 1, "Maria Berg, Northwind Traders")
    with pytest.raises(AmbiguousError, match=r"Ann Holm, O'Neil & Sons \(n3\), Ann Stone, O'Neil & Sons \(n2\)"):
        people.names.who("ann")


def test_a_contact_of_nobody_has_no_customer(people: Store) -> None:
    solo = people.names.who("solo")
    assert (solo.customer_id, solo.contact_id, solo.name) == (None, 4, "Solo Walker")


def test_a_customer_that_matches_itself_comes_before_its_contacts(people: Store) -> None:
    add_contact(people, "Northwind Reception", 4)
    found = people.names.who("northwind")
    assert (found.customer_id, found.contact_id) == (4, None)


def test_an_id_that_is_another_records_exact_name_is_ambiguous(people: Store) -> None:
    add(people, "C4")
    with pytest.raises(AmbiguousError, match=r"'c4' is Northwind Traders by id, and also the name of c9"):
        people.names.who("c4")
    add(people, "C99")
    assert people.names.who("c99").customer_id == 10, "no record has that id"


@pytest.mark.parametrize("prefix", ["zebra", "ebr"])
def test_more_candidates_than_a_message_holds_are_said_to_be_more(store: Store, prefix: str) -> None:
    for number in range(8):
        add(store, f"Zebra {number}")
    with pytest.raises(AmbiguousError, match=r"Zebra 4 \(c5\) and more$"):
        store.names.who(prefix)


@pytest.mark.parametrize("text", ["kiosk", "iosk"])
def test_many_other_names_of_one_customer_do_not_hide_another_customer(store: Store, text: str) -> None:
    add(store, "First", aliases=tuple(f"Kiosk {number}" for number in range(9)))
    add(store, "Second", aliases=("Kiosk Z",))
    with pytest.raises(AmbiguousError, match=r"First \(c1\), Second \(c2\)"):
        store.names.who(text)


@pytest.mark.parametrize("text", ["old name", "name"])
def test_a_merged_customer_is_found_by_its_old_names_as_the_one_it_became(store: Store, text: str) -> None:
    kept = add(store, "Successor")
    gone = [add(store, f"Old Name {number}") for number in range(8)]
    with store.operation("merged") as op:
        for key in gone:
            store.engine.update("customers", key, {"merged_into": kept})
        store.customers.add_alias(kept, "Old Name 1", op=op.id)
    assert store.names.who(text).customer_id == kept
    assert store.names.who(f"c{gone[0]}").customer_id == kept
    add(store, "Very Old Name")
    if text == "name":
        with pytest.raises(AmbiguousError):
            store.names.who(text)


# --- signs that mean something to SQL or to the index ------------------------------------------------------------

ODD = [
    'Say "cheese"', "OR", "AND NOT", "NEAR(a b)", "100% Wool", "under_score", "semi;colon", "-- dash", "col:umn", "{braces}",
    "^caret", "star*", "(brackets)", "back\\slash", "'quoted'", "+plus", "a", "ab", "abc", "Ü", "日本", "日本語ショップ",
    "🍕🍕🍕", "***", '"""', "x" * 200,
]  # fmt: skip


@pytest.mark.parametrize("name", ODD)
def test_any_name_can_be_found_by_itself_its_beginning_and_its_middle(store: Store, name: str) -> None:
    add(store, "Something else entirely")
    key = add(store, name)
    assert store.names.who(name).customer_id == key
    folded = fold(name)
    for part in (folded[: max(2, len(folded) // 2)], folded[-4:], folded[1:]):
        if len(part.strip()) >= 3 or (part and folded.startswith(part)):
            assert store.names.who(part).customer_id == key, part


@pytest.mark.parametrize(
    "text", ['"', "*", "'", "OR", "NEAR", "x*", 'x" OR "y', "key:a", "%", "_", "", "  ", "\\", "( )"]
)
def test_signs_of_a_query_language_are_just_text(people: Store, text: str) -> None:
    assert people.names.find_who(text) is None
    assert people.names.records("products", text) == []


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(min_size=1, max_size=30).filter(lambda name: name.strip()))
def test_looking_up_any_text_never_fails(people: Store, name: str) -> None:
    with suppress(AmbiguousError, UsageError):
        people.names.find_who(name)
    people.names.suggestions("customers", name)


@pytest.mark.parametrize("letters", ["b", "be", "ber"])
def test_one_letter_finds_beginnings_of_names_two_also_of_words_three_also_middles(store: Store, letters: str) -> None:
    add(store, "Alpine Berries")
    found = store.names.find_who(letters)
    assert (found is not None) == (len(letters) >= 2)
    assert store.names.find_who(letters[::-1]) is None
    assert store.names.find_who("rrie") is not None
    assert store.names.find_who("rr") is None, "two letters in the middle are looked for nowhere"


def test_the_index_follows_renamings_and_removals(store: Store) -> None:
    key = add(store, "Before Ltd")
    with store.operation("renamed"):
        store.engine.update("customers", key, {"name": "Later Ltd", "key": fold("Later Ltd")})
    assert store.names.find_who("efore") is None
    assert store.names.who("ater").customer_id == key
    with store.operation("removed"):
        store.engine.delete("customers", key)
    assert store.names.find_who("ater") is None


def test_a_misspelt_name_only_ever_gets_suggestions(people: Store) -> None:
    with pytest.raises(NotFoundError) as caught:
        people.names.who("Northwnd Traders")
    assert caught.value.hint == "did you mean Northwind Traders?"
    assert caught.value.details == {"similar": ["Northwind Traders"]}


def test_products_resolve_by_number_id_and_ladder(store: Store) -> None:
    with store.operation("added") as op:
        for name, sku in (("Build", "B-1"), ("Build Plus", "B-2"), ("Care plan", None)):
            store.products.add(Product(name=name, sku=sku), currency="USD", op=op.id)
        gone = store.products.add(Product(name="Careless"), currency="USD", op=op.id)
        store.engine.update("products", gone.id, {"removed_on": "2026-01-01"})
    names = {
        text: store.products.resolve(text).name for text in ("B-2", "p1", "build", "plus", "care", "lan", "BUILD p")
    }
    assert list(names.values()) == [
        "Build Plus",
        "Build",
        "Build",
        "Build Plus",
        "Care plan",
        "Care plan",
        "Build Plus",
    ]
    with pytest.raises(AmbiguousError, match=r"Build \(p1\), Build Plus \(p2\)"):
        store.products.resolve("buil")
    with pytest.raises(NotFoundError, match="no product is called 'Buidl'") as caught:
        store.products.resolve("Buidl")
    assert caught.value.hint == "did you mean Build?"


# --- words of a command ------------------------------------------------------------------------------------------


def test_a_bare_number_names_nobody_unless_it_is_a_name_or_a_telephone_number(people: Store) -> None:
    found = {text: find_who(people, text, new=False, ask=None).who for text in ("42", "0301234567")}
    assert [who.customer_id for who in found.values() if who] == [8, 1]
    for text in ("4", "0309999999", "24"):
        with pytest.raises(UsageError, match="a bare number names nobody"):
            find_who(people, text, new=True, ask=None)


def test_a_name_and_the_next_word_that_name_another_customer_are_ambiguous(people: Store) -> None:
    with pytest.raises(
        AmbiguousError, match=r"'Acme Tools' is Acme Tools .*, and 'Acme Tools Berlin' is Acme Tools Berlin"
    ):
        find_who(people, "Acme Tools", following="Berlin asked for a quote", new=False, ask=None)
    assert find_who(people, "Acme Tools", following="asked for a quote", new=False, ask=None).who
    assert find_who(people, "Northwind", following="Traders", new=False, ask=None).who, "both name the same"
    add(people, "Northwind Traders West")
    with pytest.raises(AmbiguousError):
        find_who(people, "Northwind Traders", following="West coast", new=False, ask=None)


def test_an_unknown_name_is_new_only_when_that_is_said(people: Store) -> None:
    with pytest.raises(NotFoundError) as caught:
        find_who(people, "Nimbus", new=False, ask=None)
    assert str(caught.value.hint).endswith(" --new adds a customer")
    assert find_who(people, "Nimbus", new=True, ask=None).new_name == "Nimbus"
    assert find_who(people, "O2", new=True, ask=None).new_name == "O2", "no WHO is an operation"
    with pytest.raises(NotFoundError):
        find_who(people, "c99", new=True, ask=None)


def test_two_who_add_the_same_new_customer_at_once_add_one(store: Store) -> None:
    slow = find_who(store, "Nimbus", new=True, ask=None)
    first = add(store, "Nimbus")
    with store.operation("logged") as op:
        assert slow.customer_id(store, on=None, op=op.id) == first  # type: ignore[arg-type]


def test_a_deal_is_an_id_or_a_customer_with_exactly_one_open_deal(run: Run, store: Store) -> None:
    run("customer add Acme", ok=True)
    with pytest.raises(NotFoundError, match="Acme has no open deal"):
        find_deal(store, "acme")
    run("deal add 100 Acme First", ok=True)
    run("log call Acme", ok=True)
    assert [find_deal(store, text).id for text in ("acme", "d1", "1", "c1", "a1")] == [1] * 5
    run("deal add 200 Acme Second", ok=True)
    with pytest.raises(AmbiguousError, match="Acme has 2 open deals: d1 First, d2 Second"):
        find_deal(store, "acme")
    add(store, "d2")
    with pytest.raises(AmbiguousError, match="'d2' is a deal by id, and also the name of a customer"):
        find_deal(store, "d2")
    with pytest.raises(NotFoundError, match="there is no deal d9"):
        find_deal(store, "9")
