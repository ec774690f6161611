"""The client's pages as a browser asks for them."""

from django.http import HttpResponse
from django.test import Client

from mail.models import Message
from proposals.models import Acceptance, ClientLink, Decline, Proposal, ProposalVersion
from tests.proposals.making import token_of

PAGES = ("", "proposal.pdf", "accept/", "decline/")
HOSTILE = "<script>alert(1)</script> & \"quoted\" {{ 7 }} 'x'"
ESCAPED = "&lt;script&gt;alert(1)&lt;/script&gt; &amp; &quot;quoted&quot; {{ 7 }} &#x27;x&#x27;"


def get(client: Client, version: ProposalVersion, page: str = "") -> HttpResponse:
    """The answer to one of the client's pages."""
    return client.get(f"/p/{token_of(version)}/{page}")


def sign(client: Client, version: ProposalVersion, **changes: str) -> HttpResponse:
    """Send the form for acceptance as a browser does; an empty value leaves its field out."""
    fields = {
        "full_name": "Aïcha Example",
        "job_title": "Head of transport",
        "consent": "on",
        "content_sha256": version.content_sha256,
    }
    data = {name: value for name, value in (fields | changes).items() if value}
    return client.post(f"/p/{token_of(version)}/accept/", data)


def everything() -> list[list[dict[str, object]]]:
    """Every row that a client's page could change."""
    models = (ProposalVersion, Proposal, ClientLink, Message, Acceptance, Decline)
    return [list(model.objects.order_by("pk").values()) for model in models]
