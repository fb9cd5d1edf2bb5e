"""The book's own outcomes of activities, and as what they count."""

from datetime import date

from salestrack.domain.activities import CONNECTED, NO_SHOW, OUTCOMES, known_outcome
from salestrack.domain.names import similar
from salestrack.domain.quoting import quoted
from salestrack.errors import RuleError, UsageError
from salestrack.services.answers import Answer
from salestrack.store import Store
from salestrack.store.listed import entry_name


def add_outcome(store: Store, name: str, *, counts_as: str | None) -> Answer:
    """Add an outcome that counts as a known one in reports, or as itself; a retired one comes back."""
    meaning = _known(counts_as) if counts_as is not None else None
    if (tidy := known_outcome(entry_name(name, "outcome"))) in OUTCOMES:
        raise RuleError(f"reports know the outcome {tidy} already")
    with store.operation("added an outcome") as op:
        found = store.outcomes.exactly(tidy)
        columns = {"counts_as": meaning} if meaning or not found else {}
        outcome, back = store.outcomes.put(tidy, op=op.id, **columns)
        meaning = store.outcomes.counted().get(outcome.name)
        op.verb = f"added the outcome {outcome.name}"
    return Answer((f"outcome {outcome.name}", *(("back again",) if back else ()), _counts(meaning)), op.id)


def retire_outcome(store: Store, text: str, *, on: date) -> Answer:
    """Take an outcome of the book's own out of use; activities keep it, and it counts as before."""
    if (tidy := known_outcome(text)) in OUTCOMES:
        raise RuleError(f"reports count by the outcome {tidy}; it cannot be retired")
    with store.operation("retired an outcome") as op:
        outcome = store.outcomes.find(text)
        store.outcomes.retire(outcome.id, on=on)
        op.verb = f"retired the outcome {outcome.name}"
    return Answer((f"retired outcome {outcome.name}", "activities keep it, and it counts as before"), op.id)


def _known(text: str) -> str:
    outcome = known_outcome(text)
    if outcome in OUTCOMES:
        return outcome
    near = similar(outcome, OUTCOMES, most=1)
    hint = f"did you mean {near[0]}?" if near else f"one of: {', '.join(OUTCOMES)}"
    raise UsageError(f"--counts-as {quoted(text)} is not an outcome that reports know", hint=hint)


def _counts(meaning: str | None) -> str:
    if meaning is None:
        return f"counts as neither {CONNECTED} nor {NO_SHOW}"
    return f"counts as {meaning}"
