"""Inviting: reading a list of addresses, and mailing each colleague a link that works once."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from smtplib import SMTPException
from typing import Any

from django.conf import settings
from django.core.mail import send_mail
from django.utils import translation
from django.utils.translation import gettext as _

from hatir.foundation.access.actions import Invitation
from hatir.foundation.preferences.queries import value_of
from hatir.foundation.staff.actions import LINK_HOURS
from hatir.kit.email_address import is_email, normalise_email
from hatir.kit.text_tr import tr_title

log = logging.getLogger(__name__)
MOST_AT_ONCE = 100
_NAMED = re.compile(r"^\s*(?P<name>[^<>@]*?)\s*[<,;\t]?\s*(?P<email>[^\s<>,;]+@[^\s<>,;]+)\s*>?\s*$")


@dataclass(frozen=True)
class SentLink:
    """An invited colleague with the whole address of the link; `is_mailed` says whether the mail left."""

    name: str
    email: str
    url: str
    is_mailed: bool


def read_addresses(text: str) -> list[dict[str, Any]]:
    """Read people, one a line: an address, or a name with one. Raises ValueError naming the line that is none."""
    people: list[dict[str, Any]] = []
    for line in text.splitlines():
        if not line.strip():
            continue
        found = _NAMED.match(line)
        if found is None or not is_email(found["email"]):
            raise ValueError(_("“%(line)s” is no e-mail address.") % {"line": line.strip()[:80]})
        email = normalise_email(found["email"])
        if email not in {person["email"] for person in people}:
            people.append({"name": found["name"] or name_from(email), "email": email})
    if not people:
        raise ValueError(_("Write at least one e-mail address."))
    if len(people) > MOST_AT_ONCE:
        raise ValueError(_("Invite at most %(count)d people at once.") % {"count": MOST_AT_ONCE})
    return people


def name_from(email: str) -> str:
    """Guess a name from an address: "ayse.yilmaz@…" gives "Ayse Yilmaz"; everybody corrects his own."""
    return tr_title(" ".join(part for part in re.split(r"[._\-+\d]+", email.split("@")[0]) if part)) or email


def link_url(path: str) -> str:
    """Give the whole address of a link's path."""
    return f"{settings.HATIR_BASE_URL.rstrip('/')}{path}"


def send_links(invitations: Sequence[Invitation], *, by: str) -> list[SentLink]:
    """Mail each invited colleague; a mail that does not leave is told, since the link can be handed over otherwise."""
    return [
        SentLink(
            invited.user.name,
            invited.user.email,
            link_url(invited.path),
            _mail(invited.user, link_url(invited.path), by),
        )
        for invited in invitations
    ]


def _mail(user: Any, url: str, by: str) -> bool:
    company = value_of("company.name") or "Hatır"
    with translation.override(user.language or settings.LANGUAGE_CODE):
        subject = _("%(company)s: your account in Hatır") % {"company": company}
        lines: Iterable[str] = (
            _("Hello %(name)s,") % {"name": user.name},
            "",
            _("%(by)s invites you to work with %(company)s in Hatır.") % {"by": by, "company": company},
            _("Open this link to sign in; it works once, within %(hours)d hours:") % {"hours": LINK_HOURS},
            "",
            url,
        )
    try:
        send_mail(subject, "\n".join(lines), None, [user.email])
    except (OSError, SMTPException):
        log.warning("an invitation could not be mailed", exc_info=True)
        return False
    return bool(settings.EMAIL_HOST)
