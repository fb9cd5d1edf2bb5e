"""Where profiles are kept: the shipped ones in the package, the user's own in the config folder."""

import re
import tomllib
from collections.abc import Sequence
from functools import cached_property
from importlib.resources import files
from pathlib import Path

from salestrack.domain.names import similar
from salestrack.domain.quoting import quoted
from salestrack.errors import NotFoundError, RuleError, SalestrackError, UsageError
from salestrack.importers.profiles.model import Broken, Profile
from salestrack.importers.profiles.parsing import parse_profile
from salestrack.importers.profiles.recognising import fits

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
        """The user's profiles by name, without those that cannot be read."""
        return {name: found for name, found in self._read_all.items() if isinstance(found, Profile)}

    @property
    def broken(self) -> list[Broken]:
        """The user's profiles that cannot be read, in the order of their names."""
        return [found for found in self._read_all.values() if isinstance(found, Broken)]

    def all(self) -> list[Profile]:
        """Return every profile that can be read, in the order of their names."""
        both = {name: found for name, found in self.shipped.items() if name not in self._read_all} | self.own
        return [both[name] for name in sorted(both)]

    def passed_over(self, header: Sequence[str]) -> tuple[str, ...]:
        """Return remarks on broken profiles that are not for a file with these headers.

        RuleError for one that may be: reading the file without it could bring in something else than was meant.
        """
        said = []
        for each in self.broken:
            matches = [each.match, self.shipped[each.name].match if each.name in self.shipped else ()]
            if any(match is None or fits(match, header) for match in matches):
                hint = "mend it, or say which one reads the file: --profile NAME, or --profile none"
                raise RuleError(f"a profile that may be for this file cannot be read: {each.error.message}", hint=hint)
            said.append(f"a profile that is not for this file cannot be read: {each.error.message}")
        return tuple(said)

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

    def save(self, name: str, text: str, *, origin: str = "", replace: bool = False) -> Path:
        """Keep a profile of the user's; RuleError where one of that name is there already.

        Mistakes are told as those of `origin`, the file that the text is from.
        """
        path = self._path(check_name(name))
        if path is None:
            raise UsageError("there is no config folder to keep profiles in")
        parse_profile(text, path.stem, origin or path.name)
        if path.exists() and not replace:
            raise RuleError(f"there is a profile {path.stem} already", hint="--replace takes its place")
        draft = path.with_name(f".{path.name}.new")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            draft.write_text(text, encoding="utf-8")
            draft.replace(path)
        except OSError as error:
            draft.unlink(missing_ok=True)
            raise SalestrackError(f"cannot write {path}: {error.strerror or error}") from error
        self._forget()
        return path

    def remove(self, name: str) -> Path:
        """Remove a profile of the user's; RuleError for a shipped one."""
        stem = name.strip().lower()
        path = self._path(stem) if _NAME.fullmatch(stem) else None
        if path is None or not path.is_file():  # one that cannot be read can be removed all the same
            raise RuleError(
                f"{self.get(name).name} is shipped with salestrack and stays",
                hint="--profile none leaves it out; one of yours with its name takes its place",
            )
        try:
            path.unlink()
        except OSError as error:
            raise SalestrackError(f"cannot remove {path}: {error.strerror or error}") from error
        self._forget()
        return path

    def text(self, profile: Profile) -> str:
        """Return the text of a profile's file."""
        if profile.origin != "shipped":
            return Path(profile.origin).read_text(encoding="utf-8")
        return (files("salestrack.importers.profiles") / f"{profile.name}.toml").read_text(encoding="utf-8")

    def _path(self, name: str) -> Path | None:
        return self.folder / f"{name}.toml" if self.folder else None

    @cached_property
    def _read_all(self) -> dict[str, Profile | Broken]:
        found: dict[str, Profile | Broken] = {}
        for path in self._files():
            try:
                found[path.stem] = self._read(path)
            except UsageError as error:
                found[path.stem] = Broken(path.stem, error, _match_of(path))
        return found

    def _forget(self) -> None:
        for name in ("own", "_read_all"):
            self.__dict__.pop(name, None)

    def _files(self) -> list[Path]:
        if self.folder is None:
            return []
        try:
            found = [path for path in self.folder.iterdir() if path.suffix == ".toml"] if self.folder.is_dir() else []
        except OSError as error:
            raise SalestrackError(f"cannot read {self.folder}: {error.strerror or error}") from error
        return sorted(path for path in found if _NAME.fullmatch(path.stem))

    def _read(self, path: Path) -> Profile:
        try:
            text = path.read_text(encoding="utf-8")
        except (OSError, UnicodeError) as error:
            raise UsageError(f"cannot read {path}: {getattr(error, 'strerror', None) or 'it is not UTF-8'}") from None
        return parse_profile(text, path.stem, str(path))


def _match_of(path: Path) -> tuple[tuple[str, ...], ...] | None:
    """Return the headers that a broken profile is for, None where even that cannot be read."""
    try:
        given = tomllib.loads(path.read_text(encoding="utf-8")).get("match", [])
    except (OSError, UnicodeError, tomllib.TOMLDecodeError):
        return None
    found: list[tuple[str, ...]] = []
    for each in given if isinstance(given, list) else [None]:
        names = [each] if isinstance(each, str) else each
        if not (isinstance(names, list) and all(isinstance(name, str) for name in names)):
            return None
        found.append(tuple(names))
    return tuple(found)
