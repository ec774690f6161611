"""Words find briefs in four languages, by every name, and misspelt ones find the way."""

import re

import pytest
from django.db import connection
from django.test import Client

from briefs import finding, hits, naming, tasks
from briefs.finding import Wish
from briefs.models import Actor, Brief, SearchTerm, brief_queryset, passages
from jobs.models import Job
from tests.briefs.facts import add_actor, add_incident, add_place
from tests.factories import BriefFactory, UserFactory, publish

pytestmark = pytest.mark.django_db


def found(q: str) -> list[str]:
    return sorted(Brief.objects.public().matching(q).values_list("slug", flat=True))


def named_brief() -> Brief:
    """A brief with an actor of many names and a place."""
    brief = BriefFactory.create(is_published=False, slug="named", countries=["ML", "BF"])
    aliases = ["JNIM", "GSIM", "Group for the Support of Islam and Muslims"]
    parent = Actor.objects.create(name="Parent Front", slug="parent-front", kind="armed_group")
    add_actor(brief, "Jama’at Nusrat", slug="jnim", aliases=aliases).parents.add(parent)
    place = add_place(brief, "Tombouctou")
    place.aliases = ["Timbuktu"]
    place.save()
    add_incident(brief, place)
    return publish(brief)


@pytest.mark.parametrize(
    "q",
    [
        *("JNIM", "gsim", '"group for the support"', "Jama’at", "Parent Front"),
        *("timbuktu", "Tombouctou", "mali", "Burkina Faso", "مالي", "Road movement"),
    ],
)
def test_every_name_finds_the_same_brief(q: str) -> None:
    named_brief()
    BriefFactory.create(countries=["KE"], topics=["ports"])

    assert found(q) == ["named"]


@pytest.mark.parametrize(
    ("language", "body", "q"),
    [
        ("fr", "La région de Ménaka a été touchée.", "menaka"),
        ("fr", "La région de Menaka.", "Ménaka"),
        ("en", "The AES/ECOWAS split.", "ecowas"),
        ("en", "The Diboli–Kayes road.", "Kayes"),
        ("pt", "A situação em São Tomé.", "sao tome"),
        ("ar", "انتشرت القُوَّة في المدينة", "القوة"),
        ("ar", "هجوم على أكاديمية", "اكاديمية"),
    ],
)
def test_accents_signs_and_slashes_do_not_hide_a_word(language: str, body: str, q: str) -> None:
    BriefFactory.create(slug="hit", language=language, body=f"<p>{body}</p>")
    BriefFactory.create(slug="miss", language=language)

    assert found(q) == ["hit"]


def test_or_is_understood_in_three_languages() -> None:
    for word in ("convoi", "otage", "port"):
        BriefFactory.create(slug=word, language="fr", body=f"<p>Un {word}.</p>", topics=[])

    for q in ("convoi ou otage", "convoi or otage", "convoi أو otage"):
        assert found(q) == ["convoi", "otage"]


def test_minus_leaves_out_every_form_of_a_word() -> None:
    BriefFactory.create(slug="convoy", body="<p>A convoy.</p>")
    BriefFactory.create(slug="hostages", body="<p>A convoy with hostages.</p>")

    assert found("convoy -hostage") == ["convoy"]


def test_best_come_first_and_newest_on_request(client: Client) -> None:
    strong = BriefFactory.create(title="Fuel convoy", body="<p>Fuel.</p>")
    weak = BriefFactory.create(title="Other", body="<p>Some fuel at the end.</p>")

    def order(address: str) -> list[Brief]:
        page = client.get(address).content.decode()
        return sorted((strong, weak), key=lambda b: page.index(b.get_absolute_url()))

    assert order("/briefs/?q=fuel") == [strong, weak]
    assert order("/briefs/?q=fuel&sort=newest") == [weak, strong]


def test_passage_is_marked_and_safe(client: Client) -> None:
    BriefFactory.create(body="<p>We saw &lt;b&gt; fuel &lt;/b&gt; there.</p>")

    page = client.get("/briefs/?q=fuel").content.decode()

    assert "<mark>fuel</mark>" in page
    assert "<b>" not in page


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("Tombuctou", "Tombouctou"), ("Timbuctu", "Timbuktu"), ("Jamaat Nusrt", "Jama’at Nusrat")],
)
def test_misspelt_name_is_offered_right(client: Client, typed: str, meant: str) -> None:
    named_brief()
    tasks.refresh(Job())

    page = client.get(f"/briefs/?q={typed}").content.decode()

    assert "Did you mean" in page
    assert meant in page


