"""An edit while somebody sends."""

import pytest
from django.db import transaction
from django.test import Client

from proposals.models import ProposalVersion
from tests.proposals import making
from tests.proposals.admin.forms import address, whole_form
from tests.proposals.admin.screens import as_author
from tests.proposals.making import make_draft
from tests.racing import Race, wait_for_blocked


@pytest.mark.django_db(transaction=True)
def test_edit_at_the_moment_of_sending_is_whole_or_refused(client: Client) -> None:
    version = make_draft()
    as_author(client, version)
    form = whole_form(version, title="Too late")

    with transaction.atomic():
        ProposalVersion.objects.select_for_update().get(pk=version.pk)
        edit = Race(lambda: client.post(address(version), form))
        wait_for_blocked(1)
        making.send(version)

    (answer,) = edit.results()
    assert (answer.status_code, answer["Location"]) == (302, address(version))
    assert ProposalVersion.objects.get().title == version.title
