"""Which contacts an activity is with, and which of them it has already: people may become known after their mails."""

from collections.abc import Sequence

from salestrack.services.correspondence.sharing import Share, linked_to
from salestrack.store.correspondence import Correspondence, Held
from salestrack.store.engine import Engine
from salestrack.store.hand_edits import hand_edited


class Links:
    """The contacts of some activities; `further` collects (line, contact) of those beside the one it is with."""

    def __init__(self, engine: Engine, book: Correspondence, found: Sequence[Share]) -> None:
        self.further: list[tuple[int, int]] = []
        held = [(share, share.held) for share in found if share.held and share.held.exists]
        self._linked = book.linked([each.record_id for _, each in held])
        lacking = [each.record_id for share, each in held if self._lacks(share, each)]
        edited = hand_edited(engine, "activities", lacking) if lacking else {}
        self._by_hand = {key for key, columns in edited.items() if "contact_id" in columns}

    def of(self, line: int, share: Share) -> tuple[int | None, int]:
        """Return the contact that the activity on a line gets, and how many further ones; none that people took off."""
        held, party = share.held, share.party
        if party is None or (held and (held.record_id in self._by_hand or not self._lacks(share, held))):
            return None, 0
        contact = party.contact_id if held is None or held.contact_id is None else None
        further = set(linked_to(share)) - {contact} - (self._has(held) if held else set())
        self.further += [(line, each) for each in sorted(further)]
        return contact, len(further)

    def _lacks(self, share: Share, held: Held) -> bool:
        return bool(set(linked_to(share)) - self._has(held))

    def _has(self, held: Held) -> set[int]:
        return {held.contact_id or 0} | self._linked.get(held.record_id, set())
