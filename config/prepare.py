"""Migrate, set the roles and load the demo world in one process, which saves starting Django three times.

Run by the demo: `python -m config.prepare`. Each step is an ordinary management command.
"""

import os

import django
from django.core.management import call_command

from config.progress import step

STEPS = {
    "Migrating the database": ("migrate", {"interactive": False, "verbosity": 0}),
    "Setting the roles": ("sync_roles", {"verbosity": 0}),
    "Loading the demo world": ("seed", {"verbosity": 0}),
}


def main() -> None:
    """Run the steps; a second run changes nothing that is there."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    for what, (command, options) in STEPS.items():
        with step(what), open(os.devnull, "w") as quiet:
            call_command(command, stdout=quiet, **options)


if __name__ == "__main__":
    main()
