"""Everything about next steps is taken back step by step, and put in force again: the same book each time."""

import random

import pytest
from tests.walks import dump

LINES = (
    "plan call Acme fri ask for the board --every week",
    "plan task Acme mon --every weekday --until 2026-04-10",
    "done 1", "done 2 --last", "done @ --next +3d", "log call Acme", "log demo Acme --next none", "log demo Acme",
    "log visit Best --new --next mon", "snooze a1 2026-03-25", "snooze d1 2026-04-01 they are away", "snooze Acme fri",
    "snooze d1 -", "snooze Acme today", "plan email d1 thu", "follow-up add demo call 2d", "follow-up add demo call 1w x",
    "follow-up add proposal email 3wd", "follow-up add lead task 1d", "follow-up rm 1", "follow-up rm 2",
    "score add segment=agency 20", "score add segment=agency 5", "score add call 10 --half-life 30", "score rm 1",
    "move d1 proposal", "move d1 lead", "won d1", "lost d1 price", "reopen d1", "deal add 100 Acme More", "rm a1", "rm a2",
)  # fmt: skip


@pytest.mark.parametrize("seed", range(6))
def test_as_many_undos_give_back_the_same_book_and_redos_the_later_one(run, store, seed):
    run("deal add 5000 Acme Website --new", ok=True)
    chance, past = random.Random(seed), []
    for line in [*LINES[:2], *chance.choices(LINES, k=40)]:
        before = dump(store)
        result = run(line)
        assert result.exit_code in {0, 1, 4}, result
        after = dump(store)
        if result.exit_code:
            assert after == before, line
        else:
            past.append((line, before, after))
    for line, before, _ in reversed(past):
        run("undo", ok=True)
        assert dump(store) == before, line
    for line, _, after in past:
        run("redo", ok=True)
        assert dump(store) == after, line
