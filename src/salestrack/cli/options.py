"""Options that many commands share, each defined once."""

import inspect
from collections.abc import Callable
from dataclasses import fields
from typing import Annotated, Any, TypeVar, get_type_hints

import typer

WhoArgument = Annotated[
    str,
    typer.Argument(metavar="WHO", help="A customer, contact, address, phone number or id.", show_default=False),
]
NoteArgument = Annotated[
    list[str] | None,
    typer.Argument(metavar="[NOTE]...", help="Free text; - reads standard input.", show_default=False),
]
DealArgument = Annotated[
    str,
    typer.Argument(metavar="DEAL", help="An id like d12, or a customer with one open deal.", show_default=False),
]
DateOption = Annotated[
    str | None, typer.Option("-d", "--date", metavar="WHEN", help="The day it happened; today by default.")
]
NewOption = Annotated[bool, typer.Option("--new", help="Add the customer when nobody goes by that name.")]
TagOption = Annotated[
    list[str] | None,
    typer.Option("-t", "--tag", metavar="TAG", help="A tag; repeatable.", show_default=False),
]
YesOption = Annotated[bool, typer.Option("-y", "--yes", help="Do not ask.")]
FieldOption = Annotated[
    list[str] | None,
    typer.Option("--field", metavar="NAME=VALUE", help="One of your own fields; repeatable.", show_default=False),
]
ByOption = Annotated[
    str | None, typer.Option("--owner", metavar="O", help="Who did it, or is to; you by default.", show_default=False)
]
DealOption = Annotated[str | None, typer.Option("--deal", metavar="DEAL", help="The deal it belongs to.")]
NextOption = Annotated[str | None, typer.Option("--next", metavar="DATE", help="When the next step is due.")]
NO_STEP = "none"  # as the day of a next step: there is none, whatever the book's rules say
NoFollowUpOption = Annotated[
    bool, typer.Option("--no-follow-up", help="Plan no next step, whatever the book's rules say; so does --next none.")
]
FormatOption = Annotated[
    str | None,
    typer.Option("-f", "--format", metavar="FORMAT", help="table, plain, csv, tsv, json, jsonl, md, html or ids."),
]
OutputOption = Annotated[
    str | None,
    typer.Option("-o", "--output", metavar="FILE", help="Write to a file; its ending says the format."),
]

ProductOption = Annotated[
    list[str] | None,
    typer.Option("--product", metavar="[Nx]P[@PRICE]", help="A product; repeatable.", show_default=False),
]
DiscountOption = Annotated[str | None, typer.Option("--discount", metavar="PERCENT", help="Off the products' total.")]

Function = TypeVar("Function", bound=Callable[..., Any])


def packed(kind: type, name: str) -> Callable[[Function], Function]:
    """Give a command the fields of a dataclass as options, handed over as one argument of that name."""

    def wrap(function: Function) -> Function:
        hints = get_type_hints(kind, include_extras=True)
        own = inspect.signature(function, eval_str=True).parameters
        extra = [
            inspect.Parameter(
                field.name,
                inspect.Parameter.KEYWORD_ONLY,
                default=field.default,
                annotation=hints[field.name],
            )
            for field in fields(kind)
        ]

        def call(*args: Any, **values: Any) -> Any:
            picked = {field.name: values.pop(field.name) for field in fields(kind)}
            return function(*args, **values, **{name: kind(**picked)})

        kept = [parameter for parameter in own.values() if parameter.name != name]
        call.__signature__ = inspect.Signature([*kept, *extra])  # type: ignore[attr-defined]  # what Typer reads
        call.__annotations__ = {p.name: p.annotation for p in [*kept, *extra]}
        call.__name__, call.__doc__ = function.__name__, function.__doc__
        return call  # type: ignore[return-value]  # same call, wider signature

    return wrap
