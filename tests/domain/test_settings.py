from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salestrack.domain.dates import Words
from salestrack.domain.settings import (
    BOOK_SETTINGS,
    BY_NAME,
    format_days,
    parse_days,
    parse_month,
    parse_tax_rate,
)
from salestrack.errors import RuleError, UsageError

WORDS = Words(date(2026, 4, 5))


@given(st.frozensets(st.integers(0, 6), min_size=1))
def test_weekdays_are_read_as_they_are_shown(days):
    assert parse_days(format_days(days)) == days


def test_a_span_of_days_may_go_over_the_end_of_the_week():
    assert parse_days("sat-mon") == frozenset({5, 6, 0})


@pytest.mark.parametrize(("text", "month"), [("4", 4), ("04", 4), ("apr", 4), ("April", 4), ("dec", 12)])
def test_a_month_is_a_number_or_a_name(text, month):
    assert parse_month(text) == month


@pytest.mark.parametrize("text", ["0", "13", "", "-1", "ap", "x4", "1.5", "9" * 5000])
def test_what_is_no_month_is_refused(text):
    with pytest.raises(UsageError):
        parse_month(text)


@pytest.mark.parametrize(
    ("text", "rate"), [("19", "19"), ("19 %", "19"), ("8,875", "8.875"), ("7.0", "7"), ("0", "0"), ("20%", "20")]
)
def test_a_tax_rate_is_a_percentage(text, rate):
    assert parse_tax_rate(text) == rate


@pytest.mark.parametrize(
    "text", ["", "x", "-1", "100", "1e1", "nan", "inf", "1.23456", "19 19", "9" * 5000, "0." + "1" * 5000]
)
def test_what_is_no_tax_rate_is_refused(text):
    with pytest.raises(UsageError):
        parse_tax_rate(text)


def test_a_period_that_is_not_over_cannot_be_closed():
    with pytest.raises(RuleError, match="2026-04-06 is still to come") as refused:
        BY_NAME["closed-until"].parse("2026-04-06", WORDS)

    assert refused.value.hint == "last month ended on 2026-03-31"
    assert BY_NAME["closed-until"].parse("2026-04-05", WORDS) == "2026-04-05"


def test_every_default_can_be_shown_and_every_choice_be_set():
    for setting in BOOK_SETTINGS:
        if setting.default:
            assert setting.show(setting.default)
        for choice in setting.choices:
            assert setting.show(setting.parse(choice, WORDS))
