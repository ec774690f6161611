"""Mail that did not reach a client: noted on the lead and told to the adviser, who has to call."""

from django.db import transaction
from django.db.models import Q

from accounts.models import User
from intake import after_sending, matching
from intake.addresses import email_key
from intake.models import Activity, Contact, Lead
from jobs import queue
from mail import addresses
from mail.models import Message, Unreachable


def ask_about_mark(*, mark: Unreachable, **_: object) -> None:
    """Receive the news that an address takes no mail."""
    ask = queue.Ask(kind="intake.note_unreachable", subject_id=mark.pk, key=f"mark:{mark.pk}")
    queue.enqueue(ask)


def ask_about_message(*, message: Message, **_: object) -> None:
    """Receive the news that a message did not arrive."""
    if message.reference:
        key = f"message:{message.pk}:{message.attempts}"
        ask = queue.Ask(kind="intake.note_not_arrived", subject_id=message.pk, key=key)
        queue.enqueue(ask)


@transaction.atomic
def note_unreachable(*, mark_id: int) -> int:
    """Note on the lead of the message, and on every open one of a client with this address, that mail does not
    arrive; tell the owners. Return how many leads those are.
    """
    mark = Unreachable.objects.select_related("message").filter(pk=mark_id).first()
    if mark is None or mark.message is None:
        return 0
    leads = _leads_of(mark.message)
    for lead in leads:
        _note(lead, f"Call them: {mark}.")
    return len(leads)


@transaction.atomic
def note_not_arrived(*, message_id: int) -> int:
    """Note on its lead that one message to the client did not arrive, and tell the owner; return 1, or 0 for none."""
    message = Message.objects.filter(pk=message_id).first()
    if message is None or _is_for_staff(message):
        return 0
    lead = Lead.objects.select_related("enquiry").filter(reference=message.reference).first()
    if lead is None or _is_corrected(lead, email_key(message.to_email)):
        return 0
    why = message.get_arrival_display() or message.get_failure_display()
    _note(lead, f"Call them: {why or message.get_state_display()}.")
    return 1


def mark_of(lead: Lead) -> Unreachable | None:
    """Why mail to the client of this lead does not arrive; None as far as we know it does."""
    return addresses.mark_of(after_sending.contact_of(lead).email)


def _leads_of(message: Message) -> list[Lead]:
    """The lead that a message to a client is about, and the open ones of whom it was to reach; none whose client has
    corrected that address since: nobody needs to call about one that is written to no more.
    """
    if _is_for_staff(message):
        return []
    address = email_key(message.to_email)
    known = Contact.objects.filter(email_key=address).first()
    theirs = Q(contact=matching.live(known), closed_at__isnull=True) if known else Q(pk__in=[])
    rows = Lead.objects.select_related("enquiry").filter(
        Q(reference=message.reference) & ~Q(reference="") | theirs
    )
    return [
        lead
        for lead in rows.order_by("pk")
        if (lead.reference == message.reference and not _is_corrected(lead, address))
        or email_key(after_sending.contact_of(lead).email) == address
    ]


def _is_corrected(lead: Lead, address: str) -> bool:
    """Whether this is an address that the client had before another; that of a proposal's reader is none of them."""
    given = [lead.enquiry.email, *lead.corrections.order_by("pk").values_list("email", flat=True)]
    *earlier, last = (email_key(one) for one in given)
    return address in earlier and address != last


def _is_for_staff(message: Message) -> bool:
    return User.objects.filter(email__iexact=message.to_email).exists()


def _note(lead: Lead, text: str) -> None:
    activity = Activity.objects.create(lead=lead, kind=Activity.Kind.MAIL_FAILED, text=text)
    after_sending.ask_to_tell(activity)
