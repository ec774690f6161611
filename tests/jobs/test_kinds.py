import pytest

from jobs import kinds


def test_every_app_registers_its_kinds() -> None:
    ours = [name for name in kinds.names() if not name.startswith("tests.")]

    assert ours == [
        "briefs.announce",
        "briefs.announce_correction",
        "briefs.announce_missed",
        "briefs.announce_withdrawal",
        "briefs.card_image",
        "briefs.confirm_subscription",
        "briefs.digest_again",
        "briefs.forget_subscribers",
        "briefs.notify",
        "briefs.refresh",
        "briefs.refresh_names",
        "briefs.refresh_place_names",
        "briefs.remind",
        "briefs.send_digest",
        "briefs.suppress_address",
        "briefs.tell_of_comment",
        "briefs.tell_of_handover",
        "briefs.tell_of_move",
        "briefs.tell_of_verdict",
        "briefs.weekly_digest",
        "intake.acknowledge",
        "intake.match_people",
        "intake.read_again",
        "intake.read_needs",
        "intake.route_lead",
        "mail.deliver",
        "proposals.expire",
        "proposals.render",
    ]
    assert [name for name in ours if kinds.find(name).is_external] == [
        "briefs.card_image",
        "briefs.refresh",
        "mail.deliver",
        "proposals.render",
    ]


def test_a_name_belongs_to_one_function(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kinds, "_KINDS", {})
    first = kinds.kind("tests.twice")(lambda job: None)
    kinds.kind("tests.twice")(first)  # a module that is imported again

    with pytest.raises(ValueError, match=r"tests\.twice"):
        kinds.kind("tests.twice")(lambda job: None)

    assert kinds.find("tests.twice").work is first


def test_an_unknown_name_is_refused() -> None:
    with pytest.raises(kinds.UnknownKind, match=r"^tests\.typo$"):
        kinds.find("tests.typo")
