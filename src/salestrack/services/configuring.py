"""Settings in their two homes: those that decide numbers in the book, a person's own in config.toml."""

import os
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

from salestrack import config
from salestrack.config import Config
from salestrack.domain.dates import Words
from salestrack.domain.names import similar
from salestrack.domain.settings import BOOK_SETTINGS, BY_NAME, BookSetting, day_of
from salestrack.errors import RuleError, UsageError
from salestrack.services.answers import Answer
from salestrack.store import Store

NONE = "-"


class Setting(NamedTuple):
    """One setting as it holds now: its value in words (None for none), where that comes from, and what it means.

    `source` is option, environment, file, book or default; `home` is where `config set` writes it: file or book.
    """

    name: str
    value: str | None
    source: str
    home: str
    meaning: str
    variable: str | None = None


Given = Mapping[str, str | None]  # what the options of this command line say, by key of config.toml


def settings(found: Config, given: Given, store: Store | None) -> list[Setting]:
    """Return every setting, with what the options say before everything else; those of the book where there is one."""
    return [_personal(name, found, given) for name in config.KEYS] + (_of_book(store) if store else [])


def setting(name: str, found: Config, given: Given, store: Store | None) -> Setting:
    """Return one setting by its name."""
    return next(each for each in settings(found, given, store) if each.name == name)


def spelled(text: str) -> str:
    """Return the name of the setting that text spells, with - or _; UsageError with a suggestion when there is none."""
    name = text.strip().lower().replace("_", "-")
    if name in BY_NAME or config.name_of(name):
        return name
    names = all_names()
    near = similar(name, names, most=1)
    hint = f"did you mean {near[0]}?" if near else f"one of: {', '.join(names)}"
    raise UsageError(f"there is no setting '{text}'", hint=hint)


def all_names() -> list[str]:
    """Return the names of all settings, a person's own first."""
    return [name.replace("_", "-") for name in config.KEYS] + [setting.name for setting in BOOK_SETTINGS]


def is_of_book(name: str) -> bool:
    """Say whether a setting stands in the book."""
    return name in BY_NAME


def set_in_book(store: Store, name: str, text: str, words: Words) -> Answer:
    """Change a setting of the book, `-` for its default; RuleError for what may no longer change."""
    chosen = BY_NAME[name]
    wanted = _unset(chosen) if text == NONE else chosen.parse(text, words)
    if chosen.name == "default-owner" and wanted:
        wanted = str(store.owners.resolve(text))
    if _same(store, chosen, wanted):
        return Answer((f"{_called(name)}: {_shown(store, chosen, wanted) or 'none'} already",), None)
    with store.operation("changed a setting") as op:
        kept = store.settings.kept().get(chosen.key, "")
        if name == "currency" and store.settings.holds_money():
            raise RuleError(
                f"the book's currency is {kept} and stays: there is money in the book",
                hint="a book in another currency is a new one: salestrack --db FILE init --currency CODE",
            )
        store.settings.put(chosen.key, wanted, op=op.id)
        old, new = (_shown(store, chosen, one or chosen.default or "") or "none" for one in (kept, wanted))
        op.verb = f"set {_called(name)} to {new}"
    return Answer((f"{_called(name)} {old} -> {new}",), op.id, _remarks(name, kept, wanted))


def set_in_file(path: Path, name: str, text: str, environ: Mapping[str, str] = os.environ) -> Answer:
    """Change a setting of the person's config file, `-` takes it out; UsageError for what will not do."""
    key = config.name_of(name) or name
    value = None if text == NONE else config.typed(key, _placed(key, text), name)
    written = config.read(path, mending=key)
    default, before = config.KEYS[key].default, config.text_of(path)
    old, new = (_plain(one if one is not None else default) or "none" for one in (written.get(key), value))
    changed = config.changed(config.template(environ) if before is None else before, key, value)
    if changed == before or (before is None and value is None):
        return Answer((f"{_called(name)}: {new} already", f"{path}"), None)
    config.write(path, changed)
    variable = config.KEYS[key].variable
    notes = (f"{variable} is set to {environ[variable]} and comes first",) if environ.get(variable) else ()
    return Answer((f"{_called(name)} {old} -> {new}", f"{path}"), None, notes)


def _personal(key: str, found: Config, given: Given) -> Setting:
    name, what = key.replace("_", "-"), config.KEYS[key]
    option = given.get(key)
    value = option if option is not None else _plain(getattr(found, key))
    source = "option" if option is not None else found.sources.get(key, "default")
    if key == "book" and value is None:
        value = str(config.default_book())
    return Setting(name, value, source, "file", what.meaning, what.variable)


def _of_book(store: Store) -> list[Setting]:
    kept = store.settings.kept()
    return [
        Setting(
            each.name,
            _shown(store, each, kept.get(each.key) or each.default or "") or None,
            "book" if kept.get(each.key) else "default",
            "book",
            each.meaning,
        )
        for each in BOOK_SETTINGS
    ]


def _same(store: Store, chosen: BookSetting, wanted: str) -> bool:
    return (store.settings.kept().get(chosen.key) or chosen.default or "") == (wanted or chosen.default or "")


def _unset(chosen: BookSetting) -> str:
    if chosen.default is None:
        raise RuleError(f"a book needs a {chosen.name}", hint=f"salestrack config set {chosen.name} VALUE")
    return chosen.default


def _shown(store: Store, chosen: BookSetting, kept: str) -> str:
    if chosen.name == "default-owner" and kept:
        return next((name for name, key in store.owners.all() if key == int(kept)), kept)
    return chosen.show(kept) if kept else ""


def _remarks(name: str, kept: str, wanted: str) -> tuple[str, ...]:
    """Return what a moved end of the closed period means."""
    if name != "closed-until":
        return ()
    old, new = day_of(kept), day_of(wanted)
    if old and (new is None or new < old):
        days = (old - new).days if new else 0
        several = f"{old}" if days == 1 else f"the {days} days after {new}"
        opened = several if new else f"everything until {old}"
        return (f"opens {opened} again: figures that were reported may change",)
    first = f"from {old + timedelta(days=1)} " if old else ""
    return (f"money dated {first}until {new} can no longer be added, changed or removed",)


def _placed(key: str, text: str) -> str:
    """Return the path of a book so that it means the same from every folder."""
    if key != "book" or "://" in text or text.startswith("~"):
        return text
    return str(Path(text).absolute()) if text.strip() else text


def _plain(value: str | float | None) -> str | None:
    return None if value is None else value if isinstance(value, str) else f"{value:g}"


def _called(name: str) -> str:
    return name.replace("-", " ")
