"""The gazetteer comes in as often as one likes, and what staff made or changed stays theirs."""

from pathlib import Path

import pytest
from django.db import connection

from briefs import naming
from briefs.gazetteer import export, loading
from briefs.models import Place, SearchTerm
from briefs.search_keys import search_key
from tests.factories import BriefFactory, publish

pytestmark = pytest.mark.django_db

HEAD = "\t".join(export.COLUMNS) + "\n"
GAO = "2457163\tGao\tML\tGao\t16.27167\t-0.04472\t133110\tغاو|Gawo\n"
TWINS = (
    "1\tDondo\tAO\tKwanza Norte\t-9.68\t14.42\t2500\t\n2\tDondo\tAO\tKwanza Norte\t-9.1\t15.2\t\t\n"
)


@pytest.fixture
def load(tmp_path: Path):
    """Loads a gazetteer of these lines."""

    def load_lines(*lines: str) -> loading.Counts:
        file = tmp_path / "places.tsv"
        file.write_text(HEAD + "".join(lines))
        return loading.load_gazetteer(file=file)

    return load_lines


def test_the_whole_gazetteer_comes_in_once() -> None:
    first, second = loading.load_gazetteer(), loading.load_gazetteer()

    assert first == (11971, 0, 0)
    assert second == (0, 0, 0)
    kayes = Place.objects.filter(name="Kayes").order_by("country")
    assert [str(place) for place in kayes] == [
        "Kayes (Bouenza, Republic of the Congo)",
        "Kayes (Kayes, Mali)",
    ]
    assert Place.objects.get(name="Timbuktu").name_in("ar") == "تمبكتو"
    assert "Tombouctou" in Place.objects.get(name="Timbuktu").aliases
    assert "Nioro du Sahel" in Place.objects.get(name="Nioro", country="ML").aliases
    assert not Place.objects.filter(name="Diboli").exists()
    assert Place.objects.filter(note="GeoNames", population=0).count() == 0


def test_towns_of_one_name_in_one_region_are_two_places(load) -> None:
    assert load(TWINS) == (2, 0, 0)

    assert Place.objects.filter(name="Dondo", admin1="Kwanza Norte").count() == 2


def test_what_the_gazetteer_corrects_is_corrected(load) -> None:
    load(GAO)

    counts = load(GAO.replace("133110", "140000"))

    assert counts == (0, 0, 1)
    assert Place.objects.get().population == 140_000


@pytest.mark.parametrize(
    "change",
    [{"name": "Gao city"}, {"latitude": 16.0}, {"aliases": ["Gawgaw"]}, {"note": "Seen by us."}],
)
def test_what_staff_changed_stays(load, change: dict) -> None:
    load(GAO)
    Place.objects.update(**change)

    counts = load(GAO.replace("133110", "140000"))

    assert counts == (0, 0, 0)
    assert Place.objects.filter(**change, population=133_110).count() == 1


def test_a_place_of_staff_is_known_to_be_the_same_and_keeps_what_it_says(load) -> None:
    brief = BriefFactory.create(is_published=False)
    mine = Place.objects.create(name="Gao", country="ML", latitude=16.3, longitude=0, note="Ours.")
    brief.places.add(mine)

    counts = load(GAO)

    assert counts == (0, 1, 0)
    mine.refresh_from_db()
    assert (mine.geonames_id, mine.latitude, mine.note) == (2457163, 16.3, "Ours.")
    assert (mine.admin1, mine.population, mine.aliases) == ("Gao", 133110, ["غاو", "Gawo"])
    assert load(GAO.replace("133110", "140000")) == (0, 0, 0)


@pytest.mark.parametrize(
    "other",
    [
        {"country": "BF"},
        {"latitude": 15.0},
        {"name": "Gao road", "kind": "road"},
        {"name": "Gao", "kind": "airport"},
    ],
)
def test_another_place_of_staff_stays_apart(load, other: dict) -> None:
    own = {"name": "Gao", "country": "ML", "admin1": "Gao", "latitude": 16.3, "longitude": 0.0}
    Place.objects.create(**own | other)

    assert load(GAO) == (1, 0, 0)
    assert Place.objects.count() == 2


@pytest.mark.parametrize("term", ["%", "_", "\\", "'", "|", "-", "x" * 500, "👍"])
def test_any_term_is_taken(load, term: str) -> None:
    load(GAO)

    assert list(Place.objects.matching(term)) in ([], [Place.objects.get()])


FOUND = {
    "kayes": "Kayes (Kayes, Mali)",
    "Kayes CG": "Kayes (Bouenza, Republic of the Congo)",
    "kayes congo": "Kayes (Bouenza, Republic of the Congo)",
    "nioro du sahel": "Nioro (Kayes, Mali)",
    "MENAKA": "Ménaka (Ménaka, Mali)",
    "N'Djamena": "N’Djamena (N’Djaména, Chad)",
    "tombouctou": "Timbuktu (Tombouctou, Mali)",
    "الاسكندرية": "Alexandria (Alexandria, Egypt)",
    "gao bf": "Gao (Centre-Ouest, Burkina Faso)",
}


def test_staff_find_places_in_any_spelling_by_an_index() -> None:
    loading.load_gazetteer()

    found = {term: str(Place.objects.matching(term).first()) for term in FOUND}
    plan = Place.objects.matching("douentza")[:20].explain()

    assert found == FOUND
    assert "Bitmap Index Scan on place_words" in plan


def test_the_database_writes_names_as_we_do() -> None:
    names = ["Ménaka", "São Tomé", "الإسكندرية", "Nioro du Sahel", "Touba"]
    with connection.cursor() as cursor:
        cursor.execute("SELECT plain_words(n) FROM unnest(%s::text[]) n", [names])
        written = [row[0] for row in cursor.fetchall()]

    assert written == [search_key(name) for name in names]


def test_only_names_in_public_briefs_are_offered(load) -> None:
    load(GAO, TWINS)
    gao = Place.objects.get(name="Gao", country="ML")
    brief = BriefFactory.create(is_published=False)
    brief.places.add(gao)
    publish(brief)

    naming.refresh_terms()

    offered = SearchTerm.objects.filter(name__in=["Gao", "Gawo", "Dondo"])
    assert [term.name for term in offered] == ["Gao"]


def test_aliases_of_an_export_are_few_and_readable() -> None:
    known = ["TOM", "Tombouctou", "Timbuctu", "tmbktw", "Τιμπουκτού", "تمبكتو", "Timbúktú", "丁"]

    assert export.aliases_of("Timbuktu", known) == ["تمبكتو", "Tombouctou", "Timbuctu"]
