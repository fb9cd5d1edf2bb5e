"""The measurements and their table: python -m benchmarks [--quick | --size N] [--only NAME,NAME]."""

import argparse
import os
import platform
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from datetime import date
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks import sections
from benchmarks.sections import Bench, Result
from benchmarks.timing import FailedError, environment

ROOT = Path(__file__).parent.parent
SMALL, BIG, QUICK = 10_000, 1_000_000, 100_000
SECTIONS = {
    "start": sections.start,
    "record": sections.record,
    "look": sections.look,
    "report": sections.report,
    "import": sections.bring_in,
}
_COUNTS = (
    ("deals", "deals"),
    ("open", "deals WHERE status = 'open'"),
    ("versions", "deal_history"),
    ("activities", "activities"),
    ("sales", "sales"),
    ("customers", "customers"),
)


def main() -> int:
    """Measure, print the table, and return the exit code: 1 when something could not be measured, 130 when stopped."""
    asked = _arguments()
    folder: Path = asked.folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    start = time.perf_counter()
    try:
        with TemporaryDirectory(prefix="run-", dir=folder) as scratch:
            failed = _measure(asked, folder, Path(scratch))
    except KeyboardInterrupt:
        print("\nstopped")
        return 130
    except FailedError as error:
        print(f"cannot begin: {error}")
        return 1
    print(f"\nall in {time.perf_counter() - start:.0f} s")
    return 1 if failed else 0


def _measure(asked: argparse.Namespace, folder: Path, scratch: Path) -> bool:
    """Make the books, run the sections that are asked for, and say whether any measurement failed."""
    _print_machine()
    bench = Bench(scratch=scratch, env=environment(scratch), size=asked.size, small=min(SMALL, asked.size // 10))
    bench.today = asked.today.isoformat()
    bench.make = lambda what, deals: _made(folder, bench, what, deals, asked.seed)
    failed = False
    print(f"\n{'':<58}{'measured':>10}  {'aim':<10}")
    for name in asked.only:
        for result in SECTIONS[name](bench):
            failed |= result.failure is not None
            _print(result)
    return failed


def _made(folder: Path, bench: Bench, what: str, deals: int, seed: int) -> Path:
    """Return a book or a CSV file from the folder; a process of its own makes it, so that this one stays small."""
    words = [sys.executable, "-m", "benchmarks.generate", str(folder), what, str(deals), str(seed), bench.today]
    start = time.perf_counter()
    done = subprocess.run(
        words, cwd=ROOT, env=bench.env, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise FailedError(f"no {what} of {deals:,} deals: {(done.stderr.splitlines() or ['it said nothing'])[-1]}")
    path = Path(done.stdout.strip())
    holds = f"{path.stat().st_size / 1e6:,.0f} MB" + (f", {_contents(path)}" if what == "book" else "")
    print(f"  [{what} of {deals:,} deals: {holds}; {time.perf_counter() - start:.0f} s]", flush=True)
    return path


def _contents(book: Path) -> str:
    with closing(sqlite3.connect(f"{book.as_uri()}?mode=ro", uri=True)) as connection:
        counts = [(name, connection.execute(f"SELECT count(*) FROM {rows}").fetchone()[0]) for name, rows in _COUNTS]
    return ", ".join(f"{count:,} {name}" for name, count in counts)


def _print_machine() -> None:
    print(
        f"salestrack {version('salestrack')}, Typer {version('typer')}, Python {platform.python_version()}, "
        f"SQLite {sqlite3.sqlite_version}, {platform.system()} {platform.machine()}"
    )
    print("Whole processes, medians of runs in turn, files in the system's cache, output not to a terminal.")
    if hasattr(os, "getloadavg") and (load := os.getloadavg()[0]) > (os.cpu_count() or 1) / 2:
        print(f"This machine is at work already (load {load:.1f}): trust the processor's time more than the clock's.")


def _print(result: Result) -> None:
    if result.failure:
        print(f"{result.name:<58}{'-':>10}  {result.aim:<10}  failed: {result.failure}", flush=True)
        return
    print(f"{result.name:<58}{result.value:>10}  {result.aim:<10}  {result.verdict}".rstrip())
    for line in result.small:
        print(f"    {line}", flush=True)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Measure what salestrack costs.")
    size = parser.add_mutually_exclusive_group()
    size.add_argument("--size", type=_size, default=BIG, metavar="N", help=f"deals in the big book ({BIG:,})")
    size.add_argument("--quick", dest="size", action="store_const", const=QUICK, help=f"the same as --size {QUICK}")
    parser.add_argument("--only", type=_names, default=list(SECTIONS), metavar="NAMES", help=f"of {','.join(SECTIONS)}")
    parser.add_argument("--seed", type=int, default=1, help="another seed is another sample (1)")
    parser.add_argument("--today", type=date.fromisoformat, default=date(2025, 12, 31), help="the sample's last day")
    parser.add_argument("--folder", type=Path, default=ROOT / "build" / "bench", help="where the samples are kept")
    return parser.parse_args()


def _size(text: str) -> int:
    if (size := int(text.replace("_", "").replace(",", ""))) < 20_000:
        raise argparse.ArgumentTypeError("at least 20000 deals: the small book holds a tenth of them")
    return size


def _names(text: str) -> list[str]:
    if unknown := [name for name in text.split(",") if name not in SECTIONS]:
        raise argparse.ArgumentTypeError(f"no section is called {unknown[0]}; known: {', '.join(SECTIONS)}")
    return [name for name in SECTIONS if name in text.split(",")]
