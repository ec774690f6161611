import pytest
from django.contrib.auth.models import Group, Permission
from django.core.management import call_command

from accounts import roles
from accounts.roles import ROLES, sync_roles
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


def codes(group: Group) -> list[str]:
    rows = group.permissions.values_list("content_type__app_label", "codename")
    return sorted(f"{app}.{code}" for app, code in rows)


def test_the_roles_of_the_house() -> None:
    assert sorted(ROLES) == [
        "adviser",
        "analyst",
        "approver",
        "auditor",
        "desk lead",
        "editor",
        "publisher",
    ]


def test_each_role_holds_exactly_its_permissions() -> None:
    counts = sync_roles()

    assert sorted(counts) == sorted(ROLES)
    for group in Group.objects.all():
        assert codes(group) == sorted(set(ROLES[group.name]))
        assert counts[group.name] == len(codes(group))


def test_a_second_time_changes_nothing_and_keeps_the_members() -> None:
    sync_roles()
    user = UserFactory.create(roles=["editor"])
    before = {(group.pk, group.name): codes(group) for group in Group.objects.all()}

    sync_roles()

    assert {(group.pk, group.name): codes(group) for group in Group.objects.all()} == before
    assert [group.name for group in user.groups.all()] == ["editor"]


def test_takes_away_what_was_added_by_hand_and_gives_back_what_was_taken() -> None:
    sync_roles()
    group = Group.objects.get(name="auditor")
    group.permissions.set(Permission.objects.filter(codename="delete_user"))

    sync_roles()

    assert codes(group) == sorted(set(ROLES["auditor"]))


def test_leaves_groups_of_the_house_alone() -> None:
    own = Group.objects.create(name="drivers")
    own.permissions.set(Permission.objects.filter(codename="view_user"))

    sync_roles()

    assert codes(own) == ["accounts.view_user"]


def test_a_role_that_names_an_unknown_permission_stops_the_whole_sync(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(
        roles, "ROLES", {"good": ("jobs.view_job",), "bad": ("jobs.veiw_job", "jobs.view_job")}
    )

    with pytest.raises(LookupError, match=r"'bad'.*jobs\.veiw_job$"):
        sync_roles()

    assert not Group.objects.filter(name__in=["good", "bad"]).exists()


def test_who_audits_changes_nothing() -> None:
    assert all(code.split(".")[1].startswith("view_") for code in ROLES["auditor"])


def test_no_role_may_give_itself_rights() -> None:
    """Who may change users could make themselves superuser."""
    for name, permissions in ROLES.items():
        held = set(permissions) & {
            f"{app}.{verb}_{model}"
            for app, model in (("accounts", "user"), ("auth", "group"), ("auth", "permission"))
            for verb in ("add", "change", "delete")
        }
        assert held == set(), name


def test_the_command_says_what_each_role_holds(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("sync_roles")

    lines = capsys.readouterr().out.splitlines()
    assert f"editor: {len(set(ROLES['editor']))} permissions" in lines
    assert len(lines) == len(ROLES)
