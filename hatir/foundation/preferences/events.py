"""What happened to settings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from hatir.foundation.events.facts import Event


@dataclass(frozen=True, kw_only=True)
class PreferenceChanged(Event):
    """A setting got another value: the company's, or that of the user in `about[0]`."""

    key: ClassVar[str] = "preferences.changed"
    name: str
    old: Any = None
    new: Any = None
    origin: str = ""
