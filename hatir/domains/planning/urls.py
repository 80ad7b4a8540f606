"""Addresses of the room's own screens."""

from __future__ import annotations

from django.urls import path

from hatir.domains.planning.screens import booking, calendar, connections, dav, tasks, today

TASK = {"type_key": "planning.task"}
ONE = "tasks/<str:record_id>/"
urlpatterns = [
    path("today", today.today, name="today"),
    path("today/", today.today),
    path("today/result/", today.note_result, name="today_result"),
    path("today/next/", today.plan_next, name="today_next"),
    path(".well-known/caldav", dav.well_known, name="caldav_known"),
    path("dav/", dav.dav, name="caldav"),
    path("dav/<path:place>", dav.dav, name="caldav_place"),
    path("calendar/", calendar.calendar, TASK, name="calendar"),
    path("calendar/connections/", connections.connections, TASK, name="calendar_connections"),
    path("calendar/connections/link/", connections.make_link, TASK, name="calendar_link"),
    path("calendar/connections/link/close/", connections.close_links, TASK, name="calendar_link_close"),
    path("calendar/connections/password/", connections.make_password, TASK, name="calendar_password"),
    path("calendar/connections/import/", connections.import_file, TASK, name="calendar_import"),
    path("calendar/feed/<str:token>.ics", connections.feed, name="calendar_feed"),
    path("book/<str:token>/", booking.book, name="book"),
    path("booking/<str:token>/", booking.booked, name="booked"),
    path("booking/<str:token>/hatir.ics", booking.invitation, name="booked_ics"),
    path(f"{ONE}move/", calendar.move, TASK, name="task_move"),
    path(f"{ONE}done/", tasks.done_screen, TASK, name="task_done"),
    path(f"{ONE}reopen/", tasks.reopen_screen, TASK, name="task_reopen"),
    path(f"{ONE}later/", tasks.later_screen, TASK, name="task_later"),
]
