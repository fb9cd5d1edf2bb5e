"""A bar for long work on a terminal's stderr: how far, how fast, how much longer."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TextIO

from salestrack.render.formats import Screen

SHOWN_FROM = 500_000
"""Bytes of work below which a bar would only flicker."""


@contextmanager
def progress_bar(stream: TextIO, screen: Screen, label: str) -> Iterator[Callable[[int, int], None]]:
    """Yield a function that is told (bytes done, bytes in all); the bar vanishes at the end, whatever that is."""
    from rich.console import Console  # only a terminal and a long file ever need it
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn, TransferSpeedColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn(),
        TransferSpeedColumn(),
        TimeRemainingColumn(),
    )
    console = Console(
        file=stream,
        width=screen.width,
        force_terminal=True,
        no_color=not screen.color,
        legacy_windows=False,
        safe_box=not screen.unicode,
    )
    bar = Progress(*columns, console=console, transient=True)
    task = bar.add_task(label, total=None)

    def told(done: int, total: int) -> None:
        if total >= SHOWN_FROM:
            if not bar.live.is_started:
                bar.start()
            bar.update(task, completed=done, total=total, description="writing" if done >= total else label)

    try:
        yield told
    finally:
        bar.stop()
