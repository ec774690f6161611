"""What one member of the house must not read of anywhere: told by the apps above, asked by every screen and mail.

Rows that belong to something hidden are left out by their own gates. This is for what only names it: a reference in a
mail, in a record of erasures, in a log of what somebody did.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import reduce
from operator import or_

from django.db.models import Q
from django.http import HttpRequest

from accounts.models import User


@dataclass(frozen=True)
class Hidden:
    """References, as people read them, addresses in small letters, and names of clients."""

    references: frozenset[str] = frozenset()
    addresses: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.references or self.addresses)

    def __or__(self, other: "Hidden") -> "Hidden":
        return Hidden(
            self.references | other.references,
            self.addresses | other.addresses,
            self.names | other.names,
        )

    def is_named_in(self, *texts: str) -> bool:
        """Whether one of these texts names something hidden."""
        return any(reference in text for text in texts for reference in self.references)

    def censored(self, text: str) -> str:
        """The text without the references."""
        for reference in self.references:
            text = text.replace(reference, "another request")
        return text

    def named_in(self, *columns: str, with_names: bool = False) -> Q:
        """The rows of which one of these columns names something hidden; none when nothing is."""
        words = self.references | self.names if with_names else self.references
        found = [Q(**{f"{column}__contains": word}) for column in columns for word in sorted(words)]
        return reduce(or_, found, Q(pk__in=[]))


# Gets what those before it hid: what hangs on that need not ask when it is nothing.
Teller = Callable[[User, Hidden], Hidden]
_TELLERS: list[Teller] = []
_USERS: list[str] = []


def hides(tell: Teller) -> Teller:
    """Register what tells of things that a user must not read of because of what those before it hid."""
    _TELLERS.append(tell)
    return tell


def hides_from(users: str) -> Callable[[Teller], Teller]:
    """Register what tells of things that a user must not read of; of nothing to whom this SELECT does not give."""
    _USERS.append(users)
    return hides


def may_hide_from(user: str) -> str:
    """The condition in SQL that something may be hidden from this user; of most it says at once that nothing is."""
    return " OR ".join(f"{user} IN ({users})" for users in _USERS)


def hidden_from(user: User) -> Hidden:
    """All that this user must not read of; one statement for whoever is walled from nothing."""
    return reduce(lambda hidden, tell: hidden | tell(user, hidden), _TELLERS, Hidden())


def hidden_in(request: HttpRequest) -> Hidden:
    """The same for whoever looks at a page; asked once for each."""
    kept = vars(request)
    if "hidden" not in kept:
        assert isinstance(request.user, User)
        kept["hidden"] = hidden_from(request.user)
    found: Hidden = kept["hidden"]
    return found


def shown(user: User, words: Iterable[str]) -> list[str]:
    """Those of these references that the user may read."""
    hidden = hidden_from(user).references
    return [word for word in words if word not in hidden]
