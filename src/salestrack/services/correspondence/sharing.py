"""Whose a mail or a meeting is: one activity for each customer concerned, found again under keys of their own.

The activity of the first customer has the id of the message as its key. Those of the others have it too, with the
address of the first of their people behind it: an address is in the message, whatever becomes of the customer.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from salestrack.domain.addresses import Person
from salestrack.domain.mails import Event
from salestrack.services.correspondence.people import Who
from salestrack.store.correspondence import BESIDE, Held

Found = tuple[Who, Person]


class Party(NamedTuple):
    """A customer whom an event concerns: the contact who wrote or was written to, all contacts, all addresses."""

    customer_id: int
    contact_id: int | None
    contacts: frozenset[int]
    addresses: tuple[str, ...]


class Share(NamedTuple):
    """One activity of an event: its key, the customer concerned as far as one is, and what the book has of it."""

    key: str
    party: Party | None = None
    held: Held | None = None


def parties(event: Event, found: Sequence[Found]) -> list[Party]:
    """Return the customers whom an event concerns: of a mail that came in first the sender's, then as they were found."""
    places = {person.address: place for place, person in enumerate(event.people)}
    groups: dict[int, list[Found]] = {}
    wrote = [each for each in found if event.direction == "in" and each[1] == event.people[0]]
    for each in (*wrote, *(each for each in found if each not in wrote)):
        groups.setdefault(each[0].customer_id, []).append(each)
    made = []
    for customer, people in groups.items():
        contacts = [who.contact_id for who, person in people if who.contact_id and _acted(event, person)]
        addresses = sorted((person.address for _, person in people), key=lambda address: places[address])
        everybody = frozenset(who.contact_id for who, _ in people if who.contact_id)
        made.append(Party(customer, contacts[0] if contacts else None, everybody, tuple(addresses)))
    return made


def shares(event: Event, concerned: Sequence[Party], held: Sequence[Held]) -> list[Share]:
    """Return the activities that an event is or becomes.

    What the book has of it stays with its customer; a customer who is not among those concerned any more may have it
    from people, so nobody else gets the same again. Of an event whose first activity was removed by hand comes nothing
    new.
    """
    if not held:
        return [Share(event.key if not place else _key(event, party), party) for place, party in enumerate(concerned)]
    left = {each.key: each for each in held}
    found: list[Share] = []
    waiting: list[Party] = []
    for party in concerned:
        mine = [each for each in left.values() if each.exists and each.customer_id == party.customer_id]
        if len(mine) == 1:
            found.append(Share(mine[0].key, party, left.pop(mine[0].key)))
        elif not mine:  # several are of customers that became one: its people are with them already
            waiting.append(party)
    keys = {each.key for each in held}
    gone = any(each.key == event.key and not each.exists for each in held)
    for party in waiting:
        named = [event.key, *(_beside(event, address) for address in party.addresses)]
        key = next((key for key in reversed(named) if key in left), None)
        if key:
            found.append(Share(key, party, left.pop(key)))
        elif not gone and (free := next((key for key in named if key not in keys), None)):
            keys.add(free)
            found.append(Share(free, party))
    return [*found, *(Share(each.key, None, each) for each in left.values())]


def linked_to(share: Share) -> Iterable[int]:
    """Return the contacts that an activity should have, but for those of a customer whom people gave it to."""
    if share.party is None or (share.held and share.held.customer_id not in (None, share.party.customer_id)):
        return ()
    return share.party.contacts


def _acted(event: Event, person: Person) -> bool:
    """Say whether a person wrote it, was written to, or is invited; who only got a copy from another did not write."""
    return event.direction != "in" or person == event.people[0]


def _key(event: Event, party: Party) -> str:
    return _beside(event, party.addresses[0])


def _beside(event: Event, address: str) -> str:
    return f"{event.key}{BESIDE}{address}"
