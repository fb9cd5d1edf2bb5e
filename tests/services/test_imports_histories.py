"""From dates to versions: known days stand where they belong, unknown ones nowhere."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.importers.bringing import Asker, bring

from salestrack.domain.pipelines import DEFAULT_STAGES, Stage
from salestrack.services.imports.histories import Histories

STAGES = {
    key: Stage(id=key, pipeline_id=1, pipeline="sales", name=name, position=key, kind=kind, probability=probability)
    for key, (name, probability, kind) in enumerate(DEFAULT_STAGES, 1)
}
LEAD, QUALIFIED, PROPOSAL, NEGOTIATION, WON, LOST = STAGES
HISTORIES = Histories(STAGES)

DAYS = st.integers(0, 20).map(lambda number: (date(2026, 1, 1) + timedelta(days=number)).isoformat())
MAYBE = st.none() | DAYS
STAGE = st.sampled_from(list(STAGES))


def told(stage: int, created: str | None, closed: str | None, *entered: tuple[str, int]) -> list[tuple]:
    past, now = HISTORIES.known(stage, created, closed, entered)
    return [*((v.stage_id, v.from_on, v.stage_since) for v in past), (stage, now.from_on, now.stage_since)]


@pytest.mark.parametrize(
    ("stage", "created", "closed", "entered", "versions"),
    [
        (WON, "2026-01-02", "2026-02-01", [], [(LEAD, "2026-01-02", "2026-01-02"), (WON, "2026-02-01", "2026-02-01")]),
        (WON, None, "2026-02-01", [], [(LEAD, None, None), (WON, "2026-02-01", "2026-02-01")]),
        (WON, None, None, [], [(WON, None, None)]),
        (LOST, "2026-01-02", None, [], [(LEAD, "2026-01-02", "2026-01-02"), (LOST, "2026-01-02", None)]),
        (LEAD, "2026-01-02", None, [], [(LEAD, "2026-01-02", "2026-01-02")]),
        (PROPOSAL, "2026-01-02", None, [], [(PROPOSAL, "2026-01-02", None)]),
        (PROPOSAL, None, None, [], [(PROPOSAL, None, None)]),
        (
            PROPOSAL, "2026-01-02", None, [("2026-01-09", PROPOSAL)],
            [(LEAD, "2026-01-02", "2026-01-02"), (PROPOSAL, "2026-01-09", "2026-01-09")],
        ),
        (
            PROPOSAL, "2026-01-09", None, [("2026-01-09", PROPOSAL)],
            [(PROPOSAL, "2026-01-09", "2026-01-09")],
        ),
        (
            QUALIFIED, None, None, [("2026-01-09", PROPOSAL), ("2026-01-05", LEAD)],
            [(LEAD, "2026-01-05", "2026-01-05"), (PROPOSAL, "2026-01-09", "2026-01-09"), (QUALIFIED, "2026-01-09", None)],
        ),
        (
            LEAD, "2026-01-02", None, [("2026-01-05", LEAD)],
            [(LEAD, "2026-01-02", "2026-01-02")],
        ),
        (
            WON, "2026-03-01", "2026-02-01", [("2026-02-20", PROPOSAL)],
            [(PROPOSAL, "2026-02-01", "2026-02-01"), (WON, "2026-02-01", "2026-02-01")],
        ),
    ],
)  # fmt: skip
def test_what_is_known_stands_on_its_day(stage, created, closed, entered, versions):
    assert told(stage, created, closed, *entered) == versions


def test_files_without_stage_dates_get_the_same_histories_from_statements(store):
    days = [None, "2026-01-02", "2026-01-05", "2026-02-01"]
    cases = [
        (stage, created, closed)
        for stage in STAGES for created in days for closed in days if closed is None or not STAGES[stage].is_open
    ]  # fmt: skip
    rows = [f"{n},{STAGES[s].name},{a or ''},{b or ''}\n" for n, (s, a, b) in enumerate(cases, 1)]
    bring(store, "id,stage,created,closed\n" + "".join(rows))

    ask = Asker(store)
    for number, (stage, created, closed) in enumerate(cases, 1):
        past, now = HISTORIES.known(stage, created, closed, [])
        expected = [(v.stage_id, v.from_on, v.to_on, v.seq, v.stage_since) for v in past]
        expected.append((stage, now.from_on, None, now.seq, now.stage_since))
        found = ask(
            "SELECT stage_id, from_on, to_on, seq, stage_since FROM deal_history "
            f"WHERE deal_id = {number} ORDER BY from_on NULLS FIRST, seq"
        )
        assert found == expected, cases[number - 1]
        assert ask(f"SELECT stage_id, stage_since FROM deals WHERE id = {number}") == [(stage, now.stage_since)]


@given(STAGE, MAYBE, MAYBE, st.lists(st.tuples(DAYS, STAGE), max_size=5, unique_by=lambda visit: visit[1]))
def test_versions_follow_on_each_other_without_a_gap(stage, created, closed, entered):
    past, now = HISTORIES.known(stage, created, closed, entered)
    starts = [version.from_on for version in past] + [now.from_on]
    for version, following in zip(past, starts[1:], strict=True):
        assert version.to_on == following
        assert version.from_on is None or version.to_on is None or version.from_on <= version.to_on
    assert None not in starts[1:] or len(starts) == 1 or starts[0] is None
    numbered = [(version.from_on, version.seq) for version in past] + [(now.from_on, now.seq)]
    for (day, seq), (next_day, next_seq) in pairwise(numbered):
        assert next_seq == seq + 1 if day == next_day and day is not None else next_seq == 1


@given(STAGE, MAYBE, MAYBE, st.lists(st.tuples(DAYS, STAGE), max_size=5, unique_by=lambda visit: visit[1]))
def test_no_date_is_invented(stage, created, closed, entered):
    past, now = HISTORIES.known(stage, created, closed, entered)
    known = {None, created, closed, *(day for day, _ in entered)}
    assert {day for v in past for day in (v.from_on, v.to_on, v.stage_since)} | {now.from_on, now.stage_since} <= known
    visited = {key for _, key in entered if STAGES[key].is_open}
    assert visited <= {version.stage_id for version in past} | {stage}


def test_a_pipeline_without_open_stages_has_no_first_one():
    closed = {key: stage for key, stage in STAGES.items() if not stage.is_open}
    past, now = Histories(closed).known(WON, "2026-01-02", "2026-02-01", [])
    assert (past, now.from_on) == ([], "2026-02-01")
