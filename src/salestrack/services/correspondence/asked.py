"""What the command line asks of a mail or calendar import."""

from dataclasses import dataclass
from datetime import date, timedelta

from salestrack.domain.addresses import Mine, is_address, mine
from salestrack.errors import UsageError

DAYS_BACK, DAYS_AHEAD = 90, 60
CREATABLE = ("customers", "contacts")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One import as it was asked for. `since` and `until` are given where the person named days."""

    file: str
    kind: str
    """mail or calendar, which is also the source where none is named."""
    today: date
    me: tuple[str, ...] = ()
    bodies: bool = False
    since: date | None = None
    until: date | None = None
    new: frozenset[str] = frozenset()
    source: str = ""
    owner_id: int | None = None
    """Who sells here: whose mails and meetings these are."""
    dry_run: bool = False

    @property
    def mine(self) -> Mine:
        """Whose mail or calendar it is."""
        return mine(self.me)

    @property
    def reads_names(self) -> bool:
        """Say whether a box is read for the names in it first, since people are added by them."""
        return bool(self.new) and self.kind == "mail"

    @property
    def window(self) -> tuple[date, date]:
        """The days between which what repeats is read."""
        first = self.since or min(self.today - timedelta(days=DAYS_BACK), self.until or self.today)
        return first, self.until or max(self.today + timedelta(days=DAYS_AHEAD), first)

    def words(self) -> tuple[str, ...]:
        """Return the words of the command line that asks for just this, without a rehearsal."""
        found = [self.file, "--as", "activities", *(word for each in self.me for word in ("--me", each))]
        found += ["--bodies"] if self.bodies else []
        for option, day in (("--from", self.since), ("--to", self.until)):
            found += [option, day.isoformat()] if day else []
        found += ["--new", ",".join(word for word in CREATABLE if word in self.new)] if self.new else []
        return (*found, *(("--source", self.source) if self.source != self.kind else ()))


def checked(asked: Asked) -> Asked:
    """Return a request that makes sense; UsageError for one that does not."""
    for address in asked.me:
        if not is_address(address):
            raise UsageError(
                f"--me takes your e-mail address, not '{address}'", hint="for example --me you@example.com"
            )
    if asked.kind == "mail" and not asked.me:
        raise UsageError(
            "whose mail is it? without that nobody knows what you sent and what you got",
            hint="say so: --me you@example.com, once for each of your addresses",
        )
    if asked.since and asked.until and asked.until < asked.since:
        raise UsageError(f"--to {asked.until} is before --from {asked.since}")
    for word in asked.new - set(CREATABLE):
        raise UsageError(f"mail and calendars bring no {word}", hint=f"--new takes {' and '.join(CREATABLE)}")
    return asked
