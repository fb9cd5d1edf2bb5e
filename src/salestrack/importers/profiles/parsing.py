"""From the text of a TOML file to a profile; what is wrong is told with the file and the key."""

import re
import tomllib
from collections.abc import Mapping
from typing import Any

from salestrack.domain.names import similar
from salestrack.errors import SalestrackError, UsageError
from salestrack.importers.grouping import read_grouping
from salestrack.importers.kinds import ENTERED, KINDS, Kind
from salestrack.importers.profiles.formats import FORMATS, format_mistake
from salestrack.importers.profiles.model import How, Profile, Rule
from salestrack.importers.rewriting import RULES

_TESTS: tuple[How, ...] = ("is", "not", "matches", "blank", "filled", "footer")
_MONEY = ("net", "tax", "fee", "refund", "shipping", "discount")
_KEYS = (
    "name", "about", "source", "kind", "match", "id", "only_these", "columns", "values", "constants", "cells", "blank",
    "leave_out", "known", "format", "stage_dates", "stages", "group", "money", "new",
)  # fmt: skip


def parse_profile(text: str, name: str, origin: str) -> Profile:
    """Return the profile that a TOML text describes; UsageError naming the file and the key otherwise."""
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        reason = str(error)
        raise UsageError(
            f"{origin}: {reason[0].lower()}{reason[1:]}", hint="it is no TOML; see docs/importing.md"
        ) from None
    return _Reader(table, origin).profile(name)


