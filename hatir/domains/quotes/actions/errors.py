"""Why a quote does not go on."""

from __future__ import annotations

from django.utils.translation import gettext as _

from hatir.domains.quotes.models import STATUSES, Quote
from hatir.foundation.records.errors import RecordError


class NotThatWay(RecordError):
    """A quote cannot go from its status to that one."""

    def __init__(self, quote: Quote, status: str) -> None:
        self.quote, self.status = quote, status
        super().__init__(quote.pk, status)

    def __str__(self) -> str:
        return _("A quote that is “%(before)s” cannot become “%(status)s”.") % {
            "before": self.quote.get_status_display(),
            "status": dict(STATUSES)[self.status],
        }


class NoLines(RecordError):
    """A quote offers nothing yet."""

    def __str__(self) -> str:
        return _("The quote has no lines yet.")


class NotYours(RecordError):
    """The actor's own limit does not reach for approving this; `reasons` say why."""

    def __init__(self, reasons: list[str]) -> None:
        self.reasons = reasons
        super().__init__(*reasons)

    def __str__(self) -> str:
        return " ".join([*self.reasons, _("Somebody who may approve this has to decide.")])


class NoLongerOpen(RecordError):
    """A quote can no longer be answered: expired, replaced, or answered already."""

    def __init__(self, quote: Quote) -> None:
        self.quote = quote
        super().__init__(quote.pk, quote.status)

    def __str__(self) -> str:
        told = _("This quote can no longer be answered: it is “%(status)s”.")
        return told % {"status": dict(STATUSES)[self.quote.status]}
