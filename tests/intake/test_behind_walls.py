"""Every staff address as somebody who is walled from a request: nothing of it may stand in any answer."""

import re
from collections.abc import Iterator
from itertools import islice

import pytest
from django.apps import apps
from django.contrib import admin
from django.db.models import ForeignKey, Model
from django.urls import reverse

from accounts.models import User
from intake import (
    after_sending,
    calendar_feed,
    credit,
    erasure_orders,
    exporting,
    holding,
    retaining,
    walls,
)
from intake.models import (
    Adviser,
    CreditEntry,
    DataCopy,
    HoldKind,
    Lead,
    Quarantine,
    RoutingDecision,
    Wall,
)
from mail import delivery, outbox
from mail.models import Message
from proposals.models import ProposalVersion
from tests import factories, worlds
from tests.briefs.subscribed import run_all
from tests.intake import erasable
from tests.intake.admin.screens import client_of
from tests.intake.registered import engagement
from tests.proposals import making

WORDS = [word for word in erasable.WORDS if word != "evacuate"]
# Who reads briefs is no part of a request.
OPEN = {"briefs.Subscriber", "briefs.Subscription"}
# Models that lead to a request and have a list of their own, of which the world below holds none: what names none.
WITHOUT_ROWS = {
    "intake.ErasureOrder", "intake.RetentionRun", "jobs.Job", "accounts.Erasure", "mail.Message",
}  # fmt: skip
# Tokens of forms: in one of some dozens of runs they would spell a word of four letters.
RANDOM = re.compile(r"[A-Za-z0-9]{32,}")
# What stands for the parts of an address that are no number of the model's own.
PARTS = {
    "name": lambda screen, row: [verb.name for verb in getattr(screen, "verbs", ())] or ["x"],
    "attachment_pk": lambda screen, row: numbers("intake.Attachment"),
    "suggestion_pk": lambda screen, row: numbers("intake.NeedSuggestion")[:1],
    "likeness_pk": lambda screen, row: numbers("intake.Likeness") or [1],
    "target_pk": lambda screen, row: numbers(type(row)._meta.label) if row else [1],
    "number": lambda screen, row: [1],
    "slug": lambda screen, row: ["x"],
    "template_slug": lambda screen, row: ["x"],
    "language": lambda screen, row: ["en"],
    "id": lambda screen, row: ["1"],
    "reference": lambda screen, row: Lead.objects.values_list("reference", flat=True)[:3],
}


def numbers(label: str) -> list[int]:
    return list(apps.get_model(label)._default_manager.values_list("pk", flat=True)[:3])


def way_to_lead(model: type[Model], depth: int = 4) -> str | None:
    """The lookup by which a model leads to a request, if any."""
    if model is Lead:
        return "pk"
    if depth and model._meta.label in ("intake.Contact", "intake.Organisation"):
        return "leads"
    if model._meta.label == "intake.Enquiry":
        return "lead"
    for field in model._meta.fields if depth else ():
        if isinstance(field, ForeignKey) and field.related_model is not model:
            way = way_to_lead(field.related_model, depth - 1)
            if way:
                return field.name if way == "pk" else f"{field.name}__{way}"
    return None


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    """A person's requests and who is walled from them."""
    with worlds.kept(django_db_blocker):
        yield make_world()


@pytest.fixture
def behind(world, django_db_blocker):
    """What a test does to the world is undone after it."""
    with worlds.taken_back(django_db_blocker):
        yield world


def make_world() -> tuple[Lead, User]:
    """A person's requests with all that hangs on them; and who is walled from these."""
    desk = factories.DeskFactory()
    owner = factories.AdviserFactory(user__full_name="Olga Owner")
    lead = erasable.make_person(owner)
    decision = RoutingDecision.objects.create(
        lead=lead, chosen=owner, reason="So.", inputs={}, candidates=[], engine=credit.ENGINE
    )
    CreditEntry.objects.bulk_create(
        CreditEntry(decision=decision, adviser=one, amount=amount)
        for one, amount in ((owner, -1), (desk.fallback_owner, 1))
    )
    eve = factories.UserFactory(full_name="Eve Walled", email="eve@derisk.example", is_superuser=True)  # fmt: skip
    version = making.make_sent(lead)
    holding.hold(
        lead=lead, kind=HoldKind.SANCTIONS, found="Xylo is listed.", matches=[{"key": "xylo"}]
    )
    engagement(("client", erasable.COMPANY), name="Xylo Engagement", lead=lead, people=(eve,))
    after_sending.ask_for_erasure(lead=lead)
    Quarantine.objects.create(lead=Lead.objects.get(status="quarantined"))
    exporting.ask_for_copy(address=erasable.EMAIL, because="Asked.", by=owner.user)
    erasure_orders.ask_to_erase(
        lead=lead, scope="lead", by=owner.user, because="Asked.", tells=False
    )
    run_all("intake.notify_owner", "intake.acknowledge", "intake.tell_reviewer")
    retaining.simulate_rules(by=owner.user)
    erasable._logged(eve, lead.contact)
    for one in Lead.objects.all():
        walls.raise_wall(user=eve, before=one, reason="Xylo is kin.", by=None)
    assert ProposalVersion.objects.filter(pk=version.pk).exists()
    return Lead.objects.order_by("pk")[0], eve


