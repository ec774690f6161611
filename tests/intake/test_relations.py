import pytest
from django.core.exceptions import ValidationError

from intake import merging, relations
from intake.models import Contact, Lead, Organisation, RecordKind
from tests import factories


@pytest.mark.parametrize("model", [Organisation, Contact, Lead])
def test_every_relation_is_classified(model):
    # Fails when an app gets a relation to these: say in intake/relations.py, or in its `ready`, what a merge does.
    assert relations.unclassified(model) == []


def test_no_relation_is_declared_that_is_none():
    models = (Organisation, Contact, Lead)
    known = {each.name for model in models for each in relations.classified(model)}

    assert set(relations._FATES) == known


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("organisation", "intake.contact.organisation"),
        ("contact", "intake.lead.contact"),
        ("lead", "proposals.proposal.lead"),
    ],
)
def test_a_merge_refuses_while_a_relation_is_unknown(kind, name, monkeypatch):
    monkeypatch.delitem(relations._FATES, name)
    lead, other = factories.matched_lead(), factories.matched_lead()
    source = lead if kind == RecordKind.LEAD else getattr(lead, kind)
    target = other if kind == RecordKind.LEAD else getattr(other, kind)

    with pytest.raises(ValidationError, match=name):
        merging.merge_records(
            kind=kind,
            source_pk=source.pk,
            target_pk=target.pk,
            choices={},
            by=factories.UserFactory(is_superuser=True),
        )

    source.refresh_from_db()
    assert source.merged_into is None
