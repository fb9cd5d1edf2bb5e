"""Tables of calls as telephones and CRMs write them: how long they took, and with whom."""

import pytest


@pytest.fixture
def bring(tmp_path, book, run):
    """Return a call that imports a table of activities."""

    def bring(*lines: str, more: str = "--new customers", ok: bool = True):
        (tmp_path / "a.csv").write_text("\n".join([*lines, ""]), encoding="utf-8")
        return run(f"import {tmp_path}/a.csv --as activities {more}", ok=ok)

    return bring


@pytest.mark.parametrize(
    ("header", "text", "seconds"),
    [
        ("duration", "00:05:30", "330"), ("duration", "1:00:00", "3600"), ("duration", "00:00:00", "0"),
        ("duration", "1:30", "5400"), ("duration", "90", "5400"), ("Duration (seconds)", "90", "90"),
        ("call_duration_sec", "330", "330"), ("Duration in seconds", "00:05:30", "330"),
    ],
)  # fmt: skip
def test_how_long_a_call_took_is_read_as_telephones_write_it(bring, rows, header, text, seconds):
    more = f'--new customers --map "duration={header}"'
    bring(f"date,kind,customer,{header}", f"2026-03-01,call,Acme,{text}", more=more)

    assert rows("SELECT seconds FROM activities") == [[seconds]]


@pytest.mark.parametrize("text", ["00:75:30", "999:00:00"])
def test_a_time_that_there_is_not_is_refused(bring, text):
    assert "cannot be read" in bring("date,kind,customer,duration", f"2026-03-01,call,Acme,{text}", ok=False).stderr


@pytest.mark.parametrize("mark", ["-", "--", "n/a", "N/A", "none"])
def test_a_mark_for_nobody_is_no_customer(bring, rows, mark):
    bring("date,kind,customer,note", f"2026-03-01,call,{mark},Hello", "2026-03-01,call,Acme,Hello")

    assert rows("SELECT name FROM customers") == [["Acme"]]
    assert rows("SELECT customer_id FROM activities ORDER BY id") == [[""], ["1"]]
