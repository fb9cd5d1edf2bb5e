"""A whole book that comes back from `export all`: into an empty book as it was, into any other as a foreign one."""

from pathlib import Path

from salestrack.services.exporting.folder import MANIFEST, manifest_of

TELLTALE = "deal_history.jsonl"
"""A file that stands beside no other program's manifest."""


def is_book(file: str) -> bool:
    """Say whether a path names the folder of a whole book, or the manifest in it; also of one that is damaged."""
    folder = folder_of(file)
    if not (folder.is_dir() and (folder / MANIFEST).is_file()):
        return False
    return has_manifest(folder) or (folder / TELLTALE).is_file()


def folder_of(file: str) -> Path:
    """Return the folder of a book that a path names."""
    path = Path(file)
    return path.parent if path.name == MANIFEST else path


def has_manifest(folder: Path) -> bool:
    """Say whether the manifest of a folder is one of ours."""
    return manifest_of(folder) is not None
