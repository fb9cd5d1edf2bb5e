"""sale list."""

import typer

from salestrack.cli.context import run_of
from salestrack.cli.filtering import FilterOptions, list_options
from salestrack.cli.options import packed


@packed(FilterOptions, "filters")
def list_(ctx: typer.Context, *, filters: FilterOptions) -> None:
    """List sales and refunds."""
    list_options(run_of(ctx), "sales", filters)
