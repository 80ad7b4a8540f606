"""What the room does by the clock and in the background: the end of validity, reminders, mails."""

from __future__ import annotations

from django.core.mail import EmailMessage
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hatir.domains.planning.actions import plan
from hatir.domains.quotes import queries
from hatir.domains.quotes.actions import expire_quote
from hatir.domains.quotes.preferences import FOLLOW_UP_DAYS
from hatir.domains.quotes.rules import OUT
from hatir.foundation.access.queries import get_visible
from hatir.foundation.jobs.context import JobContext
from hatir.foundation.jobs.declaration import task
from hatir.foundation.notifications.wording import speaking_to
from hatir.foundation.preferences.queries import value_of
from hatir.foundation.records.actor import system_actor
from hatir.foundation.records.refs import RecordRef

BATCH = 500


@task(key="quotes.expire", label=gettext_lazy("Quotes whose time is over"))
def expire() -> None:
    """End quotes whose last day is over. Safe to run twice: what ended is out no longer."""
    on, actor = timezone.localdate(), system_actor("quotes")
    while found := queries.run_out(on, BATCH):
        for quote_id in found:
            expire_quote(quote_id, on=on, actor=actor)


@task(key="quotes.follow_up", label=gettext_lazy("Reminders of quotes without an answer"))
def follow_up() -> None:
    """Give owners a task for each quote without an answer; one for each quote, however often this runs."""
    at, days, after = timezone.now(), int(value_of(FOLLOW_UP_DAYS.key)), 0
    if days <= 0:
        return
    while found := queries.unanswered(at, days, BATCH, after):
        for quote in found:
            after = quote.pk
            if quote.owner is None or not quote.owner.is_active:
                continue
            with speaking_to(quote.owner):
                title = _("Ask about quote %(number)s") % {"number": quote.number}
            plan(
                title,
                actor=system_actor("quotes"),
                about=RecordRef("quotes.quote", quote.pk),
                kind="call",
                due_at=at,
                owner_id=quote.owner.pk,
                customer_id=quote.customer_id,
                reminds=False,
                once=quote.pk,
            )


@task(key="quotes.mail", label=gettext_lazy("Mail with a quote"), takes_context=True)
def mail(context: JobContext, quote_id: int, to: str, subject: str, text: str) -> None:
    """Mail a quote with its PDF, as long as it is out. Raises what the mail server raises; the job tries again."""
    actor = context.actor
    quote = get_visible(actor, "quotes.quote", quote_id)
    if quote.status not in OUT:
        return
    with translation.override(quote.language):
        message = EmailMessage(subject, text, None, [to])
        made = queries.pdf_of(quote, queries.lines_of(actor, quote))
        message.attach(queries.pdf_name(quote), made, "application/pdf")
    message.send()
