import django.contrib.postgres.indexes
from django.db import migrations, models

# Everything is named with its schema: generated columns are made again by pg_restore, which has no search path.
FUNCTIONS = r"""
CREATE FUNCTION plain_words(phrase text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
SELECT regexp_replace(
    public.unaccent('public.unaccent'::regdictionary, lower(translate(phrase, 'أإآىةـًٌٍَُِّْٰ''’ʼ`', 'ااايه'))),
    '[^[:alnum:]|]+', ' ', 'g')
$$;
CREATE FUNCTION place_words(name text, aliases text[], region text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
SELECT public.plain_words(concat_ws('|', name, array_to_string(aliases, '|'), region))
$$;
CREATE FUNCTION place_mark(
    name text, country text, region text, aliases text[], latitude float8, longitude float8, population int,
    kind text, degree text, note text
) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
SELECT md5(concat_ws(chr(31), name, country, region, array_to_string(aliases, '|'), latitude, longitude,
                     coalesce(population, -1), kind, degree, note))
$$;
"""
REMOVED = """
DROP FUNCTION place_mark(text, text, text, text[], float8, float8, int, text, text, text);
DROP FUNCTION place_words(text, text[], text);
DROP FUNCTION plain_words(text);
"""


class Migration(migrations.Migration):

    dependencies = [
        ('briefs', '0011_subscriptions'),
    ]

    operations = [
        migrations.RunSQL(FUNCTIONS, REMOVED),
        migrations.RemoveConstraint(
            model_name='place',
            name='place_once_in_a_region',
        ),
        migrations.AddField(
            model_name='place',
            name='loaded_mark',
            field=models.CharField(blank=True, editable=False, max_length=32),
        ),
        migrations.AddField(
            model_name='place',
            name='words',
            field=models.GeneratedField(db_persist=True, expression=models.Func(models.F('name'), models.F('aliases'), models.F('admin1'), function='place_words'), output_field=models.TextField()),
        ),
        migrations.AddIndex(
            model_name='place',
            index=django.contrib.postgres.indexes.GinIndex(fields=['words'], name='place_words', opclasses=['gin_trgm_ops']),
        ),
        migrations.AddIndex(
            model_name='place',
            index=models.Index(fields=['name', 'id'], name='place_by_name'),
        ),
        migrations.AddConstraint(
            model_name='place',
            constraint=models.UniqueConstraint(condition=models.Q(('geonames_id', None)), fields=('name', 'country', 'admin1'), name='place_once_in_a_region'),
        ),
    ]
