"""Profiles applied: what they say counts unless the command line says otherwise, and every row is accounted for."""

import io
from datetime import date

import pytest
from tests.importers.bringing import Asker, bring, everything

from salestrack.errors import UsageError
from salestrack.services.imports import Request, import_file

TILL = """
kind = "sales"
source = "acme-till"
match = ["Receipt", "Net", "Kind"]
id = "Receipt"

[columns]
date = "Day"
amount = "Net"
customer = ["Company", "First + Last"]
note = "Remark"

[values.channel]
w = "web"

[constants]
channel = "till"

[cells]
note = "html"

[blank]
"*" = ["n/a"]

[format]
date = "dmy"
decimal = ","

[[leave_out]]
column = "Kind"
is = "Draft"
why = "a draft"

[[leave_out]]
footer = true
why = "a footer line"
"""
FILE = """Receipt;Day;Net;Company;First;Last;Kind;Remark
1;01.03.2026;10,50;Acme;n/a;n/a;Sale;<p>Two</p>
2;02.03.2026;5,00;n/a;Ann;Lee;Sale;
3;03.03.2026;1,00;Acme;;;draft;
Total;;;;;;;

4;04.03.2026;2,00;n/a;n/a;n/a;Sale;n/a
"""
SALES = "SELECT s.on_date, s.amount, c.name, s.channel, s.note FROM sales s LEFT JOIN customers c ON c.id = s.customer_id ORDER BY s.id"


@pytest.fixture
def shelf(tmp_path):
    """Return the folder of a person's profiles, with one in it."""
    folder = tmp_path / "profiles"
    folder.mkdir()
    (folder / "acme-till.toml").write_text(TILL, encoding="utf-8")
    return folder


@pytest.fixture
def ask(store):
    return Asker(store)


def read(store, shelf, text=FILE, *, kind=None, **asked):
    return bring(store, text, kind, profiles=shelf, new="customers", **asked)


def test_a_file_is_recognised_and_read_as_its_profile_says(store, shelf, ask):
    result = read(store, shelf)

    assert (result.profile, result.kind, result.source) == ("acme-till", "sales", "acme-till")
    assert ask(SALES) == [
        ("2026-03-01", 1050, "Acme", "till", "Two"),
        ("2026-03-02", 500, "Ann Lee", "till", None),
        ("2026-03-04", 200, None, "till", None),
    ]


def test_every_row_is_new_or_left_out_with_its_reason_and_the_counts_add_up(store, shelf, ask):
    result = read(store, shelf)

    assert result.left_out == {"a draft": 1, "a footer line": 1}
    counts = result.counts
    assert counts.read == counts.new + counts.changed + counts.same + counts.rejected + counts.left_out == 5
    assert ask("SELECT profile, left_out_rows, left_out FROM imports") == [
        ("acme-till", 2, '{"a draft": 1, "a footer line": 1}')
    ]


def test_a_second_time_nothing_changes(store, shelf):
    read(store, shelf)
    before = everything(store)

    assert read(store, shelf).counts[:4] == (5, 0, 0, 3)
    assert everything(store) == before


def test_what_the_command_line_says_wins_over_the_profile(store, shelf, ask):
    result = read(store, shelf, constants=("channel=shop",), maps=["note=Kind", "customer=Company"], source="other")

    assert result.source == "other"
    assert ask(SALES)[:2] == [
        ("2026-03-01", 1050, "Acme", "shop", "Sale"),
        ("2026-03-02", 500, None, "shop", "Sale"),
    ]


def test_none_switches_profiles_off(store, shelf):
    with pytest.raises(UsageError, match="what does the file hold"):
        read(store, shelf, profile="none")
    assert (
        read(store, shelf, profile="none", kind="sales", date_format="dmy", decimal=",", rejects=None).profile is None
    )


