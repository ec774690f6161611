"""A proposal version's content to render and freeze in tests."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from proposals import content, pricing, schema

SECTION = """Assess three routes against the ambush of 29 January.

- a *go, wait or stop* judgement, with its **likelihood**
- who to call: [method](https://derisk.example/methodology/)

### How the watch works

1. Two analysts read from 04:00.
2. A third challenges them."""


def line(**changes: Any) -> pricing.Line:
    """One line, six days at 850 and 18 % tax, with changes."""
    fields: dict[str, Any] = {
        "description": "Daily watch",
        "quantity": Decimal(6),
        "unit": "day",
        "unit_price": Decimal(850),
        "tax_rate": Decimal(18),
        "tax_label": "VAT",
    }
    return pricing.Line(**(fields | changes))


def priced(lines: list[pricing.Line], currency: str) -> dict[str, Any]:
    """The priced part of a content."""
    found = pricing.price(lines, currency)
    return {
        "currency": currency,
        "lines": [{"id": f"l{at}", **vars(each)} for at, each in enumerate(found.lines)],
        "totals": {
            "net": found.totals.net,
            "taxes": [vars(tax) for tax in found.totals.taxes],
            "total": found.totals.total,
            "policy": found.policy,
        },
    }


def make_content(**changes: Any) -> schema.Content:
    """A whole content in English and EUR, with changes."""
    whole: Any = {
        "schema": 1,
        "reference": "P-7K3M9-Q2XHD",
        "version": 1,
        "title": "Two fuel convoys, Dakar to Bamako",
        "language": "en",
        "prepared_for": {
            "name": "Aminata Example",
            "organisation": "Sahel Logistics Example",
            "job_title": "Head of operations",
        },
        "prepared_by": {
            "name": "Moussa Sample",
            "email": "moussa@derisk.example",
            "title": "Adviser",
        },
        "issued_at": datetime(2026, 3, 5, 9, 30, tzinfo=UTC),
        "valid_until": datetime(2026, 3, 31, 23, 59, tzinfo=UTC),
        "request": {
            "reference": "R-4H2KQ-91MZT",
            "received_at": datetime(2026, 3, 2, 18, 4, tzinfo=UTC),
            "needs": "Two convoys in March.\n\nBy which road?",
        },
        "briefs": [
            {
                "title": "Fuel convoy destroyed",
                "reference": "DR-2026-0012",
                "url": "https://derisk.example/briefs/convoy/",
                "published_at": datetime(2026, 1, 29, tzinfo=UTC),
            }
        ],
        "sections": [
            {"id": "s1", "heading": "What we will do", "blocks": content.blocks(SECTION)},
            {"id": "s2", "heading": "What we will not know", "blocks": content.blocks("Much.")},
        ],
        **priced([line(), line(description="Debrief", quantity=Decimal(1))], "EUR"),
        "terms": content.blocks("Due in thirty days."),
        "house": {
            "name": "Derisk",
            "address": "12 Example Street\nDakar",
            "email": "office@derisk.example",
            "url": "https://derisk.example",
        },
    }
    whole |= changes
    return whole
