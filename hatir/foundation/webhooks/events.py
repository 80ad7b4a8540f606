"""What the room tells."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from hatir.foundation.events.facts import Event


@dataclass(frozen=True, kw_only=True)
class EndpointDisabled(Event):
    """An endpoint was switched off because it failed for days or asked never to be called again."""

    key: ClassVar[str] = "webhooks.endpoint_disabled"
    because: str = ""
