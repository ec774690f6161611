import json
from datetime import UTC, datetime

import pytest

from proposals import content, drafting
from proposals.models import ProposalVersion
from tests.factories import BriefFactory
from tests.proposals.making import make_draft, make_lead, make_sent, send


@pytest.mark.django_db
def test_frozen_content_says_what_the_draft_said() -> None:
    brief = BriefFactory(title="On Mali")
    lead = make_lead(full_name="Aïcha Example", job_title="Head of transport")
    until = datetime(2999, 3, 31, 23, 59, 59, tzinfo=UTC)

    version = send(make_draft(lead, valid_until=until, terms="Pay *soon*."))

    frozen = json.loads(version.content)
    assert frozen["reference"] == version.proposal.reference
    assert (frozen["version"], frozen["language"], frozen["currency"]) == (1, "en", "EUR")
    assert frozen["prepared_for"] == {
        "name": "Aïcha Example",
        "organisation": "Sahel Mining Example",
        "job_title": "Head of transport",
    }
    assert frozen["prepared_by"]["name"] == version.prepared_by.full_name
    assert frozen["valid_until"] == "2999-03-31T23:59:59Z"
    assert frozen["issued_at"] == content.instant(version.sent_at)
    assert frozen["request"]["reference"] == lead.reference
    assert [each["title"] for each in frozen["briefs"]] == [brief.title]
    assert frozen["terms"] == content.blocks("Pay *soon*.")
    assert [each["heading"] for each in frozen["sections"]] == ["Heading 1", "Heading 2"]


@pytest.mark.django_db
def test_frozen_content_holds_the_lines_and_what_they_add_up_to() -> None:
    version = send(make_draft())

    frozen = json.loads(version.content)
    line = version.lines.get()
    assert frozen["lines"] == [
        {
            "id": str(line.stable_id),
            "description": "Written assessment",
            "quantity": "2.000",
            "unit": "report",
            "unit_price": "1250.000",
            "tax_rate": "18.00",
            "tax_label": "VAT",
            "net": "2500.00",
        }
    ]
    assert frozen["totals"] == {
        "net": "2500.00",
        "taxes": [{"label": "VAT", "rate": "18", "base": "2500.00", "amount": "450.00"}],
        "total": "2950.00",
        "policy": "tax=group,half_up",
    }


@pytest.mark.django_db
def test_what_the_author_took_out_is_nowhere_in_the_frozen_content() -> None:
    brief = BriefFactory(title="On Mali")
    lead = make_lead(needs="Our convoy of gold leaves on Monday.", brief=brief.slug)
    version = make_draft(lead)
    version.sections.update(body="What we agreed on the telephone.")

    send(version)

    stored = ProposalVersion.objects.get().content
    for removed in ("gold", "Monday", "On Mali"):
        assert removed not in stored


@pytest.mark.django_db
def test_parts_keep_their_id_from_version_to_version() -> None:
    first = make_sent()

    second = send(drafting.revise_version(version=first, by=first.prepared_by))

    for parts in ("sections", "lines"):
        old, new = (json.loads(v.content)[parts] for v in (first, second))
        assert [each["id"] for each in new] == [each["id"] for each in old]
