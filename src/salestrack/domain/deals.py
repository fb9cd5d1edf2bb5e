"""A deal as it stands, and what may happen to it."""

from datetime import date
from typing import Literal, NamedTuple

from salestrack.domain.money import Money
from salestrack.domain.pipelines import Stage
from salestrack.errors import RuleError

Status = Literal["open", "won", "lost"]


class Deal(NamedTuple):
    """A chance of business with a customer; amount is net of tax, None while nobody knows it."""

    title: str
    stage: Stage
    currency: str
    id: int = 0
    customer_id: int | None = None
    customer: str | None = None
    contact_id: int | None = None
    stage_since: date | None = None
    amount: Money | None = None
    probability: int | None = None
    expected_on: date | None = None
    owner_id: int | None = None
    owner: str | None = None
    created_on: date | None = None
    closed_on: date | None = None
    reason_id: int | None = None
    reason: str | None = None
    rate: int | None = None
    book_amount: int | None = None
    source: str | None = None
    campaign: str | None = None
    note: str | None = None

    @property
    def ref(self) -> str:
        """Return the id as it is typed, like d12."""
        return f"d{self.id}"

    @property
    def status(self) -> Status:
        """Return open, won or lost, as the stage says."""
        return self.stage.kind

    @property
    def label(self) -> str:
        """Return the title with its customer, for answers."""
        return self.title if not self.customer or self.customer in self.title else f"{self.customer} · {self.title}"

    def move_to(self, stage: Stage, *, on: date) -> "Deal":
        """Return the deal in another stage since a day.

        Raises RuleError when it is closed, already there, or the stage is of another pipeline.
        """
        if not self.stage.is_open:
            raise RuleError(f"{self.ref} is already {self.stage.name}", hint=f"salestrack reopen {self.ref}")
        if stage.id == self.stage.id:
            raise RuleError(f"{self.ref} is already in {stage.name}")
        if stage.pipeline_id != self.stage.pipeline_id:
            raise RuleError(f"{stage.name} is a stage of {stage.pipeline}, and {self.ref} is in {self.stage.pipeline}")
        return self._replace(stage=stage, stage_since=on, closed_on=None if stage.is_open else on)

    def reopen(self, stage: Stage, *, on: date) -> "Deal":
        """Return the deal open again in the stage it was closed from; its booking is taken out."""
        if self.stage.is_open:
            raise RuleError(f"{self.ref} is open already, in {self.stage.name}")
        return self._replace(
            stage=stage,
            stage_since=on,
            closed_on=None,
            reason_id=None,
            reason=None,
            rate=None,
            book_amount=None,
        )
