"""The Django application of the room."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from hatir.foundation.apps import RoomApp


class PrivacyApp(RoomApp):
    name = "hatir.domains.privacy"
    label = "privacy"
    verbose_name = _("Privacy")
