"""Which records an edit names: ids, several of them, or one name."""

from collections.abc import Sequence

from salestrack.domain.refs import AT, KINDS, LAST, Ref, parse_ref, parse_refs
from salestrack.errors import NotFoundError, ParseError, UsageError
from salestrack.services.answers import Ask
from salestrack.services.edits.kinds import LETTERS, kind_of
from salestrack.services.who import find_deal, find_who
from salestrack.store import Store


def named(store: Store, words: Sequence[str], letter: str | None, *, ask: Ask | None) -> list[Ref]:
    """Return the records that the words name, each once: `12,14-16`, several ids, or one customer's or deal's name.

    letter is the kind that the command is about, None where the letters of the ids say it. Raises NotFoundError for an
    id that is no record's, UsageError for a record of another kind.
    """
    if len(words) == 1 and letter and (one := _by_name(store, words[0], letter, ask)):
        return [one]
    refs: dict[Ref, None] = {}
    for word in words:
        refs.update(dict.fromkeys(_known(store, ref, letter) for ref in _ids(word, letter)))
    return list(refs)


def _ids(word: str, letter: str | None) -> list[Ref]:
    try:
        return parse_refs(word, letter)
    except ParseError as error:
        if letter is None and parse_ref(word, None) is None and word.isascii() and not word[:1].isdigit():
            error.hint = "edit takes ids; with a name: salestrack customer edit NAME, salestrack deal edit NAME"
        raise


def _by_name(store: Store, word: str, letter: str, ask: Ask | None) -> Ref | None:
    """Return the record that a word names where it is no list of ids."""
    text = word.strip()
    plain = text[:1] in "123456789" or text == AT or ("," in text and parse_ref(text.split(",")[0], letter))
    if plain or (parse_ref(text.split("-")[0], letter) and "-" in text):
        return None
    ref = parse_ref(text, letter)
    if letter == "d" and (ref is None or ref.letter == "d"):
        return Ref("d", find_deal(store, text, ask=ask).id)
    if letter == "c" and (ref is None or ref.letter == "c"):
        found = find_who(store, text, new=False, ask=None).who
        if found is None or found.customer_id is None:
            raise NotFoundError(f"'{text}' belongs to no customer")
        return Ref("c", found.customer_id)
    if ref is not None:
        return None
    if letter == "n":
        return Ref("n", _contact(store, text))
    if letter == "p":
        return Ref("p", store.products.resolve(text).id)
    return None


def _contact(store: Store, text: str) -> int:
    who = store.names.who(text)
    if who.contact_id is None:
        raise NotFoundError(f"'{text}' is no contact", hint="salestrack contact list shows them, like n12")
    return who.contact_id


def _last(store: Store) -> str | None:
    """Return what the last act was about: its main record, not those that it touched beside it."""
    latest = store.journal.latest(undone=False)
    main = next((ref for ref in latest.refs if ref[0] in LETTERS), None) if latest else None
    return main or store.journal.last_ref(LETTERS)


def _known(store: Store, ref: Ref, letter: str | None) -> Ref:
    if ref == LAST:
        last = store.journal.last_ref(letter) if letter else _last(store)
        if last is None:
            raise NotFoundError("'@' is the record you touched last, and there is none yet")
        ref = Ref(last[0], int(last[1:]))
    if letter and ref.letter != letter:
        raise UsageError(f"{ref} is not a {KINDS[letter]}", hint=f"salestrack edit {ref} takes records of every kind")
    kind_of(ref).get(store, ref.id)
    return Ref("c", store.customers.keeper(ref.id)) if ref.letter == "c" else ref
