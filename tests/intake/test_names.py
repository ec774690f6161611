import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake import names


@pytest.mark.parametrize(
    ("name", "plain", "form"),
    [
        ("Sahel Logistics S.A.R.L.", "sahel logistics", "sarl"),
        ("SARL  Sahel  Logistics", "sahel logistics", "sarl"),
        ("Énergia Exemplo, Lda.", "energia exemplo", "lda"),
        ("Example (Pty) Ltd", "example", "ltd"),
        ("Example & Co. Limited", "example", "ltd"),
        ("Example Company", "example", ""),
        ("شركة المثال للنقل ش.م.م", "المثال للنقل", "شمم"),
        ("S.A.", "sa", ""),
        ("Example", "example", ""),
        ("", "", ""),
    ],
)
def test_a_legal_form_is_told_from_the_name(name, plain, form):
    assert (names.plain_key(name), names.legal_form(name)) == (plain, form)


@pytest.mark.parametrize(
    ("one", "other"),
    [("Dr. Aïcha  Exemple", "AICHA EXEMPLE"), ("Mme Exemple", "Exemple"), ("أمينة", "امينه")],
)
def test_a_person_is_the_same_without_title_accents_and_spelling_of_arabic(one, other):
    assert names.person_key(one) == names.person_key(other)


def test_letters_of_other_scripts_become_latin():
    assert names.latin_key(names.plain_key("Société Générale")) == "societe generale"
    assert names.latin_key("محمد") == "mhmd"


@pytest.mark.parametrize(
    ("arabic", "latin"),
    [("محمد ديالو", "Mohamed Diallo"), ("محمد ديالو", "Muhammad Dyallo"), ("عائشة كيتا", "Aïcha Keïta")],
)  # fmt: skip
def test_a_name_sounds_the_same_in_both_scripts(arabic, latin):
    one, other = (names.sound_key(names.person_key(name)) for name in (arabic, latin))

    assert one == other


@given(st.text(max_size=300))
def test_a_key_has_itself_as_its_key_and_fits_its_column(name):
    exact, plain = names.exact_key(name), names.plain_key(name)
    latin, sound = names.latin_key(plain), names.sound_key(plain)

    assert max(map(len, (exact, plain, latin, sound))) <= names.LONGEST_KEY
    assert exact == names.exact_key(exact) or len(exact) == names.LONGEST_KEY
    assert latin == names.latin_key(latin) or len(latin) == names.LONGEST_KEY
    assert (latin + sound).isascii()
