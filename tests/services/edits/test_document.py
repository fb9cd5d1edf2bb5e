"""A document that is read back as it was written says nothing new, whatever stands in the records."""

from collections.abc import Callable
from datetime import date
from typing import Any

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from salestrack.domain.dates import Words
from salestrack.domain.refs import Ref
from salestrack.services.edits.document import load, read, write
from salestrack.services.edits.fields import Given
from salestrack.store import Store

Run = Callable[..., Any]
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(note=TEXTS, title=TEXTS)
@example(note='say """hi"""\n\\ [d1]\nx = 1', title="a # b")
@example(note="one\r\ntwo\rthree\n", title="tab\there")
@example(note="\n\nfirst\n ", title="\x1b[31m red")
@example(note='\n"', title='"')
@example(note="ends with a \\\n", title="\\")
def test_any_text_comes_back_as_it_was(run: Run, store: Store, note: str, title: str) -> None:
    if not store.engine.value("SELECT count(*) FROM deals"):
        run("deal add 5 Acme Site --new", ok=True)
    # Written past every check, as an import of long ago may have.
    store.engine.execute("UPDATE deals SET note = ?, title = ? WHERE id = 1", (note, title))
    loaded = load(store, Ref("d", 1), ".")
    text = write(store, [loaded])
    assert read(text, [loaded], Given(store, Words(date(2026, 3, 18)))) == []


def test_what_repeats_says_so_and_how_that_is_changed(run: Any, store: Store) -> None:
    run("sell 50 Acme --every month --until 2026-12-31 --new", ok=True)
    text = write(store, [load(store, Ref("s", 1), ".")])
    said = "# repeats every month until 2026-12-31; that is changed with salestrack edit s1 --price, --every, --until"
    assert said in text
    assert not read(text, [load(store, Ref("s", 1), ".")], Given(store, Words(date(2026, 3, 18))))
