"""Who the generated leads come from: organisations and people with names in four languages, with the keys of the verbs.

A third of the leads are from people who asked before. The same in every run.
"""

import random
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from typing import Any

import psycopg

from tests.bench import loading
from tests.bench.texts import SYLLABLES, Writer

Row = tuple[Any, ...]
LANGUAGES = ("en", "en", "en", "fr", "fr", "pt", "ar")  # of people and of what they write
TEXTS = 8_000  # halves of requests in each language; two make one
_FIRST = {
    "en": "Adam Amina Grace Ibrahim Joseph Mercy Naomi Peter Ruth Samuel Sarah Thomas",
    "fr": "Awa Céline Fatou Hélène Issa Jérôme Koffi Léa Moussa Noémie Oumar Zoé",
    "pt": "Ângela Armando Beatriz Conceição Dinis Helena João Júlia Mário Nélson Paulo Simão",
    "ar": "أمينة حسن خديجة سعيد عائشة عمر فاطمة كريم ليلى محمد مريم يوسف",
}
_BUSINESS = {
    "en": ("{} Mining Limited", "{} Logistics", "{} Relief", "Bank of {}", "{} & Sons Ltd"),
    "fr": ("Société {} SARL", "Transports {}", "Fondation {}", "{} Énergie SA", "Groupe {}"),
    "pt": ("{} Construções Lda", "Porto de {}", "Grupo {}", "{} Pescas", "Águas de {}"),
    "ar": ("شركة {} للنقل", "مصرف {}", "جمعية {}", "{} للتعدين", "مؤسسة {}"),
}
_MADE_AT = datetime(2021, 1, 1, tzinfo=UTC)
_ORGANISATION = "id name name_key latin_key sound_key created_at"
_CONTACT = (
    "id full_name email email_key mailbox_key domain latin_key sound_key phone job_title"
    " organisation_id created_at"
)


def houses_of(leads: int) -> int:
    """How many organisations there are for so many leads."""
    return max(2, leads // 5)


def people_of(leads: int) -> int:
    """How many people."""
    return max(2, leads * 7 // 10)


def load(database_url: str, leads: int) -> None:
    """Put them in behind the first of each, which the verbs have made; and the texts, in a table of the benchmark's."""
    parts = [(kind, start, step) for kind in (_houses, _people) for start, step in ((0, 2), (1, 2))]
    with ProcessPoolExecutor(2) as pool:
        futures = [pool.submit(_load_part, database_url, leads, *part) for part in parts]
        futures.append(pool.submit(_load_texts, database_url))
        for future in futures:
            future.result()


def _load_part(database_url: str, leads: int, make: Any, start: int, step: int) -> None:
    table, columns = _TABLES[make]
    with psycopg.connect(database_url) as db:
        db.execute("SET session_replication_role = replica")
        db.execute("SET synchronous_commit = off")
        loading.copy(db, table, columns, make(leads, start, step))


def _load_texts(database_url: str) -> None:
    with psycopg.connect(database_url) as db:
        db.execute("CREATE UNLOGGED TABLE bench_text (language text, n int, half text)")
        loading.copy(db, "bench_text", "language n half", _halves())
        db.execute("CREATE INDEX ON bench_text (language, n)")


def _halves() -> Iterator[Row]:
    for language in dict.fromkeys(LANGUAGES):
        writer, chance = Writer(language), random.Random(f"halves {language}")
        for n in range(TEXTS):
            yield language, n, " ".join(chance.choices(writer.sentences, k=2))


def _houses(leads: int, start: int, step: int) -> Iterator[Row]:
    from intake.models import Organisation

    chance = random.Random(f"houses {start}")
    for n in range(2 + start, houses_of(leads) + 1, step):
        language = LANGUAGES[n % len(LANGUAGES)]
        name = f"{chance.choice(_BUSINESS[language]).format(_made_up(language, chance))} {n}"
        keys = Organisation.keys_of(name)
        yield n, name, keys["name_key"], keys["latin_key"], keys["sound_key"], _MADE_AT


def _people(leads: int, start: int, step: int) -> Iterator[Row]:
    from intake.models import Contact

    chance = random.Random(f"people {start}")
    for n in range(2 + start, people_of(leads) + 1, step):
        language = LANGUAGES[n % len(LANGUAGES)]
        first, family = chance.choice(_FIRST[language].split()), _made_up(language, chance)
        house = (
            chance.randint(1, houses_of(leads)) if n % 5 else None
        )  # others write from free mail
        email = f"person{n}@house{house}.example" if house else f"person{n}@mailbox.example"
        keys = Contact.keys_of(f"{first} {family}", email)
        domain = keys["domain"] if house else ""
        yield (
            n, f"{first} {family}", email, keys["email_key"], keys["mailbox_key"], domain, keys["latin_key"],
            keys["sound_key"], "", "", house, _MADE_AT,
        )  # fmt: skip


def _made_up(language: str, chance: random.Random) -> str:
    return "".join(chance.choices(SYLLABLES[language].split(), k=chance.randint(2, 4))).capitalize()


_TABLES = {_houses: ("intake_organisation", _ORGANISATION), _people: ("intake_contact", _CONTACT)}
