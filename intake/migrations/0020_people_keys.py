"""The keys by which contacts and organisations from before there were such keys are found."""

from django.db import migrations

from intake import addresses, names

AT_ONCE = 1000


def _name_keys(key):
    return {"latin_key": names.latin_key(key), "sound_key": names.sound_key(key)}


def _of_organisation(row):
    return _name_keys(names.plain_key(row.name))


def _of_contact(row):
    return _name_keys(names.person_key(row.full_name)) | {
        "mailbox_key": addresses.mailbox_key(row.email),
        "domain": addresses.house_domain(row.email),
    }


def fill(apps, schema_editor):
    for model, keys_of in (("Organisation", _of_organisation), ("Contact", _of_contact)):
        rows = apps.get_model("intake", model).objects
        last = 0
        while batch := list(rows.filter(pk__gt=last).order_by("pk")[:AT_ONCE]):
            for row in batch:
                vars(row).update(keys_of(row))
            rows.bulk_update(batch, list(keys_of(batch[0])))
            last = batch[-1].pk


class Migration(migrations.Migration):
    dependencies = [("intake", "0019_merging")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
