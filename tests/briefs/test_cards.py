"""The picture of a brief: made once by a job for each text, served only while the brief is public."""

import struct

import pytest
from django.conf import settings
from django.test import Client

from briefs import cards, publishing, reading, revising
from briefs.models import Brief, CardImage
from jobs import working
from jobs.models import Job
from tests.briefs.facts import add_judgement
from tests.briefs.workflow import edit
from tests.factories import BriefFactory, UserFactory, approve

pytestmark = pytest.mark.django_db


def size_of(png: bytes) -> tuple[int, ...]:
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    return struct.unpack(">II", png[16:24])


def make_card(brief: Brief) -> CardImage:
    """Do the job that publishing asked for."""
    finish = cards.make(revision_id=brief.live_revision_id)
    assert finish is not None
    finish()
    return CardImage.objects.get(revision=brief.live_revision_id)


def asked() -> list[int]:
    jobs = Job.objects.filter(kind="briefs.card_image").order_by("pk")
    return list(jobs.values_list("subject_id", flat=True))


def test_publishing_asks_for_one_picture_of_each_text() -> None:
    brief = BriefFactory.create()
    first = brief.live_revision_id
    author = brief.created_by
    pending = revising.open_pending(brief=brief, by=author)
    pending = approve(edit(pending, author, title="Other words"))

    live = publishing.publish_revision(pending=pending, by=UserFactory.create())

    assert asked() == [first, live.live_revision_id]


def test_job_draws_the_picture_and_a_second_run_nothing() -> None:
    brief = BriefFactory.create()

    card = make_card(brief)

    assert size_of(bytes(card.png)) == (1200, 630)
    assert cards.make(revision_id=brief.live_revision_id) is None
    assert CardImage.objects.count() == 1


def test_public_texts_without_picture_or_job_are_asked_for_in_batches(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(cards, "_BATCH", 2)
    done, failed, *bare = BriefFactory.create_batch(5)
    make_card(done)
    withdrawn = BriefFactory.create()
    publishing.withdraw_brief(brief=withdrawn, by=withdrawn.created_by, reason="It was wrong.")
    BriefFactory.create(is_published=False)
    Job.objects.filter(kind="briefs.card_image").exclude(
        subject_id=failed.live_revision_id
    ).delete()

    counts = [cards.ask_for_missing() for _ in range(3)]

    assert counts == [2, 1, 0]
    assert sorted(asked()) == sorted(b.live_revision_id for b in (failed, *bare))


def test_of_two_workers_the_first_ones_picture_stays() -> None:
    brief = BriefFactory.create()
    first = cards.make(revision_id=brief.live_revision_id)
    second = cards.make(revision_id=brief.live_revision_id)
    assert first is not None
    assert second is not None

    first()
    second()

    assert CardImage.objects.count() == 1


def test_picture_is_served_for_good_under_its_number(client: Client) -> None:
    brief = BriefFactory.create()
    card = make_card(brief)
    address = cards.address(brief)

    response = client.get(address)
    again = client.get(address, headers={"If-None-Match": response["ETag"]})

    assert address == f"{brief.get_absolute_url()}card.png?v={brief.live_revision_id}"
    assert (response.status_code, response["Content-Type"]) == (200, "image/png")
    assert response.content == bytes(card.png)
    assert response["Cache-Control"] == "public, max-age=31536000, immutable"
    assert (again.status_code, again.content) == (304, b"")
    assert client.get(f"{brief.get_absolute_url()}card.png?v=1x")["Cache-Control"] == (
        "public, max-age=300"
    )


def test_picture_not_made_yet_is_the_houses_own(client: Client) -> None:
    brief = BriefFactory.create()

    response = client.get(cards.address(brief))

    assert (response.status_code, response["Location"]) == (302, "/static/derisk/card.png")
    house = settings.BASE_DIR / "config/static/derisk/card.png"
    assert size_of(house.read_bytes()) == (1200, 630)


def test_picture_of_an_older_text_is_not_served(client: Client) -> None:
    brief = BriefFactory.create()
    make_card(brief)
    author = brief.created_by
    pending = approve(
        edit(revising.open_pending(brief=brief, by=author), author, title="Other words")
    )
    publishing.publish_revision(pending=pending, by=UserFactory.create())

    assert client.get(f"{brief.get_absolute_url()}card.png").status_code == 302


@pytest.mark.parametrize("verb", ["withdraw", "archive"])
def test_picture_is_gone_with_its_brief(client: Client, verb: str) -> None:
    brief = BriefFactory.create()
    make_card(brief)
    by = UserFactory.create()
    if verb == "withdraw":
        publishing.withdraw_brief(brief=brief, by=by, reason="Wrong.")
    else:
        publishing.archive_brief(brief=brief, by=by)

    assert client.get(cards.address(brief)).status_code == 404


def test_draft_has_no_picture(client: Client) -> None:
    draft = BriefFactory.create(is_published=False)

    assert client.get(f"/briefs/{draft.slug}/card.png").status_code == 404


@pytest.mark.parametrize(
    "fields",
    [
        {"title": "W" * 200},
        {"title": 'A "sign" #of $markup$ *bold* [x] \\ <b>', "is_sample": True},
        {"title": "الإسكندرية: نوّات الشتاء تغلق الميناء أيامًا", "language": "ar"},
        {"title": "中 🙂 and what no font of ours has"},
        {"countries": ["CD", "CF", "ST", "GQ", "ML", "NE"]},
    ],
)
def test_any_text_makes_one_picture_of_the_right_size(fields: dict) -> None:
    brief = BriefFactory.create(is_published=False, **fields)
    brief.judgements.update(text="long " * 80)
    add_judgement(brief, 2)

    png = cards.draw(reading.preview_brief(brief.pk))

    assert size_of(png) == (1200, 630)


def test_page_tells_other_sites_of_its_picture(client: Client) -> None:
    brief = BriefFactory.create(title="Towns & roads", language="fr")

    page = client.get(brief.get_absolute_url()).content.decode()

    for line in (
        f'<meta property="og:image" content="{settings.SITE_URL}{cards.address(brief)}">',
        '<meta property="og:image:width" content="1200">',
        '<meta property="og:image:height" content="630">',
        '<meta property="og:image:alt" content="Towns &amp; roads">',
        '<meta name="twitter:card" content="summary_large_image">',
        '<meta property="og:type" content="article">',
        '<meta property="og:locale" content="fr_FR">',
    ):
        assert page.count(line) == 1, line


def test_other_pages_tell_of_the_houses_picture(client: Client) -> None:
    for address in ("/", "/briefs/", "/countries/", "/methodology/", "/scorecard/"):
        page = client.get(address).content.decode()
        image = f"{settings.SITE_URL}/static/derisk/card.png"
        assert page.count(f'<meta property="og:image" content="{image}">') == 1


def test_worker_stores_the_picture() -> None:
    brief = BriefFactory.create()
    job = Job.objects.get(kind="briefs.card_image")

    working.run_job(job.pk)

    assert CardImage.objects.filter(revision=brief.live_revision_id).exists()
    job.refresh_from_db()
    assert job.state == "done"
