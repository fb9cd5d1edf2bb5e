"""Two entries of one record: only what is empty is filled, and what differs is told."""

from salestrack.domain.merging import combined

MINE = {"email": None, "phone": "1", "note": None, "created_on": "2026-02-01", "fields": "{}", "source": "web"}
COLUMNS = tuple(MINE)


def both(mine: dict[str, object], theirs: dict[str, object]) -> tuple[dict[str, object], dict[str, object]]:
    empty = {**dict.fromkeys(COLUMNS), "fields": "{}"}
    return combined({**MINE, **mine}, {**empty, **theirs}, COLUMNS)


def test_an_empty_column_takes_what_the_other_knows():
    assert both({}, {"email": "a@x.org"}) == ({"email": "a@x.org"}, {})


def test_a_column_that_both_know_stays_and_is_told():
    assert both({}, {"phone": "2", "source": "web"}) == ({}, {"phone": ("1", "2")})


def test_what_the_other_does_not_know_changes_nothing():
    assert both({"note": "kept"}, {}) == ({}, {})


def test_notes_are_joined_and_never_lost():
    assert both({"note": "old"}, {"note": "new"}) == ({"note": "old\nnew"}, {})
    assert both({"note": "same"}, {"note": "same"}) == ({}, {})


def test_of_two_days_of_creation_the_earlier_stays():
    assert both({}, {"created_on": "2026-01-01"}) == ({"created_on": "2026-01-01"}, {})
    assert both({}, {"created_on": "2026-03-01"}) == ({}, {})


def test_each_custom_field_is_a_column_of_its_own():
    changes, differing = both(
        {"fields": '{"size": 4, "city": ""}'}, {"fields": '{"size": 5, "city": "Rome", "vip": true}'}
    )
    assert changes == {"fields": '{"city": "Rome", "size": 4, "vip": true}'}
    assert differing == {"size": (4, 5)}