@pytest.mark.parametrize(
    ("language", "mark"), [("en", "?"), ("fr", "\u202f?"), ("pt", "?"), ("ar", "؟")]
)
def test_names_are_offered_with_the_marks_of_the_language(
    client: Client, language: str, mark: str
) -> None:
    named_brief()
    tasks.refresh(Job())

    page = client.get(f"/briefs/?q=Tombuctou&language={language}").content.decode()

    (offered,) = re.findall(r'<p class="meant">(.*?)</p>', page)
    assert offered.endswith(f"</a>{mark}")
    comma = "، " if language == "ar" else ", "
    assert set(re.findall(r"</a>(.+?)<a", offered)) <= {comma}


def test_names_of_hidden_briefs_are_never_offered() -> None:
    draft = BriefFactory.create(is_published=False)
    add_actor(draft, "Hidden Front")
    naming.refresh_terms()

    assert not SearchTerm.objects.filter(name="Hidden Front").exists()
    assert naming.did_you_mean("Hiden Front") == []


def test_renamed_actor_is_found_under_the_new_name(client: Client) -> None:
    brief = named_brief()
    actor = brief.actors.get()
    client.force_login(UserFactory.create(roles=["analyst"]))
    data = {"name": "New Front", "slug": "jnim", "kind": "armed_group", "aliases": "", "note": ""}

    assert client.post(f"/staff/briefs/actor/{actor.pk}/change/", data).status_code == 302
    tasks.refresh_names(Job.objects.filter(kind="briefs.refresh_names").latest("pk"))

    assert found('"New Front"') == ["named"]
    assert found("GSIM") == []


def test_what_a_list_makes_nothing_of_is_said(client: Client) -> None:
    address = "/briefs/?colour=red&country=XX&topic=gossip&language=de&q=fuel"

    page = client.get(address).content.decode()

    assert "We could make nothing of:" in page
    for said in ("colour=red", "country=XX", "topic=gossip", "language=de"):
        assert said in page
    assert finding.ignored_in({"country": "ml", "q": "x", "page": "2", "sort": "best"}) == []


ODD = [
    "'",
    '"' * 200,
    "a & | !",
    "the",
    "-",
    "--",
    "-a",
    "<->",
    "\\",
    "%",
    "a:*",
    "(((",
    "\x02\x03",
    "ou ou ou",
    "-" * 200,
    "٪",
    "or",
    "/ / /",
    "a" * 200,
    "'; DROP TABLE x; --",
]


@pytest.mark.parametrize("sort", ["best", "newest"])
def test_no_words_break_the_list(client: Client, sort: str) -> None:
    BriefFactory.create()

    for q in ODD:
        assert client.get("/briefs/", {"q": q, "sort": sort}).status_code == 200, q


def test_database_knows_our_letters() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT lower('ÉTÉ'), unaccent('é'), word_similarity('menaca', 'menaka') > 0.4"
        )

        assert cursor.fetchone() == ("été", "e", True)


@pytest.mark.parametrize(
    ("q", "begins"),
    [
        ("hostages", "hostage"),
        ("menaka", "Ménaka"),
        ("القوة", "القُوَّة"),
        ('"fuel convoy"', "fuel convoys"),
        ("fuel -convoy", "fuel"),
    ],
)
def test_passage_is_looked_for_where_the_words_begin(q: str, begins: str) -> None:
    body = f"A fuelless convoy of words. {'Nothing here. ' * 40}{begins} at last."

    place = re.search(passages.pattern_of(q).replace(r"\m", r"\b"), body.lower())

    assert place is not None
    assert body[place.start() :].lower().startswith((begins.lower(), "fuelless"))


def test_passage_far_down_in_a_long_text_is_shown(client: Client) -> None:
    BriefFactory.create(
        body=f"<p>{'Nothing of it. ' * 400}</p><p>Then Ménaka fell.</p>", language="fr"
    )

    page = client.get("/briefs/?q=menaka").content.decode()

    assert "<mark>Ménaka</mark>" in page


