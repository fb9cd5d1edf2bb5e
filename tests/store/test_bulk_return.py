"""Many removed rows come back at once, and just as they would one by one."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from salestrack.store import Store, bulk_return
from salestrack.store.triggers import JOURNALLED

Run = Callable[..., Any]


def state(store: Store) -> dict[str, list[dict[str, Any]]]:
    return {table: store.engine.query(f"SELECT * FROM {table} ORDER BY id") for table in JOURNALLED}


@pytest.fixture
def imported(run: Run, tmp_path: Path) -> Run:
    file = tmp_path / "deals.csv"
    rows = [
        f"{n},Deal {n},Cust {n % 4},Build,Won,{n}00,2026-01-05,2026-02-0{n % 9 + 1},a;b,\"say 'é' {n}\"\n"
        for n in range(1, 30)
    ]
    file.write_text("id,title,customer,product,stage,amount,created,closed,tags,note\n" + "".join(rows))
    run(["import", str(file), "--as", "deals", "--new", "customers", "--new", "products"], ok=True)
    return run


@pytest.mark.parametrize("fewest", [1, 10_000])
def test_a_redone_import_is_the_same_book(
    imported: Run, store: Store, monkeypatch: pytest.MonkeyPatch, fewest: int
) -> None:
    monkeypatch.setattr(bulk_return, "FEWEST", fewest)
    before = state(store)
    imported("undo", ok=True)
    assert not store.engine.query("SELECT id FROM deals")
    imported("redo", ok=True)
    assert state(store) == before
    assert len(imported("find say --kind d --all -f ids", ok=True).stdout.split()) == 29
    imported("undo", ok=True)
    imported("redo", ok=True)
    assert state(store) == before


def test_a_place_that_was_taken_since_is_still_refused(
    imported: Run, store: Store, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(bulk_return, "FEWEST", 1)
    imported("undo", ok=True)
    imported(
        ["import", str(tmp_path / "deals.csv"), "--as", "deals", "--new", "customers", "--new", "products"], ok=True
    )
    before = state(store)
    result = imported("redo o2")
    assert result.exit_code == 1
    assert result.stderr.startswith("salestrack: cannot redo o2")
    assert state(store) == before
