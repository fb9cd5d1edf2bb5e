"""A file imported again, as it was and as it is next week: exactly what is new, changed or gone is reported.

Of files with ids a row stays the same record whatever changes in it. Of files without, what identifies a row decides:
a sale or an activity is the whole of what its row says, so a changed row is another one; a deal, customer, contact,
product or quota goes by its name, so it is the same one while that stays.
"""

import csv
import io
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from salestrack.store.triggers import JOURNALLED

Run = Callable[..., Any]
ROWS = 40
ADDED, CHANGED, REMOVED = range(ROWS, ROWS + 10), range(0, 25, 5), (7, 8, 33)


class File(NamedTuple):
    """A file of a kind: its header, a row by its number, and what changes in some of them."""

    kind: str
    header: str
    row: Callable[[int], str]
    change: tuple[str, str]
    """A pattern and what takes its place."""


CUSTOMERS = ("Acme", "Zürich Öl", "O'Neil & Sons", '"Blue, Harbor"')


def who(n: int) -> str:
    return CUSTOMERS[n % len(CUSTOMERS)]


def day(n: int) -> str:
    return f"2025-{n % 12 + 1:02d}-{n % 28 + 1:02d}"


WITH_IDS = [
    File(
        "deals",
        "id,title,customer,stage,amount,created,closed",
        lambda n: (
            f"D{n},Deal {n},{who(n)},{'Won' if n % 3 else 'Lead'},{n + 100}.50,{day(n)},{'2026-01-10' if n % 3 else ''}"
        ),
        (r",(\d+)\.50,", r",\g<1>.75,"),
    ),
    File(
        "sales",
        "id,date,customer,product,quantity,amount",
        lambda n: f"S{n},{day(n)},{who(n)},Build,{n % 3 + 1},{n + 10}.00",
        (r"\.00$", ".25"),
    ),
    File(
        "activities",
        "id,date,kind,customer,note",
        lambda n: f"A{n},{day(n)},{'call' if n % 2 else 'email'},{who(n)},Talk {n}",
        (r"Talk (\d+)$", r"Long talk \1"),
    ),
    File(
        "customers",
        "id,name,segment,tags",
        lambda n: f"C{n},Customer {n},{'retail' if n % 2 else 'food'},",
        (r",(retail|food),", ",trade,"),
    ),
    File(
        "contacts",
        "id,name,customer,role",
        lambda n: f"N{n},Person {n},{who(n)},buyer",
        ("buyer", "owner"),
    ),
    File("products", "id,name,price", lambda n: f"P{n},Thing {n},{n + 5}.00", (r"\.00$", ".50")),
    File(
        "history",
        "id,deal,on,stage,amount",
        lambda n: f"H{n},d{n % 5 + 1},{day(n)},{('Lead', 'Qualified', 'Proposal')[n % 3]},{n + 100}",
        (r",(\d+)$", r",9\1"),
    ),
]
# Two equal rows are two sales: numbers 10 and 11 say the same, and so do 12 and 13.
WITHOUT_IDS = [
    File(
        "sales",
        "date,customer,product,quantity,amount",
        lambda n: (
            f"{day(n)},{who(n)},Build,{n % 3 + 1},{n + 10}.00"
            if n not in {11, 13}
            else f"{day(n - 1)},{who(n - 1)},Build,{(n - 1) % 3 + 1},{n + 9}.00"
        ),
        (r"\.00$", ".25"),
    ),
    File(
        "activities",
        "date,kind,customer,note",
        lambda n: f"{day(n)},{'call' if n % 2 else 'email'},{who(n)},Talk {n // 2}",
        (r"Talk", "Long talk"),
    ),
]
NAMED = [
    File(
        "deals",
        "title,customer,stage,amount,created",
        lambda n: f"Deal {n},{who(n)},Lead,{n + 100}.50,{day(n)}",
        (r"\.50,", ".75,"),
    ),
    File("customers", "name,segment", lambda n: f"Customer {n},food", ("food", "trade")),
    File("contacts", "name,customer,email,role", lambda n: f"Person {n},{who(n)},p{n}@x.example,buyer", ("buyer", "owner")),
    File("products", "sku,name,price", lambda n: f"T-{n},Thing {n},{n + 5}.00", (r"\.00$", ".50")),
    File("quotas", "owner,metric,period,target", lambda n: f"Ana,revenue,{2026 + n // 12}-{n % 12 + 1:02d},{n + 1}000", ("000$", "500")),
]  # fmt: skip


@pytest.fixture
def ready(run: Run, tmp_path: Path) -> Run:
    """Return a call on a book with a product, an owner and the deals that a history is about."""
    run("product add Build 10", ok=True)
    run("owner add Ana", ok=True)
    deals = "id,title,stage\n" + "".join(f"T{n},About {n},Proposal\n" for n in range(5))
    run("import - --as deals", stdin=deals, ok=True)
    return run


def whole(rows: Any) -> dict[str, list[list[str]]]:
    return {table: rows(f"SELECT * FROM {table} ORDER BY id") for table in JOURNALLED}


