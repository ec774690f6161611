"""The erasure map of holds, walls and the register of engagements."""

from django.db.models import Case, Q, QuerySet, Value, When

from accounts.erasure_map import ERASED, Person, declare
from intake.erasable_leads import NOTES, of_leads
from intake.models import ConflictCheck, Engagement, Hold, Party, PartyName, Wall

REGISTER = "So that the house does not act against a client, or for both sides: as long as the register is kept."

declare(
    Hold,
    of=of_leads(Hold),
    erase={
        "found": ERASED,
        "matches": [],
        "reason": Case(When(decision="open", then=Value("")), default=Value(ERASED)),
    },
    staff="reviewer decided_by",
    none="id lead kind opened_at decision decided_at",
    # Which check it was, and how it ended, would warn whoever is on a list of sanctions.
    withheld=dict.fromkeys(
        ("found", "matches", "reason", "kind", "decision"),
        "The house's own check, which names others: their confidence comes first.",
    ),
)
declare(
    ConflictCheck,
    of=of_leads(ConflictCheck),
    erase={"near": []},
    none="id lead checked_at",
    withheld={"near": "As the hold's."},
)


def _walls_of(person: Person) -> QuerySet[Wall]:
    """Before their requests, and before an organisation for which nobody else speaks: a reason may name them."""
    return Wall.objects.filter(Q(lead__in=person.leads) | Q(organisation__in=person.organisations))


declare(
    Wall,
    of=_walls_of,
    erase={"reason": ERASED, "lifted_because": Case(When(lifted_because="", then=Value("")), default=Value(ERASED))},
    staff="user by lifted_by",
    none="id lead organisation engagement hold starts_at ends_at",
    withheld=dict.fromkeys(("reason", "lifted_because"), NOTES),
)  # fmt: skip
declare(
    Engagement,
    of=of_leads(Engagement),
    keep={
        "name": REGISTER,
        "subject": REGISTER,
        "starts_on": REGISTER,
        "ends_on": REGISTER,
    },
    staff="created_by",
    none="id lead created_at",
    withheld=dict.fromkeys(("name", "subject"), NOTES),
)
declare(Engagement.people.through, staff="user", none="id engagement")
declare(
    Party,
    of=of_leads(Party, "engagement__lead"),
    keep=dict.fromkeys(("name", "aliases", "country"), REGISTER),
    none="id engagement role organisation parent",
    withheld=dict.fromkeys(("name", "aliases"), "Others than the person stand there too."),
)
declare(
    PartyName,
    of=of_leads(PartyName, "party__engagement__lead"),
    keep=dict.fromkeys(("name", "latin_key", "sound_key", "words", "initials"), REGISTER),
    none="id party",
    withheld=dict.fromkeys(
        ("name", "latin_key", "sound_key", "words", "initials"), "As the party."
    ),
)
declare(Hold.concerned.through, staff="user", none="id hold")
