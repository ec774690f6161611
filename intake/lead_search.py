"""Finding leads by what staff type: parts of a name, an address, an organisation or a reference, words of the text.

By indexes alone, whatever is typed: a part of who asks by its trigrams, a word of the text by its beginning.
"""

import re
from collections.abc import Collection
from typing import Any

from django.contrib.postgres.search import SearchQuery, SearchVector
from django.db import transaction
from django.db.models import Q, QuerySet, Value

from briefs.search_keys import search_key
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
    """Keep what these leads are found by as they are now; of those that were erased nothing is kept."""
    leads = Lead.objects.filter(pk__in=lead_ids, erased_at=None).select_related("enquiry")
    # Locked, so that an erasure comes before it or after it, and not between reading and keeping.
    locked = leads.select_for_update(of=("self",)).order_by("pk")
    found = locked.prefetch_related("corrections", "additions")
    LeadWords.objects.bulk_create(
        [_words_of(lead) for lead in found],
        update_conflicts=True,
        unique_fields=["lead"],
        update_fields=["who", "words"],
    )


def _words_of(lead: Lead) -> LeadWords:
    """Who asks, and what they wrote, as keys: what they corrected and added too."""
    enquiry = lead.enquiry
    told = [lead.reference, enquiry.full_name, enquiry.email, enquiry.organisation]
    told += [word for one in lead.corrections.all() for word in (one.full_name, one.email)]
    texts = [enquiry.needs, *(one.text for one in lead.additions.all())]
    who, text = search_key(" ".join(told)), search_key(" ".join(texts)[:_LONGEST])
    words = SearchVector(Value(f"{who} {text}"), config=_CONFIG)
    return LeadWords(lead=lead, who=who, words=words)


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
