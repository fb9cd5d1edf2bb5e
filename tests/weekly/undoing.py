"""What all walks over a book share: commands that are one operation each, undoing them, and moving house."""

import shutil
import tempfile
from copy import deepcopy
from itertools import count
from pathlib import Path
from typing import Any

from hypothesis import note
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule
from tests.weekly.ledgers import Dump, Ledger, assert_same


class LedgerWalk(RuleBasedStateMachine):
    """One book, what it is expected to hold, and both as they were before each act."""

    expected: Any

    def start(self) -> None:
        """Make an empty book."""
        self.folder = Path(tempfile.mkdtemp(prefix="salestrack-weekly-"))
        self.said: list[str] = []
        self.ledger = Ledger(self.folder / "book.db", self.said)
        self.past: list[tuple[Dump, Any]] = []
        self.numbers = count(1)

    def teardown(self) -> None:
        """Tell what was typed, and clear up."""
        if hasattr(self, "folder"):
            note("\n".join(self.said))
            shutil.rmtree(self.folder)

    def compare(self) -> None:
        """Compare every record of the book with what is expected."""
        raise NotImplementedError

    def act(self, *words: str) -> None:
        """Run a command of the seller that has to be one operation; `expected` is brought up to date by the caller."""
        before, last = self.ledger.dump(), self.ledger.last_operation()
        self.ledger.run(*words)
        assert self.ledger.last_operation() == last + 1
        self.past.append((before, deepcopy(self.expected)))

    def noted(self, before: Dump, was: Any, last: int) -> None:
        """Keep what was before something that may have been an operation; if it was none, nothing changed."""
        if self.ledger.last_operation() == last:
            assert_same(self.ledger.dump(), before)
        else:
            self.past.append((before, was))

    def write(self, text: str) -> Path:
        """Write a file, and note what it holds."""
        path = self.folder / f"{next(self.numbers)}.csv"
        path.write_text(text, encoding="utf-8")
        self.said.append(f"cat > {path.name} <<'E'\n{text}E")
        return path

    # --- taking back ---

    @precondition(lambda self: self.past)
    @rule(steps=st.integers(1, 3), again=st.booleans())
    def take_back(self, steps: int, *, again: bool) -> None:
        """Undo the latest acts and imports one by one, and put them in force again or go on without."""
        undone = []
        for _ in range(min(steps, len(self.past))):
            undone.append((self.ledger.dump(), self.expected))
            before, self.expected = self.past.pop()
            self.ledger.run("undo")
            assert_same(self.ledger.dump(), before)
            self.compare()
        for after, expected in reversed(undone) if again else ():
            self.past.append((self.ledger.dump(), self.expected))
            self.ledger.run("redo")
            self.expected = expected
            assert_same(self.ledger.dump(), after)

    @rule()
    def move_house(self) -> None:
        """Take the whole book into another one, where everything goes on as before."""
        self.ledger = self.ledger.move(self.folder / f"house-{next(self.numbers)}")
        self.past.clear()
        self.compare()
