import re
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st

from intake.models import Activity, Lead, Status
from proposals import content, drafting, schema, withdrawing
from proposals.models import Proposal, ProposalTemplate, ProposalVersion, TemplateSection
from tests.factories import BriefFactory
from tests.proposals import making
from tests.proposals.making import adviser_of, make_draft, make_lead, make_sent, make_template
from tests.racing import Race, wait_for_blocked

HOSTILE = (
    "# head\n- list\n1. one\n> quote\n*bold* _it_ `code` [a](http://x.example) <b> \\ {briefs}"
)


MARKUP = [
    "\n", "\r\n", "\r", "\n\n", " ", "  ", "    ", "\t", "a", "1. ", "7) ", "12", "- ", "+ ", "* ", "# ", "> ", "---",
    "===", "*b*", "_i_", "**", "`", "```", "~", "|", "\\", "!", "[a](http://x.example)", "[", "]", "<http://x.example>",
    "<", "&amp;",
]  # fmt: skip
ANYTHING = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Zs"]), max_size=3)


def shown(blocks: list[schema.Block]) -> str:
    """The text of paragraphs; fails for anything else."""
    assert {block["t"] for block in blocks} <= {"p"}
    runs = [block["runs"] for block in blocks if block["t"] == "p"]
    assert all(run.keys() == {"text"} for each in runs for run in each)
    return "\n\n".join("".join(run["text"] for run in each) for each in runs)


# ---- A draft from a lead


@pytest.mark.django_db
def test_draft_holds_what_the_template_and_the_enquiry_say() -> None:
    lead = make_lead(full_name="Aïcha Example", email="aicha@client.example")
    adviser = adviser_of(lead)

    version = drafting.draft_proposal(lead=lead, by=adviser)

    assert (version.number, version.status, version.currency) == (1, "draft", "EUR")
    assert version.title == "Advice for Sahel Mining Example"
    assert (version.recipient_name, version.recipient_email) == (
        "Aïcha Example",
        "aicha@client.example",
    )
    assert version.prepared_by == adviser
    assert re.fullmatch(r"P-[0-9A-Z]{5}-[0-9A-Z]{5}", version.proposal.reference)
    sections = version.sections.order_by("position").values_list("heading", "body")
    assert list(sections) == [
        ("Heading 1", "“A route assessment from Bamako to Gao.”"),
        ("Heading 2", "Read first:\n\n"),
    ]
    lines = version.lines.values_list("description", "quantity", "unit", "unit_price", "tax_rate")
    assert list(lines) == [("Written assessment", Decimal(2), "report", Decimal(0), Decimal(0))]


@pytest.mark.django_db
def test_draft_moves_the_lead_and_says_so_on_its_timeline() -> None:
    lead = make_lead()

    version = drafting.draft_proposal(lead=lead, by=adviser_of(lead))

    assert making.statuses(version) == ("draft", "open", "proposal")
    activity = Activity.objects.get(lead=lead)
    assert (activity.kind, activity.by) == ("proposal_drafted", adviser_of(lead))


@pytest.mark.django_db
def test_draft_lists_the_brief_that_the_client_came_from_then_others_on_the_countries() -> None:
    own = BriefFactory(title="Own [brief]", countries=["NE"])
    other = BriefFactory(title="On Mali", countries=["ML", "SN"])
    BriefFactory(countries=["KE"])
    BriefFactory(countries=["ML"], is_published=False)
    lead = make_lead(brief=own.slug)

    version = drafting.draft_proposal(lead=lead, by=adviser_of(lead))

    assert version.sections.get(position=2).body == (
        "Read first:\n\n"
        f"- [Own \\[brief\\]](http://localhost:8000/briefs/{own.slug}/)\n"
        f"- [On Mali](http://localhost:8000/briefs/{other.slug}/)"
    )


@pytest.mark.django_db
def test_draft_lists_five_briefs_at_most() -> None:
    for _ in range(7):
        BriefFactory()

    lead = make_lead()

    assert len(drafting.related(lead)) == 5


