"""The Django application of the room."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from hatir.foundation.apps import RoomApp


class AccountsApp(RoomApp):
    name = "hatir.domains.accounts"
    label = "accounts"
    verbose_name = _("Account plans")
