"""What a client may do by the private link: add, correct, withdraw, ask for erasure. Each is told to the adviser, who
may correct what a client says by telephone."""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext

from accounts.models import User
from intake import (
    alarming,
    client_promise,
    lead_search,
    leads,
    locking,
    matching,
    news,
    owning,
    rescheduling,
    scanning,
    staff_letters,
)
from intake.attachments import Upload
from intake.models import (
    MOVES,
    Activity,
    Addition,
    Attachment,
    ContactCorrection,
    Desk,
    ErasureRequest,
    Lead,
    Status,
)
from jobs import queue
from jobs.models import Job
from mail import addresses, outbox
from mail.models import Unreachable

MOST_ADDITIONS = 20
MOST_CORRECTIONS = 10  # each may have a mail sent to an address of anybody
_WITHDRAWN = "Withdrawn by the client"
CORRECTED = (Activity.Kind.CLIENT_CORRECTED, Activity.Kind.STAFF_CORRECTED)


@dataclass(frozen=True)
class ContactDetails:
    """How to reach the client."""

    full_name: str
    email: str
    phone: str


def contact_of(lead: Lead) -> ContactDetails:
    """The details as the client corrected them last, else as they were sent."""
    return contacts_of([lead])[lead.pk]


def contacts_of(leads: Sequence[Lead]) -> dict[int, ContactDetails]:
    """The same of many leads, in one statement."""
    corrections = ContactCorrection.objects.filter(lead__in=[lead.pk for lead in leads])
    last = {one.lead_id: one for one in corrections.order_by("lead_id", "-pk").distinct("lead_id")}
    sources = {lead.pk: last.get(lead.pk) or lead.enquiry for lead in leads}
    return {pk: ContactDetails(one.full_name, one.email, one.phone) for pk, one in sources.items()}


@transaction.atomic
def add_information(
    *, lead: Lead, text: str, files: Sequence[Upload], form_id: uuid.UUID
) -> Addition:
    """Keep more words or files with a request; the same form sent twice adds once, and so does whoever goes back and
    sends the same again.

    Raises ValidationError: code "required" when there is neither, "closed" when the request is, "too_many" after
    `MOST_ADDITIONS`.
    """
    lead = _locked(lead)
    known = lead.additions.filter(form_id=form_id).first() or _last_like(lead, text, files)
    if known:
        return known
    _refuse_closed(lead)
    if not text.strip() and not files:
        raise ValidationError(gettext("Write something, or choose a file."), code="required")
    if lead.additions.count() >= MOST_ADDITIONS:
        raise ValidationError(
            gettext("You have added much already; send the rest by e-mail."), code="too_many"
        )
    addition = Addition.objects.create(lead=lead, text=text, form_id=form_id)
    scanning.ask_to_scan(
        Attachment.objects.bulk_create(
            Attachment(enquiry_id=lead.enquiry_id, addition=addition, **vars(file))
            for file in files
        )
    )
    said = ["Words."] if text.strip() else []
    said += [f"Files: {len(files)}."] if files else []
    _record(lead, Activity.Kind.CLIENT_ADDED, " ".join(said))
    rescheduling.resume_for_client(matching.live(lead))
    alarming.heed_addition(lead, text)
    return addition


def _last_like(lead: Lead, text: str, files: Sequence[Upload]) -> Addition | None:
    """What was added last, if it says the same."""
    last = lead.additions.order_by("-pk").first()
    if last is None or last.text != text or not (text or files):
        return None
    there = last.attachments.order_by("pk").values_list("name", "sha256")
    return last if list(there) == [(file.name, file.sha256) for file in files] else None


