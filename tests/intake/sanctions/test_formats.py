import tracemalloc
from datetime import date

import pytest

from intake.sanctions import formats
from intake.sanctions.entries import BadFile, Listed, ListedName
from tests.intake.sanctions.files import path_of
from tests.intake.sanctions.loads import un_file


def read(code: str, name: str):
    with formats.open_file(code, path_of(name)) as reading:
        return reading, list(reading.entries)


def refused(code: str, path) -> str:
    with pytest.raises(BadFile) as error, formats.open_file(code, path) as reading:
        list(reading.entries)
    return str(error.value)


def texts(entry: Listed, *, weak: bool) -> list[str]:
    return [name.text for name in entry.names if name.is_weak == weak]


def test_united_nations():
    reading, (amri, mkhwebu, sahel) = read("un", "un.xml")

    assert reading.published_on == date(2026, 11, 20)
    assert amri == Listed(
        uid="9900001",
        kind="individual",
        names=(
            ListedName("MOHAMED HASSAN EL-AMRI", is_primary=True),
            ListedName("محمد حسن العامري"),
            ListedName("Muhammad Hasan Amiri"),
            ListedName("Mohamed Amri"),
            ListedName("Abu Samir", is_weak=True),
        ),
        reference="TSi.001",
        born=("1971-05-06", "1969-1972"),
        birth_places=("Sebha, Libya",),
        countries=("LY", "CD"),
        identifiers=("Passport: XX000001 (Libya)",),
        programmes=("Testland",),
        listed_on=date(2021, 3, 4),
    )
    assert (mkhwebu.born, mkhwebu.countries, mkhwebu.identifiers) == ((), (), ())
    assert (sahel.kind, sahel.name, sahel.countries) == (
        "entity",
        "SAHEL HORIZON TRADING COMPANY LIMITED",
        ("ML",),
    )


def test_european_union():
    reading, (person, body) = read("eu", "eu.xml")

    assert reading.published_on == date(2026, 11, 19)
    assert (person.uid, person.reference, person.kind) == ("9901", "EU.9901.01", "individual")
    assert person.name == "Sergei Vladimirovich KOVALENKOV"  # the English one, wherever it stands
    assert texts(person, weak=False)[1:] == [
        "Sergej Wladimirowitsch Kowalenkow",
        "Сергей Владимирович Коваленков",
    ]
    assert texts(person, weak=True) == ["Seryozha", "Grey Wolf"]
    assert (person.born, person.countries) == (("1961-10-07",), ("RU",))
    assert person.birth_places == ("Tver, Russian Federation",)
    assert person.identifiers == ("National passport: 99-0001",)
    assert (person.programmes, person.listed_on) == (("TST",), date(2022, 2, 25))
    assert (body.kind, body.countries, body.listed_on) == ("entity", ("ML",), date(2023, 5, 5))


def test_united_states():
    reading, (person, vessel, body) = read("us-sdn", "us-sdn.xml")

    assert (reading.published_on, reading.stated_count) == (date(2026, 11, 18), 3)
    assert texts(person, weak=False) == ["Youssef Qassem AL-TARHUNI", "Yusuf Kasim TARHOUNI"]
    assert texts(person, weak=True) == ["SCORPION"]
    assert (person.born, person.birth_places) == (("1968-12-10", "1967"), ("Tarhuna, Libya",))
    assert (person.countries, person.programmes) == (("LY",), ("TEST1", "TEST2"))
    assert (vessel.kind, vessel.countries) == ("vessel", ("KM",))
    assert vessel.identifiers == ("Vessel Registration Identification: IMO 0000001",)
    assert (body.kind, texts(body, weak=False)[1]) == ("entity", "CROWN OASIS FUELS")
    assert read("us-consolidated", "us-consolidated.xml")[1][0].name == "NORD-WIND SHIPPING"


def test_united_kingdom_says_the_same_as_xml_and_as_a_table():
    xml, (person, ship) = read("uk", "uk.xml")
    table, (same_person, same_ship) = read("uk", "uk.csv")

    assert (xml.published_on, table.published_on) == (date(2026, 11, 20), date(2026, 11, 21))
    assert (person.uid, person.name, person.reference) == (
        "TST0006",
        "JOAO CONCEICAO MATSINHE",
        "TSi.003",
    )
    assert texts(person, weak=True) == ["Chico Grande"]
    assert "جواو ماتسينيه" in texts(person, weak=False)
    assert (person.born, person.countries) == (("1975", "1978-03-01"), ("MZ",))
    assert person.identifiers == ("Passport: ZZ000001", "National identifier: 000-12345")
    same = ("uid", "name", "kind", "born", "countries", "identifiers", "birth_places", "listed_on")
    for one, other in ((person, same_person), (ship, same_ship)):
        assert [getattr(one, name) for name in same] == [getattr(other, name) for name in same]
    assert (ship.kind, ship.identifiers) == ("vessel", ("IMO: IMO0000002",))


