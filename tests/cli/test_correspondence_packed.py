"""Mail and calendars in folders and archives, and packed ones."""

import gzip
import json
import zipfile
from pathlib import Path

import pytest

ME = "--me me@studio.example"
CALENDAR = """BEGIN:VCALENDAR
BEGIN:VEVENT
UID:{}
SUMMARY:Talk
DTSTART:20260316T090000Z
DURATION:PT30M
ATTENDEE:mailto:ann@acme.example
END:VEVENT
END:VCALENDAR
"""


def mail(key: str, **more: str) -> str:
    fields = {"From": "ann@acme.example", "To": "me@studio.example", "Subject": "Offer", **more}
    head = "".join(f"{name}: {value}\n" for name, value in fields.items())
    return f"{head}Date: Mon, 16 Mar 2026 09:00:00 +0000\nMessage-ID: <{key}>\n\nText of {key}.\n"


def mbox(*keys: str) -> str:
    return "".join(f"From x@y Mon Mar 16 10:00:00 2026\n{mail(key)}\n" for key in keys)


@pytest.fixture(autouse=True)
def people(run) -> None:
    run('customer add "Acme" --email office@acme.example', ok=True)
    run('contact add "Ann Lee" Acme --email ann@acme.example', ok=True)


@pytest.fixture
def folder(tmp_path) -> Path:
    path = tmp_path / "mail"
    path.mkdir()
    return path


def zipped(path: Path, **files: str | bytes) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return path


def keys(rows) -> list[str]:
    return [row[0] for row in rows("SELECT key FROM import_keys ORDER BY key")]


def test_a_packed_mailbox_and_a_packed_calendar_are_read_as_they_come(run, rows, tmp_path):
    (tmp_path / "box.mbox.gz").write_bytes(gzip.compress(mbox("a", "b").encode()))
    (tmp_path / "any.gz").write_bytes(gzip.compress(CALENDAR.format("u").encode()))

    assert "box.mbox.gz: 2 messages read · 2 new" in run(f"import {tmp_path / 'box.mbox.gz'} {ME}", ok=True).stdout
    assert "any.gz: 1 event read · 1 new" in run(f"import {tmp_path / 'any.gz'}", ok=True).stdout
    assert keys(rows) == ["a", "b", "u"]


def test_an_archive_with_mail_and_calendars_is_one_import_of_each(run, rows, tmp_path):
    files = {
        "Takeout/Mail/All mail.mbox": mbox("a", "b"),
        "Takeout/Mail/Sent.mbox": mbox("b", "c"),
        "Takeout/Calendar/one.ics": CALENDAR.format("u"),
        "Takeout/Calendar/two.ics": CALENDAR.format("u") + CALENDAR.format("v"),
        "Takeout/archive_browser.html": "<html>",
    }
    archive = zipped(tmp_path / "takeout.zip", **files)
    said = run(f"import {archive} {ME} --bodies", ok=True).stdout.splitlines()

    assert said[0].startswith(
        "i1 · takeout.zip: 4 messages read · 3 new, 0 changed, 0 same, 1 left out · left out, there twice: 1"
    )
    assert said[1].startswith(
        "i2 · takeout.zip: 3 events read · 2 new, 0 changed, 0 same, 1 left out · left out, there twice: 1"
    )
    assert rows("SELECT count(*) FROM activities WHERE note LIKE 'Text of _.'") == [["3"]]
    again = run(f"import {archive} {ME} --bodies", ok=True).stdout
    assert "3 same" in again
    assert "2 same" in again
    assert run(f"import {archive}").stderr.startswith("salestrack: whose mail is it?")
    assert run(f"import {archive} {ME} -f json").exit_code == 2


def test_what_an_archive_holds_as_gz_is_read_too(run, rows, tmp_path):
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        archive.writestr("mail/box.mbox.gz", gzip.compress(mbox("a", "b").encode()))
        archive.writestr("mail/saved.eml.gz", gzip.compress(mail("c").encode()))
        archive.writestr("cal/one.ics.gz", gzip.compress(CALENDAR.format("u").encode()))
        archive.writestr("damaged.mbox.gz", gzip.compress(mbox("d").encode())[:40])
        archive.writestr("older.tar.gz", gzip.compress(b"x" * 1000))
    result = run(f"import {tmp_path / 'all.zip'} {ME} --bodies")

    assert result.exit_code == 3
    assert "all.zip: 4 messages read · 3 new, 0 changed, 0 same, 1 skipped" in result.stdout
    assert "all.zip: 1 event read · 1 new" in result.stdout
    assert "all.zip/damaged.mbox.gz: is damaged" in result.stderr
    assert "not read, since packed once more: all.zip/older.tar.gz" in result.stderr
    assert keys(rows) == ["a", "b", "c", "u"]


