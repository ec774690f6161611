"""Brings the gazetteer into the database, as often as one likes. What staff made or changed stays theirs."""

from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

FILE = Path(__file__).parent / "places.tsv"

# Nobody adds a place between the look for twins and the insert.
_HOLD = """
SET LOCAL statement_timeout = 0;
LOCK TABLE briefs_place IN SHARE ROW EXCLUSIVE MODE;
DROP TABLE IF EXISTS pg_temp.gazetteer;
CREATE TEMPORARY TABLE gazetteer (
    geonames_id int PRIMARY KEY, name text, country text, admin1 text, latitude float8, longitude float8,
    population int, aliases text
) ON COMMIT DROP
"""
_COPY = "COPY gazetteer FROM STDIN WITH (NULL '')"
# A town that staff made before is the same one if it bears one of the names and lies within some 25 km. It gets the
# number, and what it lacks.
_ADOPT = """
WITH twins AS (
    SELECT DISTINCT ON (place.id) place.id, row.*
    FROM briefs_place place
    JOIN gazetteer row ON row.country = place.country
        AND abs(row.latitude - place.latitude) < 0.25 AND abs(row.longitude - place.longitude) < 0.25
        AND plain_words(place.name)
            = ANY (string_to_array(plain_words(concat_ws('|', row.name, row.aliases)), '|'))
    WHERE place.geonames_id IS NULL AND place.kind IN ('town', 'village')
        AND NOT EXISTS (SELECT FROM briefs_place known WHERE known.geonames_id = row.geonames_id)
    ORDER BY place.id, abs(row.latitude - place.latitude) + abs(row.longitude - place.longitude)
), once AS (SELECT DISTINCT ON (geonames_id) * FROM twins ORDER BY geonames_id, id)
UPDATE briefs_place place SET
    geonames_id = once.geonames_id,
    population = coalesce(place.population, once.population),
    admin1 = coalesce(nullif(place.admin1, ''), once.admin1, ''),
    aliases = CASE WHEN place.aliases = '{}' THEN coalesce(string_to_array(once.aliases, '|'), '{}')
              ELSE place.aliases END
FROM once WHERE place.id = once.id
"""
_UPSERT = """
WITH rows AS (
    SELECT geonames_id, name, country, coalesce(admin1, '') AS admin1, latitude, longitude, population,
        coalesce(string_to_array(aliases, '|'), '{}') AS aliases,
        'town' AS kind, 'exact' AS precision, 'GeoNames' AS note
    FROM gazetteer
), written AS (
    INSERT INTO briefs_place AS place (geonames_id, name, country, admin1, latitude, longitude, population, aliases,
                                       kind, precision, note, loaded_mark)
    SELECT *, place_mark(name, country, admin1, aliases, latitude, longitude, population, kind, precision, note)
    FROM rows ORDER BY geonames_id
    ON CONFLICT (geonames_id) DO UPDATE SET
        name = excluded.name, country = excluded.country, admin1 = excluded.admin1, latitude = excluded.latitude,
        longitude = excluded.longitude, population = excluded.population, aliases = excluded.aliases,
        loaded_mark = excluded.loaded_mark
    WHERE place.loaded_mark <> excluded.loaded_mark
        AND place.loaded_mark = place_mark(place.name, place.country, place.admin1, place.aliases, place.latitude,
                                           place.longitude, place.population, place.kind, place.precision, place.note)
    RETURNING xmax = 0 AS is_new
)
SELECT count(*) FILTER (WHERE is_new), count(*) FILTER (WHERE NOT is_new) FROM written
"""


class Counts(NamedTuple):
    """What a load did: places that are new, that staff had made and GeoNames has too, that were brought up to date."""

    added: int
    adopted: int
    updated: int


@transaction.atomic
def load_gazetteer(*, file: Path = FILE) -> Counts:
    """Add the places of the file and bring those up to date that nobody has changed since the last load."""
    with file.open(encoding="utf-8") as lines, connection.cursor() as cursor:
        next(lines)  # the heads of the columns
        cursor.execute(_HOLD)
        _copy(cursor, lines)
        cursor.execute(_ADOPT)
        adopted = cursor.rowcount
        cursor.execute(_UPSERT)
        added, updated = cursor.fetchone()
        # Else the planner takes the table for empty, and the index for a heap of things not sorted in.
        cursor.execute("ANALYZE briefs_place; SELECT gin_clean_pending_list('place_words')")
    return Counts(added, adopted, updated)


def _copy(cursor: CursorWrapper, lines: Iterable[str]) -> None:
    with cursor.copy(_COPY) as copy:
        for line in lines:
            copy.write(line)
