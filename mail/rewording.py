"""Rewording a mail template: checked against the closed list of its placeholders, kept, and taken back."""

import hashlib
import re
from collections.abc import Collection
from functools import lru_cache

import structlog
from django.core.exceptions import ValidationError
from django.db import connection, transaction

from accounts import text_rules
from accounts.models import User
from mail import typesetting
from mail.catalogue import MailTemplate
from mail.models import TemplateText

log = structlog.get_logger("derisk.mail")
LONGEST_SUBJECT = 200
LONGEST_BODY = 10_000
_BRACES = re.compile(r"\{\{|\}\}|\{%|%\}")


Words = tuple[str, str, TemplateText | None]
Wanted = tuple[MailTemplate, str]
_NEWEST = """
    SELECT DISTINCT ON (template, language) * FROM mail_templatetext
    WHERE (template, language) IN (SELECT * FROM unnest(%s::text[], %s::text[]))
    ORDER BY template, language, number DESC
"""


def current(template: MailTemplate, language: str) -> Words:
    """Subject and text that count now, and the version that staff wrote; None for what it came with.

    A version that this version of the code has no values for is passed over: no mail goes out with a hole in it.
    """
    return current_of({(template, language)})[template, language]


def current_of(wanted: Collection[Wanted]) -> dict[Wanted, Words]:
    """The same of many templates and languages, in one statement; none for none."""
    if not wanted:
        return {}
    names, languages = [one.name for one, _ in wanted], [language for _, language in wanted]
    rows = TemplateText.objects.raw(_NEWEST, [names, languages])
    newest = {(row.template, row.language): row for row in rows}
    return {
        (template, language): _words(template, language, newest.get((template.name, language)))
        for template, language in wanted
    }


def _words(template: MailTemplate, language: str, newest: TemplateText | None) -> Words:
    if newest is None or newest.is_reset:
        return *template.built_in(language), None
    if not _fits(template, newest.subject, newest.body):
        log.warning("a mail template of staff no longer fits", template_text=newest.pk)
        return *template.built_in(language), None
    return newest.subject, newest.body, newest


@lru_cache(maxsize=64)
def _fits(template: MailTemplate, subject: str, body: str) -> bool:
    try:
        check(template, subject, body)
    except ValidationError:
        return False
    return True


def number_of(template: MailTemplate, language: str) -> int:
    """The number of the newest version, 0 before the first."""
    newest = TemplateText.objects.of(template.name, language).values_list("number", flat=True)
    return newest.first() or 0


def digest_of(template: MailTemplate, language: str) -> str:
    """What tells the words that a template came with from those of another version of the code."""
    return hashlib.sha256("\n".join(template.built_in(language)).encode()).hexdigest()


@transaction.atomic
def reword(
    *, template: MailTemplate, language: str, subject: str, body: str, seen: int, by: User
) -> TemplateText:
    """Let mails that are queued from now on say this; `seen` is the number of the version that was read before.

    Raises ValidationError: by field as in `check`; code "conflict" when somebody else wrote another version meanwhile,
    "unchanged" when it says what it says already.
    """
    subject, body = subject.strip(), body.replace("\r\n", "\n").strip()
    check(template, subject, body)
    _lock(template, language, seen)
    if (subject, body) == current(template, language)[:2]:
        raise ValidationError("These are the words that it has already.", code="unchanged")
    return _write(template, language, seen, by, subject=subject, body=body)


@transaction.atomic
def reset(*, template: MailTemplate, language: str, seen: int, by: User) -> TemplateText:
    """Say again what the template came with.

    Raises ValidationError: code "conflict" as in `reword`, "unchanged" when that is what it says.
    """
    _lock(template, language, seen)
    newest = TemplateText.objects.of(template.name, language).first()
    if newest is None or newest.is_reset:
        raise ValidationError("It has the words that it came with.", code="unchanged")
    return _write(template, language, seen, by, is_reset=True)


