import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from config import crew


class Command(BaseCommand):
    """Two Celery workers, so that what somebody waits for never stands behind anything else."""

    help = "Do the jobs, until stopped: what somebody waits for, and with patience all else."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--at-once", type=int, default=2, help="processes for what somebody waits for"
        )
        parser.add_argument("--others", type=int, default=2, help="processes for all else")

    def handle(self, *args: Any, **options: Any) -> None:
        crew.load()
        sys.exit(crew.run(crew.parts(options["at_once"], options["others"])))
