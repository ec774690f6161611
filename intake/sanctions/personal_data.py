"""The erasure map of sanctions: listed people are on public lists; what was looked for is a client's."""

from accounts.erasure_map import declare
from intake.models import (
    SanctionsEntry,
    SanctionsFile,
    SanctionsList,
    SanctionsName,
    SanctionsScreening,
)

declare(
    SanctionsScreening,
    of=lambda person: SanctionsScreening.objects.filter(lead__in=person.leads),
    erase={"names": [], "matches": [], "digest": "0" * 64},
    none="id lead screened_at outcome lists",
    withheld=dict.fromkeys(
        ("names", "matches", "digest", "outcome"),
        "The house's own check against public lists; the law lets nobody be warned by it.",
    ),
)
# Listed people: public lists that their publishers keep, needed as they are to obey the law. Nobody is taken off them
# here; whoever asks is shown to the publisher, and the next file of the list is what changes a row.
declare(
    SanctionsList,
    staff="loaded_by",
    none="id code is_used max_age_days published_on loaded_at confirmed_at source"
    " sha256 keys_version entry_count name_count",
)
declare(
    SanctionsFile,
    staff="sent_by",
    none="id of_list name sha256 body may_shrink older_because sent_at state outcome read_at",
)
declare(
    SanctionsEntry,
    none="id of_list uid reference kind name born birth_places countries identifiers programmes"
    " listed_on digest changed_at",
)
declare(SanctionsName, none="id entry name quality latin_key sound_key sounds")
