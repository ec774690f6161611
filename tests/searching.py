"""Looking for words in a whole database: every column that can hold them, whatever the models say."""

from django.db import connection

_TEXT = (
    "text",
    "character varying",
    "character",
    "json",
    "jsonb",
    "ARRAY",
    "tsvector",
    "USER-DEFINED",
    "uuid",
)


def where(words: list[str]) -> list[str]:
    """The columns, as table.column: word, that hold one of the words in any case."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, column_name, data_type FROM information_schema.columns"
            " JOIN information_schema.tables USING (table_schema, table_name)"
            " WHERE table_schema = 'public' AND table_type = 'BASE TABLE' ORDER BY 1, 2"
        )
        columns = cursor.fetchall()
        found = []
        for table, column, kind in columns:
            if kind not in (*_TEXT, "bytea"):
                continue
            text = f"encode(\"{column}\", 'escape')" if kind == "bytea" else f'"{column}"::text'
            for word in words:
                query = (
                    f'SELECT count(*) FROM "{table}" WHERE position(lower(%s) IN lower({text})) > 0'  # noqa: S608 - names come from the catalogue
                )
                cursor.execute(query, [word])
                if cursor.fetchone()[0]:
                    found.append(f"{table}.{column}: {word}")
    return found
