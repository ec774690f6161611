from typing import Any

import environ
from django.core.management.base import BaseCommand, CommandError

from seeds import world


class Command(BaseCommand):
    """For demos and trials only: every account gets the same password."""

    help = "Load the demo world. The accounts get the password in DEMO_PASSWORD."

    def handle(self, *args: Any, **options: Any) -> None:
        password = environ.Env().str("DEMO_PASSWORD", default="")
        if len(password) < 12:
            raise CommandError(
                "Set DEMO_PASSWORD to at least 12 characters; every demo account gets it."
            )
        counts = world.load(password=password)
        self.stdout.write(", ".join(f"{count} {name}" for name, count in counts.items()))
