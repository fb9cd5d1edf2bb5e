"""One message of a mailbox as the book wants to know it, however damaged: what cannot be read is said, never guessed."""

import email.header
import email.parser
import email.policy
import email.utils
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from email.message import Message
from itertools import pairwise

from salestrack.domain.addresses import Mine, Person, is_address, is_machine
from salestrack.domain.mails import (
    LONGEST_BODY,
    Damaged,
    Event,
    LeftOut,
    base_subject,
    hashed,
    id_of,
    is_reply,
    one_line,
)
from salestrack.domain.names import email_key
from salestrack.importers.correspondence.mailboxes import ASIDE, Place, Raw

MOST_PEOPLE = 100  # of a message; who writes to more writes to nobody in particular
MOST_REFERENCES = 50  # of a message; the first and the last of more
_PARSER = email.parser.BytesParser(policy=email.policy.compat32)
_HEADER = re.compile(r"(?m)^[!-9;-~]+[ \t]*:")
_IDS = re.compile(r"<[^<>]*>|[^\s<>]+@[^\s<>]+")
_ADDRESS = re.compile(r"[^\s@<>,;:\"'()]{1,100}@[^\s@<>,;:\"'()]{1,150}")
_ISO = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d")
_TAGS = re.compile(r"(?is)<(script|style|head).*?</\1\s*>|<[^<>]*>")
_DELETED = 0x0008  # of X-Mozilla-Status: deleted, though still in the file
_OLDEST, _LATEST = 1971, 2200


def read_message(raw: Raw, mine: Mine, now: datetime) -> Event | Damaged | LeftOut:
    """Return what a message tells; `now` is the local time, after which no mail can have been sent."""
    try:
        return _read(raw, mine, now)
    except Exception as error:  # the parser of the standard library fails in many ways on odd bytes
        return Damaged(raw.number, _rough_subject(raw.head), f"cannot be read ({type(error).__name__})")


