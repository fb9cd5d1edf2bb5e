"""Settings of a person or machine: config.toml and the environment, read in this one place."""

import os
import re
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

from salestrack.errors import UsageError


class Key(NamedTuple):
    """One key of config.toml: of what type, what it says, the variable that comes before it, and what it may be."""

    type: type
    meaning: str
    variable: str
    default: str | float | None = None
    choices: tuple[str, ...] = ()


# Anything else in the file is an error with a suggestion.
KEYS: dict[str, Key] = {
    "book": Key(str, "the book to use: a path", "SALESTRACK_DB"),
    "decimal": Key(str, 'the decimal mark you type: "." or ","', "SALESTRACK_DECIMAL", ".", (".", ",")),
    "date_order": Key(str, 'how you write 5/6/2026: "dmy" or "mdy"', "SALESTRACK_DATE_ORDER", choices=("dmy", "mdy")),
    "owner": Key(str, "the owner of what you record", "SALESTRACK_OWNER"),
    "color": Key(str, "auto, always or never", "SALESTRACK_COLOR", "auto", ("auto", "always", "never")),
    "wait": Key(float, "seconds to wait for a book in use", "SALESTRACK_WAIT", 5.0),
}
# Variables that are no keys, and what they say.
VARIABLES = {
    "SALESTRACK_CONFIG": "another config file",
    "SALESTRACK_TODAY": "the day to take as today",
    "NO_COLOR": "no colour, whatever color says",
}
LONGEST_WAIT = 86_400


class Config(NamedTuple):
    """What config.toml and the environment say; None where they are silent."""

    path: Path
    book: str | None
    decimal: str
    date_order: str | None
    owner: str | None
    color: str
    wait: float
    today: str | None
    no_color: bool
    dumb: bool
    unicode: bool
    user: str
    sources: Mapping[str, str]
    """Where each key that is set comes from: environment or file."""


def load(path: str | None, environ: Mapping[str, str] = os.environ) -> Config:
    """Read the config file (path, else SALESTRACK_CONFIG, else the user's own) and the environment.

    A missing default file is no error; UsageError when the file cannot be read or holds unknown keys.
    """
    file = place(path, environ)
    values = read(file, required=bool(path or environ.get("SALESTRACK_CONFIG")))
    sources = dict.fromkeys(values, "file")
    for name, key in KEYS.items():
        if given := environ.get(key.variable):
            values[name] = typed(name, given, key.variable)
            sources[name] = "environment"
    return _combined(file, values, sources, environ)


def bare(path: str | None, environ: Mapping[str, str] = os.environ) -> Config:
    """Return the config as if neither file nor environment had a say: for the commands that mend these."""
    return _combined(place(path, environ), {}, {}, environ)


def _combined(file: Path, values: Mapping[str, Any], sources: Mapping[str, str], environ: Mapping[str, str]) -> Config:
    return Config(
        path=file,
        book=values.get("book"),
        decimal=values.get("decimal", "."),
        date_order=values.get("date_order"),
        owner=values.get("owner"),
        color=values.get("color", "auto"),
        wait=float(values.get("wait", 5.0)),
        today=environ.get("SALESTRACK_TODAY"),
        no_color=bool(environ.get("NO_COLOR")),
        dumb=environ.get("TERM") == "dumb",
        unicode=_speaks_unicode(environ),
        user=environ.get("USER") or environ.get("LOGNAME") or environ.get("USERNAME") or "unknown",
        sources=sources,
    )


def place(path: str | None, environ: Mapping[str, str] = os.environ) -> Path:
    """Return where the config file is: path, else SALESTRACK_CONFIG, else the user's own."""
    chosen = path or environ.get("SALESTRACK_CONFIG")
    return Path(chosen).expanduser() if chosen else default_folder("config", environ) / "config.toml"


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


def name_of(text: str) -> str | None:
    """Return the key that text spells, with - or _ and in any case; None when there is none."""
    name = text.strip().lower().replace("-", "_")
    return name if name in KEYS else None


def typed(name: str, text: str, where: str) -> str | float:
    """Return the value of a key from text, as the environment and the command line have it; UsageError otherwise."""
    key = KEYS[name]
    value: str | float = text.strip()
    if key.type is float:
        try:
            value = float(value)
        except ValueError:
            value = -1.0
    if reason := fault(name, value):
        raise UsageError(f"{where}: {text!r} will not do", hint=reason)
    return value


def fault(name: str, value: object) -> str | None:
    """Return what a key wants when a value of it will not do, None when it will."""
    key = KEYS[name]
    if key.type is float:
        is_number = isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= LONGEST_WAIT
        return None if is_number else f"{key.meaning}: from 0 to {LONGEST_WAIT}"
    if not isinstance(value, str) or not value.strip() or not value.isprintable():
        return key.meaning
    if key.choices and value not in key.choices:
        return key.meaning
    return None


