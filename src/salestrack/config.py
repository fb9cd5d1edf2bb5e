"""Settings of a person or machine: config.toml and the environment, read in this one place."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from salestrack.errors import UsageError

# key -> (type, what it says). Anything else in the file is an error with a suggestion.
KEYS: dict[str, tuple[type, str]] = {
    "book": (str, "the book to use: a path"),
    "decimal": (str, 'the decimal mark in amounts you type: "." or ","'),
    "date_order": (str, 'how you write 5/6/2026: "dmy" or "mdy"'),
    "owner": (str, "the owner of what you record"),
    "color": (str, "auto, always or never"),
}
CHOICES: dict[str, tuple[str, ...]] = {
    "decimal": (".", ","),
    "date_order": ("dmy", "mdy"),
    "color": ("auto", "always", "never"),
}


class Config(NamedTuple):
    """What config.toml and the environment say; None where they are silent."""

    path: Path
    book: str | None
    decimal: str
    date_order: str | None
    owner: str | None
    color: str
    today: str | None
    no_color: bool
    dumb: bool
    unicode: bool
    user: str


def load(path: str | None, environ: Mapping[str, str] = os.environ) -> Config:
    """Read the config file (path, else SALESTRACK_CONFIG, else the user's own) and the environment.

    A missing default file is no error; UsageError when the file cannot be read or holds unknown keys.
    """
    chosen = path or environ.get("SALESTRACK_CONFIG")
    file = Path(chosen).expanduser() if chosen else default_folder("config", environ) / "config.toml"
    values = _read(file, required=bool(chosen))
    return Config(
        path=file,
        book=environ.get("SALESTRACK_DB") or values.get("book"),
        decimal=values.get("decimal", "."),
        date_order=values.get("date_order"),
        owner=environ.get("SALESTRACK_OWNER") or values.get("owner"),
        color=values.get("color", "auto"),
        today=environ.get("SALESTRACK_TODAY"),
        no_color=bool(environ.get("NO_COLOR")),
        dumb=environ.get("TERM") == "dumb",
        unicode=_speaks_unicode(environ),
        user=environ.get("USER") or environ.get("LOGNAME") or environ.get("USERNAME") or "unknown",
    )


def _speaks_unicode(environ: Mapping[str, str]) -> bool:
    """Say whether the terminal shows more than ASCII; Python's own streams are UTF-8 even where the locale is C."""
    locale = environ.get("LC_ALL") or environ.get("LC_CTYPE") or environ.get("LANG") or ""
    return environ.get("TERM") != "dumb" and (sys.platform in {"win32", "darwin"} or "utf" in locale.lower())


def default_book(environ: Mapping[str, str] = os.environ) -> Path:
    """Return where the book lives when nobody says otherwise."""
    return default_folder("data", environ) / "salestrack.db"


def default_folder(kind: str, environ: Mapping[str, str] = os.environ) -> Path:
    """Return the user's folder for config or data, as the platform has it; UsageError where there is no home."""
    if given := environ.get(f"XDG_{kind.upper()}_HOME"):
        return Path(given) / "salestrack"
    try:
        if sys.platform == "linux":  # platformdirs would say the same, 3 ms later, at every start
            return Path.home() / (".config" if kind == "config" else ".local/share") / "salestrack"
        import platformdirs

        find = platformdirs.user_config_path if kind == "config" else platformdirs.user_data_path
        return find("salestrack")
    except (RuntimeError, OSError) as error:
        raise UsageError("there is no home folder to keep the book in", hint="name a file: --db sales.db") from error


def save(path: Path, values: Mapping[str, str]) -> None:
    """Write a new config file with mode 0600."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    text = "".join(f'{key} = "{_escaped(value)}"\n' for key, value in values.items())
    descriptor = os.open(path, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"')


def _read(file: Path, *, required: bool) -> dict[str, Any]:
    try:
        text = file.read_text(encoding="utf-8")
    except FileNotFoundError:
        if required:
            raise UsageError(f"there is no config file at {file}") from None
        return {}
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"cannot read the config file {file}: {error}") from error
    import tomllib  # only people with a config file pay for it

    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{file}: {error}") from error
    for key, value in values.items():
        _check(file, key, value)
    return values


def _check(file: Path, key: str, value: object) -> None:
    if key not in KEYS:
        import difflib  # only on the way to an error

        near = difflib.get_close_matches(key, KEYS, n=1)
        hint = f"did you mean {near[0]}?" if near else f"known keys: {', '.join(KEYS)}"
        raise UsageError(f"{file}: unknown key '{key}'", hint=hint)
    if not isinstance(value, KEYS[key][0]) or value not in CHOICES.get(key, (value,)):
        raise UsageError(f"{file}: {key} = {value!r} will not do", hint=KEYS[key][1])
