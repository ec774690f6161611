"""The lists, how old they are, and what that means."""

from datetime import datetime
from typing import Any

from django.utils import timezone

from briefs import prepared
from intake.models import ListCode, SanctionsList


def all_lists() -> list[SanctionsList]:
    """Every list that can be loaded, in the order of `ListCode`; makes the rows that are not there yet."""
    found = {one.code: one for one in SanctionsList.objects.select_related("loaded_by")}
    missing = [code for code in ListCode.values if code not in found]
    if missing:
        rows = [SanctionsList(code=code) for code in missing]
        SanctionsList.objects.bulk_create(rows, ignore_conflicts=True)
        found = {one.code: one for one in SanctionsList.objects.select_related("loaded_by")}
    return [found[code] for code in ListCode.values]


def loaded() -> list[SanctionsList]:
    """The lists that names are looked for on, in one statement."""
    return loaded_of(prepared.fetch(*asked_loaded()))


def asked_loaded() -> prepared.Asked:
    """What asks for them, for who sends it together with other questions."""
    return _LOADED.asked()


def loaded_of(answer: list[tuple[Any, ...]]) -> list[SanctionsList]:
    """The lists that were answered to `asked_loaded`."""
    order = list(ListCode.values)
    return sorted(_LOADED.rows(answer).objects(), key=lambda one: order.index(one.code))


_LOADED = prepared.Prepared(
    lambda: SanctionsList.objects.filter(loaded_at__isnull=False, is_used=True)
)


def stale(now: datetime | None = None) -> list[SanctionsList]:
    """Loaded lists that are older than they may be."""
    now = now or timezone.now()
    return [one for one in loaded() if one.is_stale(now)]


def as_recorded(one: SanctionsList) -> dict[str, Any]:
    """A list as a screening records it."""
    assert one.published_on is not None
    assert one.loaded_at is not None
    return {
        "code": one.code,
        "name": str(one),
        "published_on": one.published_on.isoformat(),
        "loaded_at": one.loaded_at.isoformat(),
        "sha256": one.sha256,
    }
