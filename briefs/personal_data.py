"""The erasure map of briefs: readers who asked for mail, reviewers from outside. Briefs themselves name no clients."""

from django.db.models import Q, QuerySet, Value
from django.db.models.functions import Concat, Least, Lower, Now

from accounts.erasure_map import ERASED, Person, declare, erased_key
from briefs.models import (
    Actor,
    Announcement,
    Brief,
    CardImage,
    Citation,
    Correction,
    Edition,
    FormerAddress,
    Incident,
    Judgement,
    MadePage,
    Move,
    Notice,
    Place,
    ReferenceCounter,
    Resolution,
    ReviewComment,
    ReviewLink,
    Revision,
    SearchTerm,
    Source,
    Subscriber,
    Subscription,
    ToldIncident,
)
from mail.models import email_digest


def _subscribers_of(person: Person) -> QuerySet[Subscriber]:
    digests = [email_digest(address) for address in person.addresses]
    return Subscriber.objects.filter(email_digest__in=digests)


def _not_forgotten(person: Person) -> QuerySet[Subscriber]:
    return _subscribers_of(person).filter(email__isnull=False)


def _links_of(person: Person) -> QuerySet[ReviewLink]:
    rows = ReviewLink.objects.annotate(address=Lower("email"))
    return rows.filter(address__in=person.addresses)


# ---- Readers
declare(
    Subscriber,
    of=_not_forgotten,
    erase={"email": None},
    deletes=Q(suppressed_at__isnull=True),
    personal="language confirmations_on confirmations seed created_at",
    keep={
        "email_digest": "Of an address that must never be written to again, so that nobody can make us do it.",
        "suppressed_at": "As the digest.",
        "suppression_reason": "As the digest.",
    },
    none="id",
    withheld={"seed": "A key to the reader's own page.", "email_digest": "Made from the address."},
)
declare(
    Subscription,
    of=lambda person: Subscription.objects.filter(subscriber__in=_subscribers_of(person)),
    deletes=Q(),
    personal=(
        "subscriber q country actor topic languages language frequency state is_suspect asks consent_version "
        "created_at mailed_at confirmed_at ended_at seed"
    ),
    none="id",
    withheld={"seed": "A key to the reader's own page."},
)
declare(
    Notice,
    of=lambda person: Notice.objects.filter(subscriber__in=_subscribers_of(person)),
    deletes=Q(),
    personal="subscriber announcement subscription message made_at",
    none="id",
)

# ---- Reviewers from outside
declare(
    ReviewLink,
    of=_links_of,
    erase={
        "name": ERASED,
        "email": Concat(erased_key(), Value("@erased.invalid")),  # one reader once a revision
        "expires_at": Least("expires_at", Now()),
    },
    keep={
        "verdict": "Part of why a brief could be published; it names nobody then.",
        "verdict_at": "As the verdict.",
        "first_seen_at": "As the verdict.",
    },
    staff="created_by revoked_by",
    none="id digest language revision created_at revoked_at",
    withheld={"digest": "Made from a private key."},
)
declare(
    ReviewComment,
    of=lambda person: ReviewComment.objects.filter(link__in=_links_of(person)),
    keep={
        "text": "The remark on a text of ours, part of why it could be published; it names nobody then."
    },
    staff="by resolved_by",
    none="id brief revision anchor move form_key link created_at resolved_at",
)

# ---- What the house publishes
declare(
    Brief,
    staff="created_by assignee",
    none=(
        "id slug reference uid title language kind status summary body body_text names_text word_count reading_minutes "
        "tlp countries topics is_sample data_cutoff translation_key translated_from revises head_revision "
        "live_revision superseded_by due_on published_at expires_at modified_at changed_at announced_at withdrawn_at "
        "withdrawal_reason created_at updated_at search"
    ),
)
declare(Brief.actors.through, none="id brief actor")
declare(Brief.places.through, none="id brief place")
declare(Brief.incidents.through, none="id brief incident")
declare(
    Revision, staff="authors created_by", none="id brief number snapshot digest created_at note"
)
declare(Edition, staff="published_by", none="id brief number revision published_at")
declare(Correction, staff="made_by", none="id brief edition kind text made_at")
declare(FormerAddress, none="slug brief left_at")
declare(Announcement, none="id brief kind correction due_at made_at is_mailed")
declare(CardImage, none="id revision png digest made_with made_at")
declare(MadePage, none="brief digest until version related token packed")
declare(
    Move,
    staff="by",
    none="id brief revision of_pending from_status to_status moved_at reason is_emergency checklist",
)
declare(
    Judgement,
    staff="resolved_by",
    none=(
        "id brief key position text scale likelihood confidence horizon_on revises change_reason dropped_at outcome "
        "outcome_note evidence resolved_at"
    ),
)
declare(Resolution, staff="resolved_by", none="id judgement outcome note evidence resolved_at")
declare(Incident, none="id occurred_on precision place event_type sub_type title fatalities")
declare(Incident.actors.through, none="id incident actor")
declare(
    ToldIncident,
    none="id brief revision number occurred_on event_type sub_type country latitude longitude actors said",
)
declare(Actor, none="id name slug aliases kind note updated_at")
declare(Actor.parents.through, none="id from_actor to_actor")
declare(
    Place,
    none=(
        "id name country admin1 kind aliases latitude longitude precision population geonames_id loaded_mark note words"
    ),
)
declare(Source, none="id name reliability is_named note")
declare(Citation, none="id brief source position title url published_on credibility note")
declare(SearchTerm, none="id name key")
declare(ReferenceCounter, none="year last_number")
