"""How a masked value is shown to those who may not open it."""

from __future__ import annotations

from typing import Any

from hatir.foundation.access.queries import may_reveal
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.fields import FieldSpec

DOT = "•"
LEFT_OPEN = 2


def mask(value: Any) -> Any:
    """Cover all but the last two characters: 12345678901 becomes •••••••••01. Empty stays empty."""
    if value in (None, "", []):
        return value
    text = str(value)
    shown = text[-LEFT_OPEN:] if len(text) > 2 * LEFT_OPEN else ""
    return DOT * (len(text) - len(shown)) + shown


def is_masked_for(actor: Actor, spec: FieldSpec) -> bool:
    """Tell whether the actor sees this field covered."""
    return spec.masked and not may_reveal(actor)


def shown(actor: Actor, spec: FieldSpec, value: Any) -> Any:
    """Give the value as the actor may see it: itself, or covered."""
    return mask(value) if is_masked_for(actor, spec) else value