def text_of(file: File, numbers: Any, changed: Any = ()) -> str:
    pattern, instead = file.change
    lines = [re.sub(pattern, instead, file.row(n)) if n in changed else file.row(n) for n in numbers]
    return "\n".join([file.header, *lines]) + "\n"


def next_week(file: File) -> str:
    """Return the file with 10 rows added, 5 changed and 3 removed."""
    numbers = [n for n in (*ADDED[:4], *range(ROWS), *ADDED[4:]) if n not in REMOVED]
    return text_of(file, numbers, CHANGED)


def bring(run: Run, file: File, text: str, *words: str) -> dict[str, Any]:
    line = ["import", "-", "--as", file.kind, "--source", "crm", "--new", "customers", *words, "-f", "json"]
    answer = json.loads(run(line, stdin=text, ok=True).stdout)
    counts = answer["rows"][0]
    parts = ("new", "changed", "same", "rejected", "left_out")
    assert counts["read"] == sum(counts[part] for part in parts)
    return {**{part: counts[part] for part in parts}, "gone": answer["no_longer_in_file"]}


def named(files: list[File]) -> Any:
    return pytest.mark.parametrize("file", files, ids=lambda file: file.kind)


def same_twice(run: Run, rows: Any, file: File) -> None:
    """Import a file twice: the second time nothing changes, and no import is recorded."""
    first = bring(run, file, text_of(file, range(ROWS)))
    assert (first["new"], first["changed"], first["same"], first["gone"]) == (ROWS, 0, 0, None)
    before = whole(rows), rows("SELECT count(*) FROM operations"), rows("SELECT * FROM imports")
    for words in ((), ("--full",)):
        again = bring(run, file, text_of(file, range(ROWS)), *words)
        assert (again["new"], again["changed"], again["same"]) == (0, 0, ROWS)
        assert again["gone"] == ({"count": 0, "refs": []} if words else None)
    assert (whole(rows), rows("SELECT count(*) FROM operations"), rows("SELECT * FROM imports")) == before


@named([*WITH_IDS, *NAMED])
def test_what_has_a_name_of_its_own_is_reported_exactly_and_nothing_is_deleted(
    ready: Run, rows: Any, file: File
) -> None:
    same_twice(ready, rows, file)
    table = {"history": "import_keys WHERE kind = 'history'"}.get(file.kind, file.kind)
    before = int(rows(f"SELECT count(*) FROM {table}")[0][0])
    rehearsed = bring(ready, file, next_week(file), "--full", "-n")
    found = bring(ready, file, next_week(file), "--full")
    assert (found["new"], found["changed"], found["same"]) == (10, 5, ROWS - 5 - 3)
    assert found["gone"]["count"] == 3
    assert rehearsed == found
    assert int(rows(f"SELECT count(*) FROM {table}")[0][0]) == before + 10
    again = bring(ready, file, next_week(file))
    assert (again["new"], again["changed"], again["gone"]) == (0, 0, None)


@named(WITHOUT_IDS)
def test_what_is_all_that_its_row_says_is_another_one_when_the_row_changes(ready: Run, rows: Any, file: File) -> None:
    same_twice(ready, rows, file)
    before = int(rows(f"SELECT count(*) FROM {file.kind}")[0][0])
    found = bring(ready, file, next_week(file), "--full")
    assert (found["new"], found["changed"], found["same"]) == (15, 0, ROWS - 8)
    assert found["gone"]["count"] == 8
    assert int(rows(f"SELECT count(*) FROM {file.kind}")[0][0]) == before + 15


def test_a_deal_without_an_id_is_another_one_when_what_names_it_changes(ready: Run, rows: Any) -> None:
    file = NAMED[0]._replace(change=("^Deal", "Big deal"))
    same_twice(ready, rows, file)
    found = bring(ready, file, next_week(file), "--full")
    assert (found["new"], found["changed"], found["gone"]["count"]) == (15, 0, 8)


def test_what_is_gone_is_named_and_of_many_the_first_five(ready: Run) -> None:
    file = WITH_IDS[0]
    bring(ready, file, text_of(file, range(ROWS)))
    kept = [n for n in range(ROWS) if n not in REMOVED]
    line = "import - --as deals --source crm --full"
    said = ready(line, stdin=text_of(file, kept), ok=True).stdout
    assert (
        said == "standard input: 37 deals read · 0 new, 0 changed, 37 same · 3 no longer in the file: d13, d14, d39\n"
    )
    said = ready(f"{line} -n", stdin=text_of(file, range(30, ROWS)), ok=True).stdout
    assert "30 no longer in the file: d6, d7, d8, d9, d10, ...\n" in said
    assert "to do it: salestrack import - --as deals --full --source crm\n" in said
    assert ready(line, stdin=text_of(file, range(ROWS)), ok=True).stdout.endswith(" · 0 no longer in the file\n")


