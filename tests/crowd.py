"""Who asks in benchmarks and fault runs: a thousand houses, each client with words of their own; or one house alone.

Columns as SQL, by the number `n` of a lead. Nobody here exists: names are put together from words of this page.
"""

import psycopg
from psycopg.rows import dict_row

FIRST = """
    Acacia Baobab Cedar Delta Ebony Falcon Garnet Harbour Indigo Jasmine Karoo Lagoon Marula Nimba Ochre Papyrus Quartz
    Rift Savanna Tamarind Umber Volta Wadi Xeric Yarrow Zebu Amber Basalt Coral Dune Estuary Fern Granite Heron Ivory
    Jade Kestrel Lotus Mangrove Nectar
"""
TRADE = """
    Mining Relief Logistics Energy Airways Foods Telecom Shipping Insurance Seeds Health Water Textiles Solar Rail
    Timber Advisory Capital Press Foundation Cement Ports Fisheries Roads Broadcasting
"""
GIVEN = """
    Ada Bintou Chidi Dalila Efua Farid Grace Hamid Imani Jonas Kofi Lina Moussa Nadia Omar Paula Rachid Salma Thabo
    Umaru Vera Wanjiru Yara Zola Anouk Boris Clara Dirk Elena Frida
"""
FAMILY = """
    Abara Belloum Chirwa Danjuma Eshetu Fofan Gatete Hassoun Ilunga Jallo Kamara Lokossa Mbeki Nduka Okafor Phiri
    Quaye Rwema Sesay Tembo Uwase Vandi Warsame Yeboah Zerbo Andersen Bauer Costa Dubois Eriksen
"""
PLACES = """
    Bamako Gao Niamey Agadez Ouagadougou Djibo Maiduguri Kano N'Djamena Goma Bukavu Beni Kampala Juba Malakal Mogadishu
    Kismayo Pemba Palma Nampula Bangui Bria Khartoum Tunis Tripoli Lagos Accra Cotonou Lomé Abidjan
"""
# Of each text twelve, so that it has about a thousand characters; @ is a place.
SENTENCES = """
    We plan a visit of four engineers and two drivers to @ in the second half of the month.
    Our insurer asks for a written assessment of the route between @ and the site before anybody travels.
    The team has worked in the region before, but not since the last change of government.
    We would like to know which armed groups have been active near @ during the last ninety days.
    Our partner there has a compound with a wall, two guards at night and no safe room.
    Please tell us how long such a study takes and what you would need from our side.
    We have heard of roadblocks outside @ and of extortion at some of them.
    Two of our staff are nationals and will stay on after the others have left.
    The convoy would leave at dawn and must reach @ before the curfew begins.
    We are interested in a monthly briefing for the board, with a map and an outlook.
    A tender closes at the end of the quarter, and we have to price the cost of security into it.
    Can you advise on how to vet a local company that offers vehicles in @?
    We need training for journalists who will travel without an escort.
    Communications there fail for days, so we think about satellite phones.
    The nearest hospital that our doctors would accept is in @.
    We have no office in the country and rely on a small foundation for permits.
    The elections are a concern for us, above all in @ and the districts around it.
    What would change your view of the risk, and how often do you look at it again?
"""


def _one_of(words: list[str], place: str) -> str:
    """The SQL of one of these."""
    listed = "|".join(words).replace("'", "''")
    return f"(string_to_array('{listed}', '|'))[1 + ({place}) % {len(words)}]"


def _drawn(salt: str, n: str = "n") -> str:
    """The SQL of a number that is the same for the same lead and looks like chance."""
    return f"abs(hashint8(({n}) * 7919 + {salt})::bigint)"


# Every fourth lead is of the same person as the one before it.
_PERSON = "(n - (n % 4 = 0)::int)"
_HOUSES = len(FIRST.split()) * len(TRADE.split())
_HOUSE = f"({_drawn('1', _PERSON)} % {_HOUSES})"
_NAME = f"{_one_of(FIRST.split(), _HOUSE)} || ' ' || {_one_of(TRADE.split(), f'{_HOUSE} / {len(FIRST.split())}')}"
_SENTENCE = _one_of([line.strip() for line in SENTENCES.strip().splitlines()], _drawn("k * 100"))
_TEXT = (
    f"(SELECT string_agg(replace({_SENTENCE}, '@', {_one_of(PLACES.split(), _drawn('k'))}), ' ')"
    " FROM generate_series(1, 12) AS k)"
)
MANY_HOUSES = {
    "organisation": _NAME,
    "email": f"'client' || {_PERSON} || '@house' || {_HOUSE} || '.example'",
    "full_name": f"{_one_of(GIVEN.split(), _drawn('2', _PERSON))} || ' ' || "
    + _one_of(FAMILY.split(), _drawn("3", _PERSON)),
    "needs": _TEXT,
}
# Whoever sends once: a wait is found by its address.
EACH_ONCE = MANY_HOUSES | {"email": f"'client' || n || '@house' || {_HOUSE} || '.example'"}
ONE_HOUSE = {
    "email": "'client' || n || '@client.example'",
    "full_name": "'Client Number ' || n",
    "needs": f"{_TEXT} || ' This is journey number ' || n",
}


def words(database_url: str, count: int, who: dict[str, str]) -> list[dict[str, str]]:
    """What the first so many of these send."""
    columns = ", ".join(f"{text} AS {name}" for name, text in who.items())
    query = f"SELECT {columns} FROM generate_series(1, {count}) AS n"
    with psycopg.connect(database_url, row_factory=dict_row) as db:
        return db.execute(query).fetchall()  # type: ignore[call-overload, no-any-return]
