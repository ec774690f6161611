import pytest

from proposals import citing, content
from tests.factories import BriefFactory

SITE = "http://localhost:8000"


def cited(markdown: str) -> list[str]:
    return [brief.title for brief in citing.cited(content.blocks(markdown))]


@pytest.fixture(autouse=True)
def briefs(db: None) -> None:
    BriefFactory(slug="mali", title="On Mali")
    BriefFactory(slug="niger", title="On Niger")
    BriefFactory(slug="draft", title="A draft", is_published=False)


def test_briefs_are_cited_in_the_order_of_their_first_link() -> None:
    niger, mali = f"[n]({SITE}/briefs/niger/)", f"[m]({SITE}/briefs/mali/)"

    assert cited(f"See {niger}.\n\n- {mali}\n  1. and {niger}") == ["On Niger", "On Mali"]


@pytest.mark.parametrize(
    "address",
    [
        f"{SITE}/briefs/",
        f"{SITE}/briefs/unknown/",
        f"{SITE}/briefs/draft/",
        f"{SITE}/nowhere",
        f"{SITE}.evil.example/briefs/mali/",
        "https://elsewhere.example/briefs/mali/",
        "mailto:office@derisk.example",
    ],
)
def test_other_links_cite_nothing(address: str) -> None:
    assert cited(f"[link]({address})") == []


def test_title_without_a_link_cites_nothing() -> None:
    assert cited(f"On Mali, {SITE}/briefs/mali/") == []
