"""The questions of the room."""

from hatir.domains.customers.queries.customers import (
    RelationLine,
    customers_with_email,
    last_contact,
    last_purchase,
    lifetime_value,
    lists_of,
    next_contact,
    people_of,
    relation_rows,
    relations_of,
    search_words,
    subsidiaries_of,
)
from hatir.domains.customers.queries.rules_of_segments import (
    hidden_segments,
    live_segments,
    read_rule,
    rule_in_words,
    segments_among,
    segments_that_name,
)
from hatir.domains.customers.queries.segments import (
    Recipients,
    members_of,
    members_on,
    recipients_of,
    segments_of,
)
from hatir.domains.customers.queries.traits import fit_of, traits_of

__all__ = [
    "Recipients", "RelationLine", "customers_with_email", "fit_of", "hidden_segments", "last_contact", "last_purchase",
    "lifetime_value", "lists_of", "live_segments", "members_of", "members_on", "next_contact", "people_of",
    "read_rule", "recipients_of", "relation_rows", "relations_of", "rule_in_words", "search_words", "segments_among",
    "segments_of", "segments_that_name", "subsidiaries_of", "traits_of",
]  # fmt: skip
