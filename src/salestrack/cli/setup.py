"""init, demo, path: beginning."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from salestrack import config
from salestrack.cli.asking import Terminal
from salestrack.cli.context import Context, run_of
from salestrack.cli.options import packed
from salestrack.domain.money import check_currency
from salestrack.domain.names import clean
from salestrack.domain.pipelines import DEFAULT_STAGES, parse_stages
from salestrack.domain.settings import parse_day, parse_days, parse_month
from salestrack.errors import SalestrackError, UsageError
from salestrack.services.answers import Answer

if TYPE_CHECKING:
    from salestrack.services.setup import Answers


@dataclass(frozen=True, kw_only=True)
class Questions:
    """What a new book must know, each answered by an option, at the terminal, or by a default."""

    currency: Annotated[
        str | None, typer.Option("--currency", metavar="CODE", help="The book's currency, like EUR.")
    ] = None
    week_start: Annotated[
        str | None, typer.Option("--week-start", metavar="DAY", help="mon (default), sun or sat.")
    ] = None
    fiscal_start: Annotated[
        str | None,
        typer.Option("--fiscal-start", metavar="MONTH", help="The month in which your year begins, like 4 or apr."),
    ] = None
    working_days: Annotated[
        str | None, typer.Option("--working-days", metavar="DAYS", help="Like mon-fri or mon,tue,thu.")
    ] = None
    owner: Annotated[
        str | None,
        typer.Option("--owner", metavar="NAME", help="Your name, when several people share the book."),
    ] = None
    stages: Annotated[
        str | None,
        typer.Option("--stages", metavar="LIST", help="Your open stages, like 'Prospecting 10, Engaging 40'."),
    ] = None
    decimal: Annotated[
        str | None, typer.Option("--decimal", metavar="MARK", help="The decimal mark you type: . or ,")
    ] = None
    date_order: Annotated[
        str | None, typer.Option("--date-order", metavar="ORDER", help="How you write 5/6/2026: dmy or mdy.")
    ] = None
    yes: Annotated[bool, typer.Option("-y", "--yes", help="Do not ask; take the defaults for what is not said.")] = (
        False
    )


@packed(Questions, "given")
def init(ctx: typer.Context, *, given: Questions) -> None:
    """Make a new book. Asks only at a terminal, and writes nothing before the last answer."""
    from salestrack.services.setup import new_book

    run = run_of(ctx)
    given = _answered(given, Terminal()) if run.is_terminal and not given.yes else given
    answers = _answers(given)
    settings = _settings(run, given.decimal, given.date_order)
    path = Path(run.path).expanduser()
    new_book(path, answers, run.actor)
    if settings:
        config.save(run.config.path, settings)
        run.remark(f"wrote {run.config.path}")
    stages = ", ".join(name for name, _, _ in answers.stages)
    run.say(Answer((f"made {path}", f"currency {answers.currency}", f"stages {stages}"), None))
    run.advise("salestrack log call Acme --new, or salestrack import FILE --as deals")


def _answered(given: Questions, ask: Terminal) -> Questions:
    """Ask for what the options left open."""
    return replace(
        given,
        currency=given.currency or _asked(ask, "Currency of your sales?", "USD", check_currency),
        week_start=given.week_start or _asked(ask, "First day of the week?", "mon", parse_day),
        decimal=given.decimal or _asked(ask, "Decimal mark in amounts, . or ,?", ".", _mark),
    )


def _answers(given: Questions) -> "Answers":
    from salestrack.services.setup import Answers  # brings the migrations, which only a new book needs

    return Answers(
        currency=check_currency(given.currency or "USD"),
        week_start=parse_day(given.week_start or "mon"),
        fiscal_start=parse_month(given.fiscal_start or "1"),
        working_days=parse_days(given.working_days or "mon-fri"),
        owner=clean(given.owner, "owner") if given.owner else None,
        stages=parse_stages(given.stages) if given.stages else DEFAULT_STAGES,
    )


def demo(ctx: typer.Context) -> None:
    """Make a throw-away book with a year of sample data, and show its weekly report."""
    from salestrack.cli.demonstrating import demonstrate

    demonstrate(run_of(ctx))


def path(
    ctx: typer.Context,
    what: Annotated[
        str | None, typer.Argument(metavar="[db|config]", help="Only this one.", show_default=False)
    ] = None,
) -> None:
    """Show where the book and the config file are."""
    run = run_of(ctx)
    places = {"db": str(Path(run.path).expanduser()), "config": str(run.config.path)}
    if what is None:
        for name, place in places.items():
            typer.echo(f"{name}: {place}")
    elif what in places:
        typer.echo(places[what])
    else:
        raise UsageError(f"'{what}' has no path here", hint="salestrack path db, or salestrack path config")


def _asked(ask: Terminal, question: str, default: str, check: Callable[[str], object]) -> str:
    """Ask until the answer is one that can be used."""
    while True:
        answer = ask.text(question, default)
        try:
            check(answer)
        except SalestrackError as error:
            typer.echo(f"{error.message}; {error.hint}" if error.hint else error.message, err=True)
        else:
            return answer


def _mark(text: str) -> None:
    if text not in config.KEYS["decimal"].choices:
        raise UsageError(f"'{text}' is not a decimal mark", hint="it is . or ,")


def _settings(run: Context, decimal: str | None, date_order: str | None) -> dict[str, str]:
    """Return what a new config file should hold; nothing when there is one, or nothing differs from the defaults."""
    wanted = {"decimal": decimal, "date_order": date_order}
    for key, value in wanted.items():
        if value is not None and value not in config.KEYS[key].choices:
            raise UsageError(f"--{key.replace('_', '-')} '{value}' will not do", hint=config.KEYS[key].meaning)
    chosen = {key: value for key, value in wanted.items() if value is not None and value != "."}
    if chosen and run.config.path.exists():
        run.remark(f"{run.config.path} exists and was left as it is")
        return {}
    return chosen
