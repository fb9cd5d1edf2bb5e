"""One deal becomes two, or two become one, so that what was open on any day in the past stays what it was."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from decimal import Decimal
from itertools import pairwise

from salestrack.domain.history import COLUMNS, Version
from salestrack.domain.lines import Line
from salestrack.domain.pipelines import StageKind
from salestrack.errors import RuleError

KindOf = Callable[[int], StageKind]
_RANK: dict[StageKind, int] = {"open": 0, "won": 1, "lost": 2}
_LEAST = Decimal("0.001")


def split(versions: Sequence[Version], part: int, whole: int) -> tuple[tuple[Version, ...], tuple[Version, ...]]:
    """Return the versions that stay and those of the new deal, which takes part of whole (minor units) out of each.

    Amounts are divided in proportion, what rounding leaves stays; an unknown amount stays unknown in both.
    """
    shares = [None if v.amount is None else v.amount * part // whole for v in versions]
    rest = (
        version._replace(amount=None if version.amount is None or share is None else version.amount - share)
        for version, share in zip(versions, shares, strict=True)
    )
    taken = (version._replace(id=0, amount=share) for version, share in zip(versions, shares, strict=True))
    return tuple(rest), tuple(taken)


def split_lines(lines: Sequence[Line], part: int) -> tuple[tuple[Line, ...], tuple[Line, ...]]:
    """Return the lines that stay and those of the new deal, which takes part of their total (minor units).

    Each line is divided in proportion, its quantity as well, to three decimals. Without known amounts all stay.
    """
    amounts = [line.amount for line in lines if line.amount is not None]
    whole = sum(amounts)
    if len(amounts) < len(lines) or whole <= 0:
        return tuple(lines), ()
    rest, taken, before = [], [], 0
    for line, amount in zip(lines, amounts, strict=True):
        share = (before + amount) * part // whole - before * part // whole
        before += amount
        quantity = line.quantity
        if line.kind == "product":
            quantity = max((line.quantity * part / whole).quantize(_LEAST), _LEAST)
            rest.append(_sized(line, max(line.quantity - quantity, _LEAST), amount - share))
        else:
            rest.append(_sized(line, quantity, amount - share))
        taken.append(_sized(line._replace(id=0), quantity, share))
    return tuple(rest), tuple(taken)


def merged(mine: Sequence[Version], theirs: Sequence[Version], kind: KindOf) -> tuple[Version, ...]:
    """Return one history of two deals: on every day the amount of both, and all else of the one that stays.

    Before that one began it stands as in its first version. Where only one of the two was open, that one counts.
    Raises RuleError for a day on which their amounts were in different currencies.
    """
    before = [version for version in theirs if _start(version) < _start(mine[0]) and not _is_moment(version)]
    earlier = _joined(_alone(version, mine[0], kind) for version in before)
    pieces = [*earlier, *(piece for version in mine for piece in _pieces(version, theirs, kind))]
    if earlier and all(version.stage_id == mine[0].stage_id for version in earlier):
        pieces = _entered(pieces, mine[0], earlier[0].from_on)
    if earlier and _same(pieces[len(earlier) - 1], pieces[len(earlier)]):
        one = pieces.pop(len(earlier) - 1)
        pieces[len(earlier) - 1] = pieces[len(earlier) - 1]._replace(from_on=one.from_on, seq=1)
    return _in_order(pieces)


def merged_lines(
    mine: tuple[Sequence[Line], int | None], theirs: tuple[Sequence[Line], int | None], title: str
) -> tuple[Line, ...]:
    """Return the lines of two deals together, each given with its amount; title names a second one without lines.

    What both have at the same price becomes one line. Where neither has lines there are none.
    """
    lines = [*mine[0]]
    if not lines and not theirs[0]:
        return ()
    if not lines and mine[1]:
        lines.append(Line(kind="adjustment", name="the rest", price=mine[1], amount=mine[1]))
    for line in theirs[0]:
        at = next((i for i, known in enumerate(lines) if _alike(known, line)), None)
        if at is None:
            lines.append(line._replace(id=0))
        else:
            lines[at] = _sized(
                lines[at], lines[at].quantity + line.quantity, (lines[at].amount or 0) + (line.amount or 0)
            )
    if not theirs[0] and theirs[1]:
        lines.append(Line(kind="adjustment", name=title, price=theirs[1], amount=theirs[1]))
    return tuple(lines)


def _pieces(version: Version, theirs: Sequence[Version], kind: KindOf) -> list[Version]:
    """Return a version of the deal that stays, cut where the other deal changed."""
    if _is_moment(version):
        return [_at_once(version, theirs, kind)]
    end = version.to_on or date.max
    inside = (_start(other) for other in theirs if _start(version) < _start(other) < end)
    starts = [_start(version), *sorted(set(inside))]
    cut = [_both(version._replace(from_on=None if s == date.min else s), _at(theirs, s), kind) for s in starts]
    return _joined([cut[0], *(piece._replace(id=0, seq=1) for piece in cut[1:])])


def _at_once(mine: Version, theirs: Sequence[Version], kind: KindOf) -> Version:
    """Return a version that was over on the day it began; it keeps its stage, as no day's value hangs on it."""
    same = [other for other in theirs if (other.from_on, other.seq) == (mine.from_on, mine.seq)]
    other = same[0] if same else _at(theirs, _start(mine))
    return _summed(mine, other) if other and kind(other.stage_id) == kind(mine.stage_id) else mine


