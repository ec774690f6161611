"""Set up a house for a fault run: `python -m tests.chaos.founding` in its environment."""

import django
from django.core.management import call_command

ADVISERS = 3
ENDLESS = (
    30_000  # requests come by the hundred: nobody's capacity is to end while faults are looked at
)


def main() -> None:
    """Migrate, and employ three advisers and a desk."""
    django.setup()
    call_command("migrate", interactive=False, verbosity=0)
    call_command("sync_roles", verbosity=0)
    from tests.factories import AdviserFactory, DeskFactory

    DeskFactory()
    for _ in range(ADVISERS):
        AdviserFactory(capacity=ENDLESS)


if __name__ == "__main__":
    main()
