"""Sales as a journal for hledger: what each customer owes for which product, to the cent."""

import json
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import accumulate, pairwise
from typing import NamedTuple

from salestrack.domain.filters import Filter
from salestrack.domain.money import Money, minor_digits
from salestrack.store import Store
from salestrack.store.export_outside import Entry, Outside

JOURNAL = "; salestrack sales journal"
RECEIVABLE, INCOME, TAX, FEES = "assets:receivable", "income:sales", "liabilities:sales tax", "expenses:fees"
NOBODY, NOTHING = "unknown", "other"


class Posting(NamedTuple):
    """An account, and what is added to it in minor units."""

    account: str
    minor: int


def journal(store: Store, chosen: Filter, *, today: date) -> Iterator[str]:
    """Yield a journal of all that counts as revenue until today: its income is what `report revenue` says.

    Each entry balances in its own currency; accounts are named by customer and product.
    """
    outside = Outside(store.engine)
    yield f"{JOURNAL}: what counts as revenue, net of tax\n\n"
    for code in outside.currencies(chosen, today=today.isoformat()):
        # A commodity directive tells hledger the digits; a whole one still needs its mark.
        yield f"commodity {'1000.' + '0' * minor_digits(code)} {code}\n"
    accounts: dict[str, None] = {}
    for entry in outside.entries(chosen, today=today.isoformat()):
        postings = _shown(entry)
        accounts |= dict.fromkeys(posting.account for posting in postings)
        yield f"\n{_told(entry, postings)}"
    if accounts:  # so that hledger's strict checks know them; it does not mind where they are declared
        yield "\n" + "".join(f"account {account}\n" for account in sorted(accounts))


_REASONS = {
    "ahead": ("sale after today is left out", "sales after today are left out"),
    "undated": ("sale without a date is left out", "sales without a date are left out"),
    "of_open": (
        "sale of an open deal is left out: the deal counts once it is won",
        "sales of open deals are left out: the deals count once they are won",
    ),
    "of_won": (
        "sale of a won deal is left out: the deal itself is in it",
        "sales of won deals are left out: the deals themselves are in it",
    ),
    "worthless": ("won deal without an amount is left out", "won deals without an amount are left out"),
    "never_closed": ("won deal without a day is left out", "won deals without a day are left out"),
}


def left_out(store: Store, chosen: Filter, *, today: date) -> tuple[str, ...]:
    """Return what a journal of a choice does not have, and why, a remark for each reason."""
    found = Outside(store.engine).left_out(chosen, today=today.isoformat())
    return tuple(f"{found[why]:,} {words[found[why] != 1]}" for why, words in _REASONS.items() if found.get(why))


def _shown(entry: Entry) -> list[Posting]:
    return [posting for posting in postings_of(entry) if posting.minor] or [
        Posting(_account(RECEIVABLE, entry.customer or NOBODY), 0)
    ]


def _told(entry: Entry, postings: Sequence[Posting]) -> str:
    amounts = [Money(posting.minor, entry.currency).plain() for posting in postings]
    wide = max(len(posting.account) for posting in postings)
    long = max(map(len, amounts))
    lines = [
        f"    {posting.account:<{wide}}  {amount:>{long}} {entry.currency}"
        for posting, amount in zip(postings, amounts, strict=True)
    ]
    return "\n".join([_heading(entry), *lines, ""])


def _heading(entry: Entry) -> str:
    ref = f"{'d' if entry.kind == 'deal' else 's'}{entry.record_id}"
    payee, about = _words(entry.customer or NOBODY), _words(entry.title or "")
    if entry.kind == "refund":
        about = " ".join(
            part for part in ("refund", f"of s{entry.refund_of}" if entry.refund_of else "", about) if part
        )
    said = f"{payee} | {about}" if about else payee
    said = f"() {said}" if said.startswith("(") else said  # else it would be taken for a code
    tags = f"id:{ref}" + (f", ref:{_words(entry.ref).replace(',', ' ')}" if entry.ref else "")
    return f"{entry.on_date} * {said}  ; {tags}"


def postings_of(entry: Entry) -> Sequence[Posting]:
    """Return the postings of an entry; they add up to nothing.

    What the customer owes is the net amount and the tax, less what a payment provider keeps.
    """
    tax, fee = entry.tax or 0, (entry.fee or 0) if not entry.nth else 0
    income = _income(entry)
    return (
        Posting(_account(RECEIVABLE, entry.customer or NOBODY), entry.amount + tax - fee),
        Posting(FEES, fee),
        Posting(TAX, -tax),
        *income,
    )


def _income(entry: Entry) -> list[Posting]:
    """Return what was earned by product, as the report by product splits it."""
    lines = json.loads(entry.lines)
    shares = (
        _due([amount or 0 for _, amount, _ in lines], entry.amount) if entry.nth is not None else [s for *_, s in lines]
    )
    found: dict[str, int] = {}
    for (name, _, _), share in zip(lines, shares, strict=True):
        account = _account(INCOME, name or NOTHING)
        found[account] = found.get(account, 0) + (share or 0)
    if rest := entry.amount - sum(found.values()):
        account = _account(INCOME, NOTHING)
        found[account] = found.get(account, 0) + rest
    return [Posting(account, -amount) for account, amount in found.items()]


def _due(weights: Sequence[int], amount: int) -> list[int]:
    """Return what lines have of one time of what repeats, whatever its price was then: in proportion, to the cent."""
    weights = weights if sum(weights) else [1] * len(weights)
    whole = sum(weights)
    upto = [0, *(_cut(amount * reached, whole) for reached in accumulate(weights))]
    return [after - before for before, after in pairwise(upto)]


def _cut(number: int, by: int) -> int:
    """Return a quotient without its fraction, as SQL divides."""
    whole = abs(number) // abs(by)
    return whole if (number < 0) == (by < 0) else -whole


def _account(parent: str, name: str) -> str:
    """Return an account; what ends or divides the name of one is written otherwise."""
    tidy = _words(name).replace(":", "-").strip("; ")
    return f"{parent}:{tidy or NOBODY}"


def _words(text: str) -> str:
    """Return a text of one line in which nothing begins a comment, or divides payee and note."""
    tidy = "".join(c if c.isprintable() else " " for c in text).replace(";", ",").replace("|", "/")
    return " ".join(tidy.split())
