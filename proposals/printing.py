"""A frozen content as the PDF prints it: numbers and dates written out, every text printable."""

import json
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from babel.dates import format_date, format_datetime

from briefs import glyphs
from proposals import content, money

# Beside the template, which decides what words it needs.
LABELS = Path(__file__).parent / "typst" / "labels.json"

# Not texts: a stand-in would lead elsewhere.
ADDRESSES = {"href", "url", "mailto"}


@cache
def labels(language: str) -> dict[str, str]:
    """The fixed words of the document in a language."""
    found: dict[str, dict[str, str]] = json.loads(LABELS.read_text("utf-8"))
    return found[language]


def written_out(frozen: dict[str, Any]) -> dict[str, Any]:
    """The frozen content with every number and date written out and every text printable."""
    language, currency = frozen["language"], frozen["currency"]
    names = {"version": str(frozen["version"]), "currency": currency}

    def amount(text: str) -> str:
        return money.format_bare(Decimal(text), currency, language)

    def number(text: str) -> str:
        return money.format_number(Decimal(text), language)

    data = frozen | {
        "labels": {key: fill(label, names) for key, label in labels(language).items()},
        "issued_at": written_date(frozen["issued_at"], language),
        "valid_until": written_time(frozen["valid_until"], language),
        "request": printed_request(frozen["request"], language),
        "briefs": [printed_brief(each, language) for each in frozen["briefs"]],
        "lines": [printed_line(each, amount, number) for each in frozen["lines"]],
        "totals": printed_totals(frozen, amount, number),
        "prepared_by": with_mailto(frozen["prepared_by"]),
        "house": with_mailto(frozen["house"]) | {"site": frozen["house"]["url"].split("://")[-1]},
    }
    return printable(data)


def fill(label: str, names: dict[str, str]) -> str:
    """A label with {version} and {currency} filled in; the template knows {page} and {pages}."""
    for name, value in names.items():
        label = label.replace(f"{{{name}}}", value)
    return label


def printed_request(request: dict[str, Any], language: str) -> dict[str, Any]:
    """The request with its date written and the client's words as paragraphs."""
    paragraphs = "\n".join(line.strip() for line in request["needs"].splitlines()).split("\n\n")
    return request | {
        "received_at": written_date(request["received_at"], language),
        "needs": [each.strip("\n") for each in paragraphs if each.strip()],
    }


def printed_brief(brief: dict[str, Any], language: str) -> dict[str, Any]:
    """A brief with its date written."""
    return brief | {"published_at": written_date(brief["published_at"], language)}


def printed_line(
    line: dict[str, Any], amount: Callable[[str], str], number: Callable[[str], str]
) -> dict[str, Any]:
    """A priced line with its numbers written."""
    return line | {
        "quantity": number(line["quantity"]),
        "unit_price": amount(line["unit_price"]),
        "tax_rate": per_cent(number(line["tax_rate"])),
        "net": amount(line["net"]),
    }


def printed_totals(
    frozen: dict[str, Any], amount: Callable[[str], str], number: Callable[[str], str]
) -> dict[str, Any]:
    """The totals with their numbers written; `amount` is the total with its currency."""
    totals = frozen["totals"]
    return {
        "net": amount(totals["net"]),
        "total": amount(totals["total"]),
        "amount": money.format_amount(
            Decimal(totals["total"]), frozen["currency"], frozen["language"]
        ),
        "taxes": [
            {
                "label": each["label"] or labels(frozen["language"])["tax"],
                "rate": per_cent(number(each["rate"])),
                "base": amount(each["base"]),
                "amount": amount(each["amount"]),
            }
            for each in totals["taxes"]
        ],
    }


def per_cent(number: str) -> str:
    """A rate with its sign, never to be broken over lines."""
    return f"{number}\N{NO-BREAK SPACE}%"


def with_mailto(person: dict[str, Any]) -> dict[str, Any]:
    """A person or house with the address that a link to its e-mail needs, if it has one."""
    email = person["email"]
    return person | {"mailto": f"mailto:{email}" if "@" in email else ""}


def written_date(instant: str, language: str) -> str:
    """31 March 2026, as the language writes it; the day in UTC."""
    return format_date(datetime.fromisoformat(instant), "long", locale=money.locale(language))


def written_time(instant: str, language: str) -> str:
    """31 March 2026, 23:59 UTC. A deadline without its zone is none."""
    moment = datetime.fromisoformat(instant)
    clock = format_datetime(moment, "HH:mm", locale=money.locale(language))
    comma = "،" if language == "ar" else ","
    return f"{written_date(instant, language)}{comma} {clock}\N{NO-BREAK SPACE}UTC"


def printable(value: Any) -> Any:
    """The data with every text printable and every address either kept as it is or dropped."""
    match value:
        case dict():
            return {
                key: kept_address(item) if key in ADDRESSES else printable(item)
                for key, item in value.items()
            }
        case list():
            return [printable(item) for item in value]
        case str():
            return glyphs.printable(value)
    return value


def kept_address(url: str) -> str:
    """The address, or nothing if it leads neither to the web nor to mail."""
    return url if content.is_link(url) else ""
