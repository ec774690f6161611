from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import migrations

from accounts.later_migrations import without_pending_list


def _by_letters(model: str, key: str) -> tuple[str, GinIndex]:
    of_letters = OpClass(f"{key}_key", "gin_trgm_ops")
    return model, GinIndex(of_letters, name=f"{model}_{key}", fastupdate=False)


def _of_list(model: str, field: str, name: str) -> tuple[str, GinIndex]:
    return model, GinIndex(fields=[field], name=name, fastupdate=False)


# Each is asked for each lead: who and what is near. What was written lately stood in a list that every search read from
# end to end, 40 pages of it, which took ten times as long as the index.
_ASKED_FOR_EACH_LEAD = [
    *(_by_letters(model, key) for model in ("organisation", "contact", "partyname") for key in ("latin", "sound")),
    _of_list("partyname", "words", "partyname_words"),
    _of_list("partyname", "initials", "partyname_initials"),
]


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("intake", "0009_older_files")]

    operations = [
        operation for model, index in _ASKED_FOR_EACH_LEAD for operation in without_pending_list(model, index)
    ]
