"""log, plan and done: what is joined, closed and planned, and what is refused."""

import re

import pytest


def test_a_call_is_recorded_with_its_weekday_and_the_number_for_undo(run, rows):
    result = run("log call Acme left voicemail --new", ok=True)
    assert result.stdout == "a1 call · Acme (new) · Wed 2026-03-18 14:30 · undo: o2\n"
    assert rows("SELECT kind, done, happened_on, happened_time, note FROM activities") == [
        ["call", "1", "2026-03-18", "14:30", "left voicemail"]
    ]


def test_one_letter_is_enough_for_command_and_kind(run):
    run("customer add Acme", ok=True)
    assert run("l c acme", ok=True).stdout.startswith("a1 call · Acme")


def test_it_joins_the_only_open_deal_and_says_so(run, rows):
    run("deal add 1200 Acme Website --new", ok=True)
    assert "on d1 Website" in run("log call acme", ok=True).stdout
    assert rows("SELECT deal_id FROM activities") == [["1"]]


def test_it_becomes_the_planned_call_that_was_due(run, rows):
    run("deal add 1200 Acme Website --new", ok=True)
    run("plan call acme today bring the figures", ok=True)
    run("plan email acme today", ok=True)
    result = run("log call acme all fine", ok=True)
    assert "closes the call planned for Wed 2026-03-18" in result.stdout
    assert rows("SELECT id, kind, done FROM activities ORDER BY id") == [["1", "call", "1"], ["2", "email", "0"]]
    assert run(["sql", "SELECT note FROM activities WHERE id = 1", "-f", "json"]).stdout.count("bring the figures") == 1


def test_a_step_planned_for_later_stays_planned(run, rows):
    run("customer add Acme", ok=True)
    run("plan call acme +2d", ok=True)
    run("log call acme", ok=True)
    assert rows("SELECT done, count(*) FROM activities GROUP BY done") == [["0", "1"], ["1", "1"]]


def test_with_two_open_deals_it_joins_neither_off_a_terminal_and_says_so(run, rows):
    run("deal add 1200 Acme Website --new", ok=True)
    run("deal add 500 Acme Shop", ok=True)
    result = run("log call acme", ok=True)
    assert rows("SELECT deal_id FROM activities") == [[""]]
    assert "2 open deals" in result.stderr
    assert "--deal d1" in result.stderr


def test_a_deal_can_be_named_and_must_be_the_customers(run):
    run("deal add 1200 Acme Website --new", ok=True)
    run("deal add 500 Acme Shop", ok=True)
    run("customer add Birch", ok=True)
    assert "on d2 Shop" in run("log call acme --deal d2", ok=True).stdout
    refused = run("log call birch --deal d2")
    assert refused.exit_code == 1
    assert "d2 belongs to Acme" in refused.stderr


def test_a_deal_as_who_brings_its_customer(run, rows):
    run("deal add 1200 Acme Website --new", ok=True)
    assert "Acme" in run("log call d1", ok=True).stdout
    assert rows("SELECT customer_id, deal_id FROM activities") == [["1", "1"]]


def test_a_next_step_is_planned_in_the_same_line(run, rows):
    run("customer add Acme", ok=True)
    result = run("log call acme --next +2d --next-kind demo --next-note 'show the shop'", ok=True)
    assert "next: demo Fri 2026-03-20 (a2)" in result.stdout
    assert rows("SELECT kind, done, due_on, note FROM activities WHERE id = 2") == [
        ["demo", "0", "2026-03-20", "show the shop"]
    ]


def test_a_next_step_on_a_free_day_says_so(run):
    run("customer add Acme", ok=True)
    assert "Sat 2026-03-21 is not a working day; the next one is Mon 2026-03-23" in run("plan call acme sat").stderr