def test_a_profile_may_be_named_for_a_file_that_it_does_not_recognise(store, shelf, ask):
    text = FILE.replace("Receipt", "Beleg")

    with pytest.raises(UsageError, match="what does the file hold"):
        read(store, shelf, text)
    result = read(store, shelf, text, profile="acme-till")
    assert (result.profile, result.counts.new, result.left_out) == ("acme-till", 3, {"a draft": 1, "a footer line": 1})
    with pytest.raises(UsageError, match="acme-till needs 'Kind'"):  # of which the drafts are known
        read(store, shelf, FILE.replace("Kind", "Art"), profile="acme-till")


def test_a_profile_for_other_records_than_as_says_is_refused(store, shelf):
    with pytest.raises(UsageError, match="the profile acme-till is for sales, and --as says deals"):
        read(store, shelf, kind="deals", profile="acme-till")


def test_encoding_and_delimiter_of_a_named_profile_open_the_file(store, shelf):
    profile = TILL.replace('decimal = ","', 'decimal = ","\nencoding = "cp1252"\ndelimiter = ":"')
    (shelf / "acme-till.toml").write_text(profile, encoding="utf-8")
    request = Request(
        file="-", kind=None, today=date(2026, 3, 18), profile="acme-till", profiles=shelf, new=frozenset({"customers"})
    )
    text = FILE.replace(";", ":").replace("Acme", "Müller").encode("cp1252")

    assert import_file(store, request, stdin=io.BytesIO(text)).counts.new == 3


def test_a_constant_is_read_like_a_cell_and_belongs_to_no_key(store, ask):
    text = "date,amount\n2026-03-01,10\n2026-03-01,10\n"
    first = bring(store, text, "sales", constants=("channel=shop",))

    assert (first.counts.new, ask("SELECT DISTINCT channel FROM sales")) == (2, [("shop",)])
    again = bring(store, text, "sales", constants=("channel=web",))
    assert (again.counts.changed, ask("SELECT DISTINCT channel FROM sales")) == (2, [("web",)])
    with pytest.raises(UsageError, match="sales have no field 'chanel'"):
        bring(store, text, "sales", constants=("chanel=shop",))


def test_a_bad_constant_is_told_like_a_cell(store):
    result = bring(store, "amount\n10\n", "sales", constants=("date=someday",), maps=[])

    assert result.refused
    assert "is not a date that can be read" in result.faults[0].reason


def test_cents_are_whole_numbers_of_the_smallest_unit(store, ask):
    result = bring(store, "date,amount,tax\n2026-03-01,1050,-7\n2026-03-02,0,\n", "sales", cents=True)

    assert result.counts.new == 2
    assert ask("SELECT amount, tax FROM sales") == [(1050, -7), (0, None)]
    bad = bring(store, "date,amount\n2026-03-01,10.50\n", "sales", cents=True, source="b")
    assert "is not a whole number of cents" in bad.faults[0].reason


@pytest.mark.parametrize(
    ("column", "names"),
    [
        ("name=First + Last", ["Ann Lee", "Bo"]),
        ("name=Nick | First", ["Nan", "Bo"]),
        ("name=Nick | First + Last", ["Nan", "Bo"]),
    ],
)
def test_a_field_may_be_fed_by_several_columns(store, ask, column, names):
    bring(store, "Nick,First,Last\nNan,Ann,Lee\n,Bo,\n", "customers", maps=[column])

    assert [name for (name,) in ask("SELECT name FROM customers ORDER BY id")] == names


def test_a_header_with_a_bar_or_a_plus_in_it_is_that_column(store, ask):
    bring(store, "First + Last,First,Last\nWhole,Ann,Lee\n", "customers", maps=["name=First + Last"])

    assert ask("SELECT name FROM customers") == [("Whole",)]


def test_a_stage_of_the_very_name_comes_before_what_a_profile_says(store, tmp_path, ask):
    folder = tmp_path / "p"
    folder.mkdir()
    (folder / "p.toml").write_text('kind = "deals"\n[values.stage]\nWon = "Lost"\nSigned = "Won"\n', encoding="utf-8")
    bring(store, "title,stage\na,Won\nb,Signed\n", None, profile="p", profiles=folder)

    assert ask("SELECT title, status FROM deals ORDER BY id") == [("a", "won"), ("b", "won")]
    bring(store, "title,stage\nc,Won\n", None, profile="p", profiles=folder, values=["stage:Won=Lost"])
    assert ask("SELECT status FROM deals WHERE title = 'c'") == [("lost",)]


