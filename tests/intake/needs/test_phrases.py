import pytest

from intake.needs.phrases import Phrases, names_in, words_of


def found(text: str, **phrases: str) -> list[tuple[str, str]]:
    """(name, passage) of every phrase found; the names are ours."""
    known: Phrases[str] = Phrases({"two": 2})
    for name, phrase in phrases.items():
        known.add(phrase, name)
    words = words_of(text)
    spans = [(match.value, match.span(words)) for match in known.find(words)]
    return [(name, text[start:end]) for name, (start, end) in spans]


@pytest.mark.parametrize(
    ("phrase", "text", "passage"),
    [
        ("plan d'évacuation", "Un PLAN D’EVACUATION, vite", "PLAN D’EVACUATION"),
        ("evacuat*", "we were evacuating", "evacuating"),
        ("assess ~ route", "assess the whole long route", "assess the whole long route"),
        ("in # days", "in 10 days", "in 10 days"),
        ("in # days", "in two days", "in two days"),
        ("cote d'ivoire", "Co\u0302te d'Ivoire", "Co\u0302te d'Ivoire"),
        ("مالي", "في بمالي", "بمالي"),
        ("النيجر", "مالي والنيجر", "والنيجر"),
        ("الكونغو", "للكونغو", "للكونغو"),
        ("إجلاء", "اجلاء", "اجلاء"),
        ("النيجر", "النَّيْجَر", "النَّيْجَر"),
    ],
)
def test_a_phrase_is_found_however_it_is_typed(phrase, text, passage):
    assert found(text, it=phrase) == [("it", passage)]


@pytest.mark.parametrize(
    ("phrase", "text"),
    [
        ("assess ~ route", "assess one two three four route"),
        ("assess ~ route", "assess. The route"),
        ("in # days", "in some days"),
        ("mali", "malicious"),
        ("safe road", "safe! Road"),
    ],
)
def test_what_is_not_said_is_not_found(phrase, text):
    assert found(text, it=phrase) == []


def test_longest_takes_the_words_of_the_shorter():
    known: Phrases[str] = Phrases()
    for phrase in ("sudan", "south sudan", "sudan conflict"):
        known.add(phrase, phrase)
    words = words_of("South Sudan conflict, Sudan")

    assert [match.value for match in known.longest(words)] == ["south sudan", "sudan"]


def test_a_phrase_cannot_begin_with_a_gap():
    with pytest.raises(ValueError, match="cannot begin with a gap"):
        Phrases().add("~ route", "it")


def test_names_are_listed_with_their_endings():
    assert list(names_in("malien/s/ne, mali")) == ["malien", "maliens", "malienne", "mali"]
