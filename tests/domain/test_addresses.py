"""Who shares a domain because they share a company, and what to call people."""

import pytest

from salestrack.domain.addresses import (
    FREE_MAIL,
    Person,
    domain_of,
    is_address,
    is_machine,
    mine,
    name_of,
    parents_of,
    same_company,
)


def test_a_domain_of_free_mail_makes_nobody_a_colleague():
    us = mine(["Me@Studio.example", "me@gmail.com"])

    assert us.is_me("me@studio.example")
    assert us.is_me("me@gmail.com")
    assert us.is_us("colleague@studio.example")
    assert not us.is_us("stranger@gmail.com")
    assert "googlemail.com" in FREE_MAIL


def test_a_part_of_a_company_belongs_to_the_company():
    assert parents_of("eu.sales.acme.com") == ["eu.sales.acme.com", "sales.acme.com", "acme.com"]
    assert parents_of("localhost") == ["localhost"]
    assert domain_of("ann@acme.com") == "acme.com"
    assert domain_of("ann") == ""


@pytest.mark.parametrize(
    ("address", "machine"),
    [
        ("no-reply@acme.com", True),
        ("noreply+5@acme.com", True),
        ("shop-noreply@acme.com", True),
        ("MAILER-DAEMON@acme.com".lower(), True),
        ("bounces-77@lists.example", True),
        ("norbert@acme.com", False),
        ("ann.reply@acme.com", False),
    ],
)
def test_some_addresses_are_nobodys(address, machine):
    assert is_machine(address) is machine


@pytest.mark.parametrize(
    ("person", "name"),
    [
        (Person("ann.lee@acme.com", "Ann Lee"), "Ann Lee"),
        (Person("ann.lee@acme.com"), "Ann Lee"),
        (Person("ann@acme.com", "ann@acme.com"), "Ann"),
        (Person("..@acme.com"), "..@acme.com"),
        (Person("x@acme.com", "y" * 900), "y" * 200),
    ],
)
def test_people_are_called_by_the_name_beside_the_address_else_by_what_it_begins_with(person, name):
    assert name_of(person) == name


def test_an_address_has_one_at_sign_and_no_spaces():
    assert is_address(" ann@acme.com ")
    assert not is_address("ann")
    assert not is_address("ann@acme.com, bob@acme.com")


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("a@acme.de", "b@acme.de", True),
        ("a@eu.acme.de", "b@acme.de", True),
        ("a@acme.de", "b@macme.de", False),
        ("a@acme.co.uk", "b@other.co.uk", False),
        ("a@gmail.com", "b@gmail.com", False),
        ("a@marketplace.amazon.de", "b@marketplace.amazon.de", False),
        ("nobody", "nobody", False),
    ],
)
def test_two_addresses_are_of_one_company_where_they_share_a_domain_that_is_nobody_elses(one, other, same):
    assert same_company(one, other) is same
    assert same_company(other, one) is same
