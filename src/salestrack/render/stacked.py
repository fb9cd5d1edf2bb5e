"""Rows as a few lines each, as today's list has them: what matters is never cut, only what may shrink."""

from collections.abc import Iterator, Sequence

from rich.cells import cell_len, set_cell_size
from rich.console import Console
from rich.text import Text

from salestrack.render.cells import Cell, Grid, Wording
from salestrack.render.document import Column

LEAST = 28
"""Columns that a text which may shrink is worth drawing in."""
GAP = 2
WIDEST = 100
"""A wider terminal would put what belongs together far apart."""
Field = tuple[Column, Cell]


def stacked(table: Grid, lines: Sequence[Sequence[str]], wording: Wording, width: int) -> Iterator[Text]:
    """Draw every row as these lines of columns: the first column hangs in the margin, the last one of a line on the right."""
    places = {column.name: at for at, column in enumerate(table.columns)}
    first = places[lines[0][0]]
    margin = max(cell_len(row[first].text) for row in table.rows) + GAP
    for row in table.rows:
        for at, names in enumerate(lines):
            named = [(table.columns[places[name]], row[places[name]]) for name in names if name in places]
            fields = [(column, one) for column, one in named if column.name != lines[0][0] and one.is_there]
            right = fields.pop()[1].text if fields and fields[-1][0].name == names[-1] else ""
            head = set_cell_size(row[first].text if at == 0 else "", margin)
            yield from _Flow(head, right, wording, min(width, WIDEST)).drawn(fields)


class _Flow:
    """One line of a row, continued below where what must not be cut needs it."""

    def __init__(self, head: str, right: str, wording: Wording, width: int) -> None:
        self._line = Text.assemble((head, "bold"))
        self._loose = "bold" if head.strip() else "dim"  # who it is about stands out, what was said last does not
        self._margin = cell_len(head)
        self._right, self._wording, self._width = right, wording, width
        self._empty = True
        self._done: list[Text] = []

    def drawn(self, fields: Sequence[Field]) -> list[Text]:
        """Return the lines, the right-hand text at the end of the last one."""
        for column, one in fields:
            style = "yellow" if column.tones is not None else ""
            if column.shrink:
                self._put_loose(one.text)
            else:
                self._put(f"{column.title.lower()} {one.text}" if column.kind == "int" else one.text, style)
        if self._right:
            if self._room < cell_len(self._right) + (0 if self._empty else GAP):
                self._break()
            self._line.append(" " * (self._room - cell_len(self._right)) + self._right)
            self._empty = False
        return [*self._done, self._line] if not self._empty or not self._done else self._done

    @property
    def _room(self) -> int:
        return self._width - self._line.cell_len

    def _put_loose(self, text: str) -> None:
        """Put a text that may be cut, but not to next to nothing: then it has a line of its own."""
        taken = cell_len(self._right) + GAP if self._right else 0
        between = 0 if self._empty else cell_len(self._between)
        if self._room - taken - between < min(cell_len(text), LEAST) and not self._empty:
            self._break()
            between = 0
        room = self._room - between
        self._add(_cut(text, room - taken if room - taken >= LEAST else room, self._wording), self._loose)

    def _put(self, text: str, style: str) -> None:
        if not self._empty and self._room < cell_len(self._between) + cell_len(text):
            self._break()
        room = self._room
        for piece in Text(text).wrap(Console(width=room, _environ={}), room) if cell_len(text) > room else [Text(text)]:
            if not self._empty and self._room < cell_len(self._between) + piece.cell_len:
                self._break()
            self._add(piece.plain.rstrip(), style)

    @property
    def _between(self) -> str:
        return self._wording.own(" · ")

    def _add(self, text: str, style: str) -> None:
        if not self._empty:
            self._line.append(self._between, "dim")
        self._line.append(text, style)
        self._empty = False

    def _break(self) -> None:
        self._done.append(self._line)
        self._line, self._empty = Text(" " * self._margin), True


def _cut(text: str, width: int, wording: Wording) -> str:
    if cell_len(text) <= width:
        return text
    end = "…" if wording.unicode else "..."
    return set_cell_size(text, max(width - len(end), 0)).rstrip() + end
