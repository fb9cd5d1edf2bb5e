"""stage add, list, edit and rm."""

from typing import Annotated

import typer

from salestrack.cli.context import run_of
from salestrack.cli.filtering import FilterOptions, list_options
from salestrack.cli.options import packed
from salestrack.services import stages

PercentOption = Annotated[
    int | None, typer.Option("--probability", metavar="PERCENT", min=0, max=100, help="How many of its deals are won.")
]
BeforeOption = Annotated[str | None, typer.Option("--before", metavar="STAGE", help="Its place: before this stage.")]
StaleOption = Annotated[
    int | None,
    typer.Option(
        "--stale", metavar="DAYS", min=0, max=3650, help="Call a deal stale after so many days; 0 for no own limit."
    ),
]
PipelineOption = Annotated[str | None, typer.Option("--pipeline", metavar="P", help="The first one by default.")]


def add(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="What it is called.", show_default=False)],
    *,
    probability: PercentOption = None,
    before: BeforeOption = None,
    pipeline: PipelineOption = None,
    stale: StaleOption = None,
) -> None:
    """Add an open stage, or bring a removed one back; without --before it becomes the last one before Won."""
    run = run_of(ctx)
    answer = stages.add_stage(
        run.store, name, probability=probability, before=before, pipeline=pipeline, on=run.today, stale=stale
    )
    run.say(answer)


@packed(FilterOptions, "filters")
def list_(ctx: typer.Context, *, filters: FilterOptions) -> None:
    """List the stages of each pipeline in order."""
    list_options(run_of(ctx), "stages", filters)


def edit(
    ctx: typer.Context,
    stage: Annotated[str, typer.Argument(metavar="STAGE", help="The stage as it is called now.", show_default=False)],
    *,
    name: Annotated[str | None, typer.Option("--name", metavar="NAME", help="Rename it; its history stays.")] = None,
    probability: PercentOption = None,
    stale: StaleOption = None,
    before: BeforeOption = None,
    pipeline: PipelineOption = None,
) -> None:
    """Rename a stage, or change its probability, place or stale limit; deals with a pinned probability keep it."""
    run = run_of(ctx)
    change = stages.Change(name=name, probability=probability, stale_days=stale, before=before)
    run.say(stages.edit_stage(run.store, stage, change, pipeline=pipeline, on=run.today))


def rm(
    ctx: typer.Context,
    stage: Annotated[str, typer.Argument(metavar="STAGE", help="The stage as it is called now.", show_default=False)],
    *,
    move_to: Annotated[
        str | None, typer.Option("--move-to", metavar="STAGE", help="Where its open deals go, today.")
    ] = None,
    pipeline: PipelineOption = None,
) -> None:
    """Remove an open stage; its past stays in reports, and its open deals in it unless --move-to says where they go."""
    run = run_of(ctx)
    run.say(stages.remove_stage(run.store, stage, pipeline=pipeline, move_to=move_to, on=run.today))
