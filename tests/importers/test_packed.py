"""Packed files: unpacked as they are read, guarded against bombs, damage named."""

import gzip
import io
import zipfile

import pytest

from salestrack.errors import SalestrackError
from salestrack.importers import packed
from salestrack.importers.source import open_source

TEXT = b"Id,Name\n1,Acme\n"


def archive(tmp_path, **files: bytes):
    path = tmp_path / "export.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in files.items():
            file.writestr(name.replace("__", "/").replace("_", "."), content)
    return path


def read(file: str) -> tuple[str, bytes]:
    with open_source(file, io.BytesIO()) as source:
        return source.name, source.raw.read()


def test_a_gz_is_read_like_what_is_in_it(tmp_path):
    path = tmp_path / "deals.csv.gz"
    path.write_bytes(gzip.compress(TEXT))

    assert read(str(path)) == ("deals.csv.gz", TEXT)


def test_a_member_of_an_archive_has_a_path_and_a_name(tmp_path):
    path = archive(tmp_path, folder__deals_csv=TEXT)

    assert read(f"{path}/folder/deals.csv") == ("export.zip/folder/deals.csv", TEXT)
    with pytest.raises(SalestrackError, match=r"there is no other.csv in export.zip"):
        read(f"{path}/other.csv")


def test_a_gz_in_an_archive_is_read_like_what_is_in_it(tmp_path):
    path = archive(tmp_path, folder__deals_csv_gz=gzip.compress(TEXT))

    assert read(f"{path}/folder/deals.csv.gz") == ("export.zip/folder/deals.csv.gz", TEXT)
    assert packed.start_of(f"{path}/folder/deals.csv.gz", 4) == TEXT[:4]


def test_members_are_listed_without_folders_and_what_systems_leave_there(tmp_path):
    path = archive(tmp_path, a_csv=TEXT, b__c_csv=TEXT)
    with zipfile.ZipFile(path, "a") as file:
        file.mkdir("empty") if hasattr(file, "mkdir") else None
        file.writestr("__MACOSX/a.csv", b"")
        file.writestr(".DS_Store", b"")

    assert packed.members(path) == ["a.csv", "b/c.csv"]


@pytest.mark.parametrize("ending", ["gz", "zip", "gz in zip"])
def test_what_unpacks_to_far_more_than_text_does_is_refused(tmp_path, monkeypatch, ending):
    monkeypatch.setattr(packed, "ALWAYS_ALLOWED", 1000)
    bomb = b"0" * 5_000_000
    path = tmp_path / "bomb.csv.gz"
    path.write_bytes(gzip.compress(bomb))
    if ending == "zip":
        file = f"{archive(tmp_path, bomb_csv=bomb)}/bomb.csv"
    elif ending == "gz in zip":
        file = f"{archive(tmp_path, bomb_csv_gz=path.read_bytes())}/bomb.csv.gz"
    else:
        file = str(path)

    with pytest.raises(SalestrackError, match="unpacks to more than 200 times its size"):
        read(file)


def test_damage_is_one_line(tmp_path):
    cut = tmp_path / "cut.csv.gz"
    cut.write_bytes(gzip.compress(TEXT * 1000)[:-20])
    no_gzip = tmp_path / "no.csv.gz"
    no_gzip.write_bytes(TEXT)
    no_zip = tmp_path / "no.zip"
    no_zip.write_bytes(TEXT)

    inside = archive(tmp_path, cut_csv_gz=cut.read_bytes(), no_csv_gz=TEXT)
    for file in (cut, no_gzip, inside / "cut.csv.gz", inside / "no.csv.gz"):
        with pytest.raises(SalestrackError, match="is damaged, or packed in a way that is not known"):
            read(str(file))
    with pytest.raises(SalestrackError, match="it is no zip file"):
        packed.members(no_zip)
    whole = archive(tmp_path, a_csv=TEXT * 100).read_bytes()
    damaged = tmp_path / "damaged.zip"
    damaged.write_bytes(whole[:45] + bytes([whole[45] ^ 255]) + whole[46:])
    with pytest.raises(SalestrackError):
        read(f"{damaged}/a.csv")
