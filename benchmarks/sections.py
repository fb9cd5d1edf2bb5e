"""What is measured: starting, recording in a small and in a big book, reporting, importing."""

import shutil
import sqlite3
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from benchmarks import sample
from benchmarks.timing import Series, interleaved, run

SHORT, MIDDLE, LONG = 21, 7, 3  # runs of a command of 0.1 s, of seconds, of a minute
START_AIM, GROWTH_AIM, SUMMARY_AIM = 1.3, 1.3, 3.0
DAILY_AIM, TODAY_AIM, COMPLETION_AIM = 1.5, 4.0, 0.2
BARE_IMPORT_AIM, UTILS_IMPORT_AIM, MEMORY_AIM = 12.0, 0.3, 300.0
BARE = Path(__file__).parent / "bare.py"


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One line of the table; small print lies below it."""

    name: str
    value: str = ""
    aim: str = ""
    verdict: str = ""
    small: tuple[str, ...] = ()
    failure: str | None = None


@dataclass(kw_only=True)
class Bench:
    """What all measurements share: a folder for what is written, the environment, the sizes, the samples."""

    scratch: Path
    env: Mapping[str, str]
    size: int
    small: int
    today: str = ""
    make: Callable[[str, int], Path] = field(default=lambda _what, _deals: Path())

    @cached_property
    def program(self) -> list[str]:
        """The words that start salestrack: its script where it is installed, else the module."""
        script = Path(sys.executable).with_name("salestrack")
        return [str(script)] if script.exists() else self.module

    @property
    def module(self) -> list[str]:
        """The words that start salestrack as a module."""
        return [sys.executable, "-m", "salestrack"]

    @cached_property
    def books(self) -> tuple[Path, Path]:
        """The small and the big book, for reading only."""
        return self.make("book", self.small), self.make("book", self.size)

    def words(self, book: Path, *words: str) -> list[str]:
        """Return a command line on a book."""
        return [*self.program, "--db", str(book), "--today", self.today, "--no-input", *words]

    def fresh(self, name: str) -> Path:
        """Return a new empty book in the scratch folder, in place of any of that name."""
        path = self.scratch / name
        path.unlink(missing_ok=True)
        run(self.words(path, "init", "--currency", sample.CURRENCY), self.env)
        return path


def start(bench: Bench) -> Iterator[Result]:
    """Measure `log` on a new book against the least a Typer program can be."""
    book = bench.fresh("new.db")
    run(bench.words(book, "log", "call", "Acme", "--new"), bench.env)
    log = ["--db", str(book), "--today", bench.today, "log", "call", "Acme", "asked for a price"]
    commands = {
        "bare": lambda _: [sys.executable, str(BARE), "hello", "Acme"],
        "log": lambda _: [*bench.program, *log],
        "module": lambda _: [*bench.module, *log],
        "python": lambda _: [sys.executable, "-c", "pass"],
    }
    found = interleaved(commands, bench.env, runs=SHORT, warm=True)
    more = [f"{name} {found[key].text}" for key, name in (("module", "as python -m"), ("python", "python alone"))
            if found[key].runs]  # fmt: skip
    yield _ratio("log, new book : a bare Typer program", found["log"], found["bare"], START_AIM, *more)


def record(bench: Bench) -> Iterator[Result]:
    """Measure recording and looking one thing up, in a big book against a small one."""
    books = {}
    for key, source in zip(("small", "big"), bench.books, strict=True):
        books[key] = bench.scratch / f"{key}.db"
        shutil.copyfile(source, books[key])
    open_deals = {key: _open_deals(book) for key, book in books.items()}
    name, part = sample.customer_name(1), sample.customer_name(1).split()[-1].lower()
    measured: dict[str, Callable[[str, int], tuple[str, ...]]] = {
        "log": lambda _key, _turn: ("log", "call", name, "asked for a price"),
        "log, by a later word of the name": lambda _key, _turn: ("log", "call", part, "asked for a price"),
        "won": lambda key, turn: ("won", f"d{open_deals[key][turn]}"),
        "show c1": lambda _key, _turn: ("show", "c1"),
    }
    for what, words in measured.items():
        commands = {
            key: lambda turn, key=key, book=book, words=words: bench.words(book, *words(key, turn))
            for key, book in books.items()
        }
        found = interleaved(commands, bench.env, runs=SHORT, warm=True)
        yield _ratio(f"{what}, {bench.size:,} : {bench.small:,} deals", found["big"], found["small"], GROWTH_AIM)
    for book in books.values():
        book.unlink()


def look(bench: Bench) -> Iterator[Result]:
    """Measure finding, completing and the morning's list in both books; nothing is written."""
    part = sample.customer_name(1).split()[0].lower()[:4]

    def completing(*before: str) -> Callable[[Path], list[str]]:
        return lambda book: [*bench.program, "--complete", "fish", "--db", str(book), *before]

    asked: dict[str, Callable[[Path], list[str]]] = {
        "completing a customer": completing("log", "call", part),
        "completing an open deal": completing("won", "d1"),
    }
    measured: dict[str, tuple[tuple[str, ...], float]] = {
        "find, a rare word": (("find", "lighthouse"), DAILY_AIM),
        "find, a word in a sixth of all notes": (("find", "references"), DAILY_AIM),
        "find, a name": (("find", part), DAILY_AIM),
        "today": (("today",), TODAY_AIM),
    }
    for what, (words, aim) in measured.items():
        commands = {
            key: lambda _, book=book, words=words: bench.words(book, *words)
            for key, book in zip(("small", "big"), bench.books, strict=True)
        }
        found = interleaved(commands, bench.env, runs=SHORT, warm=True)
        yield _ratio(f"{what}, {bench.size:,} : {bench.small:,} deals", found["big"], found["small"], aim)
    for what, line in asked.items():
        commands = {key: lambda _, book=book, line=line: line(book)
                    for key, book in zip(("small", "big"), bench.books, strict=True)}  # fmt: skip
        found = interleaved(commands, bench.env, runs=SHORT, warm=True)
        yield _ratio(f"{what}, {bench.size:,} : {bench.small:,} deals", found["big"], found["small"], DAILY_AIM)
        yield _seconds(f"{what}, {bench.size:,} deals", found["big"], COMPLETION_AIM)


