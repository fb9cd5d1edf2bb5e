import pytest

from salestrack.domain.money import PLAIN_STYLE, Money
from salestrack.render.document import Column, Document
from salestrack.render.terminal import draw

WHAT = "Larkspur Dental: New website"
COLUMNS = (
    Column(name="ref", title="", kind="ref"),
    Column(name="what", title="What", shrink=True),
    Column(name="phone", title="Phone"),
    Column(name="amount", title="Amount", kind="money"),
    Column(name="why", title="Why", tones={}),
    Column(name="note", title="Note", shrink=True),
    Column(name="command", title="Command"),
)
LINES = (("ref", "what", "phone", "amount"), ("why", "note", "command"))


def drawn(width: int = 80, color: bool = False, unicode: bool = True, **values) -> list[str]:
    row = {"ref": "a1", "what": WHAT, "phone": None, "amount": Money(516000, "EUR"), "why": "call 2 days late",
           "note": None, "command": "salestrack done a1"}  # fmt: skip
    document = Document(schema="salestrack/actions@1", columns=COLUMNS, rows=[row | values], stacked=LINES)
    return draw(document, width=width, color=color, unicode=unicode, style=PLAIN_STYLE).splitlines()


def test_a_row_is_two_lines_with_the_last_fields_on_the_right():
    assert drawn(60) == [
        "amounts in EUR",
        "",
        "a1  Larkspur Dental: New website                    5,160.00",
        "    call 2 days late                      salestrack done a1",
    ]


def test_what_is_not_known_takes_no_room():
    assert drawn(60, amount=None, phone="+49 170 1234567") == [
        "a1  Larkspur Dental: New website · +49 170 1234567",
        "    call 2 days late                      salestrack done a1",
    ]


def test_a_note_fills_what_is_left_or_gets_a_line_of_its_own():
    long = "wants a second offer after the board met, then decides before the summer"
    assert drawn(90, note=long)[-1] == (
        "    call 2 days late · wants a second offer after the board met, then…  salestrack done a1"
    )
    lines = drawn(60, note=long)
    assert lines[-2] == "    call 2 days late"
    assert lines[-1].startswith("    wants a second offer after the bo")
    assert lines[-1].endswith("…  salestrack done a1")


@pytest.mark.parametrize("width", [40, 47, 60, 80, 200])
def test_why_and_command_are_never_cut_and_no_line_is_too_long(width):
    why = "call 12 days late: ask about the price list and the new opening hours of the shop; close 3 days late"
    lines = drawn(width, why=why, phone="Ana Miller-Lüdenscheidt +49 170 1234567", note="x" * 300)
    text = " ".join(" ".join(lines).split())
    for word in [
        *why.split(),
        "salestrack done a1",
        "5,160.00",
        *["Ana", "Miller-Lüdenscheidt", "+49", "170", "1234567"],
    ]:
        assert word in text
    assert all(len(line) <= width for line in lines)


def test_colours_are_styling_alone_and_ascii_screens_get_ascii():
    plain = drawn(60, phone="0170")
    assert plain[-2].count("·") == 1
    coloured = drawn(60, color=True, phone="0170")
    assert "\x1b[" in "".join(coloured)
    assert all(ord(sign) < 128 for line in drawn(60, unicode=False, phone="0170", note="y" * 90) for sign in line)
