"""The staff screens of mail: messages, and the words of the templates."""

from mail.admin import messages, templates  # noqa: F401 - they register themselves