def test_length_direction_outcome_and_tags_are_kept(run, rows):
    run("customer add Acme", ok=True)
    run("log call acme --for 1h30 --in --outcome connected -t hot -t 2026", ok=True)
    assert rows("SELECT seconds, direction, outcome FROM activities") == [["5400", "in", "connected"]]
    assert rows("SELECT name FROM tags ORDER BY name") == [["2026"], ["hot"]]


@pytest.mark.parametrize(
    ("line", "code", "said"),
    [
        ("log x acme", 2, "not a kind"),
        ("log call nobody", 4, "--new"),
        ("log call acme -d tomorrow", 2, "future"),
        ("log call acme --for 12:60", 2, "12:60"),
        ("log call acme --next 'next mon'", 2, "next mon"),
        ("log call acme --in --out", 2, "exclude"),
        ("log call acme --next-note x", 2, "--next"),
        ("log call 17", 2, "c17"),
        ("done a99", 4, "a99"),
        ("done acme", 2, "activity list"),
        ("plan call acme 2026-02-30", 2, "2026-02-30"),
    ],
)
def test_what_cannot_be_meant_is_refused_and_nothing_is_written(run, line, code, said, rows):
    run("customer add Acme", ok=True)
    result = run(line)
    assert (result.exit_code, result.stdout) == (code, "")
    assert said in result.stderr
    assert rows("SELECT count(*) FROM activities") == [["0"]]
    assert rows("SELECT count(*) FROM operations") == [["2"]]


def test_a_name_that_goes_on_in_the_note_is_ambiguous(run):
    run("customer add Acme", ok=True)
    run("customer add 'Acme Corp'", ok=True)
    result = run("log call acme corp")
    assert result.exit_code == 4
    assert "Acme Corp (c2)" in result.stderr


def test_a_note_is_never_read_for_dates_or_tags(run, rows):
    run("customer add Acme", ok=True)
    run(["log", "call", "acme", "call", "back", "on", "january 30th", "#hot", "+3d", "due:eom"], ok=True)
    assert rows("SELECT note, happened_on FROM activities") == [
        ["call back on january 30th #hot +3d due:eom", "2026-03-18"]
    ]


def test_a_note_of_a_dash_is_read_from_standard_input(run):
    run("customer add Acme", ok=True)
    run("log call acme -", stdin="long\nstory\n", ok=True)
    assert "long\\nstory" in run(["sql", "SELECT note FROM activities", "-f", "json"]).stdout


def test_a_word_with_a_dash_in_a_note_hints_at_two_dashes(run, rows):
    run("customer add Acme", ok=True)
    result = run("log call acme said -maybe")
    assert result.exit_code == 2
    assert "--" in result.stderr.splitlines()[-1]
    run("log call acme -- said -maybe", ok=True)
    assert rows("SELECT note FROM activities") == [["said -maybe"]]


def test_done_closes_a_step_once(run):
    run("customer add Acme", ok=True)
    run("plan demo acme fri", ok=True)
    result = run("done a1 went well --for 45 --next +1w --next-kind call", ok=True)
    assert result.stdout.startswith("a1 demo done · Acme · Wed 2026-03-18 14:30 · 45 min")
    assert re.search(r"next: call Wed 2026-03-25 \(a2\)", result.stdout)
    again = run("done a1")
    assert again.exit_code == 1
    assert "done already" in again.stderr


def test_outcomes_have_one_spelling(run, rows):
    run("customer add Acme", ok=True)
    run("log call acme --outcome Connected", ok=True)
    run("log meeting acme --outcome 'No Show'", ok=True)
    run("log call acme --outcome 'asked for a quote'", ok=True)
    assert rows("SELECT outcome FROM activities ORDER BY id") == [["connected"], ["no-show"], ["asked for a quote"]]
    refused = run("log call acme --outcome conected")
    assert refused.exit_code == 2
    assert "did you mean connected?" in refused.stderr


def test_a_kind_of_next_step_without_its_day_is_refused(run):
    run("customer add Acme", ok=True)
    assert run("log call acme --next-kind demo").exit_code == 2