def addresses() -> Iterator[str]:
    """Every address of every screen, for the rows that lead to the requests, or a row where nothing does."""
    yield from (reverse("admin:index"), f"{reverse('admin:index')}intake/")
    for model, screen in admin.site._registry.items():
        if model._meta.label in OPEN:
            continue
        way = way_to_lead(model)
        rows = model._default_manager.order_by("pk")
        about = rows.filter(**{f"{way}__in": Lead.objects.all()}).distinct() if way else rows
        found = list(about[:2]) or list(rows[:1])
        for pattern in screen.get_urls():
            if pattern.name:
                yield from filled(str(pattern.pattern), model, screen, found)


def filled(route: str, model: type[Model], screen, rows) -> Iterator[str]:
    base = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
    own = re.findall(r"<(?:\w+:)?(\w+)>", route)
    for row in rows if own else [None]:
        texts = [route]
        for part in own:
            values = [row.pk] if part in ("object_id", "pk") else PARTS[part](screen, row)
            texts = [re.sub(rf"<(?:\w+:)?{part}>", str(v), t, count=1) for t in texts for v in values]  # fmt: skip
        yield from (base + text for text in texts)


def told(client, address: str) -> str:
    """All that an answer says, in small letters; where it leads included."""
    response = client.get(address)
    assert response.status_code < 500, address
    body = b"".join(response) if response.streaming else response.content
    said = body.decode(errors="replace") + response.headers.get("Location", "")
    return RANDOM.sub("", said).lower()


def words_in(text: str, secret: list[str]) -> list[str]:
    """Those of the secret words that a text holds."""
    return [word for word in secret if word in text]


def test_no_staff_address_says_anything_of_what_is_behind_a_wall(behind):
    lead, eve = behind
    secret = [*WORDS, *(one.reference.lower() for one in Lead.objects.all())]
    client, control = client_of(eve), client_of(factories.UserFactory(is_superuser=True))
    wanted = sorted(set(addresses()))
    searches = [
        f"{reverse(f'admin:{m._meta.app_label}_{m._meta.model_name}_changelist')}?q={term}"
        for m, screen in admin.site._registry.items()
        if screen.search_fields and m._meta.label not in OPEN
        for term in ("xyl", lead.reference[:6])
    ]
    wanted += [*searches, *(f"/staff/autocomplete/?app_label=intake&model_name=wall&field_name={what}&term=x"
                            for what in ("lead", "organisation", "engagement"))]  # fmt: skip

    found = {address: words_in(told(client, address), secret) for address in wanted}

    assert {address: words for address, words in found.items() if words} == {}
    shown = (address for address in wanted[::3] if words_in(told(control, address), secret))
    assert len(list(islice(shown, 11))) == 11, (
        "Whoever is walled from nothing finds it: the test looks where it stands."
    )


def test_every_screen_that_leads_to_a_request_has_rows_here(behind):
    """A new model that leads to requests gets rows in the world above, or a reason in WITHOUT_ROWS."""
    empty = []
    for model in admin.site._registry:
        way = way_to_lead(model)
        label = model._meta.label
        if way and label not in WITHOUT_ROWS and model not in (Adviser, User):
            rows = model._default_manager.filter(**{f"{way}__in": Lead.objects.all()})
            empty += [] if rows.exists() else [label]

    assert empty == []
    assert DataCopy.objects.exists()


def test_no_mail_about_it_leaves_to_who_is_walled_whatever_queued_it(behind, settings):
    lead, eve = behind
    sent = Message.objects.filter(to_email=eve.email)
    for number, (reference, subject) in enumerate(
        [(lead.reference, "A lead"), ("", f"About {lead.reference}"), (lead.proposals.get().reference, "Signed")]
    ):  # fmt: skip
        outbox.queue_message(
            outbox.Letter(
                key=f"any:{number}", template="intake/mail/alert", to_email=eve.email, reference=reference,
                context={"text": subject, "is_over": False, "lasted": "", "watch_url": "https://x.example/"},
            )
        )  # fmt: skip
    Message.objects.filter(to_email=eve.email, key="any:1").update(
        text=f"See {lead.reference} please."
    )

    for message in sent.order_by("pk"):
        assert delivery.deliver(message_id=message.pk) is None

    states = dict(sent.filter(key__startswith="any:").values_list("state", "error"))
    assert states == {"cancelled": "Not sent: its reader is walled from what it is about."}
    other = outbox.queue_message(
        outbox.Letter(
            key="other", template="intake/mail/alert", to_email=eve.email, reference="R-AAAAA-AAAAA",
            context={"text": "Fine", "is_over": False, "lasted": "", "watch_url": "https://x.example/"},
        )
    )  # fmt: skip
    assert delivery.gates.why_not(other, eve.pk) == ""


def test_the_calendar_of_who_is_walled_has_no_deadline_of_it(behind):
    lead, eve = behind
    adviser = Adviser.objects.create(user=eve)
    Wall.objects.all().update(ends_at=None)

    assert lead.reference.encode() not in calendar_feed.as_ical(adviser)
