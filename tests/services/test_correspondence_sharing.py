"""Whose a mail is, whatever the book has of it and whoever became known, was merged, moved or removed since."""

from hypothesis import given
from hypothesis import strategies as st

from salestrack.domain.addresses import Person
from salestrack.domain.mails import Event
from salestrack.services.correspondence.people import Who
from salestrack.services.correspondence.sharing import parties, shares
from salestrack.store.correspondence import Held

PEOPLE = [Person(f"p{number}@x.example") for number in range(5)]
CUSTOMERS = st.lists(st.none() | st.integers(1, 4), min_size=5, max_size=5)


def event(direction: str = "out") -> Event:
    return Event(1, "m", "email", "Offer", "2026-03-16", direction=direction, people=tuple(PEOPLE))


def concerned(customers: list[int | None], direction: str = "out"):
    found = [(Who(each, each * 10), person) for each, person in zip(customers, PEOPLE, strict=True) if each]
    return parties(event(direction), found)


def kept(found) -> list[Held]:
    """Return what a book has after it took what came of a mail."""
    return [each.held or Held(each.key, place, 0, True, each.party.customer_id) for place, each in enumerate(found, 1)]


@given(CUSTOMERS)
def test_each_customer_gets_one_and_the_first_has_the_id_of_the_message(customers):
    found = shares(event(), concerned(customers), [])

    assert [each.party.customer_id for each in found] == list(dict.fromkeys(each for each in customers if each))
    assert [each.key for each in found][:1] == ["m"][: len(found)]
    assert len({each.key for each in found}) == len(found)


@given(CUSTOMERS)
def test_the_same_mail_again_is_the_same(customers):
    first = shares(event(), concerned(customers), [])
    again = shares(event(), concerned(customers), kept(first))

    assert {(each.key, each.party.customer_id) for each in again} == {
        (each.key, each.party.customer_id) for each in first
    }
    assert all(each.held for each in again)


@given(
    CUSTOMERS,
    CUSTOMERS,
    st.lists(st.sampled_from([0, 1, 2, 3, 4]), max_size=4),
    st.lists(st.booleans(), min_size=5, max_size=5),
)
def test_whatever_happened_since_nothing_is_lost_or_doubled(before, after, owners, exists):
    held = [
        each._replace(
            customer_id=(owners[place] or None) if place < len(owners) else each.customer_id, exists=exists[place]
        )
        for place, each in enumerate(kept(shares(event(), concerned(before), [])))
    ]
    found = shares(event(), concerned(after), held)
    again = shares(event(), concerned(after), kept(found)) if any(each.party for each in found) else []

    assert len({each.key for each in found}) == len(found)
    assert {each.key for each in found if each.held} == {each.key for each in held}
    customers = [each.party.customer_id for each in found if each.party]
    assert len(set(customers)) == len(customers)
    there = {each.customer_id for each in held if each.exists}
    assert all(each.party.customer_id not in there for each in found if each.party and not each.held)
    if any(each.key == "m" and not each.exists for each in held):
        assert all(each.held for each in found)
    assert all(each.held for each in again if each.party)


def test_only_who_wrote_is_the_contact_of_a_mail_that_came_in():
    (first, second) = concerned([None, 2, 1, None, None], "in")

    assert [(each.customer_id, each.contact_id) for each in (first, second)] == [(2, None), (1, None)]
    (first, second) = concerned([1, 2, 1, None, None], "in")
    assert [(each.customer_id, each.contact_id) for each in (first, second)] == [(1, 10), (2, None)]
