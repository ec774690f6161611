-- Each language without its accents; simple_u keeps names as they are written. Arabic's own folds its letters.
CREATE TEXT SEARCH CONFIGURATION en_u (COPY = english);
ALTER TEXT SEARCH CONFIGURATION en_u ALTER MAPPING FOR hword, hword_part, word WITH unaccent, english_stem;
CREATE TEXT SEARCH CONFIGURATION fr_u (COPY = french);
ALTER TEXT SEARCH CONFIGURATION fr_u ALTER MAPPING FOR hword, hword_part, word WITH unaccent, french_stem;
CREATE TEXT SEARCH CONFIGURATION pt_u (COPY = portuguese);
ALTER TEXT SEARCH CONFIGURATION pt_u ALTER MAPPING FOR hword, hword_part, word WITH unaccent, portuguese_stem;
CREATE TEXT SEARCH CONFIGURATION simple_u (COPY = simple);
ALTER TEXT SEARCH CONFIGURATION simple_u ALTER MAPPING FOR hword, hword_part, word WITH unaccent, simple;

-- Everything is named with its schema: generated columns are made again by pg_restore, which has no search path.
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
