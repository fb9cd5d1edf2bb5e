"""What every writing command must stand: its undo gives the book back, its redo the later one."""

from collections.abc import Callable
from typing import Any

from tests.walks import assert_same, dump

from salestrack.store import Store


def written(run: Callable[..., Any], store: Store, line: str | list[str]) -> str:
    """Run a command, take it back, put it in force again, and return what it printed on stdout and stderr."""
    before = dump(store)
    result = run(line, ok=True)
    after = dump(store)
    assert after != before, "nothing was written"
    run("undo", ok=True)
    assert_same(dump(store), before)
    run("redo", ok=True)
    assert_same(dump(store), after)
    store.stages.refresh()
    return str(result.stdout + result.stderr)


def refused(run: Callable[..., Any], store: Store, line: str | list[str], *, code: int) -> str:
    """Run a command that is refused, check that nothing was written, and return what it printed on stderr."""
    before = dump(store)
    result = run(line)
    assert result.exit_code == code, result.stdout + result.stderr
    assert result.stdout == ""
    assert "Traceback" not in result.stderr
    assert_same(dump(store), before)
    return str(result.stderr)