def test_a_damaged_last_line_is_a_footer_where_the_profile_knows_footers(store, shelf):
    result = read(store, shelf, FILE.rstrip("\n") + "\nConfidential")

    assert not result.refused
    assert result.left_out["a footer line"] == 2


def test_what_was_said_is_saved_and_reads_the_next_file_without_words(store, tmp_path, ask):
    text = "Nr.,When,How much,Wer\n1,05/03/2026,1050,Acme\n"
    asked = {
        "maps": ["id=Nr.", "date=When", "amount=How much", "customer=Wer"], "date_format": "dmy", "cents": True,
        "constants": ("channel=shop",), "values": ["customer:Acme=Acme Ltd"],
    }  # fmt: skip
    first = bring(store, text, "sales", new="customers", profiles=tmp_path, save_as="odd-shop", source="odd", **asked)
    again = bring(store, text.replace("1,05", "2,06"), None, new="customers", profiles=tmp_path)

    assert first.notes[-1].startswith("saved as the profile odd-shop")
    assert (again.profile, again.source, again.counts.new) == ("odd-shop", "odd", 1)
    assert ask("SELECT s.on_date, s.amount, s.channel, c.name FROM sales s JOIN customers c ON c.id = s.customer_id") == [
        ("2026-03-05", 1050, "shop", "Acme Ltd"), ("2026-03-06", 1050, "shop", "Acme Ltd"),
    ]  # fmt: skip
    assert bring(store, text, None, profiles=tmp_path).counts.same == 1


def test_a_saved_profile_keeps_what_it_was_built_on(store, shelf):
    read(store, shelf, save_as="mine", profile="acme-till", constants=("channel=shop",))
    text = (shelf / "mine.toml").read_text(encoding="utf-8")
    result = read(store, shelf, profile="mine")

    assert 'why = "a footer line"' in text
    assert (result.counts.same, result.left_out) == (3, {"a draft": 1, "a footer line": 1})


def test_nothing_is_saved_of_a_rehearsal_or_a_refused_file(store, tmp_path):
    bring(store, "title,stage\na,Won\n", save_as="one", profiles=tmp_path, dry_run=True)
    bring(store, "title,stage\na,Wonn\n", save_as="two", profiles=tmp_path)

    assert list(tmp_path.glob("*.toml")) == []


def test_a_file_without_a_header_is_read_by_places_and_so_are_its_rejects(store, ask, tmp_path):
    bad = tmp_path / "bad.txt"
    asked = {"maps": ["customer=#1", "date=#2", "amount=#3"], "delimiter": "space", "header": False, "new": "customers"}
    first = bring(store, " 0001  19970101   29.33\n 0002 someday 5\n", "sales", rejects=bad, **asked)

    assert (first.counts.new, first.counts.rejected, first.delimiter) == (1, 1, "blanks")
    assert ask("SELECT c.name, on_date, amount FROM sales s JOIN customers c ON c.id = s.customer_id") == [
        ("0001", "1997-01-01", 2933)
    ]
    mended = bad.read_text().replace("someday", "19970102")
    assert bring(store, mended, "sales", **asked).counts.new == 1
    assert ask("SELECT max(on_date) FROM sales") == [("1997-01-02",)]


def test_what_is_left_out_now_and_came_in_before_is_named(store, shelf, ask):
    read(store, shelf)
    result = read(
        store, shelf, FILE.replace("2;02.03.2026;5,00;n/a;Ann;Lee;Sale", "2;02.03.2026;5,00;n/a;Ann;Lee;Draft")
    )

    assert result.left_out == {"a draft": 2, "a footer line": 1}
    assert result.notes == ("what is left out now came in before and is still in the book: s2 (salestrack rm s2)",)
    assert ask("SELECT count(*) FROM sales") == [(3,)]
