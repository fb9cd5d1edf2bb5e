"""Messages with the damage that real ones have."""

import time
from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from salestrack.domain.addresses import Person, mine
from salestrack.domain.mails import LONGEST_BODY, Damaged, Event, LeftOut
from salestrack.importers.correspondence.mailboxes import Place, Raw
from salestrack.importers.correspondence.messages import read_body, read_message

ME = mine(["me@studio.example"])
NOW = datetime(2026, 3, 18, 14, 30)
USUAL = {
    "From": "Ann Lee <ann@acme.example>",
    "To": "me@studio.example",
    "Subject": "Offer",
    "Date": "Mon, 16 Mar 2026 09:00:00 +0000",
    "Message-ID": "<1@acme.example>",
}


def read(raw: bytes = b"", flags: str = "", **changes: str | None):
    fields = {**USUAL, **{name.replace("_", "-"): value for name, value in changes.items()}}
    head = b"".join(f"{name}: {value}\n".encode() for name, value in fields.items() if value is not None)
    return read_message(Raw(1, head + raw + b"\n", Place("box", 0, 0), flags), ME, NOW)


def test_a_message_tells_who_wrote_to_whom_when_and_about_what():
    event = read(To="me@studio.example, Bob <bob@acme.example>", References="<0@x> <5@x>", In_Reply_To="<5@x>")

    assert event == Event(
        number=1,
        key="1@acme.example",
        kind="email",
        subject="Offer",
        on="2026-03-16",
        time="09:00",
        direction="in",
        people=(Person("ann@acme.example", "Ann Lee"), Person("bob@acme.example", "Bob")),
        close=1,
        thread="0@x",
        parent="5@x",
        place=("box", 0, 0),
        links=(("5@x", "0@x"), ("1@acme.example", "5@x")),
    )


def test_what_i_or_a_colleague_wrote_is_outgoing_to_everybody_else():
    event = read(From="Colleague <x@studio.example>", To="Ann <ann@acme.example>, me@studio.example", Cc="b@b.example")

    assert (event.direction, event.close) == ("out", 2)
    assert [person.address for person in event.people] == ["ann@acme.example", "b@b.example"]


@pytest.mark.parametrize(
    ("zone", "given", "on", "at"),
    [
        ("Europe/Berlin", "Mon, 16 Mar 2026 20:30:00 -0500", "2026-03-17", "02:30"),
        ("Europe/Berlin", "Sun, 29 Mar 2026 00:30:00 +0000", None, None),
        ("Europe/Berlin", "16 Mar 2026 10:00 GMT", "2026-03-16", "11:00"),
        ("Asia/Kolkata", "Mon, 16 Mar 2026 20:30:00 GMT", "2026-03-17", "02:00"),
        ("UTC", "Mon, 16 Mar 2026 20:30:00 -0000", "2026-03-16", "20:30"),
        ("America/New_York", "Mon, 16 Mar 2026 20:30:00 -0000", "2026-03-16", "16:30"),
        ("America/New_York", "Mon, 16 Mar 2026 20:30:00", "2026-03-16", "20:30"),
    ],
)
def test_days_and_times_are_those_of_this_machine(monkeypatch, zone, given, on, at):
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    try:
        event = read(Date=given)
        assert (event.on, event.time) == (on, at) if on else isinstance(event, Damaged)
    finally:
        monkeypatch.setenv("TZ", "UTC")
        time.tzset()


def test_without_a_date_the_last_machine_that_took_it_knows_one():
    for date in (None, "yesterday", "Mon, 16 Mar 2099 09:00:00 +0000", "Mon, 99 Foo 2026 99:99:99 +9999"):
        received = "from a by b; Tue, 17 Mar 2026 10:00:00 +0000"
        assert read(Date=date, Received=received).on == "2026-03-17"


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"Date": None}, "has no date"),
        ({"Date": "yesterday"}, "has a date that cannot be read: yesterday"),
        ({"Date": "Mon, 16 Mar 2099 09:00:00 +0000"}, "is dated 2099-03-16, after today"),
        (
            {"Date": "Mon, 16 Mar 1001 09:00:00 +0000"},
            "has a date that cannot be read: Mon, 16 Mar 1001 09:00:00 +0000",
        ),
        ({"From": None}, "has no sender with an address"),
        ({"From": "Ann"}, "has no sender with an address: Ann"),
        ({"From": ""}, "has no sender with an address"),
    ],
)
def test_what_is_missing_is_said_with_the_subject(changes, why):
    assert read(**changes) == Damaged(1, "Offer", why)


