"""Work that is done in a transaction only to see what it would come to."""


class NothingToKeep(Exception):  # noqa: N818 - no error: it ends a transaction that was a rehearsal, or empty
    """Takes back a transaction in good order."""