def _both(mine: Version, theirs: Version | None, kind: KindOf) -> Version:
    """Return what two deals were together on a day."""
    if theirs is None:
        return mine
    kinds = kind(mine.stage_id), kind(theirs.stage_id)
    if kinds[0] == kinds[1]:
        return _summed(mine, theirs)
    if _RANK[kinds[0]] < _RANK[kinds[1]]:
        return mine
    money = mine._replace(amount=theirs.amount, currency=theirs.currency)
    return money._replace(stage_id=theirs.stage_id, stage_since=theirs.stage_since, probability=theirs.probability)


def _alone(theirs: Version, first: Version, kind: KindOf) -> Version:
    """Return what the merged deal was while there was only the other one."""
    alone = theirs._replace(id=0, seq=1)
    if kind(theirs.stage_id) != "open" or kind(first.stage_id) != "open":
        return alone
    alone = alone._replace(stage_id=first.stage_id, probability=first.probability)
    return alone._replace(expected_on=first.expected_on, owner_id=first.owner_id)


def _summed(mine: Version, theirs: Version) -> Version:
    if theirs.amount is None:
        return mine
    if mine.amount is None:
        return mine._replace(amount=theirs.amount, currency=theirs.currency)
    if mine.currency != theirs.currency:
        on = max(_start(mine), _start(theirs))
        raise RuleError(f"on {on} one of them was in {mine.currency} and the other in {theirs.currency}")
    return mine._replace(amount=mine.amount + theirs.amount)


def _entered(pieces: Sequence[Version], first: Version, since: date | None) -> list[Version]:
    """Return the versions with the first stage entered on the day the other deal began, if that is known."""
    found, in_first = [], since is not None
    for piece in pieces:
        in_first = in_first and piece.stage_id == first.stage_id
        found.append(piece._replace(stage_since=since) if in_first else piece)
    return found


def _joined(pieces: Iterable[Version]) -> list[Version]:
    """Return versions without those that say the same as the one before."""
    found: list[Version] = []
    for piece in pieces:
        if not found or not _same(found[-1], piece):
            found.append(piece)
    return found


def _same(one: Version, other: Version) -> bool:
    return all(getattr(one, column) == getattr(other, column) for column in COLUMNS)


def _in_order(pieces: Sequence[Version]) -> tuple[Version, ...]:
    """Return versions that follow each other without a gap, numbered where several begin on one day."""
    found: list[Version] = []
    for piece in pieces:
        follows = bool(found) and found[-1].from_on == piece.from_on
        found.append(piece._replace(seq=max(piece.seq, found[-1].seq + 1) if follows else piece.seq))
    ends = [later.from_on for _, later in pairwise(found)]
    return tuple(version._replace(to_on=end) for version, end in zip(found, [*ends, None], strict=True))


def _at(versions: Sequence[Version], day: date) -> Version | None:
    found = [version for version in versions if _start(version) <= day < (version.to_on or date.max)]
    return found[-1] if found else None


def _start(version: Version) -> date:
    return version.from_on or date.min


def _is_moment(version: Version) -> bool:
    return version.from_on is not None and version.from_on == version.to_on


def _alike(one: Line, other: Line) -> bool:
    """Say whether two lines are of one product at one price, as far as both have a price."""
    same = (one.kind, one.product_id, one.name) == (other.kind, other.product_id, other.name)
    prices = {line.price for line in (one, other)} - {None}
    return same and one.kind == "product" and len(prices) < 2


def _sized(line: Line, quantity: Decimal, amount: int) -> Line:
    """Return a line with another quantity and amount, and a price where one follows from them."""
    price = Decimal(amount) / quantity
    keeps = line.price is not None and line.price * quantity == amount
    whole = int(price) if price == price.to_integral_value() else None
    tidy = quantity.normalize() if quantity != quantity.to_integral_value() else quantity.quantize(Decimal(1))
    return line._replace(quantity=tidy, amount=amount, price=line.price if keeps else whole)
