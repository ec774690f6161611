"""What a stranger writes into an address becomes a wish that breaks nothing."""

import pytest
from django.http import QueryDict

from briefs.finding import LAST_PAGE, Wish, wish_from


def test_wish_is_read_and_written_back() -> None:
    query = "q=fuel+convoy&country=ML&topic=ports&actor=example-front&language=fr&page=3"

    wish = wish_from(QueryDict(query))

    assert wish == Wish("fuel convoy", "ML", "example-front", "ports", "fr", page=3)
    assert wish.url(page=3) == f"/briefs/?{query}"
    assert wish.url() == f"/briefs/?{query.removesuffix('&page=3')}"
    assert wish.url(country="", q="") == "/briefs/?topic=ports&actor=example-front&language=fr"
    assert wish.feed_url("atom") == f"/briefs/feed.atom?{query.removesuffix('&page=3')}"
    assert Wish().url() == "/briefs/"


@pytest.mark.parametrize(
    ("text", "page"),
    [
        ("", 1),
        ("x", 1),
        ("0", 1),
        ("-1", 1),
        ("2", 2),
        ("1e3", 1),
        ("٣", 1),
        ("9" * 9, LAST_PAGE + 1),
    ],
)
def test_page(text: str, page: int) -> None:
    assert wish_from({"page": text}).page == page


def test_words_are_cleaned_and_cut() -> None:
    wish = wish_from({"q": "  a\x00b\u202e" + "c" * 500, "country": " ml\n", "language": "FR"})

    assert wish.q == "a b " + "c" * 194
    assert (wish.country, wish.language, wish.spoken) == ("ML", "fr", "fr")


def test_unknown_language_is_spoken_to_in_english() -> None:
    assert wish_from({"language": "xx"}).spoken == "en"
