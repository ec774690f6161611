"""The confirmation page tells whoever writes of danger that nobody watches it."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from intake import accepting, submission, suggesting
from tests import factories

SAYS = {
    "en": "This is not an emergency line",
    "fr": "Ceci n’est pas une ligne d’urgence",
    "pt": "Esta não é uma linha de emergência",
    "ar": "هذا ليس خط طوارئ",
}
TEXTS = {
    "en": "Our driver was kidnapped this morning, what do we do?",
    "fr": "Notre chauffeur a été enlevé ce matin, que faire pour lui ?",
    "pt": "O nosso motorista foi raptado esta manhã, o que fazemos?",
    "ar": "اختطف سائقنا هذا الصباح، ماذا نفعل؟",
}


def shown(lead) -> str:
    return Client().get(f"/request/{submission.status_token(lead)}/").content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("language", SAYS)
def test_it_is_said_in_the_language_of_the_text_and_of_the_page(language):
    html = shown(factories.new_lead(needs=TEXTS[language], language=""))

    spoken = {code for code, words in SAYS.items() if words in html}
    direction = "rtl" if language == "ar" else "ltr"
    assert spoken == {language, "en"}
    assert f'<section class="alarm" role="alert" lang="{language}" dir="{direction}">' in html


@pytest.mark.django_db
@pytest.mark.parametrize(
    "needs", ["An evacuation plan for our office.", "Kidnap and ransom insurance.", "Hello."]
)
def test_it_is_not_said_without_need(needs):
    assert 'class="alarm"' not in shown(factories.new_lead(needs=needs))


@pytest.mark.django_db
def test_once_staff_found_it_a_false_alarm_it_is_gone():
    lead = factories.new_lead(needs=TEXTS["en"])
    suggesting.read_lead(lead_id=lead.pk)
    before = shown(lead)
    alarm = lead.suggestions.get(kind="urgency")

    accepting.drop_suggestion(suggestion=alarm, by=factories.UserFactory())

    assert SAYS["en"] in before
    assert SAYS["en"] not in shown(lead)


@pytest.mark.django_db
def test_it_costs_no_statement():
    counts = []
    for needs in ("Hello there.", TEXTS["en"]):
        lead = factories.new_lead(needs=needs)
        with CaptureQueriesContext(connection) as queries:
            shown(lead)
        counts.append(len(queries))

    assert counts[0] == counts[1]
