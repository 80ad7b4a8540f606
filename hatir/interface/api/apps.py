"""The Django application of the REST corridor."""

from __future__ import annotations

from hatir.foundation.apps import RoomApp


class ApiApp(RoomApp):
    name = "hatir.interface.api"
    label = "api"
