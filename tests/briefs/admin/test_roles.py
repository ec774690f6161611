"""Every role presses every button of a brief in every status: what moves, what is refused, and that nothing else stirs.

One house with a brief in each status serves all; each press is taken back before the next.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from itertools import product
from typing import Any, NamedTuple

import pytest
from django.contrib.auth.models import Permission
from django.contrib.messages import constants, get_messages
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from accounts.models import User
from briefs import publishing, revising
from briefs.admin.verbs import BRIEF_VERBS
from briefs.models import Brief, BriefStatus, Move
from tests import worlds
from tests.briefs.admin import test_review_screens
from tests.briefs.workflow import bring_to, edit
from tests.factories import BriefFactory, UserFactory

WRITERS = ("analyst", "editor", "publisher", "superuser")
REVIEWERS = ("editor", "publisher", "superuser")
PUBLISHERS = ("publisher", "superuser")
ROLES = (*WRITERS, "adviser", "auditor", "anonymous")
STATES = (
    *("draft", "in_review", "changes_requested", "approved"),
    "scheduled",
    "published",
    "archived",
    "withdrawn",
)
PENDING = ("pending draft", "pending in_review", "pending changes_requested", "pending approved")
TOLD = {"kind": "factual", "text": "It was two trucks."}
TOMORROW = (timezone.now() + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")
LATER = {"zone": "UTC", "published_at": TOMORROW, "expires_at": "2099-01-01T09:00"}
GONE = "gone"  # a pending revision whose words are in the live brief, or that was dropped


class Rule(NamedTuple):
    """Who may press a button, where the brief stands then, where it stands afterwards, what the form sends."""

    roles: tuple[str, ...]
    moves: dict[str, str]
    words: dict[str, str] = {}


def stays(*states: str) -> dict[str, str]:
    """It stands where it stood; something else changes."""
    return {state: "published" if state == "scheduled" else state for state in states}


def both(moves: dict[str, str]) -> dict[str, str]:
    """The same for a brief and for a pending revision."""
    return moves | {f"pending {start}": f"pending {end}" for start, end in moves.items()}


LIVE = ("published", "scheduled")
TABLE: dict[str, Rule] = {
    "submit": Rule(WRITERS, both({"draft": "in_review", "changes_requested": "in_review"})),
    "call-back": Rule(WRITERS, both({"in_review": "draft"})),
    "approve": Rule(REVIEWERS, both({"in_review": "approved"}), {"reason": "A short note."}),
    "request-changes": Rule(
        REVIEWERS, both({"in_review": "changes_requested"}), {"reason": "Say when."}
    ),
    "publish": Rule(PUBLISHERS, {"approved": "published"}),
    "schedule": Rule(PUBLISHERS, {"approved": "published"}, LATER),
    "unschedule": Rule(PUBLISHERS, {"scheduled": "approved"}),
    "publish-revision": Rule(PUBLISHERS, {"pending approved": GONE}, TOLD),
    "emergency": Rule(
        ("superuser",),
        {"draft": "published", "in_review": "published", "changes_requested": "published"}
        | {f"pending {start}": GONE for start in ("draft", "in_review", "changes_requested")},
        {"emergency_reason": "Lives depend on it."},
    ),
    "revise": Rule(WRITERS, stays(*LIVE)),
    "translate": Rule(WRITERS, stays(*STATES), {"language": "pt"}),
    "correct": Rule(PUBLISHERS, stays(*LIVE), TOLD),
    "supersede": Rule(PUBLISHERS, stays(*LIVE)),
    "move": Rule(PUBLISHERS, stays(*LIVE), {"slug": "another-address"}),
    "expire": Rule(PUBLISHERS, stays(*LIVE), LATER),
    "archive": Rule(PUBLISHERS, dict.fromkeys(LIVE, "archived")),
    "withdraw": Rule(
        PUBLISHERS, dict.fromkeys((*LIVE, "archived"), "withdrawn"), {"reason": "It was wrong."}
    ),
    "discard": Rule(WRITERS, dict.fromkeys(PENDING, GONE)),
    # None here translates another: test_translating.py has those that do.
    "facts": Rule(WRITERS, {}),
    "up-to-date": Rule(WRITERS, {}),
}
# Those that act on a comment, a link or an earlier text have tests of their own.
ELSEWHERE = set(test_review_screens.TABLE)


class House(NamedTuple):
    """A brief in each status, a superuser who wrote none of them, and everybody logged in."""

    briefs: dict[str, Brief]
    clients: dict[str, Client]
    users: dict[str, User]
    at_rest: tuple[Any, ...]
    moves: int


@pytest.fixture(scope="module")
def made(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[House]:
    """All of it, once."""
    with worlds.kept(django_db_blocker):
        yield _make()


@pytest.fixture
def house(made: House, django_db_blocker: DjangoDbBlocker) -> Iterator[House]:
    """All of it, with rows as they were made."""
    with worlds.taken_back(django_db_blocker):
        briefs = {state: Brief.objects.get(pk=brief.pk) for state, brief in made.briefs.items()}
        users = {role: User.objects.get(pk=user.pk) for role, user in made.users.items()}
        yield made._replace(briefs=briefs, users=users)


def _make() -> House:
    """All of it, by the verbs."""
    author = UserFactory.create(full_name="Ama Author")
    briefs = {state: _brief_in(state, author) for state in STATES}
    briefs |= {state: _pending_in(state.removeprefix("pending "), author) for state in PENDING}
    users = {role: _somebody(role) for role in ROLES if role != "anonymous"}
    clients = {role: Client() for role in ROLES}
    for role, user in users.items():
        clients[role].force_login(user)
    return House(briefs, clients, users, traces(), Move.objects.count())


def _somebody(role: str) -> User:
    is_super = role == "superuser"
    return UserFactory.create(is_superuser=is_super, roles=[] if is_super else [role])


def _brief_in(state: str, author: User) -> Brief:
    if state in ("draft", "in_review", "changes_requested", "approved", "scheduled"):
        brief = BriefFactory.create(is_published=False, created_by=author)
        brief = bring_to(brief, "approved" if state == "scheduled" else state)
        revising.record_revision(brief=brief, by=author)
        if state == "scheduled":
            hour = timezone.now() + timedelta(days=2)
            publishing.publish_brief(brief=brief, by=author, published_at=hour)
        return brief
    brief = BriefFactory.create(created_by=author)
    if state == "archived":
        publishing.archive_brief(brief=brief, by=author)
    if state == "withdrawn":
        publishing.withdraw_brief(brief=brief, by=author, reason="It was wrong.")
    return brief


def _pending_in(status: str, author: User) -> Brief:
    live = BriefFactory.create(created_by=author)
    pending = revising.open_pending(brief=live, by=author)
    return bring_to(edit(pending, author, title=f"{live.title}, revised"), status)


def address(brief: Brief, name: str) -> str:
    return reverse("admin:briefs_brief_verb", args=[brief.pk, name])


@contextmanager
def taken_back() -> Iterator[None]:
    """Whatever happens inside has not happened."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


