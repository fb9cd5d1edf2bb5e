"""Bytes become text, or one clear refusal."""

import io
import os
import threading
from pathlib import Path

import pytest

from salestrack.errors import SalestrackError, UsageError
from salestrack.importers.source import not_text, open_source, text_of


def read(data: bytes, encoding: str | None = None) -> str:
    with open_source("-", io.BytesIO(data), encoding=encoding) as source:
        text = text_of(source)
        try:
            return text.read()
        except UnicodeError as error:
            raise not_text(source, error) from error
        finally:
            text.detach()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_a_byte_order_mark_says_the_encoding(encoding):
    assert read("name\nZoë\n".encode(encoding)) == "name\nZoë\n"


def test_another_encoding_must_be_named():
    data = ("name,town\n" + "Café Zoë,Besançon\nNäher Stoffe,Köln\n" * 20).encode("cp1252")

    with pytest.raises(SalestrackError, match=r"is not UTF-8: line 2 holds other bytes") as caught:
        read(data)
    assert "--encoding" in str(caught.value.hint)
    assert read(data, "cp1252").startswith("name,town\nCafé Zoë")


def test_the_line_of_a_stray_byte_is_named_far_into_the_file():
    data = b"name\n" + b"Acme\n" * 50_000 + b"Caf\xe9\n" + b"Acme\n" * 10

    with pytest.raises(SalestrackError, match="line 50002 "):
        read(data)


@pytest.mark.parametrize("name", ["klingon", "hex", "zip", "rot13", "undefined", "unicode_escape", "utf-7", "a\0b"])
def test_what_is_no_encoding_of_files_is_refused(name):
    with pytest.raises(UsageError, match="is unknown"):
        read(b"name\n", name)


def test_a_binary_file_is_refused_with_its_line():
    with pytest.raises(SalestrackError, match="not a text file: line 3 holds a NUL byte"):
        read(b"name\nAcme\nGlo\0bex\n")


def test_a_workbook_is_refused_with_what_to_do():
    with pytest.raises(SalestrackError) as caught:
        read(b"PK\x03\x04\0\0\0\0rest")
    assert "saved as CSV" in str(caught.value.hint)


def test_a_folder_a_missing_and_an_unreadable_file_are_one_line(tmp_path):
    locked = tmp_path / "locked.csv"
    locked.write_text("name\n")
    locked.chmod(0)
    cases = {str(tmp_path): "is a folder", str(tmp_path / "none.csv"): "there is no file", "a\0b": "cannot read"}
    if os.geteuid():  # root reads everything
        cases[str(locked)] = "cannot read"
    for file, sentence in cases.items():
        with pytest.raises(SalestrackError, match=sentence), open_source(file, io.BytesIO()):
            pass


def test_a_pipe_is_read_to_its_end_and_can_be_read_twice(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=Path.write_bytes, args=(pipe, b"name\nAcme\n"))
    writer.start()
    with open_source(str(pipe), io.BytesIO()) as source:
        for _ in range(2):
            text = text_of(source)
            assert text.read() == "name\nAcme\n"
            text.detach()
    writer.join()


def test_size_and_hash_are_those_of_the_bytes():
    with open_source("-", io.BytesIO(b"abc")) as source:
        assert source.size == 3
        assert source.sha256 == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        assert source.name == "standard input"
