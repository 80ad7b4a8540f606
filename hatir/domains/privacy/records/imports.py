"""Columns of a file that hold consents: one for each channel, and the source and date that go with all of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hatir.domains.privacy.models import CHANNELS
from hatir.domains.privacy.rules import status_of
from hatir.foundation.transfer.further import Asked, Cell, Further, Key, Origin, Shape, declare_further

PART = "privacy.consent"
SOURCE, DATE = "+consent.source", "+consent.date"
KNOWN_AS: Mapping[str, tuple[str, ...]] = {
    "email": ("e posta izni", "eposta izni", "e posta onayi", "email izni", "e posta iys", "email consent"),
    "sms": ("sms izni", "sms onayi", "mesaj izni", "mesaj onayi", "sms iys", "sms consent"),
    "call": ("arama izni", "arama onayi", "telefon izni", "telefon onayi", "arama iys", "call consent"),
    "whatsapp": ("whatsapp izni", "whatsapp onayi", "whatsapp consent"),
}


class _ConsentShape(Shape):
    """A word for yes or no in the column of a channel; source and date from their columns, or for the whole file."""

    def read(self, cells: Sequence[Cell], line: int, origin: Origin) -> Iterator[Asked]:
        of_row = {cell.further.name: cell.text for cell in cells if cell.further.name in (SOURCE, DATE)}
        proof = {name: of_row.get(name) or origin.whole.get(name, "") for name in (SOURCE, DATE)}
        for cell in cells:
            if cell.further.name not in (SOURCE, DATE):
                yield _asked(cell, proof, _("%(file)s, line %(line)d") % {"file": origin.file[:200], "line": line})

    def key(self, given: Mapping[str, Any]) -> Key:
        at: datetime = given["obtained_at"]
        return given["channel"], given["status"], at.astimezone(UTC).isoformat()


def _asked(cell: Cell, proof: Mapping[str, str], evidence: str) -> Asked:
    status = status_of(cell.text)
    if not status:
        told = _("“%(value)s” says neither yes nor no. Write evet or hayır, onay or ret, 1 or 0.")
        return Asked(cell.further, problem=told % {"value": cell.text[:60]})
    if not proof[SOURCE]:
        return Asked(cell.further, problem=_("The row does not say where the consent was obtained."))
    if not proof[DATE]:
        return Asked(cell.further, problem=_("The row does not say when the consent was obtained."))
    given = {
        "channel": cell.further.kind,
        "status": status,
        "obtained_from": proof[SOURCE],
        "obtained_at": proof[DATE],
        "evidence": evidence,
    }
    return Asked(cell.further, given)


SHAPE = _ConsentShape()
TARGETS = (
    *(
        Further(
            f"+consent.{channel}",
            format_lazy(gettext_lazy("Consent: {channel}"), channel=label),
            PART,
            channel,
            SHAPE,
            needs=(SOURCE, DATE),
            known_as=KNOWN_AS[channel],
        )
        for channel, label in CHANNELS
    ),
    Further(
        SOURCE,
        gettext_lazy("Consent: source"),
        PART,
        "source",
        SHAPE,
        column="obtained_from",
        known_as=("izin kaynagi", "onay kaynagi", "iys kaynak", "consent source"),
    ),
    Further(
        DATE,
        gettext_lazy("Consent: date"),
        PART,
        "date",
        SHAPE,
        column="obtained_at",
        known_as=("izin tarihi", "onay tarihi", "iys tarih", "consent date"),
    ),
)
declare_further("customers.customer", *TARGETS)
