"""What goes out says what it lacks, and what cannot come back is refused before it harms anything."""

import csv
import hashlib
import json
from pathlib import Path

import pytest

DAMAGED = [
    ("sales", "on_date", "2026-13-40", "line 1 has '2026-13-40' as on_date"),
    ("sales", "currency", "zzz", "line 1 has 'zzz' as currency"),
    ("customers", "created_on", "2026-2-3", "line 1 has '2026-2-3' as created_on"),
]


def exported(run, folder: Path) -> Path:
    run("sell 180 Acme Menu -d 2026-01-31 --new", ok=True)
    run(["export", "all", "-o", str(folder)], ok=True)
    return folder


def edited(folder: Path, table: str, column: str, value: str) -> None:
    """Change a cell of the first row, and mend the checksum as a careful forger would."""
    path = folder / f"{table}.jsonl"
    lines = path.read_text().splitlines()
    lines[0] = json.dumps({**json.loads(lines[0]), column: value}, ensure_ascii=False, separators=(",", ":"))
    path.write_text("\n".join(lines) + "\n")
    manifest = json.loads((folder / "manifest.json").read_text())
    entry = next(each for each in manifest["files"] if each["table"] == table)
    entry["sha256"] = hashlib.sha256(path.read_bytes()).hexdigest()
    (folder / "manifest.json").write_text(json.dumps(manifest))


@pytest.mark.parametrize(("table", "column", "value", "said"), DAMAGED)
def test_what_no_calendar_and_nobody_has_is_refused_though_its_checksum_fits(run, tmp_path, table, column, value, said):
    folder = exported(run, tmp_path / "all")
    edited(folder, table, column, value)
    other = ["--db", str(tmp_path / "other.db")]
    run([*other, "init", "-y"], ok=True)
    refused = run([*other, "import", str(folder)])
    assert (refused.exit_code, refused.stdout) == (6, "")
    assert f"{table}.jsonl is damaged: {said}" in refused.stderr


def test_an_export_of_lines_is_not_taken_for_sales(run, rows, tmp_path):
    run("sell 180 Acme Menu --new", ok=True)
    run(["export", "lines", "-o", str(tmp_path / "lines.csv")], ok=True)
    for words in ((), ("--as", "sales")):
        refused = run(["import", str(tmp_path / "lines.csv"), *words])
        assert (refused.exit_code, refused.stdout) == (2, "")
        assert "lines.csv is an export of lines, which is for reading" in refused.stderr
    assert rows("SELECT count(*) FROM sales") == [["1"]]


def test_what_repeats_goes_out_as_one_and_a_column_says_how(run):
    run("sell 180 Acme Menu --every month -d 2026-01-31 --new", ok=True)
    run("edit s1 --price 200 --from 2026-05-01", ok=True)
    run("edit s1 --pause 2026-08-01", ok=True)
    run("edit s1 --until 2026-12-31", ok=True)
    out = run("export sales", ok=True)
    (sale,) = csv.DictReader(out.stdout.splitlines())
    assert sale["every"] == "month until 2026-12-31; 200.00 from 2026-05-01; paused from 2026-08-01"
    assert (sale["date"], sale["amount"], out.stderr) == ("2026-01-31", "180.00", "")
    assert "every" not in run("export deals", ok=True).stdout.splitlines()[0].split(",")


def test_half_of_a_zip_is_called_so(run, tmp_path):
    run("sell 180 Acme Menu --new", ok=True)
    run(["export", "all", "-o", str(tmp_path / "all.zip")], ok=True)
    whole = (tmp_path / "all.zip").read_bytes()
    (tmp_path / "cut.zip").write_bytes(whole[: len(whole) // 2])
    refused = run(["import", str(tmp_path / "cut.zip")])
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert "cut.zip is damaged or not complete" in refused.stderr


def test_the_tax_rate_of_a_product_goes_out_and_comes_back(run, tmp_path):
    run("product add Cheese 10 --tax 7", ok=True)
    text = run("export products", ok=True).stdout
    (tmp_path / "p.csv").write_text(text)
    assert "0 new, 0 changed, 1 same" in run(["import", str(tmp_path / "p.csv")], ok=True).stdout
    other = ["--db", str(tmp_path / "other.db")]
    run([*other, "init", "-y"], ok=True)
    run([*other, "import", str(tmp_path / "p.csv")], ok=True)
    assert run([*other, "export", "products"], ok=True).stdout == text


def test_a_task_of_ones_own_is_no_finding(run, rows, tmp_path):
    todo = "BEGIN:VTODO\r\nUID:t1\r\nSUMMARY:Tax return\r\nDUE;VALUE=DATE:20260520\r\nEND:VTODO\r\n"
    (tmp_path / "cal.ics").write_text(f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\n{todo}END:VCALENDAR\r\n")
    run(["import", str(tmp_path / "cal.ics"), "--to", "2030-01-01"], ok=True)
    assert rows("SELECT kind, customer_id FROM activities") == [["task", ""]]
    assert run("doctor").exit_code == 0
