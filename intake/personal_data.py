"""The erasure map of intake: what clients sent, the work that it made, and the people behind it."""

from typing import Any

from django.db.models import Case, Q, QuerySet, Value, When
from django.db.models.functions import Lower, Now

import intake.conflicts_personal_data
import intake.sanctions.personal_data  # noqa: F401 - parts of this map
from accounts.erasure_map import ERASED, ERASED_EMAIL, Person, declare, erased_key
from intake.erasable_leads import NOTES, of_leads
from intake.models import (
    Absence,
    Activity,
    Addition,
    Adviser,
    Alert,
    ApiKey,
    Assignment,
    Attachment,
    AttachmentScan,
    Contact,
    ContactCorrection,
    CreditEntry,
    DataCopy,
    DataCopyDownload,
    Deadline,
    DeadlineChange,
    DeadlineNotice,
    DeadlinePolicy,
    Desk,
    Enquiry,
    ErasureOrder,
    ErasureRequest,
    Lead,
    LeadWords,
    Likeness,
    Merge,
    NeedSuggestion,
    Organisation,
    Priority,
    ProofOfWork,
    Quarantine,
    RecordKind,
    RequiredSkill,
    RetentionRule,
    RetentionRun,
    RoutingDecision,
    RoutingRule,
    Screening,
    Skill,
    StandIn,
)

_COUNTED = "Counted by country, language and service; without the rest it names nobody."
_CAME_FROM = (
    *(
        f"{which}_{part}"
        for which in ("first", "last")
        for part in ("brief", "version", "section", "language")
    ),
    *("utm_source", "utm_medium", "utm_campaign"),
)


def _about_records(model: type[Any], person: Person, *ends: str) -> QuerySet[Any]:
    """Rows that name records by kind and number, with one of the person's at either end."""
    found = Q(pk__in=[])
    for kind, pks in (
        (RecordKind.CONTACT, person.contacts),
        (RecordKind.ORGANISATION, person.organisations),
        (RecordKind.LEAD, person.leads),
    ):
        for end in ends:
            found |= Q(**{"kind": kind, f"{end}__in": pks})
    rows: QuerySet[Any] = model.objects.filter(found)
    return rows


# ---- As sent
declare(
    Enquiry,
    of=of_leads(Enquiry),
    erase={
        "full_name": ERASED,
        "email": ERASED_EMAIL,
        "organisation": "",
        "job_title": "",
        "phone": "",
        "country": "",
        "actors": [],
        "needs": ERASED,
        "idempotency_key": None,  # whoever called the API chose its words
        "content_digest": "0" * 64,  # with it somebody could try whether a text is the one
        "arrival": {},
        "as_sent": "",
        **dict.fromkeys(("user_agent", "accept_language", "origin", "network"), ""),
        # A letter to one reader can have a word of its own.
        **dict.fromkeys(("utm_term", "utm_content", "referrer_host"), ""),
    },
    keep={
        "countries_of_interest": _COUNTED,
        "services": _COUNTED,
        "timeframe": _COUNTED,
        "budget": _COUNTED,
        "language": _COUNTED,
        "brief": "Counted by brief; without the rest it names nobody.",
        **dict.fromkeys(
            _CAME_FROM, "Counted by brief and campaign; without the rest it names nobody."
        ),
        "consent_text": "That there was consent, and to what; the words are ours.",
        "consent_version": "As the words of consent.",
        "consent_language": "As the words of consent.",
    },
    none="id channel received_at api_key",
    withheld={"content_digest": "Made from the other fields."},
)
declare(
    Attachment,
    of=of_leads(Attachment, "enquiry__lead"),
    deletes=Q(),
    personal="name content_type sha256 body",
    none="id enquiry addition",
)
declare(
    AttachmentScan,
    of=of_leads(AttachmentScan, "attachment__enquiry__lead"),
    deletes=Q(),
    personal="is_clean signature scanned_at",
    none="id attachment",
)
declare(Addition, of=of_leads(Addition), erase={"text": ""}, none="id lead form_id added_at")
declare(
    ContactCorrection,
    of=of_leads(ContactCorrection),
    erase={"full_name": ERASED, "email": ERASED_EMAIL, "phone": ""},
    staff="by",
    none="id lead made_at",
)
declare(
    ErasureOrder,
    staff="asked_by ended_by",
    none="id lead contact scope because tells asked_at state ended_at erasure",
)
declare(
    ErasureRequest,
    of=of_leads(ErasureRequest),
    erase={"answer": ""},
    staff="answered_by",
    none="id lead asked_at state answered_at erasure",
)

