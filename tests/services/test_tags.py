"""Tags as a whole."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from tests.services.taking_back import refused, written

from salestrack.store import Store

Run = Callable[..., Any]


@pytest.fixture
def tagged(run: Run) -> None:
    run("deal add 1 Acme One --new -t hot -t web", ok=True)
    run("deal add 1 Acme Two -t hot", ok=True)
    run("sell 5 Acme -t web", ok=True)
    run("log call Acme -t hot", ok=True)


def counts(run: Run) -> dict[str, tuple[int, ...]]:
    rows = json.loads(run("tag list -f json", ok=True).stdout)["rows"]
    return {row["name"]: (row["customers"], row["deals"], row["sales"], row["activities"]) for row in rows}


def test_tags_are_counted_by_what_they_stand_on(tagged: None, run: Run) -> None:
    assert counts(run) == {"hot": (0, 2, 0, 1), "web": (0, 1, 1, 0)}


def test_a_tag_in_other_letters_is_the_same_tag(tagged: None, run: Run) -> None:
    run("deal add 1 Acme Three -t HOT", ok=True)
    assert counts(run)["hot"] == (0, 3, 0, 1)


def test_renaming_onto_another_tag_keeps_one_on_each_record(tagged: None, run: Run, store: Store) -> None:
    assert "'hot' becomes one with it (2 deals, 1 activity)" in refused(run, store, "tag edit hot --name WEB", code=2)
    written(run, store, "tag edit hot --name WEB -y")
    assert counts(run) == {"web": (0, 2, 1, 1)}
    assert set(run("deal list --tag web -f ids", ok=True).stdout.split()) == {"d1", "d2"}


def test_renaming_a_tag_leaves_it_where_it_stands(tagged: None, run: Run, store: Store) -> None:
    assert "tag hot -> very warm · 2 deals, 1 activity" in written(run, store, "tag edit hot --name 'very warm'")
    assert "tag very warm -> VERY WARM" in written(run, store, "tag edit very --name 'VERY WARM'")


def test_taking_a_tag_off_many_records_asks_first(tagged: None, run: Run, store: Store) -> None:
    assert "the tag 'hot' stands on 2 deals, 1 activity" in refused(run, store, "tag rm hot", code=2)
    assert "removed tag hot · it stood on 2 deals, 1 activity" in written(run, store, "tag rm hot -y")
    assert "removed tag web" in written(run, store, "tag rm web")
    assert counts(run) == {}


@pytest.mark.parametrize(
    ("line", "code", "reason"),
    [("tag rm htt", 4, "no tag is called"), ("tag edit hot --name hot", 1, "called hot already"),
     ("tag edit hot --name ''", 2, "is empty"), ("tag edit hot --name=-x", 2, "begins with a dash")],
)  # fmt: skip
def test_what_no_tag_can_be_is_refused(tagged: None, run: Run, store: Store, line: str, code: int, reason: str) -> None:
    assert reason in refused(run, store, line, code=code)
