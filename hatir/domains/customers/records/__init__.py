"""The declarations of the room's objects."""

from hatir.domains.customers.records.customers import (
    ADDRESS,
    COMPANY_TYPE,
    CONTACT_POINT,
    CUSTOMER,
    LIST,
    PERSON_TYPE,
    RELATION,
    RELATION_KIND,
    TAG,
)
from hatir.domains.customers.records.duplicates import COMPANY_DUPLICATES, PERSON_DUPLICATES
from hatir.domains.customers.records.quality import FINDING
from hatir.domains.customers.records.segments import SEGMENT, TARGET_CRITERION, TARGET_PROFILE, TRAIT

__all__ = [
    "ADDRESS",
    "COMPANY_DUPLICATES",
    "COMPANY_TYPE",
    "CONTACT_POINT",
    "CUSTOMER",
    "FINDING",
    "LIST",
    "PERSON_DUPLICATES",
    "PERSON_TYPE",
    "RELATION",
    "RELATION_KIND",
    "SEGMENT",
    "TAG",
    "TARGET_CRITERION",
    "TARGET_PROFILE",
    "TRAIT",
]
