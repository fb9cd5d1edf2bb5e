"""What a seller reads when a file cannot go in: file, line, column, the cell as it was, and what would be accepted."""

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]
AMOUNT = "is not an amount; write it like 1200, 1,200.50, 1.5k or 1200eur"
DATE = "write it like 2026-03-01, or say how: --date-format dmy, mdy or a pattern like %d.%m.%Y"
STAGES = "Lead, Qualified, Proposal, Negotiation, Won, Lost"

# kind, header, row, what is said of line 2 behind its number
FAULTS = [
    ("deals", "id,stage", "1,Ledd", f"stage 'Ledd': no stage is called that; known: {STAGES}; did you mean Lead? --value 'stage:Ledd=Lead'"),
    ("deals", "id,stage", "1,Xyz", f"stage 'Xyz': no stage is called that; known: {STAGES}; --new stages adds open ones"),
    ("deals", "id,stage", "1,", f"stage '': the stage is blank; write one of: {STAGES}"),
    ("deals", "id,stage", ",Lead", "id '': the id is blank; where rows have none: --map id="),
    ("deals", "id,stage,amount", "1,Lead,5O0", f"amount '5O0': {AMOUNT}"),
    ("deals", "id,stage,amount", "1,Lead,1.200", "amount '1.200': "),
    ("deals", "id,stage,amount", "1,Lead,-5", "amount '-5': is negative; write it without the minus"),
    ("deals --cents", "id,stage,amount", "1,Lead,12.00", "amount '12.00': is not a whole number of cents; write 12.00 like 1200"),
    ("deals", "id,stage,amount,currency", "1,Lead,$5,EUR", "amount '$5': is in USD, and the row in EUR"),
    ("deals", "id,stage,amount,currency", "1,Lead,5,Euro", "currency 'Euro': "),
    ("deals", "id,stage,probability", "1,Lead,0.4", "probability '0.4': is not an integer percentage from 0 to 100; write it like 40"),
    ("deals", "id,stage,created", "1,Lead,5/6/2026", "created '5/6/2026': could be 5 June 2026 or 6 May 2026; say which: --date-format dmy for 5 June, mdy for 6 May"),
    ("deals", "id,stage,created", "1,Lead,soon", f"created 'soon': is not a date that can be read; {DATE}"),
    ("deals", "id,stage,created", "1,Lead,2026-02-30", f"created '2026-02-30': is no day of the calendar; {DATE}"),
    ("deals", "id,stage,created", "1,Lead,1026-02-03", "created '1026-02-03': lies outside of "),
    ("deals --date-format dmy", "id,stage,created", "1,Lead,12/31/2026",
     "created '12/31/2026': is no day of the calendar; with --date-format mdy it is 31 December 2026"),
    ("deals --date-format %d-%b-%y", "id,stage,created", "1,Lead,31/12/26",
     "created '31/12/26': is not a date that can be read; --date-format says %d-%b-%y: write it like 31-Dec-24 or 2024-12-31"),
    ("deals", "id,stage,customer", "1,Lead,Acmee",
     "customer 'Acmee': no customer goes by that name; did you mean Acme? --value 'customer:Acmee=Acme'; --new customers adds those that are missing"),
    ("deals", "id,stage,customer", "1,Lead,two", "customer 'two': could be Blue (c2), Red (c3); write the id"),
    ("deals", "id,stage,product", "1,Lead,Biuld", "product 'Biuld': no product goes by that name; did you mean Build? --value 'product:Biuld=Build'; "),
    ("deals", "id,stage,quantity,product", "1,Lead,some,Build", "quantity 'some': is not a number of pieces; write it like 3 or 2.5"),
    ("deals", "id,stage,quantity,product", "1,Lead,0,Build", "quantity '0': is none at all; leave it blank where it is not known"),
    ("deals", "id,stage,title", f"1,Lead,{'x' * 1001}", "title 'xxx"),
    ("deals", "id,stage", "1,Lead,more", ": has 3 cells, and the header 2; a cell with a comma in it needs quotes"),
    ("sales", "id,date,amount", "1,2026-01-05,", "amount '': is blank; a sale needs its amount"),
    ("sales", "id,date,amount,refund of", "1,2026-01-05,-5,S9", "refund of 'S9': no sale goes by that: an id of this source, an id like s12, or a reference"),
    ("sales", "id,date,amount,deal", "1,2026-01-05,5,D9", "deal 'D9': no deal goes by that: write an id like d12, a title of the row's customer, or the id that it has in csv"),
    ("sales", "id,date,gross,tax", "1,2026-01-05,5,", "tax '': the tax is blank, so the net amount is unknown; write 0 where there is none"),
    ("sales", "id,date,amount", "1,2025-12-31,5", "date '2025-12-31': the books are closed until 2025-12-31; salestrack config set closed-until DATE opens them"),
    ("activities", "id,date,kind", "1,2026-01-05,fax", "kind 'fax': no kind of activity is called that; known: "),
    ("activities", "id,date,kind,time", "1,2026-01-05,call,25:00", "time '25:00': is not a time of day; write it like 14:30"),
    ("activities", "id,date,kind,duration", "1,2026-01-05,call,long", "duration 'long': "),
    ("activities", "id,date,kind,direction", "1,2026-01-05,call,up",
     "direction 'up': is neither in nor out; write one of them, or say: --value 'direction:up=in'"),
    ("activities", "id,date,kind,done", "1,2026-01-05,call,perhaps",
     "done 'perhaps': is neither yes nor no; write one of them, or say: --value 'done:perhaps=yes'"),
    ("customers", "name", '"  "', ""),
    ("customers", "name,segment", ",retail", "name '': a customer needs a name"),
    ("quotas", "period,target", "2026Q9,5", "period '2026Q9': "),
    ("quotas", "period,target", "2026Q1,", "target '': a quota needs its target"),
    ("quotas", "metric,period,target", "smiles,2026Q1,5", "metric 'smiles': is none of revenue, won, calls, meetings"),
    ("history", "id,deal,on,stage", "1,,2026-01-05,Lead", "deal '': is blank; a change needs its deal"),
]  # fmt: skip
LAST = "salestrack: nothing was written: 1 of 1 row cannot go in"


