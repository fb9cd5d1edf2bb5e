"""Names in a file become records of the book: exactly, by name, alias, address or id, never by a guess.

What the file may create gets a provisional id below zero, and its real one when the import is written.
"""

from collections.abc import Collection, Sequence
from typing import Any

from salestrack.domain.names import clean, fold, similar
from salestrack.domain.pipelines import Stage
from salestrack.domain.refs import parse_ref
from salestrack.errors import SalestrackError
from salestrack.importers.cells import Column, split_list
from salestrack.importers.rewriting import FIRST_ID, ID
from salestrack.services.imports.reading import Reading
from salestrack.store.matching import Known, Match
from salestrack.store.staging import Fresh

MOST_SUGGESTIONS = 20


class Naming(Column[Any]):
    """A column of names, with what all of them need.

    A name that is to be created waits under a key until all new cells are looked at; `entry` has what is known of it.
    """

    table = ""
    noun = ""

    def __init__(self, reading: Reading, field: str) -> None:
        super().__init__(reading.values_of(field))
        self.reading = reading
        self.field = field
        self.ids_only = reading.profile is not None and reading.profile.cells.get(field) in {ID, FIRST_ID}
        self.may_create = self.table in reading.request.new and not self.ids_only
        self._entries: dict[str, Fresh] = {}
        self._waiting: dict[Any, str] = {}
        self._suggested = 0

    def unknown(self, cell: Any, text: str) -> None:
        """Refuse a name that means nothing, with what may have been meant; only the first ones are looked into."""
        if self.ids_only:
            file, source = self.table, self.reading.request.source
            self.refuse(
                cell, f"no {self.noun} of {source} has that id; import its {file} first, or together with this file"
            )
            return
        near: list[str] = []
        if self._suggested < MOST_SUGGESTIONS:
            near = self.reading.store.names.suggestions(self.table, text)
        self._suggested += 1
        meant = f"did you mean {near[0]}? --value '{self.field}:{text}={near[0]}'; " if near else ""
        self.refuse(cell, f"no {self.noun} goes by that name; {meant}--new {self.table} adds those that are missing")

    def wait(self, cell: Any, key: str, entry: Fresh) -> None:
        """Note a name that is to be created; one that is no name refuses the cell."""
        try:
            tidy = entry._replace(name=clean(entry.name))
        except SalestrackError as error:
            self.refuse(cell, error.message)
            return
        self._entries.setdefault(key, tidy)
        self._waiting[cell] = key

    def created(self) -> dict[Any, int]:
        """Return the provisional ids of the cells that wait, and wait for nothing any longer."""
        ids = self.reading.staging.fresh(self.table, self._entries) if self._entries else {}
        found = {cell: ids[key] for cell, key in self._waiting.items()}
        self._entries.clear()
        self._waiting.clear()
        return found

    def by_id(self, texts: Collection[str], letter: str, table: str, name: str = "name") -> dict[str, int]:
        """Return those of some texts that are ids of records; that of a merged customer is the one it became."""
        found = {text: ref[1] for text in texts if (ref := _ref(text)) and ref[0] == letter}
        if found and table == "customers":
            keepers = self.reading.matching.keepers(set(found.values()))
            found = {text: keepers.get(key, key) for text, key in found.items()}
        names = self.reading.matching.ids(table, set(found.values()), name) if found else {}
        return {text: key for text, key in found.items() if key in names}

    def by_key(self, texts: Collection[str], table: str) -> dict[str, Known]:
        """Return what ids of the file's own source stand for: what an export of the same vendor brought in before."""
        source = self.reading.request.source
        if not texts or not self.reading.matching.has_keys(source, table):
            return {}
        return self.reading.matching.keys(source, table, texts)


class Products(Naming):
    """The product of a row: by article number, name or id."""

    table, noun = "products", "product"

    def learn(self, cells: Collection[str]) -> None:
        """Look up products."""
        texts = {cell: self.meant(cell) for cell in cells}
        wanted = {text for text in texts.values() if text}
        skus = self.reading.matching.products("sku", wanted)
        names = self.reading.matching.products("key", {fold(text) for text in wanted})
        ids = self.by_id([t for t in wanted if t not in skus and fold(t) not in names], "p", "products")
        for cell, text in texts.items():
            found = skus.get(text) or names.get(fold(text)) or []
            if not text or text in ids or len(found) == 1:
                self.known[cell] = (found[0].id if found else ids[text]) if text else None
            elif found:
                self.refuse(cell, several(found, "p", f"{self.field}:{text}"))
            elif not self.may_create:
                self.unknown(cell, text)
            else:
                self.wait(cell, fold(text), Fresh(text, currency=self.reading.currency))
        self.known |= self.created()


class FoundOrAdded(Naming):
    """A column of few names that are added as they are found: owners, reasons for a loss, tags."""

    def __init__(self, reading: Reading, field: str, table: str) -> None:
        super().__init__(reading, field)
        self.table = table
        names = reading.matching.named(table)
        self._ids = {fold(name): key for name, key in names} | dict(names)

    def learn(self, cells: Collection[str]) -> None:
        """Look names up among all there are."""
        for cell in cells:
            text = " ".join(self.meant(cell).split())
            try:
                self.known[cell] = self.id_of(clean(text)) if text else None
            except SalestrackError as error:
                self.refuse(cell, error.message)

    def id_of(self, name: str) -> int:
        """Return the id of a name, provisional for a new one."""
        found = self._ids.get(name) or self._ids.get(fold(name))
        if found is None:
            found = self.reading.staging.fresh(self.table, {name: Fresh(name)})[name]
            self._ids[name] = self._ids[fold(name)] = found
        return found


