"""Django application of each foundation room, low to high; the last one installs the write pipeline."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RoomApp(AppConfig):
    """One room: its declarations, reactions and tasks are loaded when the server starts."""

    default_auto_field = "django.db.models.BigAutoField"
    loads: tuple[str, ...] = ("records", "panels", "reactions", "tasks", "preferences")

    def ready(self) -> None:
        for module in self.loads:
            if find_spec(f"{self.name}.{module}") is not None:
                import_module(f"{self.name}.{module}")


class RecordsApp(RoomApp):
    name = "hatir.foundation.records"
    label = "records"

    def ready(self) -> None:
        from django.db.backends.signals import connection_created

        from hatir.foundation.records.expressions import lend_functions

        connection_created.connect(lend_functions, dispatch_uid="hatir.fold")
        super().ready()


class EventsApp(RoomApp):
    name = "hatir.foundation.events"
    label = "events"


class StaffApp(RoomApp):
    name = "hatir.foundation.staff"
    label = "staff"
    verbose_name = _("Staff")


class AccessApp(RoomApp):
    name = "hatir.foundation.access"
    label = "access"


class JobsApp(RoomApp):
    name = "hatir.foundation.jobs"
    label = "jobs"


class FilesApp(RoomApp):
    name = "hatir.foundation.files"
    label = "files"


class PreferencesApp(RoomApp):
    name = "hatir.foundation.preferences"
    label = "preferences"


class NumberingApp(RoomApp):
    name = "hatir.foundation.numbering"
    label = "numbering"


class AuditApp(RoomApp):
    name = "hatir.foundation.audit"
    label = "audit"


class CustomizationApp(RoomApp):
    name = "hatir.foundation.customization"
    label = "customization"


class OutboundApp(RoomApp):
    name = "hatir.foundation.outbound"
    label = "outbound"


class SearchApp(RoomApp):
    name = "hatir.foundation.search"
    label = "search"


class TimelineApp(RoomApp):
    name = "hatir.foundation.timeline"
    label = "timeline"


class SavedViewsApp(RoomApp):
    name = "hatir.foundation.savedviews"
    label = "savedviews"


class TransferApp(RoomApp):
    name = "hatir.foundation.transfer"
    label = "transfer"


class NotificationsApp(RoomApp):
    name = "hatir.foundation.notifications"
    label = "notifications"


class LiveApp(RoomApp):
    name = "hatir.foundation.live"
    label = "live"


class WebhooksApp(RoomApp):
    name = "hatir.foundation.webhooks"
    label = "webhooks"


class MergingApp(RoomApp):
    name = "hatir.foundation.merging"
    label = "merging"


class FeedsApp(RoomApp):
    name = "hatir.foundation.feeds"
    label = "feeds"


class QualityApp(RoomApp):
    name = "hatir.foundation.quality"
    label = "quality"


class PipelineApp(AppConfig):
    """Stands last: every room is loaded, so the order of steps can be set and the declarations checked."""

    name = "hatir.foundation.pipeline"
    label = "pipeline"

    def ready(self) -> None:
        from hatir.foundation.pipeline import steps
        from hatir.foundation.records import registry

        steps.install()
        registry.check_declarations()
