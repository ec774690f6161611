-- True for a row that an Erasure names which this very transaction has written. Transaction numbers begin anew when a
-- database is restored elsewhere, so the transaction's time must fit too.
CREATE FUNCTION erasure_admits(of_table text, row_id bigint) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT EXISTS (
        SELECT FROM accounts_erasure
        WHERE opened_xact = pg_current_xact_id_if_assigned()::text::bigint
            AND made_at = transaction_timestamp()
            AND rows -> of_table @> to_jsonb(row_id)
    )
$$;
