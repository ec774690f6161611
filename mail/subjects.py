"""Where staff find what a message is about: the apps above this one know, since their rows have the references."""

from collections.abc import Callable

from accounts.models import User

# The address of the page that a reference names, "" when this user may see none.
Finder = Callable[[User, str], str]
_FINDERS: dict[str, Finder] = {}


def register(prefix: str, find: Finder) -> None:
    """Say how to come from references that begin so to their pages."""
    _FINDERS[prefix] = find


def is_known(reference: str) -> bool:
    """Whether some app can find what this reference names."""
    return _finder(reference) is not None


def page_of(user: User, reference: str) -> str:
    """The address of what the reference names, "" when there is nothing that this user may see."""
    find = _finder(reference)
    return find(user, reference) if find else ""


def _finder(reference: str) -> Finder | None:
    if not reference.isprintable():  # such as a NUL, which PostgreSQL cannot be asked about
        return None
    return next((find for prefix, find in _FINDERS.items() if reference.startswith(prefix)), None)
