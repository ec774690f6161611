"""What the first migration of an app is made of: its tables at once, and its own SQL from files."""

from collections.abc import Sequence
from pathlib import Path

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState


def sql(migration: str, name: str) -> str:
    """The text of `sql/<name>` beside the migration's file. It stays as it is: what changes it is a later migration."""
    return (Path(migration).parent / "sql" / name).read_text()


class AtOnce(Operation):
    """These operations, each seeing the models as the last one leaves them, so that the models are made once.

    By itself Django makes a model, and every one that is related to it, anew after each operation: with a hundred
    models that was nearly all of the time that a new database took. For CreateModel, and for triggers, of the new
    tables or of others. A model may name one that comes later: foreign keys are added when all tables are there.
    """

    def __init__(self, operations: Sequence[Operation]) -> None:
        self.operations = operations

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """Change what is known of the models; whoever asks for the models next has them made."""
        vars(state).pop("apps", None)
        for operation in self.operations:
            operation.state_forwards(app_label, state)

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        """Carry them out in their order."""
        for operation in self.operations:
            operation.database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        """Undo them in the other order; a trigger needs its model, which only the state before knows."""
        for operation in reversed(self.operations):
            operation.database_backwards(app_label, schema_editor, from_state, from_state)

    def describe(self) -> str:
        """For `migrate --plan`."""
        return "; ".join(operation.describe() for operation in self.operations)
