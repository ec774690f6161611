"""The rules of routing: their form, what is wrong with them, and trying them before they are in force."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from unfold.decorators import display
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelectMultipleWidget,
    UnfoldAdminTextareaWidget,
)

from accounts.as_shown import AsShown
from accounts.models import User
from accounts.staff_screens import Verb, VerbAdmin
from briefs.models import Brief
from intake import conditions, roster, rule_checks, ruling, trying
from intake.admin.skill_fields import SkillInline
from intake.conditions import BRIEF, KEYWORD, SCORE, VOCABULARY
from intake.models import Adviser, Lead, RequiredSkill, RoutingRule

_WIDE = {"country", "topic"}  # too many for boxes
_PREFIX = "when_"


def _choices(name: str) -> forms.MultipleChoiceField:
    word = VOCABULARY[name]
    widget = (
        UnfoldAdminSelectMultipleWidget(attrs={"size": 8})
        if name in _WIDE
        else UnfoldAdminCheckboxSelectMultipleWidget()
    )
    return forms.MultipleChoiceField(
        label=word.label, choices=word.values, required=False, widget=widget
    )


class LinesField(forms.CharField):
    """Several words or slugs, one a line."""

    widget = UnfoldAdminTextareaWidget(attrs={"rows": 3})

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> list[str]:
        lines = super().clean(value).splitlines()
        return list(dict.fromkeys(line.strip() for line in lines if line.strip()))


class RuleForm(AsShown):
    """A rule with a field for each word of the vocabulary; an empty one is no condition."""

    when_country = _choices("country")
    when_region = _choices("region")
    when_service = _choices("service")
    when_topic = _choices("topic")
    when_language = _choices("language")
    when_timeframe = _choices("timeframe")
    when_budget = _choices("budget")
    when_organisation = _choices("organisation")
    when_priority = _choices("priority")
    when_brief = LinesField(
        label="Source brief", required=False, help_text="Slugs of briefs, one a line."
    )
    when_keyword = LinesField(
        label="Words in the text",
        required=False,
        help_text="One a line, whole words; accents and capitals do not matter. “pipelin*”: all that begin so.",
    )
    when_score = forms.IntegerField(
        label="Score of at least",
        required=False,
        min_value=1,
        max_value=100,
        widget=UnfoldAdminIntegerFieldWidget,
    )

    class Meta:
        model = RoutingRule
        fields = (
            *("name", "position", "is_live", "note", "desk", "adviser", "pool", "within_hours"),
            *("country_level", "service_level", "language_level", "topic_level"),
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, value in self.instance.conditions.items():
            self.initial[f"{_PREFIX}{name}"] = value

    def clean_when_brief(self) -> list[str]:
        """Refuse slugs that no brief has."""
        slugs: list[str] = self.cleaned_data["when_brief"]
        known = set(Brief.objects.filter(slug__in=slugs).values_list("slug", flat=True))
        if unknown := [slug for slug in slugs if slug not in known]:
            raise forms.ValidationError(
                f"No brief has this slug: {', '.join(unknown)}.", "no_brief"
            )
        return slugs

    def clean_when_keyword(self) -> list[str]:
        """Refuse words that would match nearly everything."""
        words: list[str] = self.cleaned_data["when_keyword"]
        if words and (faults := conditions.faults({KEYWORD: words})):
            raise forms.ValidationError(faults, "keyword")
        return words

    def clean(self) -> dict[str, Any]:
        """The conditions as the row keeps them, and one target."""
        cleaned = super().clean() or {}
        self.instance.conditions = {
            name: cleaned[f"{_PREFIX}{name}"]
            for name in (*VOCABULARY, BRIEF, KEYWORD, SCORE)
            if cleaned.get(f"{_PREFIX}{name}")
        }
        if cleaned.get("adviser") and cleaned.get("pool"):
            self.add_error("pool", "Choose one adviser or a pool, not both.")
        return cleaned


class RequiredSkills(SkillInline):
    """What whoever gets the rule's leads must know beside what the lead asks."""

    model = RequiredSkill
    verbose_name_plural = "they must also know"


