-- Whom a wall keeps out of what, in SQL: the one home of it, for the gate, for routing and for a trigger.
--
-- A wall before an organisation is one before all of its requests. A wall before an engagement is one before the request
-- that it grew from and before those of the organisations that are its client. What was merged is one and the same, so a
-- wall before one of a family is one before all.

CREATE FUNCTION walled_organisations(who bigint) RETURNS SETOF bigint
LANGUAGE sql STABLE ROWS 10 AS $$
    WITH RECURSIVE family(id) AS (
        SELECT coalesce(wall.organisation_id, party.organisation_id) FROM intake_wall wall
            LEFT JOIN intake_party party ON party.engagement_id = wall.engagement_id AND party.role = 'client'
            WHERE wall.user_id = who AND wall.starts_at <= statement_timestamp() AND (wall.ends_at IS NULL OR wall.ends_at > statement_timestamp())
        UNION
        SELECT other.id FROM family kin CROSS JOIN LATERAL (
            SELECT merged_into_id AS id FROM intake_organisation WHERE id = kin.id AND merged_into_id IS NOT NULL
            UNION ALL SELECT id FROM intake_organisation WHERE merged_into_id = kin.id
        ) other
    )
    SELECT id FROM family WHERE id IS NOT NULL
$$;

CREATE FUNCTION walled_leads(who bigint) RETURNS SETOF bigint
LANGUAGE sql STABLE ROWS 20 AS $$
    WITH RECURSIVE family(id) AS (
        (
            SELECT coalesce(wall.lead_id, engagement.lead_id) FROM intake_wall wall
                LEFT JOIN intake_engagement engagement ON engagement.id = wall.engagement_id
                WHERE wall.user_id = who AND wall.starts_at <= statement_timestamp() AND (wall.ends_at IS NULL OR wall.ends_at > statement_timestamp())
            UNION
            SELECT lead.id FROM walled_organisations(who) behind(id)
                JOIN intake_lead lead ON lead.organisation_id = behind.id
        )
        UNION
        SELECT other.id FROM family kin CROSS JOIN LATERAL (
            SELECT merged_into_id AS id FROM intake_lead WHERE id = kin.id AND merged_into_id IS NOT NULL
            UNION ALL SELECT id FROM intake_lead WHERE merged_into_id = kin.id
        ) other
    )
    SELECT id FROM family WHERE id IS NOT NULL
$$;

CREATE FUNCTION walled_engagements(who bigint) RETURNS SETOF bigint
LANGUAGE sql STABLE ROWS 10 AS $$
    SELECT wall.engagement_id FROM intake_wall wall WHERE wall.user_id = who AND wall.engagement_id IS NOT NULL
        AND wall.starts_at <= statement_timestamp() AND (wall.ends_at IS NULL OR wall.ends_at > statement_timestamp())
    UNION
    SELECT engagement.id FROM walled_leads(who) behind(id)
        JOIN intake_engagement engagement ON engagement.lead_id = behind.id
    UNION
    SELECT party.engagement_id FROM walled_organisations(who) behind(id)
        JOIN intake_party party ON party.organisation_id = behind.id AND party.role = 'client'
$$;

CREATE FUNCTION walls_of(leads bigint[])
RETURNS TABLE (lead_id bigint, user_id bigint, wall_id bigint)
LANGUAGE sql STABLE ROWS 10 AS $$
    WITH RECURSIVE family(lead, member) AS (
        SELECT id, id FROM unnest(leads) given(id)
        UNION
        SELECT kin.lead, other.id FROM family kin CROSS JOIN LATERAL (
            SELECT merged_into_id AS id FROM intake_lead WHERE id = kin.member AND merged_into_id IS NOT NULL
            UNION ALL SELECT id FROM intake_lead WHERE merged_into_id = kin.member
        ) other
    ), behind(lead, organisation) AS (
        SELECT family.lead, l.organisation_id FROM family JOIN intake_lead l ON l.id = family.member
            WHERE l.organisation_id IS NOT NULL
        UNION
        SELECT kin.lead, other.id FROM behind kin
            CROSS JOIN LATERAL (
            SELECT merged_into_id AS id FROM intake_organisation WHERE id = kin.organisation AND merged_into_id IS NOT NULL
            UNION ALL SELECT id FROM intake_organisation WHERE merged_into_id = kin.organisation
        ) other
    ), found(lead, wall) AS (
        SELECT family.lead, wall.id FROM family JOIN intake_wall wall ON wall.lead_id = family.member
        UNION
        SELECT behind.lead, wall.id FROM behind JOIN intake_wall wall ON wall.organisation_id = behind.organisation
        UNION
        SELECT family.lead, wall.id FROM family JOIN intake_engagement engagement ON engagement.lead_id = family.member
            JOIN intake_wall wall ON wall.engagement_id = engagement.id
        UNION
        SELECT behind.lead, wall.id FROM behind
            JOIN intake_party party ON party.organisation_id = behind.organisation AND party.role = 'client'
            JOIN intake_wall wall ON wall.engagement_id = party.engagement_id
    )
    SELECT DISTINCT ON (found.lead, wall.user_id) found.lead, wall.user_id, wall.id
        FROM found JOIN intake_wall wall ON wall.id = found.wall
        WHERE wall.starts_at <= statement_timestamp() AND (wall.ends_at IS NULL OR wall.ends_at > statement_timestamp())
        ORDER BY found.lead, wall.user_id, wall.id
$$;
