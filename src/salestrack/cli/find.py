"""find: records by any word in them."""

from typing import Annotated

import typer

from salestrack.cli.context import run_of
from salestrack.cli.options import FormatOption, OutputOption
from salestrack.cli.output import Output
from salestrack.domain.quoting import quoted
from salestrack.render.find import find_document
from salestrack.services.find import Hits
from salestrack.services.find import find as find_records

LIMIT = 5


def find(
    ctx: typer.Context,
    texts: Annotated[
        list[str],
        typer.Argument(
            metavar="TEXT...", help="Words or beginnings of words; in quotation marks a phrase.", show_default=False
        ),
    ],
    *,
    kind: Annotated[
        list[str] | None,
        typer.Option("--kind", metavar="KIND", help="Only customers, contacts, deals, activities, sales or products."),
    ] = None,
    limit: Annotated[int, typer.Option("--limit", metavar="N", min=1, help="How many of each kind.")] = LIMIT,
    everything: Annotated[bool, typer.Option("--all", help="All of them.")] = False,
    fmt: FormatOption = None,
    output: OutputOption = None,
) -> None:
    """Find customers, contacts, deals, activities, sales and products by words in their names and notes.

    Every word must occur; case and accents do not matter. Parts of a telephone number or an address are found too.
    """
    run = run_of(ctx)
    hits = find_records(run.reader, texts, kind or (), limit=None if everything else limit)
    run.show(find_document(hits.rows, hits.more, as_of=run.today), Output.of(fmt, output))
    run.remark(*_nothing(texts, hits))


def _nothing(texts: list[str], hits: Hits) -> list[str]:
    if hits.rows:
        return []
    near = f"; did you mean {' or '.join(hits.near)}?" if hits.near else ""
    where = " in the latest records; --all looks at every one" if hits.cut else ""
    return [f"nothing has {quoted(' '.join(texts))}{where}{near}"]
