"""The first half of an import, without any lock on the book: rows of the file into the staging tables."""

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import compress
from typing import Any, Protocol

from salestrack.domain.imports import Fault
from salestrack.importers.grouping import Group, Grouping, grouped
from salestrack.importers.identity import VERSION, Identity, numbered
from salestrack.importers.source import Progress
from salestrack.importers.table import Chunk, Table
from salestrack.services.imports.again.backs import Backs
from salestrack.services.imports.again.left_out import LeftOut
from salestrack.services.imports.again.losses import Losses
from salestrack.services.imports.again.older import without_older
from salestrack.services.imports.again.others import Others
from salestrack.services.imports.again.respelt import Respelt, refuse_shortened
from salestrack.services.imports.again.rewritten import Rewritten, may_be_rewritten
from salestrack.services.imports.faulty import note_faulty
from salestrack.services.imports.garbage import without_garbage_collection
from salestrack.services.imports.given_back import Flags
from salestrack.services.imports.own.rows import may_seem_own, own_rows, plain, seemingly_own
from salestrack.services.imports.reading import Batch, Reading
from salestrack.services.imports.sieve import Sieve
from salestrack.services.imports.totals import Totals
from salestrack.store.matching import Known
from salestrack.store.staging import ADOPTED, CHANGED, MERGED, NEW, REMOVED, SAME

MOST_SAMPLES = 3
OPENS = "salestrack config set closed-until DATE opens them"
# kind -> the field that dates its money, and the staged column of it.
_MONEY_DAYS = {"deals": ("closed", "closed_on"), "sales": ("date", "on_date")}


class Rows(Protocol):
    """What turns batches of one kind's cells into staged columns."""

    readers: dict[str, Any]

    def shape(self, batch: Batch) -> dict[str, Sequence[Any]]:
        """Return the staged columns of a batch."""

    def children(self, batch: Batch, kept: Sequence[bool]) -> None:
        """Stage what hangs on the rows that are kept."""


