"""The pages of subscriptions: nothing happens by looking, everybody is thanked alike, what was typed stays."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from briefs import confirming, subscribing
from briefs.models import Notice, Subscriber, Subscription
from config.page_cache import _PUBLIC
from jobs.models import Job
from tests.briefs.facts import add_actor
from tests.briefs.subscribed import announce, mails_to, reader, run_all, subscription_of
from tests.factories import BriefFactory, UserFactory, publish

pytestmark = pytest.mark.django_db
FORM = {
    "email": "Reader@Client.example",
    "frequency": "immediate",
    "mail_language": "en",
    "language": "en",
}


def page_of(response: object) -> str:
    return response.content.decode()  # type: ignore[attr-defined]


def path_of(url: str) -> str:
    return re.sub(r"^https?://[^/]+", "", url)


def confirm_path(subscription: Subscription) -> str:
    return path_of(subscribing.confirm_url(subscription))


def manage_path(subscriber: Subscriber) -> str:
    return path_of(subscribing.manage_url(subscriber))


def asked(client: Client, **form: str) -> Subscription:
    """What a sent form left, with the mail on its way."""
    client.post("/subscribe/", FORM | form)
    run_all("briefs.confirm_subscription")
    return Subscription.objects.latest("pk")


def test_the_form_names_what_is_followed_and_sets_nothing(client: Client) -> None:
    BriefFactory.create()

    response = client.get("/subscribe/?country=ML&topic=fuel-supply&q=convoy&only=fr&language=en")

    page = page_of(response)
    assert "Mali · Fuel supply · “convoy”" in page
    for name, value in (("country", "ML"), ("topic", "fuel-supply"), ("q", "convoy")):
        assert f'<input type="hidden" name="{name}" value="{value}">' in page
    assert re.search(r'value="fr"[^>]*checked', page)
    assert not response.cookies
    assert response["Cache-Control"] == "no-store, private"
    assert not _PUBLIC.fullmatch("/subscribe/")
    assert not _PUBLIC.fullmatch("/subscriptions/a.b/")


def test_what_nobody_can_follow_is_ignored_and_said(client: Client) -> None:
    hidden = BriefFactory.create(is_published=False)
    add_actor(hidden, "Secret Front")

    page = page_of(client.get("/subscribe/?country=FR&actor=secret-front&topic=nonsense"))

    assert "All briefs" in page
    assert "country=FR" in page
    assert "actor=secret-front" in page
    assert 'name="actor"' not in page


def test_lists_and_subjects_lead_to_the_form(client: Client) -> None:
    brief = BriefFactory.create(title="A convoy at Gao")
    add_actor(brief)

    assert "/subscribe/?country=ML" in page_of(client.get("/countries/ml/"))
    assert "/subscribe/?actor=example-front" in page_of(client.get("/actors/example-front/"))
    assert "/subscribe/?topic=road-movement" in page_of(client.get("/topics/road-movement/"))
    found = page_of(client.get("/briefs/?q=convoy&country=ML&language=en"))
    assert "/subscribe/?q=convoy&amp;country=ML&amp;language=en&amp;only=en" in found


def test_the_whole_way_from_form_to_end(client: Client) -> None:
    first = client.post("/subscribe/", FORM | {"country": "ML"})
    assert (first.status_code, first["Location"]) == (303, "/subscribe/thanks/?language=en")
    assert "Look into your mailbox" in page_of(client.get(first["Location"]))
    run_all("briefs.confirm_subscription")
    subscription = Subscription.objects.get()
    assert (subscription.state, subscription.country) == ("pending", "ML")
    (letter,) = mails_to()
    link = path_of(letter.private_url)

    looked = client.get(link)
    assert "Mali" in page_of(looked)
    subscription.refresh_from_db()
    assert subscription.state == "pending"

    done = client.post(link)
    assert done.status_code == 303
    assert "Your subscription has begun." in page_of(client.get(done["Location"]))
    subscription.refresh_from_db()
    assert subscription.state == "confirmed"
    announce(publish(BriefFactory.create(is_published=False)))
    (notice,) = Notice.objects.all()

    one_click = f"{manage_path(notice.subscriber)}unsubscribe/"
    assert client.get(one_click).status_code == 200
    subscription.refresh_from_db()
    assert subscription.state == "confirmed"
    strict = Client(enforce_csrf_checks=True)
    answer = strict.post(one_click, {"List-Unsubscribe": "One-Click"})
    assert (answer.status_code, answer.cookies) == (200, {})
    subscription.refresh_from_db()
    assert subscription.state == "unsubscribed"
    announce(publish(BriefFactory.create(is_published=False)))
    assert Notice.objects.count() == 1


@pytest.mark.parametrize("already", [False, True])
def test_known_and_unknown_addresses_are_thanked_alike(client: Client, already: bool) -> None:
    if already:
        subscription_of()

    response = client.post("/subscribe/", FORM)

    assert (response.status_code, response["Location"]) == (303, "/subscribe/thanks/?language=en")


def test_who_follows_it_already_gets_the_link_to_change_it(client: Client) -> None:
    subscription_of()
    Subscription.objects.update(mailed_at=None)

    asked(client, frequency="weekly")

    (letter,) = mails_to()
    assert letter.subject == "You follow this already"
    assert Subscription.objects.get().frequency == "immediate"


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"email": ""}, "Enter the e-mail address that the briefs shall go to"),
        ({"email": "nobody"}, "Enter an e-mail address with an @"),
        ({"email": "a@b.example\x00"}, "U+0000"),
        ({"email": "a@b.example\r\nBcc: c@d.example"}, "problem"),
        ({"frequency": "hourly"}, "Choose how often"),
        ({"mail_language": "xx"}, "Choose a language"),
        ({"languages": "xx"}, "Choose languages from the list"),
    ],
)
def test_a_wrong_form_comes_back_as_it_was(
    client: Client, wrong: dict[str, str], says: str
) -> None:
    response = client.post("/subscribe/", FORM | {"q": "Café & co", "country": "ML"} | wrong)

    page = page_of(response)
    assert response.status_code == 400
    assert says in page
    assert 'value="Café &amp; co"' in page
    assert not Subscriber.objects.exists()
    assert not Job.objects.exists()


@pytest.mark.parametrize(
    ("language", "email", "says"),
    [
        ("fr", "é@b.example", "Entrez une adresse électronique qui peut recevoir du courrier"),
        ("pt", "a@b.example\x00", "Retire o carácter invisível na posição 12 (U+0000)."),
        ("ar", "a@b.example\r\nBcc: c@d.example", "اكتب هذا في سطر واحد."),
    ],
)
def test_rules_on_addresses_speak_the_language_of_the_page(
    client: Client, language: str, email: str, says: str
) -> None:
    response = client.post("/subscribe/", FORM | {"language": language, "email": email})

    assert says in page_of(response)


def test_a_flood_is_refused_openly_and_the_form_kept(client: Client) -> None:
    for _ in range(10):
        client.post("/subscribe/", FORM)

    response = client.post("/subscribe/", FORM)

    assert response.status_code == 429
    assert int(response["Retry-After"]) > 0
    assert "Reader@Client.example" in page_of(response)


def test_what_a_machine_filled_waits_for_staff(client: Client) -> None:
    response = client.post("/subscribe/", FORM | {"website": "https://spam.example"})

    assert response.status_code == 303
    assert Subscription.objects.get().is_suspect
    assert run_all("briefs.confirm_subscription") == 0
    assert not mails_to()


def test_a_double_click_is_one_subscription_and_one_mail(client: Client) -> None:
    client.post("/subscribe/", FORM)
    client.post("/subscribe/", FORM)
    run_all("briefs.confirm_subscription")

    assert Subscription.objects.count() == 1
    assert len(mails_to()) == 1


def test_nobody_can_fill_a_strangers_mailbox(client: Client) -> None:
    for country in ("ML", "NE", "BF", "TD", "SN"):
        asked(client, country=country)

    assert len(mails_to()) == confirming.MOST_A_DAY
    assert Subscription.objects.count() == 5


def test_a_confirmation_carries_no_words_of_whoever_asked(client: Client) -> None:
    asked(client, q="Win money at evil.example")

    (letter,) = mails_to()
    assert "evil" not in letter.text + letter.html + letter.subject
    assert "a search" in letter.text


def test_an_expired_or_ended_link_leads_to_a_new_one(client: Client) -> None:
    subscription = asked(client, country="ML")
    Subscription.objects.update(mailed_at="2026-01-01T00:00Z")

    for answer in (client.get(confirm_path(subscription)), client.post(confirm_path(subscription))):
        assert answer.status_code == 410
        assert "This link has expired" in page_of(answer)
        assert 'name="country" value="ML"' in page_of(answer)
    subscribing.end_subscriptions(subscriber=reader())
    assert "was ended" in page_of(client.post(confirm_path(subscription)))
    subscription.refresh_from_db()
    assert subscription.state == "unsubscribed"


def test_a_link_confirms_twice_without_harm(client: Client) -> None:
    subscription = asked(client)

    assert client.post(confirm_path(subscription)).status_code == 303
    assert client.post(confirm_path(subscription)).status_code == 303
    assert Subscription.objects.get().state == "confirmed"


@pytest.mark.parametrize("path", ["/subscribe/confirm/{}/", "/subscriptions/{}/"])
def test_a_wrong_link_is_the_same_404(client: Client, path: str) -> None:
    subscription = subscription_of()
    other = (
        (
            subscribing.confirm_url(subscription)
            if "subscriptions" in path
            else subscribing.manage_url(subscription.subscriber)
        )
        .rstrip("/")
        .rpartition("/")[2]
    )

    for token in ("x", "a.b", subscription.seed.hex, other, other[:-1] + "é"):
        response = client.post(path.format(token), {"all": "yes"})
        assert response.status_code == 404, token
        assert response["Referrer-Policy"] == "no-referrer"
    assert Subscription.objects.get().state == "confirmed"


def test_the_manage_page_changes_and_ends(client: Client) -> None:
    first = subscription_of(country="ML")
    second = subscription_of(country="NE")
    path = manage_path(first.subscriber)

    assert "Mali" in page_of(client.get(path))
    client.post(path, {"change": str(first.pk), "frequency": "weekly"})
    first.refresh_from_db()
    assert first.frequency == "weekly"
    assert "That subscription is ended." in page_of(client.post(path, {"end": str(second.pk)}))
    page = page_of(client.post(path, {"mail_language": "fr"}))
    assert 'lang="fr"' in page
    client.post(path, {"all": "yes"})
    assert {row.state for row in Subscription.objects.all()} == {"unsubscribed"}


def test_nobody_touches_what_others_follow(client: Client) -> None:
    mine, theirs = subscription_of(), subscription_of("other@client.example")
    path = manage_path(mine.subscriber)

    for form in ({"end": str(theirs.pk)}, {"change": str(theirs.pk), "frequency": "weekly"}):
        client.post(path, form)

    theirs.refresh_from_db()
    assert (theirs.state, theirs.frequency) == ("confirmed", "immediate")


@pytest.mark.parametrize(
    "form", [{}, {"end": "x"}, {"end": "9" * 30}, {"change": "1", "frequency": "x"}]
)
def test_a_button_that_is_none_changes_nothing(client: Client, form: dict[str, str]) -> None:
    row = subscription_of()

    assert client.post(manage_path(row.subscriber), form).status_code == 400
    row.refresh_from_db()
    assert row.state == "confirmed"


@pytest.mark.parametrize("language", ["en", "fr", "pt", "ar"])
def test_every_page_speaks_every_language(client: Client, language: str) -> None:
    subscription = asked(client, country="ML", mail_language=language, language=language)
    pages = [
        client.get(f"/subscribe/?language={language}"),
        client.get(f"/subscribe/thanks/?language={language}"),
        client.get(confirm_path(subscription)),
    ]
    done = client.post(confirm_path(subscription))
    pages += [client.get(done["Location"]), client.get(f"{manage_path(reader())}unsubscribe/")]

    direction = "rtl" if language == "ar" else "ltr"
    for response in pages:
        assert f'<html lang="{language}" dir="{direction}">' in page_of(response)
        assert response["Content-Language"] == language
        assert len(response.content) < 20_000


# --- Staff


@pytest.mark.parametrize(
    ("role", "sees", "may"),
    [
        ("analyst", 403, 403),
        ("editor", 403, 403),
        ("publisher", 200, 302),
        ("adviser", 403, 403),
        ("desk lead", 200, 302),
        ("approver", 403, 403),
        ("auditor", 200, 403),
    ],
)
def test_who_of_the_staff_sees_and_ends(client: Client, role: str, sees: int, may: int) -> None:
    row = subscription_of().subscriber
    client.force_login(UserFactory.create(is_staff=True, roles=[role]))

    assert client.get("/staff/briefs/subscriber/").status_code == sees
    assert client.get(f"/staff/briefs/subscriber/{row.pk}/change/").status_code == sees
    assert client.post(f"/staff/briefs/subscriber/{row.pk}/verbs/end/").status_code == may
    assert Subscription.objects.get().state == ("unsubscribed" if may == 302 else "confirmed")


def publisher() -> User:
    return UserFactory.create(is_staff=True, roles=["publisher"])


def test_staff_suppress_lift_and_release(client: Client) -> None:
    client.post("/subscribe/", FORM | {"website": "x"})
    row = reader()
    client.force_login(publisher())
    verbs = f"/staff/briefs/subscriber/{row.pk}/verbs/"

    client.post(f"{verbs}release/")
    run_all("briefs.confirm_subscription")
    assert len(mails_to()) == 1
    assert client.post(f"{verbs}suppress/", {"reason": ""}).status_code == 400
    client.post(f"{verbs}suppress/", {"reason": "Asked by phone."})
    row.refresh_from_db()
    assert row.suppression_reason == "Asked by phone."
    client.post(f"{verbs}lift/")
    row.refresh_from_db()
    assert row.suppressed_at is None


def test_the_list_of_staff_finds_an_address_with_the_same_statements(client: Client) -> None:
    client.force_login(publisher())
    subscription_of("one@client.example")
    counts = []
    for email in ("two@client.example", "three@client.example"):
        with CaptureQueriesContext(connection) as queries:
            page = page_of(client.get("/staff/briefs/subscriber/"))
        counts.append(len(queries))
        subscription_of(email, country="ML")
    assert counts[0] == counts[1]
    assert "2 confirmed subscriptions: 1 of countries" in page
    found = page_of(client.get("/staff/briefs/subscriber/?q=ONE@client.example"))
    assert "one@client.example" in found
    assert "two@client.example" not in found


def test_no_page_of_a_subscriber_has_a_link_that_says_or_leads_nothing(client: Client) -> None:
    subscription = subscription_of(country="ML")
    manage = manage_path(subscription.subscriber)

    for path in ("/subscribe/", confirm_path(subscription), manage, f"{manage}unsubscribe/"):
        page = page_of(client.get(path))
        links = re.findall(r'<a [^>]*?href="([^"]*)"[^>]*>(.*?)</a>', page, re.DOTALL)
        assert len(links) > 10
        assert [a for a, inner in links if not a or not re.sub("<[^>]*>", "", inner).strip()] == []
