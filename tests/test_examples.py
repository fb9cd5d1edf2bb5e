"""Every example runs: the script on the CSV files beside it, and cron's lines with nothing but what cron gives them."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
from tests.sessions import ROOT

EXAMPLES = ROOT / "examples"
SCRIPT = EXAMPLES / "weekly-import.sh"
CRONTAB = EXAMPLES / "crontab.txt"
KINDS = ("customers", "products", "deals", "sales", "activities")
MONDAY = "2026-03-16T07:00"


@pytest.fixture
def programs(tmp_path: Path) -> Path:
    """Return a folder with the program, the script, and a sendmail that keeps what it is handed."""
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "salestrack").symlink_to(Path(sys.executable).parent / "salestrack")
    (folder / SCRIPT.name).symlink_to(SCRIPT)
    sendmail = folder / "sendmail"
    sendmail.write_text(f'#!/bin/sh\necho "$@" >"{tmp_path}/arguments"\ncat >"{tmp_path}/mail"\n')
    sendmail.chmod(0o755)
    return folder


@pytest.fixture
def exports(tmp_path: Path) -> Path:
    """Return a folder with last night's exports: the CSV files of the examples that the script reads."""
    folder = tmp_path / "exports"
    folder.mkdir()
    for kind in KINDS:
        if (EXAMPLES / f"{kind}.csv").exists():
            shutil.copy(EXAMPLES / f"{kind}.csv", folder)
    return folder


def shell(line: str, environment: Mapping[str, str]) -> subprocess.CompletedProcess[bytes]:
    """Run a line as cron does: by sh, with this environment alone and nobody to answer."""
    return subprocess.run(
        ["/bin/sh", "-c", line],
        check=False, env=dict(environment), stdin=subprocess.DEVNULL, capture_output=True, timeout=60,
    )  # fmt: skip


def cron_environment(book: Path, programs: Path) -> dict[str, str]:
    """Return what cron hands over, with the book and the programs of the test in place of sam's; there is no HOME."""
    names = dict(re.findall(r"^([A-Z_]+)=(.*)$", CRONTAB.read_text(encoding="utf-8"), re.MULTILINE))
    assert set(names) == {"SHELL", "PATH", "SALESTRACK_DB", "MAILTO", "CONTENT_TYPE"}
    return {
        "LANG": "C",
        "SHELL": names["SHELL"],
        "PATH": f"{programs}{os.pathsep}/usr/bin{os.pathsep}/bin",
        "SALESTRACK_DB": str(book),
        "SALESTRACK_TODAY": MONDAY,
    }


def cron_lines() -> list[str]:
    """Return the commands of the crontab as cron hands them to the shell."""
    found = []
    for line in CRONTAB.read_text(encoding="utf-8").splitlines():
        if not line or line.startswith("#") or re.match(r"[A-Z_]+=", line):
            continue
        *when, command = line.split(maxsplit=5)
        assert all(re.fullmatch(r"[\d*/,-]+", field) for field in when), line
        assert not re.search(r"(?<!\\)%", command), f"a bare % ends the command: {line}"
        found.append(command.replace(r"\%", "%"))
    return found


def is_plain(text: bytes) -> bool:
    """Say whether a text is UTF-8 without colour, other control characters, or a question."""
    return not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]|\[y/N\]", text.decode("utf-8"))


@pytest.fixture
def sold(run) -> None:
    """Sell something last week, to somebody whose name is not ASCII."""
    run("deal add 1200 'Café Zoë' Website --new -d 2026-03-02", ok=True)
    run("won d1 -d 2026-03-10", ok=True)


@pytest.mark.usefixtures("sold")
@pytest.mark.parametrize("line", cron_lines())
def test_a_cron_line_runs_with_an_empty_environment(line, book, programs, exports, tmp_path):
    done = shell(line.replace("/home/sam/exports", str(exports)), cron_environment(book, programs))

    assert (done.returncode, done.stderr.decode()) == (0, "")
    assert is_plain(done.stdout)
    assert bool(done.stdout) == (line == "salestrack report last-week")
    assert (tmp_path / "mail").exists() == ("sendmail" in line)


@pytest.mark.usefixtures("sold")
def test_the_mailed_report_has_its_headers_and_the_numbers(book, programs, tmp_path):
    (line,) = [line for line in cron_lines() if "sendmail" in line]
    shell(line, cron_environment(book, programs))
    head, _, body = (tmp_path / "mail").read_bytes().partition(b"\n\n")

    assert (tmp_path / "arguments").read_text() == "-t\n"
    assert b"Content-Type: text/plain; charset=utf-8" in head.splitlines()
    assert is_plain(body)
    assert "1,200.00" in body.decode()