@pytest.mark.django_db
def test_section_for_briefs_is_left_out_where_there_are_none() -> None:
    lead = make_lead()
    TemplateSection.objects.filter(position=2).update(body="{briefs}")

    version = drafting.draft_proposal(lead=lead, by=adviser_of(lead))

    assert [section.heading for section in version.sections.all()] == ["Heading 1"]


@pytest.mark.django_db
@pytest.mark.parametrize(("language", "label"), [("en", "VAT"), ("fr", "TVA")])
def test_tax_is_named_in_the_language_of_the_version(language: str, label: str) -> None:
    make_template(language)
    lead = make_lead(language=language)

    version = drafting.draft_proposal(lead=lead, by=adviser_of(lead))

    assert version.lines.get().tax_label == label


@pytest.mark.django_db
def test_placeholders_that_the_client_typed_stay_as_typed() -> None:
    BriefFactory(title="On Mali")
    lead = make_lead(needs="Tell me of {briefs} and {needs}", organisation="{reference} Ltd")

    version = drafting.draft_proposal(lead=lead, by=adviser_of(lead))

    assert version.title == "Advice for {reference} Ltd"
    assert version.sections.get(position=1).body == "“Tell me of {briefs} and {needs}”"


@pytest.mark.django_db
def test_client_without_organisation_is_named_in_the_title() -> None:
    lead = make_lead(organisation="", full_name="Aïcha Example")

    version = drafting.draft_proposal(lead=lead, by=adviser_of(lead))

    assert version.title == "Advice for Aïcha Example"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("language", "expected"), [("fr", "fr"), ("en", "en"), ("pt", "en"), ("ar", "en")]
)
def test_template_is_that_of_the_leads_language_else_the_english_one(
    language: str, expected: str
) -> None:
    make_template("en")
    make_template("fr", title="Conseil pour {organisation}")
    lead = make_lead(language=language)

    version = drafting.draft_proposal(lead=lead, by=adviser_of(lead))

    assert version.language == expected


# ---- Refusals


@pytest.mark.django_db
def test_without_a_template_nothing_is_drafted() -> None:
    lead = make_lead()
    ProposalTemplate.objects.update(is_default=False)

    with pytest.raises(ValidationError) as refusal:
        drafting.draft_proposal(lead=lead, by=adviser_of(lead))

    assert refusal.value.code == "no_template"
    assert not Proposal.objects.exists()
    assert Lead.objects.get().status == Status.QUALIFIED


@pytest.mark.django_db
def test_lead_with_an_open_proposal_gets_no_second() -> None:
    version = make_draft()

    with pytest.raises(ValidationError) as refusal:
        make_draft(version.proposal.lead)

    assert refusal.value.code == "conflict"
    assert ProposalVersion.objects.count() == 1
    assert Activity.objects.count() == 1


@pytest.mark.django_db
def test_lead_that_is_not_routed_yet_gets_no_proposal() -> None:
    make_template()
    lead = making.factories.new_lead()

    with pytest.raises(ValidationError) as refusal:
        drafting.draft_proposal(lead=lead, by=making.factories.UserFactory())

    assert refusal.value.code == "conflict"
    assert not Proposal.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_clicks_make_one_draft() -> None:
    lead = make_lead()

    with transaction.atomic():
        Lead.objects.select_for_update().get(pk=lead.pk)
        clicks = Race(*[lambda: making.outcome(lambda: make_draft(lead))] * 2)
        wait_for_blocked(2)

    assert sorted(clicks.results()) == ["conflict", "done"]
    assert Proposal.objects.count() == ProposalVersion.objects.count() == 1


# ---- The client's words as Markdown


def test_markup_in_the_clients_words_is_shown_and_not_followed() -> None:
    assert shown(content.blocks(drafting.quote(HOSTILE))) == f"“{HOSTILE}”"
    assert (
        drafting.quote("Deux ports.", "fr") == "«\N{NO-BREAK SPACE}Deux ports.\N{NO-BREAK SPACE}»"
    )


