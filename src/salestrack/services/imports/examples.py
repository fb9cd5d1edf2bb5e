"""What could be said of all rows of a file that lacks a column: a hint in the book's own words."""

from salestrack.importers.mapping import Given
from salestrack.services.imports.plans import Plan
from salestrack.store import Store


def with_examples(store: Store, plan: Plan) -> Given:
    """Return what is known of a file's columns, with an example for --set of what no kind can do without."""
    first = next((stage.name for stage in store.stages.all() if stage.is_open), "Lead")
    kind = next((kind.name for kind in store.kinds.listed(retired=False)), "call")
    return plan.given._replace(examples={"stage": first, "date": plan.request.today.isoformat(), "kind": kind})
