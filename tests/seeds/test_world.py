"""The demo world: everything through the verbs, once, and good enough to show."""

from collections.abc import Iterator
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db.models import Count
from django.test import Client, override_settings

from accounts.models import User
from briefs.models import Brief
from intake import covering
from intake.models import (
    Activity,
    Adviser,
    ApiKey,
    Desk,
    Enquiry,
    Hold,
    Lead,
    Likeness,
    Wall,
)
from jobs import working
from jobs.models import Job
from mail.models import Message, Unreachable
from proposals.models import ProposalTemplate, TemplateLine, TemplateSection
from seeds import world
from tests import worlds
from tests.intake.admin.screens import LEADS

PASSWORD = "a long pass phrase"
MODELS = (
    User,
    Adviser,
    Desk,
    ProposalTemplate,
    TemplateSection,
    TemplateLine,
    Brief,
    Enquiry,
    Lead,
)
MODEL_NAMES = [model.__name__ for model in MODELS]


@pytest.fixture(scope="module")
def loaded(django_db_setup, django_db_blocker) -> Iterator[str]:
    """The demo world in a database that had nothing; what the command said."""
    said = StringIO()
    # Argon2 is slow on purpose; what is tested here is not the hash.
    hashers = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    with (
        worlds.kept(django_db_blocker),
        override_settings(PASSWORD_HASHERS=hashers),
        pytest.MonkeyPatch.context() as patch,
    ):
        patch.setenv("DEMO_PASSWORD", PASSWORD)
        call_command("seed", stdout=said)
        yield said.getvalue()


@pytest.fixture(autouse=True)
def said(loaded, django_db_blocker) -> Iterator[str]:
    """The world as it was loaded, whatever the tests do with it."""
    with worlds.taken_back(django_db_blocker):
        yield loaded


def counts() -> dict[str, int]:
    """How many rows there are of what the seeds make."""
    made = {model.__name__: model.objects.count() for model in MODELS}
    # Each publication asks for the kept pages to be made anew.
    asked = Job.objects.exclude(kind="briefs.refresh").values_list("kind").annotate(Count("pk"))
    return made | dict(asked.order_by("kind"))


def do_all_jobs() -> None:
    """Do what workers would do, in order, until nothing is left."""
    while pending := list(Job.objects.due().order_by("pk").values_list("pk", flat=True)):
        for pk in pending:
            working.run_job(pk)


LOGINS = {
    "analyst@derisk.example": {"analyst"},
    "editor@derisk.example": {"editor", "publisher"},
    "publisher@derisk.example": {"publisher"},
    "adviser@derisk.example": {"adviser"},
    "lead@derisk.example": {"desk lead", "adviser"},
    "approver@derisk.example": {"approver"},
    "auditor@derisk.example": {"auditor"},
    "admin@derisk.example": set(),
}


def opened_with(password: str) -> dict[str, int]:
    """What each demo login gets from the staff screens."""
    answers = {}
    for email in LOGINS:
        client = Client()
        client.login(username=email, password=password)
        answers[email] = client.get("/staff/").status_code
    return answers


def test_the_command_loads_a_world_that_is_whole_public_and_plainly_fictional(said):
    briefs = len(list((world.FOLDER / "briefs").glob("*.md")))

    assert said == f"10 staff, 2 templates, {briefs} briefs, 13 requests\n"
    made = counts()
    assert {name: made[name] for name in MODEL_NAMES} == {
        "User": 10, "Adviser": 4, "Desk": 2, "ProposalTemplate": 2, "TemplateSection": 8, "TemplateLine": 4,
        "Brief": briefs + 1, "Enquiry": 13, "Lead": 13,
    }  # fmt: skip
    # What is asked for once for each, whatever other kinds of job there are.
    for kind, number in {
        "intake.route_lead": 14,
        "intake.acknowledge": 14,
        "briefs.announce": briefs,
    }.items():
        assert made[kind] == number, kind
    assert Brief.objects.public().count() == briefs - 1
    addresses = {
        *User.objects.values_list("email", flat=True),
        *Enquiry.objects.values_list("email", flat=True),
    }
    assert not [address for address in addresses if not address.endswith(".example")]
    users = User.objects.filter(email__in=LOGINS).prefetch_related("groups")
    assert opened_with(PASSWORD) == dict.fromkeys(LOGINS, 200)
    assert {user.email: {group.name for group in user.groups.all()} for user in users} == LOGINS
    assert [user.email for user in users if user.is_superuser] == ["admin@derisk.example"]


def test_a_second_load_adds_nothing_and_keeps_what_staff_changed(said, monkeypatch):
    before = counts()
    Adviser.objects.update(capacity=3)
    User.objects.filter(email="admin@derisk.example").update(password="!")
    read = world._read

    def reworded(name: str):
        rows = read(name)
        return [row | {"needs": "Reworded."} for row in rows] if name == "requests.yaml" else rows

    monkeypatch.setattr(world, "_read", reworded)  # as a later version of the files may be
    again = world.load(password="another pass phrase")

    assert ", ".join(f"{count} {name}" for name, count in again.items()) + "\n" == said
    assert counts() == before
    assert set(Adviser.objects.values_list("capacity", flat=True)) == {3}
    assert User.objects.get(email="admin@derisk.example").password == "!"
    assert not Enquiry.objects.filter(needs="Reworded.").exists()