def test_a_folder_is_read_with_all_folders_in_it_but_for_trash_and_drafts(run, rows, folder):
    (folder / "Inbox").write_text(mbox("a"))
    (folder / "Inbox.msf").write_text("// index of a mail program")
    (folder / "Inbox.sbd").mkdir()
    (folder / "Inbox.sbd" / "Offers").write_text(mbox("b"))
    (folder / "Trash").write_text(mbox("t"))
    (folder / "Entwürfe").write_text(mbox("d"))
    (folder / "saved.eml").write_text(mail("c"))
    (folder / "Apple.mbox").mkdir()
    (folder / "Apple.mbox" / "mbox").write_text(mbox("e"))
    (folder / "box" / "cur").mkdir(parents=True)
    (folder / "box" / "cur" / "1:2,S").write_text(mail("f"))
    (folder / "box" / "cur" / "2:2,T").write_text(mail("g"))
    (folder / "old.mbox.gz").write_bytes(gzip.compress(mbox("h").encode()))
    zipped(folder / "older.zip", **{"x/i.eml": mail("i")})
    result = run(f"import {folder} {ME} --bodies", ok=True)

    assert "mail: 8 messages read · 7 new, 0 changed, 0 same, 1 left out · left out, in the trash: 1" in result.stdout
    assert "not read, since it is no mail that was sent or kept: Entwürfe, Trash" in result.stderr
    assert keys(rows) == list("abcefhi")
    assert rows("SELECT count(*) FROM activities WHERE note LIKE 'Text of _.'") == [["7"]]
    assert rows("SELECT count(*) FROM imports") == [["1"]]
    run("undo", ok=True)
    assert rows("SELECT count(*) FROM activities") == [["0"]]


def test_a_maildir_in_an_archive_keeps_its_flags(run, rows, tmp_path):
    files = {
        "Maildir/cur/1:2,S": mail("a"),
        "Maildir/cur/2_2,ST": mail("b"),
        "Maildir/new/3": mail("c"),
        "Maildir/tmp/4": mail("d"),
        "Maildir/.Trash/cur/5:2,S": mail("e"),
    }
    run(f"import {zipped(tmp_path / 'm.zip', **files)} {ME}", ok=True)

    assert keys(rows) == ["a", "c"]


def test_a_damaged_file_among_others_is_named_and_the_others_come_in(run, rows, folder):
    (folder / "a.mbox").write_text(mbox("a"))
    (folder / "b.mbox.gz").write_bytes(gzip.compress(mbox("b").encode())[:40])
    (folder / "c.mbox").write_text(mbox("c").replace("Date", "Dated"))
    result = run(f"import {folder} {ME}")

    assert result.exit_code == 3
    assert "1 new, 0 changed, 0 same, 2 skipped" in result.stdout
    assert "b.mbox.gz: is damaged, or packed in a way that is not known" in result.stderr
    assert "c.mbox, message 1 'Offer': has no date" in result.stderr
    assert keys(rows) == ["a"]
    details = json.loads(run(f"import {folder} {ME} -f json").stderr)["details"]["faults"]
    assert [(fault["file"], fault["number"]) for fault in details] == [("b.mbox.gz", None), ("c.mbox", 1)]


def test_a_damaged_member_of_an_archive_is_named(run, rows, tmp_path):
    archive = tmp_path / "m.zip"
    with zipfile.ZipFile(archive, "w") as made:
        made.writestr("a.mbox", mbox("a"))
        made.writestr("b.ics", CALENDAR.format("u"))
        made.writestr("c.mbox", mbox("c"))
    data = archive.read_bytes()
    archive.write_bytes(data.replace(b"Text of a", b"Test of a", 1))
    result = run(f"import {archive} {ME}")

    assert result.exit_code == 3
    assert "m.zip/a.mbox: is damaged" in result.stderr
    assert keys(rows) == ["c", "u"]


def test_a_full_disk_is_no_damaged_file(run, rows, tmp_path, monkeypatch):
    import errno
    import tempfile

    archive = zipped(tmp_path / "m.zip", **{"a.mbox": mbox("a"), "b.ics": CALENDAR.format("u")})

    class Full:
        def __enter__(self):
            return self

        def __exit__(self, *error):
            return None

        def close(self):
            return None

        def write(self, block):
            raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(tempfile, "TemporaryFile", Full)
        result = run(f"import {archive} {ME}")
    assert result.exit_code == 1
    assert result.stderr.startswith("salestrack: the folder for temporary files is full: ")
    assert keys(rows) == []


def test_a_single_damaged_file_is_refused(run, tmp_path):
    (tmp_path / "b.mbox.gz").write_bytes(gzip.compress(mbox("b").encode())[:40])
    result = run(f"import {tmp_path / 'b.mbox.gz'} {ME}")

    assert result.exit_code == 1
    assert result.stderr.startswith("salestrack: b.mbox.gz is damaged")


def test_tables_and_calendars_in_one_folder_come_one_after_the_other(run, rows, folder):
    (folder / "customers.csv").write_text("name\nZoe\n")
    (folder / "cal.ics").write_text(CALENDAR.format("u"))
    (folder / "box.mbox").write_text(mbox("a"))
    tables = run(f"import {folder} --as customers", ok=True)

    assert "cal.ics is a calendar: import it by itself" in tables.stderr
    assert "box.mbox is a mailbox: import it by itself" in tables.stderr
    assert rows("SELECT count(*) FROM customers") == [["2"]]
    boxes = run(f"import {folder} {ME}", ok=True)
    assert "customers.csv is a table: import it by itself" in boxes.stderr
    assert rows("SELECT count(*) FROM activities") == [["2"]]
    (folder / "box.mbox").unlink()
    (folder / "cal.ics").unlink()
    nothing = run(f"import {folder} {ME}")
    assert nothing.exit_code == 2
    assert "there is no mailbox and no calendar in" in nothing.stderr
