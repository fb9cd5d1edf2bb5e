"""The days on which deals entered their stages, as a file tells them: kept through edits, reopenings and further imports."""

import json
from collections.abc import Callable
from typing import Any

Run = Callable[..., Any]
HEAD = 'Record ID,Deal Name,Deal Stage,Create Date,Close Date,Amount,"Date entered ""Lead""","Date entered ""Proposal""","Date entered ""Closed Won""","Date entered ""Closed Lost"""\n'


def hubspot(run: Run, *lines: str) -> None:
    run("import - --profile hubspot-deals", stdin=HEAD + "\n".join(lines), ok=True)


def history(rows: Any) -> list[list[str]]:
    return rows(
        "SELECT h.from_on, s.name, h.stage_since, h.amount FROM deal_history h JOIN stages s ON s.id = h.stage_id "
        "ORDER BY h.deal_id, h.from_on, h.seq"
    )


def test_an_edit_by_hand_is_no_move_and_does_not_hide_the_day_of_one(run: Run, rows: Any) -> None:
    hubspot(run, "1,Box,Lead,2026-03-01,,100,2026-03-01,,,")
    run("edit d1 --amount 120", ok=True)
    hubspot(run, "1,Box,Proposal,2026-03-01,,100,2026-03-01,2026-03-08,,")
    assert history(rows) == [
        ["2026-03-01", "Lead", "2026-03-01", "10000"],
        ["2026-03-08", "Proposal", "2026-03-08", "10000"],
        ["2026-03-18", "Proposal", "2026-03-08", "12000"],
    ]
    assert rows("SELECT stage_since, amount FROM deals") == [["2026-03-08", "12000"]]
    assert "10 days, since 2026-03-08" in run("show d1").stdout


def test_a_move_on_the_day_of_the_last_one_is_of_that_day(run: Run, rows: Any) -> None:
    hubspot(run, "1,Box,Lead,2026-03-01,,100,2026-03-01,,,")
    hubspot(run, "1,Box,Proposal,2026-03-01,,100,2026-03-01,2026-03-01,,")
    hubspot(run, "1,Box,Proposal,2026-03-01,,150,2026-03-01,2026-03-01,,")
    assert [row[:3] for row in history(rows)] == [
        ["2026-03-01", "Lead", "2026-03-01"],
        ["2026-03-01", "Proposal", "2026-03-01"],
        ["2026-03-18", "Proposal", "2026-03-01"],
    ]


def test_a_deal_that_was_reopened_was_lost_before_and_one_lost_after_it_was_won(run: Run, rows: Any) -> None:
    lines = (
        "1,Box,Proposal,2026-02-01,,100,2026-02-01,2026-03-12,,2026-03-02",
        "2,Cup,Closed Lost,2026-02-01,2026-03-13,100,2026-02-01,,2026-03-03,2026-03-13",
    )
    hubspot(run, *lines)
    told = history(rows)
    assert [row[:2] for row in told] == [
        ["2026-02-01", "Lead"], ["2026-03-02", "Lost"], ["2026-03-12", "Proposal"],
        ["2026-02-01", "Lead"], ["2026-03-03", "Won"], ["2026-03-13", "Lost"],
    ]  # fmt: skip
    hubspot(run, *lines)
    assert history(rows) == told
    assert rows("SELECT status, stage_since, closed_on FROM deals ORDER BY id") == [
        ["open", "2026-03-12", ""],
        ["lost", "2026-03-13", "2026-03-13"],
    ]


def test_weekly_files_tell_the_same_history_as_the_last_one_alone(run: Run, rows: Any) -> None:
    hubspot(run, "1,Box,Closed Lost,2026-02-01,2026-03-02,100,2026-02-01,,,2026-03-02")
    hubspot(run, "1,Box,Proposal,2026-02-01,,100,2026-02-01,2026-03-12,,2026-03-02")
    assert [row[:3] for row in history(rows)] == [
        ["2026-02-01", "Lead", "2026-02-01"],
        ["2026-03-02", "Lost", "2026-03-02"],
        ["2026-03-12", "Proposal", "2026-03-12"],
    ]


PIPEDRIVE = (
    "Deal - ID,Deal - Title,Deal - Stage,Deal - Status,Deal - Deal created,Deal - Last stage change,Deal - Won time\n"
)


def test_pipedrives_last_stage_change_is_the_day_of_the_stage(run: Run, rows: Any) -> None:
    text = (
        "1,Box,Proposal,Open,2026-02-01 09:00:00,2026-03-08 10:00:00,\n"
        "2,Cup,Proposal,Open,2026-02-01 09:00:00,,\n"
        "3,Pot,Proposal,Won,2026-02-01 09:00:00,2026-02-10 10:00:00,2026-02-20 10:00:00\n"
        "4,Jug,Lead,Open,2026-02-01 09:00:00,2026-03-02 10:00:00,\n"
    )
    run("import - --profile pipedrive-deals", stdin=PIPEDRIVE + text, ok=True)
    assert rows("SELECT id, stage_since FROM deals ORDER BY id") == [
        ["1", "2026-03-08"], ["2", ""], ["3", "2026-02-20"], ["4", "2026-03-02"],
    ]  # fmt: skip
    assert "16 days, since 2026-03-02" in run("show d4").stdout
    assert run("doctor").exit_code == 0
    moved = "1,Box,Negotiation,Open,2026-02-01 09:00:00,2026-03-15 10:00:00,\n"
    run("import - --profile pipedrive-deals", stdin=PIPEDRIVE + moved, ok=True)
    assert rows("SELECT stage_since FROM deals WHERE id = 1") == [["2026-03-15"]]
    again = json.loads(run("import - --profile pipedrive-deals -f json", stdin=PIPEDRIVE + moved).stdout)
    assert again["rows"][0]["same"] == 1


def test_the_day_of_the_stage_may_be_any_column(run: Run, rows: Any) -> None:
    text = "id,title,stage,created,moved\n1,Box,Proposal,2026-02-01,2026-03-08\n"
    run("import - --as deals --map stage_since=moved", stdin=text, ok=True)
    assert rows("SELECT stage_since FROM deals") == [["2026-03-08"]]
