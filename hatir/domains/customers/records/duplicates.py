"""How the same person or company, entered twice, is recognised, and what is kept when two become one."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from hatir.foundation.merging.comparisons import Compare, More
from hatir.foundation.merging.declared import Duplicates, Kept, declare_duplicates

PHONES = More("customers.contact_point", "customer", "value_normal", {"kind": "phone"})
EMAILS = More("customers.contact_point", "customer", "value_normal", {"kind": "email"})
ADDRESS_FIELDS = ("address", "district", "city", "postal_code", "country")
KEPT = (
    Kept("customers.contact_point", "customer", {"phone": "value"}, {"kind": "phone"}),
    Kept("customers.contact_point", "customer", {"email": "value"}, {"kind": "email"}),
    Kept("customers.contact_point", "customer", {"website": "value"}, {"kind": "web"}),
    Kept("customers.address", "customer", {name: name for name in ADDRESS_FIELDS}, {"kind": "other"}),
)
SAME_PLACE = (Compare("address", ("address",)), Compare("place", ("district",)), Compare("place", ("city",)))
PERSON_DUPLICATES = declare_duplicates(
    "customers.person",
    Duplicates(
        (
            Compare("name", ("given_name", "family_name"), _("name")),
            Compare("phone", ("phone",), columns=("phone_e164",), more=PHONES),
            Compare("email", ("email",), more=EMAILS),
            Compare("date", ("birth_on",)),
            Compare("number", ("tckn",)),
            *SAME_PLACE,
        ),
        kept=KEPT,
        together=(("name", "given_name", "family_name", "honorific"), (*ADDRESS_FIELDS, "region")),
    ),
)
COMPANY_DUPLICATES = declare_duplicates(
    "customers.company",
    Duplicates(
        (
            Compare("company", ("name",)),
            Compare("number", ("vkn",)),
            Compare("number", ("mersis",)),
            Compare("phone", ("phone",), columns=("phone_e164",), more=PHONES),
            Compare("email", ("email",), more=EMAILS, shared=True),
            Compare("text", ("website",), shared=True),
            *SAME_PLACE,
        ),
        kept=KEPT,
        together=((*ADDRESS_FIELDS, "region"),),
    ),
)
