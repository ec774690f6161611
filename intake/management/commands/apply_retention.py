from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from accounts.numbers import told
from intake import retaining
from intake.models import RetentionRun


class Command(BaseCommand):
    """The sweep applies the rules by itself; this is to look first, and to have the next batch done now."""

    help = "Apply the retention rules that are switched on, a batch of each; --simulate only looks, at all of them."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--simulate", action="store_true", help="change nothing")

    def handle(self, *args: Any, simulate: bool, **options: Any) -> None:
        runs = retaining.simulate_rules(by=None) if simulate else retaining.apply_rules()
        for run in runs:
            self.stdout.write(self._line(run))
        if not runs:
            self.stdout.write("No rule is switched on.")

    def _line(self, run: RetentionRun) -> str:
        oldest = (
            f"; the oldest of {run.oldest:%Y-%m-%d}: {', '.join(run.examples)}"
            if run.oldest
            else ""
        )
        done = "" if run.is_simulated else f", {run.done} done"
        return f"{run.rule} ({run.days} days): {told(run.count)} due{done}{oldest}"
