"""A frozen version as the client's page shows it: everything from the stored content, nothing from live rows."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from proposals import content, money, printing


def present(frozen: Mapping[str, Any]) -> dict[str, Any]:
    """Sections as HTML, amounts and instants as the language of the version writes them, labels as in the PDF."""
    currency, language = frozen["currency"], frozen["language"]
    totals, adviser = frozen["totals"], frozen["prepared_by"]
    names = {"version": str(frozen["version"]), "currency": currency}
    labels = {key: printing.fill(text, names) for key, text in printing.labels(language).items()}
    return {
        "labels": labels,
        "sections": [
            {"heading": s["heading"], "html": content.blocks_html(s["blocks"])}
            for s in frozen["sections"]
        ],
        "terms": content.blocks_html(frozen["terms"]),
        **_prices(frozen["lines"], totals, labels["tax"], currency, language),
        "amount": money.format_amount(Decimal(totals["total"]), currency, language),
        "valid_until": printing.written_time(frozen["valid_until"], language),
        "issued_at": printing.written_date(frozen["issued_at"], language),
        "adviser": ", ".join(part for part in (adviser["name"], adviser["title"]) if part),
    }


def _prices(
    lines: Sequence[Mapping[str, Any]],
    totals: Mapping[str, Any],
    tax_label: str,
    currency: str,
    language: str,
) -> dict[str, Any]:
    """The table of prices; a tax without a label of its own has the general one."""

    def amount(text: str) -> str:
        return money.format_bare(Decimal(text), currency, language)

    def number(text: str) -> str:
        return money.format_number(Decimal(text), language)

    return {
        "lines": [
            {
                "description": line["description"],
                "quantity": number(line["quantity"]),
                "unit": line["unit"],
                "unit_price": amount(line["unit_price"]),
                "net": amount(line["net"]),
            }
            for line in lines
        ],
        "net": amount(totals["net"]),
        "taxes": [
            {
                "label": tax["label"] or tax_label,
                "rate": printing.per_cent(number(tax["rate"])),
                "amount": amount(tax["amount"]),
            }
            for tax in totals["taxes"]
        ],
        "total": amount(totals["total"]),
    }
