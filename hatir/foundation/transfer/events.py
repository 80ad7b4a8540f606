"""What this room tells."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from hatir.foundation.events.facts import Event


@dataclass(frozen=True, kw_only=True)
class MassExport(Event):
    """Somebody takes out very many records at once, or exports many times within an hour.

    `at_least` is how many records leave now (counted no further than the limit), `exports` how many exports that
    person made within the hour.
    """

    key: ClassVar[str] = "transfer.mass_export"
    type_key: str = ""
    format: str = ""
    at_least: int = 0
    exports: int = 0
    origin: str = ""
