"""Ids that a spreadsheet rewrote: `0001` came back as `1`, `1` as `1.0`, and `9001000001` as `9.001E+09`.

Letter by letter such an id is a new one, and every record would come in twice. An id that is known in one other spelling
is that one; what was shortened to a power of ten is lost, and refused. Where ids changed in another way, the rows still
say what others said that came before, and the answer names these.
"""

from salestrack.importers.respelling import SHORTENED, is_shortened, plain_id
from salestrack.services.imports.again.rewritten import Rewritten
from salestrack.services.imports.reading import Batch, Reading
from salestrack.store.staged_again import SHAPES, StagedAgain
from salestrack.store.staged_spellings import StagedSpellings


class Respelt:
    """Finds the records of ids that are written in another way than before."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self.possible = reading.mapping.has("id") or reading.kind.name == "products"
        """Whether rows of this file have ids that may be known in another spelling."""
        self.count = 0
        self._told: list[str] = []

    def find(self) -> None:
        """Let rows with unknown ids stand for the records that are known by another spelling of them."""
        reading = self._reading
        if not self.possible or reading.kind.name == "history":
            return
        given = reading.store.engine, reading.staging, reading.request.source, reading.kind.name
        spellings = StagedSpellings(*given)
        if not spellings.pair(plain_id):
            return
        now, was = spellings.example()
        self.count = spellings.take(full=reading.request.full)
        again = StagedAgain(*given)
        if reading.kind.name == "sales":
            again.link_refunds()
        again.number_anew()
        ids = "1 id is" if self.count == 1 else f"{self.count:,} ids are"
        took = "was" if self.count == 1 else "were"
        self._told.append(
            f"{ids} written differently from the last import ({now} for {was}) and {took} taken as the same"
        )

    def look_for_likes(self) -> None:
        """Name the records that most of the new rows look like, where few of the file's ids are known."""
        reading = self._reading
        if not (self.possible and reading.kind.name in SHAPES):
            return
        given = reading.store.engine, reading.staging, reading.request.source, reading.kind.name
        spellings = StagedSpellings(*given)
        if spellings.few_known() and spellings.may_be_alike():
            self._told += Rewritten(reading).likes_of_ids()

    def remarks(self) -> list[str]:
        """Return what is worth a line."""
        return self._told


def refuse_shortened(batch: Batch) -> None:
    """Reject rows whose ids a spreadsheet shortened, and articles whose numbers it did."""
    field = "id" if batch.has("id") else "sku"
    for place, cell in enumerate(batch.column(field)):
        if "+" in cell and is_shortened(cell):
            batch.fault(place, field, SHORTENED)
