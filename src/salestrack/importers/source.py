"""The bytes of an export: opened once, checked to be text, spooled where they can be read only once."""

import codecs
import io
import os
import re
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import IO, NamedTuple

from salestrack.domain.quoting import quoted
from salestrack.errors import SalestrackError, UsageError
from salestrack.importers.packed import is_gzip, member_of, unpacked
from salestrack.importers.spooling import blocks_of, spooled

BLOCK = 1 << 20
SAMPLE = 1 << 16
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_ENDS = re.compile(r"\r\n|\r|\n")
# Python's encodings that are no encodings of files, or can make text out of anything.
_NOT_FOR_FILES = {"idna", "punycode", "raw-unicode-escape", "unicode-escape", "undefined", "mbcs", "oem", "utf-7"}
# What a file that is not UTF-8 may turn out to be; the hint names nothing else.
_USUAL = [
    "cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "cp1257", "cp437", "cp850", "mac_roman", "shift_jis", "euc_jp",
    "gb18030", "big5", "euc_kr", "cp949", "iso8859_15", "iso8859_2", "koi8_r",
]  # fmt: skip
_WESTERN = frozenset({"cp1252", "cp1250", "cp1254", "cp1257", "cp437", "cp850", "mac_roman", "iso8859_15"})
_NOT_IN_CP1252 = (0x81, 0x8D, 0x8F, 0x90, 0x9D)

Progress = Callable[[int, int], None]


class Source(NamedTuple):
    """An opened file: its name as messages give it, its bytes (which can be read again), size, hash and encoding."""

    name: str
    raw: IO[bytes]
    size: int
    sha256: str
    encoding: str

    def check_still(self) -> None:
        """Refuse a file that somebody wrote to while it was read: half a row may be in what was read.

        Raises SalestrackError.
        """
        try:
            size = os.fstat(self.raw.fileno()).st_size
        except OSError:
            return  # bytes that are in no file
        if size != self.size:
            grew = "grew" if size > self.size else "shrank"
            raise SalestrackError(f"{self.name} {grew} while it was read", hint="import it again when it is whole")


@contextmanager
def open_source(file: str, stdin: IO[bytes], *, encoding: str | None = None) -> Iterator[Source]:
    """Open a file, or standard input for `-`, and check that it is text; everything is closed at the end.

    Raises UsageError for an unknown encoding and SalestrackError for what cannot be read or is binary.
    """
    wanted = check_encoding(encoding) if encoding else None
    member = member_of(file)
    name = "standard input" if file == "-" else member.title if member else Path(file).name
    with _opened(file, name, stdin) as raw:
        start = raw.read(SAMPLE)
        raw.seek(0)
        chosen = _encoding(start, wanted)
        size, digest = _inspect(raw, name, chosen)
        raw.seek(0)
        yield Source(name, raw, size, digest, chosen)


def text_of(source: Source) -> io.TextIOWrapper:
    """Return the text of a source from its beginning, line ends as they are; detach() it when done."""
    source.raw.seek(0)
    return io.TextIOWrapper(source.raw, encoding=source.encoding, errors="strict", newline="")


def not_text(source: Source, error: UnicodeError) -> SalestrackError:
    """Return the error for bytes that are not in the encoding: the line, and what the file looks like."""
    line, damaged = _undecodable(source)
    named = source.encoding.removesuffix("-sig").upper()
    guess = _looks_like(damaged) if source.encoding.startswith("utf-8") else None
    if guess:
        hint = f"it looks like {guess}: run it again with --encoding {guess}"
    else:
        hint = "name its encoding, for example --encoding cp1252"
    reason = f" ({error.reason})" if isinstance(error, UnicodeDecodeError) and guess is None else ""
    return SalestrackError(f"{source.name} is not {named}: line {line} holds other bytes{reason}", hint=hint)


