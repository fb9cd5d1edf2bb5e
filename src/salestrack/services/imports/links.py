"""Deals that sales and activities of a file belong to."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from salestrack.domain.names import fold
from salestrack.services.imports.naming.names import Naming
from salestrack.services.imports.reading import Batch, Reading
from salestrack.store.matching import Known


class Deals(Naming):
    """The deal of a row from (customer id, cell): the id it was imported by, its own id, or a title of the customer's."""

    table, noun = "deals", "deal"

    def __init__(self, reading: Reading, *, spare_removed: bool = False) -> None:
        super().__init__(reading, "deal")
        self._customers: dict[int, int | None] = {}
        self._spare_removed = spare_removed
        self.removed: set[tuple[int | None, str]] = set()
        """Cells that name deals which were removed by hand, where those are no fault."""

    def of(self, batch: Batch, customers: Sequence[int | None], *, after: str = "") -> list[int | None]:
        """Return the deals of a batch; a deal of another customer than the row's is refused.

        `after` is the field that names the customer: where that is wrong, a title means nothing yet.
        """
        if not batch.has("deal"):
            return batch.none
        keys = list(zip(customers, batch.column("deal"), strict=True))
        deals = batch.read_as("deal", self, keys, after=after)
        for place, (customer, deal) in enumerate(zip(customers, deals, strict=True)):
            owner = self._customers.get(deal) if deal else None
            if customer and owner and customer != owner:
                batch.fault(place, "deal", f"d{deal} belongs to another customer (c{owner})")
        return deals

    def with_customers(self, customers: Sequence[int | None], deals: Sequence[int | None]) -> list[int | None]:
        """Return the customers of rows, those of their deals where the row names none."""
        pairs = zip(customers, deals, strict=True)
        return [self._customers.get(deal) if customer is None and deal else customer for customer, deal in pairs]

    def learn(self, cells: Collection[tuple[int | None, str]]) -> None:
        """Look up deals."""
        texts = {cell: self.meant(cell[1]) for cell in cells}
        wanted = [text for text in texts.values() if text]
        matching = self.reading.matching
        keys = matching.keys(self.reading.request.source, "deals", wanted)
        ids = self._own(wanted, keys)
        rest = [cell for cell, text in texts.items() if text and text not in keys and text not in ids]
        titles = matching.deals_of({cell[0] for cell in rest if cell[0] and cell[0] > 0})
        # Only a history may name deals by their titles alone: it is about nothing else.
        alone = matching.titled({texts[cell] for cell in rest}) if self._spare_removed else {}
        for cell, text in texts.items():
            named = titles.get(cell[0] or 0, []) or [(key, text) for key in alone.get(text, ())]
            self._decide(cell, text, keys.get(text), ids.get(text), named)
        self._customers |= matching.customers_of("deals", {key for key in self.known.values() if key})

    def named(self, cells: Iterable[str]) -> set[str]:
        """Return which cells mean deals whosoever they are: ids of the source, and of the book."""
        texts = {text: self.meant(text) for text in set(cells) if text}
        wanted = list(texts.values())
        keys = self.reading.matching.keys(self.reading.request.source, "deals", wanted) if wanted else {}
        ids = self._own(wanted, keys) if wanted else {}
        return {text for text, meaning in texts.items() if meaning in keys or meaning in ids}

    def _own(self, texts: Sequence[str], keys: dict[str, Known]) -> dict[str, int]:
        """Return what ids like d12 mean; in an export of this book they come before those by which deals were imported."""
        if self.reading.written_here is False:
            return {}
        ours = self.reading.written_here is True
        ids = self.by_id([text for text in texts if ours or text not in keys], "d", "deals", "title")
        for text in ids:
            keys.pop(text, None)
        return ids

    def _decide(self, cell: Any, text: str, known: Any, key: int | None, titles: list[tuple[int, str]]) -> None:
        named = [deal for deal, title in titles if fold(title) == fold(text)]
        if not text:
            self.known[cell] = None
        elif known:
            self.known[cell] = known.record_id
            if not known.exists and self._spare_removed:
                self.known[cell] = None
                self.removed.add(cell)
            elif not known.exists:
                self.refuse(cell, "names a deal that was removed from the book")
        elif key or len(named) == 1:
            self.known[cell] = key or named[0]
        elif named:
            option = self.option(text, f"d{named[0]}")
            which = f"could be {', '.join(f'd{deal}' for deal in named[:5])}; write the id"
            self.refuse(cell, f"{which}, or {option}" if option else which)
        else:
            source = self.reading.request.source
            if self.reading.written_here is False:
                self.refuse(
                    cell,
                    "means nothing here: the file is another book's; import its deals first, or together with this file",
                )
                return
            self.refuse(
                cell,
                f"no deal goes by that: write an id like d12, a title of the row's customer, or the id that it has in {source}",
            )
