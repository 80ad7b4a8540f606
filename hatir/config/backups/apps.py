"""The Django application of backups: their settings and their nightly task."""

from __future__ import annotations

from hatir.foundation.apps import RoomApp


class BackupsApp(RoomApp):
    name = "hatir.config.backups"
    label = "backups"
