"""From the words of a command to a customer and a deal, asking where a person is there to answer."""

from datetime import date
from typing import NamedTuple

from salestrack.domain.customers import Customer, Who, checked_name
from salestrack.domain.deals import Deal
from salestrack.domain.names import fold
from salestrack.domain.refs import AT, parse_ref
from salestrack.errors import AmbiguousError, NotFoundError, UsageError
from salestrack.services.answers import Ask
from salestrack.store import Store


class Found(NamedTuple):
    """Whom the words name: a known customer, or the name of one to be added with the write."""

    who: Who | None
    new_name: str | None = None
    similar: tuple[str, ...] = ()
    """Names that the new one looks like, where nobody was asked about them."""

    @property
    def text(self) -> str:
        """Return the name for an answer."""
        if self.who:
            return self.who.text
        return f"{self.new_name} (new, not {' or '.join(self.similar)})" if self.similar else f"{self.new_name} (new)"

    @property
    def contact_id(self) -> int | None:
        """Return the id of the person that was named, None for a customer as a whole."""
        return self.who.contact_id if self.who else None

    def customer_id(self, store: Store, *, on: date, op: int, owner_id: int | None = None) -> int | None:
        """Return the customer's id, adding the new customer, of an owner, unless another process just did."""
        if self.who:
            return self.who.customer_id
        if known := store.names.exact_customer(self.new_name or ""):
            return known
        return store.customers.add(Customer(name=self.new_name or "", created_on=on, owner_id=owner_id), op=op).id


def find_who(store: Store, text: str, *, following: str = "", new: bool, ask: Ask | None) -> Found:
    """Return whom text names; following is the next word, in case both together name somebody else.

    An unknown name is a new customer when new is set, or when the person says so. Raises NotFoundError or AmbiguousError.
    """
    if text.isdecimal() and not store.names.goes_by_number(text):
        raise UsageError(
            f"'{text}' is not a customer: a bare number names nobody",
            hint=f"c{text} is the customer, d{text} the deal",
        )
    try:
        who = store.names.who(_last(store, text) if text == AT else text)
    except NotFoundError as error:
        ref = parse_ref(text, None)
        if (ref is None or ref.letter not in "@cndas") and (new or (ask and _confirmed(ask, text, error))):
            return Found(None, checked_name(text), tuple(error.details.get("similar") or ())[:2] if new else ())
        if error.hint and not new:
            error.hint += f"{'' if error.hint.endswith('?') else ';'} --new adds a customer"
        raise
    _refuse_longer(store, who, text, following)
    return Found(who)


def find_deal(store: Store, text: str, *, ask: Ask | None = None) -> Deal:
    """Return the deal that text names: an id, or a customer with exactly one open deal.

    Where there are several a person is asked. Raises NotFoundError or AmbiguousError.
    """
    if text == AT:
        text = _last(store, text, letters="d")
    ref = parse_ref(text, "d")
    if ref and ref.letter == "d":
        if store.names.exact_customer(text):
            raise AmbiguousError(
                f"'{text}' is a deal by id, and also the name of a customer", hint=f"write {ref.id} for the deal"
            )
        return store.deals.get(ref.id)
    who = store.names.who(text)
    if who.deal_id:
        return store.deals.get(who.deal_id)
    deals = store.customers.open_deals(who.customer_id) if who.customer_id else []
    if len(deals) == 1:
        return store.deals.get(deals[0]["id"])
    if not deals:
        raise NotFoundError(f"{who.name} has no open deal", hint="name the deal by its id: salestrack deal list")
    labels = [f"d{row['id']} {row['title']}" for row in deals]
    chosen = ask.choose(f"{who.name} has {len(deals)} open deals. Which one?", labels) if ask else None
    if chosen is not None:
        return store.deals.get(deals[chosen]["id"])
    fitting = ", ".join(labels[:5])
    raise AmbiguousError(f"{who.name} has {len(deals)} open deals: {fitting}", hint="name the deal by its id")


def _last(store: Store, text: str, letters: str = "cnds") -> str:
    found = store.journal.last_ref(letters)
    if not found:
        raise NotFoundError(f"'{text}' is the record you touched last, and there is none yet")
    return found


def _confirmed(ask: Ask, text: str, error: NotFoundError) -> bool:
    similar = error.details.get("similar") or []
    near = f" Similar: {', '.join(similar)}." if similar else ""
    return ask.confirm(f"New customer '{text}'?{near}")


def _refuse_longer(store: Store, who: Who, text: str, following: str) -> None:
    word = following.split(maxsplit=1)[0] if following.split() else ""
    if not word or not fold(word):
        return
    if other := store.names.longer(fold(f"{text} {word}"), than=who.customer_id):
        raise AmbiguousError(
            f"'{text}' is {who.text} (c{who.customer_id}), and '{text} {word}' is {other['name']} (c{other['id']})",
            hint=f"write c{who.customer_id} or c{other['id']}",
        )
