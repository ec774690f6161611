from django.db import migrations, models
from django.db.models import Q

from accounts.later_migrations import new_index


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("mail", "0002_long_lists")]

    operations = [
        *new_index("message", models.Index(fields=["template", "-created_at", "-id"], name="message_template_newest")),
        *new_index("message", models.Index(fields=["language", "-created_at", "-id"], name="message_language_newest")),
        *new_index(
            "message",
            models.Index(fields=["created_at", "id"], name="message_words", condition=~Q(reference="") & ~Q(text="")),
        ),
    ]
