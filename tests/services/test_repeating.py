import pytest


@pytest.fixture
def planned(rows):
    return lambda: [tuple(row) for row in rows("SELECT id, due_on, note FROM activities WHERE done = 0 ORDER BY id")]


def on(monkeypatch, day: str) -> None:
    monkeypatch.setenv("SALESTRACK_TODAY", day)


def test_when_a_repeating_step_is_done_the_next_one_is_planned(run, planned):
    assert "every week" in run("plan call Acme 2026-03-20 news? --every week --new", ok=True).stdout
    out = run("done 1 all quiet", ok=True).stdout
    assert "every week: next call Fri 2026-03-27 (a2)" in out
    assert planned() == [("2", "2026-03-27", "news?")]


def test_the_end_of_a_month_is_counted_from_the_first_day(run, planned, monkeypatch):
    run("plan task Acme 2026-03-31 --every month --new", ok=True)
    dues = ("2026-04-30", "2026-06-01", "2026-06-30")  # 31 May is a Sunday
    for key, (done, due) in enumerate(zip(("2026-03-31", *dues), dues, strict=False), start=1):
        on(monkeypatch, done)
        run(f"done {key}", ok=True)
        assert [row[1] for row in planned()] == [due]


def test_what_was_missed_is_passed_over(run, planned, monkeypatch):
    run("plan call Acme 2026-03-02 --every '2 weeks' --new", ok=True)
    run("done 1", ok=True)
    assert [row[1] for row in planned()] == ["2026-03-30"]


def test_every_working_day_leaves_the_weekend_out(run, planned, monkeypatch):
    run("plan call Acme 2026-03-19 --every weekday --new", ok=True)
    on(monkeypatch, "2026-03-19")
    run("done 1", ok=True)
    on(monkeypatch, "2026-03-20")
    out = run("done 2", ok=True).stdout
    assert "every working day: next call Mon 2026-03-23 (a3, as Sat 2026-03-21 is not worked)" in out
    on(monkeypatch, "2026-03-23")
    run("done 3", ok=True)
    assert [row[1] for row in planned()] == ["2026-03-24"]


def test_it_ends_on_its_day_or_when_told_and_undo_brings_it_back(run, planned, rows):
    run("plan call Acme 2026-03-20 --every week --until 2026-03-30 --new", ok=True)
    assert "next call Fri 2026-03-27" in run("done 1", ok=True).stdout
    assert "every week no more" in run("done 2", ok=True).stdout
    assert (planned(), rows("SELECT * FROM schedules")) == ([], [])
    run("undo", ok=True)
    assert [row[0] for row in planned()] == ["2"]
    assert rows("SELECT activity_id FROM schedules") == [["2"]]
    assert "every week no more" in run("done 2 --last", ok=True).stdout
    assert planned() == []


def test_undo_of_done_takes_the_next_one_back(run, planned, rows):
    run("plan call Acme 2026-03-20 --every week --new", ok=True)
    run("done 1", ok=True)
    run("undo", ok=True)
    assert [row[0] for row in planned()] == ["1"]
    assert rows("SELECT activity_id FROM schedules") == [["1"]]


def test_a_logged_call_that_closes_a_repeating_step_plans_the_next_one(run, planned):
    run("plan call Acme today --every week --new", ok=True)
    assert "every week: next call Wed 2026-03-25 (a2)" in run("log call Acme", ok=True).stdout


def test_a_step_done_late_does_not_shift_the_others_and_one_done_early_is_not_planned_again(run, planned, monkeypatch):
    run("plan call Acme 2026-03-20 --every week --new", ok=True)
    on(monkeypatch, "2026-03-24")
    run("done 1", ok=True)
    assert [row[1] for row in planned()] == ["2026-03-27"]
    run("done 2", ok=True)
    assert [row[1] for row in planned()] == ["2026-04-03"]


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("plan call Acme mon --every 2m", 2), ("plan call Acme mon --every now", 2), ("plan call Acme mon --until fri", 2),
        ("plan call Acme mon --every week --until 2026-03-20", 1),
    ],
)  # fmt: skip
def test_what_makes_no_rhythm_is_refused_and_nothing_is_written(run, rows, line, code):
    run("customer add Acme", ok=True)
    assert run(line).exit_code == code
    assert rows("SELECT * FROM activities") == []


def test_last_of_a_step_that_does_not_repeat_says_so(run):
    run("plan call Acme mon --new", ok=True)
    assert "a1 did not repeat" in run("done 1 --last", ok=True).stdout