def _lock(template: MailTemplate, language: str, seen: int) -> None:
    """One at a time for each template and language; there may be no row yet to lock."""
    with connection.cursor() as cursor:
        name = f"mail template {template.name} {language}"
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [name])
    if number_of(template, language) != seen:
        raise ValidationError(
            "Somebody else has changed these words since you opened them. Look at theirs below, then save again.",
            code="conflict",
        )


def _write(
    template: MailTemplate, language: str, seen: int, by: User, **fields: object
) -> TemplateText:
    return TemplateText.objects.create(
        template=template.name,
        language=language,
        number=seen + 1,
        built_in_digest=digest_of(template, language),
        by=by,
        **fields,
    )


# ---- What may stand in a text


def check(template: MailTemplate, subject: str, body: str) -> None:
    """Raise ValidationError, by field, for words that a mail could not be made of; it says what would do."""
    found = {
        "subject": _problems(template, subject, LONGEST_SUBJECT, is_subject=True),
        "body": _problems(template, body, LONGEST_BODY, is_subject=False),
    }
    if not found["body"]:
        missing = _missing(template, f"{subject}\n{body}")
        found["body"] = [*missing, *_wrong_links(template, body)]
    problems = {field: errors for field, errors in found.items() if errors}
    if problems:
        raise ValidationError(problems)


def _problems(
    template: MailTemplate, words: str, longest: int, *, is_subject: bool
) -> list[ValidationError]:
    if not words.strip():
        return [ValidationError("Write something.", code="required")]
    problems = [*_refused_by_rules(words, is_subject)]
    if len(words) > longest:
        text = f"Shorten this to {longest} characters or fewer; it has {len(words)} now."
        problems.append(ValidationError(text, code="max_length"))
    names = typesetting.PLACEHOLDER.findall(words)
    usable = [
        one for one in template.placeholders if not (is_subject and (one.is_link or one.is_passage))
    ]
    listed = ", ".join(one.written for one in usable)
    for name in dict.fromkeys(names):
        if name not in {one.name for one in usable}:
            text = f"{{{{ {name} }}}} does not exist here. These do: {listed}."
            problems.append(ValidationError(text, code="unknown_placeholder"))
    if _BRACES.search(typesetting.PLACEHOLDER.sub("", words)):
        text = f"Braces stand around placeholders only, two on each side. These exist: {listed}."
        problems.append(ValidationError(text, code="braces"))
    return problems


def _refused_by_rules(words: str, is_subject: bool) -> list[ValidationError]:
    rules = [text_rules.refuse_hidden_characters, _refuse_private_characters]
    rules += [text_rules.refuse_line_breaks] if is_subject else []
    problems = []
    for rule in rules:
        try:
            rule(words)
        except ValidationError as error:
            problems.append(error)
    return problems


def _refuse_private_characters(words: str) -> None:
    if re.search("[\ue000-\uf8ff]", words):
        raise ValidationError("Take out the characters that no font knows.", code="private")


def _missing(template: MailTemplate, words: str) -> list[ValidationError]:
    there = set(typesetting.PLACEHOLDER.findall(words))
    return [
        ValidationError(
            f"{one.written} is missing and must be there: {one.meaning}.",
            code="missing_placeholder",
        )
        for one in template.placeholders
        if one.is_required and one.name not in there
    ]


def _wrong_links(template: MailTemplate, body: str) -> list[ValidationError]:
    """A link leads to an address of ours or to a page by https; any other would stand in the mail as it is written."""
    ours = [one.written for one in template.placeholders if one.is_link]
    addresses = typesetting.links_of(body)
    are_right = all(
        address in ours or ("{{" not in address and address.startswith("https://"))
        for address in addresses
    )
    if are_right and len(addresses) == body.count("]("):
        return []
    text = f"A link is written [words]({ours[0]}) or [words](https://example.org/page)."
    return [ValidationError(text, code="link")]
