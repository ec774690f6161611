"""What each process has PostgreSQL set for its connections."""

from config import upgrading


def options(process_name: str) -> str:
    """Settings of PostgreSQL for a process of this name, as libpq takes them. Nothing waits for ever."""
    limits = _UPGRADING if process_name == upgrading.PROCESS_NAME else _SERVING
    return " ".join([limits, _WORKING if process_name == "worker" else _PATIENCE, _FOR_ALL])


# A new index of a large table takes minutes; what stands in its way is still given up on, to be tried again.
_UPGRADING = "-c statement_timeout=0 -c idle_in_transaction_session_timeout=0"
_SERVING = "-c statement_timeout=8s -c idle_in_transaction_session_timeout=15s"
_PATIENCE = "-c lock_timeout=3s"
# A worker waits for another's fifty leads, a person does not so long. And it asks the same over and over, for one lead
# or for fifty: of that PostgreSQL takes lists to be long when it does not look at them, and planned a lead's reading
# anew each time, which took ten times as long as reading.
_WORKING = "-c lock_timeout=7s -c plan_cache_mode=force_generic_plan"
# No database of ours is on turning discs: with PostgreSQL's random_page_cost it reads whole tables rather than a
# thousand rows by index. Near enough for a misspelt word, and for a name to suggest (intake/resembling.py), not for
# more.
_FOR_ALL = (
    "-c random_page_cost=1.1"
    " -c pg_trgm.word_similarity_threshold=0.45 -c pg_trgm.similarity_threshold=0.5"
)
