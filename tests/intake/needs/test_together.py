from hypothesis import given
from hypothesis import strategies as st

from intake.needs.phrases import Match, Phrases
from intake.needs.together import Together
from intake.needs.wording import words_of

PHRASES = (
    "mali", "south sudan", "sudan", "assess ~ route", "evacuat*", "in ~ ~ days", "in the days", "the rout*",
    "the route", "assess", "days", "in two days", "ماليزيا", "مالي",
)  # fmt: skip
WORDS = (
    "South", "Sudan", "assess", "the", "route", "in", "two", "days.", "evacuating", "Mali,", "وبمالي", "routes", "a",
)  # fmt: skip


@given(
    text=st.lists(st.sampled_from(WORDS), max_size=14).map(" ".join),
    lists=st.lists(st.lists(st.sampled_from(PHRASES), unique=True), min_size=1, max_size=3),
)
def test_each_list_finds_what_it_finds_alone(text, lists):
    together, alone, listed = Together(), [], []
    for phrases in lists:
        alone.append(Phrases[str]())
        listed.append(together.new_list())
        for phrase in phrases:
            alone[-1].add(phrase, phrase)
            listed[-1].add(phrase, phrase)
    words = words_of(text)

    assert [list(one.find(words)) for one in listed] == [list(one.find(words)) for one in alone]
    assert [list(one.longest(words)) for one in listed] == [
        list(one.longest(words)) for one in alone
    ]


def test_what_was_found_in_a_text_is_kept_with_its_words():
    one, other = Together(), Together()
    first, second = one.new_list(), other.new_list()
    first.add("mali", "M")
    second.add("mali", "N")
    words = words_of("To Mali")

    assert (first.find(words), second.find(words)) == ([Match(1, 2, "M")], [Match(1, 2, "N")])
    assert first.find(words) is first.find(words)
    assert words_of("To Mali") is words  # so that whoever reads it next finds it read
