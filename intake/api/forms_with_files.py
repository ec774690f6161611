"""Forms with files by machine, read as the JSON of the same request would be."""

from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict
from django.http.multipartparser import MultiPartParserError
from django.utils.datastructures import MultiValueDict
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.parsers import BaseParser

from intake.api.parsing import Unreadable
from intake.uploading import read_form

# Fields that may stand several times in a form.
LISTS = ("countries_of_interest", "services", "attachments")


class FilesParser(BaseParser):
    """A form with files, as the JSON of the same request; files are bounded as those of the page."""

    media_type = "multipart/form-data"

    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> Any:
        try:
            words, files = read_form(parser_context["request"]._request)
        except MultiPartParserError as error:
            raise Unreadable(f"Multipart form parse error - {error}") from error
        return _as_json(words, files)


def _as_json(words: QueryDict, files: MultiValueDict[str, UploadedFile]) -> dict[str, Any]:
    """Each field once, lists as lists, and consent, which a form can only spell, as true or as what was spelt."""
    data: dict[str, Any] = {}
    for found in (words, files):
        for name, values in found.lists():
            if name in LISTS:
                data[name] = data.get(name, []) + values
            elif len(values) > 1 or name in data:
                raise _doubled(name)
            else:
                data[name] = values[0]
    if data.get("consent") == "true":
        data["consent"] = True
    return data


def _doubled(name: str) -> ValidationError:
    return ValidationError({name: [ErrorDetail("Send this once; it came twice.", "duplicate")]})
