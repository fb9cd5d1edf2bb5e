"""Every session in tests/golden prints what it says; `pytest --update-golden` rewrites them for review in the diff."""

from pathlib import Path

import pytest
from tests.sessions import Shell, Step, played, read, write

SESSIONS = sorted((Path(__file__).parent / "golden").glob("*.test"))


@pytest.mark.parametrize("path", SESSIONS, ids=lambda path: path.stem)
def test_a_session_prints_what_it_says(path, tmp_path, pytestconfig):
    text = path.read_text(encoding="utf-8")
    now = played(text, Shell(tmp_path))
    if pytestconfig.getoption("--update-golden", default=False):
        path.write_text(now, encoding="utf-8")
    else:
        assert now == text


def test_a_session_is_read_and_written_alike():
    text = "# A remark.\n\n$ one\nout\n\n  more\n[exit 1]\n\n# Another.\n$ two\n$ three\n\n"

    assert read(text) == (
        "# A remark.\n\n",
        [Step("one", "out\n\n  more\n[exit 1]\n", "\n# Another.\n"), Step("two", ""), Step("three", "", "\n")],
    )
    assert write(*read(text)) == text
