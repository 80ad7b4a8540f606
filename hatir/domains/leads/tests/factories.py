"""Leads for the room's tests."""

from __future__ import annotations

from typing import Any

from hatir.domains.leads import actions
from hatir.domains.leads.models import Lead
from hatir.foundation.records.actor import system_actor

SYSTEM = system_actor("test")


def make_lead(name: str = "Işıl Çınar", *, actor: Any = SYSTEM, **values: Any) -> Lead:
    """Take one lead in."""
    return actions.create_leads([{"name": name, **values}], actor=actor)[0]


def fresh(lead: Lead) -> Lead:
    """Read a lead again."""
    return Lead.objects.get(pk=lead.pk)
