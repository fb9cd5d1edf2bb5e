from datetime import date

from salestrack.domain.facts import Currencies, Slip, StageRow, Visit
from salestrack.domain.money import Money
from salestrack.reports.exchange import Exchange
from salestrack.reports.slipping import limits, quiet_before, slipping, stale_limits

TODAY = date(2026, 3, 18)
EXCHANGE = Exchange(currencies=Currencies("USD", "USD"), rates={"EUR": 2_000_000_000})


def slip(kinds: str, deals: int, amount: int, currency: str = "USD", since: str | None = None) -> Slip:
    return Slip("o" in kinds, "s" in kinds, "n" in kinds, currency, deals, deals, amount, since)


def stage(key: int, *, days: int | None = None, kind: str = "open") -> StageRow:
    return StageRow(key, 1, "sales", f"Stage {key}", key, kind, 10, days, removed=False)


def test_a_deal_with_several_faults_stands_in_several_rows_and_counts_once():
    report = slipping(
        [slip("o", 1, 100), slip("osn", 2, 200, since="2026-03-08"), slip("n", 4, 400)], EXCHANGE, today=TODAY
    )
    assert [(row.reason, row.deals, row.amount.minor) for row in report.rows] == [
        ("overdue", 3, 300),
        ("stale", 2, 200),
        ("no next step", 6, 600),
    ]
    assert (report.deals, report.amount) == (7, Money(700, "USD"))
    assert report.rows[1].longest_days == 10
    assert "overlap" in report.head.notes[0]


def test_faults_that_no_deal_has_are_left_out():
    report = slipping([slip("n", 1, 100)], EXCHANGE, today=TODAY)
    assert [row.reason for row in report.rows] == ["no next step"]
    assert report.head.notes == ()
    assert slipping([], EXCHANGE, today=TODAY).rows == ()


def test_other_currencies_are_converted_or_stand_apart():
    report = slipping([slip("o", 1, 100), slip("o", 1, 50, "EUR"), slip("o", 1, 7, "CHF")], EXCHANGE, today=TODAY)
    assert report.amount == Money(200, "USD")
    assert [(one.currency, one.count) for one in report.unconverted] == [("CHF", 1)]


def test_the_limit_is_the_stages_own_else_half_again_its_usual_days_else_two_weeks():
    stages = [stage(1, days=5), stage(2), stage(3), stage(4), stage(5), stage(6, kind="won")]
    visits = [
        Visit(1, True, 100, 9), Visit(2, True, 9, 5), Visit(2, False, 400, 50), Visit(3, True, 40, 4),
        Visit(4, True, 0, 99), Visit(6, True, 7, 9),
    ]  # fmt: skip
    # Four visits are too few to learn from, and visits of no days say nothing.
    assert stale_limits(stages, visits) == {1: 5, 2: 13, 3: 14, 4: 14, 5: 14}


def test_a_deal_may_be_left_alone_for_so_many_days_and_days_off_do_not_count():
    today = date(2026, 3, 18)
    assert quiet_before(14, today, frozenset()) == date(2026, 3, 4)
    assert quiet_before(0, today, frozenset()) == today
    off = frozenset(date(2026, 3, day) for day in range(9, 14))
    assert quiet_before(14, today, off) == date(2026, 2, 27)
    # Counted another way: of the days after that one, 14 are not off; of those after the day before, 15.
    days = [date.fromordinal(today.toordinal() - back) for back in range(40)]
    assert len([day for day in days if date(2026, 2, 27) < day <= today and day not in off]) == 14
    assert len([day for day in days if date(2026, 2, 26) < day <= today and day not in off]) == 15


def test_deals_begin_in_the_first_open_stage_of_their_pipeline():
    def stage(key, pipeline, position, kind="open", removed=False):
        return StageRow(key, pipeline, "p", f"s{key}", position, kind, 10, None, removed)

    stages = (stage(1, 1, 0, removed=True), stage(2, 1, 1), stage(3, 1, 2), stage(4, 1, 3, "won"), stage(5, 2, 0))
    found = limits(stages, (), today=date(2026, 3, 18))
    assert {key for key, one in found.items() if one.is_first} == {2, 5}
    assert set(found) == {1, 2, 3, 5}
