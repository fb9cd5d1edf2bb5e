"""What currencies are worth from which day on; what waited for a rate is pinned at it."""

from datetime import date

from salestrack.domain.dates import format_day
from salestrack.domain.money import check_currency
from salestrack.domain.rates import format_inverse, format_rate, is_absurd, parse_rate
from salestrack.errors import AmbiguousError, NotFoundError, RuleError
from salestrack.services.answers import Answer, Ask
from salestrack.services.consent import consent
from salestrack.store import Store
from salestrack.store.rates import Pinned, RateOn


def set_rate(store: Store, currency: str, text: str, *, on: date, decimal: str, ask: Ask | None, yes: bool) -> Answer:
    """Say what a unit of a currency is worth in the book's from a day on, and pin what waited for that.

    What has its rate already keeps it. Asks about a rate that is ten times the last one, or a tenth.
    """
    own, code, rate = store.settings.book.currency, check_currency(currency), parse_rate(text, decimal)
    if code == own:
        other = "USD" if own == "EUR" else "EUR"
        raise RuleError(f"the book is kept in {own}, which is always worth 1", hint=f"salestrack rate set {other} 1.08")
    said = f"1 {code} = {format_rate(rate, decimal)} {own}"
    last = _nearest(store.rates.of(code), on)
    if last and is_absurd(rate, last.rate):
        was = f"{format_rate(last.rate, decimal)} on {last.on}"
        consent(f"{said} is far from the rate that is known, {was}", ask=ask, yes=yes)
    with store.operation(f"set the rate of {code}") as op:
        before = next((each for each in store.rates.of(code) if each.on == on), None)
        store.rates.put(code, on, rate, op=op.id)
        pinned = store.rates.pin(code, on, into=own, op=op.id)
        if before and before.rate == rate and not (pinned.deals or pinned.sales):
            raise RuleError(f"{said} from {format_day(on)} is known already")
    replaced = (f"was {format_rate(before.rate, decimal)}",) if before and before.rate != rate else ()
    inverse = f"1 {own} = {format_inverse(rate, decimal)} {code}"
    return Answer((said, inverse, f"from {format_day(on)}", *replaced, *_told(pinned)), op.id, _notes(pinned, code))


def remove_rate(store: Store, currency: str, on: date | None) -> Answer:
    """Remove a rate: the one of a day, or the only one; what was pinned at it stays as it is."""
    code, own = check_currency(currency), store.settings.book.currency
    with store.operation(f"removed the rate of {code}") as op:
        rate = _one(store, code, on)
        store.rates.remove(rate.id)
    return Answer((f"removed 1 {code} = {format_rate(rate.rate)} {own}", f"from {format_day(rate.on)}"), op.id)


def _one(store: Store, code: str, on: date | None) -> RateOn:
    rates = store.rates.of(code)
    if not rates:
        known = ", ".join(store.rates.currencies()) or "none yet"
        raise NotFoundError(f"there is no rate for {code}; known: {known}", hint="salestrack rate list shows them")
    days = ", ".join(str(each.on) for each in rates[-5:])
    found = [each for each in rates if on in {None, each.on}]
    if not found:
        raise NotFoundError(f"there is no rate for {code} from {on}; known: {days}")
    if len(found) > 1:
        raise AmbiguousError(f"{code} has {len(found)} rates: {days}", hint=f"salestrack rate rm {code} {rates[-1].on}")
    return found[0]


def _nearest(rates: list[RateOn], on: date) -> RateOn | None:
    """Return the rate a new one is measured by: the last one until that day, else the first one after."""
    return next((each for each in reversed(rates) if each.on <= on), rates[0] if rates else None)


def _told(pinned: Pinned) -> tuple[str, ...]:
    counts = ((pinned.deals, "closed deal"), (pinned.sales, "sale"))
    told = [f"{count:,} {what}{'' if count == 1 else 's'}" for count, what in counts if count]
    return (f"pinned for {' and '.join(told)} that had none",) if told else ()


def _notes(pinned: Pinned, code: str) -> tuple[str, ...]:
    if not pinned.closed:
        return ()
    many = f"{pinned.closed:,} record{'' if pinned.closed == 1 else 's'} in {code}"
    return (f"{many} of closed books stay without a rate (salestrack config get closed-until)",)
