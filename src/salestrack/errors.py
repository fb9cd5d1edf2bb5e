"""The exception family: each class carries the exit code, each instance the sentence the user reads."""

from typing import Any


class SalestrackError(Exception):
    """Shown as one line on stderr, with a hint where one helps; never as a traceback."""

    exit_code = 1

    def __init__(self, message: str, *, hint: str | None = None, details: dict[str, Any] | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.details = details or {}


class RuleError(SalestrackError):
    """The request is understood but breaks a rule of the ledger."""


class UsageError(SalestrackError):
    """The words of the command line are wrong: an unknown report, period, format or a value that cannot be read."""

    exit_code = 2


class ParseError(UsageError):
    """One word (date, amount, duration, period, id) cannot be read, or could be read in two ways."""


class EmptyFileError(SalestrackError):
    """A file has nothing in it."""


class RejectedRowsError(SalestrackError):
    """An import finished, but some rows were set aside."""

    exit_code = 3


class OvertakenError(RuleError):
    """Somebody wrote to the book what an import had just read it without; read again, it may go in."""


class NoRoomError(SalestrackError):
    """The folder for temporary files is full; `variable` is what names another one."""

    def __init__(self, folder: object, *, variable: str = "TMPDIR") -> None:
        hint = f"name another one that has room: {variable}=FOLDER salestrack ..."
        super().__init__(f"the folder for temporary files is full: {folder}; nothing was written", hint=hint)


class NotFoundError(SalestrackError):
    """Nothing goes by that name or id."""

    exit_code = 4


class AmbiguousError(SalestrackError):
    """A name fits several records; the candidates stand in the message."""

    exit_code = 4


class BookError(SalestrackError):
    """The database is missing, damaged, read-only, or newer than the program."""

    exit_code = 6


class LockedError(SalestrackError):
    """Another process holds the book and did not let go in time."""

    exit_code = 7