@pytest.mark.parametrize(
    ("given", "at"),
    [
        ("2026-03-16T09:30:00Z", "09:30"),
        ("Mon, 16 Mar 26 09:31:00 +0000", "09:31"),
        ("Mon Mar 16 09:32:00 2026", "09:32"),
    ],
)
def test_dates_that_other_programs_write_are_read(given, at):
    event = read(Date=given)

    assert (event.on, event.time) == ("2026-03-16", at)


@pytest.mark.parametrize(
    ("given", "people"),
    [
        ("=?utf-8?B?QW5uIExlZSA8YW5uQGFjbWUuZXhhbXBsZT4=?=", ["ann@acme.example"]),  # name and address as one word
        ("Team: ann@acme.example, bob@beta.example;", ["ann@acme.example", "bob@beta.example"]),
        ("undisclosed-recipients:;", []),
        ('"ann@acme.example" <ann@acme.example>', ["ann@acme.example"]),
    ],
)
def test_addresses_are_found_in_groups_and_encoded_words(given, people):
    found = read(From="me@studio.example", To=given)

    if people:
        assert [each.address for each in found.people] == people
    else:
        assert found == LeftOut(1, "to nobody who is named")


def test_the_form_of_a_website_writes_for_somebody_else():
    found = read(From="website@studio.example", Reply_To="Ann Lee <ann@acme.example>")

    assert (found.direction, found.people, found.close) == ("in", (Person("ann@acme.example", "Ann Lee"),), 1)
    assert read(From="me@studio.example", Reply_To="me@studio.example") == LeftOut(1, "among yourselves")


@pytest.mark.parametrize(
    ("labels", "why"),
    [
        ("Spam,Unread", "spam"),
        ("=?UTF-8?Q?Entw=C3=BCrfe,Ungelesen?=", "drafts"),
        ("Papierkorb", "in the trash"),
        ("Corbeille", "in the trash"),
    ],
)
def test_labels_of_other_languages_are_known(labels, why):
    assert read(X_Gmail_Labels=labels) == LeftOut(1, why)


def test_what_has_no_headers_is_no_message():
    found = read_message(Raw(3, b"rest of a text\n\n", Place("box", 0, 0)), ME, NOW)

    assert isinstance(found, Damaged)
    assert "no headers" in found.reason


@pytest.mark.parametrize(
    ("subject", "told"),
    [
        (b"=?utf-8?q?Gr=C3=BC=C3=9Fe?=", "Grüße"),
        (b"=?unknown-8bit?q?Gr=FC=DFe?=", "Grüße"),
        (b"=?nonsense?b?R3I=?= x", "Gr x"),
        (b"Gr\xfc\xdfe", "Grüße"),
        ("Grüße".encode(), "Grüße"),
        (b"=?utf-8?b?!!!!?=", "=?utf-8?b?!!!!?="),
        (b"=?utf-8?q?a?=\n =?utf-8?q?b?=", "ab"),
        (b"one\n  two", "one two"),
        (b"bell\x07", "bell"),
        (b"x" * 5000, "x" * 299 + "…"),
    ],
)
def test_subjects_in_any_encoding_are_read_as_well_as_can_be(subject, told):
    assert read(b"Subject: " + subject + b"\n", Subject=None).subject == told


def test_names_in_8_bit_and_with_commas_are_read():
    event = read(b'From: "L\xe9e, Ann" <ann@acme.example>\n', From=None)

    assert event.people[0] == Person("ann@acme.example", "Lée, Ann")


