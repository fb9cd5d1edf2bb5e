import runpy
from pathlib import Path

import pytest

from salestrack.domain import currencies
from salestrack.domain.currencies import CURRENCIES, SIGNS

GENERATOR = Path(__file__).parents[2] / "docs" / "generate_currencies.py"


def test_every_currency_has_a_code_of_three_letters_its_digits_and_a_sign():
    for code, (digits, sign) in CURRENCIES.items():
        assert len(code) == 3
        assert code.isupper()
        assert digits in {0, 2, 3, 4}
        assert sign == sign.strip() != ""


def test_signs_name_known_currencies():
    assert set(SIGNS.values()) <= set(CURRENCIES)
    assert SIGNS["$"] == "USD"
    assert SIGNS["¥"] == "JPY"


@pytest.mark.parametrize(
    ("code", "digits"), [("USD", 2), ("JPY", 0), ("KWD", 3), ("ISK", 0), ("RSD", 2), ("CLF", 4), ("HRK", 2)]
)
def test_digits_are_those_of_iso_4217(code, digits):
    assert CURRENCIES[code][0] == digits


def test_the_table_agrees_with_babel():
    babel = pytest.importorskip("babel", reason="Babel is not installed")
    made = runpy.run_path(str(GENERATOR))
    for code, (digits, _) in CURRENCIES.items():
        assert made["digits"](code) == digits, code
    if f"Babel {babel.__version__};" in (currencies.__doc__ or ""):
        assert made["text"]() == Path(currencies.__file__).read_text(encoding="utf-8"), f"run {GENERATOR.name}"
