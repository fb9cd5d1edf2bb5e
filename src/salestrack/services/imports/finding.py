"""The files that the words of a command line mean: files, and those in folders and archives."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from salestrack.errors import SalestrackError, UsageError
from salestrack.importers.correspondence.gathering import kind_of
from salestrack.importers.packed import TABLES, is_zip, members

_ALONE = "import it by itself"
_CALLED = {"calendar": f"a calendar: {_ALONE}", "mbox": f"a mailbox: {_ALONE}", "message": f"a mail: {_ALONE}"}
_WORKBOOKS = (".xlsx", ".xls", ".xlsm", ".ods", ".numbers")


def found_files(files: Sequence[str]) -> Iterator[tuple[str, bool]]:
    """Yield the files that words mean, and whether each was named itself; SalestrackError for one that is not there."""
    for file in files:
        path = Path(file)
        if file == "-":
            raise UsageError("standard input comes alone", hint="name it without other files")
        if is_zip(file):
            yield from ((f"{file}/{name}", False) for name in members(path))
        elif path.is_dir():
            for each in sorted(each for each in _inside(path) if not each.name.startswith(".")):
                yield from found_files([str(each)]) if is_zip(str(each)) else ((str(each), False),)
        elif path.is_file():
            yield file, True
        elif path.exists():  # it is opened twice, to see what it holds and to read it
            raise UsageError(f"{file} is a pipe, which comes alone", hint="name it without other files")
        else:
            raise SalestrackError(f"there is no file {file}")


def no_table(file: str) -> str:
    """Return why a file in a folder or archive is not looked into; an empty text for one that is."""
    title = title_of(file)
    if Path(file).is_dir():
        return f"{title} is a folder in it, which is not looked into"
    if file.lower().endswith(_WORKBOOKS):
        return f"{title} is a workbook, which is saved as CSV first"
    if file.lower().endswith(".zip"):
        return f"{title} is an archive in it, which is unpacked first"
    if file.lower().removesuffix(".gz").endswith(TABLES):
        return ""
    return f"{title} is {_CALLED.get(kind_of(file, bytes) or '', 'no table')}"


def title_of(file: str) -> str:
    """Return how messages name a file: with its archive, without its folder."""
    path = Path(file)
    archive = next((parent.name for parent in path.parents if parent.suffix.lower() == ".zip"), None)
    return f"{archive}/{path.name}" if archive else path.name


def refuse_equal(files: Sequence[str]) -> None:
    """Raise UsageError for a file that is meant twice."""
    seen: set[Path] = set()
    for file in files:
        path = Path(file).resolve()
        if path in seen:
            raise UsageError(f"{file} is named twice")
        seen.add(path)


def _inside(folder: Path) -> Iterator[Path]:
    try:
        yield from folder.iterdir()
    except OSError as error:
        raise SalestrackError(f"cannot read {folder}: {error.strerror or error}") from error


__all__ = ["found_files", "no_table", "refuse_equal", "title_of"]
