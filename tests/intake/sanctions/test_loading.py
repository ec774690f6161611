from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command

from intake.models import SanctionsEntry, SanctionsFile, SanctionsList, SanctionsName
from intake.sanctions import comparing, lists
from jobs.models import Job
from tests import racing
from tests.intake.sanctions.files import path_of
from tests.intake.sanctions.loads import FILES, NOW, days, load, un_file


@pytest.fixture
def people(tmp_path):
    """Writes a file of so many people."""

    def write(number: int, day: date = date(2026, 11, 20), name: str = "un.xml", **changed: str):
        rows = {str(n): f"Person Number {n} Invented" for n in range(number)} | changed
        return un_file(tmp_path / name, rows, day)

    return write


def refused(**options) -> tuple[str, str]:
    """The code and the words of a refusal, after which the list is as it was."""
    before = _state()
    with pytest.raises(ValidationError) as error:
        load(**options)
    assert _state() == before
    return error.value.code, error.value.messages[0]


def _state() -> list:
    rows = SanctionsEntry.objects.order_by("pk").values_list("pk", "uid", "digest", "changed_at")
    names = SanctionsName.objects.order_by("pk").values_list("pk", "name")
    found = SanctionsList.objects.exclude(sha256="").order_by("pk")
    return [list(rows), list(names), list(found.values())]


@pytest.mark.django_db
def test_each_list_is_loaded_with_its_date():
    loaded = {code: load(code) for code in FILES}

    counts = {code: (one.list.entry_count, one.list.name_count) for code, one in loaded.items()}
    assert counts == {
        "un": (3, 9), "eu": (2, 6), "us-sdn": (3, 6), "us-consolidated": (1, 1), "uk": (2, 6), "uk-ofsi": (2, 3),
    }  # fmt: skip
    assert loaded["un"].in_words == (
        "United Nations Security Council of 20 November 2026 is loaded: 3 entries with 9 names "
        "(3 new, 0 changed, 0 gone)."
    )
    row = SanctionsEntry.objects.get(of_list__code="un", uid="9900001")
    assert (row.name, row.countries, row.listed_on) == (
        "MOHAMED HASSAN EL-AMRI",
        ["LY", "CD"],
        date(2021, 3, 4),
    )
    assert Job.objects.filter(kind="intake.screen_again").count() == 6


@pytest.mark.django_db
def test_the_same_file_again_only_says_that_there_is_none_newer():
    load()
    before = _state()[:2]

    again = load(now=NOW + days(3))

    assert not again.is_new
    assert "loaded already: the same file" in again.in_words
    assert again.list.confirmed_at == NOW + days(3)
    assert _state()[:2] == before
    assert Job.objects.filter(kind="intake.screen_again").count() == 1


@pytest.mark.django_db
def test_a_new_file_replaces_the_list_and_leaves_alone_what_did_not_change(people):
    load(path=people(30))
    before = dict(SanctionsEntry.objects.values_list("uid", "pk"))

    result = load(path=people(29, date(2026, 11, 21), **{"5": "Somebody Else", "new": "New One"}))

    assert (result.added, result.changed, result.removed) == (1, 1, 1)
    after = dict(SanctionsEntry.objects.values_list("uid", "pk"))
    assert after == {uid: pk for uid, pk in before.items() if uid != "29"} | {"new": after["new"]}
    assert SanctionsName.objects.get(entry__uid="5").name == "Somebody Else"
    assert SanctionsName.objects.count() == 30