class _Reader:
    """Reads one table; every refusal names the key."""

    def __init__(self, table: Mapping[str, Any], origin: str) -> None:
        self._table = table
        self._origin = origin

    def profile(self, name: str) -> Profile:
        """Return the profile."""
        self._known("", self._table, _KEYS)
        given = self._text("name") or name
        if given != name:
            raise self._wrong("name", f"is '{given}', and the profile is called {name}")
        kind = self._kind()
        formats = self._section("format")
        self._known("format.", formats, tuple(FORMATS))
        for key, value in formats.items():
            if mistake := format_mistake(key, value):
                raise self._wrong(f"format.{key}", mistake)
        columns = self._columns(kind)
        return Profile(
            name=name,
            kind=kind.name,
            about=self._text("about"),
            source=self._text("source") or name,
            origin=self._origin,
            match=self._match(columns),
            columns=columns,
            values=self._values(kind),
            constants=self._by_field("constants", kind),
            cells=self._cells(kind),
            blank=self._blank(),
            leave_out=tuple(self._rule(at, rule) for at, rule in enumerate(self._rules(), 1)),
            known={column: self._list(f"known.{column}", texts) for column, texts in self._section("known").items()},
            stage_dates=self._stage_dates(kind),
            stages=self._stages(kind),
            only_these=self._flag("only_these"),
            date=formats.get("date"),
            decimal=formats.get("decimal"),
            currency=formats.get("currency"),
            encoding=formats.get("encoding"),
            delimiter=formats.get("delimiter"),
            cents=formats.get("cents", False),
            header=formats.get("header", True),
            money=self._money(),
            group=self._group(),
            new=self._new(),
        )

    def _kind(self) -> Kind:
        name = self._text("kind")
        if name not in KINDS:
            near = similar(name, list(KINDS), most=1)
            hint = f"did you mean {near[0]}?" if near else None
            known = f"one of {', '.join(KINDS)}"
            raise self._wrong("kind", f"is {known}, and not '{name}'" if name else f"is missing: {known}", hint=hint)
        return KINDS[name]

    def _columns(self, kind: Kind) -> dict[str, tuple[str, ...]]:
        found = {}
        if "id" in self._table:
            found["id"] = self._list("id", self._table["id"])
        for field, headers in self._section("columns").items():
            self._field(f"columns.{field}", kind, field)
            if headers != []:  # an empty list says that the field has no column, whatever headers the file has
                self._list(f"columns.{field}", headers)
            found[field] = () if headers == [] else self._list(f"columns.{field}", headers)
        return found

    def _match(self, columns: Mapping[str, tuple[str, ...]]) -> tuple[tuple[str, ...], ...]:
        given = self._table.get("match", [])
        if not isinstance(given, list):
            raise self._wrong("match", "is a list of headers")
        return tuple(self._list(f"match[{at}]", each) for at, each in enumerate(given, 1))

    def _values(self, kind: Kind) -> dict[str, dict[str, str]]:
        found = {}
        for field, values in self._section("values").items():
            self._field(f"values.{field}", kind, field)
            found[field] = self._texts(f"values.{field}", values)
        return found

    def _by_field(self, key: str, kind: Kind) -> dict[str, str]:
        found = self._texts(key, self._section(key))
        for field in found:
            self._field(f"{key}.{field}", kind, field)
        return found

    def _cells(self, kind: Kind) -> dict[str, str]:
        found = self._by_field("cells", kind)
        for field, rule in found.items():
            if rule not in RULES:
                raise self._wrong(f"cells.{field}", f"is one of {', '.join(RULES)}")
        return found

    def _blank(self) -> dict[str, tuple[str, ...]]:
        return {column: self._list(f"blank.{column}", texts) for column, texts in self._section("blank").items()}

    def _rules(self) -> list[Any]:
        rules = self._table.get("leave_out", [])
        if not isinstance(rules, list):
            raise self._wrong("leave_out", "is a list: write [[leave_out]]")
        return rules

    def _rule(self, at: int, rule: Any) -> Rule:
        where = f"leave_out[{at}]"
        if not isinstance(rule, dict):
            raise self._wrong(where, "is a table with column, a test and why")
        self._known(f"{where}.", rule, ("column", "why", *_TESTS))
        tests = [how for how in _TESTS if how in rule]
        if len(tests) != 1:
            raise self._wrong(where, f"needs one of {', '.join(_TESTS)}")
        how, why = tests[0], rule.get("why")
        if not isinstance(why, str) or not why.strip():
            raise self._wrong(f"{where}.why", "is missing: the reason that the answer tells")
        if how in {"blank", "filled", "footer"} and rule[how] is not True:
            raise self._wrong(f"{where}.{how}", "is true")
        if how == "footer":
            return Rule(why, how)
        if "column" not in rule:
            raise self._wrong(f"{where}.column", "is missing")
        columns = self._list(f"{where}.column", rule["column"])
        if how in {"blank", "filled"}:
            return Rule(why, how, columns)
        return Rule(why, how, columns, self._tested(where, how, self._list(f"{where}.{how}", rule[how], blank=True)))

    def _tested(self, where: str, how: How, texts: tuple[str, ...]) -> tuple[str, ...]:
        for text in texts if how == "matches" else ():
            try:
                re.compile(text)
            except re.error as error:
                raise self._wrong(f"{where}.matches", f"is no pattern: {error}") from None
        return texts

    def _stage_dates(self, kind: Kind) -> tuple[str, ...]:
        section = self._section("stage_dates")
        if not section:
            return ()
        self._known("stage_dates.", section, ("pattern",))
        if kind.name != "deals":
            raise self._wrong("stage_dates", "are for deals")
        patterns = self._list("stage_dates.pattern", section.get("pattern", []))
        if any("{stage}" not in pattern for pattern in patterns):
            raise self._wrong("stage_dates.pattern", "needs {stage} where the header names the stage")
        return patterns

    def _stages(self, kind: Kind) -> dict[str, int]:
        chances = self._section("stages")
        if chances and kind.name != "deals":
            raise self._wrong("stages", "is for deals")
        for name, chance in chances.items():
            if isinstance(chance, bool) or not isinstance(chance, int) or not 0 <= chance <= 100:
                raise self._wrong(f"stages.{name}", "is a whole number of percent, from 0 to 100")
        return dict(chances)

    def _money(self) -> dict[str, str]:
        found = self._texts("money", self._section("money"))
        self._known("money.", found, _MONEY)
        return found

    def _group(self) -> dict[str, Any]:
        section = self._section("group")
        if section and self._text("kind") != "sales":
            raise self._wrong("group", "is for sales")
        if not isinstance(section.get("refund_rows", False), bool):
            raise self._wrong("group.refund_rows", "is true or false")
        read_grouping(section, self._origin)
        return section

    def _new(self) -> tuple[str, ...]:
        """Return what an import with this profile creates without being told."""
        found = self._list("new", self._table["new"]) if "new" in self._table else ()
        if wrong := [name for name in found if name not in ("customers", "products")]:
            raise self._wrong("new", f"is customers and products, not '{wrong[0]}'")
        return found

    def _field(self, key: str, kind: Kind, field: str) -> None:
        try:
            kind.field(field)
        except SalestrackError as error:
            raise self._wrong(key, f"names no field: {error.message}", hint=error.hint) from None
        if field == "id" and key.startswith("constants"):
            raise self._wrong(key, "would give every row the same id")
        if field.startswith(ENTERED) and key.startswith("constants"):
            raise self._wrong(key, "is a date of its own in each row")

    def _text(self, key: str) -> str:
        value = self._table.get(key, "")
        if not isinstance(value, str):
            raise self._wrong(key, "is a text")
        return value.strip()

    def _flag(self, key: str) -> bool:
        value = self._table.get(key, False)
        if not isinstance(value, bool):
            raise self._wrong(key, "is true or false")
        return value

    def _section(self, key: str) -> dict[str, Any]:
        value = self._table.get(key, {})
        if not isinstance(value, dict):
            raise self._wrong(key, f"is a table: write [{key}]")
        return value

    def _texts(self, key: str, values: Any) -> dict[str, str]:
        if not isinstance(values, dict):
            raise self._wrong(key, f"is a table: write [{key}]")
        for name, value in values.items():
            if not isinstance(value, str):
                raise self._wrong(f"{key}.{name}", "is a text: write it in quotes")
        return dict(values)

    def _list(self, key: str, value: Any, *, blank: bool = False) -> tuple[str, ...]:
        """Read a text or a list of texts."""
        texts = [value] if isinstance(value, str) else value
        if not isinstance(texts, list) or not texts or not all(isinstance(text, str) for text in texts):
            raise self._wrong(key, "is a text or a list of texts")
        if not blank and not all(text.strip() for text in texts):
            raise self._wrong(key, "is blank")
        return tuple(texts)

    def _known(self, prefix: str, table: Mapping[str, Any], known: tuple[str, ...]) -> None:
        for key in table:
            if key not in known:
                near = similar(key, list(known), most=1)
                hint = f"did you mean {near[0]}?" if near else f"known: {', '.join(known)}"
                raise self._wrong(f"{prefix}{key}", "is unknown", hint=hint)

    def _wrong(self, key: str, reason: str, *, hint: str | None = None) -> UsageError:
        return UsageError(f"{self._origin}: {key} {reason}", hint=hint or "docs/importing.md describes the format")
