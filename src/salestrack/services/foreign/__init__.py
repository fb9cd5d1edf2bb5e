"""A whole book that comes back from `export all`: into an empty book as it was, into any other as a foreign one."""

from pathlib import Path

from salestrack.errors import BookError
from salestrack.services.exporting.sources import MANIFEST, Source, manifest_of, opened
from salestrack.store.export_book import TABLES

KIND = "book"
"""What the list of imports calls it."""
RECORDS = ("products", "customers", "contacts", "quotas", "deals", "sales", "activities")
"""The tables of records, each after those that it refers to."""
TELLTALE = "deal_history.jsonl"
"""A file that stands beside no other program's manifest."""
ENOUGH = 3
"""So many files of a book's tables are one, though its manifest is missing."""


def is_book(file: str) -> bool:
    """Say whether a path names a whole book: its folder, its zip file, or the manifest in it; also a damaged one."""
    place = place_of(file)
    if not (place.is_dir() or (place.suffix.lower() == ".zip" and place.is_file())):
        return False
    try:
        with opened(place) as source:
            return _is_ours(source)
    except BookError:
        return False


def _is_ours(source: Source) -> bool:
    if MANIFEST in source.names and manifest_of(source) is not None:
        return True
    ours = source.names & {f"{table}.jsonl" for table in TABLES}
    return TELLTALE in ours and (MANIFEST in source.names or len(ours) >= ENOUGH)


def place_of(file: str) -> Path:
    """Return the folder or zip file of a book that a path names."""
    path = Path(file)
    return path.parent if path.name == MANIFEST else path