@transaction.atomic
def correct_contact(
    *,
    lead: Lead,
    details: ContactDetails,
    changed: Collection[str] | None = None,
    by: User | None = None,
) -> None:
    """Note how the client wants to be reached, by the client or by whoever was told it; the same details again change
    nothing. `changed` names those that count, of a page that may be older than the others' last correction.

    A new address gets the acknowledgement too; one that waits for the address before is called off. An address that
    took no mail is written to again, and what was held for it leaves, when staff say that it is right; when the client
    does, who may have typed anybody's, one mail tries it.
    Raises ValidationError: code "closed" when the request is, "too_many" after `MOST_CORRECTIONS` of the client's.
    """
    lead = _locked(lead)
    before = contact_of(lead)
    if changed is not None:
        details = replace(before, **{name: getattr(details, name) for name in changed})
    if details == before and not addresses.mark_of(details.email):
        return
    _refuse_closed(lead)
    _take_mail_again(lead, details.email, by)
    if details == before:
        return
    if by is None and lead.corrections.filter(by=None).count() >= MOST_CORRECTIONS:
        raise ValidationError(
            gettext("You have corrected this often already; write to us by e-mail."),
            code="too_many",
        )
    correction = ContactCorrection.objects.create(lead=lead, **vars(details), by=by)
    labels = {"full_name": "Name", "email": "E-mail", "phone": "Phone"}
    new = [
        label for name, label in labels.items() if getattr(details, name) != getattr(before, name)
    ]
    _record(lead, _corrected(by), ", ".join(new), by)
    key = f"lead:{lead.pk}:correction:{correction.pk}"
    asks = []
    if details.email != before.email:
        asks.append(queue.Ask("intake.acknowledge_corrected", lead.pk, key=key))
    if details.full_name != before.full_name:
        asks.append(queue.Ask(kind="intake.screen_sanctions", subject_id=lead.pk, key=key))
    queue.enqueue(*asks)


def _corrected(by: User | None) -> Activity.Kind:
    return Activity.Kind.CLIENT_CORRECTED if by is None else Activity.Kind.STAFF_CORRECTED


def _take_mail_again(lead: Lead, email: str, by: User | None) -> None:
    mark = addresses.mark_of(email)
    if mark is None or (by is None and not may_try(lead, mark)):
        return
    text = "They confirmed the address that took no mail; "
    if by is None:
        text += "one mail tries it."
        again = _trial(lead, mark)
    else:
        addresses.lift_mark(email=email, by=by)
        text += "what was held is sent."
        again = f"mark:{mark.pk}:lifted"
    Activity.objects.create(lead=lead, kind=_corrected(by), text=text, by=by)
    queue.enqueue(queue.Ask("intake.acknowledge_again", lead.pk, key=again))


def may_try(lead: Lead, mark: Unreachable) -> bool:
    """Whether the client may have this marked address tried: once, and never that of who called our mail spam, nor by a
    request that is held back.
    """
    is_barred = mark.why == Unreachable.Why.COMPLAINED or lead.status == Status.QUARANTINED
    return not is_barred and not has_tried(lead, mark)


def has_tried(lead: Lead, mark: Unreachable) -> bool:
    """Whether the client of this lead had this marked address tried."""
    asked = Job.objects.filter(kind="intake.acknowledge_again", key=_trial(lead, mark))
    return asked.exists()


def _trial(lead: Lead, mark: Unreachable) -> str:
    """One for each request and mark: as many mails to an address that takes none."""
    return f"lead:{lead.pk}:mark:{mark.pk}:tried"


@transaction.atomic
def withdraw_request(*, lead: Lead) -> None:
    """Close the request for its client; once withdrawn, again changes nothing.

    Raises ValidationError: code "closed" when it was closed otherwise, "proposal" while a proposal waits for the
    client's answer, which has its own page to decline it.
    """
    lead = _locked(lead)
    if is_withdrawn(lead):
        return
    _refuse_closed(lead)
    if lead.merged_into_id:
        _withdraw_merged(lead)
        return
    if declines_instead(lead):
        raise ValidationError(
            gettext("We sent you a proposal. Decline it by the link in its mail."), code="proposal"
        )
    kind = Activity.Kind.CLIENT_WITHDREW
    _close(lead, None, kind)
    ask_to_tell(lead.activities.filter(kind=kind).latest("pk"))


def _close(lead: Lead, by: User | None, kind: Activity.Kind) -> None:
    allowed = MOVES[lead.status]
    to = Status.DISQUALIFIED if Status.DISQUALIFIED in allowed else Status.LOST
    leads.move_lead(lead=lead, to=to, by=by, reason=_WITHDRAWN, activity=kind)
    news.request_withdrawn.send(Lead, lead=lead)


