from datetime import date

from salestrack.domain.dates import Words
from salestrack.domain.facts import Key, Stretch
from salestrack.domain.periods import parse_period
from salestrack.domain.workdays import WorkCalendar
from salestrack.reports.cycle import CycleFacts, cycle
from salestrack.reports.frames import frame
from salestrack.reports.groups import merged

WORDS = Words(date(2026, 3, 18))


def made(rows, by=None, **more):
    days = frame(parse_period("2026Q1", WORDS), by=by, versus="none", words=WORDS, calendar=WorkCalendar())
    return cycle(CycleFacts(rows=rows, whole=merged(rows, days), **more), days)


def test_won_and_lost_are_kept_apart():
    rows = [Stretch(0, Key(None), "won", days, 1) for days in (1, 2, 9)] + [Stretch(0, Key(None), "lost", 40, 2)]
    totals = made(rows).totals
    assert (totals.won.n, totals.won.median, totals.won.mean, totals.won.p90) == (3, 2, 4, 9)
    assert (totals.lost.n, totals.lost.median) == (2, 40)


def test_the_same_day_is_a_cycle_of_no_days():
    assert made([Stretch(0, Key(None), "won", 0, 1)]).totals.won.median == 0


def test_negative_and_unknown_cycles_are_counted_and_not_averaged():
    rows = [Stretch(0, Key(None), "won", days, 1) for days in (-3, None, 8)]
    report = made(rows)
    assert (report.totals.won.n, report.totals.won.median) == (1, 8)
    assert [note.split()[0] for note in report.head.notes] == ["1", "1"]


def test_a_split_has_a_row_a_key():
    rows = [Stretch(0, Key("a"), "won", 2, 1), Stretch(0, Key(None), "lost", 4, 1)]
    report = made(rows, "source")
    assert [(row.key, row.won.n, row.lost.n) for row in report.rows] == [("a", 1, 0), (None, 0, 1)]
    assert (report.totals.won.n, report.totals.lost.n) == (1, 1)


def test_what_closed_after_today_is_said():
    assert made([], later=1).head.notes == ("1 deal was closed after today and is left out",)
    assert made([], later=2).head.notes == ("2 deals were closed after today and are left out",)