class TryForm(forms.Form):
    """Which rules, and on how many leads."""

    rules = forms.ModelMultipleChoiceField(
        label="Rules, as if these and no others were in force",
        queryset=RoutingRule.objects.all(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    number = forms.IntegerField(
        label="Leads, the last so many", min_value=1, max_value=trying.MOST_LEADS, initial=200
    )


RULE_VERBS = (
    Verb(
        "copy", "Copy as a draft", lambda rule, by: ruling.copy_rule(rule=rule, by=by),
        lambda rule: True, "intake.add_routingrule", "The copy is a draft: it changes nothing until it is in force.",
    ),
)  # fmt: skip


@admin.register(RoutingRule)
class RoutingRuleAdmin(VerbAdmin):
    """Which leads go where. The first that matches wins."""

    form = RuleForm
    verbs = RULE_VERBS
    inlines = (RequiredSkills,)
    list_display = ("name", "position", "state", "conditions_in_words", "target", "what_is_wrong")
    list_editable = ("position",)
    list_filter = ("is_live", "desk")
    list_before_template = "intake/admin/rules.html"
    ordering = ("position", "pk")
    list_select_related = ("desk", "adviser__user")
    change_form_outer_before_template = "intake/admin/rule.html"
    fieldsets = (
        (None, {"fields": ("name", ("position", "is_live"), "note")}),
        (
            "When all of these hold (an empty one is no condition; of several values any will do)",
            {
                "fields": (
                    ("when_country", "when_topic"),
                    ("when_region", "when_language"),
                    "when_service",
                    ("when_organisation", "when_priority"),
                    ("when_timeframe", "when_budget"),
                    ("when_keyword", "when_brief"),
                    "when_score",
                )
            },
        ),
        ("Then it goes to", {"fields": ("desk", "adviser", "pool", "within_hours")}),
        (
            "Who knows at least so well what the lead asks",
            {
                "fields": (
                    ("country_level", "service_level"),
                    ("language_level", "topic_level"),
                )
            },
        ),
    )

    def get_urls(self) -> list[URLPattern]:
        """The usual addresses and the simulator."""
        view = self.admin_site.admin_view(self.try_rules)
        return [path("try/", view, name="intake_routingrule_try"), *super().get_urls()]

    def get_queryset(self, request: HttpRequest) -> QuerySet[RoutingRule]:
        return super().get_queryset(request).prefetch_related("pool__user")

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **options: Any) -> Any:
        """Advisers by name in a plain list."""
        if db_field.name == "adviser":
            options["queryset"] = Adviser.objects.who_may_log_in()
        return super().formfield_for_foreignkey(db_field, request, **options)

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **options: Any) -> Any:
        """The pool as boxes to tick."""
        if db_field.name == "pool":
            options["queryset"] = Adviser.objects.who_may_log_in()
            options["widget"] = UnfoldAdminCheckboxSelectMultipleWidget()
        return super().formfield_for_manytomany(db_field, request, **options)

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """The list, each rule with what is wrong with it, looked up once for all."""
        changelist = super().get_changelist_instance(request)
        found = _findings()
        for rule in changelist.result_list:
            rule.wrong = found.get(rule.pk, [])
        return changelist

    def page_context(self, request: HttpRequest, obj: RoutingRule) -> dict[str, Any]:
        """The rule in words, what is wrong with it where it stands, and how often it decided."""
        return {
            "in_words": self.conditions_in_words(obj),
            "target": self.target(obj),
            "rule_findings": _findings(obj).get(obj.pk, []),
            "decided": obj.decisions.count(),
        }

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A rule that decided something stays, for the record: take it out of force."""
        allowed = super().has_delete_permission(request, obj)
        return allowed and not (obj is not None and obj.decisions.exists())

    def try_rules(self, request: HttpRequest) -> HttpResponse:
        """The simulator: what these rules would have made of the last leads. Writes nothing."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        assert isinstance(request.user, User)
        live = [rule.pk for rule in RoutingRule.objects.filter(is_live=True)]
        form = TryForm(request.GET if "number" in request.GET else None, initial={"rules": live})
        simulation = None
        if form.is_bound and form.is_valid():
            simulation = trying.simulate(
                rule_ids=[rule.pk for rule in form.cleaned_data["rules"]],
                visible=Lead.objects.visible_to(request.user),
                number=form.cleaned_data["number"],
            )
        context = {
            **self.admin_site.each_context(request),
            "title": "Try rules on past leads",
            "opts": self.opts,
            "form": form,
            "simulation": simulation,
            "now": timezone.now(),
        }
        status = 400 if form.is_bound and not form.is_valid() else 200
        return TemplateResponse(request, "intake/admin/try_rules.html", context, status=status)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Point out at once what is wrong with the rule that was saved."""
        super().save_related(request, form, formsets, change)
        for text in _findings(form.instance).get(form.instance.pk, []):
            self.message_user(request, text, messages.WARNING)

    @display(description="State", ordering="is_live", label={"In force": "success"})
    def state(self, rule: RoutingRule) -> str:
        """In force, or a draft."""
        return "In force" if rule.is_live else "Draft"

    @admin.display(description="When")
    def conditions_in_words(self, rule: RoutingRule) -> str:
        """Its conditions."""
        return "; ".join(conditions.in_words(rule.conditions)) or "every lead"

    @admin.display(description="Goes to")
    def target(self, rule: RoutingRule) -> str:
        """Whom it names, or its desk."""
        if rule.adviser:
            return f"{rule.adviser} ({rule.desk})"
        pool = ", ".join(sorted(str(one) for one in rule.pool.all()))
        return f"{pool} ({rule.desk})" if pool else str(rule.desk)

    @admin.display(description="What is wrong")
    def what_is_wrong(self, rule: RoutingRule) -> str:
        """What can be said for certain; empty: nothing."""
        return " ".join(getattr(rule, "wrong", []))


def _findings(rule: RoutingRule | None = None) -> dict[int, list[str]]:
    """What is wrong with the rules in force, and with each draft as if it were in force too."""
    ids = list(RoutingRule.objects.filter(is_live=True).values_list("pk", flat=True))
    team = roster.team(timezone.now(), {})
    if rule is not None:
        return rule_checks.findings(roster.house({*ids, rule.pk}).rules, team)
    everything = roster.house(RoutingRule.objects.values_list("pk", flat=True)).rules
    live = set(ids)
    found = rule_checks.findings([r for r in everything if r.rule_id in live], team)
    for draft in (r for r in everything if r.rule_id not in live):
        beside = [r for r in everything if r.rule_id in live or r is draft]
        said = rule_checks.findings(beside, team).get(draft.rule_id)
        found |= {draft.rule_id: said} if said else {}
    return found
