from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salestrack.domain.scores import Done, ScoreRule, faded, score

TODAY = date(2026, 3, 18)
FIT = ScoreRule("fit", "segment", "agency", 20)
CALL = ScoreRule("activity", "call", None, 10, 30)


def test_points_for_what_a_customer_is_compare_without_case():
    assert score([FIT], {"segment": ["Agency"]}, (), on=TODAY) == (20, (("segment=agency", 20),))
    assert score([FIT], {"segment": ["shop"]}, (), on=TODAY) == (0, ())
    size = ScoreRule("fit", "field:Size", "LARGE", 15)
    assert score([size], {"field:size": ["large"]}, (), on=TODAY).points == 15
    assert score([ScoreRule("fit", "tag", "hot", -5)], {"tag": ["new", "hot"]}, (), on=TODAY).points == -5


@pytest.mark.parametrize(("days", "points"), [(0, 10), (30, 5), (60, 2), (15, 7), (300, 0)])
def test_an_activity_counts_half_after_every_half_life(days, points):
    done = [Done("call", date.fromordinal(TODAY.toordinal() - days), 1)]
    assert score([CALL], {}, done, on=TODAY).points == points


def test_the_activities_of_a_rule_are_rounded_together_and_half_to_even():
    days = [Done("call", date(2026, 2, 16), 1), Done("call", date(2026, 1, 17), 1)]  # 30 and 60 days: 5 + 2.5
    assert score([CALL], {}, days, on=TODAY) == (8, (("2 x call", 8),))
    assert score([CALL], {}, days[1:], on=TODAY).points == 2
    assert score([CALL._replace(half_life=None)], {}, days, on=TODAY).points == 20


def test_what_comes_after_the_day_and_other_kinds_do_not_count():
    done = [Done("call", date(2026, 3, 19), 1), Done("email", TODAY, 3)]
    assert score([CALL], {}, done, on=TODAY) == (0, ())


@given(st.lists(st.tuples(st.integers(0, 400), st.integers(1, 5)), max_size=10), st.integers(-50, 50))
def test_the_reasons_add_up_and_age_never_adds_points(ages, points):
    done = [Done("call", date.fromordinal(TODAY.toordinal() - days), number) for days, number in ages]
    rules = [FIT, CALL._replace(points=abs(points)), ScoreRule("activity", "email", None, points, 7)]
    now = score(rules, {"segment": ["agency"]}, done, on=TODAY)
    later = score(rules, {"segment": ["agency"]}, done, on=date(2026, 5, 18))
    assert now.points == sum(worth for _, worth in now.reasons)
    assert later.points <= now.points


def test_points_fade_by_half():
    assert [faded(8, 10, days) for days in (0, 10, 20)] == [8.0, 4.0, 2.0]
    assert faded(8, None, 10_000) == 8.0
