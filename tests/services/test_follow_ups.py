import json

import pytest


@pytest.fixture
def planned(rows):
    """Return what is planned: kind, day, deal, note."""
    return lambda: rows("SELECT kind, due_on, deal_id, note FROM activities WHERE done = 0 ORDER BY id")


@pytest.fixture
def site(run):
    run("deal add 5000 Acme Website --new", ok=True)
    return run


def test_a_rule_plans_the_next_step_and_the_answer_says_so(site, planned):
    site("follow-up add demo call +2d how did they like it", ok=True)
    assert "follows: call Fri 2026-03-20 (a2)" in site("log demo acme", ok=True).stdout
    assert planned() == [["call", "2026-03-20", "1", "how did they like it"]]


def test_undo_takes_the_step_along_and_gives_back_a_rule(site, planned, rows):
    site("follow-up add demo call 2d", ok=True)
    site("log demo acme", ok=True)
    site("undo", ok=True)
    assert planned() == []
    site("follow-up rm 1", ok=True)
    site("undo", ok=True)
    assert rows("SELECT after_kind, kind, days FROM follow_ups") == [["demo", "call", "2"]]


def test_an_explicit_next_step_wins_and_none_is_none(site, planned):
    site("follow-up add demo call 2d", ok=True)
    site("log demo acme --next none", ok=True)
    site("log demo acme --no-follow-up", ok=True)
    assert planned() == []
    site("log demo acme --next +5d --next-kind email", ok=True)
    assert [row[0] for row in planned()] == ["email"]


def test_a_step_that_is_planned_already_is_not_doubled(site, planned):
    site("follow-up add demo call 2d", ok=True)
    site("plan call acme 2026-03-27", ok=True)
    assert "planned already: call Fri 2026-03-27 (a1)" in site("log demo acme", ok=True).stdout
    assert len(planned()) == 1
    site("log demo Best --new", ok=True)
    assert len(planned()) == 2


def test_a_back_dated_entry_plans_nothing_in_the_past(site, planned):
    site("follow-up add demo call 2d", ok=True)
    site("log demo acme -d 2026-03-13", ok=True)
    assert planned() == []
    site("log demo acme -d 2026-03-16", ok=True)
    assert [row[1] for row in planned()] == ["2026-03-18"]


def test_a_day_that_is_not_worked_moves_to_the_next_one_and_the_answer_says_so(site):
    site("follow-up add demo call 3d", ok=True)
    out = site("log demo acme", ok=True).stdout
    assert "follows: call Mon 2026-03-23 (a2, as Sat 2026-03-21 is not worked)" in out


@pytest.mark.parametrize(
    ("stage", "line"),
    [
        ("proposal", "move d1 proposal"), ("won", "won d1"), ("won", "move d1 won"), ("lost", "lost d1 price"),
        ("lead", "deal add 100 Best Shop --new"),
    ],
)  # fmt: skip
def test_a_deal_that_enters_a_stage_sets_off_its_rule(site, planned, stage, line):
    site(f"follow-up add {stage} email 3wd", ok=True)
    assert "follows: email Mon 2026-03-23" in site(line, ok=True).stdout
    assert len(planned()) == 1
    site("undo", ok=True)
    assert planned() == []
    site(f"{line} --no-follow-up", ok=True)
    assert planned() == []


def test_reopening_is_entering_a_stage(site):
    site("won d1", ok=True)
    site("follow-up add lead call 1d", ok=True)
    assert "follows: call Thu 2026-03-19" in site("reopen d1", ok=True).stdout


def test_done_sets_off_the_rule_of_its_kind(site, planned):
    site("follow-up add demo call 2d", ok=True)
    site("plan demo acme today", ok=True)
    assert "follows: call Fri 2026-03-20" in site("done 1", ok=True).stdout


def test_nothing_follows_what_is_about_nobody(site, planned):
    site("deal add 100 Best Shop --new --next none", ok=True)
    site("follow-up add note call 2d", ok=True)
    site("push d2 2026-06-01 they wait", ok=True)
    assert planned() == []


def test_the_same_again_changes_the_rule(site, rows):
    site("follow-up add demo call 2d", ok=True)
    assert "was 2 days later" in site("follow-up add demo call 1w", ok=True).stdout
    assert rows("SELECT days FROM follow_ups") == [["7"]]
    site("undo", ok=True)
    assert rows("SELECT days FROM follow_ups") == [["2"]]
    assert site("follow-up add demo call 2d").exit_code == 1


def test_a_letter_is_a_kind_and_a_word_that_is_both_is_refused(site):
    site("follow-up add d call 2d", ok=True)
    site("stage add Demo", ok=True)
    refused = site("follow-up add demo email 2d")
    assert refused.exit_code == 4
    assert "kind:demo or stage:Demo" in refused.stderr
    assert "enters Demo" in site("follow-up add stage:demo email 2d", ok=True).stdout
    assert "after demo" in site("follow-up add kind:demo email 2d", ok=True).stdout


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("follow-up add foo call 2d", 2), ("follow-up add demo foo 2d", 2), ("follow-up add demo call fri", 2),
        ("follow-up add deal:1 call 2d", 2), ("follow-up add call call 0d", 1), ("follow-up rm 7", 4),
    ],
)  # fmt: skip
def test_what_makes_no_rule_is_refused_and_nothing_is_written(site, rows, line, code):
    refused = site(line)
    assert refused.exit_code == code, refused
    assert rows("SELECT * FROM follow_ups") == []


def test_a_rule_of_a_retired_kind_or_stage_is_marked(run) -> None:
    for line in (
        "kind add fair",
        "follow-up add fair call +2d",
        "follow-up add proposal call +2d",
        "follow-up add demo call +1d",
    ):
        run(line, ok=True)
    run("kind rm fair", ok=True)
    run("stage rm proposal", ok=True)
    found = json.loads(run("follow-up list -f json", ok=True).stdout)["rows"]
    assert [row["retired"] for row in found] == ["fair", "Proposal", None]
