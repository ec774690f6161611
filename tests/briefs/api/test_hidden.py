"""Whatever hides a brief, no address of the API shows or counts it."""

from typing import Any

import pytest
from django.test import Client

from briefs.models import Actor, Brief, Incident
from tests.briefs.facts import add_actor, add_incident, add_place
from tests.briefs.hidden import ONCE_READ, WAYS, plant
from tests.factories import BriefFactory, publish

pytestmark = pytest.mark.django_db
WORD = "zyxomarine"
API = "/api/v1/"
FILTERS = (
    "country=ML", "country=KE", "region=eastern", "topic=crime", "topic=road-movement", "kind=flash",
    "language=en", f"q={WORD}", f"q={WORD}+-towns", "actor=example-front", "page_size=1", "fields=title,changed_at",
)  # fmt: skip
OF_INCIDENTS = (
    "country=KE", "event_type=riots", "sub_type=mob_violence", "occurred_after=2025-06-01", "near=-1,37,500",
    "bbox=36,-3,38,0", "actor=example-front", "region=eastern", "page_size=1",
)  # fmt: skip
OPEN = (
    *(f"{API}briefs/?{query}" for query in ("", *FILTERS)),
    *(f"{API}briefs/facets/?{query}" for query in ("", *FILTERS[:10])),
    *(f"{API}briefs/towns/{part}" for part in ("", "versions/", "versions/1/", "corrections/")),
    *(f"{API}briefs/towns/{part}" for part in ("stix/", "geojson/")),
    *(f"{API}incidents{kind}?{query}" for kind in ("/", ".geojson") for query in ("", *OF_INCIDENTS)),
    *(f"{API}{part}" for part in ("actors/", "actors/example-front/", "actors/?kind=criminal")),
    *(f"{API}{part}" for part in ("countries/", "countries/ml/", "countries/ke/", "topics/")),
    "/api/schema/?format=json",
)  # fmt: skip
CHANGED = f"{API}briefs/?updated_since=2020-01-01T00:00:00Z"


NEVER_READ = sorted(set(WAYS) - set(ONCE_READ))


@pytest.fixture
def towns(settings: Any) -> Brief:
    """A public brief whose facts the hidden ones share."""
    settings.THROTTLE = False
    brief = BriefFactory.create(slug="towns", is_published=False)
    front = add_actor(brief)
    add_incident(brief, add_place(brief)).actors.add(front)
    return publish(brief)


def answers(client: Client, addresses: tuple[str, ...]) -> dict[str, tuple[int, bytes]]:
    found = {address: client.get(address) for address in addresses}
    return {address: (each.status_code, each.content) for address, each in found.items()}


def addresses_of(hidden: list[Brief]) -> list[str]:
    """Where somebody who has guessed a key would look."""
    parts = ("", "stix/", "geojson/", "versions/", "versions/1/", "corrections/")
    found = [f"{API}briefs/{brief.slug}/{part}" for brief in hidden for part in parts]
    found += [f"{API}briefs/{brief.uid}/" for brief in hidden]
    found += [f"{API}briefs/{brief.reference}/" for brief in hidden if brief.reference]
    found += [f"{API}actors/{actor.slug}/" for actor in Actor.objects.filter(name__contains=WORD)]
    own = Incident.objects.filter(title__endswith=" incident", event_type="riots")
    return found + [f"{API}incidents/{key}/" for key in own.values_list("pk", flat=True)]


def lists_of(hidden: list[Brief]) -> list[str]:
    """Lists narrowed to what is hidden."""
    slugs = Actor.objects.filter(name__contains=WORD).values_list("slug", flat=True)
    found = [f"{API}{part}/?actor={slug}" for slug in slugs for part in ("briefs", "incidents")]
    found += [f"{API}incidents/?brief={brief.slug}" for brief in hidden]
    return [*found, f"{API}briefs/?ids={','.join(str(brief.uid) for brief in hidden)}"]


def test_what_is_hidden_changes_no_answer(client: Client, towns: Brief) -> None:
    """What readers never had is not even a tombstone in the list of changes; what they once had is one there only."""
    before = answers(client, (*OPEN, CHANGED))

    hidden = plant(WORD, NEVER_READ, towns)
    assert answers(client, (*OPEN, CHANGED)) == before
    hidden += plant(WORD, ONCE_READ, towns, after=len(hidden))

    after = answers(client, (*OPEN, CHANGED))
    assert {address: after[address] for address in OPEN} == {each: before[each] for each in OPEN}
    for address, (status, body) in after.items():
        assert (status, WORD.encode() in body) == (200, False), address
    for address in addresses_of(hidden):
        response = client.get(address)
        assert response.status_code in (404, 410), address
        assert WORD not in response.content.decode().replace(address, ""), address
    for address in lists_of(hidden):
        assert client.get(address).json()["results"] == [], address


def test_one_that_is_hidden_alone_changes_no_answer(client: Client, towns: Brief) -> None:
    before = answers(client, (*OPEN, CHANGED))

    plant(WORD, ["scheduled"], towns)

    assert answers(client, (*OPEN, CHANGED)) == before


def test_the_word_would_be_seen_if_it_were_public(client: Client, towns: Brief) -> None:
    (hidden,) = plant(WORD, ["scheduled"], towns)
    Brief.objects.filter(pk=hidden.pk).update(published_at=hidden.data_cutoff)

    seen = [
        address for address, (_, body) in answers(client, OPEN).items() if WORD.encode() in body
    ]

    for part in (
        "briefs/?", "briefs/facets/?", "incidents/?", "incidents.geojson?", "actors/", "countries/ke/",
    ):  # fmt: skip
        assert any(address.startswith(API + part) for address in seen), part
    named: Any = client.get(f"{API}actors/example-front/").json()
    assert named["brief_count"] == 2
