"""The declarations of the room, and what it offers to imports."""

from hatir.domains.privacy.records.consents import CONSENT as CONSENT
from hatir.domains.privacy.records.imports import TARGETS as TARGETS
