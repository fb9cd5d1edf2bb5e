"""Where profiles are kept: the shipped ones in the package, the user's own in the config folder."""

import re
from collections.abc import Iterator
from functools import cached_property
from importlib.resources import files
from pathlib import Path

from salestrack.domain.names import similar
from salestrack.domain.quoting import quoted
from salestrack.errors import NotFoundError, RuleError, SalestrackError, UsageError
from salestrack.importers.profiles.model import Profile
from salestrack.importers.profiles.parsing import parse_profile

_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,59}")
NONE = "none"


def check_name(text: str) -> str:
    """Return the name of a profile; UsageError for what cannot be one."""
    name = text.strip().lower()
    if not _NAME.fullmatch(name) or name == NONE:
        raise UsageError(
            f"a profile cannot be called {quoted(text)}", hint="small letters, digits and -, for example acme-orders"
        )
    return name


class Shelf:
    """All profiles there are; one of the user's takes the place of a shipped one with its name."""

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder

    @cached_property
    def shipped(self) -> dict[str, Profile]:
        """The profiles of the package by name."""
        found = {}
        for file in sorted(files("salestrack.importers.profiles").iterdir(), key=lambda file: file.name):
            name, dot, ending = file.name.rpartition(".")
            if dot and ending == "toml":
                found[name] = parse_profile(file.read_text(encoding="utf-8"), name, "shipped")
        return found

    @cached_property
    def own(self) -> dict[str, Profile]:
        """The user's profiles by name; UsageError naming the file and the key of one that is wrong."""
        return {path.stem: self._read(path) for path in self._files()}

    def all(self) -> list[Profile]:
        """Return every profile in the order of their names."""
        both = self.shipped | self.own
        return [both[name] for name in sorted(both)]

    def get(self, text: str) -> Profile:
        """Return a profile by its name; NotFoundError naming the nearest."""
        name = text.strip().lower()
        path = self._path(name) if _NAME.fullmatch(name) else None
        if path and path.is_file():  # a mistake in another file is no reason to refuse this one
            return self._read(path)
        if name in self.shipped:
            return self.shipped[name]
        near = similar(name, [*self.shipped, *(path.stem for path in self._files())], most=1)
        hint = f"did you mean {near[0]}? " if near else ""
        raise NotFoundError(f"there is no profile {quoted(text)}", hint=f"{hint}salestrack profile list names them")

    def save(self, name: str, text: str, *, replace: bool = False) -> Path:
        """Keep a profile of the user's; RuleError where one of that name is there already."""
        path = self._path(check_name(name))
        if path is None:
            raise UsageError("there is no config folder to keep profiles in")
        parse_profile(text, path.stem, str(path))
        if path.exists() and not replace:
            raise RuleError(f"there is a profile {path.stem} already", hint=f"salestrack profile rm {path.stem}")
        draft = path.with_name(f".{path.name}.new")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            draft.write_text(text, encoding="utf-8")
            draft.replace(path)
        except OSError as error:
            draft.unlink(missing_ok=True)
            raise SalestrackError(f"cannot write {path}: {error.strerror or error}") from error
        self.__dict__.pop("own", None)
        return path

    def remove(self, name: str) -> Path:
        """Remove a profile of the user's; RuleError for a shipped one."""
        profile = self.get(name)
        path = self._path(profile.name)
        if path is None or not path.is_file():
            raise RuleError(
                f"{profile.name} is shipped with salestrack and stays",
                hint="--profile none leaves it out; one of yours with its name takes its place",
            )
        try:
            path.unlink()
        except OSError as error:
            raise SalestrackError(f"cannot remove {path}: {error.strerror or error}") from error
        self.__dict__.pop("own", None)
        return path

    def text(self, profile: Profile) -> str:
        """Return the text of a profile's file."""
        if profile.origin != "shipped":
            return Path(profile.origin).read_text(encoding="utf-8")
        return (files("salestrack.importers.profiles") / f"{profile.name}.toml").read_text(encoding="utf-8")

    def _path(self, name: str) -> Path | None:
        return self.folder / f"{name}.toml" if self.folder else None

    def _files(self) -> Iterator[Path]:
        if self.folder and self.folder.is_dir():
            yield from sorted(path for path in self.folder.glob("*.toml") if _NAME.fullmatch(path.stem))

    def _read(self, path: Path) -> Profile:
        try:
            text = path.read_text(encoding="utf-8")
        except (OSError, UnicodeError) as error:
            raise UsageError(f"cannot read {path}: {getattr(error, 'strerror', None) or 'it is not UTF-8'}") from None
        return parse_profile(text, path.stem, str(path))
