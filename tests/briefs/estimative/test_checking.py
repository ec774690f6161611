"""What the check says of whole briefs, and that hostile text costs it no more than its length."""

import time
from datetime import date
from pathlib import Path

import pytest
import yaml

from briefs import rendering
from briefs.estimative import Claim, Finding, Parts, Rule, Severity, check_wording

ASKED_ON = date(2026, 1, 8)
SEEDS = sorted((Path(__file__).parents[3] / "seeds" / "briefs").glob("*.md"))


def findings(body: str, language: str = "en", **parts: object) -> tuple[Finding, ...]:
    return check_wording(Parts(language, ASKED_ON, body=body, **parts)).findings  # type: ignore[arg-type]


def test_finding_names_its_place_and_what_to_write() -> None:
    body = "What we know.\nThe town held. The group may return."

    (finding,) = findings(body)

    assert (finding.rule, finding.severity) == (Rule.BARE, Severity.MEND)
    assert (finding.field, finding.sentence) == ("body", 3)
    assert body[finding.start : finding.end] == finding.passage == "may"
    assert (finding.before.strip(), finding.after) == ("The group", " return.")
    assert finding.instead.startswith(
        "Say how likely: “unlikely” (20–45\u00a0%), “roughly even chance” (45–55\u00a0%) or “likely” (55–80\u00a0%)"
    )
    assert "by 30 April 2026" in finding.instead


def test_french_is_answered_in_the_terms_of_the_house() -> None:
    (finding,) = findings("L’attaque pourrait reprendre.", "fr")

    assert (
        "“chances à peu près égales” (45–55\u00a0%) or “probable” (55–80\u00a0%)" in finding.instead
    )
    assert "d’ici au 30 avril 2026" in finding.instead


def test_order_is_that_of_the_page() -> None:
    claim = Claim(2, "The port may close.", "likely", "low", date(2026, 4, 30))
    found = check_wording(
        Parts("en", ASKED_ON, "It will fall", "It may fall.", "It might fall.", (claim,))
    ).findings

    assert [finding.field for finding in found] == ["title", "summary", "judgement 2", "body"]


def test_judgements_print_the_first_row_so_the_second_mixes() -> None:
    text = "A strike is probable by 31 March 2026."
    claim = Claim(1, "The port closes.", "likely", "low", date(2026, 4, 30))

    assert findings(text) == ()
    assert [f.rule for f in findings(text, judgements=(claim,))] == [Rule.MIXED]


def test_day_in_a_heading_holds_for_what_stands_below_it() -> None:
    below = "A strike is likely. Queues are very likely."

    assert findings(f"What we expect by 30 April 2026\n{below}") == ()
    assert len(findings(f"What we expect\n{below}")) == 2
    assert len(findings(f"What we expect by 30 April 2025\n{below}")) == 2


@pytest.mark.parametrize(("language", "name"), [("pt", "Portuguese"), ("ar", "Arabic")])
def test_language_without_a_table_is_said(language: str, name: str) -> None:
    report = check_wording(Parts(language, ASKED_ON, body="It may fall."))

    assert report.findings == ()
    assert report.note.startswith(f"There is no check of wording for {name} yet")


def test_no_more_than_a_page_of_findings() -> None:
    report = check_wording(Parts("en", ASKED_ON, body="It may fall. " * 150))

    assert len(report.findings) == 100
    assert report.note == "These are the first 100 of 150 findings."


def test_the_page_that_started_it() -> None:
    text = (
        "They may indicate the onset of a new phase of the group’s conflict, as it hinted at in late November."
        " Similar assaults on urban centres in Mali are anticipated in the coming weeks and months.\n"
        "Nioro du Sahel remains a likely target for further attacks. Dozens of militants targeted key sites."
    )

    assert [(f.rule, f.passage) for f in findings(text)] == [
        (Rule.BARE, "may"),
        (Rule.VAGUE_HORIZON, "are anticipated in the coming weeks and months"),
        (Rule.NO_HORIZON, "likely"),
    ]


@pytest.mark.parametrize("path", SEEDS, ids=lambda path: path.stem)
def test_nothing_to_mend_in_our_own_briefs(path: Path) -> None:
    _, head, body = path.read_text().split("---\n", 2)
    told = yaml.safe_load(head)
    claims = tuple(
        Claim(n, row["text"], row["likelihood"], row["confidence"], row["horizon_on"])
        for n, row in enumerate(told["judgements"], 1)
        if "likelihood" in row  # a translation takes these from what it translates
    )
    text = rendering.plain_text(rendering.render_markdown(body))
    day = told["data_cutoff"].date()

    report = check_wording(
        Parts(told["language"], day, told["title"], told["summary"], text, claims)
    )

    assert report.findings == ()


HOSTILE = {
    "one word": "may ",
    "short sentences": "A. may likely. ",
    "quotes that never close": '“ « " ',
    "one long word": "aera",
    "halves of phrases": "confidence the risk of the chances of the ",
    "between": "x and y between ",
    "days": "by 30 april 2026 ",
    "abbreviations": "Gen. J. U.N. ",
    "apostrophes": "l'n'd’ ",
    "signs": "?!.… ",
    "spaces": "   ",
    "lines": "A\n",
}


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_costs_its_length_and_no_more(name: str, language: str) -> None:
    def is_in_proportion() -> bool:
        short, long = _seconds(name, language, 5_000), _seconds(name, language, 20_000)
        return long < 4 * 2.5 * short + 0.02

    # Whatever else the machine does costs time now and then; the square of the length costs it each time.
    assert any(is_in_proportion() for _ in range(5))


def _seconds(name: str, language: str, length: int) -> float:
    text = (HOSTILE[name] * length)[:length]
    parts = Parts(language, ASKED_ON, text, text, text, (Claim(1, text), Claim(2, text[:400])))
    start = time.process_time()
    check_wording(parts)
    return time.process_time() - start
