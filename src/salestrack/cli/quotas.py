"""quota set, list and rm."""

from typing import Annotated

import typer

from salestrack.cli.context import run_of
from salestrack.cli.filtering import FilterOptions, list_options
from salestrack.cli.options import packed
from salestrack.domain.quotas import METRICS
from salestrack.domain.refs import parse_ref
from salestrack.errors import UsageError
from salestrack.services import quotas


def set_(
    ctx: typer.Context,
    target: Annotated[
        str,
        typer.Argument(metavar="TARGET", help="An amount, or a count for won, calls, meetings.", show_default=False),
    ],
    period: Annotated[str, typer.Argument(metavar="[PERIOD]", help="month, 2026Q1, 2026 ...")] = "month",
    *,
    per: Annotated[
        str | None,
        typer.Option("--per", metavar="UNIT", help="month, quarter or year: one target for each in the period."),
    ] = None,
    owner: Annotated[
        str | None, typer.Option("--owner", metavar="O", help="Whose target it is; the book's by default.")
    ] = None,
    channel: Annotated[str | None, typer.Option("--channel", metavar="C", help="Only for this channel.")] = None,
    metric: Annotated[str, typer.Option("--metric", metavar="M", help="revenue, won, calls or meetings.")] = "revenue",
) -> None:
    """Set a target for a period; targets are kept per period, so a new one changes no past."""
    run = run_of(ctx)
    if metric not in METRICS:
        raise UsageError(f"'{metric}' is not a metric", hint=f"one of: {', '.join(METRICS)}")
    spec = quotas.Target(
        metric=metric,
        amount=target,
        decimal=run.config.decimal,
        owner_id=run.store.owners.resolve(owner) if owner else None,
        channel=channel,
    )
    run.say(quotas.set_quotas(run.store, spec, quotas.periods_of(period, per, run.words)))


@packed(FilterOptions, "filters")
def list_(ctx: typer.Context, *, filters: FilterOptions) -> None:
    """List targets."""
    list_options(run_of(ctx), "quotas", filters)


def rm(
    ctx: typer.Context,
    quota: Annotated[str, typer.Argument(metavar="QUOTA", help="Its id, like q3.", show_default=False)],
) -> None:
    """Remove a target."""
    run = run_of(ctx)
    ref = parse_ref(quota, "q")
    if ref is None or ref.letter != "q":
        raise UsageError(f"'{quota}' is not the id of a quota", hint="salestrack quota list shows them, like q3")
    run.say(quotas.remove_quota(run.store, ref.id))
