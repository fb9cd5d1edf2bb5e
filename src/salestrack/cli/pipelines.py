"""pipeline add, list, edit and rm."""

from typing import Annotated

import typer

from salestrack.cli.context import run_of
from salestrack.cli.listing import RetiredOptions, show_list
from salestrack.cli.options import packed
from salestrack.services import pipelines

PipelineArgument = Annotated[
    str, typer.Argument(metavar="PIPELINE", help="The pipeline as it is called now.", show_default=False)
]


def add(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="What it is called.", show_default=False)],
    *,
    stages: Annotated[
        str | None,
        typer.Option("--stages", metavar="LIST", help="Its open stages, like 'Prospecting 10, Engaging 40'."),
    ] = None,
) -> None:
    """Add a pipeline with its stages, or bring a retired one back."""
    run = run_of(ctx)
    run.say(pipelines.add_pipeline(run.store, name, stages))


@packed(RetiredOptions, "options")
def list_(ctx: typer.Context, *, options: RetiredOptions) -> None:
    """List the pipelines with their open stages."""
    show_list(run_of(ctx), "pipelines", options)


def edit(
    ctx: typer.Context,
    pipeline: PipelineArgument,
    *,
    name: Annotated[str | None, typer.Option("--name", metavar="NAME", help="Its new name.")] = None,
    before: Annotated[
        str | None, typer.Option("--before", metavar="PIPELINE", help="Its place: before this pipeline.")
    ] = None,
) -> None:
    """Rename a pipeline or change its place; deals begin in the first one unless they say otherwise."""
    run = run_of(ctx)
    run.say(pipelines.edit_pipeline(run.store, pipeline, name=name, before=before))


def rm(ctx: typer.Context, pipeline: PipelineArgument) -> None:
    """Retire a pipeline without open deals; its closed ones stay in reports."""
    run = run_of(ctx)
    run.say(pipelines.retire_pipeline(run.store, pipeline, on=run.today))
