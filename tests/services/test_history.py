"""The history in sentences: what each operation changed, column by column, and all that happened to a record."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]


def lines(run: Run, words: str = "") -> list[str]:
    out: str = run(f"history {words}", ok=True).stdout
    return [line.split(" · ", 2)[-1] for line in out.splitlines() if line[:1] == "o"]


@pytest.fixture
def acme(run: Run) -> Run:
    run("deal add 12000 Acme Website --close 2026-03-31 --new", ok=True)
    return run


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("deal edit d1 --amount 11500 --close 2026-04-15",
         "edited d1 Website · c1 Acme: amount 12,000.00 USD -> 11,500.00 USD, close 2026-03-31 -> 2026-04-15"),
        ("move d1 proposal", "moved d1 Website · c1 Acme: stage Lead -> Proposal"),
        ("lost d1 price", "lost d1 Website · c1 Acme: stage Lead -> Lost, closed none -> 2026-03-18, reason none -> price"),
        ("won d1", "won d1 Website · c1 Acme: stage Lead -> Won, closed none -> 2026-03-18"),
        ("push d1 2026-04-15", "pushed d1 Website · c1 Acme: close 2026-03-31 -> 2026-04-15"),
        ("deal edit d1 --probability 40", "edited d1 Website · c1 Acme: probability none -> 40 %"),
    ],
)  # fmt: skip
def test_a_sentence_says_what_changed_column_by_column(acme: Run, line: str, said: str) -> None:
    acme(line, ok=True)
    assert lines(acme)[0] == said
    assert lines(acme, "d1")[0] == said


def test_a_move_of_another_day_says_which(run: Run) -> None:
    run("deal add 100 Acme Website --new -d 2026-03-01", ok=True)
    run("move d1 proposal -d 2026-03-05", ok=True)
    assert lines(run)[0] == "moved d1 Website · c1 Acme: stage Lead -> Proposal on 2026-03-05"


def test_undo_and_redo_say_what_they_put_back(acme: Run) -> None:
    acme("move d1 proposal", ok=True)
    acme("undo", ok=True)
    acme("redo", ok=True)
    assert lines(acme)[:3] == [
        "redid o3: moved d1 Website · c1 Acme: stage Lead -> Proposal",
        "undid o3: moved d1 Website · c1 Acme: stage Proposal -> Lead",
        "moved d1 Website · c1 Acme: stage Lead -> Proposal",
    ]
    acme("undo o3", ok=True)
    assert lines(acme)[-3] == "moved d1 Website · c1 Acme: stage Lead -> Proposal · undone by o6"


def test_tags_and_lines_that_were_added_or_taken_off_are_told(acme: Run) -> None:
    acme("product add Build 4000", ok=True)
    acme("deal edit d1 -t big", ok=True)
    assert lines(acme)[0] == "edited d1 Website · c1 Acme: tag big added"
    acme("deal edit d1 --untag big", ok=True)
    assert lines(acme)[0] == "edited d1 Website · c1 Acme: tag big taken off"


def test_a_removal_names_what_is_gone_and_its_undo_says_that_it_is_back(acme: Run) -> None:
    acme("deal add 100 acme Logo", ok=True)
    acme("rm d2 -y", ok=True)
    assert lines(acme)[0].startswith("removed d2 Logo")
    assert "d2 back" in acme("undo", ok=True).stdout
    assert lines(acme, "d2")[-1].startswith("opened d2 Logo")


def test_a_merge_says_what_went_where(acme: Run) -> None:
    acme("deal add 100 'Acme Inc' Logo --new", ok=True)
    acme("customer merge c1 c2 -y", ok=True)
    said = lines(acme)[0]
    assert "c1" in said
    assert "customer Acme Inc -> Acme (d2)" in said


def test_a_bulk_edit_is_one_sentence_with_its_records(acme: Run) -> None:
    for number in range(4):
        acme(f"deal add 100 acme Part{number}", ok=True)
    acme("deal edit d2-5 --probability 30 -y", ok=True)
    assert lines(acme)[0].endswith("probability none -> 30 % (d2, d3, d4 and 1 more)")
    assert lines(acme, "d3")[0].endswith(": probability none -> 30 %")


def test_an_import_tells_its_counts_and_for_a_deal_the_way_it_had_come(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "deals.csv"
    file.write_text(
        "id,title,customer,stage,amount,created,Qualified on\n1,Web,Acme,Qualified,100,2026-01-05,2026-01-20\n"
    )
    run(
        ["import", str(file), "--as", "deals", "--new", "customers", "--map", "entered:Qualified=Qualified on"], ok=True
    )
    assert lines(run)[0].endswith("i1 deals.csv: 1 new, 0 changed")
    assert lines(run, "d1")[0].endswith("1 new, 0 changed, Lead 2026-01-05 -> Qualified 2026-01-20")


def test_a_record_s_history_goes_back_to_its_making_and_holds_nothing_else(acme: Run) -> None:
    acme("deal add 1 acme Other", ok=True)
    acme("log call acme 'about it' --deal d1", ok=True)
    acme("deal edit d2 --amount 2", ok=True)
    assert [line.split(" ")[0] for line in lines(acme, "d1")] == ["logged", "opened"]
    assert lines(acme, "acme")[-1].startswith("opened d1 Website")
    assert acme("history d99").exit_code == 4
    assert acme("history nobody-of-that-name").exit_code == 4


def test_days_and_a_number_narrow_the_history(acme: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SALESTRACK_TODAY", "2026-04-02T09:00")
    acme("move d1 proposal", ok=True)
    assert lines(acme, "2026-04") == lines(acme, "d1 2026-04") == lines(acme, "--limit 1")
    assert len(lines(acme, "2026-03")) == 2


def test_the_data_formats_have_the_changes_one_by_one(acme: Run) -> None:
    acme("deal edit d1 --amount 11500 --close 2026-04-15", ok=True)
    row = json.loads(acme("history d1 -f json", ok=True).stdout)["rows"][0]
    assert (row["id"], row["at"], row["who"], row["verb"], row["state"]) == (
        "o3", "2026-03-18 14:30", "tester", "edited", "done",
    )  # fmt: skip
    assert row["changes"] == ["amount 12,000.00 USD -> 11,500.00 USD", "close 2026-03-31 -> 2026-04-15"]
    assert acme("history d1 -f ids", ok=True).stdout == "o3\no2\n"


@pytest.mark.parametrize(
    ("line", "undone"),
    [
        ("config set stale-days 21", "stale days 21 -> none"),
        ("config set week-start sun", "week start sun -> mon"),
        ("config set working-days mon-sat", "working days mon-sat -> mon-fri"),
        ("config set reason-required no", "reason required no -> yes"),
        ("config set default-owner ana", "default owner Ana -> none"),
    ],
)
def test_a_setting_is_told_in_the_words_that_it_is_set_with(run: Run, line: str, undone: str) -> None:
    run("owner add Ana", ok=True)
    run(line, ok=True)
    assert run("undo", ok=True).stdout.split(" · ")[2] == undone
    assert lines(run)[0].endswith(undone)


def test_an_owner_who_is_gone_keeps_the_name(run: Run) -> None:
    for line in ("owner add Ana", "config set default-owner ana", "undo", "undo"):
        run(line, ok=True)
    assert "default owner none -> Ana" in lines(run)[2]


def test_the_day_of_a_move_that_was_put_right_is_told(acme: Run) -> None:
    acme("deal edit d1 --created 2026-03-02", ok=True)
    acme("move d1 proposal -d 2026-03-12", ok=True)
    acme("deal edit d1 --moved proposal=2026-03-06 --title Site", ok=True)
    said = "edited d1 Site · c1 Acme: title Website -> Site, in Proposal since 2026-03-12 -> 2026-03-06"
    assert lines(acme, "d1")[0] == lines(acme)[0] == said
    acme("won d1 -d 2026-03-16", ok=True)
    acme("deal edit d1 --moved won=2026-03-15", ok=True)
    assert lines(acme)[0].endswith("closed 2026-03-16 -> 2026-03-15")


def test_the_price_and_the_pauses_of_what_repeats_are_told_of_its_record(run: Run) -> None:
    run("sell 50 Acme Care --every month -d 2026-01-05 --new", ok=True)
    for words, said in (
        ("--price 60", "60.00 USD each time from 2026-03-18"),
        ("--pause 2026-05-01", "paused from 2026-05-01"),
        ("--resume 2026-07-01", "resumed, 60.00 USD each time from 2026-07-01"),
        ("--until 2026-12-31", "what repeats until none -> 2026-12-31"),
    ):
        run(f"sale edit s1 {words}", ok=True)
        assert lines(run)[0] == lines(run, "s1")[0] == f"edited s1 Care · c1 Acme: {said}"
    assert "what repeats until 2026-12-31 -> none" in run("undo", ok=True).stdout
    assert "resumed, 60.00 USD each time from 2026-07-01 taken off" in run("undo", ok=True).stdout


@pytest.mark.parametrize(("lines", "undone"), [
    (["rate set EUR 1.1", "rate set EUR 1.2"], "set the rate of EUR · rate of EUR 1.2 -> 1.1"),
    (["customer add Acme -t hot", "customer edit Acme --untag hot"], "edited c1 Acme · tag hot back"),
    (["customer add Acme", "customer edit Acme --alias AC"], "edited c1 Acme · other name AC taken off"),
    (["follow-up add demo call 3d"], "set a follow-up rule · follow-up call after demo removed"),
    (["plan call Acme 2026-03-20 --every week --new", "done a1"], "c1 Acme, a2 call · planned again, removed (a2)"),
])  # fmt: skip
def test_an_undo_says_in_the_users_words_what_came_back(run: Run, lines: list[str], undone: str) -> None:
    for line in lines:
        run(line, ok=True)
    assert f"{undone} · redo: " in run("undo", ok=True).stdout
    run("redo", ok=True)


def test_a_changed_rhythm_is_named_after_its_record(run: Run) -> None:
    run("sell 50 Acme --every month --new", ok=True)
    run("sale edit s1 --until 2027-01-31", ok=True)
    assert "cannot undo o2: the rhythm of s1 was changed later by o3" in run("undo o2").stderr


@pytest.mark.parametrize(
    ("before", "line", "said"),
    [
        (["owner add Ben"], "owner rm ben", "retired an owner: Ben"),
        (["owner add Ben"], "owner edit ben --email b@acme.example", "edited an owner: Ben email none -> b@acme.example"),
        (["score add source=web 5"], "score rm 1", "took away a score rule: points for source=web removed"),
        ([], "stage edit lead --before negotiation", "changed the stage Lead, now before Negotiation"),
        (["deal add 2 Acme Shop", "sell 3 Acme"], "rm c1 --all -y", "removed c1 Acme with 2 deals, 1 sale"),
        (["pipeline add T --stages 'Notice 5, Last 60'"], "edit d1 --pipeline T",
         "edited d1 Website · c1 Acme: pipeline sales -> T, stage Lead -> Notice"),
    ],
)  # fmt: skip
def test_a_sentence_says_who_or_what_it_was(acme: Run, before: list[str], line: str, said: str) -> None:
    for each in before:
        acme(each, ok=True)
    acme(line, ok=True)
    assert lines(acme)[0].startswith(said)


def test_the_undo_of_a_large_removal_says_how_many_came_back(acme: Run) -> None:
    for _ in range(6):
        acme("log call Acme", ok=True)
    acme("rm a1-6 -y", ok=True)
    assert "a1, a2, a3, a4 and 2 more back" in acme("undo", ok=True).stdout


def test_a_change_of_pipeline_is_told_with_the_pipelines_names(acme: Run) -> None:
    acme("pipeline add T --stages 'Notice 5, Last 60'", ok=True)
    acme("edit d1 --pipeline T", ok=True)
    assert "sales, Lead -> T, Notice" in acme("show d1", ok=True).stdout
