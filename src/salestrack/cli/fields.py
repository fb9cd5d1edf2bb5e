"""field add, list, edit and rm: the seller's own fields on records."""

from typing import Annotated

import typer

from salestrack.cli.context import run_of
from salestrack.cli.options import FormatOption, OutputOption
from salestrack.cli.output import Output
from salestrack.domain.fields import RECORDS, TYPE_NAMES, parse_record
from salestrack.render.records import list_document
from salestrack.services import field_definitions as definitions

RecordArgument = Annotated[str, typer.Argument(metavar="RECORD", help=f"{', '.join(RECORDS)}.", show_default=False)]
NameArgument = Annotated[str, typer.Argument(metavar="NAME", help="What the field is called.", show_default=False)]
Several = list[str] | None


def add(
    ctx: typer.Context,
    record: RecordArgument,
    name: NameArgument,
    type_: Annotated[
        str, typer.Argument(metavar="TYPE", help=f"{', '.join(TYPE_NAMES.values())}.", show_default=False)
    ],
    choices: Annotated[
        Several, typer.Argument(metavar="[CHOICE]...", help="What a choice can be.", show_default=False)
    ] = None,
) -> None:
    """Add a field to a kind of record: field add customer size number, field add deal tier choice gold silver."""
    run = run_of(ctx)
    run.say(definitions.add_field(run.store, parse_record(record), name, type_, choices or ()))


def list_(
    ctx: typer.Context,
    record: Annotated[
        str | None, typer.Argument(metavar="[RECORD]", help="Of this kind of record.", show_default=False)
    ] = None,
    *,
    fmt: FormatOption = None,
    output: OutputOption = None,
) -> None:
    """List the fields, and how many records have a value of each."""
    run = run_of(ctx)
    rows = definitions.field_rows(run.reader, parse_record(record) if record else None)
    run.show(list_document("fields", rows, as_of=run.today), Output.of(fmt, output))


def edit(
    ctx: typer.Context,
    record: RecordArgument,
    name: Annotated[str, typer.Argument(metavar="NAME", help="The field as it is called now.", show_default=False)],
    *,
    to: Annotated[str | None, typer.Option("--name", metavar="NAME", help="Rename it, values and all.")] = None,
    type_: Annotated[
        str | None, typer.Option("--type", metavar="TYPE", help="Another type, where every value fits it.")
    ] = None,
    more: Annotated[Several, typer.Option("--add", metavar="CHOICE", help="Add a choice.", show_default=False)] = None,
    rename: Annotated[
        Several, typer.Option("--rename", metavar="OLD=NEW", help="Rename a choice everywhere.", show_default=False)
    ] = None,
    remove: Annotated[
        Several,
        typer.Option("--remove", metavar="CHOICE", help="Take a choice away that no record has.", show_default=False),
    ] = None,
) -> None:
    """Rename a field, or change its choices or its type."""
    run = run_of(ctx)
    change = definitions.Redefinition(to, type_, tuple(more or ()), tuple(rename or ()), tuple(remove or ()))
    run.say(definitions.edit_field(run.store, parse_record(record), name, change))


def rm(ctx: typer.Context, record: RecordArgument, name: NameArgument) -> None:
    """Retire a field: its values stay, out of sight, and adding it again brings them back."""
    run = run_of(ctx)
    run.say(definitions.retire_field(run.store, parse_record(record), name, on=run.today))
