"""A rehearsal of a file with bad rows: the good ones as they would come in, and a command that does it."""

import json
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

Run = Callable[..., Any]
TEXT = "id,title,stage,amount\n1,Box,Lead,100\n2,Cup,Lead,lots\n3,Pot,Nowhere,300\n4,Jug,Lead,400\n"


def test_good_rows_are_new_and_the_command_brings_in_just_these(
    run: Run, rows: Any, tmp_path: Path, monkeypatch: Any
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("d.csv").write_text(TEXT)
    rehearsed = run("import d.csv --as deals -n")
    assert rehearsed.exit_code == 1
    assert "nothing was written: 2 of 4 rows cannot go in" in rehearsed.stderr
    assert "to do it" not in rehearsed.stdout
    told = "as it is, 2 rows would refuse all of it; without these: "
    command = next(line.partition(told)[2] for line in rehearsed.stdout.splitlines() if told in line)
    counted = json.loads(run("import d.csv --as deals -n -f json").stdout)
    names = ("read", "new", "changed", "same", "rejected", "left_out")
    assert [counted["rows"][0][name] for name in names] == [4, 2, 0, 0, 2, 0]
    assert (counted["command"], counted["left_out"]) == (None, {})
    assert rows("SELECT count(*) FROM deals") == [["0"]]
    done = run(shlex.split(command)[1:])
    assert "4 deals read · 2 new, 0 changed, 0 same, 2 rejected" in done.stdout
    assert rows("SELECT sum(amount) FROM deals") == [["50000"]]


def test_a_rehearsal_of_good_rows_says_how_to_do_it_and_one_of_a_conflict_that_it_would_fail(run: Run) -> None:
    good = "id,title,stage,amount\n1,Box,Lead,100\n"
    assert "to do it: salestrack import - --as deals" in run("import - --as deals -n", stdin=good, ok=True).stdout
    run("import - --as deals", stdin=good, ok=True)
    other = run("import - --as deals --on-conflict fail -n", stdin=good.replace("100", "200"))
    assert other.exit_code == 1
    assert "as it is, nothing of it would be written" in other.stdout
    assert "to do it" not in other.stdout
