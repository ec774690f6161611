from typing import Any

from django.core.management.base import BaseCommand

from briefs.gazetteer import loading


class Command(BaseCommand):
    """Safe to run again, and after every upgrade."""

    help = "Load the African places of GeoNames. What staff made or changed is left alone."

    def handle(self, *args: Any, **options: Any) -> None:
        counts = loading.load_gazetteer()
        self.stdout.write(", ".join(f"{n} {what}" for what, n in counts._asdict().items()))
