from typing import Any

from django.core.management.base import BaseCommand

from accounts.models import Erasure
from intake import erasing_again


class Command(BaseCommand):
    """To take the list apart from the database, where ERASURE_LIST is not on a disk that outlives it."""

    help = (
        "Print every erasure as a line of JSON, without personal data, as replay_erasures reads it."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        for erasure in Erasure.objects.order_by("pk").iterator():
            self.stdout.write(erasing_again.line_of(erasure))
