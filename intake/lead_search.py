"""Finding leads by what staff type: parts of a name, an address, an organisation or a reference, words of the text.

By indexes alone, whatever is typed: a part of who asks by its trigrams, a word of the text by its beginning.
"""

import re
from collections.abc import Collection, Sequence
from functools import cache
from typing import Any

from django.contrib.postgres.search import SearchQuery
from django.db import transaction
from django.db.models import Q, QuerySet

from accounts import many
from accounts.inserting import insert
from briefs import prepared
from briefs.search_keys import search_key
from intake import locking
from intake.models import Lead, LeadWords
from intake.models.lead_queryset import LeadQuerySet

MOST_WORDS = 8  # of what is typed
_MANY = 1_000
_LONGEST = 100_000  # characters; PostgreSQL takes a megabyte of words
_TRIGRAM = 3
_REFERENCE = re.compile(r"[A-Za-z]-[0-9A-Za-z]{5}-[0-9A-Za-z]{5}")
_ADDRESS = re.compile(r"[^@]+@[^@]+\.[^@.]{2,}")
_CONFIG = "simple"


@transaction.atomic
def note_words(*, lead_ids: Collection[int]) -> None:
    """Keep what these leads are found by as they are now; of those that were erased nothing is kept. Three statements
    for fifty as for one.
    """
    # Locked, so that an erasure comes before it or after it, and not between reading and keeping.
    locking.lock(lead_ids)
    if rows := prepared.fetch(_TOLD, {"pks": list(lead_ids)}):
        prepared.store(_keep(), {"rows": many.sent(_words_of(*row) for row in rows)})


# Who asks, and what they wrote: what they corrected and added too.
_TOLD = prepared.Statement.written("""
    SELECT lead.id, ARRAY[lead.reference, enquiry.full_name, enquiry.email, enquiry.organisation] || ARRAY(
            SELECT word FROM intake_contactcorrection given, unnest(ARRAY[given.full_name, given.email]) AS word
            WHERE given.lead_id = lead.id ORDER BY given.id
        ), ARRAY[enquiry.needs] || ARRAY(SELECT text FROM intake_addition WHERE lead_id = lead.id ORDER BY id)
    FROM intake_lead lead JOIN intake_enquiry enquiry ON enquiry.id = lead.enquiry_id
    WHERE lead.id = ANY(%(pks)s::bigint[]) AND lead.erased_at IS NULL ORDER BY lead.id
""")
_KEPT = {"lead_id": "bigint", "who": "text", "words": "text"}


@cache
def _keep() -> prepared.Statement:
    values = {name: f"given.{name}" for name in _KEPT}
    values["words"] = f"to_tsvector('{_CONFIG}', given.words)"
    anew = "ON CONFLICT (lead_id) DO UPDATE SET who = excluded.who, words = excluded.words"
    kept = insert(LeadWords, values, rows="FROM given")
    return many.statement(_KEPT, last=f"{kept} {anew} RETURNING lead_id")


def _words_of(pk: int, told: Sequence[str], texts: Sequence[str]) -> dict[str, int | str]:
    """The row that is kept of a lead."""
    who, text = search_key(" ".join(told)), search_key(" ".join(texts)[:_LONGEST])
    return {"lead_id": pk, "who": who, "words": f"{who} {text}"}


def find(leads: LeadQuerySet, typed: str) -> LeadQuerySet:
    """Those in which each word that was typed is found; all where nothing was typed that could be.

    A reference leads to its lead alone, also in the moments before its words are kept.
    """
    if _REFERENCE.fullmatch(typed.strip()):
        return leads.filter(reference=typed.strip().upper())
    for word in _words(typed.replace("\0", ""))[:MOST_WORDS]:
        leads = leads.filter(_holds(word))
    return leads


def _words(typed: str) -> list[str]:
    """The words that tell something, as keys; an address is one, since its parts may stand in every other."""
    keys: list[str] = []
    for word in typed.split():
        key = search_key(word)
        keys += [key] if _ADDRESS.fullmatch(word) and " " in key else key.split()
    return [key for key in keys if len(key) > 1] or keys


def of_leads(rows: QuerySet[Any], typed: str) -> QuerySet[Any]:
    """The rows that belong to a lead in which it is found."""
    if not typed.strip():
        return rows
    found = find(Lead.objects.all(), typed)
    few = list(found.values_list("pk", flat=True)[: _MANY + 1])
    # Few are looked up; of many each page meets some soon in the order of the list.
    return rows.filter(lead__in=few if len(few) <= _MANY else found)


def _holds(word: str) -> Q:
    if " " in word:
        whole = " <-> ".join(f"'{part}'" for part in word.split())
        return Q(words__words=SearchQuery(whole, search_type="raw", config=_CONFIG))
    begins = SearchQuery(f"'{word}':*", search_type="raw", config=_CONFIG)
    found = Q(words__words=begins)
    # Of other letters PostgreSQL makes no trigrams in every locale, and reads the words of all leads instead.
    has_trigrams = len(word) >= _TRIGRAM and word.isascii()
    return found | Q(words__who__contains=word) if has_trigrams else found
