"""What a profile does to rows before they are read: those that are no records go out, blank marks become blank."""

from collections import Counter
from collections.abc import Mapping, Sequence

from salestrack.domain.names import first_of, fold
from salestrack.domain.quoting import quoted, titled
from salestrack.importers.mapping import FileMapping
from salestrack.importers.profiles import Profile, Rule
from salestrack.importers.rewriting import rewritten
from salestrack.services.imports.totals import WHY as TOTAL
from salestrack.services.imports.totals import Totals

EVERYWHERE = "*"


class Sieve:
    """The rules of a profile on the columns of one file; `left_out` counts the rows that are no records, by reason."""

    def __init__(
        self, profile: Profile | None, header: Sequence[str], mapping: FileMapping, totals: Totals | None = None
    ) -> None:
        self.left_out: Counter[str] = Counter()
        self.last: list[list[str]] = []
        """The rows that the last sifting left out."""
        self._unheard: Counter[tuple[str, str]] = Counter()
        known = {fold(name): texts for name, texts in profile.known.items()} if profile else {}
        self._known = [(place, known[fold(name)]) for place, name in enumerate(header) if fold(name) in known]
        self._header = header
        self._mapping = mapping
        self._totals = totals
        self._cells = profile.cells if profile else {}
        self._rules: list[tuple[Rule, list[int]]] = []
        self._blank: dict[int, frozenset[str]] = {}
        if profile:
            rules = ((rule, rule.places(header)) for rule in profile.leave_out)
            self._rules = [(rule, places) for rule, places in rules if places or rule.how == "footer"]
            self._blank = _blanks(profile, header, mapping)

    def sift(
        self, lines: Sequence[int], rows: list[list[str]], sizes: Sequence[int] | None = None
    ) -> tuple[Sequence[int], list[list[str]]]:
        """Return the rows that are records, with their lines; `sizes` says of how many rows of the file each is made."""
        totals = self._totals.among(rows) if self._totals else set()
        if not (self._rules or totals):
            self.last = []
            return lines, rows
        kept_lines, kept = [], []
        self.last = []
        for at, (line, row, size) in enumerate(zip(lines, rows, sizes or [1] * len(rows), strict=True)):
            why = next((rule.why for rule, places in self._rules if _falls(rule, places, row)), None)
            why = why or (TOTAL if at in totals else None)
            if why:
                self.left_out[why] += size
                self.last.append(row)
            else:
                kept_lines.append(line)
                kept.append(row)
        return kept_lines, kept

    def hear(self, rows: Sequence[Sequence[str]]) -> None:
        """Count what some cells of rows that are records say, as far as the profile does not know it."""
        for place, known in self._known:
            texts = Counter(row[place].strip() for row in rows)
            heard = {text.casefold() for text in known}
            for text, count in texts.items():
                if text and text.casefold() not in heard:
                    self._unheard[self._header[place], text] += count

    def remarks(self) -> list[str]:
        """Return a remark for each column with words that the profile does not know: such rows are taken as records."""
        found: dict[str, list[str]] = {}
        for (column, text), count in self._unheard.most_common():
            found.setdefault(column, []).append(f"{quoted(text)} ({count:,})")
        return [
            f"{titled(column)} says what the profile does not know, and such rows count like all others: {first_of(texts)}"
            for column, texts in found.items()
        ]

    def blanked(self, columns: list[Sequence[str]]) -> list[Sequence[str]]:
        """Return columns with the vendor's marks for nothing made blank."""
        for place, marks in self._blank.items():
            cells = columns[place]
            if not marks.isdisjoint(map(str.strip, cells)):
                columns[place] = ["" if cell.strip() in marks else cell for cell in cells]
        return columns

    def rewritten(self, cells: Mapping[str, Sequence[str]]) -> dict[str, Sequence[str]]:
        """Return the fields whose cells the profile rewrites, and those that every row has the same text of."""
        size = len(next(iter(cells.values()), ()))
        found: dict[str, Sequence[str]] = {field: [text] * size for field, text in self._mapping.constants.items()}
        return found | {field: rewritten(rule, cells[field]) for field, rule in self._cells.items() if field in cells}


def _falls(rule: Rule, places: Sequence[int], row: Sequence[str]) -> bool:
    if rule.how == "footer":
        return bool(row[0].strip()) and not any(cell.strip() for cell in row[1:])
    if rule.how == "filled":
        return any(rule.holds(row[place]) for place in places)
    return all(rule.holds(row[place]) for place in places)


def _blanks(profile: Profile, header: Sequence[str], mapping: FileMapping) -> dict[int, frozenset[str]]:
    by_title = {fold(column): texts for column, texts in profile.blank.items() if column != EVERYWHERE}
    everywhere = profile.blank.get(EVERYWHERE, ())
    places = sorted({place for mapped in mapping.fields for place in mapped.places})
    marks = {place: frozenset((*everywhere, *by_title.get(fold(header[place]), ()))) for place in places}
    return {place: texts for place, texts in marks.items() if texts}
