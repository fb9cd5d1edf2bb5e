"""The sample book is sound on any day, the same for the same day, and has something of everything for this week."""

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from tests.walks import dump

from salestrack.services.demo import fill
from salestrack.services.setup import Answers, new_book
from salestrack.store import Actor, Store, open_store

Run = Callable[..., Any]


def sample(path: Path, today: date) -> Store:
    actor = Actor("tester", terminal=False, now=lambda: datetime(today.year, today.month, today.day, 14, 30))
    new_book(path, Answers(currency="USD"), actor)
    store = open_store(str(path), actor)
    fill(store, today=today)
    return store


@pytest.mark.parametrize("today", ["2026-03-18", "2024-02-29", "2026-01-01", "2026-08-16", "2025-12-31"])
def test_it_is_sound_and_lived_in_whatever_the_day(tmp_path: Path, today: str) -> None:
    store = sample(tmp_path / "one.db", date.fromisoformat(today))
    ask = store.engine.value
    assert ask("SELECT count(*) FROM contacts") == 9
    assert ask("SELECT count(*) FROM schedules") == 3
    assert ask("SELECT count(*) FROM follow_ups") == 1
    assert ask("SELECT count(*) FROM activities WHERE done = 0 AND due_on < ?", (today,)) >= 1
    assert ask("SELECT count(*) FROM activities WHERE done = 0 AND due_on = ?", (today,)) >= 1
    assert ask("SELECT count(*) FROM activities WHERE happened_on > ?", (today,)) == 0
    assert ask("SELECT count(*) FROM deals WHERE closed_on > ?", (today,)) == 0
    assert ask("SELECT count(*) FROM deals WHERE status = 'open' AND snoozed_until > ?", (today,)) == 1
    store.close()


def test_the_same_day_gives_the_same_book(tmp_path: Path) -> None:
    first, second = (sample(tmp_path / name, date(2026, 3, 18)) for name in ("one.db", "two.db"))
    books = [dump(store) for store in (first, second)]
    for book in books:
        book["settings"] = []  # every book has an id of its own
    assert books[0] == books[1]
    first.close()
    second.close()


def test_today_and_a_page_have_something_to_say(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "one.db"
    sample(path, date(2026, 3, 18)).close()
    shown = run(["--db", str(path), "today"], ok=True).stdout
    for words in ("call due today: does the new offer fit?", "2 days late: send the references", "+1 541 555 0106"):
        assert words in shown
    assert "Ann Lee" in run(["--db", str(path), "show", "acme"], ok=True).stdout
    assert "MRR" in run(["--db", str(path), "report", "recurring"], ok=True).stdout
    findings = run(["--db", str(path), "doctor", "-f", "csv"]).stdout.splitlines()[1:]
    assert all("past its close date" in line for line in findings), findings
