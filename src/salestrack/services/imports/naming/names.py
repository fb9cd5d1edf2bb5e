"""Names in a file become records of the book: exactly, by name, alias, address or id, never by a guess.

What the file may create gets a provisional id below zero, and its real one when the import is written.
"""

from collections.abc import Collection, Sequence
from typing import Any

from salestrack.domain.entries import entries_of
from salestrack.domain.names import clean, first_of, fold, similar
from salestrack.domain.pipelines import Stage
from salestrack.domain.quoting import quoted
from salestrack.domain.refs import parse_ref
from salestrack.errors import SalestrackError
from salestrack.importers.cells import Column
from salestrack.importers.rewriting import FIRST_ID, ID
from salestrack.importers.typed import adding, as_word, value_option
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
        said = [self.that(text, f"no {self.noun} goes by that name"), *self.did_you_mean(text, near)]
        self.refuse(cell, "; ".join([*said, f"--new {self.table} adds those that are missing"]))

    def that(self, text: str, why: str) -> str:
        """Return why a text means nothing; where a cell was given this meaning, which it is."""
        return f"means {quoted(text)}, and {why}" if self._cell_of(text) != text else why

    def did_you_mean(self, text: str, near: Sequence[str]) -> list[str]:
        """Return the question whether the first of some names is meant, with what to type then; nothing without any."""
        option = self.option(text, near[0]) if near else ""
        return [f"did you mean {near[0]}?{f' {option}' if option else ''}"] if near else []

    def option(self, text: str, meaning: str) -> str:
        """Return what to type so that the cells of a text have a meaning; empty where that cannot be typed."""
        cell = self._cell_of(text)
        option = value_option(self.field, cell, meaning)
        said = any(each.startswith(f"{self.field}:{cell}=") for each in self.reading.request.values)
        return f"{option} in place of what you said" if option and said else option

    def _cell_of(self, text: str) -> str:
        """Return a cell that a text is the meaning of: itself, unless --value or a profile says otherwise."""
        return next((old for old, new in self._values.items() if new == text and old in self.used), text)

    def several(self, found: Sequence[Match], letter: str, text: str) -> str:
        """Return why a name that several records have means none of them, and what to type to choose one."""
        refs = [f"{letter}{match.id}" if match.customer_id is None else self.ref_of(match) for match in found[:5]]
        labels = ", ".join(f"{match.name} ({ref})" for match, ref in zip(found, refs, strict=False))
        option = self.option(text, refs[0]) if text else ""
        return f"could be {labels}; write the id{f', or {option}' if option else ''}"

    def ref_of(self, match: Match) -> str:
        """Return the id by which a contact is chosen: its own, but the customer's where customers are asked for."""
        return f"n{match.id}" if self.table == "contacts" or not match.customer_id else f"c{match.customer_id}"

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
                self.refuse(cell, self.several(found, "p", text))
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
                self.known[cell] = tuple(dict.fromkeys(self.id_of(clean(tag)) for tag in entries_of(self.meant(cell))))
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
                self.refuse(cell, self._why(text))

    def _why(self, text: str) -> str:
        known = list(self._names.values())
        said = [self.that(text, "no pipeline is called that"), f"known: {first_of(known)}"]
        other = self.option(text, known[0])
        near = self.did_you_mean(text, similar(text, known, most=1))
        said += near or ([f"if {known[0]} is meant: {other}"] if other else [])
        return "; ".join([*said, adding("pipeline", text)])


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
            text, self.known[cell] = self.meant(stage), None
            try:
                if pipeline is None:
                    self._check(text)
                else:
                    self.known[cell] = self.find(text, pipeline)
            except SalestrackError as error:
                self.refuse(cell, error.message)

    def _check(self, text: str) -> None:
        """Refuse a stage of an unknown pipeline only where no pipeline has it, and none may be added."""
        if not text or not (self.may_create or any(fold(stage.name) == fold(text) for stage in self.stages.values())):
            self.find(text)

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
        first = next(stage for stage in stages if not stage.is_open)
        pipeline = pipeline_id or first.pipeline_id
        again = self._bring_back(text, pipeline)
        if closed or again or not self.may_create:
            meant = self.did_you_mean(text, [closed[0].name] if closed else near)
            hint = "; ".join([*meant, *(again or ([] if closed else ["--new stages adds open ones"]))])
            raise SalestrackError(f"{self.that(text, 'no stage is called that')}; known: {_names(stages)}; {hint}")
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

    def _bring_back(self, text: str, pipeline_id: int) -> list[str]:
        """Return what to type where a pipeline had a stage of that name, which cannot be added as a new one."""
        return [
            f"it was removed, to bring it back: salestrack stage add {as_word(stage.name)} --pipeline {as_word(stage.pipeline)}"
            for stage in self.stages.values()
            if stage.removed_on and stage.pipeline_id == pipeline_id and fold(stage.name) == fold(text)
        ]


def _names(stages: Sequence[Stage]) -> str:
    return first_of(list(dict.fromkeys(stage.name for stage in stages)), 20)


def _ref(text: str) -> tuple[str, int] | None:
    if not 1 < len(text) < 20 or not text[1:].isdecimal():
        return None
    try:
        ref = parse_ref(text, None)
    except SalestrackError:
        return None
    return (ref.letter, ref.id) if ref else None
