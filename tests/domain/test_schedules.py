"""A schedule: priced, paused, resumed and ended; past months keep what they were."""

from datetime import date

import pytest

from salestrack.domain.recurring import Every
from salestrack.domain.schedules import Schedule
from salestrack.errors import RuleError

MONTHLY = Schedule(Every(months=1), sale_id=1, start=date(2026, 1, 15), amount=500)


def due(schedule: Schedule, last: date = date(2026, 6, 30)) -> list[tuple[int, int]]:
    return [(day.month, amount) for day, amount in schedule.due(last)]


def test_a_new_price_counts_from_its_day_on():
    assert due(MONTHLY.repriced(600, date(2026, 4, 1))) == [(1, 500), (2, 500), (3, 500), (4, 600), (5, 600), (6, 600)]


def test_the_first_time_of_a_sale_is_the_sale_as_recorded():
    assert due(MONTHLY.repriced(600, date(2026, 1, 15)))[:2] == [(1, 500), (2, 600)]


def test_nothing_falls_due_between_pause_and_resumption_and_the_price_comes_back():
    schedule = MONTHLY.repriced(600, date(2026, 2, 1)).paused(date(2026, 3, 1)).resumed(date(2026, 5, 1))
    assert due(schedule) == [(1, 500), (2, 600), (5, 600), (6, 600)]


def test_it_ends_on_its_last_day():
    assert due(MONTHLY.ended(date(2026, 3, 15))) == [(1, 500), (2, 500), (3, 500)]
    assert due(MONTHLY.ended(date(2026, 3, 14))) == [(1, 500), (2, 500)]


def test_its_worth_is_that_of_its_price_while_it_is_active():
    schedule = MONTHLY.paused(date(2026, 3, 1)).resumed(date(2026, 4, 1)).ended(date(2026, 5, 20))
    worths = [(date(2026, 1, 14), 0), (date(2026, 1, 15), 500), (date(2026, 3, 1), 0), (date(2026, 4, 1), 500)]
    worths += [(date(2026, 5, 20), 500), (date(2026, 5, 21), 0)]
    assert [(day, schedule.worth(day)) for day, _ in worths] == worths


def test_a_deal_that_is_not_won_is_worth_nothing_yet():
    schedule = Schedule(Every(months=1), deal_id=1, amount=500)
    assert schedule.worth(date(2026, 3, 1)) == 0
    assert list(schedule.due(date(2030, 1, 1))) == []


@pytest.mark.parametrize(
    "act",
    [
        lambda: MONTHLY.resumed(date(2026, 3, 1)),
        lambda: MONTHLY.paused(date(2026, 1, 1)),
        lambda: MONTHLY.repriced(600, date(2026, 1, 1)),
        lambda: MONTHLY.ended(date(2026, 1, 1)),
        lambda: MONTHLY.paused(date(2026, 2, 1)).repriced(600, date(2026, 3, 1)),
        lambda: MONTHLY.repriced(600, date(2026, 4, 1)).paused(date(2026, 3, 1)),
        lambda: MONTHLY.ended(date(2026, 3, 1)).repriced(600, date(2026, 4, 1)),
    ],
)
def test_what_makes_no_sense_is_refused(act):
    with pytest.raises(RuleError):
        act()
