"""The rows that could not be read, written as they stood with line and reason, ready to be mended."""

import csv
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, TextIO

from salestrack.errors import RuleError, SalestrackError
from salestrack.importers.json_lines import JsonTable
from salestrack.importers.table import Table

COLUMNS = ("_line", "_error")


def check_other(target: Path, file: str) -> None:
    """Refuse to set rows aside in the file that they come from; RuleError, before anything is read."""
    with suppress(OSError):
        if file != "-" and target.samefile(file):
            raise RuleError(f"--rejects names {target}, the file that is read", hint="name another file")


def check_free(target: Path) -> None:
    """Refuse to set rows aside in a file that is there already; RuleError, before anything is written.

    What stands there may be the book, or rows of an earlier import that somebody has mended since. It is in nobody's way
    as long as there is nothing to set aside: the same command line may run every week.
    """
    if target.is_dir():
        raise RuleError(
            f"--rejects names {target}, a folder, and there are rows to set aside; nothing was written",
            hint=f"for one file, name a file: --rejects {target / 'rejects.csv'}",
        )
    if os.path.lexists(target):
        raise RuleError(
            f"--rejects names {target}, which is there already, and there are rows to set aside; nothing was written",
            hint="if it holds rows of an earlier import, mend and import it first; otherwise name another file",
        )


def write_rejects(table: Table, reasons: Iterator[tuple[int, str]], target: Path) -> int:
    """Write the rows named by (line, reason), in the order of the file, and return how many they are.

    The file has the encoding, delimiter and line ends of its source (or is JSON as that is), so that the same command
    line reads it; the two further columns stand first, where rows with too many cells cannot push them away; in a file
    without a header they stand last, since its columns are known by their places. Where the source has the two already,
    as a file of rejected rows has, the reason takes the old one's place and the line stays: the row is still that of
    the first file. It is put in place when whole.
    """
    draft = target.with_name(f".{target.name}.{os.getpid()}.new")
    try:
        with draft.open("w", encoding=table.source.encoding, errors="backslashreplace", newline="") as file:
            count = table.copy_rejects(file, reasons) if isinstance(table, JsonTable) else _copy(table, reasons, file)
        check_free(target)  # once more: reading a long file takes its time
        draft.replace(target)
    except OSError as error:
        with suppress(OSError):
            draft.unlink(missing_ok=True)
        raise SalestrackError(f"cannot write {target}: {error.strerror or error}") from error
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    return count


@contextmanager
def rejects_written(table: Table, reasons: Iterator[tuple[int, str]], target: Path) -> Iterator[Callable[[], None]]:
    """Write the rows as write_rejects does; they go again when the block, which writes the book, ends in an error.

    Gives the function that takes them away where nothing was written in good order. Raises RuleError as check_free does.
    """
    check_free(target)
    write_rejects(table, reasons, target)

    def drop() -> None:
        with suppress(OSError):
            target.unlink(missing_ok=True)

    try:
        yield drop
    except BaseException:
        drop()
        raise


def _copy(table: Table, reasons: Iterator[tuple[int, str]], file: TextIO) -> int:
    writer = csv.writer(file, delimiter=table.delimiter, lineterminator=table.line_end)
    again = table.has_header and tuple(table.header[: len(COLUMNS)]) == COLUMNS
    if table.has_header:
        writer.writerow(table.header if again else (*COLUMNS, *table.header))
    count = 0
    wanted = next(reasons, None)
    for line, row in table.records():
        while wanted and wanted[0] < line:
            wanted = next(reasons, None)
        if wanted is None:
            break
        if wanted[0] == line:
            writer.writerow(_with_reason(table, row, *wanted, again=again))
            count += 1
    return count


def _with_reason(table: Table, row: Sequence[str], line: int, reason: str, *, again: bool) -> Sequence[Any]:
    """Return a row with its line and what is wrong with it."""
    if again:
        return (row[0].strip() or line, reason, *row[len(COLUMNS) :])
    if table.has_header:
        return (line, reason, *row)
    # Columns are known by their places, so these two stand last.
    return (*row, *[""] * (len(table.header) - len(row)), line, reason)
