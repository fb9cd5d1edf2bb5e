import pytest


@pytest.fixture
def site(run):
    run("deal add 5000 Acme Website --new", ok=True)
    run("plan call Acme 2026-03-20", ok=True)
    return run


@pytest.fixture
def asleep(rows):
    """Return what is snoozed, by id."""
    sql = " UNION ALL ".join(
        f"SELECT '{letter}' || id AS ref, snoozed_until FROM {table} WHERE snoozed_until IS NOT NULL"
        for letter, table in (("a", "activities"), ("c", "customers"), ("d", "deals"))
    )
    return lambda: dict(tuple(row) for row in rows(sql))


@pytest.mark.parametrize(
    ("word", "ref"), [("a1", "a1"), ("1", "a1"), ("@", "a1"), ("d1", "d1"), ("c1", "c1"), ("acme", "c1")]
)
def test_a_step_a_deal_or_a_customer_is_put_out_of_sight(site, asleep, word, ref):
    answer = site(f"snooze {word} 2026-03-25", ok=True).stdout
    assert answer.startswith(ref)
    assert "back on Wed 2026-03-25" in answer
    assert asleep() == {ref: "2026-03-25"}
    site("undo", ok=True)
    assert asleep() == {}


def test_a_step_keeps_its_day(site, rows):
    assert "due Fri 2026-03-20" in site("snooze 1 2026-03-25", ok=True).stdout
    assert rows("SELECT due_on FROM activities") == [["2026-03-20"]]


@pytest.mark.parametrize("word", ["-", "today", "2026-03-18", "2026-03-01"])
def test_it_is_woken_by_a_dash_or_a_day_that_has_come(site, asleep, word):
    site("snooze d1 2026-03-25", ok=True)
    assert "awake again" in site(f"snooze d1 {word}", ok=True).stdout
    assert asleep() == {}
    refused = site(f"snooze d1 {word}")
    assert (refused.exit_code, "d1 is not snoozed" in refused.stderr) == (1, True)


def test_why_is_kept_as_a_note(site, rows):
    site("snooze d1 2026-03-25 they are on holiday", ok=True)
    assert rows("SELECT kind, deal_id, note FROM activities WHERE done = 1") == [["note", "1", "they are on holiday"]]


def test_it_says_a_day_off_and_what_is_out_of_sight_with_it(site):
    notes = site("snooze d1 2026-03-21", ok=True).stderr
    assert "Sat 2026-03-21 is not a working day" in notes
    assert "out of sight with it: a1 call Fri 2026-03-20" in notes


def test_what_is_over_is_refused(site):
    site("done 1", ok=True)
    assert "a1 is done" in site("snooze 1 mon").stderr
    site("lost d1 price", ok=True)
    assert "d1 is lost" in site("snooze d1 mon").stderr


@pytest.mark.parametrize(("line", "code"), [("snooze s1 mon", 2), ("snooze 99 mon", 4), ("snooze zz mon", 4),
                                            ("snooze d1 'next mon'", 2), ("snooze d1 yesterday", 2)])  # fmt: skip
def test_what_cannot_be_snoozed_is_refused(site, asleep, line, code):
    assert site(line).exit_code == code
    assert asleep() == {}


def test_the_same_day_again_is_refused_and_another_day_says_what_it_was(site):
    site("snooze d1 2026-03-25", ok=True)
    assert "snoozed until Wed 2026-03-25 already" in site("snooze d1 2026-03-25").stderr
    assert "was Wed 2026-03-25" in site("snooze d1 2026-03-26", ok=True).stdout


def test_a_step_that_is_planned_before_the_day_wakes_its_deal_and_customer(site, asleep):
    site("snooze d1 2026-04-15", ok=True)
    site("snooze c1 2026-04-10", ok=True)
    out = site("plan call d1 2026-04-12", ok=True).stdout
    assert "d1 is awake again" in out
    assert asleep() == {"c1": "2026-04-10"}
    assert "c1 is awake again" in site("log call acme --next +2d", ok=True).stdout
    site("undo", ok=True)
    assert asleep() == {"c1": "2026-04-10"}
