"""Editing at a real terminal: many records are shown and asked about once, and a bad text may be edited again."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.cli.test_terminal import at_terminal  # noqa: F401 - a fixture

Run = Callable[..., Any]
Rows = Callable[[str], list[list[str]]]
AtTerminal = Callable[..., tuple[int, str]]


@pytest.fixture
def four(run: Run) -> Run:
    for line in ("owner add Ana", *(f"deal add {n}00 Acme Deal{n} --new" for n in (1, 2, 3, 4))):
        run(line, ok=True)
    return run


def test_a_bulk_edit_shows_the_change_asks_once_and_is_undone_at_once(
    four: Run,
    rows: Rows,
    at_terminal: AtTerminal,  # noqa: F811
) -> None:
    code, shown = at_terminal(["deal", "edit", "1,2-4", "--owner", "ana"], "y")
    assert code == 0, shown
    assert "d1  Acme · Deal1  owner none -> Ana\nd2  Acme · Deal2" in shown
    assert shown.count("Change 4 deals? [y/N]") == 1
    assert "4 deals · owner -> Ana (d1-d4) · undo: o7" in shown
    assert rows("SELECT count(*) FROM deals WHERE owner_id = 1") == [["4"]]
    assert at_terminal(["undo"])[0] == 0
    assert rows("SELECT count(*) FROM deals WHERE owner_id = 1") == [["0"]]


def test_a_bulk_edit_that_is_not_agreed_to_changes_nothing(
    four: Run,
    rows: Rows,
    at_terminal: AtTerminal,  # noqa: F811
) -> None:
    code, shown = at_terminal(["edit", "d1-d4", "--owner", "ana"], "n")
    assert (code, "salestrack: nothing was changed" in shown) == (1, True)
    assert rows("SELECT count(*), max(id) FROM operations") == [["6", "6"]]


def test_without_options_the_editor_opens_and_a_bad_text_may_be_edited_again(
    four: Run,
    rows: Rows,
    at_terminal: AtTerminal,  # noqa: F811
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    script = tmp_path / "editor.sh"
    script.write_text(
        '#!/bin/sh\nif grep -q "1.200" "$1"; then sed -i "s/1.200/1200/" "$1"\n'
        'else sed -i \'s/^amount = .*/amount = "1.200"/\' "$1"; fi\n',
        encoding="utf-8",
    )
    script.chmod(0o755)
    monkeypatch.delenv("VISUAL", raising=False)
    monkeypatch.setenv("EDITOR", str(script))
    code, shown = at_terminal(["edit", "d1"], "y")
    assert code == 0, shown
    assert "line 10, amount: amount '1.200' could be 1200 or 1.200" in shown
    assert shown.count("Edit again? [y/N]") == 1
    assert rows("SELECT amount FROM deals WHERE id = 1") == [["120000"]]