def test_nothing_is_mailed_when_the_report_fails(programs, tmp_path):
    (line,) = [line for line in cron_lines() if "sendmail" in line]
    done = shell(line, cron_environment(tmp_path / "missing.db", programs))

    assert done.returncode == 6
    assert done.stderr.startswith(b"salestrack: there is no book")
    assert not (tmp_path / "mail").exists()


@pytest.fixture
def imported(book, programs, exports):
    """Return a call of the script on last night's exports."""

    def call() -> subprocess.CompletedProcess[bytes]:
        return shell(f"{SCRIPT.name} {exports}", cron_environment(book, programs))

    return call


def test_the_script_brings_every_file_in_and_a_second_time_nothing(imported, run):
    first = imported()
    book = [run(f"{noun} list -f csv").stdout for noun in ("customer", "product", "deal", "sale", "activity")]
    operations = run("history -f ids --limit 100").stdout
    second = imported()

    assert (first.returncode, first.stderr) == (0, b"")
    assert all(len(listed.splitlines()) > 1 for listed in book)
    assert second.returncode == 0
    assert [run(f"{n} list -f csv").stdout for n in ("customer", "product", "deal", "sale", "activity")] == book
    assert run("history -f ids --limit 100").stdout == operations


def test_rejected_rows_are_set_aside_and_the_other_files_still_come_in(imported, exports, run):
    file = exports / "deals.csv"
    lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
    lines[1] = lines[1].replace("2026-", "2026-99-", 1)
    file.write_text("".join(lines), encoding="utf-8")

    done = imported()

    assert done.returncode == 3
    assert b"some rows of deals.csv were set aside" in done.stderr
    assert (exports / "rejected" / "deals.csv").exists()
    assert run("activity list -f csv").stdout.count("\n") > 1


def test_rows_set_aside_before_go_in_once_mended_and_are_never_written_over(imported, exports, rows):
    file, aside = exports / "deals.csv", exports / "rejected"
    whole = file.read_text(encoding="utf-8")
    lines = whole.splitlines(keepends=True)
    for place in (1, 2):  # another row is bad the next time
        spoilt = [line.replace("2026-", "2026-99-", 1) if at == place else line for at, line in enumerate(lines)]
        file.write_text("".join(spoilt), encoding="utf-8")
        assert [imported().returncode for _ in range(2)] == [3, 3]
    first, second = aside / "deals.csv", aside / "deals-2.csv"
    assert sorted(path.name for path in aside.iterdir()) == [second.name, first.name]
    assert (lines[1][:8] in first.read_text(), lines[2][:8] in second.read_text()) == (True, True)

    file.write_text(whole, encoding="utf-8")
    first.write_text(first.read_text().replace("2026-99-", "2026-"))
    done = imported()
    assert (done.returncode, [path.name for path in aside.iterdir()]) == (3, ["deals-2.csv"])
    assert b"deals-2.csv is not mended yet" in done.stderr
    second.write_text(second.read_text().replace("2026-99-", "2026-"))
    assert (imported().returncode, list(aside.iterdir())) == (0, [])
    assert rows("SELECT count(*) FROM deals") == [[str(len(lines) - 1)]]


def test_a_file_that_cannot_be_read_stops_the_script(imported, exports, run):
    (exports / "deals.csv").write_bytes(b"\x00\x01\x02" * 100)

    done = imported()

    assert done.returncode not in {0, 3}
    assert b"stopped at deals.csv" in done.stderr
    assert run("customer list -f csv").stdout.count("\n") > 1
    assert run("activity list -f csv").stdout.count("\n") == 1


def test_every_file_among_the_examples_is_run_or_is_a_page():
    known = {SCRIPT.name, CRONTAB.name, "quotas.csv", *(f"{kind}.csv" for kind in KINDS)}

    sessions = [*(ROOT / "tests" / "golden").glob("*.test"), *(ROOT / "docs").glob("*.md")]
    played = "".join(path.read_text(encoding="utf-8") for path in sessions)
    idle = [
        path.name for path in EXAMPLES.iterdir() if path.name not in known and f"examples/{path.name}" not in played
    ]
    assert [name for name in idle if not name.endswith(".md")] == []


def test_the_quotas_among_the_examples_come_in(run):
    for kind in ("customers", "quotas"):
        run(["import", str(EXAMPLES / f"{kind}.csv"), "--as", kind], ok=True)

    assert (
        run("quota list -f csv").stdout.count("\n") == 1 + len((EXAMPLES / "quotas.csv").read_text().splitlines()) - 1
    )
