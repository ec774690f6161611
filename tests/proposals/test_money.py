from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from proposals import money


@pytest.mark.parametrize(("currency", "expected"), [("EUR", 2), ("USD", 2), ("XOF", 0)])
def test_digits_are_those_of_iso_4217(currency: str, expected: int) -> None:
    assert money.digits(currency) == expected


@pytest.mark.parametrize("currency", ["GBP", "eur", "", "XXX"])
def test_a_currency_not_offered_is_refused(currency: str) -> None:
    with pytest.raises(ValidationError) as refused:
        money.digits(currency)

    assert refused.value.code == "unknown_currency"
    assert "EUR, USD, XOF" in refused.value.messages[0]


@pytest.mark.parametrize(
    ("amount", "currency", "expected"),
    [
        ("1.005", "EUR", "1.01"),
        ("1.004", "EUR", "1.00"),
        ("-1.005", "EUR", "-1.01"),
        ("2.5", "XOF", "3"),
        ("3.5", "XOF", "4"),
        ("-0.4", "XOF", "0"),
        ("7", "USD", "7.00"),
        ("123456789012345678901234567890.005", "EUR", "123456789012345678901234567890.01"),
    ],
)
def test_quantize_rounds_halves_away_from_zero(amount: str, currency: str, expected: str) -> None:
    assert str(money.quantize(Decimal(amount), currency)) == expected


@pytest.mark.parametrize("amount", [1.0, 1, "1", None, True])
def test_what_is_not_a_decimal_is_refused(amount: object) -> None:
    with pytest.raises(TypeError, match="must be a Decimal"):
        money.quantize(amount, "EUR")  # type: ignore[arg-type]  # that is the point


@pytest.mark.parametrize("amount", ["NaN", "Infinity", "-Infinity", "sNaN"])
def test_what_is_no_number_is_refused(amount: str) -> None:
    with pytest.raises(ValueError, match="must be a number"):
        money.quantize(Decimal(amount), "EUR")


@pytest.mark.parametrize(
    ("amount", "currency"), [("100.50", "EUR"), ("100", "XOF"), ("100.00", "XOF"), ("1E+2", "XOF")]
)
def test_an_amount_that_fits_is_accepted(amount: str, currency: str) -> None:
    money.check_amount(Decimal(amount), currency)


@pytest.mark.parametrize(
    ("amount", "currency", "code", "message"),
    [
        (
            "100.50",
            "XOF",
            "too_many_digits",
            "100.50 does not fit: XOF has no decimals. Write 101, for example.",
        ),
        (
            "0.125",
            "EUR",
            "too_many_digits",
            "0.125 does not fit: EUR has 2 decimals. Write 0.13, for example.",
        ),
        (
            "1E+15",
            "EUR",
            "too_large",
            "This number is too large. The most is 999,999,999,999,999.",
        ),
    ],
)
def test_an_amount_that_does_not_fit_is_refused_with_a_way_out(
    amount: str, currency: str, code: str, message: str
) -> None:
    with pytest.raises(ValidationError) as refused:
        money.check_amount(Decimal(amount), currency)

    assert (refused.value.code, refused.value.messages) == (code, [message])


@pytest.mark.parametrize(
    ("language", "currency", "expected"),
    [
        ("en", "EUR", "EUR\u00a01,234,567.50"),
        ("en", "XOF", "XOF\u00a01,234,568"),
        ("fr", "EUR", "1\u202f234\u202f567,50\u00a0EUR"),
        ("fr", "XOF", "1\u202f234\u202f568\u00a0XOF"),
        ("pt", "USD", "1\u00a0234\u00a0567,50\u00a0USD"),
        ("ar", "EUR", "1,234,567.50\u00a0EUR"),
    ],
)
def test_amounts_are_written_as_the_language_has_them(
    language: str, currency: str, expected: str
) -> None:
    assert money.format_amount(Decimal("1234567.5"), currency, language) == expected


def test_formatting_rounds_as_pricing_does_and_not_half_to_even() -> None:
    assert money.format_amount(Decimal("0.125"), "EUR", "en") == "EUR\u00a00.13"


@pytest.mark.parametrize(
    ("number", "language", "expected"),
    [("18.00", "en", "18"), ("2.50", "fr", "2,5"), ("1E+3", "en", "1,000"), ("0", "ar", "0")],
)
def test_a_number_shows_the_decimals_that_it_has(number: str, language: str, expected: str) -> None:
    assert money.format_number(Decimal(number), language) == expected


def test_a_language_not_offered_is_refused() -> None:
    with pytest.raises(ValueError, match="'de' is not one of our languages"):
        money.format_amount(Decimal(1), "EUR", "de")
