"""Where a request came from: links of ours, campaign words, a host; nothing that was made up, and never at a price."""

import re
from html import unescape
from typing import Any

import pytest
from django.core import signing
from django.test import Client

from briefs import touches
from briefs.touches import Touch
from intake import attribution
from intake.models import Enquiry
from tests.factories import BriefFactory
from tests.intake.api.test_enquiries import FOUR
from tests.intake.pages import Page

UTM = {f"utm_{name}": f"a {name}" for name in ("source", "medium", "campaign", "term", "content")}


def send_from(address: str, client: Client | None = None, **headers: str) -> Enquiry:
    """Open the form at this address, fill it in and send it; the enquiry."""
    client = client or Client()
    form = Page(client.get(address, headers=headers)).fields
    hidden = {name: form[name] for name in ("brief", "form_id", "came")}
    response = client.post("/request/", FOUR | {"consent": "on"} | hidden)
    assert response.status_code == 303
    return Enquiry.objects.latest("pk")


def links(client: Client, address: str) -> list[str]:
    """Where the links of a page lead."""
    return [
        unescape(url) for url in re.findall(r'href="([^"]*)"', client.get(address).content.decode())
    ]


# --- Marks


def test_a_mark_is_read_back_and_no_other_text() -> None:
    touch = Touch(12, 3, "end", "fr")
    text = touches.mark(touch)

    changed = [text.replace("12", "13", 1), text.replace("end", "head"), text[:-1], text + "A", ""]

    assert touches.read(text) == touch
    assert [touches.read(other) for other in changed] == [None] * 5
    assert re.fullmatch(r"[\w.-]{1,60}", text)


def test_marks_of_an_earlier_secret_key_hold(settings: Any) -> None:
    text = touches.mark(Touch(1, 1, "end", "en"))
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another" * 10

    assert touches.read(text) == Touch(1, 1, "end", "en")


# --- From a link to the row


@pytest.mark.django_db
def test_the_links_of_a_brief_name_it_with_version_section_and_language(client: Client) -> None:
    brief = BriefFactory.create(language="fr")

    found = [url for url in links(client, brief.get_absolute_url()) if url.startswith("/request/")]
    enquiries = [send_from(url) for url in found]

    assert {(e.last_brief, e.last_version, e.last_language) for e in enquiries} == {
        (brief, 1, "fr")
    }
    assert sorted(e.last_section for e in enquiries) == ["end", "head"]
    assert {(e.first_brief, e.brief) for e in enquiries} == {(brief, brief)}


@pytest.mark.django_db
def test_the_address_tells_first_and_last_brief_campaign_and_host() -> None:
    first, last = BriefFactory.create_batch(2)
    marks = {
        "via": touches.mark(Touch(first.pk, 2, "related", "en")),
        "from": touches.mark(Touch(last.pk, 1, "end", "en")),
    }
    query = "&".join(
        f"{k}={v}" for k, v in (marks | UTM | {"utm_id": "x", "ref": "news.example"}).items()
    )

    enquiry = send_from(f"/request/?brief={last.slug}&{query}")

    assert (enquiry.first_brief, enquiry.first_version, enquiry.first_section) == (
        first,
        2,
        "related",
    )
    assert (enquiry.last_brief, enquiry.last_version, enquiry.last_section) == (last, 1, "end")
    assert {name: getattr(enquiry, name) for name in UTM} == UTM
    assert enquiry.referrer_host == "news.example"


@pytest.mark.django_db
def test_of_a_referrer_the_host_is_kept_and_of_our_own_nothing() -> None:
    foreign = send_from("/request/", Referer="https://News.example:8443/path?who=me")
    own = send_from("/request/", Referer="http://testserver/briefs/a/")

    assert (foreign.referrer_host, own.referrer_host) == ("news.example", "")
    assert "who=me" not in str(Enquiry.objects.values().first())


@pytest.mark.django_db
def test_the_choice_of_another_language_keeps_it(client: Client) -> None:
    brief = BriefFactory.create()
    mark = touches.mark(Touch(brief.pk, 1, "end", "en"))

    french = next(url for url in links(client, f"/request/?from={mark}") if "language=fr" in url)

    assert send_from(french).last_brief == brief


@pytest.mark.django_db
def test_words_of_a_campaign_are_bounded_and_cleaned() -> None:
    enquiry = send_from("/request/?utm_source=" + "%00%E2%80%AEa" + "x" * 300)

    assert enquiry.utm_source == "a" + "x" * 99


# --- Tampering drops it, never the request


@pytest.mark.django_db
@pytest.mark.parametrize(
    "came",
    [
        "x", "x" * 50_000, "a:b:c", "\x00", "\ud800".encode("utf-8", "surrogatepass").decode("latin-1"),
        signing.dumps(["", "", {"utm_source": "made up"}, "evil.example"], salt="another"),
    ],
)  # fmt: skip
def test_a_tampered_field_drops_the_attribution_and_keeps_the_request(came: str) -> None:
    response = Client().post("/request/", FOUR | {"consent": "on", "came": came})

    enquiry = Enquiry.objects.get()
    assert response.status_code == 303
    assert (enquiry.needs, enquiry.utm_source, enquiry.referrer_host) == (FOUR["needs"], "", "")
    assert (enquiry.first_brief, enquiry.last_brief) == (None, None)


@pytest.mark.django_db
def test_tampered_marks_are_dropped_and_the_rest_stays() -> None:
    brief = BriefFactory.create()
    mark = touches.mark(Touch(brief.pk, 1, "end", "en"))
    tampered = mark[:-1] + ("B" if mark.endswith("A") else "A")

    enquiry = send_from(
        f"/request/?brief={brief.slug}&from={tampered}&via=1.1.end.en.x&utm_source=a"
    )

    assert (enquiry.first_brief, enquiry.last_brief) == (None, None)
    assert (enquiry.brief, enquiry.utm_source) == (brief, "a")


@pytest.mark.django_db
def test_a_brief_that_is_no_more_is_left_out() -> None:
    enquiry = send_from(f"/request/?from={touches.mark(Touch(10**15, 1, 'end', 'en'))}")

    assert (enquiry.last_brief, enquiry.last_version) == (None, 1)


def test_a_seal_opens_to_what_was_sealed() -> None:
    touch = Touch(1, 1, "end", "en")
    came = attribution.CameFrom(touch, None, {"utm_source": "a"}, "news.example")

    assert attribution.unseal(attribution.seal(came)) == came
    assert attribution.unseal("") == attribution.CameFrom()
    assert attribution.seal(attribution.CameFrom()) == ""