# ---- The work that it made
declare(
    Lead,
    of=lambda person: Lead.objects.filter(pk__in=person.leads),
    erase={
        "erased_at": Now(),
        "closing_reason": "",
        "priority_reason": Case(
            When(priority=Priority.URGENT, then=Value(ERASED)), default=Value("")
        ),
    },
    keep={
        "countries": _COUNTED,
        "services": _COUNTED,
        "language": _COUNTED,
        "link_seed": "So that the person can still see by their link that it was done; no name is made from it.",
        "link_digest": "As the seed.",
    },
    staff="owner cover",
    none="id reference enquiry status priority pool needs_read_by contact organisation merged_into created_at due_at"
    " closed_at",
    withheld={
        "link_seed": "A key to the person's own page.",
        "link_digest": "Made from that key.",
        "closing_reason": NOTES,
    },
    locks=True,
)
declare(
    Activity,
    of=of_leads(Activity),
    erase={"text": ""},
    staff="by",
    none="id lead kind happened_at",
    withheld={"text": NOTES},
)
declare(
    NeedSuggestion,
    of=of_leads(NeedSuggestion),
    deletes=Q(),
    personal="kind value label start end passage rule certainty rules_version state decided_at made_at",
    staff="decided_by",
    none="id lead",
)
declare(
    LeadWords,
    of=of_leads(LeadWords),
    deletes=Q(),
    personal="who words",
    none="lead",
    withheld=dict.fromkeys(("who", "words"), "Made from the other fields, for the search."),
)
declare(
    RoutingDecision,
    of=of_leads(RoutingDecision),
    keep={
        "inputs": "Codes of countries, languages and services: shows why an adviser got it; names no client.",
        "reason": "As the inputs.",
    },
    staff="chosen candidates",
    none="id lead rule desk is_fallback engine decided_at",
    withheld={
        "candidates": "About members of the house: who was free, who was not and why.",
        "reason": "Names members of our staff; what it went by stands under the inputs.",
    },
)
declare(
    Assignment,
    of=of_leads(Assignment),
    erase={"reason": ""},
    staff="adviser by",
    none="id lead decision started_at ended_at",
    withheld={"reason": NOTES},
)
declare(
    Screening,
    of=of_leads(Screening),
    erase={"items": [], "text_digest": "0" * 64, "text_bands": []},
    none="id lead score line rules screened_at",
    withheld=dict.fromkeys(("text_digest", "text_bands"), "Made from the words of the request."),
)
declare(
    Quarantine,
    of=of_leads(Quarantine),
    erase={"text_digest": "0" * 64, "text_bands": []},
    staff="ended_by",
    none="id lead held_at outcome ended_at would_expire_at",
    withheld=dict.fromkeys(("text_digest", "text_bands"), "Made from the words of the request."),
)
declare(ProofOfWork, none="id lead nonce solved_at")

declare(
    Deadline,
    of=of_leads(Deadline),
    staff="adviser",
    none="id lead policy stage state started_at due_at warn_at step next_look_at paused_at time_left ended_at",
)
declare(
    DeadlineChange,
    of=of_leads(DeadlineChange, "deadline__lead"),
    erase={"reason": ""},
    staff="by",
    none="id deadline kind due_before due_after happened_at",
    withheld={"reason": NOTES},
)
declare(
    DeadlineNotice,
    of=of_leads(DeadlineNotice, "deadline__lead"),
    staff="to",
    none="id deadline kind due_at rung told_at",
)

