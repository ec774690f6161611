"""Commands that change or fill whole tables: they take the time that the tables need, so settings.py lets them."""

import os

COMMANDS = frozenset({"migrate", "sync_roles", "load_gazetteer", "seed"})
PROCESS_NAME = "upgrade"


def begin() -> None:
    """Say, before the settings are read, that this process upgrades, whatever it was called by its surroundings."""
    os.environ["PROCESS_NAME"] = PROCESS_NAME