def report(bench: Bench) -> Iterator[Result]:
    """Measure the pipeline report and the summary in both books."""
    for name, words in (("report pipeline", ("report", "pipeline")), ("report (summary)", ("report",))):
        commands = {str(deals): lambda _, book=book, words=words: bench.words(book, *words)
                    for deals, book in zip((bench.small, bench.size), bench.books, strict=True)}  # fmt: skip
        found = interleaved(commands, bench.env, runs=MIDDLE, warm=True)
        for deals in (bench.small, bench.size):
            aim = SUMMARY_AIM if words == ("report",) and deals == bench.size else None
            yield _seconds(f"{name}, {deals:,} deals", found[str(deals)], aim)


def bring_in(bench: Bench) -> Iterator[Result]:
    """Measure imports of three sizes, with every check, history and key, against two programs that only fill one table."""
    for rows in sorted({min(size, bench.size) for size in (10_000, 100_000, bench.size)}):
        yield from _brought_in(bench, rows)


def _brought_in(bench: Bench, rows: int) -> Iterator[Result]:
    file = bench.make("csv", rows)
    book, bare, utils = (bench.scratch / name for name in ("import.db", "bare.db", "utils.db"))

    def importing(_: int) -> list[str]:
        return bench.words(bench.fresh(book.name), "import", str(file), "--as", "deals", "--new", "customers,products")

    def plain(_: int) -> list[str]:
        bare.unlink(missing_ok=True)
        return ["sqlite3", "-csv", str(bare), f'.import "{file}" deals']

    def library(_: int) -> list[str]:
        utils.unlink(missing_ok=True)
        return [sys.executable, "-m", "sqlite_utils", "insert", str(utils), "deals", str(file), "--csv"]

    commands = {"import": importing, "sqlite3": plain, "sqlite-utils": library}
    found = interleaved(commands, bench.env, runs=LONG, warm=False)
    own = found["import"]
    if own.failure is None and (count := _count(book)) != rows:
        own.failure = f"{count:,} of {rows:,} deals are in the book"
    name = f"import of {rows:,} deals"
    said = [f"{what} {rows / found[what].seconds:,.0f} rows a second" for what in commands if not found[what].failure]
    size = (f"the book holds {book.stat().st_size / 1e6:,.0f} MB", *said) if own.failure is None else ()
    aims = (BARE_IMPORT_AIM, UTILS_IMPORT_AIM) if rows == bench.size else (None, None)  # small ones measure the start
    yield _ratio(f"{name} : sqlite3 .import", own, found["sqlite3"], aims[0], *size)
    yield _ratio(f"{name} : sqlite-utils insert --csv", own, found["sqlite-utils"], aims[1])
    yield _memory(f"{name}, most memory held", own)
    for path in (book, bare, utils):
        path.unlink(missing_ok=True)


def _open_deals(book: Path) -> list[int]:
    """Return open deals of other customers than the first, whose own must stay open for `log`."""
    with closing(sqlite3.connect(book)) as connection:
        rows = connection.execute(
            "SELECT id FROM deals WHERE status = 'open' AND customer_id > 1 ORDER BY id LIMIT ?", (SHORT + 1,)
        )
        return [key for (key,) in rows]


def _count(book: Path) -> int:
    with closing(sqlite3.connect(book)) as connection:
        return int(connection.execute("SELECT count(*) FROM deals").fetchone()[0])


def _ratio(name: str, one: Series, other: Series, aim: float | None, *more: str) -> Result:
    text = f"<= {aim:g}" if aim else ""
    if failure := one.failure or (other.failure and f"the other: {other.failure}"):
        return Result(name=name, aim=text, failure=failure)
    value = one.seconds / other.seconds
    small = (f"{one.text} : {other.text}", *more)
    if one.processor and other.processor:
        small = (*small, f"by the processor's time {one.processor / other.processor:.2f}")
    verdict = _verdict(value <= aim) if aim else ""
    return Result(name=name, value=f"{value:.2f}", aim=text, verdict=verdict, small=small)


def _seconds(name: str, series: Series, aim: float | None) -> Result:
    text = f"< {aim:g} s" if aim else ""
    if series.failure:
        return Result(name=name, aim=text, failure=series.failure)
    small = (f"{series.text}, {series.peak / 1e6:.0f} MB",)
    verdict = _verdict(series.seconds < aim) if aim else ""
    return Result(name=name, value=f"{series.seconds:.2f} s", aim=text, verdict=verdict, small=small)


def _memory(name: str, series: Series) -> Result:
    aim = f"< {MEMORY_AIM:g} MB"
    if series.failure:
        return Result(name=name, aim=aim, failure=series.failure)
    peak = series.peak / 1e6
    return Result(name=name, value=f"{peak:.0f} MB", aim=aim, verdict=_verdict(peak < MEMORY_AIM))


def _verdict(reached: bool) -> str:  # noqa: FBT001 - the one thing that it is told
    return "ok" if reached else "miss"