@pytest.fixture
def ready(run: Run) -> Run:
    """Return a call on a book in which two customers go by one alias, and the books of last year are closed."""
    for line in (
        "customer add Acme", "customer add Blue --alias two", "customer add Red", "product add Build 5",
        "config set closed-until 2025-12-31",
    ):  # fmt: skip
        run(line, ok=True)
    run("import - --as customers --source x", stdin="id,name,alias\nR,Red,two\n", ok=True)
    return run


def test_every_fault_names_file_line_column_cell_and_what_would_be_accepted(ready: Run, tmp_path: Path) -> None:
    file = tmp_path / "my export.csv"
    wrong = []
    for asked, header, row, expected in FAULTS:
        file.write_text(f"{header}\n{row}\n")
        kind, *words = asked.split(" ")
        if not expected:
            assert "1 left out" in ready(["import", str(file), "--as", kind, *words], ok=True).stdout
            continue
        result = ready(["import", str(file), "--as", kind, *words])
        first, *rest = result.stderr.splitlines()
        where = "line 2" if expected.startswith(":") else "line 2, "
        if not (first.startswith(f"my export.csv: {where}{expected}") and rest[0] == LAST and result.exit_code == 1):
            wrong.append((expected, result.stderr))
    assert wrong == []


@pytest.mark.parametrize(
    ("data", "words", "sentence", "hint"),
    [
        (b"", "", "f.csv is empty", ""),
        (b"id,stage\n1,\x00\n", "", "f.csv is not a text file: line 2 holds a NUL byte", "--encoding utf-16-le"),
        (b"PK\x03\x04\0\0", "", "f.csv is not a text file: line 1 holds a NUL byte", "a workbook is saved as CSV first"),
        ("id,stage,customer\n1,Lead,Café Größe\n".encode("cp1252"), "", "f.csv is not UTF-8: line 2 holds other bytes", "--encoding cp12"),
        (b'id,stage\n1,"Lead\n2,Lead\n', "", "f.csv: a quote opened on line 2 is never closed", "look at the quotes"),
        (b'id,stage\n1,"Le"ad\n', "", "f.csv: line 2 cannot be read: ", "look at the quotes"),
        (b"id,title\n1,x\n", "", "deals need a column for stage, and no header of the file names one", "--map stage=COLUMN"),
        (b"id,id,stage\n1,2,Lead\n", "", "columns #1 and #2 are both called 'id'", "--map id=#1, or --map id= for neither"),
        (b"id,stage\n1,Lead\n", "--map amount=Total", "the file has no column 'Total'", "it has: id, stage"),
        (b"id,stage\n1,Lead\n", "--map amuont=stage", "deals have no field 'amuont'", "did you mean amount?"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_read_at_all_is_named_with_the_line_and_a_way_out(
    ready: Run, tmp_path: Path, data: bytes, words: str, sentence: str, hint: str
) -> None:
    (tmp_path / "f.csv").write_bytes(data)
    result = ready(f"import {tmp_path}/f.csv --as deals {words}")
    assert (result.exit_code in {1, 2}, result.stdout) == (True, "")
    assert result.stderr.startswith(f"salestrack: {sentence}"), result.stderr
    assert hint in result.stderr.partition("\nhint: ")[2]


def test_several_faults_of_a_row_all_stand_in_the_file_of_rejects_which_comes_in_when_mended(
    ready: Run, tmp_path: Path, rows: Any
) -> None:
    file, bad = tmp_path / "f.csv", tmp_path / "bad.csv"
    faults = [case for case in FAULTS if case[0] == "deals" and case[2].count(",") == case[1].count(",")]
    names = sorted({name for _, header, _, _ in faults for name in header.split(",")})
    with file.open("w", newline="") as out:
        writer = csv.DictWriter(out, names, restval="")
        writer.writeheader()
        for number, (_, header, row, _) in enumerate(faults):
            cells = dict(zip(header.split(","), row.split(","), strict=True))
            writer.writerow({"stage": "Lead", **cells, "id": cells["id"] and number})
        writer.writerow({"id": "good", "stage": "Lead"})
        writer.writerow({"id": "two", "stage": "Nope", "amount": "x"})
    result = ready(f"import {file} --as deals --rejects {bad}")
    assert result.exit_code == 3
    assert f"1 new, 0 changed, 0 same, {len(faults) + 1} rejected" in result.stdout
    with bad.open(newline="") as text:
        rejected = list(csv.DictReader(text))
    assert [int(row["_line"]) for row in rejected] == [*range(2, len(faults) + 2), len(faults) + 3]
    assert "stage: no stage is called that" in rejected[-1]["_error"]
    assert "; amount: is not an amount" in rejected[-1]["_error"]

    for number, row in enumerate(rejected):
        row.update(dict.fromkeys(names, "") | {"id": row["id"] or f"m{number}", "stage": "Lead"})
    with bad.open("w", newline="") as out:
        writer = csv.DictWriter(out, rejected[0].keys())
        writer.writeheader()
        writer.writerows(rejected)
    assert f"{len(faults) + 1} new" in ready(f"import {bad} --as deals", ok=True).stdout
    assert rows("SELECT count(*) FROM deals") == [[str(len(faults) + 2)]]


def test_of_many_files_the_one_with_the_fault_is_named_and_programs_are_told_the_same(
    ready: Run, tmp_path: Path
) -> None:
    for name, stage in (("a.csv", "Lead"), ("b.csv", "Nope")):
        (tmp_path / name).write_text(f"id,stage\n{name},{stage}\n")
    line = f"import {tmp_path}/a.csv {tmp_path}/b.csv --as deals"
    said = ready(line).stderr.splitlines()
    assert said[0].startswith("b.csv: line 2, stage 'Nope': no stage is called that; known: ")
    assert said[1] == "salestrack: nothing was written: 1 of 1 row of b.csv cannot go in"
    error = json.loads(ready(f"{line} -f json").stderr)
    assert [(fault["line"], fault["column"], fault["cell"]) for fault in error["details"]["faults"]] == [
        (2, "stage", "Nope")
    ]


def test_rows_that_changed_under_on_conflict_fail_are_no_faults_and_nothing_is_set_aside(
    ready: Run, tmp_path: Path
) -> None:
    line = f"import - --as deals --on-conflict fail --rejects {tmp_path}/bad.csv"
    ready(line, stdin="id,stage,amount\n1,Lead,5\n", ok=True)
    result = ready(line, stdin="id,stage,amount\n1,Lead,6\n2,Nope,5\n")
    assert (result.exit_code, (tmp_path / "bad.csv").exists()) == (1, False)
    assert "line 2: changed since its last import: amount of d1" in result.stderr
    assert "hint: --on-conflict update takes what the file says, skip leaves them" in result.stderr


def test_a_stage_that_only_rejected_rows_name_is_not_made_and_shifts_no_other(
    ready: Run, tmp_path: Path, rows: Any
) -> None:
    text = "id,stage,amount\n1,First,x\n2,Second,5\n3,Third,6\n4,Fourth,x\n5,Fifth,7\n"
    result = ready(f"import - --as deals --new stages --rejects {tmp_path}/bad.csv", stdin=text)
    assert (result.exit_code, "added 3 stages" in result.stdout) == (3, True)
    found = rows("SELECT d.amount, s.name FROM deals d JOIN stages s ON s.id = d.stage_id ORDER BY d.id")
    assert found == [["500", "Second"], ["600", "Third"], ["700", "Fifth"]]
