"""The mails about requests that staff may reword, and what may stand in them."""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from typing import Any

from django.utils.translation import gettext

from briefs import dates
from intake import client_promise
from mail.catalogue import MailTemplate, Placeholder, Values, greeting, register

_REFERENCE = Placeholder(
    "reference", "The reference of the request", is_required=True, is_code=True
)
_STATUS_LINK = Placeholder(
    "status_link",
    "The client's private page, where the request stands",
    is_required=True,
    is_link=True,
)
_LEAD_LINK = Placeholder("lead_link", "The lead's page in Derisk", is_required=True, is_link=True)


def _moment(day: int, hour: int) -> Callable[[str], str]:
    """For previews, as a client in Nigeria reads it."""
    moment = datetime(2027, 3, day, hour, tzinfo=UTC)
    return lambda language: client_promise.in_words(moment, "NG", language)


def _acknowledgement(context: Mapping[str, Any]) -> Values:
    is_alarming = context["is_alarming"]
    calm = gettext(
        "Life in danger now? This mailbox is not watched around the clock. Call your emergency provider first."
    )
    alarm = gettext(
        "This is not an emergency line. What you wrote reads as if somebody may be in danger. Your request is "
        "marked urgent, but nobody watches this mailbox around the clock. Call now: the local emergency services, "
        "your embassy, or the emergency number of your insurer or assistance provider."
    )
    return {
        "reference": context["reference"],
        "greeting": greeting(context["full_name"]),
        "status_link": context["private_url"],
        "danger_warning": alarm if is_alarming else "",
        "emergency_note": "" if is_alarming else calm,
        "answer_by": gettext("You have our answer by %(when)s.") % {"when": context["answer_by"]}
        if context["answer_by"]
        else "",
    }


def _promise(context: Mapping[str, Any]) -> Values:
    proposal = gettext("Your proposal takes us longer than we said.")
    answer = gettext("Our answer takes us longer than we said.")
    return {
        "reference": context["reference"],
        "greeting": greeting(context["full_name"]),
        "what": proposal if context["is_proposal"] else answer,
        "before": context["before"],
        "when": context["when"],
        "status_link": context["private_url"],
    }


def _notice(context: Mapping[str, Any]) -> Values:
    is_urgent = context["is_urgent"]
    return {
        "reference": context["reference"],
        "urgency": "Urgent: a lead for you:" if is_urgent else "A lead for you:",
        "urgent_note": "It speaks of people in danger: open it now." if is_urgent else "",
        "lead_link": context["lead_url"],
    }


def _client_news(context: Mapping[str, Any]) -> Values:
    return {
        "reference": context["reference"],
        "what": context["what"],
        "lead_link": context["lead_url"],
    }


def _erased(context: Mapping[str, Any]) -> Values:
    kept_until = context["kept_until"]
    kept = gettext(
        "The proposal that you accepted is a contract. We keep it and your acceptance for legal claims until %(day)s; "
        "then they are erased too."
    )
    return {
        "reference": context["reference"],
        "references": dates.comma().join(context["references"]),
        "proof": context["proof"],
        "kept_note": kept % {"day": dates.long_date(kept_until)} if kept_until else "",
    }


def _erasure_refused(context: Mapping[str, Any]) -> Values:
    return {"reference": context["reference"], "answer": context["answer"]}


register(
    MailTemplate(
        name="intake/mail/acknowledgement",
        slug="request-arrived",
        title="To the client: the request has arrived",
        placeholders=(
            _REFERENCE,
            Placeholder("greeting", "Dear and the name, or Hello", is_passage=True),
            _STATUS_LINK,
            Placeholder(
                "answer_by",
                "By when we answer, in the client's time and in UTC: when it is known",
                is_required=True,
                is_passage=True,
            ),
            Placeholder(
                "danger_warning",
                "That this is no emergency line and whom to call: only when the request speaks of somebody in danger",
                is_required=True,
                is_passage=True,
                is_strong=True,
            ),
            Placeholder(
                "emergency_note",
                "That nobody watches the mailbox at night: when the request does not speak of danger",
                is_required=True,
                is_passage=True,
            ),
        ),
        fill=_acknowledgement,
        sample={
            "reference": "R-26-EXAMPLE",
            "full_name": "Amina Example",
            "is_alarming": False,
            "answer_by": _moment(5, 15),
        },
    )
)
register(
    MailTemplate(
        name="intake/mail/notice",
        slug="lead-for-adviser",
        title="To an adviser: a lead for you",
        placeholders=(
            _REFERENCE,
            Placeholder("urgency", "A lead for you, or Urgent: a lead for you"),
            Placeholder(
                "urgent_note", "That it speaks of people in danger", is_passage=True, is_strong=True
            ),
            _LEAD_LINK,
        ),
        fill=_notice,
        sample={
            "reference": "R-26-EXAMPLE",
            "is_urgent": True,
            "lead_url": "https://www.example.org/staff/",
        },
        languages=("en",),
    )
)
register(
    MailTemplate(
        name="intake/mail/client_news",
        slug="client-news",
        title="To an adviser: something happened with a client",
        placeholders=(
            _REFERENCE,
            Placeholder("what", "What happened, such as: Client added something", is_required=True),
            _LEAD_LINK,
        ),
        fill=_client_news,
        sample={
            "reference": "R-26-EXAMPLE",
            "what": "Client added something",
            "lead_url": "https://www.example.org/staff/",
        },
        languages=("en",),
    )
)
register(
    MailTemplate(
        name="intake/mail/promise",
        slug="promise-later",
        title="To the client: our answer or proposal takes longer",
        placeholders=(
            _REFERENCE,
            Placeholder("greeting", "Dear and the name, or Hello", is_passage=True),
            Placeholder("what", "What takes longer", is_passage=True),
            Placeholder("before", "By when we promised it, in the client's time and in UTC"),
            Placeholder("when", "By when we promise it now, in the same way", is_required=True),
            _STATUS_LINK,
        ),
        fill=_promise,
        sample={
            "reference": "R-26-EXAMPLE",
            "full_name": "Amina Example",
            "is_proposal": True,
            "before": _moment(5, 15),
            "when": _moment(8, 12),
        },
    )
)
register(
    MailTemplate(
        name="intake/mail/erased",
        slug="erased",
        title="To the client: your data is erased",
        placeholders=(
            _REFERENCE,
            Placeholder("references", "All requests that it reached", is_required=True),
            Placeholder(
                "proof", "The number of the record that proves it, without data", is_required=True
            ),
            Placeholder(
                "kept_note",
                "That an accepted proposal stays, and until when: when there is one",
                is_required=True,
                is_passage=True,
            ),
        ),
        fill=_erased,
        sample={
            "reference": "R-26-EXAMPLE",
            "references": ["R-26-EXAMPLE", "R-25-EXAMPLE"],
            "proof": "6f3d1f0e-1111-4222-8333-444455556666",
            "kept_until": date(2037, 3, 5),
        },
    )
)
register(
    MailTemplate(
        name="intake/mail/erasure_refused",
        slug="erasure-refused",
        title="To the client: why we cannot erase now",
        placeholders=(
            _REFERENCE,
            Placeholder(
                "answer",
                "The reason, as it was written for them",
                is_required=True,
                is_passage=True,
            ),
        ),
        fill=_erasure_refused,
        sample={
            "reference": "R-26-EXAMPLE",
            "answer": "We still work on your proposal. Ask again when it has ended.",
        },
    )
)
