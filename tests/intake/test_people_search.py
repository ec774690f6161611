import pytest

from intake import people_search
from intake.models import Contact, Organisation

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> dict[str, Contact]:
    """Three people, two of one house."""
    mines = Organisation.objects.create(
        name="Mines du Sahel", **Organisation.keys_of("Mines du Sahel")
    )
    names = {"Awa Traoré": mines, "Peter Oz": mines, "محمد حسن": None}
    return {
        name: Contact.objects.create(
            full_name=name, email=f"{n}@mail.example", organisation=house,
            **Contact.keys_of(name, f"{n}@mail.example"),
        )
        for n, (name, house) in enumerate(names.items())
    }  # fmt: skip


@pytest.fixture(params=["few", "many"])
def however_many(request, monkeypatch):
    """Few are looked up, many walked to: what is found is the same."""
    monkeypatch.setattr(people_search, "_MANY", {"few": 10_000, "many": 0}[request.param])


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("traore", {"Awa Traoré"}),
        ("RAOR", {"Awa Traoré"}),
        ("sahel", {"Awa Traoré", "Peter Oz"}),
        ("محمد", {"محمد حسن"}),
        ("oz", {"Peter Oz"}),
        ("a", {"Awa Traoré"}),
        ("p o", {"Peter Oz"}),
        ("ra", set()),
        ("zanzibar", set()),
        ("1@mail", {"Peter Oz"}),
        ("", {"Awa Traoré", "Peter Oz", "محمد حسن"}),
        ("!?", set()),
    ],
)
def test_people_are_found_by_their_name_and_that_of_their_house(people, however_many, typed, names):
    found = people_search.find(Contact.objects.order_by("full_name"), typed)

    assert {one.full_name for one in found} == names


def test_organisations_are_found_by_parts_of_names_and_beginnings_of_words(people):
    def found(typed: str) -> list[str]:
        return [one.name for one in people_search.find(Organisation.objects.all(), typed)]

    assert found("ahe") == found("s") == found("m") == ["Mines du Sahel"]
    assert found("h") == []
