"""The verbs of the room."""

from hatir.domains.customers.actions.customers import (
    add_to_list,
    create_contact_points,
    create_customers,
    draft_customers,
    note_contact,
    remove_from_list,
    update_contact_points,
    update_customers,
)
from hatir.domains.customers.actions.scores import recalculate_bands, recalculate_fit, replace_scores
from hatir.domains.customers.actions.segments import (
    checked_rule,
    create_criteria,
    create_segments,
    make_list_of,
    update_criteria,
    update_segments,
)
from hatir.domains.customers.actions.traits import note_traits

__all__ = [
    "add_to_list", "checked_rule", "create_contact_points", "create_criteria", "create_customers", "create_segments",
    "draft_customers", "make_list_of", "note_contact", "note_traits", "recalculate_bands", "recalculate_fit",
    "remove_from_list", "replace_scores", "update_contact_points", "update_criteria", "update_customers",
    "update_segments",
]  # fmt: skip