@pytest.mark.parametrize("q", ["fuel", "fuel -hostage", '"fuel road"'])
def test_words_that_most_briefs_hold_are_found_like_others(
    q: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The two ways to the newest hits give the same ones in the same order."""
    BriefFactory.create_batch(3, body="<p>The fuel road.</p>")
    BriefFactory.create(body="<p>Nothing.</p>")
    orders = []
    for is_everywhere in (True, False):
        monkeypatch.setattr(brief_queryset, "is_everywhere", lambda _, is_it=is_everywhere: is_it)
        orders.append(list(Wish(q=q).newest().values_list("pk", flat=True)))
        orders.append(hits.hits_of(Wish(q=q, sort="newest")).keys)

    assert orders[0] == orders[1] == orders[2] == orders[3]
    assert len(orders[0]) == 3


def test_best_of_too_many_says_of_how_many(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hits, "LOOKED_AT", 2)
    BriefFactory.create_batch(3, body="<p>Fuel.</p>")

    page = client.get("/briefs/?q=fuel").content.decode()

    assert "At least 2 briefs for" in page
    assert "These are the best of the newest 2 that fit" in page
    assert "These are the best" not in client.get("/briefs/?q=fuel&sort=newest").content.decode()


@pytest.mark.parametrize("is_everywhere", [True, False])
@pytest.mark.parametrize("sort", ["best", "newest"])
def test_phrase_is_looked_for_in_the_newest_that_hold_its_words(
    client: Client, monkeypatch: pytest.MonkeyPatch, sort: str, is_everywhere: bool
) -> None:
    monkeypatch.setattr(brief_queryset, "is_everywhere", lambda _: is_everywhere)
    said = [BriefFactory.create(body="<p>The fuel road.</p>") for _ in range(2)]
    BriefFactory.create(body="<p>No road for fuel.</p>")
    wish = Wish(q='"fuel road"', sort=sort)
    whole = hits.hits_of(wish)
    assert (set(whole.keys), whole.is_capped) == ({brief.pk for brief in said}, False)

    monkeypatch.setattr(hits, "LOOKED_THROUGH", 2)
    newest = hits.hits_of(wish)

    assert (newest.keys, newest.is_capped) == ([said[1].pk], True)
    page = client.get(wish.url()).content.decode()
    assert "looked for in the newest 2 briefs that hold them" in page
    assert "newest first shows all" not in page


@pytest.mark.parametrize(
    ("q", "meant"),
    [
        *(("duentza", "Douentza"), ("niorro", "Nioro du Sahel"), ("menaca", "Ménaka")),
        ("tombouctuo", "Tombouctou"),
    ],
)
def test_names_of_towns_are_offered(q: str, meant: str) -> None:
    names = ["Douentza", "Nioro du Sahel", "Ménaka", "Tombouctou", "Timbuktu"]
    SearchTerm.objects.bulk_create(
        SearchTerm(name=name, key=naming.search_key(name)) for name in names
    )

    assert naming.did_you_mean(q)[:1] == [meant]


def test_names_are_offered_as_soon_as_there_are_some(client: Client) -> None:
    assert "Did you mean" not in client.get("/briefs/?q=duentza").content.decode()

    SearchTerm.objects.create(name="Douentza", key=naming.search_key("Douentza"))

    assert 'href="/briefs/?q=Douentza"' in client.get("/briefs/?q=duentza").content.decode()


@pytest.mark.parametrize("q", ["ação", "ações", "acao"])
def test_portuguese_words_are_found_in_both_numbers(q: str) -> None:
    BriefFactory.create(slug="one", language="pt", body="<p>Houve uma ação.</p>")
    BriefFactory.create(slug="many", language="pt", body="<p>Houve ações.</p>")

    assert found(q) == ["many", "one"]


HOSTILE = [
    *(
        "x" * 10_000,
        "a b " * 2_500,
        "-a " * 500,
        "😀",
        "\x00",
        "a\x00b",
        '"a -b',
        "(a|b)&!c",
    ),
    *(
        "a:*",
        "<2>",
        "a <-> b",
        "\\",
        "[[:alpha:]]",
        "(?i)a",
        "$1",
        "%s",
        "{}",
        "* + ?",
        "-" * 500,
    ),
    *('"" ""', '"- -"', "أو أو", "ou", "-ou", "_" * 50, "_a _b"),
]


def test_hostile_words_never_err(client: Client) -> None:
    BriefFactory.create(body="<p>a b c</p>")

    for q in HOSTILE:
        for address in ("/briefs/", "/briefs/?sort=newest", "/briefs/feed.atom"):
            assert client.get(address, {"q": q}).status_code == 200, q
        assert client.get("/api/v1/briefs/", {"q": q[:200]}).status_code in (200, 400), q
