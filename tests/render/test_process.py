"""The lists of how a book is kept, in every format."""

import csv
import io
import json
from collections.abc import Callable
from importlib.resources import files
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from salestrack.render.process import COLUMNS

Run = Callable[..., Any]
COMMANDS = {kind: "days-off" if kind == "days_off" else kind.removesuffix("s") for kind in COLUMNS}
FORMATS = ("table", "plain", "csv", "tsv", "json", "jsonl", "md", "html")


@pytest.fixture
def kept(run: Run) -> None:
    """Make a book with something in every list, and something retired wherever that can be."""
    for line in (
        "pipeline add renewals --stages 'Due 60'", "pipeline rm renewals", "kind add 'site | visit'", "kind rm visit",
        "outcome add interested --counts-as connected", "reason add '=slow'", "reason rm price", "owner add Ana --email a@b.example",
        "owner add Ben", "owner rm Ben", "deal add 100 Acme One --new -t hot", "rate set EUR 1.08", "days-off add 2026-08-03..2026-08-14 summer",
    ):  # fmt: skip
        run(line, ok=True)


def test_every_list_prints_in_every_format(kept: None, run: Run) -> None:
    for kind in COLUMNS:
        for fmt in FORMATS:
            result = run(f"{COMMANDS[kind]} list -f {fmt}", ok=True)
            assert result.stdout, (kind, fmt)
            assert result.stderr == "", (kind, fmt)


@pytest.mark.parametrize("full", [True, False])
def test_json_of_every_list_is_valid_and_has_every_field(run: Run, request: Any, full: bool) -> None:
    if full:
        request.getfixturevalue("kept")
    schema = json.loads(files("salestrack.render").joinpath("schemas", "document.schema.json").read_text("utf-8"))
    for kind, columns in COLUMNS.items():
        found = json.loads(run(f"{COMMANDS[kind]} list -f json", ok=True).stdout)
        Draft202012Validator(schema).validate(found)
        assert found["schema"] == f"salestrack/{kind}@1"
        names = [column.name for column in columns] + (["fields"] if kind == "owners" else [])
        assert all(list(row) == names for row in found["rows"])
        assert found["rows"] or not full


def test_what_is_retired_is_listed_only_when_it_is_asked_for(kept: None, run: Run) -> None:
    run("outcome rm interested", ok=True)
    for noun in ("pipeline", "kind", "outcome", "reason", "owner"):
        short, long = (
            list(csv.DictReader(io.StringIO(run(f"{noun} list {more} -f csv", ok=True).stdout)))
            for more in ("", "--retired")
        )
        assert {row["removed"] for row in short} == {""}
        assert [row["removed"] for row in long if row["removed"]] == ["2026-03-18"]
        assert len(long) == len(short) + 1
        assert "Retired" not in run(f"{noun} list", ok=True).stdout
