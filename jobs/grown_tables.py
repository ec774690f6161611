"""Tables that have grown so much that what PostgreSQL knows of them misleads its plans.

Autovacuum looks at tables once a minute. Within its first minute a new house may get a thousand requests: what was
planned while tables were empty reads them from end to end, and where nothing is known of the names in them a comparison
of names takes five times as long. A look at a table has every statement and trigger that asks it planned anew.
"""

from django.db import connection

# Ten times as many rows as at the last look, or the first hundred. Larger tables are left to autovacuum: a look takes
# longer then, and ten times as many rows do not come within a minute. Only an owner may.
_GROWN = """
    SELECT relid::regclass::text FROM pg_stat_user_tables JOIN pg_class ON pg_class.oid = relid
    WHERE n_mod_since_analyze BETWEEN greatest(100, 9 * reltuples) AND 100000 AND pg_has_role(relowner, 'USAGE')
    ORDER BY 1
"""


def look() -> list[str]:
    """Have PostgreSQL look at those that have grown tenfold since it did; their names. Any number may look at once."""
    with connection.cursor() as cursor:
        cursor.execute(_GROWN)
        names = [name for (name,) in cursor.fetchall()]
        for name in names:
            cursor.execute(f"ANALYZE (SKIP_LOCKED) {name}")
    return names
