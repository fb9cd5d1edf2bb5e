"""How notes say numbers."""

LATER_DEALS = ("deal was closed after today and is left out", "deals were closed after today and are left out")
LATER_SALES = ("sale is dated after today and is left out", "sales are dated after today and are left out")


def counted(number: int, one: str, more: str) -> str:
    """Return a number with the words for it: `1 deal has`, `1,200 deals have`."""
    return f"{number:,} {one if number == 1 else more}"
