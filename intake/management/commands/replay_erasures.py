from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from intake import erasing_again


class Command(BaseCommand):
    """Run after every restore, before anybody else may in; safe to run twice."""

    help = "Erase again what an older backup brought back, by the list of erasures (ERASURE_LIST, or the file given)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", nargs="?", default=str(settings.ERASURE_LIST))

    def handle(self, *args: Any, file: str, **options: Any) -> None:
        path = Path(file)
        if not path.exists():
            raise CommandError(
                f"{path} is not there. Bring the list of erasures, or make an empty file."
            )
        try:
            listed = list(erasing_again.lines_in(path))
        except ValueError as error:
            raise CommandError(str(error)) from error
        lines = {line["uuid"]: line for line in [*erasing_again.kept_here(), *listed]}
        made = erasing_again.replay(lines.values())
        self.stdout.write(f"{len(lines)} erasures read, {len(made)} erased again.")
