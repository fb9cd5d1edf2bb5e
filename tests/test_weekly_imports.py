"""Weeks of files, of edits in between, and of undoing both: every import comes to what the rules say, and no more.

SALESTRACK_STRESS=1 walks many more and longer ways.
"""

import os

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test
from tests.weekly.companies import CompaniesWalk
from tests.weekly.orders import ShopWalk
from tests.weekly.walks import WeeklyWalk

STRESS = bool(os.environ.get("SALESTRACK_STRESS"))


def walk(machine: type[RuleBasedStateMachine], *, sample: int) -> None:
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=100 if STRESS else sample,
            stateful_step_count=30 if STRESS else 8,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


@pytest.mark.stress
def test_weeks_of_plain_tables_come_to_what_the_rules_say() -> None:
    walk(WeeklyWalk, sample=4)


@pytest.mark.stress
def test_weeks_of_orders_that_are_given_back_come_to_what_the_rules_say() -> None:
    walk(ShopWalk, sample=2)


@pytest.mark.stress
def test_weeks_of_companies_people_and_deals_come_to_what_the_rules_say() -> None:
    walk(CompaniesWalk, sample=2)
