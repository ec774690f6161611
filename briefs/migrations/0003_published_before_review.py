"""Briefs that were written before reviews were recorded: each gets a first revision, published ones an edition.

Nobody approved them: their move says so, as an emergency with that reason.
"""

import hashlib
import json
import re
import uuid

from django.core.serializers.json import DjangoJSONEncoder
from django.db import migrations

REASON = "Published before approvals were recorded."
OWN = ("title", "language", "kind", "tlp", "is_sample", "summary", "body", "countries", "topics",
       "data_cutoff", "word_count", "reading_minutes")
JUDGEMENT = ("key", "position", "text", "scale", "likelihood", "confidence", "horizon_on")
INCIDENT = ("id", "occurred_on", "precision", "title", "event_type", "sub_type", "fatalities")
ACTOR = ("id", "name", "slug", "aliases", "kind")
PLACE = ("id", "name", "country", "admin1", "kind", "latitude", "longitude", "precision")


def fields(row, names):
    return {name: getattr(row, name) for name in names}


def snapshot_of(brief):
    made = {
        **fields(brief, OWN),
        "judgements": [
            {**fields(row, JUDGEMENT), "change_reason": "", "revises": None}
            for row in brief.judgements.order_by("position")
        ],
        "incidents": [
            {
                **fields(row, INCIDENT),
                "place": fields(row.place, PLACE),
                "actors": sorted(row.actors.values_list("name", flat=True)),
            }
            for row in brief.incidents.select_related("place").order_by("occurred_on", "pk")
        ],
        "actors": [fields(row, ACTOR) for row in brief.actors.order_by("name", "pk")],
        "places": [fields(row, PLACE) for row in brief.places.order_by("name", "pk")],
        "citations": [],
    }
    return json.loads(json.dumps(made, cls=DjangoJSONEncoder))


def fill(apps, schema_editor):
    Brief = apps.get_model("briefs", "Brief")
    Judgement = apps.get_model("briefs", "Judgement")
    for judgement in Judgement.objects.only("pk").iterator():
        Judgement.objects.filter(pk=judgement.pk).update(key=uuid.uuid4())
    for brief in Brief.objects.order_by("pk").iterator():
        brief.translation_key = uuid.uuid4()
        brief.body = brief.body_html
        brief.body_text = " ".join(re.sub(r"<[^>]+>", " ", brief.body_html).split())
        brief.word_count = len(brief.body_text.split())
        if brief.published_at:
            brief.tlp = "clear"
            brief.modified_at = brief.published_at
            brief.changed_at = max(brief.published_at, brief.updated_at)
        brief.save()
        add_history(apps, brief)


def add_history(apps, brief):
    snapshot = snapshot_of(brief)
    digest = hashlib.sha256(json.dumps(snapshot, sort_keys=True, ensure_ascii=True).encode()).hexdigest()
    by = brief.created_by_id
    revision = apps.get_model("briefs", "Revision").objects.create(
        brief=brief, number=1, snapshot=snapshot, digest=digest, authors=[by], created_by_id=by,
        note="Written before revisions were kept",
    )
    brief.head_revision = revision
    if brief.published_at:
        brief.live_revision = revision
        apps.get_model("briefs", "Edition").objects.create(
            brief=brief, number=1, revision=revision, published_at=brief.published_at, published_by_id=by
        )
        apps.get_model("briefs", "Move").objects.create(
            brief=brief, revision=revision, from_status="draft", to_status="published", by_id=by,
            is_emergency=True, reason=REASON,
        )
    if brief.status == "withdrawn":
        brief.withdrawn_at = brief.updated_at
        brief.withdrawal_reason = REASON
    brief.save()


class Migration(migrations.Migration):

    dependencies = [
        ('briefs', '0002_review_and_revisions'),
    ]

    operations = [
        migrations.RunPython(fill, migrations.RunPython.noop, elidable=True),
    ]