class Intake:
    """Reads a file once. Afterwards every row of it is staged, found unchanged, or among the faults."""

    def __init__(
        self, reading: Reading, rows: Rows, identity: Identity, header: Sequence[str], *, samples: bool
    ) -> None:
        self._reading = reading
        self._rows = rows
        self._identity = identity
        self._knows = reading.matching.has_keys(reading.request.source, reading.kind.name)
        self._closed_until = reading.store.settings.book.closed_until
        self._closed: list[Fault] = []
        self._losses = Losses(reading)
        self._set_out = LeftOut(reading, identity, knows=self._knows)
        self._own = own_rows(reading, rows)
        self.rewritten = Rewritten(reading) if self._knows and may_be_rewritten(reading) and not self._own else None
        self._backs = Backs(reading) if self._knows and not self._own else None
        self._respelt = Respelt(reading) if self._knows and not self._own else None
        self._others = Others(reading) if self._knows and not self._own else None
        self._some_changed = False
        self._own_batch: Batch | None = None
        self._may_seem_own = may_seem_own(reading)
        self._seems_own = ""
        totals = Totals(reading.kind, reading.mapping, reading.profile)
        self._sieve = Sieve(reading.profile, header, reading.mapping, totals)
        self._flags = Flags(reading, header)
        self._next_no = 1
        self._guards = True
        self.read = 0
        self.blank = 0
        self.dropped: Counter[str] = Counter()
        self.samples: dict[str, list[tuple[str, Any]]] | None = {} if samples else None

    @property
    def left_out(self) -> dict[str, int]:
        """How many rows are no records, by the reason."""
        own = self._own.left_out if self._own else Counter[str]()
        return dict(Counter({"blank": self.blank}) + self._sieve.left_out + self.dropped + own)

    @property
    def given_ids(self) -> int:
        """How many records that came in without an id are known by one now."""
        return self.rewritten.adopted if self.rewritten else 0

    def remarks(self) -> list[str]:
        """Return what is worth a line of rows that came in before, and of those with ids of the book's own."""
        again = [
            *self._sieve.remarks(),
            *self._set_out.remarks(),
            *(line for each in (self.rewritten, self._backs, self._respelt) if each for line in each.remarks()),
            *self._losses.remarks(),
        ]
        own = [*(self._own.remarks() if self._own else ()), *([self._seems_own] if self._seems_own else ())]
        return again + own

    def gone(self, most: int) -> tuple[int, list[int]]:
        """Return how many records of the source the file lacks, where it is said to be whole, and the first of them."""
        if self._own and self._reading.written_here:
            return self._own.gone(most)
        return self._reading.matching.gone(self._reading.request.source, self._reading.kind.name, most)

    def run(self, table: Table, progress: Progress | None) -> None:
        """Stage every row of a file; SalestrackError when the file itself is damaged."""
        with without_garbage_collection():
            self._guards = table.guards
            grouping: Grouping | None = getattr(self._rows, "grouping", None)
            places = grouping.places(table.header) if grouping else ()
            for chunk in grouped(table.chunks(), places) if places else table.chunks():
                self._take(chunk)
                if progress:
                    progress(min(chunk.position, table.source.size), table.source.size)
        if not self.samples and self._own_batch:
            self._sample(self._own_batch, [True] * len(self._own_batch), as_written=True)
        self._check_whole()

    def _take(self, chunk: Chunk) -> None:
        sizes = [len(group.lines) for group in chunk.groups] if chunk.groups is not None else None
        self.read += (len(chunk.rows) if sizes is None else sum(sizes)) + len(chunk.odd) + chunk.blank
        self.blank += chunk.blank
        self._set_aside([Fault(line, "", "", reason) for line, reason in chunk.odd])
        if not chunk.rows:
            return
        lines, rows = self._sieve.sift(chunk.lines, chunk.rows, sizes)
        if self._sieve.last:
            self._set_out.note(self._sieve.blanked(list(zip(*self._sieve.last, strict=True))), self._plain_keys)
        if not rows:
            return
        groups = None if chunk.groups is None else self._kept(chunk.groups, set(lines))
        self._sieve.hear(rows)
        columns = self._sieve.blanked(list(zip(*rows, strict=True)))
        columns = plain(columns) if self._own and self._guards else columns
        cells = {mapped.field.name: mapped.cells(columns) for mapped in self._reading.mapping.fields}
        keys = self._keys(cells)
        if self._reading.request.full:
            self._reading.staging.note_present(self._reading.request.source, self._reading.kind.name, keys)
        prints = self._identity.prints(cells) if groups is None else self._prints_of(groups)
        rewritten = self._sieve.rewritten(cells)
        raw = {field: cells[field] for field in rewritten if field in cells}
        batch = Batch(self._reading, lines, {**cells, **rewritten, **self._flags.cells(columns)}, raw, groups)
        batch, keys, prints = self._without_own(batch, keys, prints)
        if not len(batch):
            return
        if self._knows:
            self._stage_known(batch, keys, prints)
        else:
            self._stage(batch, keys, prints)

    def _without_own(
        self, batch: Batch, keys: list[str], prints: Sequence[int]
    ) -> tuple[Batch, list[str], Sequence[int]]:
        """Return the rows of a batch that no newer file has and that do not stand for records by the book's own ids."""
        batch, keys, prints = without_older(self._reading, (batch, keys, prints), self.dropped)
        if self._own:
            self._own_batch = self._own_batch or batch
            return self._own.taken_out(batch, keys, prints)
        if self._may_seem_own and not self._seems_own:
            self._seems_own = seemingly_own(self._reading, batch.column("id"))
        return batch, keys, prints

    def _kept(self, groups: Sequence[Group], lines: set[int]) -> list[Group]:
        """Return the groups of the rows that are records, and note which further rows belong to each."""
        kept = [group for group in groups if group.lines[0] in lines]
        members = [(group.lines[0], member) for group in kept for member in group.lines[1:]]
        if members:
            self._reading.staging.add("members", ("line", "member"), members)
        return kept

    def _prints_of(self, groups: Sequence[Group]) -> list[int]:
        """Return the fingerprints of records that are made of several rows each."""
        columns = list(zip(*(row for group in groups for row in group.rows), strict=True))
        each = iter(self._identity.prints({m.field.name: m.cells(columns) for m in self._reading.mapping.fields}))
        return [self._identity.together([next(each) for _ in group.rows]) for group in groups]

    def _plain_keys(self, cells: Mapping[str, Sequence[str]]) -> list[str]:
        """Return the keys of rows, still without the number of their occurrence."""
        keys = self._identity.keys(cells)
        if rename := getattr(self._rows, "keys", None):
            keys = rename(keys, cells)
        return keys

    def _keys(self, cells: Mapping[str, Sequence[str]]) -> list[str]:
        keys = self._plain_keys(cells)
        if self._identity.numbered:
            return self._numbered(keys)
        return self._added(keys, cells) if self._own and "" in keys else keys

    def _numbered(self, keys: list[str]) -> list[str]:
        with_numbers = numbered(keys, self._reading.staging.seen)
        self._reading.staging.saw(keys)
        return with_numbers

    def _added(self, keys: list[str], cells: Mapping[str, Sequence[str]]) -> list[str]:
        """Return keys with those of rows that somebody added to an own export: these have no id, and are what they say."""
        said = iter(self._numbered([s for s, key in zip(self._identity.said(cells), keys, strict=True) if not key]))
        return [key or next(said) for key in keys]

    def _stage_known(self, batch: Batch, keys: Sequence[str], prints: Sequence[int]) -> None:
        """Pass over the rows that are in the book as they stand in the file, and those that were removed by hand."""
        request = self._reading.request
        known = self._reading.matching.keys(request.source, self._reading.kind.name, keys)
        mine = list(map(known.get, keys))
        done = [
            one is not None and (one.print == print_ or not one.exists)
            for one, print_ in zip(mine, prints, strict=True)
        ]
        if same := [one for one, is_done in zip(mine, done, strict=True) if one and is_done]:
            names = ("line", "key", "state", "record_id", "rows")
            parts = (batch.lines, keys, batch.sizes)
            lines, texts, sizes = (list(compress(part, done)) for part in parts)
            states = [SAME if one.exists else REMOVED for one in same]
            rows = (lines, texts, states, [one.record_id for one in same], sizes)
            self._reading.staging.add_columns("rows", dict(zip(names, rows, strict=True)))
        if all(done):
            return
        rest = [not is_done for is_done in done]
        again = batch.only(rest) if same else batch
        self._stage(again, list(compress(keys, rest)), list(compress(prints, rest)), known)

    def _stage(
        self, batch: Batch, keys: Sequence[str], prints: Sequence[int], known: Mapping[str, Known] | None = None
    ) -> None:
        """Stage the good rows of a batch, and its faults."""
        batch.records = [known[key].record_id if key in known else None for key in keys] if known else ()
        shaped = self._rows.shape(batch)
        if "" in keys:
            self._refuse_without_key(batch, keys)
        refuse_shortened(batch)
        states, records = self._states(batch, keys, shaped, known or {})
        if self._closed_until and self._reading.kind.name in _MONEY_DAYS:
            self._refuse_closed(batch, shaped, states)
        understood = self.rewritten.understood.pardon(batch, keys, prints) if self.rewritten else ()
        columns: dict[str, Sequence[Any]] = {"line": batch.lines, "key": keys, "print": prints}
        if batch.groups is not None:
            self._refuse_broken(batch, batch.groups)
            columns["rows"] = batch.sizes
        columns |= {name: values for name, values in shaped.items() if values is not batch.none}
        if states:
            columns |= {"state": states, "record_id": records}
        kept = [True] * len(batch)
        self.dropped.update(why for place, why in batch.dropped.items() if place not in batch.bad)
        if batch.bad or batch.dropped:
            for place in batch.bad | batch.dropped.keys():
                kept[place] = False
            columns = {name: list(compress(values, kept)) for name, values in columns.items()}
            self._set_aside(batch.faults)
            note_faulty(self._reading, batch, keys, shaped)
        columns["no"] = self._numbers(len(columns["line"]), columns.get("state"))
        if columns["line"]:
            self._reading.staging.add_columns("rows", columns)
            self._rows.children(batch, kept)
        if understood:
            self._reading.staging.add("rows", ("line", "key", "state", "record_id", "rows"), understood)
        self._sample(batch, kept)

    def _numbers(self, size: int, states: Sequence[int] | None) -> Sequence[int | None]:
        """Give numbers to the rows that will be new records, so that their ids follow on each other."""
        first = self._next_no
        if states is None:
            self._next_no += size
            return range(first, first + size)
        numbers: list[int | None] = []
        for state in states:
            numbers.append(self._next_no if state == NEW else None)
            self._next_no += state == NEW
        return numbers

    def _states(
        self, batch: Batch, keys: Sequence[str], shaped: dict[str, Sequence[Any]], known: Mapping[str, Known]
    ) -> tuple[list[int], list[int | None]]:
        """Return what each row is to the book, and its record there; nothing where all rows are new."""
        adopt = getattr(self._rows, "known", None)
        if not known and not adopt:
            return [], []
        mine = [known.get(key) for key in keys]
        states = [CHANGED if found else NEW for found in mine]
        records = [found.record_id if found else None for found in mine]
        self._some_changed = self._some_changed or CHANGED in states
        if adopt:
            self._adopt(self._adoptable(adopt(shaped), keys), batch.lines, states, records)
        return states, records

    def _adoptable(self, found: Sequence[int | None], keys: Sequence[str]) -> Sequence[int | None]:
        """Return records that rows may take over: what somebody adds to the book's own export happened once more."""
        if not (self._own and self._reading.kind.name == "activities"):
            return found
        return [None if key.startswith(f"{VERSION}:") else one for one, key in zip(found, keys, strict=True)]

    def _adopt(
        self, found: Sequence[int | None], lines: Sequence[int], states: list[int], records: list[int | None]
    ) -> None:
        """Take over records that people made and no other row of this source stands for."""
        request, kind = self._reading.request, self._reading.kind.name
        wanted = {key for key, state in zip(found, states, strict=True) if key and state == NEW}
        if not wanted:
            return
        taken = self._reading.staged.records(ADOPTED)
        if kind != "quotas":  # of those there is only one, by whatever words it was imported before
            taken |= self._reading.matching.claimed(request.source, kind, wanted)
        for place, key in enumerate(found):
            if key and states[place] == NEW and key not in taken:
                states[place], records[place] = ADOPTED, key
                taken.add(key)
            elif key and states[place] == NEW and self.rewritten:
                self.rewritten.note_likely(lines[place], key)

    def _refuse_broken(self, batch: Batch, groups: Sequence[Group]) -> None:
        """Reject what a damaged row may belong to: without it nobody knows the whole."""
        for place, group in enumerate(groups):
            if group.odd is not None:
                batch.bad.add(place)
                why = f"line {group.odd}, which may belong to it, cannot be read"
                batch.faults.append(Fault(batch.lines[place], "", "", why))

    def _refuse_without_key(self, batch: Batch, keys: Sequence[str]) -> None:
        field = "id" if batch.has("id") else "name"
        why = "where rows have none: --map id=" if field == "id" else f"a {self._reading.kind.noun} needs one"
        for place, key in enumerate(keys):
            if not key and place not in batch.bad:
                batch.fault(place, field, f"the {field} is blank; {why}")

    def _refuse_closed(self, batch: Batch, shaped: Mapping[str, Sequence[Any]], states: Sequence[int]) -> None:
        """Reject new rows of a closed period; what would change in one, the book itself refuses later."""
        field, column = _MONEY_DAYS[self._reading.kind.name]
        until = f"{self._closed_until}"
        for place, day in enumerate(shaped[column]):
            if day and day <= until and (not states or states[place] == NEW):
                why = f"the books are closed until {until}; {OPENS}"
                if any(
                    each and each.possible for each in (self.rewritten, self._backs, self._respelt)
                ):  # it may be no new one
                    self._closed.append(batch.faulty(place, field, why))
                else:
                    batch.fault(place, field, why)

    def _set_aside(self, faults: Sequence[Fault]) -> None:
        if faults:
            self._reading.staging.add("faults", Fault._fields[:4], [fault[:4] for fault in faults])

    def _check_whole(self) -> None:
        """Set aside what only the whole file shows: two rows of one id, refunds of sales that are nowhere."""
        if finish := getattr(self._rows, "finish", None):
            finish()
        staged, mapping = self._reading.staged, self._reading.mapping
        staged.index_keys()
        self._set_out.finish()
        if whole := getattr(self._rows, "check_whole", None):
            whole()
        if not self._identity.numbered:
            field = "id" if mapping.has("id") else "name"
            what, named = ("id", False) if field == "id" else (self._reading.kind.noun, mapping.has("name"))
            staged.reject_doubles(mapping.title(field), what, named=named)
        if self._own:
            self._own.check_whole()
        if self._reading.kind.name == "quotas":
            staged.reject_equal_quotas()
        if mapping.has("refund_of"):
            own_ids = self._reading.written_here is not False
            staged.link_refunds(self._reading.request.source, mapping.title("refund_of"), own_ids=own_ids)
        self._find_again()
        if self._knows:
            self._losses.find()
            staged.pass_over_equal(self._reading.kind.name, self._reading.currency)
            staged.pass_over_merged(self._reading.request.source, self._reading.kind.name, (CHANGED, MERGED))
        if complete := getattr(self._rows, "complete", None):
            complete()

    def _find_again(self) -> None:
        """Find the records that rows with unknown keys mean, and the rows with known ids that mean none."""
        for each in (self._respelt, self.rewritten, self._backs):
            if each:
                each.find()
        self._reading.staged.reject_new(self._closed)
        if self._others and (self._some_changed or (self._respelt and self._respelt.count)):
            self._others.find()
        if self._respelt:
            self._respelt.look_for_likes()

    def _sample(self, batch: Batch, kept: Sequence[bool], *, as_written: bool = False) -> None:
        """Keep the first rows as cells and values, good ones where there are some, for a rehearsal to show."""
        if self.samples is None or len(next(iter(self.samples.values()), ())) >= MOST_SAMPLES:
            return
        places = ([place for place, good in enumerate(kept) if good] or list(range(len(kept))))[:MOST_SAMPLES]
        for field, cells in batch.cells.items():
            values = cells if as_written else batch.values.get(field)
            shown = [(cells[place], values[place] if values else None) for place in places]
            self.samples.setdefault(field, []).extend(shown)
