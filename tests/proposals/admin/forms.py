"""What a browser sends when a draft is saved in the staff screens."""

from typing import Any

from proposals.models import LineItem, ProposalVersion, Section

VERSION = ("title", "recipient_name", "recipient_email", "currency", "language", "terms")
SECTION = ("position", "heading", "body")
LINE = ("position", "description", "quantity", "unit", "unit_price", "tax_rate", "tax_label")


def address(version: ProposalVersion, page: str = "change") -> str:
    """Where a version's page, document, preview or verb is."""
    return f"/staff/proposals/proposalversion/{version.pk}/{page}/"


def whole_form(version: ProposalVersion, **changes: Any) -> dict[str, Any]:
    """Every field of the form as it stands, with changes."""
    data = {name: getattr(version, name) for name in VERSION}
    data["valid_until_0"] = f"{version.valid_until:%Y-%m-%d}"
    data["valid_until_1"] = f"{version.valid_until:%H:%M:%S}"
    for prefix, names in (("sections", SECTION), ("lines", LINE)):
        rows = list(getattr(version, prefix).order_by("position", "pk"))
        data |= {f"{prefix}-TOTAL_FORMS": len(rows), f"{prefix}-INITIAL_FORMS": len(rows)}
        for number, row in enumerate(rows):
            data |= _row(f"{prefix}-{number}", row, names)
    return data | changes


def _row(prefix: str, row: Section | LineItem, names: tuple[str, ...]) -> dict[str, Any]:
    fields = {f"{prefix}-{name}": getattr(row, name) for name in names}
    return fields | {f"{prefix}-id": row.pk, f"{prefix}-version": row.version_id}
