"""The book: repositories over one engine, opened by its path or address."""

from contextlib import AbstractContextManager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from salestrack.errors import UsageError
from salestrack.store.engine import Engine
from salestrack.store.journal import Actor, Journal, Operation, OperationKind
from salestrack.store.settings import Settings

if TYPE_CHECKING:
    from salestrack.store.activities import Activities
    from salestrack.store.chronicle import Chronicle
    from salestrack.store.contacts import Contacts
    from salestrack.store.customers import Customers
    from salestrack.store.days_off import DaysOff
    from salestrack.store.deals import Deals
    from salestrack.store.facts import Facts
    from salestrack.store.fields import Fields
    from salestrack.store.follow_ups import FollowUps
    from salestrack.store.kinds import Kinds
    from salestrack.store.lists import Lists
    from salestrack.store.merging import Merging
    from salestrack.store.names import Names
    from salestrack.store.outcomes import Outcomes
    from salestrack.store.overviews import Overviews
    from salestrack.store.owners import Owners
    from salestrack.store.pipelines import Pipelines
    from salestrack.store.products import Products
    from salestrack.store.quotas import Quotas
    from salestrack.store.rates import Rates
    from salestrack.store.reasons import Reasons
    from salestrack.store.removal import Removal
    from salestrack.store.sales import Sales
    from salestrack.store.schedules import Schedules
    from salestrack.store.scores import Scores
    from salestrack.store.search import Search
    from salestrack.store.snoozes import Snoozes
    from salestrack.store.stages import Stages
    from salestrack.store.tags import Tags


class Store:
    """One open book. Each repository is fetched when a command first asks for it: start-up is a feature."""

    def __init__(self, engine: Engine, actor: Actor) -> None:
        self.engine = engine
        self.actor = actor
        self.journal = Journal(engine, actor)
        self.settings = Settings(engine)

    def operation(
        self, verb: str, *, kind: OperationKind = "do", target: int | None = None
    ) -> AbstractContextManager[Operation]:
        """Begin one undoable act: everything in the block is written, or nothing."""
        return self.journal.operation(verb, kind=kind, target=target)

    @cached_property
    def names(self) -> "Names":
        """Whom a word names."""
        from salestrack.store.names import Names

        return Names(self.engine)

    @cached_property
    def owners(self) -> "Owners":
        """The people who sell."""
        from salestrack.store.owners import Owners

        return Owners(self.engine)

    @cached_property
    def tags(self) -> "Tags":
        """Tags on records."""
        from salestrack.store.tags import Tags

        return Tags(self.engine)

    @cached_property
    def customers(self) -> "Customers":
        """Customers, their aliases and contacts."""
        from salestrack.store.customers import Customers

        return Customers(self.engine)

    @cached_property
    def contacts(self) -> "Contacts":
        """People at customers."""
        from salestrack.store.contacts import Contacts

        return Contacts(self.engine)

    @cached_property
    def merging(self) -> "Merging":
        """Several entries of one record made one."""
        from salestrack.store.merging import Merging

        return Merging(self.engine)

    @cached_property
    def removal(self) -> "Removal":
        """Records that leave the book."""
        from salestrack.store.removal import Removal

        return Removal(self.engine)

    @cached_property
    def products(self) -> "Products":
        """What is sold."""
        from salestrack.store.products import Products

        return Products(self.engine)

    @cached_property
    def stages(self) -> "Stages":
        """Pipelines, their stages, and why deals are lost."""
        from salestrack.store.stages import Stages

        return Stages(self.engine)

    @cached_property
    def days_off(self) -> "DaysOff":
        """Days on which nobody works."""
        from salestrack.store.days_off import DaysOff

        return DaysOff(self.engine)

    @cached_property
    def kinds(self) -> "Kinds":
        """Kinds of activity and their letters."""
        from salestrack.store.kinds import Kinds

        return Kinds(self.engine)

    @cached_property
    def outcomes(self) -> "Outcomes":
        """The book's own outcomes of activities."""
        from salestrack.store.outcomes import Outcomes

        return Outcomes(self.engine)

    @cached_property
    def pipelines(self) -> "Pipelines":
        """Pipelines, their names and order."""
        from salestrack.store.pipelines import Pipelines

        return Pipelines(self.engine)

    @cached_property
    def rates(self) -> "Rates":
        """What currencies are worth."""
        from salestrack.store.rates import Rates

        return Rates(self.engine)

    @cached_property
    def reasons(self) -> "Reasons":
        """Why deals are lost."""
        from salestrack.store.reasons import Reasons

        return Reasons(self.engine)

    @cached_property
    def deals(self) -> "Deals":
        """Deals with their history and lines."""
        from salestrack.store.deals import Deals

        return Deals(self.engine, self.stages)

    @cached_property
    def sales(self) -> "Sales":
        """Sales and refunds."""
        from salestrack.store.sales import Sales

        return Sales(self.engine)

    @cached_property
    def schedules(self) -> "Schedules":
        """What repeats."""
        from salestrack.store.schedules import Schedules

        return Schedules(self.engine)

    @cached_property
    def follow_ups(self) -> "FollowUps":
        """What follows by itself."""
        from salestrack.store.follow_ups import FollowUps

        return FollowUps(self.engine)

    @cached_property
    def snoozes(self) -> "Snoozes":
        """Until when records stay out of sight."""
        from salestrack.store.snoozes import Snoozes

        return Snoozes(self.engine)

    @cached_property
    def scores(self) -> "Scores":
        """What gives points of the lead score."""
        from salestrack.store.scores import Scores

        return Scores(self.engine)

    @cached_property
    def activities(self) -> "Activities":
        """What happened and what is planned."""
        from salestrack.store.activities import Activities

        return Activities(self.engine)

    @cached_property
    def quotas(self) -> "Quotas":
        """Targets."""
        from salestrack.store.quotas import Quotas

        return Quotas(self.engine)

    @cached_property
    def fields(self) -> "Fields":
        """The seller's own fields on records."""
        from salestrack.store.fields import Fields

        return Fields(self.engine)

    @cached_property
    def lists(self) -> "Lists":
        """Rows for lists and exports."""
        from salestrack.store.lists import Lists

        return Lists(self.engine)

    @cached_property
    def chronicle(self) -> "Chronicle":
        """What was done, and what it changed."""
        from salestrack.store.chronicle import Chronicle

        return Chronicle(self.engine, self.journal)

    @cached_property
    def overviews(self) -> "Overviews":
        """What a page about a record adds up."""
        from salestrack.store.overviews import Overviews

        return Overviews(self.engine)

    @cached_property
    def search(self) -> "Search":
        """Full text."""
        from salestrack.store.search import Search

        return Search(self.engine)

    @cached_property
    def facts(self) -> "Facts":
        """The questions that reports ask."""
        from salestrack.store.facts import Facts

        return Facts(self.engine)

    def close(self) -> None:
        """Let go of the book."""
        self.engine.close()


def open_store(url: str, actor: Actor, *, mode: str = "write", wait: float = 5.0) -> Store:
    """Open the book at a path, to read or to write; raises BookError, LockedError or UsageError."""
    if "://" in url:
        raise UsageError(
            f"books at {url.split(':', 1)[0]} addresses are not supported yet", hint="give a file: --db sales.db"
        )
    # The fork by address: a server's driver is loaded only for a server.
    from salestrack.store.opening import connect

    return Store(connect(Path(url).expanduser(), mode="read" if mode == "read" else "write", wait=wait), actor)


__all__ = ["Actor", "Operation", "Store", "open_store"]
