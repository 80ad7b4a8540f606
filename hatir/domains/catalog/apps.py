"""The Django application of the room."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from hatir.foundation.apps import RoomApp


class CatalogApp(RoomApp):
    name = "hatir.domains.catalog"
    label = "catalog"
    verbose_name = _("Products and prices")
