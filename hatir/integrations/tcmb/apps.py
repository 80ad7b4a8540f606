"""The Django application of the adapter."""

from __future__ import annotations

from hatir.foundation.apps import RoomApp


class TcmbApp(RoomApp):
    name = "hatir.integrations.tcmb"
    label = "tcmb"
    loads = ("feed",)
