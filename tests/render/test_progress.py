"""A bar on a terminal for long files, nothing for short ones."""

import io

from salestrack.render.formats import Screen
from salestrack.render.progress import SHOWN_FROM, progress_bar

SCREEN = Screen(width=80, color=False, unicode=True)


def test_a_short_file_shows_nothing():
    out = io.StringIO()
    with progress_bar(out, SCREEN, "deals.csv") as told:
        told(10, 1000)
        told(1000, 1000)
    assert out.getvalue() == ""


def test_a_long_file_shows_how_far_it_is_and_then_that_it_is_written():
    out = io.StringIO()
    with progress_bar(out, SCREEN, "deals.csv") as told:
        told(SHOWN_FROM, SHOWN_FROM * 4)
        told(SHOWN_FROM * 4, SHOWN_FROM * 4)
    assert "deals.csv" in out.getvalue()
    assert "writing" in out.getvalue()


def test_the_bar_goes_when_the_work_is_interrupted():
    out = io.StringIO()
    try:
        with progress_bar(out, SCREEN, "deals.csv") as told:
            told(SHOWN_FROM, SHOWN_FROM * 4)
            raise KeyboardInterrupt
    except KeyboardInterrupt:
        assert out.getvalue().endswith("\x1b[?25h\r\x1b[1A\x1b[2K")
