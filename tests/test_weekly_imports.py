"""Weeks of files, of edits in between, and of undoing both: every import comes to what the rules say, and no more.

SALESTRACK_STRESS=1 walks many more and longer ways.
"""

import os

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test
from tests.weekly.walks import WeeklyWalk

STRESS = bool(os.environ.get("SALESTRACK_STRESS"))
EXAMPLES, STEPS = (150, 40) if STRESS else (10, 15)


@pytest.mark.stress
def test_weeks_of_plain_tables_come_to_what_the_rules_say() -> None:
    run_state_machine_as_test(
        WeeklyWalk,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            print_blob=False,
        ),
    )
