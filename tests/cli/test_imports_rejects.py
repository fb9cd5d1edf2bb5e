"""--rejects names the same place every week: an old file is in the way only when there is something to put there."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]
BAD = "Id,Date,Customer,Amount\n1,2026-03-01,Acme,x\n2,2026-03-01,Acme,5\n"
GOOD = "Id,Date,Customer,Amount\n2,2026-03-01,Acme,5\n3,2026-03-02,Acme,6\n"


@pytest.fixture
def weekly(run: Run, tmp_path: Path) -> Callable[..., Any]:
    """Import a file of these rows as cron does, its bad rows to rej.csv."""

    def call(text: str, more: str = "") -> Any:
        (tmp_path / "sales.csv").write_text(text)
        return run(f"import {tmp_path}/sales.csv --as sales --new customers --rejects {tmp_path}/rej.csv{more}")

    return call


def test_the_rejects_of_last_week_do_not_stop_a_file_without_bad_rows(weekly: Any, run: Run, tmp_path: Path) -> None:
    assert weekly(BAD).exit_code == 3
    old = (tmp_path / "rej.csv").read_bytes()
    done = weekly(GOOD)
    assert (done.exit_code, done.stderr) == (0, "")
    assert "2 sales read · 1 new, 0 changed, 1 same" in done.stdout
    assert (tmp_path / "rej.csv").read_bytes() == old


@pytest.mark.parametrize("more", ["", " -n"])
def test_new_rejects_never_replace_old_ones(weekly: Any, run: Run, book: Path, tmp_path: Path, more: str) -> None:
    assert weekly(BAD).exit_code == 3
    old, before = (tmp_path / "rej.csv").read_bytes(), book.read_bytes()
    refused = weekly(BAD.replace("2,2026", "4,2026"), more)
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert refused.stderr == (
        f"salestrack: --rejects names {tmp_path}/rej.csv, which is there already, and there are rows to set aside; "
        "nothing was written\nhint: if it holds rows of an earlier import, mend and import it first; otherwise name "
        "another file\n"
    )
    assert ((tmp_path / "rej.csv").read_bytes(), book.read_bytes()) == (old, before)
    assert sorted(path.name for path in tmp_path.glob("*rej*")) == ["rej.csv"]


def test_a_folder_for_the_rejects_of_one_file_is_refused_when_there_are_some(
    weekly: Any, run: Run, tmp_path: Path
) -> None:
    (tmp_path / "rej.csv").mkdir()
    refused = weekly(BAD)
    assert refused.exit_code == 1
    assert f"--rejects names {tmp_path}/rej.csv, a folder, and there are rows to set aside" in refused.stderr
    assert weekly(GOOD).exit_code == 0


def test_of_several_files_only_one_with_new_rejects_finds_old_ones_in_its_way(run: Run, tmp_path: Path) -> None:
    week, bad = tmp_path / "week", tmp_path / "bad"
    week.mkdir()
    command = f"import {week} --as sales --new customers --rejects {bad}"
    (week / "a.csv").write_text(BAD)
    (week / "b.csv").write_text(GOOD.replace("Acme", "Brook").replace("\n2,", "\n7,").replace("\n3,", "\n8,"))
    assert run(command).exit_code == 3
    old = (bad / "a.csv").read_bytes()
    (week / "a.csv").write_text(GOOD)
    assert run(command).exit_code == 0
    (week / "a.csv").write_text(GOOD.replace("Acme,6", "Acme,7"))
    (week / "b.csv").write_text(BAD.replace("\n1,", "\n10,").replace("\n2,", "\n12,"))
    assert run(command).exit_code == 3  # a.csv of last time stays, b.csv is new
    assert ((bad / "a.csv").read_bytes(), (bad / "b.csv").is_file()) == (old, True)
    book = run("sale list -f json", ok=True).stdout
    (bad / "b.csv").unlink()
    (week / "a.csv").write_text(GOOD.replace("Acme,5", "Acme,x"))
    (week / "b.csv").write_text(BAD.replace("\n1,", "\n11,").replace("\n2,", "\n13,"))
    refused = run(command)
    assert refused.exit_code == 1
    assert f"--rejects names {bad}/a.csv, which is there already" in refused.stderr
    assert run("sale list -f json", ok=True).stdout == book
    assert sorted(path.name for path in bad.iterdir()) == ["a.csv"]
