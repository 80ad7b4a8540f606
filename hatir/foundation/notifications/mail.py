"""The daily digest as a mail."""

from __future__ import annotations

from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.utils.translation import ngettext

from hatir.foundation.notifications.queries import Digest
from hatir.foundation.notifications.wording import speaking_to


def send_digest(digest: Digest) -> None:
    """Mail one digest. Raises what the mail server raises; the job tries again."""
    with speaking_to(digest.user):
        count = len(digest.items)
        subject = ngettext("%(count)d new notification", "%(count)d new notifications", count) % {"count": count}
        given = {
            "name": digest.user.name,
            "items": [
                {"text": item.text, "detail": item.detail, "url": f"{settings.HATIR_BASE_URL}{item.url}"}
                for item in digest.items
            ],
            "settings_url": f"{settings.HATIR_BASE_URL}/notifications/settings/",
        }
        text = render_to_string("notifications/digest.txt", given)
        html = render_to_string("notifications/digest.html", given)
        send_mail(f"Hatır: {subject}", text, None, [digest.user.email], html_message=html)
