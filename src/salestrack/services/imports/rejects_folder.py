"""The folder in which the bad rows of several files are set aside: there when it is needed, and only then."""

from contextlib import suppress
from pathlib import Path
from types import TracebackType

from salestrack.errors import RuleError, SalestrackError
from salestrack.importers.rejects import check_other


class RejectsFolder:
    """The folder that --rejects names, None where it names none. What it had to make goes again if it stays empty."""

    def __init__(self, folder: Path | None, *, dry_run: bool) -> None:
        self._folder = folder
        self._writes = folder is not None and not dry_run
        self._taken: set[str] = set()
        self._made: list[Path] = []

    def place(self, file: str) -> Path | None:
        """Return where the bad rows of a file go: under its name, numbered where two files have the same.

        RuleError where that is the file itself, or where the folder is none.
        """
        folder = self._folder
        if folder is None:
            return None
        if folder.exists() and not folder.is_dir():
            raise RuleError(f"--rejects names {folder}, which is no folder", hint="several files need a folder for it")
        name = Path(file).name.removesuffix(".gz")
        number = 1
        while name.casefold() in self._taken:
            number += 1
            plain = Path(Path(file).name.removesuffix(".gz"))
            name = f"{plain.stem}-{number}{plain.suffix}"
        self._taken.add(name.casefold())
        check_other(folder / name, file)
        return folder / name

    def __enter__(self) -> "RejectsFolder":
        """Make the folder; SalestrackError where that cannot be."""
        if self._folder and self._writes:
            missing = [each for each in (self._folder, *self._folder.parents) if not each.exists()]
            try:
                for each in reversed(missing):
                    each.mkdir(exist_ok=True)
                    self._made.append(each)
            except OSError as error:
                self._remove()
                raise SalestrackError(f"cannot make {self._folder}: {error.strerror or error}") from error
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Take the folder away where nothing was put into it."""
        self._remove()

    def _remove(self) -> None:
        with suppress(OSError):  # something is in it
            for each in reversed(self._made):
                each.rmdir()
