"""Customers as they are kept, with the keys by which they are found."""

from datetime import date
from typing import Any

import pytest

from salestrack.domain.customers import Customer
from salestrack.errors import NotFoundError, UsageError
from salestrack.services.customers import add_customer
from salestrack.store import Store
from salestrack.store.customers import keys


def add(store: Store, name: str, **more: Any) -> Customer:
    with store.operation("added") as op:
        return store.customers.add(Customer(name=name, **more), op=op.id)


def test_a_customer_comes_back_as_it_was_kept(store: Store) -> None:
    wanted = {
        "kind": "company", "email": "Info@Acme.example", "phone": "+49 30 1234567", "segment": "retail", "country": "DE",
        "source": "fair", "note": "two\nlines", "created_on": date(2026, 3, 1),
    }  # fmt: skip
    saved = add(store, "  Acme   Tools ", **wanted)
    assert saved == Customer(id=1, name="Acme Tools", **wanted)  # type: ignore[arg-type]
    assert store.customers.get(1) == saved
    assert store.customers.by_email("info@acme.example") == 1
    assert store.customers.by_email("other@acme.example") is None


def test_the_keys_are_what_look_ups_compare() -> None:
    assert keys("Öl & Co.", "A@B.ORG", "+49 30 1234567") == {
        "key": "öl co", "email_key": "a@b.org", "phone_key": "301234567",
    }  # fmt: skip
    assert keys("A", None, "123") == {"key": "a", "email_key": None, "phone_key": None}


@pytest.mark.parametrize("name", ["", "   ", "x" * 201, "a\x00b"])
def test_a_name_that_is_none_is_refused(store: Store, name: str) -> None:
    with pytest.raises(UsageError, match="the customer's name"):
        add(store, name)


def test_a_customer_that_is_not_there_is_not_found(store: Store) -> None:
    with pytest.raises(NotFoundError, match="there is no customer c9"):
        store.customers.get(9)


def test_aliases_and_contacts_stand_with_their_customer(store: Store) -> None:
    add(store, "Acme")
    with store.operation("added") as op:
        store.customers.add_alias(1, " ac ", op=op.id)
        store.customers.add_alias(1, "AT", op=op.id)
        for name in ("Zoe", "Ann"):
            row = {"name": name, "key": name.lower(), "customer_id": 1, "created_op": op.id}
            store.engine.insert("contacts", row)
    assert store.customers.aliases(1) == ["ac", "AT"]
    assert [row["name"] for row in store.customers.contacts(1)] == ["Ann", "Zoe"]


@pytest.mark.parametrize(
    ("name", "more"),
    [("ACME tools", {}), ("Acme-Tools", {}), ("Other", {"email": "INFO@acme.example"}), ("AcmeTools", {})],
)
def test_a_customer_that_looks_like_a_known_one_is_added_with_a_warning(
    store: Store, name: str, more: dict[str, str]
) -> None:
    add(store, "Acme Tools", email="info@acme.example")
    answer = add_customer(store, Customer(name=name, **more), aliases=[], tags=[], ask=None)  # type: ignore[arg-type]
    assert answer.notes == ("Acme Tools (c1) looks like the same customer",)
    assert store.engine.value("SELECT count(*) FROM customers") == 2


def test_open_and_unbilled_deals(store: Store, run: Any) -> None:
    run("customer add Acme", ok=True)
    for line in ("deal add 100 Acme A", "deal add 200 Acme B", "deal add 300 Acme C", "won d2", "won d3"):
        run(line, ok=True)
    run("sell 300 Acme --deal d3", ok=True)
    assert [row["id"] for row in store.customers.open_deals(1)] == [1]
    assert [row["id"] for row in store.customers.unbilled_deals(1)] == [1, 2]
