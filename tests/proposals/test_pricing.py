from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from proposals import money, pricing
from tests.proposals.contents import line

RATES = st.sampled_from([Decimal(0), Decimal("5.5"), Decimal(18), Decimal("18.0"), Decimal(20)])
CURRENCIES = st.sampled_from(money.CURRENCIES)


@st.composite
def lines_in_one_currency(draw: st.DrawFn) -> tuple[list[pricing.Line], str]:
    currency = draw(CURRENCIES)
    prices = st.decimals(0, 10**7, places=money.digits(currency))
    lines = st.builds(
        pricing.Line,
        description=st.just("Work"),
        quantity=st.decimals(0, 1000, places=3),
        unit=st.just("day"),
        unit_price=prices,
        tax_rate=RATES,
        tax_label=st.sampled_from(["VAT", "Exempt"]),
    )
    return draw(st.lists(lines, max_size=12)), currency


@given(lines_in_one_currency())
def test_parts_add_up_exactly(case: tuple[list[pricing.Line], str]) -> None:
    lines, currency = case

    priced = pricing.price(lines, currency)

    totals = priced.totals
    assert totals.net == sum(each.net for each in priced.lines)
    assert totals.net == sum(tax.base for tax in totals.taxes)
    assert totals.total == totals.net + sum(tax.amount for tax in totals.taxes)


@given(lines_in_one_currency())
def test_every_amount_has_the_digits_of_the_currency(case: tuple[list[pricing.Line], str]) -> None:
    lines, currency = case

    priced = pricing.price(lines, currency)

    amounts = [each.net for each in priced.lines]
    amounts += [priced.totals.net, priced.totals.total]
    amounts += [tax.amount for tax in priced.totals.taxes]
    assert {amount.as_tuple().exponent for amount in amounts} == {-money.digits(currency)}


@given(lines_in_one_currency(), st.randoms())
def test_order_of_lines_does_not_change_totals(
    case: tuple[list[pricing.Line], str], random: Any
) -> None:
    lines, currency = case
    shuffled = random.sample(lines, len(lines))

    assert pricing.price(shuffled, currency).totals == pricing.price(lines, currency).totals


@given(lines_in_one_currency())
def test_tax_differs_from_the_exact_one_by_half_a_unit_at_most(
    case: tuple[list[pricing.Line], str],
) -> None:
    lines, currency = case

    taxes = pricing.price(lines, currency).totals.taxes

    half = Decimal(5).scaleb(-money.digits(currency) - 1)
    assert all(abs(tax.amount - tax.base * tax.rate / 100) <= half for tax in taxes)


def test_tax_is_rounded_once_for_each_rate() -> None:
    lines = [line(quantity=Decimal(1), unit_price=Decimal(1234)) for _ in range(9)]

    totals = pricing.price(lines, "XOF").totals

    # Rounded on each line it would be 9 × 222 = 1998.
    assert [str(tax.amount) for tax in totals.taxes] == ["1999"]
    assert str(totals.total) == "13105"


def test_rates_are_grouped_by_rate_and_label_highest_first() -> None:
    lines = [
        line(tax_rate=Decimal(0), tax_label="VAT, reverse charge"),
        line(tax_rate=Decimal("18.00")),
        line(tax_rate=Decimal(0), tax_label="VAT, exempt"),
        line(tax_rate=Decimal(18)),
    ]

    taxes = pricing.price(lines, "EUR").totals.taxes

    assert [(tax.label, str(tax.rate), str(tax.base), str(tax.amount)) for tax in taxes] == [
        ("VAT", "18", "10200.00", "1836.00"),
        ("VAT, exempt", "0", "5100.00", "0.00"),
        ("VAT, reverse charge", "0", "5100.00", "0.00"),
    ]


def test_net_is_rounded_half_up_on_each_line() -> None:
    priced = pricing.price([line(quantity=Decimal("0.5"), unit_price=Decimal("0.25"))], "EUR")

    assert str(priced.lines[0].net) == "0.13"


def test_the_policy_is_kept_and_no_lines_cost_nothing() -> None:
    priced = pricing.price([], "XOF")

    assert priced.policy == "tax=group,half_up"
    assert (str(priced.totals.net), priced.totals.taxes, str(priced.totals.total)) == ("0", (), "0")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"unit_price": Decimal("0.5")}, "too_many_digits"),
        ({"unit_price": Decimal(-1)}, "negative"),
        ({"quantity": Decimal(-1)}, "negative"),
        ({"quantity": Decimal("1E+400")}, "too_large"),
        ({"unit_price": Decimal("1E+400")}, "too_large"),
        ({"quantity": Decimal(10) ** 10, "unit_price": Decimal(10) ** 10}, "too_large"),
        ({"tax_rate": Decimal(101)}, "tax_rate"),
        ({"tax_rate": Decimal(-1)}, "tax_rate"),
    ],
)
def test_a_line_that_cannot_be_offered_is_refused_by_name(
    changes: dict[str, Decimal], code: str
) -> None:
    with pytest.raises(ValidationError) as refused:
        pricing.price([line(), line(description="The bad one", **changes)], "XOF")

    assert refused.value.code == code
    assert refused.value.messages[0].startswith("“The bad one”: ")


def test_floats_are_refused() -> None:
    with pytest.raises(TypeError, match="must be a Decimal, not float"):
        pricing.price([line(quantity=0.1)], "EUR")


def test_more_lines_than_anyone_reads_are_refused() -> None:
    with pytest.raises(ValidationError) as refused:
        pricing.price([line()] * 301, "EUR")

    assert refused.value.code == "too_many_lines"


def test_a_total_too_large_to_store_is_refused() -> None:
    lines = [line(quantity=Decimal(1), unit_price=Decimal(6) * 10**14) for _ in range(2)]

    with pytest.raises(ValidationError) as refused:
        pricing.price(lines, "EUR")

    assert refused.value.code == "too_large"