def test_united_kingdom_before_2026():
    reading, (person, body) = read("uk-ofsi", "uk-ofsi.csv")

    assert reading.published_on == date(2026, 1, 28)
    assert (person.uid, person.name, person.born) == ("98001", "Moussa Diawara KONE", ("1966",))
    assert texts(person, weak=True) == ["Musa KONEY"]
    assert person.identifiers == ("Passport: AA000001", "Passport: AA000002")
    assert (body.kind, body.countries) == ("entity", ("SD",))


@pytest.mark.parametrize(
    ("code", "name", "said"),
    [
        ("un", "eu.xml", "begins with <export>, not with <CONSOLIDATED_LIST>"),
        ("us-sdn", "uk.csv", "read as XML"),
        ("uk-ofsi", "uk.xml", "read as CSV"),
        ("uk-ofsi", "uk.csv", "no columns “group id”"),
    ],
)
def test_a_file_of_another_list_is_refused(code, name, said):
    assert said in refused(code, path_of(name))


@pytest.mark.parametrize("name", ["un.xml", "eu.xml", "us-sdn.xml", "uk.xml", "uk.csv"])
@pytest.mark.parametrize("part", [0, 0.4, 0.95])
def test_a_file_that_breaks_off_is_refused(tmp_path, name, part):
    whole = path_of(name).read_bytes()
    cut = tmp_path / name
    cut.write_bytes(whole[: int(len(whole) * part)])

    said = refused(name.partition(".")[0], cut)

    assert ("empty" if part == 0 else "Fetch it again") in said


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (
            '<!DOCTYPE x [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]><CONSOLIDATED_LIST dateGenerated="2026-01-01">&b;',
            "document type",
        ),
        (
            '<!DOCTYPE x SYSTEM "file:///etc/passwd"><CONSOLIDATED_LIST dateGenerated="2026-01-01"/>',
            "document type",
        ),
        ("<CONSOLIDATED_LIST/>", "does not say when"),
        ('<CONSOLIDATED_LIST dateGenerated="soon"/>', "does not say when"),
        ("<html><body>Not found</body></html>", "begins with <html>"),
        ("<" + "a>" * 100, "begins with <a>"),
        ('<CONSOLIDATED_LIST dateGenerated="2026-01-01">' + "<a>" * 100, "nests"),
        (
            '<CONSOLIDATED_LIST dateGenerated="2026-01-01"><A><ENTITY><DATAID>1</DATAID></ENTITY></A>',
            "has no name",
        ),
    ],
)
def test_hostile_and_broken_xml_is_refused(tmp_path, body, said):
    path = tmp_path / "un.xml"
    path.write_text(body)

    assert said in refused("un", path)


def test_memory_holds_one_record_whatever_the_size_of_the_file(tmp_path):
    def peak(number: int) -> int:
        people = {str(n): f"Person Number {n} Invented" for n in range(number)}
        path = un_file(tmp_path / "un.xml", people, COMMENTS1="An invented person. " * 20)
        del people
        tracemalloc.start()
        with formats.open_file("un", path) as reading:
            assert sum(1 for _ in reading.entries) == number
        found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return found

    few = peak(500)

    assert peak(5_000) < 2 * few


def test_a_table_that_is_no_text_is_refused(tmp_path):
    path = tmp_path / "uk.csv"
    path.write_bytes(b"Report Date: 21-Nov-2026\nUnique ID,Name 6\nA,\xff\xfe\n")
    assert "UTF-8" in refused("uk", path)

    table = path_of("uk.csv").read_bytes()
    path.write_bytes(table[:-30] + b"\0" + table[-30:])
    assert "NUL characters" in refused("uk", path)


def test_a_count_of_thousands_of_digits_is_one_like_any_other(tmp_path):
    path = tmp_path / "us-sdn.xml"
    text = path_of("us-sdn.xml").read_text()
    path.write_text(text.replace("<Record_Count>3", f"<Record_Count>{'9' * 5000}"))

    with formats.open_file("us-sdn", path) as reading:
        assert reading.stated_count == 999_999_999_999
