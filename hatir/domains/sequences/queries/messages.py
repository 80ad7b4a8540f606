"""Messages that are kept instead of sent, and the keys by which messages are known."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from hatir.domains.sequences.models import Enrolment, KeptMessage, Step
from hatir.foundation.access.queries import visible
from hatir.foundation.records.actor import Actor
from hatir.kit.ids import decode_id, encode_id


def message_key(enrolment: Enrolment, step: Step) -> str:
    """Give the key of the mail that an enrolment sends at a step."""
    return f"{encode_id(enrolment.pk)}.{encode_id(step.pk)}"


def ids_of_key(key: str) -> tuple[int, int]:
    """Give enrolment and step of a message's key. Raises ValueError for one that was not made here."""
    one, _dot, step = key.partition(".")
    return decode_id(one), decode_id(step)


def kept_messages(actor: Actor) -> QuerySet[KeptMessage]:
    """Give the kept messages of the enrolments that the actor sees, the newest first."""
    rows = KeptMessage.objects.filter(enrolment__in=visible(actor, Enrolment))
    return rows.select_related("sender", "step", "enrolment__sequence").order_by("-at", "-pk")


def kept_before(rows: QuerySet[KeptMessage], message_id: int) -> QuerySet[KeptMessage]:
    """Give those of kept messages that come after one of them, which is the last of a page."""
    last = rows.filter(pk=message_id).first()
    return rows if last is None else rows.filter(Q(at__lt=last.at) | Q(at=last.at, pk__lt=last.pk))
