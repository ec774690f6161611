import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from intake import likeness, render_tokens, spam_rules
from intake.models import Enquiry

PLAIN = {
    "full_name": "Aïcha Example",
    "email": "aicha@client.example",
    "needs": "We need a route assessment from Bamako to Gao before the rains come.",
    "consent_language": "en",
}


FRENCH = "Nous devons aller de Bamako à Gao avec trois camions et nous avons peur de la route"
RUSSIAN = "Купите наши товары сегодня по низкой цене"


def of_arrival(facts: dict) -> dict[str, int]:
    return {item.what: item.points for item in spam_rules.of_arrival(facts)}


def of_words(**words: str) -> dict[str, int]:
    return {item.what: item.points for item in spam_rules.of_words(Enquiry(**PLAIN | words))}


# --- How it came


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({}, {}),
        ({"form": "signed", "seconds": 40, "trap": 0, "network_seen": 1, "email_seen": 1}, {}),
        ({"form": "signed", "seconds": 3}, {}),
        ({"form": "signed", "seconds": 2}, {"speed": 25}),
        ({"form": "signed", "seconds": 10**8}, {}),
        ({"form": "unsigned"}, {"token": 15}),
        ({"form": "unsigned", "site": 7}, {}),
        ({"form": "forged"}, {"token": 25}),
        ({"form": "forged", "site": 7}, {"token": 25}),
        ({"trap": 1}, {"trap": 40}),
        ({"network_seen": 9, "browser_seen": 19, "email_seen": 4, "form_seen": 3}, {}),
        ({"network_seen": 10, "browser_seen": 20, "email_seen": 5, "form_seen": 4},
         {"network": 10, "browser": 5, "email": 10, "form": 15}),
        ({"network_seen": 30, "browser_seen": 60, "email_seen": 12}, {"network": 20, "browser": 15, "email": 20}),
    ],
)  # fmt: skip
def test_each_fact_of_the_arrival_has_its_points(facts, expected):
    assert of_arrival(facts) == expected


# --- The words


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ({}, {}),
        ({"needs": "See https://a.example and www.b.example"}, {}),
        ({"needs": "https://a.example " * 3}, {"links": 10}),
        ({"needs": "https://a.example " * 6}, {"links": 25}),
        ({"needs": 'Buy <a href="https://a.example">here</a>'}, {"markup": 25}),
        ({"needs": "Buy [url=https://a.example]here[/url]"}, {"markup": 25}),
        ({"full_name": "Win https://a.example"}, {"name": 30}),
        ({"organisation": "www.win.example"}, {"name": 30}),
        ({"email": "a@mailinator.com"}, {"disposable": 20}),
        ({"email": "a@MAILINATOR.com"}, {"disposable": 20}),
        ({"email": "a@gmial.com"}, {}),  # on the list of such providers, and a slip of the fingers
        ({"needs": "Earn \u0441ash from h\u043eme"}, {"mixed_scripts": 20}),
        ({"needs": RUSSIAN}, {"script": 10}),
        ({"needs": FRENCH, "language": "fr"}, {}),
        ({"needs": FRENCH, "language": "pt"}, {"language": 5}),
        ({"needs": FRENCH}, {}),
    ],
)  # fmt: skip
def test_each_sign_in_the_words_has_its_points(words, expected):
    assert of_words(**words) == expected


@pytest.mark.parametrize(
    "needs",
    [
        "نحتاج إلى تقييم الطريق من باماكو إلى غاو قبل موسم الأمطار",
        "ከአዲስ አበባ ወደ ጅቡቲ የሚወስደውን መንገድ መገምገም እንፈልጋለን",
        "ⵏⵔⴰ ⴰⵏⵏⵥⵕ ⴰⴱⵔⵉⴷ ⵙⴳ ⴰⴳⴰⴷⵉⵔ ⵖⵔ ⵟⴰⵏⵊⴰ",
        "Tunahitaji tathmini ya njia kutoka Mombasa hadi Malaba kabla ya mvua.",
        "Prüfung der Straße von N’Djaména nach Abéché; 3 Lkw, 12.–15. März, Ladung ≈ 40 t.",
    ],
    ids=["ar", "am", "zgh", "sw", "de"],
)
def test_languages_of_africa_and_its_clients_speak_for_no_spam(needs):
    assert of_words(needs=needs) == {}


def test_no_evidence_repeats_the_client():
    enquiry = Enquiry(
        **PLAIN | {"full_name": "https://secret.example", "needs": "[url=x] secret" * 9}
    )

    assert "secret" not in " ".join(item.evidence for item in spam_rules.of_words(enquiry))


