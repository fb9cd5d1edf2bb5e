"""How old the files of one command are: what is newest counts where two of them say something else of one record."""

import time
import zipfile
from pathlib import Path

from salestrack.importers.packed import UNREADABLE, member_of

APART = 60.0
"""Seconds that two files have to lie apart: copied or unpacked together, they tell nothing of their order."""


def written_at(file: str) -> float:
    """Return when a file was last written, in seconds; of a file in an archive, what the archive says of it."""
    try:
        if member := member_of(file):
            with zipfile.ZipFile(member.archive) as packed:
                return time.mktime((*packed.getinfo(member.name).date_time, 0, 1, -1))
        return Path(file).stat().st_mtime
    except (*UNREADABLE, KeyError):
        return 0.0  # who opens it says why
