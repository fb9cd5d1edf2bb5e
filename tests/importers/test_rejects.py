"""Rejected rows stand in their file as they stood in the first."""

import io

import pytest

from salestrack.errors import SalestrackError
from salestrack.importers.rejects import write_rejects
from salestrack.importers.source import open_source
from salestrack.importers.table import Table


def rejected(data: bytes, reasons: list[tuple[int, str]], target, encoding: str | None = None) -> bytes:
    with open_source("-", io.BytesIO(data), encoding=encoding) as source:
        write_rejects(Table(source), iter(reasons), target)
    return target.read_bytes()


def test_rows_are_written_as_they_stood_with_line_and_reason_in_front(tmp_path):
    data = b'id;note\r\n1;fine\r\n2;"two\r\nlines; ""quoted"""\r\n3;fine\r\n4;too;many;cells\r\n'
    found = rejected(data, [(3, "no good"), (6, "has 4 cells")], tmp_path / "bad.csv")
    assert found == (
        b'_line;_error;id;note\r\n3;no good;2;"two\r\nlines; ""quoted"""\r\n6;has 4 cells;4;too;many;cells\r\n'
    )


@pytest.mark.parametrize("encoding", ["cp1252", "utf-16", "utf-8-sig"])
def test_the_encoding_stays_and_a_reason_in_other_letters_does_not_fail(tmp_path, encoding):
    data = "name\nZoë\nAcme\n".encode(encoding)
    found = rejected(data, [(2, "did you mean Ζωή?")], tmp_path / "bad.csv", "cp1252" if encoding == "cp1252" else None)
    assert found.decode(encoding).splitlines()[1].endswith(",Zoë")


def test_an_old_file_stays_when_the_new_one_cannot_be_written(tmp_path):
    with pytest.raises(SalestrackError, match="cannot write"):
        rejected(b"a\n1\n", [(2, "x")], tmp_path / "no" / "such.csv")
    target = tmp_path / "bad.csv"
    target.write_text("old")

    def broken():
        yield 2, "x"
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), open_source("-", io.BytesIO(b"a\n1\n2\n")) as source:
        write_rejects(Table(source), broken(), target)
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("bad.csv", "old")]
