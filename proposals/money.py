"""Amounts of money: Decimal only, as many digits as ISO 4217 gives a currency, rounded half up."""

from decimal import ROUND_HALF_UP, Decimal, localcontext

from babel import Locale
from babel.numbers import format_decimal
from django.core.exceptions import ValidationError
from moneyed import get_currency

CURRENCIES = ("EUR", "USD", "XOF")
CHOICES = tuple((code, f"{code}, {get_currency(code).name}") for code in CURRENCIES)

# What NUMERIC(18,3) holds in front of the point.
LARGEST = Decimal(10) ** 15

# Our English is British and our Portuguese is that of Lisbon, Luanda and Maputo.
LOCALES = {"en": "en_GB", "fr": "fr", "pt": "pt_PT", "ar": "ar"}


def locale(language: str) -> Locale:
    """How a language of ours writes numbers and dates; raises ValueError for another language."""
    if language not in LOCALES:
        raise ValueError(f"{language!r} is not one of our languages: {', '.join(LOCALES)}.")
    return Locale.parse(LOCALES[language])


def digits(currency: str) -> int:
    """Digits behind the point of a currency that we offer: 2 for EUR, 0 for XOF.

    Raises ValidationError(code="unknown_currency").
    """
    if currency not in CURRENCIES:
        raise ValidationError(
            "%(currency)s is not a currency that we offer. Choose one of %(offered)s.",
            code="unknown_currency",
            params={"currency": currency, "offered": ", ".join(CURRENCIES)},
        )
    # moneyed gives the number of sub-units in one unit: 100 cents, or 1 where there are none.
    return len(str(get_currency(currency).sub_unit)) - 1


def require_decimal(amount: object) -> Decimal:
    """The same Decimal; TypeError for float and all else, ValueError for NaN and infinity."""
    if not isinstance(amount, Decimal):
        raise TypeError(f"An amount must be a Decimal, not {type(amount).__name__}.")
    if not amount.is_finite():
        raise ValueError(f"An amount must be a number, not {amount}.")
    return amount


def quantize(amount: Decimal, currency: str) -> Decimal:
    """The amount with exactly the digits of its currency, halves rounded away from zero.

    Raises TypeError for anything but a Decimal, ValueError for NaN and infinity.
    """
    step = Decimal(1).scaleb(-digits(currency))
    with localcontext() as context:
        # The default of 28 significant digits would refuse long products.
        context.prec = 100
        rounded = require_decimal(amount).quantize(step, rounding=ROUND_HALF_UP)
        # Minus zero prints a sign and sorts apart.
        return rounded + 0 if rounded.is_zero() else rounded


def check_amount(amount: Decimal, currency: str) -> None:
    """Raise ValidationError when the currency cannot express the amount or no column can hold it.

    Codes: too_many_digits, too_large, unknown_currency. Zeros at the end do not count: XOF 5.00
    is XOF 5.
    """
    check_size(amount)
    nearest = quantize(amount, currency)
    if nearest != amount:
        raise ValidationError(
            "%(amount)s does not fit: %(currency)s %(allowed)s. Write %(nearest)s, for example.",
            code="too_many_digits",
            params={
                "currency": currency,
                "allowed": allowed(digits(currency)),
                "amount": f"{amount:f}",
                "nearest": f"{nearest:f}",
            },
        )


def check_size(number: Decimal) -> None:
    """Raise ValidationError(code="too_large") for a number that our columns cannot hold."""
    if abs(require_decimal(number)) >= LARGEST:
        raise ValidationError(
            "This number is too large. The most is %(largest)s.",
            code="too_large",
            params={"largest": f"{LARGEST - 1:,}"},
        )


def allowed(places: int) -> str:
    """How many decimals a currency has, in words."""
    return f"has {places} decimals" if places else "has no decimals"


def format_number(number: Decimal, language: str, *, places: int | None = None) -> str:
    """A number as the language writes it, in digits 0 to 9.

    With `places`, exactly that many decimals; without, all that it has but zeros at the end.
    """
    # Babel rounds half to even when it has to cut, so it must never have to.
    pattern = "#,##0." + ("#" * 20 if places is None else "0" * places)
    return format_decimal(
        require_decimal(number),
        pattern.rstrip("."),
        locale=locale(language),
        decimal_quantization=places is not None,
        numbering_system="latn",
    )


def format_bare(amount: Decimal, currency: str, language: str) -> str:
    """The amount without its currency, for a column whose head names it: 12,400.00 or 12 400,00."""
    return format_number(quantize(amount, currency), language, places=digits(currency))


def format_amount(amount: Decimal, currency: str, language: str) -> str:
    """The amount with its ISO code, never to be broken over lines: EUR 12,400.00 or 12 400,00 EUR.

    The code and not the symbol: CLDR's symbols differ by language, and its Arabic ones begin with
    an invisible direction mark. In right-to-left text give the result its own element (`<bdi>`).
    """
    bare = format_bare(amount, currency, language)
    no_break_space = "\N{NO-BREAK SPACE}"
    return no_break_space.join([currency, bare] if language == "en" else [bare, currency])
