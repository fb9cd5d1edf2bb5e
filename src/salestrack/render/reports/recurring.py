"""The document of recurring revenue."""

from typing import Any

from salestrack.render.document import Column, Document
from salestrack.render.reports.shared import head_fields, key_column, left_out, schema, title_by, unconverted
from salestrack.reports.recurring import RecurringReport, RecurringRow


def recurring_document(report: RecurringReport, *, brief: bool = False) -> Document:
    """Return MRR and its movements as a document; movements that nobody made are not drawn, a brief one says less."""
    rows = [_values(row) for row in report.rows]
    return Document(
        schema=schema("recurring"),
        **head_fields(report.head),
        title=title_by("Recurring revenue", report.frame),
        columns=_columns(report, brief=brief),
        rows=rows,
        totals=_values(report.totals) if report.frame.by else None,
        notes=report.head.notes + left_out(report.unconverted),
        extra={"unconverted": unconverted(report.unconverted)},
        upright=report.frame.by is None and not brief,
    )


def _values(row: RecurringRow) -> dict[str, Any]:
    names = [name for name in RecurringRow.__slots__ if name not in {"period"}]
    return {
        **{name: getattr(row, name) for name in names},
        "start": row.period.start,
        "end": row.period.end,
        "arr": row.arr,
    }


def _columns(report: RecurringReport, *, brief: bool) -> tuple[Column, ...]:
    rows = (*report.rows, report.totals)
    quiet = brief or not any(row.churned.minor or row.contraction.minor for row in rows)

    def moved(name: str, title: str) -> Column:
        return Column(name=name, title=title, kind="money", only_json=not any(getattr(row, name).minor for row in rows))

    return (
        key_column(report.frame),
        Column(name="start", title="From", kind="date", only_json=True),
        Column(name="end", title="To", kind="date", only_json=True),
        Column(name="before", title="MRR before", kind="money"),
        moved("new", "New"),
        moved("returned", "Returned"),
        moved("expansion", "Expansion"),
        moved("contraction", "Contraction"),
        moved("churned", "Churned"),
        Column(name="mrr", title="MRR", kind="money"),
        Column(name="arr", title="ARR", kind="money", wide=True, only_json=brief),
        Column(name="customers", title="Customers", kind="int"),
        Column(name="customers_before", title="Customers before", kind="int", only_json=True),
        Column(name="customers_lost", title="Lost", kind="int", only_json=True),
        Column(name="customer_churn", title="Customer churn", kind="rate", wide=True, only_json=quiet),
        Column(name="revenue_churn", title="Revenue churn", kind="rate", wide=True, only_json=quiet),
    )