@transaction.atomic
def close_withdrawn(*, lead: Lead, since: datetime, by: User) -> bool:
    """Close a request that is apart again from the one that it was part of `since`, if its client withdrew it
    meanwhile; whether it was so.
    """
    meanwhile = {"kind": Activity.Kind.CLIENT_WITHDREW, "happened_at__gte": since}
    if lead.closed_at or not lead.activities.filter(**meanwhile).exists():
        return False
    _close(lead, by, Activity.Kind.MOVED)
    return True


def declines_instead(lead: Lead) -> bool:
    """Whether a proposal waits for the client's answer, whose own page declines it. One that expired can be answered
    no more.
    """
    return lead.merged_into_id is None and client_promise.proposal_sent_at(lead) is not None


def is_withdrawn(lead: Lead) -> bool:
    """Whether the client withdrew this request."""
    if lead.merged_into_id:
        return lead.activities.filter(kind=Activity.Kind.CLIENT_WITHDREW).exists()
    return lead.closed_at is not None and lead.closing_reason == _WITHDRAWN


def _withdraw_merged(lead: Lead) -> None:
    """Another request does the work of this one too; whoever has that decides what the withdrawal means for it."""
    _record(
        lead,
        Activity.Kind.CLIENT_WITHDREW,
        f"{lead.reference} was merged into {matching.live(lead).reference}. Decide what becomes of that one.",
    )


@transaction.atomic
def ask_for_erasure(*, lead: Lead) -> ErasureRequest:
    """Note that the client wants their data erased, for a person to answer; asked again it is the same request.

    Raises ValidationError(code="closed") when it was erased already.
    """
    lead = _locked(lead)
    if lead.erased_at:
        raise ValidationError(gettext("This request was erased already."), code="closed")
    request, is_new = ErasureRequest.objects.get_or_create(lead=lead)
    if is_new:
        _record(
            lead, Activity.Kind.CLIENT_ERASURE, "Answer it, and say what the law makes us keep."
        )
    return request


def _locked(lead: Lead) -> Lead:
    """With those that do its work, if it was merged."""
    if lead.merged_into_id:
        locking.lock([one.pk for one in matching.chain(lead)])
    return Lead.objects.select_for_update(of=("self",)).select_related("enquiry").get(pk=lead.pk)


def _refuse_closed(lead: Lead) -> None:
    if matching.live(lead).closed_at:
        raise ValidationError(
            gettext("This request is closed. Send a new one if something has changed."),
            code="closed",
        )


def _record(lead: Lead, kind: Activity.Kind, text: str, by: User | None = None) -> None:
    """The timeline says what was done, not the client's words: more people read it than those."""
    activity = Activity.objects.create(lead=lead, kind=kind, text=text, by=by)
    if by is None:
        ask_to_tell(activity)
    if kind in (Activity.Kind.CLIENT_ADDED, *CORRECTED):
        lead_search.note_words(lead_ids=[lead.pk])
        ask = queue.Ask("intake.check_conflicts", lead.pk, key=f"activity:{activity.pk}")
        queue.enqueue(ask)


def ask_to_tell(activity: Activity) -> None:
    """Ask for the mail that tells the lead's owner of an activity, in the caller's transaction."""
    queue.enqueue(
        queue.Ask(kind="intake.tell_owner", subject_id=activity.pk, key=f"activity:{activity.pk}")
    )


def tell_owner(*, activity_id: int) -> None:
    """Queue the mail about something that the client did, to the lead's owner and who covers it or, before there is
    one, the owner of the default desk; of a merged lead, to whoever has the one that it was merged into. It holds the
    reference and a link, nothing that the client wrote.
    """
    people = Activity.objects.select_related("lead__owner__user", "lead__cover__user")
    activity = people.get(pk=activity_id)
    lead = matching.live(activity.lead)
    for number, user in enumerate(owning.who_work(lead) if lead.owner_id else _desk()):
        _tell(user, activity, lead, "" if number == 0 else f":{user.pk}")


def _desk() -> list[User]:
    desk = Desk.objects.filter(is_default=True).select_related("fallback_owner__user").first()
    return [desk.fallback_owner.user] if desk else []


def _tell(user: User, activity: Activity, lead: Lead, more: str) -> None:
    key = f"client_news:activity:{activity.pk}{more}"
    what = activity.get_kind_display()
    outbox.queue_message(
        staff_letters.about_lead(lead, user, key=key, template="intake/mail/client_news", what=what)
    )
