"""Mailboxes of every make: where messages begin, and what of them is read."""

import io
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from salestrack.errors import SalestrackError
from salestrack.importers.correspondence import mailboxes
from salestrack.importers.correspondence.mailboxes import mail_kind, open_box

FROM = b"From x@y Mon Mar 16 10:00:00 2026\n"


def heads(path: Path) -> list[bytes]:
    with open_box(str(path), io.BytesIO()) as box:
        return [raw.head for raw in box.messages()]


def message(number: int, body: bytes = b"text\n") -> bytes:
    return b"Subject: %d\n\n%s\n" % (number, body)


def test_a_line_of_a_text_that_begins_with_from_begins_no_message(tmp_path):
    path = tmp_path / "box.mbox"
    text = b"hello\n\nFrom here on: nothing\nFrom Paris with love\n\nFrom now on we say\nNote: this\n>From me\n"
    path.write_bytes(FROM + message(1, text) + FROM + message(2))

    assert heads(path) == [b"Subject: 1\n\n", b"Subject: 2\n\n"]


@pytest.mark.parametrize(
    "start",
    [
        b"From - Mon Mar 16 10:00:00 2026\n",
        b"From 1771@xxx Mon Mar 16 10:00:00 +0000 2026\n",
        b"From MAILER-DAEMON Mon Mar 16 10:00 2026\n",
        b"From nobody\n",
        b"From - \n",
    ],
)
def test_every_way_to_begin_a_message_is_known(tmp_path, start):
    path = tmp_path / "box"
    path.write_bytes(start + message(1) + b"\n" + start + message(2))

    assert mail_kind(str(path)) == "mbox"
    assert heads(path) == [b"Subject: 1\n\n", b"Subject: 2\n\n"]


def test_lines_may_end_as_windows_ends_them(tmp_path):
    path = tmp_path / "box.mbox"
    path.write_bytes((FROM + message(1) + b"\n" + FROM + message(2)).replace(b"\n", b"\r\n"))

    assert heads(path) == [b"Subject: 1\r\n\r\n", b"Subject: 2\r\n\r\n"]


def test_the_start_of_a_message_is_found_wherever_a_block_ends(tmp_path, monkeypatch):
    whole = b"".join(FROM + message(number, b"x" * (number * 37 % 211) + b"\n") for number in range(300))
    path = tmp_path / "box.mbox"
    path.write_bytes(whole)
    expected = [b"Subject: %d\n\n" % number for number in range(300)]

    for block in (9000, 12_289, 20_000, len(whole), len(whole) // 2):
        monkeypatch.setattr(mailboxes, "BLOCK", block)
        assert heads(path) == expected


def test_a_box_that_is_cut_at_its_start_still_has_its_messages(tmp_path):
    path = tmp_path / "box.mbox"
    path.write_bytes(b"rest of a text\n\n" + FROM + message(2))

    assert heads(path) == [b"rest of a text\n\n", b"Subject: 2\n\n"]


def test_a_maildir_has_its_folders_but_for_trash_and_drafts(tmp_path):
    for folder, name in ((".", "1"), (".Sent", "2"), (".Trash", "3"), (".Archive.2025", "4"), (".Drafts", "5")):
        for part in ("cur", "new", "tmp"):
            (tmp_path / folder / part).mkdir(parents=True)
        (tmp_path / folder / "cur" / f"{name}.host:2,S").write_bytes(message(int(name)))
        (tmp_path / folder / "tmp" / f"{name}.half").write_bytes(b"Sub")

    assert mail_kind(str(tmp_path)) == "maildir"
    assert sorted(heads(tmp_path)) == [b"Subject: 1\n\n", b"Subject: 2\n\n", b"Subject: 4\n\n"]


def test_the_flags_of_a_maildir_come_along(tmp_path):
    (tmp_path / "cur").mkdir()
    (tmp_path / "cur" / "1.host:2,DS").write_bytes(message(1))

    with open_box(str(tmp_path), io.BytesIO()) as box:
        assert [raw.flags for raw in box.messages()] == ["DS"]


def test_a_folder_without_mail_is_none(tmp_path):
    assert mail_kind(str(tmp_path)) is None
    with pytest.raises(SalestrackError, match="without mail"), open_box(str(tmp_path), io.BytesIO()):
        pass


def test_a_box_on_standard_input_is_read_and_leaves_no_file(tmp_path):
    with open_box("-", io.BytesIO(FROM + message(1))) as box:
        assert box.name == "standard input"
        assert [raw.head for raw in box.messages()] == [b"Subject: 1\n\n"]
        folder = box._path.parent
    assert not folder.exists()


def test_a_table_is_no_mailbox(tmp_path):
    path = tmp_path / "a.csv"
    for text in ("kind,date\ncall,2026-01-01\n", "From date,To date\n2026-01-01,2026-02-01\n", "From\tTo\n1\t2\n"):
        path.write_text(text)
        assert mail_kind(str(path)) is None


def test_a_saved_message_is_a_box_of_one_whatever_its_lines_begin_with(tmp_path):
    path = tmp_path / "offer.eml"
    path.write_bytes(message(1, b"\nFrom x@y Mon Mar 16 10:00:00 2026\nNo: header\n"))

    assert heads(path) == [b"Subject: 1\n\n"]


def test_a_folder_of_apple_mail_holds_its_box(tmp_path):
    (tmp_path / "Sent.mbox").mkdir()
    (tmp_path / "Sent.mbox" / "mbox").write_bytes(FROM + message(1))

    assert heads(tmp_path / "Sent.mbox") == [b"Subject: 1\n\n"]


@given(st.binary(max_size=400))
@settings(max_examples=100, deadline=None)
def test_any_bytes_are_a_box_of_some_messages_that_hold_them(tmp_path_factory, data):
    path = tmp_path_factory.mktemp("any") / "box.mbox"
    path.write_bytes(data)
    with open_box(str(path), io.BytesIO()) as box:
        places = [raw.place for raw in box.messages()]

    assert all(0 <= place.start <= place.end <= len(data) for place in places)
    assert bool(places) or data.startswith(b"From ") or not data