# ---- The people
declare(
    Contact,
    of=lambda person: Contact.objects.filter(pk__in=person.contacts),
    erase={
        "full_name": ERASED,
        "email": ERASED_EMAIL,
        "email_key": erased_key(),
        "mailbox_key": "",
        "domain": "",
        "latin_key": "",
        "sound_key": "",
        "phone": "",
        "job_title": "",
    },
    none="id organisation merged_into created_at",
    withheld={
        "email_key": "The address once more.",
        "mailbox_key": "The address once more.",
        "domain": "The address once more.",
        "latin_key": "The name once more.",
        "sound_key": "The name once more.",
    },
)
declare(
    Organisation,
    # Only one for which nobody else speaks: that may be a person's own name.
    of=lambda person: Organisation.objects.filter(pk__in=person.organisations),
    erase={"name": ERASED, "name_key": erased_key(), "latin_key": "", "sound_key": ""},
    none="id merged_into created_at",
    withheld={
        "name_key": "The name once more.",
        "latin_key": "The name once more.",
        "sound_key": "The name once more.",
    },
)
declare(
    Merge,
    of=lambda person: _about_records(Merge, person, "source_pk", "target_pk"),
    erase={"before": {}, "after": {}},  # an empty `before` says that it cannot be undone any more
    staff="by undone_by",
    none="id kind source_pk target_pk moved merged_at undone_at",
    withheld={
        "before": "Values of the contact, the organisation and the request once more.",
        "after": "As those before.",
    },
)
declare(
    Likeness,
    of=lambda person: _about_records(Likeness, person, "older_pk", "newer_pk"),
    deletes=Q(),
    personal="reasons score",
    staff="decided_by",
    none="id kind older_pk newer_pk state decided_at found_at",
)

# ---- Privacy itself
declare(
    DataCopy,
    of=lambda person: DataCopy.objects.annotate(known=Lower("address")).filter(
        known__in=person.addresses
    ),
    deletes=Q(),
    personal="address because asked_at made_at expires_at archive sha256 counts",
    staff="by",
    none="id",
    withheld={
        "archive": "An earlier copy of the same.",
        "because": "Staff's own note.",
    },
)
declare(
    DataCopyDownload,
    of=lambda person: DataCopyDownload.objects.annotate(known=Lower("copy__address")).filter(
        known__in=person.addresses
    ),
    deletes=Q(),
    personal="at",
    staff="by",
    none="id copy",
)
declare(RetentionRule, staff="changed_by", none="id keeps days is_on changed_at")
declare(
    RetentionRun, staff="by", none="id rule is_simulated days count done oldest examples ran_at"
)

# ---- The house
declare(
    ApiKey,
    staff="created_by revoked_by",
    none="id name public_id secret_digest scopes origins per_minute language services brief created_at expires_on"
    " revoked_at last_used_at",
)
declare(
    Adviser,
    staff="user capacity weight credit is_taking_leads time_zone hours holidays_country calendar_seed calendar_digest",
    none="id",
)
declare(Skill, staff="adviser kind value level", none="id")
declare(
    Absence,
    staff="adviser starts_on from_hour ends_on to_hour delegate policy note",
    none="id revision",
)
declare(
    StandIn,
    of=of_leads(StandIn),
    staff="owner adviser",
    none="id lead kind absence started_at ended_at ended_because",
)
declare(CreditEntry, staff="adviser", none="id decision amount")
declare(Desk, staff="fallback_owner", none="id name is_default")
declare(Desk.members.through, staff="adviser", none="id desk")
declare(
    RoutingRule,
    staff="adviser",
    none="id name position is_live conditions desk country_level service_level language_level topic_level"
    " within_hours note",
)
declare(RoutingRule.pool.through, staff="adviser", none="id routingrule")
declare(RequiredSkill, none="id rule kind value level")
declare(
    DeadlinePolicy,
    none="id priority stage minutes clock warn_before escalate_every is_promised is_active",
)
declare(Alert, none="id condition text began_at seen_at ended_at")