class Tags(FoundOrAdded):
    """The tags of a row: several in one cell."""

    def __init__(self, reading: Reading) -> None:
        super().__init__(reading, "tags", "tags")

    def learn(self, cells: Collection[str]) -> None:
        """Look up every tag of new cells."""
        for cell in cells:
            try:
                self.known[cell] = tuple(dict.fromkeys(self.id_of(clean(tag)) for tag in split_list(self.meant(cell))))
            except SalestrackError as error:
                self.refuse(cell, error.message)


class Pipelines(Naming):
    """The pipeline of a row by its name, as the book calls it."""

    table, noun = "pipelines", "pipeline"

    def __init__(self, reading: Reading, field: str) -> None:
        super().__init__(reading, field)
        self._names = {fold(name): name for name, _ in reading.matching.named("pipelines")}

    def learn(self, cells: Collection[str]) -> None:
        """Look names up among all there are."""
        for cell in cells:
            text = self.meant(cell)
            self.known[cell] = self._names.get(fold(text)) if text else ""
            if text and not self.known[cell]:
                known = list(self._names.values())
                meant = similar(text, known, most=1) or known
                why = f"no pipeline is called that; known: {', '.join(known)}; --value 'pipeline:{text}={meant[0]}'"
                self.refuse(cell, why)


class Stages(Naming):
    """The stage of a row by its name, or from (pipeline, stage); by name alone the first pipeline comes before others.

    A stage in a pipeline that does not exist is not looked for: the pipeline's own column says what is wrong.
    """

    table, noun = "stages", "stage"

    def __init__(self, reading: Reading, field: str = "stage") -> None:
        super().__init__(reading, field)
        self.stages = {stage.id: stage for stage in reading.store.stages.all(removed=True)}
        self._pipelines = {fold(name): key for name, key in reading.matching.named("pipelines")}

    def learn(self, cells: Collection[str | tuple[str | None, str]]) -> None:
        """Look up stages; a pipeline is the name that the book has, empty for none and None for an unknown one."""
        for cell in cells:
            pipeline, stage = ("", cell) if isinstance(cell, str) else cell
            try:
                self.known[cell] = self.find(self.meant(stage), pipeline) if pipeline is not None else None
            except SalestrackError as error:
                self.refuse(cell, error.message)

    def find(self, text: str, pipeline: str = "") -> int:
        """Return the id of the stage of that name; the error names the known ones."""
        wanted = self._pipelines[fold(pipeline)] if pipeline else None
        stages = [s for s in self.stages.values() if not s.removed_on and wanted in (None, s.pipeline_id)]
        if not text:
            raise SalestrackError(f"the stage is blank; write one of: {_names(stages)}")
        found = [stage for stage in stages if fold(stage.name) == fold(text)]
        if not found:
            return self._missing(text, stages, wanted)
        return found[0].id

    def _missing(self, text: str, stages: list[Stage], pipeline_id: int | None) -> int:
        near = similar(text, [stage.name for stage in stages], most=1)
        closed = [stage for stage in stages if not stage.is_open and stage.kind in fold(text).split()]
        if closed or not self.may_create:
            meant = closed[0].name if closed else near[0] if near else ""
            hint = f"did you mean {meant}? --value 'stage:{text}={meant}'" if meant else "--new stages adds open ones"
            raise SalestrackError(f"no stage is called that; known: {_names(stages)}; {hint}")
        first = next(stage for stage in stages if not stage.is_open)
        pipeline = pipeline_id or first.pipeline_id
        entry = {f"{pipeline}\x1f{fold(text)}": Fresh(clean(text), parent=pipeline)}
        key = self.reading.staging.fresh("stages", entry).popitem()[1]
        last = max((s.position for s in stages if s.is_open and s.pipeline_id == pipeline), default=-1)
        self.stages[key] = Stage(
            id=key,
            pipeline_id=pipeline,
            pipeline=first.pipeline,
            name=clean(text),
            position=last,
            kind="open",
            probability=0,
        )
        return key


def several(matches: Sequence[Match], letter: str = "c", meant: str = "") -> str:
    """Return why a name that several records have means none of them; `meant` is a field and its cell: `customer:Anna`."""
    refs = [f"{'n' if match.customer_id is not None else letter}{match.id}" for match in matches[:5]]
    labels = ", ".join(f"{match.name} ({ref})" for match, ref in zip(matches, refs, strict=False))
    return f"could be {labels}; write the id" + (f", or --value '{meant}={refs[0]}'" if meant else "")


def _names(stages: Sequence[Stage]) -> str:
    return ", ".join(dict.fromkeys(stage.name for stage in stages))


def _ref(text: str) -> tuple[str, int] | None:
    if not 1 < len(text) < 20 or not text[1:].isdecimal():
        return None
    try:
        ref = parse_ref(text, None)
    except SalestrackError:
        return None
    return (ref.letter, ref.id) if ref else None
