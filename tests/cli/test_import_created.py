"""Nothing is created, and nothing is named as created, that no written row needs."""

from collections.abc import Callable
from typing import Any

import pytest

Run = Callable[..., Any]
HEADER = "id,title,customer,contact,product,stage,amount,owner,lost_reason,tags,field:colour\n"
FIRST = HEADER + "1,A,Acme,Ann,Tee,Lead,5,Mia,,x,\n2,B,Acme,,,Lead,5,,,,\n"
CHANGED = HEADER + "1,A,Newco,Newann,Newtee,Newstage,6,Newmia,newreason,newtag,red\n2,B,Acme,,,Lead,5,,,,\n"
NEW = "--new customers,products,stages"
NAMES = " UNION ALL ".join(
    f"SELECT name FROM {table}"
    for table in ("customers", "contacts", "products", "owners", "tags", "lost_reasons", "custom_fields", "stages")
)


@pytest.fixture
def names(run: Run, rows: Any) -> Callable[[], set[str]]:
    """Return what the book has, once the first file is in it."""
    run(f"import - --as deals {NEW}", stdin=FIRST, ok=True)
    return lambda: {name for (name,) in rows(NAMES)}


@pytest.mark.parametrize("words", ["", "-n", "-f json"])
def test_a_row_that_is_skipped_creates_nothing(run: Run, names: Callable[[], set[str]], words: str) -> None:
    before = names()
    result = run(f"import - --as deals {NEW} --on-conflict skip {words}", stdin=CHANGED, ok=True)
    assert "added" not in result.stdout
    assert '"created": []' in result.stdout or "json" not in words
    assert "6.00" not in result.stdout.partition("Columns")[0]  # nor does a rehearsal count its amount
    assert names() == before


def test_a_file_that_is_refused_for_what_changed_names_nothing_as_added(
    run: Run, names: Callable[[], set[str]]
) -> None:
    before = names()
    result = run(f"import - --as deals {NEW} --on-conflict fail -n", stdin=CHANGED)
    assert (result.exit_code, "added" in result.stdout) == (1, False)
    assert names() == before


def test_beside_new_rows_only_what_these_need_is_created(
    run: Run, names: Callable[[], set[str]], tmp_path: Any
) -> None:
    before = names()
    text = CHANGED + "3,C,Thirdco,,,Lead,5,,,,\n4,D,Fourthco,,Fourthtee,Fourthstage,x,Fourthmia,why,tag4,blue\n"
    result = run(f"import - --as deals {NEW} --on-conflict skip --rejects {tmp_path}/bad.csv", stdin=text)
    assert "1 new, 0 changed, 1 same, 1 rejected, 1 left out · added 1 customer: Thirdco ·" in result.stdout
    assert names() == before | {"Thirdco"}
    result = run(f"import - --as deals {NEW}", stdin=CHANGED, ok=True)  # what was skipped is still new to the book
    assert "1 changed, 1 same" in result.stdout
    assert "Newmia" in names()


def test_a_field_is_defined_by_the_first_row_that_fills_it(run: Run, names: Callable[[], set[str]]) -> None:
    assert "colour" not in names()
    result = run(f"import - --as deals {NEW}", stdin=FIRST + "3,C,Acme,,,Lead,5,,,,red\n", ok=True)
    assert "added 1 field: colour" in result.stdout


def test_names_of_changes_that_are_about_removed_deals_are_not_created(run: Run, rows: Any) -> None:
    run("import - --as deals", stdin="id,title,stage\n1,A,Lead\n2,B,Lead\n", ok=True)
    run("rm d1 -y", ok=True)
    text = "id,deal,date,stage,owner\nh1,1,2026-01-01,Deep,Zoe\nh2,2,2026-01-01,Lead,Mia\n"
    result = run("import - --as history --new stages", stdin=text, ok=True)
    assert "added 1 owner: Mia" in result.stdout
    assert "Deep" not in result.stdout
    assert rows("SELECT name FROM owners") == [["Mia"]]


def test_a_column_that_stays_as_edited_by_hand_creates_nothing(run: Run, names: Callable[[], set[str]]) -> None:
    for line in ("owner add Zoe", "customer add Other", "edit d1 --owner Zoe --customer Other"):
        run(line, ok=True)
    before = names()
    text = HEADER + "1,A,Newco,,Tee,Lead,7,Newmia,,x,\n2,B,Acme,,,Lead,5,,,,\n"
    result = run(f"import - --as deals {NEW}", stdin=text, ok=True)
    assert "kept as edited by hand: d1 customer, owner" in result.stdout
    assert "added" not in result.stdout
    assert names() == before
    assert "2 same" in run(f"import - --as deals {NEW}", stdin=text, ok=True).stdout
    run("undo", ok=True)


def test_a_new_contact_at_a_new_customer_keeps_both(run: Run, names: Callable[[], set[str]]) -> None:
    run("customer add Other", ok=True)
    run("edit d1 --customer Other", ok=True)
    text = HEADER + "1,A,Newco,Newann,Tee,Lead,5,Mia,,x,\n"
    run(f"import - --as deals {NEW}", stdin=text, ok=True)
    assert "finding" not in run("doctor").stdout
