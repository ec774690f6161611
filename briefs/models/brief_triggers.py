"""What the database itself refuses to do to a brief, whoever asks."""

import pgtrigger

from accounts.erasure_door import never_truncated
from briefs.models.brief_states import MOVES

# The text that an approver signs. What is worked out of it (plain text, counts) is not listed.
CONTENT = (
    *("title", "language", "kind", "tlp", "is_sample", "summary", "body"),
    *("countries", "topics", "data_cutoff"),
)

_content_changed = " OR ".join(f"OLD.{name} IS DISTINCT FROM NEW.{name}" for name in CONTENT)

_NEEDS_APPROVAL = """
IF NOT EXISTS (
    SELECT 1 FROM briefs_move AS move
    WHERE move.revision_id = COALESCE(NEW.live_revision_id, NEW.head_revision_id)
      AND (move.is_emergency OR (move.to_status = 'approved' AND move.from_status = 'in_review'))
) THEN
    RAISE EXCEPTION 'brief %: this revision has not been approved', NEW.id;
END IF;
RETURN NEW;
"""
_KEEPS_OLD_ADDRESS = """
IF EXISTS (SELECT 1 FROM briefs_formeraddress WHERE slug = NEW.slug AND brief_id <> NEW.id) THEN
    RAISE EXCEPTION 'brief %: the address % leads to another brief', NEW.id, NEW.slug;
END IF;
DELETE FROM briefs_formeraddress WHERE slug = NEW.slug;
INSERT INTO briefs_formeraddress (slug, brief_id, left_at) VALUES (OLD.slug, OLD.id, now());
RETURN NEW;
"""
_TELLS_INCIDENTS = """
DELETE FROM briefs_toldincident WHERE brief_id = NEW.id;
INSERT INTO briefs_toldincident (
    brief_id, revision_id, number, occurred_on, event_type, sub_type, country, latitude, longitude, actors, said
)
SELECT NEW.id, revision.id, (said->>'id')::bigint, (said->>'occurred_on')::date, said->>'event_type',
    said->>'sub_type', said->'place'->>'country', (said->'place'->>'latitude')::float8,
    (said->'place'->>'longitude')::float8,
    ARRAY(SELECT jsonb_array_elements_text(COALESCE(said->'actors', '[]'))), said
FROM briefs_revision AS revision, jsonb_array_elements(revision.snapshot->'incidents') AS said
WHERE revision.id = NEW.live_revision_id;
RETURN NULL;
"""

BRIEF_TRIGGERS = [
    pgtrigger.FSM(name="status_moves", field="status", transitions=list(MOVES)),
    pgtrigger.Protect(
        name="starts_as_draft",
        operation=pgtrigger.Insert,
        condition=~pgtrigger.Q(new__status="draft"),
    ),
    pgtrigger.Trigger(
        name="needs_approval",
        when=pgtrigger.Before,
        operation=pgtrigger.Update,
        condition=pgtrigger.Condition(
            "((OLD.status IS DISTINCT FROM NEW.status AND NEW.status IN ('approved', 'published'))"
            " OR (OLD.live_revision_id IS DISTINCT FROM NEW.live_revision_id"
            " AND NEW.live_revision_id IS NOT NULL))"
        ),
        func=_NEEDS_APPROVAL,
    ),
    # Readers see what was approved: the text of a live brief changes with its revision only.
    pgtrigger.Protect(
        name="approved_text_stays",
        operation=pgtrigger.Update,
        condition=pgtrigger.Condition(
            "(NEW.status IN ('approved', 'published', 'archived', 'withdrawn')"
            " AND OLD.head_revision_id IS NOT DISTINCT FROM NEW.head_revision_id"
            f" AND ({_content_changed}))"
        ),
    ),
    # Feeds and enquiries hold these; they outlive every edit.
    pgtrigger.Protect(
        name="published_number_stays",
        operation=pgtrigger.Update,
        condition=pgtrigger.Condition(
            "(OLD.reference IS NOT NULL AND OLD.reference IS DISTINCT FROM NEW.reference)"
        ),
    ),
    pgtrigger.Protect(
        name="published_date_stays",
        operation=pgtrigger.Update,
        condition=pgtrigger.Condition(
            "(OLD.published_at <= now() AND OLD.published_at IS DISTINCT FROM NEW.published_at)"
        ),
    ),
    pgtrigger.Trigger(
        name="address_redirects",
        when=pgtrigger.Before,
        operation=pgtrigger.Update,
        condition=pgtrigger.Condition(
            "(OLD.slug IS DISTINCT FROM NEW.slug AND OLD.published_at IS NOT NULL)"
        ),
        func=_KEEPS_OLD_ADDRESS,
    ),
    # What readers are told of incidents comes out of approved texts, not of rows that staff go on editing.
    pgtrigger.Trigger(
        name="tells_incidents",
        when=pgtrigger.After,
        operation=pgtrigger.Update,
        condition=pgtrigger.Condition(
            "(OLD.live_revision_id IS DISTINCT FROM NEW.live_revision_id)"
        ),
        func=_TELLS_INCIDENTS,
    ),
    pgtrigger.Protect(
        name="published_is_not_deleted",
        operation=pgtrigger.Delete,
        condition=pgtrigger.Q(old__published_at__isnull=False),
    ),
    never_truncated(),
]
