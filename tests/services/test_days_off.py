"""Days off: added, joined, cut, and counted in pace."""

import json
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from tests.services.taking_back import refused, written

from salestrack.services.holidays import find_place, holidays_of, parse_years
from salestrack.store import Store

Run = Callable[..., Any]


def listed(run: Run) -> list[tuple[str, str, int, str | None]]:
    rows = json.loads(run("days-off list -f json", ok=True).stdout)["rows"]
    return [(row["start"], row["end"], row["days"], row["name"]) for row in rows]


def test_days_off_of_one_name_that_touch_become_one_stretch(run: Run, store: Store) -> None:
    assert "10 working days fewer" in written(run, store, "days-off add 2026-08-03..2026-08-14 summer")
    said = written(run, store, "days-off add 2026-08-17..2026-08-21 Summer")
    assert "5 working days fewer · joined: Mon 2026-08-03..Fri 2026-08-21" not in said  # a weekend lies between
    run("days-off add 2026-08-15..2026-08-16 summer", ok=True)
    assert listed(run) == [("2026-08-03", "2026-08-21", 19, "summer")]
    assert "is off already (summer)" in refused(run, store, "days-off add 2026-08-05 summer", code=1)


def test_days_off_of_another_name_stand_beside_and_count_once(run: Run, store: Store) -> None:
    run("days-off add 2026-08-10..2026-08-21 summer", ok=True)
    said = written(run, store, "days-off add 2026-08-14..2026-08-24 trade fair")
    assert "trade fair · 1 working day fewer · 8 of 11 days were off already" in said
    assert len(listed(run)) == 2


def test_a_part_is_taken_out_of_a_stretch(run: Run, store: Store) -> None:
    run("days-off add 2026-08-03..2026-08-14 summer", ok=True)
    assert "summer · 2 days" in written(run, store, "days-off rm 2026-08-10..2026-08-11")
    assert listed(run) == [("2026-08-03", "2026-08-09", 7, "summer"), ("2026-08-12", "2026-08-14", 3, "summer")]
    assert "10 days" in written(run, store, "days-off rm SUMMER")
    assert listed(run) == []


def test_pace_counts_working_days_less_days_off(run: Run) -> None:
    run("quota set 20000 2026-03", ok=True)
    run("days-off add 2026-03-09..2026-03-13", ok=True)
    run("days-off add 2026-03-24", ok=True)
    run("days-off add 2026-03-28", ok=True)  # a Saturday changes nothing
    row = json.loads(run("report quota 2026-03 -f json", ok=True).stdout)["rows"][0]
    # By hand: March 2026 has 22 weekdays. Monday 9 to Friday 13 and Tuesday 24 are off: 16 are left.
    # Until Wednesday 18 there are 13 weekdays, 5 of them off: 8. Expected by now 20,000 x 8 / 16 = 10,000.
    assert row["expected"]["minor"] == 1_000_000
    # 8 working days are to come; nothing is sold yet: 20,000 / 8 = 2,500 a day.
    assert row["required_per_day"]["minor"] == 250_000


