from datetime import date

import pytest

from salestrack.services.scores import scored


@pytest.fixture
def people(run):
    run("field add customer size choice small large", ok=True)
    run("customer add Acme --segment Agency --source referral -t hot", ok=True)
    run("customer add Best --segment shop --field size=large", ok=True)
    run("customer add Cafe", ok=True)
    return run


def points(store, *keys) -> dict[int, int]:
    return {key: one.points for key, one in scored(store, keys, on=date(2026, 3, 18)).items()}


def test_points_come_from_fields_tags_and_activities(people, store):
    for line in (
        "segment=agency 20",
        "source=referral 10",
        "tag=hot 5",
        "field:size=large 15",
        "call 10 --half-life 30",
    ):
        people(f"score add {line}", ok=True)
    people("log call acme -d 2026-02-16", ok=True)
    people("log call acme", ok=True)
    people("log call cafe -d 2026-01-17", ok=True)
    assert points(store, 1, 2, 3) == {1: 20 + 10 + 5 + 15, 2: 15, 3: 2}
    reasons = scored(store, [1], on=date(2026, 3, 18))[1].reasons
    assert reasons == (("segment=agency", 20), ("source=referral", 10), ("tag=hot", 5), ("2 x call", 15))


def test_without_rules_there_is_no_score(people, store):
    assert points(store, 1, 2) == {}
    assert "Score" not in people("customer list", ok=True).stdout
    refused = people("deal list --sort score")
    assert (refused.exit_code, "no score to sort by" in refused.stderr) == (2, True)


def test_lists_show_the_score_and_are_sorted_by_it_whole_before_they_are_cut(people):
    people("score add segment=agency 20", ok=True)
    people("score add field:size=large 15", ok=True)
    for who in ("cafe", "best", "acme"):
        people(f"deal add 100 {who} {who}-deal", ok=True)
    assert "Score" in people("customer list", ok=True).stdout
    assert people("customer list --sort -score -f ids", ok=True).stdout.split() == ["c1", "c2", "c3"]
    assert people("deal list --sort -score --limit 2 -f ids", ok=True).stdout.split() == ["d3", "d2"]
    assert people("deal list --sort score --limit 1 -f ids", ok=True).stdout.split() == ["d1"]


def test_the_same_again_changes_the_points_and_rm_takes_them_away(people, rows):
    people("score add segment=agency 20", ok=True)
    assert "20 points -> 25 points" in people("score add SEGMENT=Agency 25", ok=True).stdout
    assert people("score add segment=agency 25").exit_code == 1
    assert "removed" in people("score rm segment=agency", ok=True).stdout
    assert rows("SELECT * FROM score_rules") == []
    people("undo", ok=True)
    assert rows("SELECT points FROM score_rules") == [["25"]]
    people("score rm 1", ok=True)


@pytest.mark.parametrize(
    ("line", "code", "hint"),
    [
        ("seg=agency 20", 2, "did you mean segment?"), ("foo 20", 2, "one of: call"), ("segment= 20", 2, ""),
        ("field:colour=red 5", 4, ""), ("segment=agency 0", 2, ""), ("segment=agency 9999", 2, ""),
        ("segment=agency 5 --half-life 3", 2, ""),
    ],
)  # fmt: skip
def test_what_gives_no_points_is_refused_and_nothing_is_written(people, rows, line, code, hint):
    refused = people(f"score add {line}")
    assert refused.exit_code == code, refused
    assert hint in refused.stderr
    assert rows("SELECT * FROM score_rules") == []


def test_points_may_be_taken_away(people, store):
    people(["score", "add", "segment=shop", "--", "-5"], ok=True)
    assert points(store, 1, 2) == {1: 0, 2: -5}


def test_more_customers_than_one_statement_takes_are_scored(people, store):
    people("score add call 1", ok=True)
    people("log call acme", ok=True)
    keys = [store.engine.insert("customers", {"name": f"C{n}", "key": f"c{n}", "created_op": 1}) for n in range(1100)]
    found = points(store, 1, *keys)
    assert (len(found), sum(found.values())) == (1101, 1)
