"""Questions about what customers are like, and how well they fit the target customer."""

from __future__ import annotations

from django.utils.translation import gettext as _

from hatir.domains.customers.models import Customer, CustomerTrait, TargetCriterion, TargetProfile, Trait
from hatir.domains.customers.queries.rules_of_segments import fitting, read_rule
from hatir.foundation.access.queries import visible
from hatir.foundation.records.actor import Actor
from hatir.kit.filters.schema import FilterError

PANEL_ROWS = 12


def traits_of(actor: Actor, customer: Customer) -> list[Trait]:
    """List what is known of a customer, with the kind of trait and where it is known from."""
    rows = CustomerTrait.objects.filter(customer=customer, trait__in=visible(actor, Trait).filter(archived_at=None))
    found = []
    for row in rows.select_related("trait").order_by("trait__dimension", "trait__name")[:PANEL_ROWS]:
        words = (row.trait.get_dimension_display(), row.get_given_by_display())
        row.trait.panel_note = " · ".join(str(word) for word in words)  # type: ignore[attr-defined]
        found.append(row.trait)
    return found


def fit_of(actor: Actor, customer: Customer) -> list[TargetCriterion]:
    """Explain the fit score of a customer: each criterion of the target customers in use, whether it holds, its share.

    A criterion about something that the actor may not ask is left out.
    """
    profiles = visible(actor, TargetProfile).filter(archived_at=None, is_active=True)
    rows = TargetCriterion.objects.filter(profile__in=profiles, archived_at=None, weight__gt=0).order_by(
        "profile", "pk"
    )
    criteria = list(rows.select_related("profile"))
    totals: dict[int, int] = {}
    for criterion in criteria:
        totals[criterion.profile_id] = totals.get(criterion.profile_id, 0) + criterion.weight
    found = []
    for criterion in criteria[:PANEL_ROWS]:
        try:
            holds = fitting(read_rule(criterion.rule, actor)).filter(pk=customer.pk).exists()
        except FilterError:
            continue
        share = round(100 * criterion.weight / totals[criterion.profile_id])
        note = _("holds: %(share)d of 100") if holds else _("does not hold: %(share)d of 100")
        criterion.panel_note = note % {"share": share}  # type: ignore[attr-defined]
        found.append(criterion)
    return found
