"""Everything the book knows about a record, on one page; a page for each id, or for the customer that is named."""

from collections.abc import Callable, Sequence
from importlib import import_module

from salestrack.domain.dates import Words
from salestrack.domain.money import PLAIN_STYLE, NumberStyle
from salestrack.domain.refs import AT, Ref, parse_ref, parse_refs
from salestrack.errors import NotFoundError
from salestrack.services.show.page import Asker, Page, Section
from salestrack.store import Store

# Where the page of each kind is made, fetched when one is asked for.
_MAKERS = {
    "c": "customer:page", "n": "customer:contact_page", "d": "deal:page", "s": "sale:page", "a": "record:activity_page",
    "p": "record:product_page", "q": "record:quota_page", "i": "past:import_page", "o": "past:operation_page",
}  # fmt: skip


def find_pages(store: Store, words: Sequence[str], *, know: Words, style: NumberStyle = PLAIN_STYLE) -> list[Page]:
    """Return a page for each id, or for the customer that the words name.

    Raises NotFoundError or AmbiguousError.
    """
    asker = Asker(store, know, style)
    refs = dict.fromkeys(ref for word in _after(words) for ref in _refs(store, word))
    return [_maker(ref)(asker, ref.id) for ref in refs]


def _after(words: Sequence[str]) -> list[str]:
    """Return the words with the letter of the id before where a list of bare numbers follows it: d12 14-16."""
    found: list[str] = []
    letter = ""
    for word in words:
        bare = word[:1].isdigit() and not any(sign.isalpha() for sign in word)
        found.append(f"{letter}{word}" if bare and letter else word)
        letter = word[:1] if word[:1].lower() in _MAKERS and word[1:2].isdigit() else letter if bare else ""
    return found


def _refs(store: Store, word: str) -> list[Ref]:
    if word == AT:
        word = store.journal.last_ref("dcsanpq") or word
    if word[-1:].isdigit() and (parse_ref(word, None) or "," in word or "-" in word):
        return parse_refs(word, None)
    who = store.names.who(word)
    if who.contact_id and who.customer_id is None:
        return [Ref("n", who.contact_id)]
    if who.customer_id is None:
        raise NotFoundError(f"{who.text} belongs to no customer")
    return [Ref("c", who.customer_id)]


def _maker(ref: Ref) -> Callable[[Asker, int], Page]:
    module, _, function = _MAKERS[ref.letter].partition(":")
    maker: Callable[[Asker, int], Page] = getattr(import_module(f"salestrack.services.show.{module}"), function)
    return maker


__all__ = ["Page", "Section", "find_pages"]