@given(st.lists(st.sampled_from(MARKUP) | ANYTHING, max_size=12).map("".join))
def test_escaped_text_is_shown_as_it_was_typed(text: str) -> None:
    lines = [line.strip(" \t") for line in re.split(r"\r\n|\r|\n", text)]
    paragraphs = re.sub(r"\n{2,}", "\n\n", "\n".join(lines)).strip("\n")

    assert shown(content.blocks(drafting.escape(text))) == paragraphs


# ---- The next version


@pytest.mark.django_db
def test_revision_carries_text_lines_and_frame_to_the_next_number() -> None:
    sent = make_sent(currency="USD", terms="Pay soon.")

    draft = drafting.revise_version(version=sent, by=sent.prepared_by)

    assert (draft.number, draft.status, draft.currency, draft.terms) == (
        2,
        "draft",
        "USD",
        "Pay soon.",
    )
    for parts in ("sections", "lines"):
        old, new = (list(getattr(v, parts).order_by("position").values()) for v in (sent, draft))
        own = {"id", "version_id"}
        assert [{k: v for k, v in row.items() if k not in own} for row in new] == [
            {k: v for k, v in row.items() if k not in own} for row in old
        ]
        assert not {row["id"] for row in old} & {row["id"] for row in new}
    assert making.statuses(sent) == ("sent", "open", "proposal")


@pytest.mark.django_db
def test_expired_version_can_be_revised() -> None:
    version = make_overdue_and_expired()

    assert drafting.revise_version(version=version, by=version.prepared_by).number == 2


def make_overdue_and_expired() -> ProposalVersion:
    version = making.make_overdue()
    assert making.run_jobs("proposals.expire", version.pk) == ["done"]
    return version


@pytest.mark.django_db
@pytest.mark.parametrize("answer", [making.accept, making.decline])
def test_answered_version_cannot_be_revised(answer) -> None:
    version = make_sent()
    answer(version)

    with pytest.raises(ValidationError) as refusal:
        drafting.revise_version(version=version, by=version.prepared_by)

    assert refusal.value.code == "conflict"
    assert ProposalVersion.objects.count() == 1


@pytest.mark.django_db
def test_draft_itself_cannot_be_revised() -> None:
    version = make_draft()

    with pytest.raises(ValidationError) as refusal:
        drafting.revise_version(version=version, by=version.prepared_by)

    assert refusal.value.code == "conflict"


@pytest.mark.django_db
def test_proposal_has_one_draft_at_a_time() -> None:
    version = make_sent()
    drafting.revise_version(version=version, by=version.prepared_by)

    with pytest.raises(ValidationError) as refusal:
        drafting.revise_version(version=version, by=version.prepared_by)

    assert refusal.value.code == "conflict"
    assert ProposalVersion.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_two_clicks_make_one_revision() -> None:
    version = make_sent()

    def revise() -> None:
        drafting.revise_version(version=version, by=version.prepared_by)

    with transaction.atomic():
        Proposal.objects.select_for_update().get()
        clicks = Race(*[lambda: making.outcome(revise)] * 2)
        wait_for_blocked(2)

    assert sorted(clicks.results()) == ["conflict", "done"]
    assert sorted(ProposalVersion.objects.values_list("number", flat=True)) == [1, 2]


# ---- A new start


@pytest.mark.django_db
def test_lost_lead_can_have_a_new_proposal() -> None:
    lost = make_draft()
    lead, adviser = lost.proposal.lead, lost.prepared_by
    withdrawing.lose_lead(lead=lead, by=adviser, reason="Went elsewhere.")

    again = drafting.draft_proposal(lead=lead, by=adviser)

    assert making.statuses(lost) == ("withdrawn", "withdrawn", "proposal")
    assert making.statuses(again) == ("draft", "open", "proposal")