_WATCHED = ("brief", "move", "revision", "edition", "correction", "judgement", "formeraddress")
_DIGEST = "(SELECT md5(string_agg(t::text, '' ORDER BY t::text)) FROM briefs_{} t)"
_COUNTS = "(SELECT count(*) FROM jobs_job), (SELECT count(*) FROM mail_message)"
_TRACES = f"{', '.join(map(_DIGEST.format, _WATCHED))}, {_COUNTS}"


def traces() -> tuple[Any, ...]:
    """What changes with any row that a button can touch, and with any job or mail."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT " + _TRACES)
        row: tuple[Any, ...] = cursor.fetchone()
        return row


def press(house: House, role: str, name: str, state: str) -> str:
    """What came of it: where the brief stands now, or "login", "forbidden" or "refused" with nothing changed."""
    brief = house.briefs[state]
    words = TABLE[name].words | {"seen": str(brief.head_revision_id or 0)}
    house.clients[role].cookies.pop("messages", None)
    response = house.clients[role].post(address(brief, name), words)
    if traces() == house.at_rest:
        return _refusal(response)
    assert response.status_code == 302
    now = Brief.objects.filter(pk=brief.pk).first()
    end = now.status if now else GONE
    end = f"pending {end}" if now and now.revises_id else end
    if end != _told(state):
        _assert_recorded(house, role, name)
    return end


def _told(state: str) -> str:
    return "published" if state == "scheduled" else state


def _assert_recorded(house: House, role: str, name: str) -> None:
    if name == "discard":  # a pending revision that goes leaves no status behind; its saves stay
        return
    move = Move.objects.order_by("-pk").first()
    assert move is not None
    assert (Move.objects.count(), move.by) == (house.moves + 1, house.users[role])
    assert move.is_emergency == (name == "emergency")


def _refusal(response: Any) -> str:
    if response.status_code == 302 and response["Location"].startswith("/staff/login/"):
        return "login"
    if response.status_code == 302:
        levels = [message.level for message in get_messages(response.wsgi_request)]
        assert levels == [constants.ERROR]
        return "refused"
    return {400: "refused", 403: "forbidden"}[response.status_code]


def expected(role: str, name: str, state: str) -> str:
    """What the table says of a press."""
    if role == "anonymous":
        return "login"
    if role not in TABLE[name].roles:
        return "forbidden"
    return TABLE[name].moves.get(state, "refused")


def test_table_knows_every_button() -> None:
    assert {verb.name for verb in BRIEF_VERBS} == {*TABLE, *ELSEWHERE}


def _tried(role: str, rule: Rule) -> tuple[str, ...]:
    """Where a brief stands when somebody presses a button."""
    works = (*rule.moves, "draft")  # a draft alone where it works nowhere
    return works if role in rule.roles else works[:1]


@pytest.mark.timeout(420)
def test_every_role_every_button_every_status(house: House) -> None:
    # Where a brief stands forbids alike whoever asks: the superuser tries all, others who may press a button what
    # the table allows, and who may not tries it where it would work.
    presses = [
        (role, name, state)
        for role, name, state in product(ROLES, TABLE, (*STATES, *PENDING))
        if role == "superuser" or state in _tried(role, TABLE[name])
    ]
    found = {}

    for role, name, state in presses:
        with taken_back():
            found[role, name, state] = press(house, role, name, state)

    assert found == {each: expected(*each) for each in presses}


def test_page_offers_the_buttons_that_work(house: House) -> None:
    shown = list(
        product(("analyst", "editor", "publisher", "auditor"), ("draft", "in_review", "published"))
    )
    offered = {}

    for role, state in shown:
        brief = house.briefs[state]
        page = house.clients[role].get(reverse("admin:briefs_brief_change", args=[brief.pk]))
        text = page.content.decode()
        offered[role, state] = {name for name in TABLE if address(brief, name) in text}

    assert offered == {
        (role, state): {
            n for n in TABLE if expected(role, n, state) not in ("forbidden", "refused")
        }
        for role, state in shown
    }


def test_nobody_approves_what_they_wrote_on_whatever_they_may_do(house: House) -> None:
    for role in ("editor", "superuser"):
        for state in ("in_review", "pending in_review"):
            with taken_back():
                brief = house.briefs[state]
                brief.refresh_from_db()
                edit(brief, house.users[role], title="One word of mine")
                before = traces()
                response = house.clients[role].post(
                    address(brief, "approve"), {"seen": brief.head_revision_id, "reason": "Mine."}
                )
                assert response.status_code == 400
                assert "Nobody approves a text of their own." in response.content.decode()
                assert traces() == before


def test_database_refuses_an_approval_by_an_author_too(house: House) -> None:
    brief = house.briefs["in_review"]
    brief.refresh_from_db()

    with pytest.raises(DatabaseError, match="nobody approves a text of their own"):
        Move.objects.create(
            brief=brief,
            revision=brief.head_revision,
            from_status="in_review",
            to_status="approved",
            by=brief.created_by,
        )


def test_emergency_is_for_whoever_holds_that_permission_and_is_on_record(house: House) -> None:
    publisher, brief = house.users["publisher"], house.briefs["draft"]
    words = TABLE["emergency"].words
    assert house.clients["publisher"].post(address(brief, "emergency"), words).status_code == 403
    publisher.user_permissions.add(Permission.objects.get(codename="emergency_publish_brief"))
    client = Client()
    client.force_login(User.objects.get(pk=publisher.pk))

    bare = client.post(address(brief, "emergency"), {"emergency_reason": " "})
    assert (bare.status_code, Brief.objects.get(pk=brief.pk).status) == (400, "draft")
    assert client.post(address(brief, "emergency"), words).status_code == 302

    move = Move.objects.get(brief=brief)
    assert (move.to_status, move.is_emergency, move.by) == ("published", True, publisher)
    assert move.reason == "Lives depend on it."
    assert Brief.objects.public().filter(pk=brief.pk).exists()


# What a bare UPDATE may do: steps that show readers nothing new and need no second pair of eyes.
HARMLESS = {
    ("draft", "in_review"),
    ("in_review", "draft"),
    ("in_review", "changes_requested"),
    ("changes_requested", "in_review"),
    ("approved", "draft"),
    ("published", "archived"),
    ("scheduled", "archived"),
}


def test_database_refuses_every_other_step(house: House) -> None:
    steps = [(s, end) for s, end in product(STATES, BriefStatus.values) if end != _told(s)]
    done = set()

    for state, end in steps:
        try:
            with taken_back(), connection.cursor() as cursor:
                cursor.execute(
                    "UPDATE briefs_brief SET status = %s WHERE id = %s",
                    [end, house.briefs[state].pk],
                )
                done.add((state, end))
        except DatabaseError:
            continue

    assert done == HARMLESS
