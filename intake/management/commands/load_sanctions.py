from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from intake.models import ListCode
from intake.sanctions import uploads


class Command(BaseCommand):
    """For a cron line that fetches the files: docs/sanctions.md. Safe to run again with the same file."""

    help = "Load a file of a sanctions list as its publisher publishes it. The old list stays when the file is refused."

    def add_arguments(self, parser: CommandParser) -> None:
        known = "; ".join(f"{code}: {label}" for code, label in ListCode.choices)
        parser.add_argument("list", choices=ListCode.values, help=known)
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--may-shrink",
            action="store_true",
            help="the list may lose more than a tenth of its entries",
        )

        parser.add_argument(
            "--older-because",
            default="",
            metavar="WHY",
            help="use the file though it is older than what is loaded, such as a wrong one; the reason stays on record",
        )

    def handle(self, *args: Any, may_shrink: bool, older_because: str, **options: Any) -> None:
        path: Path = options["file"]
        try:
            loaded = uploads.load_now(
                code=options["list"], path=path, may_shrink=may_shrink, older_because=older_because
            )
        except OSError as error:
            raise CommandError(f"{path} cannot be read: {error.strerror}.") from error
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        self.stdout.write(loaded.in_words)