def test_a_deal_is_not_stale_for_days_on_which_nobody_worked(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SALESTRACK_TODAY", "2026-03-02T10:00")
    run("stage edit lead --stale 10", ok=True)
    run("deal add 100 Acme One --new", ok=True)

    def stale(day: str) -> bool:
        monkeypatch.setenv("SALESTRACK_TODAY", f"{day}T10:00")
        return "quiet" in run("today", ok=True).stdout

    assert (stale("2026-03-12"), stale("2026-03-13")) == (False, True)
    run("days-off add 2026-03-09..2026-03-11", ok=True)
    assert (stale("2026-03-13"), stale("2026-03-15"), stale("2026-03-16")) == (False, False, True)


def test_planning_on_a_day_off_says_so(run: Run) -> None:
    run("days-off add 2026-03-20..2026-03-23 trip", ok=True)
    said = run("plan call Acme fri --new", ok=True).stderr
    assert "Fri 2026-03-20 is not a working day; the next one is Tue 2026-03-24" in said


def easter(year: int) -> date:
    """Return Easter Sunday by the anonymous Gregorian algorithm, apart from any package."""
    a, b, c = year % 19, year // 100, year % 100
    h = (19 * a + b - b // 4 - (b - (b + 8) // 25 + 1) // 3 + 15) % 30
    k = (32 + 2 * (b % 4) + 2 * (c // 4) - h - c % 4) % 7
    m = (a + 11 * h + 22 * k) // 451
    month, day = divmod(h + k - 7 * m + 114, 31)
    return date(year, month, day + 1)


def test_holidays_are_those_of_the_country_by_their_names_there(run: Run, store: Store) -> None:
    said = written(run, store, "days-off holidays DE 2027")
    days = {row[0]: row[3] for row in listed(run)}
    sunday = easter(2027)
    fixed = {"2027-01-01", "2027-05-01", "2027-10-03", "2027-12-25", "2027-12-26"}
    moving = {str(sunday + timedelta(days=number)) for number in (-2, 1, 39, 50)}
    assert set(days) == fixed | moving
    assert days[str(sunday - timedelta(days=2))] == "Karfreitag"
    worked = sum(date.fromisoformat(day).weekday() < 5 for day in days)
    assert f"9 holidays of DE · 2027 · {worked} on working days" in said


def test_holidays_are_added_once(run: Run, store: Store) -> None:
    run("days-off add 2026-05-01 'Long weekend'", ok=True)
    said = written(run, store, "days-off holidays DE")
    assert "17 holidays of DE · 2026-2027 · 1 was there already" in said
    assert "all 18 holidays of DE are in the book already" in refused(run, store, "days-off holidays Germany", code=1)
    assert ("2026-05-01", "2026-05-01", 1, "Long weekend") in listed(run)


@pytest.mark.parametrize(("text", "code"), [("de", "DE"), ("DEU", "DE"), ("Germany", "DE"), ("de-by", "DE-BY"), ("DE-Bayern", "DE-BY"), ("united states", "US"), ("US-CA", "US-CA")])  # fmt: skip
def test_countries_are_known_by_code_and_name(text: str, code: str) -> None:
    assert find_place(text).code == code


def test_a_part_of_a_country_has_holidays_of_its_own() -> None:
    whole = {holiday.day for holiday in holidays_of(find_place("DE"), (2026,))}
    part = {holiday.day for holiday in holidays_of(find_place("DE-BY"), (2026,))}
    assert whole < part


def test_years_are_this_one_and_the_next_unless_given() -> None:
    today = date(2026, 3, 18)
    assert parse_years(None, today) == (2026, 2027)
    assert parse_years("2028", today) == (2028,)
    assert parse_years("2026..2028", today) == (2026, 2027, 2028)


@pytest.mark.parametrize(
    ("line", "code", "reason"),
    [("days-off holidays Germny", 4, "did you mean Germany (DE)"), ("days-off holidays XX", 4, "no holidays are known"),
     ("days-off holidays DE-XX", 4, "DE has no part 'XX'"), ("days-off holidays DE 20", 2, "no year or years"),
     ("days-off holidays DE 2026..2040", 2, "10 at most"), ("days-off holidays ''", 4, "no holidays are known"),
     ("days-off add summer", 2, "is not a period"), ("days-off add all", 2, "has no end"),
     ("days-off add 2026-02-30", 2, "no day"), ("days-off add 2026-08-14..2026-08-03", 2, "before it starts"),
     ("days-off add 2020-01-01..2026-01-01", 1, "a year at most"),
     ("days-off rm 2026-08-03", 4, "nothing is off on"), ("days-off rm nothing", 4, "no days off are called")],
)  # fmt: skip
def test_what_are_no_days_off_is_refused(run: Run, store: Store, line: str, code: int, reason: str) -> None:
    assert reason in refused(run, store, line, code=code)
