"""Each language, country and service of an adviser becomes a skill at the level "good"; hours are told in their zone."""

from django.db import migrations

_GOOD = 2


def fill(apps, schema_editor):
    """Rows from lists."""
    adviser_model, skill_model = (apps.get_model("intake", name) for name in ("Adviser", "Skill"))
    for adviser in adviser_model.objects.select_related("user"):
        skill_model.objects.bulk_create(
            skill_model(adviser=adviser, kind=kind, value=value, level=_GOOD)
            for kind, values in (
                ("language", adviser.languages),
                ("country", adviser.countries),
                ("service", adviser.services),
            )
            for value in dict.fromkeys(values)
        )
        adviser.time_zone = adviser.user.time_zone
        adviser.save(update_fields=["time_zone"])


class Migration(migrations.Migration):

    dependencies = [
        ("intake", "0010_advisers_and_rules"),
        ('accounts', '0002_user_time_zone'),
    ]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