def test_no_layer_reaches_the_line_alone(settings):
    facts = [
        {"form": "forged"}, {"seconds": 0}, {"trap": 10**6},
        *({f"{kind}_seen": 10**6} for kind in ("network", "browser", "email", "form")),
    ]  # fmt: skip
    words = [
        {"needs": "https://a.example " * 999}, {"needs": "[url=x]"}, {"full_name": "https://a.example"},
        {"needs": "h\u043eme"}, {"email": "a@mailinator.com"},
    ]  # fmt: skip

    heaviest = [
        *(sum(of_arrival(f).values()) for f in facts),
        *(sum(of_words(**w).values()) for w in words),
    ]

    assert min(heaviest) > 0
    assert max(heaviest) < settings.SPAM_LINE


# --- The same words again

LONG = (
    "Dear sir or madam, we are a leading agency and can bring your website to the first page of every search "
    "engine within thirty days, with a guarantee and at a price that nobody else can offer you this week only."
)


BANDS = [
    -8231576962854195890, 2500699062859283918, 2955198029771710898, 1711178854975835222, -5984920477144413345,
    -8067925749270935776, 5584083882673249314, -7628143309679648368,
]  # fmt: skip


def test_like_texts_are_known_and_others_are_not():
    changed = LONG.replace("thirty", "sixty").replace("Dear sir", "Hello sir")
    other = (
        "Two fuel convoys leave Dakar for Bamako in the first half of next month by Diboli and Kayes, and we need a "
        "route assessment before we commit, with a daily watch while they move and somebody whom our drivers can call."
    )

    assert likeness.are_alike(likeness.bands_of(LONG), likeness.bands_of(changed))
    assert not likeness.are_alike(likeness.bands_of(LONG), likeness.bands_of(other))
    assert len(likeness.bands_of(LONG)) == 8
    assert all(-(2**63) <= band < 2**63 for band in likeness.bands_of(LONG))


def test_what_was_kept_of_a_text_knows_it_again_for_good():
    # As it was first kept: what lies in the database would know nothing again by other numbers.
    assert likeness.bands_of(LONG) == BANDS


@given(st.sets(st.integers(0, 2**64 - 1), min_size=1, max_size=40))
@example({2**64 - 1})
@example({0})
def test_each_bin_has_its_least_number_or_that_of_the_next_which_has_one(numbers):
    bins = [[one for one in numbers if one % 16 == bin_] for bin_ in range(16)]

    for bin_, (off, least) in enumerate(likeness._least_of(numbers)):
        assert not any(bins[(bin_ + before) % 16] for before in range(off))
        assert least == min(bins[(bin_ + off) % 16])


def test_case_marks_and_breaks_make_no_other_text():
    assert likeness.digest_of("Call  me,\nPLEASE!") == likeness.digest_of("call me please")
    assert likeness.digest_of("Call me") != likeness.digest_of("Call him")


@pytest.mark.parametrize("text", ["", "Call me please", "…" * 5000, "word " * 11])
def test_short_texts_are_like_none(text):
    assert likeness.bands_of(text) == []


# --- The token of the page

FORM_ID = "6f3d1f0e-1111-4222-8333-444455556666"


def test_a_token_tells_when_the_form_was_made_and_for_which_brief(monkeypatch):
    monkeypatch.setattr("time.time", lambda: 1_000_000.0)
    token = render_tokens.make(FORM_ID, "a-brief")
    monkeypatch.setattr("time.time", lambda: 1_000_041.9)

    assert render_tokens.read(token, FORM_ID) == render_tokens.Rendered("signed", 41, "a-brief")


def test_a_clock_that_is_behind_makes_no_forgery(monkeypatch):
    token = render_tokens.make(FORM_ID, "")
    monkeypatch.setattr("time.time", lambda: 1.0)

    assert render_tokens.read(token, FORM_ID) == render_tokens.Rendered("signed", 0)


@pytest.mark.parametrize("change", ["", "x", "é", "\x00", "x" * 100_000, "|" * 50, ":"])
def test_a_wrong_token_is_a_forgery_and_none_is_none(change):
    token = render_tokens.make(FORM_ID, "")

    assert render_tokens.read(change, FORM_ID).state == ("forged" if change else "unsigned")
    assert render_tokens.read(token + change, FORM_ID).state == ("forged" if change else "signed")
    assert render_tokens.read(token, FORM_ID + "0").state == "forged"


def test_old_keys_still_read_what_they_signed(settings):
    token = render_tokens.make(FORM_ID, "")
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another" * 10

    assert render_tokens.read(token, FORM_ID).state == "signed"
