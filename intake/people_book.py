"""Who is known and who becomes known while requests are matched one after the other, in memory; stored at the end."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from accounts.many import Many
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
        # Not by themselves: who is not stored yet has no number and cannot be told apart by it.
        same = (one for stored, one in near if _is_same_name(stored, name))
        alike = list({(one.pk, one.name_key): one for one in same}.values())
        if len(alike) == 1:
            return alike[0], "Organisation known by its name, written a little differently."
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

    def store(self) -> None:
        """Store whoever is new."""
        _ORGANISATIONS.store(self.new_organisations)
        for contact in self.new_contacts:
            contact.organisation = contact.organisation  # takes over the number that it has by now
        _CONTACTS.store(self.new_contacts)


_ORGANISATIONS = Many(Organisation, ("name", "name_key", "latin_key", "sound_key"))
_CONTACTS = Many(
    Contact,
    (
        *("full_name", "email", "phone", "job_title", "organisation_id"),
        *("email_key", "mailbox_key", "domain", "latin_key", "sound_key"),
    ),
)


def keys_of(enquiries: Iterable[Enquiry]) -> tuple[set[str], set[str], set[str], set[str]]:
    """What to look for: keys of addresses, of names, Latin ones of these, and domains where no name is given."""
    emails: set[str] = set()
    named: set[str] = set()
    latin: set[str] = set()
    domains: set[str] = set()
    for one in enquiries:
        emails.add(addresses.email_key(one.email))
        if names.exact_key(one.organisation):
            keys = Organisation.keys_of(one.organisation)
            named.add(keys["name_key"])
            latin.add(keys["latin_key"])
        else:
            domains.add(addresses.house_domain(one.email))
    return emails, named, latin - {""}, domains - {""}


def _is_same_name(one: str, other: str) -> bool:
    """Whether two names are one but for case, accents, punctuation and a legal form that only one of the two has."""
    forms = {names.legal_form(one), names.legal_form(other)} - {""}
    return names.plain_key(one) == names.plain_key(other) and len(forms) <= 1
