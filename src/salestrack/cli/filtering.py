"""The filters that every list, export and report shares: options in, resolved conditions out."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from salestrack.cli.context import Context
from salestrack.cli.options import FormatOption, OutputOption
from salestrack.cli.output import Output
from salestrack.domain.filters import FieldTest, Filter
from salestrack.domain.money import parse_amount
from salestrack.domain.periods import Period, parse_period
from salestrack.errors import NotFoundError
from salestrack.store import Store

if TYPE_CHECKING:
    from salestrack.domain.fields import Field

Many = list[str] | None
# The kinds of list whose records have fields of the seller's own.
RECORDS_OF = {
    "deals": "deal", "sales": "sale", "activities": "activity", "customers": "customer", "contacts": "contact",
    "products": "product",
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Conditions:
    """The conditions as they were typed; several of one kind are alternatives."""

    owner: Annotated[Many, typer.Option("--owner", metavar="O", show_default=False, help="Only this owner's.")] = None
    customer: Annotated[
        Many, typer.Option("--customer", metavar="WHO", show_default=False, help="Only this customer's.")
    ] = None
    source: Annotated[
        Many, typer.Option("--source", metavar="S", show_default=False, help="Only from this source.")
    ] = None
    segment: Annotated[
        Many, typer.Option("--segment", metavar="S", show_default=False, help="Only in this segment.")
    ] = None
    product: Annotated[
        Many, typer.Option("--product", metavar="P", show_default=False, help="Only with this product.")
    ] = None
    channel: Annotated[
        Many, typer.Option("--channel", metavar="C", show_default=False, help="Only through this channel.")
    ] = None
    stage: Annotated[Many, typer.Option("--stage", metavar="S", show_default=False, help="Only in this stage.")] = None
    pipeline: Annotated[
        Many, typer.Option("--pipeline", metavar="P", show_default=False, help="Only in this pipeline.")
    ] = None
    kind: Annotated[
        Many, typer.Option("--kind", metavar="K", show_default=False, help="Only activities of this kind.")
    ] = None
    tag: Annotated[
        Many,
        typer.Option(
            "-t", "--tag", metavar="TAG", show_default=False, help="Only with this tag; of several, with any of them."
        ),
    ] = None
    field: Annotated[
        Many,
        typer.Option(
            "--field", metavar="NAME=VALUE", show_default=False, help="Only with this custom field; a..b for a range."
        ),
    ] = None
    is_open: Annotated[bool, typer.Option("--open", help="Only open deals, or planned activities.")] = False
    is_won: Annotated[bool, typer.Option("--won", help="Only won deals.")] = False
    is_lost: Annotated[bool, typer.Option("--lost", help="Only lost deals.")] = False
    minimum: Annotated[str | None, typer.Option("--min", metavar="AMOUNT", help="Only from this amount up.")] = None
    maximum: Annotated[str | None, typer.Option("--max", metavar="AMOUNT", help="Only up to this amount.")] = None


@dataclass(frozen=True, kw_only=True)
class FilterOptions(Conditions):
    """The conditions with what a list may be asked besides: its period, order, length, format and place."""

    period: Annotated[
        str | None,
        typer.Argument(metavar="[PERIOD]", show_default=False, help="month, 2026Q1, 30d, a..b ..."),
    ] = None
    sort: Annotated[str | None, typer.Option("--sort", metavar="COLUMN", help="-COLUMN for the other way round.")] = (
        None
    )
    limit: Annotated[int | None, typer.Option("--limit", metavar="N", min=1, help="So many at most.")] = None
    fmt: FormatOption = None
    output: OutputOption = None


def resolved(run: Context, given: Conditions, period: Period | None) -> Filter:
    """Look up every name that the conditions hold; NotFoundError or AmbiguousError for one that means nothing here."""
    store = run.reader
    pipelines = tuple(store.stages.pipeline_id(text, retired=True) for text in given.pipeline or ())
    return Filter(
        start=period.start if period else None,
        end=period.end if period else None,
        owners=tuple(store.owners.resolve(text, retired=True) for text in given.owner or ()),
        customers=tuple(_customer(store, text) for text in given.customer or ()),
        sources=tuple(given.source or ()),
        segments=tuple(given.segment or ()),
        products=tuple(store.products.resolve(text).id for text in given.product or ()),
        channels=tuple(given.channel or ()),
        stages=tuple(key for text in given.stage or () for key in store.stages.meant(text, pipelines)),
        pipelines=pipelines,
        kinds=tuple(store.kinds.find(text, retired=True).name for text in given.kind or ()),
        tags=tuple(store.tags.resolve(text) for text in given.tag or ()),
        fields=_fields(run, given.field),
        statuses=_statuses(given),
        minimum=_minor(run, given.minimum),
        maximum=_minor(run, given.maximum),
    )


SCORED = ("deals", "customers")
"""Lists that show the lead score, once the book gives points."""


def list_options(run: Context, kind: str, options: FilterOptions) -> None:
    """Show a list of one kind of record."""
    from salestrack.render.records import list_document
    from salestrack.services.scores import with_scores

    period = parse_period(options.period, run.words) if options.period else None
    chosen = resolved(run, options, period)
    fields = run.reader.fields.all(RECORDS_OF[kind]) if kind in RECORDS_OF else ()
    by = _sorting_field(run, kind, options.sort)
    sort, limit = options.sort, options.limit
    by_score = kind in SCORED and (sort or "").lstrip("-+") == "score"
    if by_score:
        sort = limit = None  # the whole list is wanted: only then is it known who comes first
    rows = run.reader.lists.rows(kind, chosen, sort=sort, by=by, limit=limit, today=run.today)
    if kind in SCORED:
        rows = with_scores(run.reader, kind, rows, on=run.today, sort=options.sort if by_score else None)
        rows = rows[: options.limit]
    run.show(list_document(kind, rows, as_of=run.today, fields=fields), Output.of(options.fmt, options.output))


def _customer(store: Store, text: str) -> int:
    who = store.names.who(text)
    if who.customer_id is None:
        raise NotFoundError(f"'{text}' belongs to no customer")
    return who.customer_id


def _sorting_field(run: Context, kind: str, sort: str | None) -> "Field | None":
    name = (sort or "").lstrip("-+")
    if not name.startswith("field:"):
        return None
    from salestrack.services.fields import field_of_rows

    return field_of_rows(run.reader, kind, name.removeprefix("field:"))


def _fields(run: Context, texts: Many) -> tuple[FieldTest, ...]:
    if not texts:
        return ()
    from salestrack.services.fields import field_tests

    return field_tests(run.reader, texts, words=run.words, decimal=run.config.decimal)


def _statuses(given: Conditions) -> tuple[str, ...]:
    flags = (("open", given.is_open), ("won", given.is_won), ("lost", given.is_lost))
    return tuple(status for status, wanted in flags if wanted)


def _minor(run: Context, text: str | None) -> int | None:
    if text is None:
        return None
    return parse_amount(text, currency=run.reader.settings.book.currency, decimal=run.config.decimal).minor
