"""Whole processes, timed: how long each takes, how much memory it holds at most, and the medians of several in turn."""

import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import IO

LIMIT = 900.0  # seconds after which a process is stopped
Command = Callable[[int], Sequence[str]]  # the words of the nth run, counted from 0


class FailedError(Exception):
    """A process that did not end well: its command and the last line it wrote."""


@dataclass(frozen=True, slots=True)
class Run:
    """One process: its wall-clock seconds, those of the processor, and the bytes it held at most.

    The last two are 0 where the system does not say.
    """

    seconds: float
    processor: float
    peak: int


@dataclass(slots=True)
class Series:
    """The runs of one command; failure says why there are no more of them."""

    runs: list[Run] = field(default_factory=list)
    failure: str | None = None

    @property
    def seconds(self) -> float:
        """The median time in seconds."""
        return median(run.seconds for run in self.runs)

    @property
    def processor(self) -> float:
        """The median time of the processor in seconds: what other work on the machine disturbs least."""
        return median(run.processor for run in self.runs)

    @property
    def peak(self) -> int:
        """The most memory that any run held, in bytes."""
        return max(run.peak for run in self.runs)

    @property
    def text(self) -> str:
        """The median with the fastest and the slowest run."""
        times = sorted(run.seconds for run in self.runs)
        return f"{_time(self.seconds)} ({_time(times[0])} to {_time(times[-1])}, {len(times)} runs)"


def environment(home: Path) -> dict[str, str]:
    """Return the environment of someone who has set nothing up: nobody's own settings change what is measured."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("SALESTRACK_", "XDG_"))}
    return {**kept, "HOME": str(home), "LC_ALL": "C.UTF-8"}


def run(words: Sequence[str], env: Mapping[str, str]) -> Run:
    """Run a process to its end and return its cost; FailedError when it ends with an error or takes too long."""
    with tempfile.TemporaryFile() as errors:
        start = time.perf_counter()
        process = subprocess.Popen(
            words, env=dict(env), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=errors
        )
        watch = threading.Timer(LIMIT, process.kill)
        watch.start()
        try:
            code, processor, peak = _ended(process)
        except BaseException:
            process.kill()
            process.wait()
            raise
        finally:
            watch.cancel()
        seconds = time.perf_counter() - start
        if code != 0:
            raise FailedError(f"exit {code}: {_complaint(errors)}")
    return Run(seconds, processor, peak)


def interleaved(commands: Mapping[str, Command], env: Mapping[str, str], *, runs: int, warm: bool) -> dict[str, Series]:
    """Run commands in turn, A B A B ..., so that a slow moment of the machine falls on all of them.

    With warm, each runs once beforehand without being counted. A command that fails is not run again.
    """
    found = {name: Series() for name in commands}
    for turn in range(runs + warm):
        for name, command in commands.items():
            series = found[name]
            if series.failure is None:
                try:
                    cost = run(command(turn), env)
                except (FailedError, OSError) as error:
                    series.failure = str(error)
                else:
                    series.runs += [cost] if turn >= warm else []
    return found


def _ended(process: "subprocess.Popen[bytes]") -> tuple[int, float, int]:
    if sys.platform == "win32":
        return process.wait(), 0.0, 0
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    # Linux counts in KiB, macOS in bytes.
    peak = usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    return process.returncode, usage.ru_utime + usage.ru_stime, peak


def _complaint(errors: IO[bytes]) -> str:
    errors.seek(0)
    lines = [line for line in errors.read().decode("utf-8", "replace").splitlines() if line.strip()]
    named = [line for line in lines if line.startswith("salestrack: ")]
    return (named or lines[-1:] or ["it said nothing"])[0][:200]


def _time(seconds: float) -> str:
    return f"{seconds:.2f} s" if seconds >= 1 else f"{seconds * 1000:.1f} ms"
