"""What people changed in records that a file had brought, so that they can be compared as the file had them."""

from collections.abc import Collection, Iterable
from typing import Any

from salestrack.store.added_products import added_products
from salestrack.store.engine import Engine
from salestrack.store.only_deals import joined_by_imports
from salestrack.store.staged_again import LINES_TOUCHED, SHAPES, Brought, Shape, StagedAgain


class Edits:
    """What the columns and products of records were before people changed them first."""

    def __init__(self, engine: Engine, again: StagedAgain, kind: str) -> None:
        self.said: dict[int, dict[str, Any]] = {}
        """Columns as they were before a person changed them first, by record."""
        self.products: set[int] = set()
        """Records whose products a person changed."""
        self.removed_lines: dict[int, list[str]] = {}
        self.was: dict[int, int] = {}
        """The record that an import key stood for before that was merged into another one, by the key's id."""
        self.made: set[int] = set()
        """Records that people had made, as far as these changed or removed them since."""
        if kind == "activities":  # said as the file had them, before anybody's changes
            self.said |= {record: {"deal_id": None} for record in joined_by_imports(engine)}
        shape, by_hand = SHAPES[kind], again.by_hand()
        self._look_elsewhere(again, shape)
        for image in again.images(kind):
            mine = self.said.setdefault(image.row_id, {})
            if image.before["created_op"] in by_hand:
                self.made.add(image.row_id)
            for name in shape.columns:
                if image.after is None or image.before[name] != image.after[name]:
                    mine.setdefault(name, image.before[name])
        self.products |= added_products(engine, kind)
        for image in again.images(shape.lines) if shape.lines else ():
            line = image.before
            self.products.add(line[shape.owner])
            if image.after is None and line["kind"] == "product":
                product = f"{line['product_id']}x{line['quantity']}"
                self.removed_lines.setdefault(line[shape.owner], []).append(product)
        for image in again.images("import_keys") if kind == "deals" else ():
            if image.after and image.before["record_id"] != image.after["record_id"]:
                self.was.setdefault(image.row_id, image.before["record_id"])

    def _look_elsewhere(self, again: StagedAgain, shape: Shape) -> None:
        """Begin with what people changed in the book that this one was brought in from."""
        for record, said in again.said_elsewhere():
            self.said[record] = {name: said[name] for name in shape.columns if name in said}
            if LINES_TOUCHED in said:
                self.products.add(record)
                self.removed_lines[record] = list(said[LINES_TOUCHED])

    def removed_without(
        self, records: Iterable[Brought], names: Collection[str]
    ) -> list[tuple[frozenset[str], set[int]]]:
        """Return which of some columns removed records had no value in, and the ids of the keys of these records."""
        found: dict[frozenset[str], set[int]] = {}
        for one in records:
            said = self.said.get(one.record_id, {})
            blank = frozenset(name for name in names if not said.get(name))
            if blank and not one.here:
                found.setdefault(blank, set()).add(one.key_id)
        return sorted(found.items(), key=lambda group: sorted(group[0]))
