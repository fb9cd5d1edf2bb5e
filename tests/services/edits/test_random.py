"""Any edits on any days leave a deal's history whole, and as many undos give the book back."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.walks import check_deals, check_lines, dump

from salestrack.domain.dates import Words
from salestrack.domain.refs import Ref
from salestrack.errors import SalestrackError
from salestrack.services.deals import reopen_deal, win_deal
from salestrack.services.edits import Change
from salestrack.services.edits.fields import Given
from salestrack.services.edits.moved import MoveChange
from salestrack.services.edits.running import edit
from salestrack.services.edits.tags import TagChange
from salestrack.services.edits.values import Setting
from salestrack.services.undo import undo
from salestrack.store import Actor, Store, open_store

Run = Callable[..., Any]
TODAY = date(2026, 3, 18)
DAYS = st.integers(0, 20).map(lambda number: TODAY - timedelta(days=number))
VALUES: dict[str, st.SearchStrategy[str]] = {
    "amount": st.sampled_from(["100", "250.50", "-", "0"]),
    "probability": st.sampled_from(["40", "-"]),
    "close": st.sampled_from(["2026-04-01", "2026-05-01", "-"]),
    "owner": st.sampled_from(["Ana", "-"]),
    "stage": st.sampled_from(["Lead", "Qualified", "Proposal"]),
    "pipeline": st.sampled_from(["sales", "Partners"]),
    "created": DAYS.map(str),
    "closed": DAYS.map(str),
    "customer": st.sampled_from(["Acme", "Blue", "-"]),
    "title": st.sampled_from(["One", "Two"]),
    "note": st.sampled_from(["hm", "-"]),
}


@st.composite
def acts(draw: st.DrawFn) -> tuple[str, Any, date, bool]:
    kind = draw(st.sampled_from(["edit", "edit", "edit", "moved", "won", "reopen", "tag"]))
    on = draw(DAYS)
    if kind == "edit":
        names = draw(st.lists(st.sampled_from(sorted(VALUES)), min_size=1, max_size=3, unique=True))
        return kind, {name: draw(VALUES[name]) for name in names}, on, draw(st.booleans())
    if kind == "moved":
        return kind, f"{draw(st.sampled_from(['Qualified', 'Proposal', 'Won', 'Lead']))}={draw(DAYS)}", on, False
    return kind, None, on, False


def carry_out(store: Store, act: tuple[str, Any, date, bool]) -> None:
    kind, values, on, correct = act
    means = Given(store, Words(TODAY))
    if kind == "won":
        win_deal(store, store.deals.get(1), None, on=on)
    elif kind == "reopen":
        reopen_deal(store, store.deals.get(1), on=on)
    else:
        changes: list[Change] = [TagChange(("big",), ())] if kind == "tag" else []
        changes += [MoveChange(values, means)] if kind == "moved" else []
        if kind == "edit":
            changes += [Setting(f"--{name}", "d", name, text, means) for name, text in values.items()]
        edit(store, [Ref("d", 1)], changes, on=on, ask=None, yes=True, correct=correct)


LINES = (
    "owner add Ana",
    "customer add Acme",
    "customer add Blue",
    "pipeline add Partners --stages 'Lead 10, Talks 40'",
    "product add Build 50",
    "deal add - Acme Site --product 2xBuild --product Build@7 -d 2026-03-05",
    "log call Acme hi --deal d1 -d 2026-03-06",
)


@pytest.fixture
def fresh(run: Run, book: Path, actor: Actor) -> Iterator[Callable[[], Store]]:
    """Open a new copy of one book for every example."""
    for line in LINES:
        run(line, ok=True)
    opened: list[Store] = []

    def copy() -> Store:
        path = book.with_name(f"copy-{len(opened)}.db")
        path.write_bytes(book.read_bytes())
        opened.append(open_store(str(path), actor))
        return opened[-1]

    yield copy
    for store in opened:
        store.close()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(acts(), min_size=3, max_size=10))
def test_histories_stay_whole_and_undo_gives_the_book_back(fresh: Callable[[], Store], steps: list[Any]) -> None:
    store = fresh()
    books = []
    for act in steps:
        book = dump(store)
        try:
            carry_out(store, act)
        except SalestrackError:
            assert dump(store) == book
            continue
        books.append(book)
        after = dump(store)
        check_lines(after)
        check_deals(after)
    for book in reversed(books):
        undo(store, None)
        assert dump(store) == book
