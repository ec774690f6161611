import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefs import search_keys


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("Saint-Louis", "saint louis"),
        ("N\u2019Djam\u00e9na", "n djamena"),
        ("أكادير", "اكادير"),
        ("x_1 (Y)", "x_1 y"),
        ("", ""),
    ],
)
def test_name_without_what_people_leave_out(text: str, key: str) -> None:
    assert search_keys.search_key(text) == key


@given(st.text(st.characters(max_codepoint=127)))
def test_plain_letters_go_the_short_way_to_the_same_key(text: str) -> None:
    assert search_keys.search_key(text) == search_keys.search_key(text + " \u0301").strip()
