"""A frozen version as the client's page shows it: everything from the stored content, nothing from live rows."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from proposals import content, money


def present(frozen: Mapping[str, Any]) -> dict[str, Any]:
    """Sections as HTML, amounts and instants as the language of the version writes them."""
    currency, language = frozen["currency"], frozen["language"]

    def amount(text: str) -> str:
        return money.format_bare(Decimal(text), currency, language)

    def number(text: str) -> str:
        return money.format_number(Decimal(text), language)

    totals = frozen["totals"]
    return {
        "sections": [
            {"heading": s["heading"], "html": content.blocks_html(s["blocks"])}
            for s in frozen["sections"]
        ],
        "terms": content.blocks_html(frozen["terms"]),
        "lines": [
            {
                "description": line["description"],
                "quantity": number(line["quantity"]),
                "unit": line["unit"],
                "unit_price": amount(line["unit_price"]),
                "net": amount(line["net"]),
            }
            for line in frozen["lines"]
        ],
        "net": amount(totals["net"]),
        "taxes": [
            {"label": t["label"], "rate": number(t["rate"]), "amount": amount(t["amount"])}
            for t in totals["taxes"]
        ],
        "total": amount(totals["total"]),
        "valid_until": datetime.fromisoformat(frozen["valid_until"]),
        "issued_at": datetime.fromisoformat(frozen["issued_at"]),
        "briefs": frozen["briefs"],
    }