def read_body(data: bytes) -> str | None:
    """Return the plain text of a message, cut to what is kept; None where it has none that can be read."""
    try:
        text = _text_of(_PARSER.parsebytes(data))
    except Exception:  # as above: a mail without its text is still a mail
        return None
    tidy = "".join(sign if sign.isprintable() or sign in "\n\t" else " " for sign in text.replace("\r\n", "\n"))
    lines = [line[1:] if line.startswith(">From ") else line.rstrip() for line in tidy.split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()[:LONGEST_BODY].rstrip() or None


def local_time(moment: datetime) -> datetime:
    """Return a moment as the clock of this machine showed it, without its zone; ValueError for one that no clock shows."""
    if not _OLDEST <= moment.year <= _LATEST:
        raise ValueError("out of range")
    try:
        return moment.astimezone().replace(tzinfo=None)
    except (OverflowError, OSError) as error:
        raise ValueError("out of range") from error


def _read(raw: Raw, mine: Mine, now: datetime) -> Event | Damaged | LeftOut:
    head = _PARSER.parsebytes(raw.head, headersonly=True)
    subject = one_line(_words(_raw(head, "Subject")))
    if not _HEADER.search(raw.head.decode("latin-1")) or not len(head):
        return Damaged(raw.number, subject, "is no message: it has no headers")
    if reason := _aside(raw, head):
        return LeftOut(raw.number, reason)
    sender = _people(head, "From") or _people(head, "Sender")
    if not sender:
        return Damaged(raw.number, subject, f"has no sender with an address{_shown(_raw(head, 'From'))}")
    moment = _sent(head, now)
    if isinstance(moment, str):
        return Damaged(raw.number, subject, moment)
    return _event(raw, head, sender[0], moment, mine)


def _event(raw: Raw, head: Message, sender: Person, moment: datetime, mine: Mine) -> Event | LeftOut:
    """Return a message whose sender and day are known."""
    subject = one_line(_words(_raw(head, "Subject")))
    written = [person for field in ("To", "Cc", "Bcc") for person in _people(head, field)]
    sender, people = _other_side(head, sender, written, mine)
    out = mine.is_us(sender.address)
    if not people:
        return LeftOut(raw.number, "among yourselves" if written else "to nobody who is named")
    if not out and _is_automatic(head):
        return LeftOut(raw.number, "automatic answers and reports")
    key = id_of(_first_id(_raw(head, "Message-ID")))
    references = _references(head)
    parent = id_of(_first_id(_raw(head, "In-Reply-To"))) or next(reversed(references), "")
    known = key or _key_without_id(head, sender, written, subject, moment)
    return Event(
        number=raw.number,
        key=known,
        kind="email",
        subject=subject or None,
        on=moment.date().isoformat(),
        time=moment.strftime("%H:%M"),
        direction="out" if out else "in",
        people=tuple(dict.fromkeys(people[:MOST_PEOPLE])),
        close=len(people) if out else 1,
        bulk=_is_bulk(head, sender) or len(people) > MOST_PEOPLE,
        thread=next(iter(references), None),
        parent=parent or (None if is_reply(subject) else key or None),
        links=_links(known, parent, references),
        place=(raw.place.file, raw.place.start, raw.place.end),
    )


def _references(head: Message) -> list[str]:
    return [text for each in _IDS.findall(_raw(head, "References")) if (text := id_of(each))]


def _links(key: str, parent: str, references: list[str]) -> tuple[tuple[str, str], ...]:
    """Return which message answers which: this one its parent, and of those that it names each the one before."""
    kept = references if len(references) <= MOST_REFERENCES else [references[0], *references[1 - MOST_REFERENCES :]]
    chain = list(dict.fromkeys([*(each for each in kept if each not in (parent, key)), parent, key]))
    line = [each for each in chain if each]
    return tuple((child, above) for above, child in pairwise(line))


def _other_side(head: Message, sender: Person, written: list[Person], mine: Mine) -> tuple[Person, list[Person]]:
    """Return who wrote a message, and the people in it who are not the seller's own, the nearest first."""
    others = [person for person in written if not mine.is_us(person.address)]
    if mine.is_us(sender.address) and not others:  # the form of a website writes to its owner for somebody else
        sender = next((each for each in _people(head, "Reply-To") if not mine.is_us(each.address)), sender)
    if mine.is_us(sender.address):
        return sender, others
    return sender, [sender, *(person for person in others if person.address != sender.address)]


def _aside(raw: Raw, head: Message) -> str | None:
    """Return why a message is none that was sent or kept: a draft, in the trash, spam."""
    if "D" in raw.flags:
        return "drafts"
    if "T" in raw.flags:
        return "in the trash"
    labels = [label.strip().casefold() for label in _words(_raw(head, "X-Gmail-Labels")).split(",")]
    status = _raw(head, "X-Mozilla-Status").strip()
    if re.fullmatch(r"[0-9a-fA-F]{4}", status) and int(status, 16) & _DELETED:
        return "in the trash"
    if _raw(head, "X-Spam-Flag").strip().casefold() == "yes":
        return "spam"
    # The first message of a Unix mailbox may be the program's own.
    if "x-imap" in {name.casefold() for name in head} and _words(_raw(head, "Subject")).startswith("DON'T DELETE"):
        return "notes of a mail program"
    return next((ASIDE[label] for label in labels if label in ASIDE), None)


def _is_bulk(head: Message, sender: Person) -> bool:
    lists = ("List-Id", "List-Unsubscribe", "List-Post")
    precedence = _raw(head, "Precedence").strip().casefold()
    return any(name in head for name in lists) or precedence in {"bulk", "list", "junk"} or is_machine(sender.address)


def _is_automatic(head: Message) -> bool:
    submitted = _raw(head, "Auto-Submitted").strip().casefold()
    if submitted.startswith(("auto-replied", "auto-generated", "auto-notified")):
        return True
    kind = _raw(head, "Content-Type").casefold()
    return "X-Autoreply" in head or "multipart/report" in kind or _raw(head, "Return-Path").strip() == "<>"


def _sent(head: Message, now: datetime) -> datetime | str:
    """Return when a message was sent, by its date or by the last machine that took it; a text says what is wrong."""
    given = _raw(head, "Date")
    received = [text.rpartition(";")[2] for text in _all(head, "Received")]
    found = [moment for moment in (_moment(text) for text in (given, *received[:1])) if moment]
    possible = [moment for moment in found if (moment - now).days < 1]
    if possible:
        return possible[0]
    if found:
        return f"is dated {found[0].date().isoformat()}, after today"
    return f"has a date that cannot be read{_shown(given)}" if given.strip() else "has no date"


def _moment(given: str) -> datetime | None:
    """Return a date of a header in this machine's zone, None for what is none."""
    text = given.strip()
    try:
        parsed = datetime.fromisoformat(text) if _ISO.match(text) else email.utils.parsedate_to_datetime(text)
        if parsed.tzinfo is None and text.endswith("-0000"):  # the time in UTC, of a zone that nobody knows
            parsed = parsed.replace(tzinfo=UTC)
        return local_time(parsed) if parsed.tzinfo else local_time(parsed.replace(tzinfo=None).astimezone())
    except (ValueError, TypeError, IndexError, OverflowError, AttributeError, OSError):
        return None


def _people(head: Message, field: str) -> list[Person]:
    """Return the people of a header in their order; what is no address is passed over."""
    texts = _all(head, field)
    found: list[Person] = []
    for name, address in email.utils.getaddresses(texts):
        tidy = email_key(address.strip("<>'\" "))
        if is_address(tidy):
            found.append(Person(tidy, _name(name, tidy)))
    if not found and any("=?" in text for text in texts):  # programs that encode name and address together
        decoded = email.utils.getaddresses([_words(text) for text in texts])
        found = [Person(key, _name(name, key)) for name, address in decoded if is_address(key := email_key(address))]
    if not found:  # addresses that the grammar of mail does not allow, but that stand there
        found = [Person(email_key(address)) for text in texts for address in _ADDRESS.findall(text)]
    return list({person.address: person for person in reversed(found)}.values())[::-1]


def _name(name: str, address: str) -> str:
    tidy = one_line(_words(name), 100).strip("'\" ")
    return "" if email_key(tidy) == address else tidy


def _all(head: Message, name: str) -> list[str]:
    """Return every header of a name as it stands there, the folding undone."""
    wanted = name.casefold()
    return [_clear(value) for key, value in head.raw_items() if key.casefold() == wanted]


def _raw(head: Message, name: str) -> str:
    """Return a header as it stands there; empty without one."""
    return next(iter(_all(head, name)), "")


def _clear(text: str) -> str:
    """Return the text of a header that may hold bytes of some encoding: UTF-8, else what Windows writes."""
    try:
        data = text.encode("ascii", "surrogateescape")
    except UnicodeEncodeError:
        data = text.encode("utf-8", "replace")
    try:
        clear = data.decode("utf-8")
    except UnicodeDecodeError:
        clear = data.decode("cp1252", "replace")
    return re.sub(r"\r?\n[ \t]*", " ", clear)


def _words(text: str) -> str:
    """Return a header with its encoded words decoded; those in an unknown encoding as well as can be."""
    if "=?" not in text:
        return text
    try:
        pieces = email.header.decode_header(text)
    except (ValueError, email.errors.HeaderParseError):
        return text
    return "".join(_decoded(piece, charset) for piece, charset in pieces) or text


def _decoded(piece: bytes | str, charset: str | None) -> str:
    if isinstance(piece, str):
        return piece
    # What stands beside encoded words comes as Python writes it, whatever it was.
    for name in (charset, "utf-8", "cp1252") if charset else ("raw-unicode-escape",):
        try:
            return piece.decode(name)
        except (LookupError, ValueError):
            continue
    return piece.decode("latin-1")


def _first_id(text: str) -> str:
    found = _IDS.search(text)
    return found.group() if found else text.strip() if "@" in text else ""


def _key_without_id(head: Message, sender: Person, written: list[Person], subject: str, moment: datetime) -> str:
    people = " ".join(sorted(person.address for person in written))
    return f"h:{hashed(sender.address, people, base_subject(subject), _raw(head, 'Date') or moment.isoformat())}"


def _rough_subject(head: bytes) -> str:
    found = re.search(rb"(?im)^subject:([^\r\n]*)", head)
    return one_line(_clear(found.group(1).decode("ascii", "surrogateescape"))) if found else ""


def _shown(text: str) -> str:
    tidy = one_line(_words(text), 60)
    return f": {tidy}" if tidy else ""


def _text_of(message: Message) -> str:
    """Return the first plain text of a message that is no attachment, else that of its HTML without the marks."""
    html = None
    for part in _parts(message):
        if part.get_content_type() == "text/plain":
            return _content(part)
        if part.get_content_type() == "text/html" and html is None:
            html = part
    if html is None:
        return ""
    import html as entities

    return entities.unescape(_TAGS.sub(" ", re.sub(r"(?i)<(br|/p|/div|/tr)[^<>]*>", "\n", _content(html))))


def _parts(message: Message) -> Iterator[Message]:
    """Yield the parts that are the message's own: not those of a mail that is attached or sent on as a whole."""
    if message.get_content_disposition() == "attachment" or message.get_content_maintype() == "message":
        return
    payload = message.get_payload()
    if not message.is_multipart():
        yield message
    for part in payload if message.is_multipart() and isinstance(payload, list) else ():
        if isinstance(part, Message):
            yield from _parts(part)


def _content(part: Message) -> str:
    data = part.get_payload(decode=True)
    if not isinstance(data, bytes):
        return ""
    for name in (part.get_content_charset() or "utf-8", "utf-8"):
        try:
            return data.decode(name)
        except (LookupError, ValueError):
            continue
    return data.decode("cp1252", "replace")


__all__ = ["Place", "local_time", "read_body", "read_message"]
