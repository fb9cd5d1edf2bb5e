"""Whatever a file holds, nothing of it steers the terminal, and no message grows with its cells."""

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]
RED = "\x1b[31mRED\x1b[0m\x07"
TURNED = "a\u202eb"
LONG = "x" * 300


def write(path: Path, *rows: list[str]) -> Path:
    with path.open("w", newline="") as out:
        csv.writer(out).writerows(rows)
    return path


def is_clean(*texts: str) -> bool:
    """Say whether texts hold nothing but lines of what can be seen."""
    return all(line.isprintable() for text in texts for line in text.split("\n"))


TABLES = [
    ("deals", ["title", "stage\nof it", f"amount {LONG[:70]}", "🙂", RED], ["A", "Lead", "5", "z", RED], "--map stage=#2"),
    ("deals", ["title", "stage\nof it", f"amount {LONG[:70]}", "🙂", RED], ["A", "Lead", "x", "z", RED], "--map stage=#2 --map amount=#3"),
    ("deals", ["title", "stage", f"{RED}amount"], [RED, f"Le{RED}", f"5{RED}"], "--map amount=#3"),
    ("deals", ["title", "stage", RED, LONG], ["A", LONG, "", ""], "--map customer=#9"),
    ("sales", ["date", "amount", "customer", "product"], [RED, RED, RED, RED], "--new customers,products"),
    ("sales", ["date", "amount", "customer", "product", "tags"], ["2026-01-01", "5", TURNED, TURNED, TURNED], "--new customers,products"),
    ("activities", ["date", "kind", "direction", "done"], ["2026-01-01", RED, LONG, TURNED], ""),
    ("quotas", ["period", "target", "metric"], [RED, LONG, TURNED], ""),
    ("history", ["deal", "date", "stage"], [RED, RED, RED], ""),
    ("customers", ["name", "email", f"field:{RED}"], ["Ann", RED, RED], ""),
]  # fmt: skip


@pytest.mark.parametrize("rehearsed", ["", "-n"])
@pytest.mark.parametrize(("kind", "header", "cells", "words"), TABLES, ids=[f"{n:02}" for n in range(len(TABLES))])
def test_headers_and_cells_are_shown_on_one_line_cut_and_harmless(
    run: Run, tmp_path: Path, kind: str, header: list[str], cells: list[str], words: str, rehearsed: str
) -> None:
    file = write(tmp_path / "f.csv", header, cells)
    result = run(f"import {file} --as {kind} {words} {rehearsed}")
    assert is_clean(result.stdout, result.stderr)
    assert LONG[:100] not in result.stdout + result.stderr
    assert "unexpected" not in result.stderr


def test_what_came_in_is_harmless_wherever_it_is_shown(run: Run, tmp_path: Path) -> None:
    header = ["date", "amount", "customer", "title", "ref", "channel", "product", "note", "owner", "tags"]
    cells = ["2026-01-01", "5", TURNED, f"T{RED}", f"R{RED}", f"C{RED}", TURNED, f"N{RED}", TURNED, TURNED]
    file = write(tmp_path / f"f{TURNED}.csv", header, cells)
    told = [run(["import", str(file), "--as", "sales", "--new", "customers,products"], ok=True)]
    told += [
        run(line, ok=True)
        for line in (
            "customer list",
            "sale list all",
            "show s1",
            "show c1",
            "show i1",
            "show p1",
            "product list",
            "owner list",
            "tag list",
            "report revenue all --by product",
            "report revenue all --by channel",
            "report revenue all --by customer -f md",
            "find N",
            "history",
            "import list",
            "today",
            "sale list all -f json",
            "undo",
        )
    ]
    assert all(is_clean(result.stdout, result.stderr) for result in told)


def test_names_and_subjects_of_mails_and_meetings_are_harmless(run: Run, tmp_path: Path) -> None:
    (tmp_path / "b.mbox").write_text(
        f'From x Thu Jan  1 00:00:00 2026\nFrom: "Eve {RED}" <eve@evil.example>\nTo: me@me.example\nSubject: Hi {RED}\n'
        f"Date: Tue, 10 Mar 2026 10:00:00 +0000\nMessage-ID: <1{RED}@x>\n\nbody {RED}\n\n"
        f"From x Thu Jan  1 00:00:00 2026\nFrom: =?utf-8?B?G1szMW1FVklM?= <e@evil.example>\nTo: me@me.example\n"
        f"Subject: =?utf-8?B?G1szMW1FVklM?=\nDate: {RED}\nMessage-ID: <2@x>\n\nbody\n"
    )
    (tmp_path / "c.ics").write_text(
        "BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:x\nBEGIN:VEVENT\nUID:1\nDTSTART:20260310T100000Z\n"
        f'SUMMARY:Meet {RED}\nATTENDEE;CN="Bob {RED}":mailto:bob@evil.example\nEND:VEVENT\nBEGIN:VEVENT\nUID:2\n'
        f"DTSTART;TZID=Mars/{RED}:20260310T100000\nSUMMARY:Zone {RED}\nEND:VEVENT\nEND:VCALENDAR\n"
    )
    told = [run(f"import {tmp_path}/b.mbox --me me@me.example"), run(f"import {tmp_path}/c.ics")]
    told += [
        run(f"import {tmp_path}/{name} --me me@me.example --new customers --bodies") for name in ("b.mbox", "c.ics")
    ]
    told += [
        run(line, ok=True)
        for line in ("activity list", "customer list", "show a1", "find Hi", "history", "report activity")
    ]
    assert all(is_clean(result.stdout, result.stderr) for result in told)
    assert "skipped" in told[0].stderr