@contextmanager
def _opened(file: str, name: str, stdin: IO[bytes]) -> Iterator[IO[bytes]]:
    if file == "-":
        with spooled(blocks_of(stdin, name), name) as raw:
            yield raw
        return
    if is_gzip(file) or member_of(file):
        with unpacked(file) as raw:
            yield raw
        return
    try:
        handle = Path(file).open("rb")  # noqa: SIM115 - closed by the with below, whose body these errors are not for
    except IsADirectoryError:
        raise SalestrackError(f"{file} is a folder", hint="name the file in it") from None
    except FileNotFoundError:
        raise SalestrackError(f"there is no file {file}") from None
    except (OSError, ValueError) as error:
        raise SalestrackError(f"cannot read {file}: {getattr(error, 'strerror', None) or error}") from error
    with handle:
        if stat.S_ISREG(Path(file).stat().st_mode):
            yield handle
        else:
            with spooled(blocks_of(handle, name), name) as raw:
                yield raw


def check_encoding(encoding: str) -> str:
    """Return Python's name of an encoding of text files; UsageError for what is none."""
    try:
        found = codecs.lookup(encoding)
    except (LookupError, ValueError, UnicodeError):
        found = None
    # Codecs such as hex or zip are no encodings of text; Python marks them so.
    if found is None or not getattr(found, "_is_text_encoding", True) or found.name.replace("_", "-") in _NOT_FOR_FILES:
        raise UsageError(
            f"encoding {quoted(encoding)} is unknown", hint="for example --encoding cp1252, latin-1 or utf-16"
        )
    return found.name


def _encoding(start: bytes, wanted: str | None) -> str:
    marked = next((name for bom, name in _BOMS if start.startswith(bom)), None)
    if wanted is None:
        return marked or "utf-8"
    return "utf-8-sig" if wanted == "utf-8" and marked == "utf-8-sig" else wanted


def _inspect(raw: IO[bytes], name: str, encoding: str) -> tuple[int, str]:
    """Return size and hash of the bytes; SalestrackError when they are no text at all."""
    digest, size = sha256(), 0
    wide = encoding.replace("_", "-").startswith(("utf-16", "utf-32"))
    try:
        while block := raw.read(BLOCK):
            if not wide and (place := block.find(b"\0")) >= 0:
                raw.seek(0)
                line = 1 + raw.read(size + place).count(b"\n")
                raise SalestrackError(f"{name} is not a text file: line {line} holds a NUL byte", hint=_binary(raw))
            size += len(block)
            digest.update(block)
    except OSError as error:
        raise SalestrackError(f"cannot read {name}: {error.strerror or error}") from error
    return size, digest.hexdigest()


def _binary(raw: IO[bytes]) -> str:
    raw.seek(0)
    start = raw.read(4)
    if start.startswith((b"PK", b"\xd0\xcf\x11\xe0")):
        return "a workbook is saved as CSV first (UTF-8), then imported"
    return "if it is UTF-16 without a mark: --encoding utf-16-le"


def _undecodable(source: Source) -> tuple[int, bytes]:
    """Return the line of the first bytes that are not in the source's encoding, and bytes from there on."""
    source.raw.seek(0)
    decoder = codecs.getincrementaldecoder(source.encoding)("strict")
    line = 1
    while True:
        piece = source.raw.readline(BLOCK)
        try:
            line += len(_ENDS.findall(decoder.decode(piece, final=not piece)))
        except UnicodeError:
            return line, piece + source.raw.read(SAMPLE)
        if not piece:
            return line, b""


def _looks_like(sample: bytes) -> str | None:
    # Only ever a hint, and only on the way to an error: the import takes what the user names.
    from charset_normalizer import from_bytes

    best = from_bytes(sample, cp_isolation=_USUAL).best()
    if best is None or best.encoding not in _WESTERN:
        return best.encoding if best else None
    # A few letters with accents fit them all; what spreadsheets write comes first.
    return best.encoding if any(byte in sample for byte in _NOT_IN_CP1252) else "cp1252"
