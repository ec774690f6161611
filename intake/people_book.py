"""Who is known and who becomes known while requests are matched one after the other, in memory."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from intake import addresses, names
from intake.models import Contact, Enquiry, Lead, Organisation


@dataclass(frozen=True)
class Match:
    """Who is behind a lead, and how the organisation was recognised."""

    lead: Lead
    contact: Contact
    organisation: Organisation | None
    how: str = ""
    is_new: bool = False
    is_new_organisation: bool = False


@dataclass
class Book:
    """Contacts by address, organisations by name and by the domain that their people write from.

    What was merged stands for what it was merged into. `latin` holds each organisation with the name that it has.
    """

    contacts: dict[str, Contact]
    named: dict[str, Organisation]
    latin: dict[str, list[tuple[str, Organisation]]]
    domains: dict[str, list[Organisation]]
    new_contacts: list[Contact] = field(default_factory=list)
    new_organisations: list[Organisation] = field(default_factory=list)

    def match(self, lead: Lead) -> Match:
        """Who is behind this lead; whoever is new is known from then on."""
        enquiry = lead.enquiry
        known = self.contacts.get(addresses.email_key(enquiry.email))
        before = len(self.new_organisations)
        organisation, how = self._organisation(enquiry, known)
        return Match(
            lead=lead,
            contact=known or self._new_contact(enquiry, organisation),
            organisation=organisation,
            how=how,
            is_new=known is None,
            is_new_organisation=len(self.new_organisations) > before,
        )

    def _organisation(
        self, enquiry: Enquiry, contact: Contact | None
    ) -> tuple[Organisation | None, str]:
        if names.exact_key(enquiry.organisation):
            return self._named(enquiry.organisation)
        if contact and contact.organisation:
            return contact.organisation, ""
        of_domain = self.domains.get(addresses.house_domain(enquiry.email), [])
        if len(of_domain) == 1:
            return of_domain[0], "Organisation known by the domain of the address."
        return None, ""

    def _named(self, name: str) -> tuple[Organisation, str]:
        keys = Organisation.keys_of(name)
        if known := self.named.get(keys["name_key"]):
            return known, "Organisation known by its name."
        near = self.latin.get(keys["latin_key"], []) if keys["latin_key"] else []
        if only := _only_one(near, name):
            return only, "Organisation known by its name, written a little differently."
        made = Organisation(name=name.strip(), **keys)
        self.new_organisations.append(made)
        self.named[made.name_key] = made
        self.latin.setdefault(made.latin_key, []).append((made.name, made))
        return made, "New organisation."

    def _new_contact(self, enquiry: Enquiry, organisation: Organisation | None) -> Contact:
        made = Contact(
            full_name=enquiry.full_name,
            email=enquiry.email,
            phone=enquiry.phone,
            job_title=enquiry.job_title,
            organisation=organisation,
            **Contact.keys_of(enquiry.full_name, enquiry.email),
        )
        self.new_contacts.append(made)
        self.contacts[made.email_key] = made
        of_domain = self.domains.setdefault(made.domain, []) if made.domain else []
        if organisation and organisation not in of_domain:
            of_domain.append(organisation)
        return made


@dataclass(frozen=True)
class Keys:
    """By what the people behind some enquiries are looked for: keys of addresses, of names, Latin ones of these, and
    domains where no name is given; and by what nobody else may look for them meanwhile.
    """

    emails: set[str] = field(default_factory=set)
    named: set[str] = field(default_factory=set)
    latin: set[str] = field(default_factory=set)
    domains: set[str] = field(default_factory=set)
    held: set[str] = field(default_factory=set)


def keys_of(enquiries: Iterable[Enquiry]) -> Keys:
    """What to look for. A new contact may be the first of a domain, so that is held also where a name is given."""
    found = Keys()
    for one in enquiries:
        found.emails.add(addresses.email_key(one.email))
        domain = addresses.house_domain(one.email)
        found.held.add(f"@{domain}")
        if names.exact_key(one.organisation):
            keys = Organisation.keys_of(one.organisation)
            found.named.add(keys["name_key"])
            found.latin.add(keys["latin_key"])
        else:
            found.domains.add(domain)
    found.held.update(found.emails, found.named, found.latin)
    for keys_ in (found.latin, found.domains, found.held):
        keys_ -= {"", "@"}
    return found


def _only_one(near: Sequence[tuple[str, Organisation]], name: str) -> Organisation | None:
    """The one of this name; of several the one of the same legal form, so that each spelling makes no further one."""
    same = [both for both in near if _is_same_name(both[0], name)]
    form = names.legal_form(name)
    of_form = [both for both in same if names.legal_form(both[0]) == form]
    for found in (same, of_form):
        # Not by themselves: who is not stored yet has no number and cannot be told apart by it.
        alike = list({(one.pk, one.name_key): one for _, one in found}.values())
        if len(alike) == 1:
            return alike[0]
    return None


def _is_same_name(one: str, other: str) -> bool:
    """Whether two names are one but for case, accents, punctuation and a legal form that only one of the two has."""
    forms = {names.legal_form(one), names.legal_form(other)} - {""}
    return names.plain_key(one) == names.plain_key(other) and len(forms) <= 1
