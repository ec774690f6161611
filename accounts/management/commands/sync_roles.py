from typing import Any

from django.core.management.base import BaseCommand

from accounts import roles


class Command(BaseCommand):
    """Run after every upgrade; safe to run twice."""

    help = "Give each role exactly the permissions that this version of Derisk defines."

    def handle(self, *args: Any, **options: Any) -> None:
        for name, count in roles.sync_roles().items():
            self.stdout.write(f"{name}: {count} permissions")
