"""What was said on the command line as a profile of the user's, so that the next file needs no words."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from salestrack.errors import RuleError
from salestrack.importers.kinds import KINDS
from salestrack.importers.mapping import FileMapping, Mapped, read_values
from salestrack.importers.profiles import Profile, check_name, parse_profile
from salestrack.services.imports.request import Request


def check_new(request: Request, text: str) -> None:
    """Refuse a profile that cannot be kept, before anything is read; RuleError where there is one of that name."""
    name = check_name(request.save_as or "")
    if request.profiles and (request.profiles / f"{name}.toml").exists():
        raise RuleError(f"there is a profile {name} already", hint=f"salestrack profile rm {name}")
    parse_profile(text, name, name)


def profile_text(request: Request, kind: str, mapping: FileMapping, header: Sequence[str], base: Profile | None) -> str:
    """Return the TOML of a profile that reads files with these headers as this one was read."""
    columns = {mapped.field.name: _headers(mapped, header) for mapped in mapping.fields}
    needed = [header[mapped.place].strip() for mapped in mapping.fields if header[mapped.place].strip()]
    lines = ["# Saved from a command line; docs/importing.md describes the format."]
    lines += [_pair("kind", kind), _pair("source", request.source or (base.source if base else "csv"))]
    lines += [_pair("match", [[name] for name in dict.fromkeys(needed)])]
    lines += [_pair("new", new)] if (new := sorted(request.new & {"customers", "products"})) else []
    lines += ["only_these = true"] if base and base.only_these else []
    lines += _section("columns", {**columns, **_silenced(request, columns)})
    for field, names in _values(request, base).items():
        lines += _section(f"values.{_key(field)}", names)
    lines += _section("constants", mapping.constants)
    lines += _section("cells", base.cells if base else {})
    lines += _section("blank", {name: list(texts) for name, texts in base.blank.items()} if base else {})
    lines += _section("format", _format(request, base))
    for rule in base.leave_out if base else ():
        test: Any = list(rule.texts) if rule.texts else True
        lines += ["", "[[leave_out]]", *([_pair("column", list(rule.columns))] if rule.columns else [])]
        lines += [_pair(rule.how, test), _pair("why", rule.why)]
    lines += _section("stage_dates", {"pattern": list(base.stage_dates)} if base and base.stage_dates else {})
    lines += _section("stages", base.stages if base else {})
    lines += _section("money", base.money if base else {})
    lines += _section("group", base.group if base else {})
    return "\n".join(lines) + "\n"


def _headers(mapped: Mapped, header: Sequence[str]) -> list[str]:
    picks = mapped.picks or ((mapped.place,),)
    return [" + ".join(header[place].strip() or f"#{place + 1}" for place in places) for places in picks]


def _silenced(request: Request, columns: Mapping[str, Any]) -> dict[str, list[str]]:
    """Return the fields that --map says have no column."""
    names = (text.partition("=") for text in request.maps)
    return {name.strip(): [] for name, _, column in names if not column.strip() and name.strip() not in columns}


def _values(request: Request, base: Profile | None) -> dict[str, dict[str, str]]:
    kind = KINDS[request.kind or (base.kind if base else "")]
    found = {field: dict(names) for field, names in (base.values if base else {}).items()}
    for field, names in read_values(kind, request.values).items():
        found[field] = found.get(field, {}) | names
    return found


def _format(request: Request, base: Profile | None) -> dict[str, Any]:
    said: dict[str, Any] = {
        "date": request.date_format or (base.date if base else None),
        "decimal": request.decimal or (base.decimal if base else None),
        "currency": request.currency or (base.currency if base else None),
        "encoding": request.encoding or (base.encoding if base else None),
        "delimiter": request.delimiter or (base.delimiter if base else None),
        "cents": True if request.cents or (base and base.cents) else None,
    }
    if request.header is False or (base and not base.header):
        said["header"] = False
    return {name: value for name, value in said.items() if value is not None}


def _section(name: str, values: Mapping[str, Any]) -> list[str]:
    return ["", f"[{name}]", *(_pair(_key(key), value) for key, value in values.items())] if values else []


def _pair(key: str, value: Any) -> str:
    return f"{key} = {json.dumps(value, ensure_ascii=False)}"


def _key(name: str) -> str:
    return (
        name
        if name.isascii() and name.replace("_", "").replace("-", "").isalnum()
        else json.dumps(name, ensure_ascii=False)
    )