def test_without_an_id_a_message_is_known_by_what_it_says():
    one, same, other = read(Message_ID=None), read(Message_ID=None), read(Message_ID=None, Subject="Other")

    assert one.key == same.key != other.key
    assert one.key.startswith("h:")


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"To": "x@studio.example", "From": "me@studio.example"}, "among yourselves"),
        ({"Auto-Submitted": "auto-replied"}, "automatic answers and reports"),
        ({"Content-Type": "multipart/report; report-type=delivery-status"}, "automatic answers and reports"),
        ({"X-Gmail-Labels": "Important,Spam"}, "spam"),
        ({"X-Mozilla-Status": "0009"}, "in the trash"),
    ],
)
def test_what_nobody_sent_or_kept_is_left_out(changes, why):
    assert read(**changes) == LeftOut(1, why)


def test_drafts_and_what_is_in_the_trash_of_a_maildir_are_left_out():
    assert read(flags="DS") == LeftOut(1, "drafts")
    assert read(flags="ST") == LeftOut(1, "in the trash")


def test_newsletters_are_written_to_nobody_in_particular():
    assert read(List_Unsubscribe="<https://x>").bulk
    assert read(Precedence="bulk").bulk
    assert read(From="no-reply@acme.example").bulk
    assert not read().bulk


@pytest.mark.parametrize(
    ("message", "text"),
    [
        (b"\nHello\n", "Hello"),
        (b"Content-Type: text/plain; charset=nonsense\n\nGr\xfc\xdfe", "Grüße"),
        (b"Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64\n\nR3LDvMOfZQ==\n", "Grüße"),
        (b"Content-Type: text/plain\nContent-Transfer-Encoding: base64\n\n!!!!!\n", None),
        (b"Content-Type: text/html\n\n<style>x</style><p>Hello&nbsp;<b>you</b></p>there", "Hello\xa0 you \nthere"),
        (b"\n>From me\n\n\n\n\nto you", "From me\n\nto you"),
        (b"Content-Type: multipart/mixed; boundary=x\n\nno such part", None),
        (b"\n" + b"x" * 9000, "x" * LONGEST_BODY),
    ],
)
def test_texts_are_plain_and_short(message, text):
    found = read_body(message)

    assert (found or "").replace("\xa0", " ").split() == (text or "").replace("\xa0", " ").split()


def test_the_text_of_a_mail_that_is_attached_or_sent_on_is_not_the_text_of_this_one():
    inner = b"Content-Type: message/rfc822\n\nFrom: z@z\nSubject: inner\n\nInner text\n"
    mixed = b"Content-Type: multipart/mixed; boundary=BB\n\n--BB\n" + inner
    outer = mixed + b"--BB\nContent-Type: text/plain\n\nOuter text\n--BB--\n"

    assert read_body(outer) == "Outer text"
    assert read_body(mixed + b"--BB--\n") is None
    assert read_body(inner) is None


def test_the_plain_text_of_nested_parts_is_found_and_attachments_are_none():
    message = (
        b'Content-Type: multipart/mixed; boundary="a"\n\n--a\n'
        b"Content-Type: text/plain\nContent-Disposition: attachment\n\nsecret\n--a\n"
        b'Content-Type: multipart/alternative; boundary="b"\n\n--b\nContent-Type: text/html\n\n<p>html</p>\n'
        b"--b\nContent-Type: text/plain\n\nplain\n--b--\n--a--\n"
    )

    assert read_body(message) == "plain"
    assert read_body(message[:150]) is None


@given(
    st.binary(max_size=300),
    st.sampled_from(["From", "To", "Date", "Subject", "Message-ID", "References", "Content-Type"]),
)
@settings(max_examples=300, deadline=None)
def test_any_bytes_in_any_header_are_read_or_named(data, name):
    found = read(name.encode() + b": " + data + b"\n", **{name.replace("-", "_"): None})

    assert isinstance(found, Event | Damaged | LeftOut)
    if isinstance(found, Event):
        assert all(
            text is None or text.isprintable() for text in (found.subject, found.key, found.thread, found.parent)
        )
    read_body(name.encode() + b": " + data + b"\n\n" + data)


@given(st.binary(max_size=600))
@settings(max_examples=200, deadline=None)
def test_any_bytes_are_a_message_or_named(data):
    assert isinstance(read_message(Raw(1, data, Place("x", 0, 0)), ME, NOW), Event | Damaged | LeftOut)
    read_body(data)
