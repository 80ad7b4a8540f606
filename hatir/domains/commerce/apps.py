"""The Django application of the room."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from hatir.foundation.apps import RoomApp


class CommerceApp(RoomApp):
    name = "hatir.domains.commerce"
    label = "commerce"
    verbose_name = _("Orders")