def test_gone_is_only_what_this_source_brought_of_this_kind_and_what_is_still_there(ready: Run, rows: Any) -> None:
    file = WITH_IDS[3]
    bring(ready, file, text_of(file, range(6)))
    ready("import - --as customers --source shop", stdin="id,name\nX,Other\n", ok=True)
    ready("customer add 'By Hand'", ok=True)
    for line in ("rm c1 -y", "customer merge c2 c3 -y"):
        ready(line, ok=True)
    found = bring(ready, file, text_of(file, [1, 4, 5]), "--full")
    assert found["gone"] == {"count": 1, "refs": ["c4"]}, "c1 was removed by hand, c3 became a part of c2"


def test_a_row_that_cannot_be_read_is_in_the_file(ready: Run, tmp_path: Path) -> None:
    file = WITH_IDS[1]
    bring(ready, file, text_of(file, range(10)))
    text = text_of(file, range(9)).replace("15.00", "l5.OO")
    result = ready(
        ["import", "-", "--as", "sales", "--source", "crm", "--full", "--rejects", f"{tmp_path}/bad.csv"], stdin=text
    )
    assert (result.exit_code, "1 rejected" in result.stdout) == (3, True)
    assert "1 no longer in the file: s10" in result.stdout
    assert result.stderr.endswith("hint: mend them there, then import that file with the same options but --full\n")


def test_several_files_of_a_source_are_whole_together(ready: Run, tmp_path: Path) -> None:
    file = WITH_IDS[1]
    for name, numbers in (("jan.csv", range(5)), ("feb.csv", range(5, 10))):
        (tmp_path / name).write_text(text_of(file, numbers))
    line = f"import {tmp_path}/jan.csv {tmp_path}/feb.csv --as sales --source crm --new customers --full"
    first = ready(line, ok=True).stdout
    assert first.count("no longer in the file") == 1
    assert "0 no longer in the file" in first
    (tmp_path / "feb.csv").write_text(text_of(file, range(7, 10)))
    assert "2 no longer in the file: s6, s7" in ready(line, ok=True).stdout


def test_equal_rows_are_separate_sales_and_older_rows_added_bring_exactly_those(ready: Run, rows: Any) -> None:
    file = WITHOUT_IDS[0]
    march = [n for n in range(ROWS) if n % 2]
    bring(ready, file, text_of(file, march))
    older = [n for n in range(ROWS) if not n % 2]
    found = bring(ready, file, text_of(file, [*older, *march]))
    assert (found["new"], found["changed"], found["same"]) == (len(older), 0, len(march))
    reader = csv.DictReader(io.StringIO(text_of(file, range(ROWS))))
    wanted = sorted((row["date"], row["amount"].replace(".", "")) for row in reader)
    assert sorted(map(tuple, rows("SELECT on_date, amount FROM sales"))) == wanted


@pytest.mark.parametrize("times", [2, 3, 7])
def test_a_row_that_comes_more_often_than_before_is_that_many_more_sales(ready: Run, rows: Any, times: int) -> None:
    line = "2026-01-05,Acme,Build,1,10.00\n"
    file = WITHOUT_IDS[0]
    bring(ready, file, f"{file.header}\n{line}")
    found = bring(ready, file, f"{file.header}\n{line * times}", "--full")
    assert (found["new"], found["same"], found["gone"]["count"]) == (times - 1, 1, 0)
    fewer = bring(ready, file, f"{file.header}\n{line * (times - 1)}", "--full")
    assert (fewer["new"], fewer["same"], fewer["gone"]["count"]) == (0, times - 1, 1)
    assert rows("SELECT count(*) FROM sales") == [[str(times)]]


@pytest.mark.real_data
def test_a_real_export_of_next_week_brings_exactly_what_is_new_changed_and_gone(
    run: Run, real_data: Path, tmp_path: Path, rows: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SALESTRACK_TODAY", "2017-12-31")
    file = tmp_path / "sales_pipeline.csv"
    header, *lines = (real_data / "maven-crm" / "sales_pipeline.csv").read_bytes().decode().splitlines(keepends=True)
    line = f"import {file} --as deals --map entered:Engaging=engage_date --map created=engage_date "
    line += "--new customers,products,stages --full -f json"
    won = [at for at, text in enumerate(lines[:3000]) if ",Won," in text][:5]
    file.write_text(header + "".join(lines[:3000]), newline="")
    run(line, ok=True)
    for at in won:
        lines[at] = re.sub(r",\d+\r\n$", ",123456\r\n", lines[at])
    week = [text for at, text in enumerate(lines[:3010]) if at not in {700, 1500, 2999}]
    file.write_text(header + "".join(week), newline="")
    answer = json.loads(run(line, ok=True).stdout)
    counts = answer["rows"][0]
    assert (counts["new"], counts["changed"], counts["same"]) == (10, 5, 2992)
    assert answer["no_longer_in_file"] == {"count": 3, "refs": ["d701", "d1501", "d3000"]}
    assert rows("SELECT count(*) FROM deals") == [["3010"]]
