"""Where mails stay while nothing sends them: each is kept once, to be looked at."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from hatir.domains.sequences.models import KeptMessage
from hatir.domains.sequences.ports import MessageGateway, OutboundMessage, Taken, registered_gateway
from hatir.domains.sequences.queries.messages import ids_of_key
from hatir.foundation.records import bulk

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


class Outbox:
    """Fulfils `MessageGateway` by keeping messages; none of them leaves the house."""

    @property
    def name(self) -> StrOrPromise:
        return _("Outbox")

    @property
    def sends(self) -> bool:
        return False

    def take(self, messages: Sequence[OutboundMessage], *, at: datetime) -> list[Taken]:
        rows = []
        for message in messages:
            enrolment_id, step_id = ids_of_key(message.key)
            rows.append(KeptMessage(
                key=message.key, enrolment_id=enrolment_id, step_id=step_id, sender_id=message.sender_id,
                to=message.to, subject=message.subject[:300], body=message.body, at=at,
            ))  # fmt: skip
        bulk.insert_missing(rows)
        return [Taken(message.key) for message in messages]


OUTBOX = Outbox()


def gateway() -> MessageGateway:
    """Give the way out of this installation: the registered one, else the outbox that only keeps."""
    return registered_gateway() or OUTBOX
