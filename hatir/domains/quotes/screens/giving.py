"""How a quote reaches the customer: its link, a prepared mail, a prepared WhatsApp message."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote as quoted

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from hatir.domains.quotes import queries
from hatir.domains.quotes.models import Quote
from hatir.foundation.access.queries import readable_fields
from hatir.foundation.preferences.queries import value_of
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.registry import record_type
from hatir.interface.web.recordpages import Opened
from hatir.kit.formats_tr import format_date, format_money


@dataclass(frozen=True)
class Giving:
    """What the seller needs to give a quote away; empty addresses are not known or not his to see."""

    link: str
    mailto: str
    whatsapp: str
    email: str
    subject: str
    text: str
    may_mail: bool
    mail_url: str
    close_url: str
    renew_url: str
    accept_url: str


def giving_of(opened: Opened) -> Giving:
    """Prepare everything for one quote."""
    quote: Quote = opened.record
    link = queries.link_of(quote)
    url = f"{settings.HATIR_BASE_URL}{queries.path_of_link(link)}" if link else ""
    email, phone = _addresses(opened.actor, quote)
    subject, text = message_of(quote, url)
    return Giving(
        link=url,
        mailto=f"mailto:{quoted(email)}?subject={quoted(subject)}&body={quoted(text)}" if url else "",
        whatsapp=f"https://wa.me/{phone.lstrip('+')}?text={quoted(text)}" if url else "",
        email=email,
        subject=subject,
        text=text,
        may_mail=bool(settings.EMAIL_HOST) and bool(url),
        mail_url=f"{opened.url}mail/",
        close_url=f"{opened.url}link/closing/",
        renew_url=f"{opened.url}link/renewal/",
        accept_url=f"{opened.url}acceptance/",
    )


def message_of(quote: Quote, url: str) -> tuple[str, str]:
    """Write subject and text in the customer's language."""
    with translation.override(quote.language):
        company = str(value_of("company.name") or "Hatır")
        subject = _("%(company)s, quote %(number)s") % {"company": company, "number": quote.number}
        name = quote.contact.name if quote.contact else quote.customer.name
        total = format_money(quote.total, quote.currency, decimals=2, language=quote.language)
        lines = [
            _("Dear %(name)s,") % {"name": name},
            "",
            _("our quote %(number)s over %(total)s is ready:") % {"number": quote.number, "total": total},
            url,
        ]
        if quote.valid_until:
            day = format_date(quote.valid_until, language=quote.language)
            lines += ["", _("You can read, download and accept it there until %(day)s.") % {"day": day}]
        lines += ["", quote.owner.name if quote.owner else "", company]
    return subject, "\n".join(lines)


def _addresses(actor: Actor, quote: Quote) -> tuple[str, str]:
    """Give mail and phone of whom the quote is for, as far as the actor may read them."""
    readable = readable_fields(actor, record_type("customers.customer"))
    people: list[Any] = [person for person in (quote.contact, quote.customer) if person is not None]
    email = next((person.email for person in people if person.email), "") if "email" in readable else ""
    phone = next((person.phone_e164 for person in people if person.phone_e164), "") if "phone" in readable else ""
    return email, phone