@pytest.mark.django_db
def test_what_is_refused_leaves_the_list_as_it_was(people, tmp_path):
    load(path=people(300))
    cut = tmp_path / "cut.xml"
    cut.write_bytes(people(600, date(2026, 11, 21), name="whole.xml").read_bytes()[:-40])
    none = un_file(tmp_path / "none.xml", {}, date(2026, 11, 21))
    twice = tmp_path / "twice.xml"
    twice.write_text(people(400, name="a.xml").read_text().replace("<DATAID>7<", "<DATAID>399<"))
    fewer = tmp_path / "fewer.xml"
    fewer.write_text(path_of("us-sdn.xml").read_text().replace("Count>3<", "Count>4<"))

    assert refused(path=cut)[0] == "broken"
    assert refused(path=none) == (
        "broken",
        "The file holds no entry. The list was left as it was.",
    )
    assert "same number" in refused(path=twice)[1]
    assert "holds 4 entries, but has 3" in refused(code="us-sdn", path=fewer)[1]
    assert refused(path=people(300, date(2026, 11, 19), "old.xml"))[0] == "older"
    assert "still to come" in refused(path=people(300, date(2027, 1, 1), "next.xml"))[1]
    assert refused(path=people(269, date(2026, 11, 21), "small.xml"))[0] == "shrinks"
    assert load(path=people(270, date(2026, 11, 21), "less.xml")).removed == 30
    assert (
        load(path=people(2, date(2026, 11, 22), "two.xml"), may_shrink=True).list.entry_count == 2
    )


@pytest.mark.django_db
def test_other_keys_read_the_same_file_anew(monkeypatch):
    load()
    SanctionsName.objects.update(latin_key="")
    monkeypatch.setattr(comparing, "VERSION", comparing.VERSION + 1)

    assert load().is_new
    assert not SanctionsName.objects.filter(latin_key="").exists()


@pytest.mark.django_db
def test_a_list_becomes_stale_by_its_own_date(people):
    one = load(path=people(2)).list  # of 20 November

    assert not one.is_stale(NOW + days(5))
    assert one.is_stale(NOW + days(6))
    assert lists.stale(NOW + days(6)) == [one]


@pytest.mark.django_db
def test_the_same_file_counts_as_current_for_a_month_at_most(people):
    path = people(2)
    load(path=path)

    assert not load(path=path, now=NOW + days(10)).list.is_stale(NOW + days(16))
    assert load(path=path, now=NOW + days(60)).list.is_stale(NOW + days(60))


@pytest.mark.django_db
def test_a_list_that_is_not_in_use_is_not_there():
    load()
    SanctionsList.objects.update(is_used=False)

    assert lists.loaded() == []


@pytest.mark.django_db
def test_the_command_says_what_came_of_it(capsys):
    call_command("load_sanctions", "eu", str(path_of("eu.xml")))

    assert "European Union of 19 November 2026 is loaded: 2 entries" in capsys.readouterr().out
    with pytest.raises(CommandError, match="not of this list"):
        call_command("load_sanctions", "un", str(path_of("eu.xml")))
    with pytest.raises(CommandError, match=r"cannot be read: No such file"):
        call_command("load_sanctions", "un", "/nowhere.xml")


@pytest.mark.django_db
def test_the_command_uses_an_older_file_for_a_reason_that_stays_on_record(people, capsys):
    load(path=people(3, date(2026, 11, 21), "wrong.xml"))
    right = str(people(300, date(2026, 11, 20), "right.xml"))
    for without in ([], ["--older-because", " "]):
        with pytest.raises(CommandError, match="why"):
            call_command("load_sanctions", "un", right, *without)
    assert (SanctionsEntry.objects.count(), SanctionsFile.objects.count()) == (3, 0)

    for _ in range(2):
        call_command("load_sanctions", "un", right, "--older-because", "A file of tests.")

    kept = SanctionsFile.objects.get()
    assert (kept.name, kept.state, kept.sent_by) == ("right.xml", "loaded", None)
    assert kept.outcome.startswith(
        "United Nations Security Council of 20 November 2026 is loaded instead of that of 21 November 2026: 300 "
    )
    assert kept.outcome.endswith(" Because: A file of tests.")
    assert "instead of that of 21 November" in capsys.readouterr().out


@pytest.mark.django_db(transaction=True)
def test_two_at_once_load_it_once():
    results = racing.race(lambda: load().is_new, lambda: load().is_new)

    assert sorted(results) == [False, True]
    assert SanctionsEntry.objects.count() == 3
