"""Lists are put in order by the names that they show, and by those of their statement."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from salestrack.render.records import _COLUMNS

Run = Callable[..., Any]


@pytest.fixture
def filled(run: Run) -> Run:
    for line in (
        "deal add 300 Acme One --close 2026-05-01 -d 2026-03-01 --new",
        "deal add 100 Acme Two --close 2026-06-01 -d 2026-03-03",
        "deal add 200 Birch Three --close 2026-04-01 -d 2026-03-02 --new",
        "won d2 -d 2026-03-10",
        "plan call Acme fri --deal d1",
        "log call Birch -d 2026-03-17",
    ):
        run(line, ok=True)
    return run


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("deal list --sort close", ["d2", "d3", "d1"]),  # what is closed: the day on which it was
        ("deal list --sort -close", ["d1", "d3", "d2"]),
        ("deal list --sort expected", ["d3", "d1", "d2"]),
        ("deal list --sort expected_on", ["d3", "d1", "d2"]),
        ("deal list --sort created", ["d1", "d3", "d2"]),
        ("deal list --sort last", ["d3", "d1", "d2"]),
        ("deal list --sort next", ["d1", "d2", "d3"]),
        ("deal list --sort Stage-Since", ["d1", "d3", "d2"]),
        ("activity list --sort state", ["a1", "a2"]),
        ("activity list --sort -state", ["a2", "a1"]),
        ("customer list --sort -created", ["c2", "c1"]),
    ],
)
def test_a_list_is_sorted_by_the_names_that_it_shows(filled: Run, line: str, found: list[str]) -> None:
    assert filled(f"{line} -f ids", ok=True).stdout.split() == found


@pytest.mark.parametrize("kind", ["deal", "sale", "activity", "customer", "contact", "product", "quota", "stage"])
def test_every_column_that_a_list_shows_is_one_to_sort_by(run: Run, kind: str) -> None:
    run("score add segment=retail 5", ok=True)
    for column in _COLUMNS["activities" if kind == "activity" else f"{kind}s"]:
        run([kind, "list", "--sort", column.name], ok=True)


def test_an_unknown_column_names_those_that_there_are(run: Run) -> None:
    refused = run("deal list --sort nonsense")
    assert (refused.exit_code, "created, expected, closed" in refused.stderr) == (2, True)


@pytest.mark.parametrize("few", [500, 0])
def test_tags_stand_on_the_rows_of_a_list_by_name(run, monkeypatch, few):
    monkeypatch.setattr("salestrack.store.tags.FEW", few)
    for line in (
        "deal add 10 Acme One --new -t hot -t cold",
        "deal add 10 Acme Two",
        "customer add Bolt -t vip",
        "log call Acme -t x",
        "sell 10 Acme -t y",
    ):
        run(line, ok=True)
    wanted = {"deal": [["cold", "hot"], []], "customer": [[], ["vip"]], "activity": [["x"]], "sale": [["y"]]}
    for noun, tags in wanted.items():
        found = json.loads(run(f"{noun} list -f json", ok=True).stdout)["rows"]
        assert [row["tags"] for row in found] == tags
    assert '"cold, hot"' in run("deal list -f csv --limit 1", ok=True).stdout
