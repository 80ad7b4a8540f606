"""The Django application of the room."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from hatir.foundation.apps import RoomApp


class SequencesApp(RoomApp):
    name = "hatir.domains.sequences"
    label = "sequences"
    verbose_name = _("Sequences")
