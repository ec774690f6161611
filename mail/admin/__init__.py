"""The staff screens of mail: messages, and the words of the templates."""

from mail.admin import messages  # noqa: F401 - it registers itself