def read(file: Path, *, required: bool = False, mending: str = "") -> dict[str, Any]:
    """Return what a config file says, by key; UsageError naming the line for what cannot be understood.

    The key that somebody is mending may have any value.
    """
    if (text := text_of(file)) is None:
        if required:
            raise UsageError(f"there is no config file at {file}", hint="salestrack config edit makes one")
        return {}
    values: dict[str, Any] = {}
    for problem in problems(text, values):
        if name_of(problem.key or "") != mending:
            raise UsageError(
                f"{file}{f', line {problem.line}' if problem.line else ''}: {problem.text}", hint=problem.hint
            )
    return values


def text_of(file: Path) -> str | None:
    """Return the text of a config file, None where there is none; UsageError where it cannot be read."""
    try:
        return file.read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    except UnicodeDecodeError as error:
        raise UsageError(f"cannot read the config file {file}: it is not UTF-8 text") from error
    except OSError as error:
        raise UsageError(f"cannot read the config file {file}: {error.strerror}") from error


class Problem(NamedTuple):
    """What is wrong in a config file: the line (None where no line is to blame), the key, the sentence and a hint."""

    line: int | None
    key: str | None
    text: str
    hint: str | None = None


def problems(text: str, values: dict[str, Any]) -> list[Problem]:
    """Return everything that is wrong in the text of a config file, and put what is right into values."""
    import tomllib  # only people with a config file pay for it

    try:
        parsed = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"\(at line (\d+), column \d+\)", str(error))
        line = int(found[1]) if found else None
        reason = str(error).partition(" (at ")[0]
        return [Problem(line, None, f"it is no TOML: {reason[:1].lower()}{reason[1:]}", 'write key = "value"')]
    wrong = []
    for word, value in parsed.items():
        line, name = _line_of(text, word), name_of(word)
        if name is None:
            wrong.append(Problem(line, word, f"unknown key '{word}'", _likely(word)))
        elif name in values:
            wrong.append(Problem(line, word, f"{name} stands there twice", "keep one of them"))
        elif wish := fault(name, value):
            wrong.append(Problem(line, word, f"{word} = {value!r} will not do", wish))
        else:
            values[name] = value
    return wrong


def _likely(word: str) -> str:
    import difflib  # only on the way to an error

    near = difflib.get_close_matches(word.lower().replace("-", "_"), KEYS, n=1)
    return f"did you mean {near[0]}?" if near else f"known keys: {', '.join(KEYS)}"


def _line_of(text: str, word: str) -> int | None:
    pattern = re.compile(rf"""\s*(\[+\s*)?["']?{re.escape(word)}["']?\s*[=.\]]""")
    return next((number for number, line in enumerate(text.splitlines(), 1) if pattern.match(line)), None)


def template(environ: Mapping[str, str] = os.environ) -> str:
    """Return a config file in which everything is said and nothing is set."""
    shown = {"book": str(default_book(environ)), "date_order": "dmy", "owner": "Ana"}
    lines = ["# Settings of a person or machine. What decides numbers stands in the book: salestrack config list"]
    for name, key in KEYS.items():
        default = key.default if key.default is not None else shown[name]
        lines += ["", f"# {key.meaning}", f"# {name} = {_toml(default)}"]
    return "\n".join(lines) + "\n"


def changed(text: str, name: str, value: str | float | None) -> str:
    """Return the text of a config file with one key set, or taken out for None; comments and order stay."""
    import tomlkit  # keeps what people wrote around the values
    from tomlkit.exceptions import TOMLKitError

    try:
        document = tomlkit.parse(text)
    except TOMLKitError as error:
        raise UsageError(f"the config file is no TOML: {error}", hint="salestrack config edit") from error
    word = next((word for word in document if name_of(word) == name), name)
    if value is None:
        document.remove(word)
    elif word in document or not (place_ := re.search(rf"(?m)^#[ ]?{name}[ ]*=.*$", text)):
        document[word] = int(value) if isinstance(value, float) and value.is_integer() else value
    else:  # the template's own line for it, so that its explanation stays above
        whole = int(value) if isinstance(value, float) and value.is_integer() else value
        return f"{text[: place_.start()]}{name} = {_toml(whole)}{text[place_.end() :]}"
    return tomlkit.dumps(document)


def write(path: Path, text: str) -> None:
    """Put a config file in place, whole or not at all, for its owner's eyes only; UsageError where that cannot be done."""
    target = path.resolve()  # a link into somebody's collection of settings stays a link
    draft = target.with_name(f".{target.name}.{os.getpid()}.new")
    try:
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if target.exists() and not target.stat().st_mode & 0o222:
            raise UsageError(f"the config file {path} is read-only", hint=f"chmod u+w {path}")
        descriptor = os.open(draft, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(target)
    except OSError as error:
        with suppress(OSError):
            draft.unlink(missing_ok=True)
        raise UsageError(f"cannot write the config file {path}: {error.strerror}") from error


def save(path: Path, values: Mapping[str, str]) -> None:
    """Write a new config file that says these values and explains the others."""
    text = template()
    for name, value in values.items():
        text = changed(text, name, value)
    write(path, text)


def _toml(value: str | float) -> str:
    if isinstance(value, str):
        escaped = value.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{escaped}"'
    return f"{value:g}"
