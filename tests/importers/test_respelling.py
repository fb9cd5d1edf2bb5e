"""Ids that spreadsheets rewrite: what two spellings of one number have in common, and which are lost."""

import pytest

from salestrack.importers.respelling import is_shortened, plain_id


@pytest.mark.parametrize("key", ["42", "0042", "42.0", "42,0", "42.00", "'42", "'0042", " 42", "42\u00a0", "000042,00"])
def test_spellings_of_one_number_are_one_id(key: str) -> None:
    assert plain_id(key) == "42"


@pytest.mark.parametrize("key", ["1001", "1,001", "1.001", "1 001", "1\u202f001", "1'001", "1,001.0", "1.001,00"])
def test_thousands_and_decimals_do_not_count(key: str) -> None:
    assert plain_id(key) == "1001"


@pytest.mark.parametrize(
    "key", ["1.5", "4,2", "12,34", "#42", "A-42", "42a", "", "1.0000", "1,0015", "４２", "v1:0042"]
)
def test_what_is_no_whole_number_has_no_other_spelling(key: str) -> None:
    assert plain_id(key) is None


@pytest.mark.parametrize("key", ["9.001E+09", "9,001E+09", "5E+12", "'9.001e+09", " 5.01235E+12 "])
def test_powers_of_ten_are_lost_ids(key: str) -> None:
    assert is_shortened(key)


@pytest.mark.parametrize("key", ["12E4", "1e5", "AE+09", "E+09", "9001000001", "a+b", "12.5.E+09"])
def test_ids_that_only_look_so_are_none(key: str) -> None:
    assert not is_shortened(key)
