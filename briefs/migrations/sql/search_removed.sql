DROP FUNCTION place_mark(text, text, text, text[], float8, float8, int, text, text, text);
DROP FUNCTION place_words(text, text[], text);
DROP FUNCTION plain_words(text);
DROP TEXT SEARCH CONFIGURATION en_u;
DROP TEXT SEARCH CONFIGURATION fr_u;
DROP TEXT SEARCH CONFIGURATION pt_u;
DROP TEXT SEARCH CONFIGURATION simple_u;