def test_requests_become_leads_with_an_owner_and_every_sender_is_answered():
    # Whatever the day and the hour of this test.
    Adviser.objects.update(hours=["00:00-24:00"] * 7, holidays_country="")

    do_all_jobs()

    owners = Lead.objects.order_by("pk").values_list("enquiry__full_name", "owner__user__full_name")
    assert list(owners) == [
        ("Aïcha Example", "Awa Adviser"),
        ("Jean Exemple", "Lindiwe Lead"),  # Awa could too, and has just had one
        ("Maria Exemplo", "Carla Adviser"),
        ("Sam Sample", "Lindiwe Lead"),
        ("Nadia Exemple", "Awa Adviser"),  # by what the text says
        ("Best Rank Agency www.rank.example", None),
        ("Ruth Sample", None),
        ("Aicha Example", "Awa Adviser"),
        ("Sam Sample", "Bruno Adviser"),
        ("Kofi Example", "Bruno Adviser"),
        ("Tomás Exemplo", "Lindiwe Lead"),  # Carla is away
        ("Kormac Fixture Exemplar", None),  # like a name on the example list
        ("Josué Exemple", None),  # of the other side of an engagement
    ]
    listed, conflict = Hold.objects.order_by("lead_id")
    assert (listed.kind, listed.lead.enquiry.full_name) == ("sanctions", "Kormac Fixture Exemplar")
    assert (conflict.kind, conflict.lead.enquiry.full_name) == ("conflict", "Josué Exemple")
    assert str(conflict.reviewer) == "Lindiwe Lead"
    assert [str(wall) for wall in Wall.objects.all()] == [f"Bruno Adviser | {conflict.lead}"]
    urgent = Lead.objects.get(priority="urgent", status="routed")
    assert urgent.enquiry.full_name == "Nadia Exemple"
    pooled = Lead.objects.filter(pool__isnull=False).order_by("pk")
    assert [lead.enquiry.full_name for lead in pooled] == ["Sam Sample", "Tomás Exemplo"]
    held = Lead.objects.filter(status="quarantined").order_by("pk")
    assert list(held.values_list("priority", flat=True)) == ["normal", "urgent"]
    assert Lead.objects.filter(status="routed").count() == 9
    told = Message.objects.get(template="intake/mail/held_back")
    assert (told.to_email, told.reference) == ("lead@derisk.example", held[1].reference)
    assert Enquiry.objects.filter(brief__isnull=False).count() == 2
    answered = Message.objects.filter(template="intake/mail/acknowledgement")
    assert sorted(answered.values_list("language", flat=True)) == [
        *["en"] * 6,
        *["fr"] * 3,
        "pt",
        "pt",
    ]
    assert set(Job.objects.values_list("state", flat=True)) == {"done"}
    assert set(Activity.objects.values_list("kind", flat=True)) == {
        "matched", "routed", "reassigned", "priority", "held", "quarantined", "released", "client_added",
        "client_erasure", "erasure_asked", "mail_failed", "wall_raised",
    }  # fmt: skip
    assert sorted(Likeness.objects.values_list("kind", flat=True)) == [
        "contact", "contact", "lead", "organisation",
    ]  # fmt: skip
    refused = Message.objects.get(state="held")
    assert (refused.to_email, str(Unreachable.objects.get())) == (
        "sam@films.example", "the mail server refused the address (550 5.1.1)",
    )  # fmt: skip
    through = Enquiry.objects.get(api_key__isnull=False)
    assert (through.api_key.name, through.lead.language) == ("Partner portal (example)", "fr")
    assert sorted(ApiKey.objects.live().values_list("name", flat=True)) == [through.api_key.name]
    assert Enquiry.objects.filter(last_brief__isnull=False).count() == 5
    covering.keep_covers()
    covered = Lead.objects.get(cover__isnull=False)
    assert (covered.enquiry.full_name, str(covered.cover)) == ("Maria Exemplo", "Bruno Adviser")
    client = Client()
    client.force_login(User.objects.get(email="adviser@derisk.example"))
    shown = client.get(LEADS).context["cl"].result_list
    assert [lead.enquiry.full_name for lead in shown] == [
        "Tomás Exemplo", "Aicha Example", "Nadia Exemple", "Sam Sample", "Aïcha Example",
    ]  # fmt: skip


@pytest.mark.parametrize("password", ["", "short"])
def test_the_command_wants_a_password(monkeypatch, password):
    before = counts()
    monkeypatch.setenv("DEMO_PASSWORD", password)

    with pytest.raises(CommandError, match="Set DEMO_PASSWORD to at least 12 characters"):
        call_command("seed")

    assert counts() == before
