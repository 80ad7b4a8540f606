"""The declaration of tasks."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from hatir.domains.planning import actions, queries
from hatir.domains.planning.models import Task
from hatir.foundation.records.actor import HOUSE, name_part
from hatir.foundation.records.declaration import Late, Panel, RecordType, Scope, Section
from hatir.foundation.records.registry import register
from hatir.foundation.savedviews.declared import declare_view

name_part("planning", HOUSE)
TASK = register(
    RecordType(
        key="planning.task",
        model=Task,
        title="title",
        path="tasks",
        icon="circle-check",
        area="today",
        create=actions.create_tasks,
        update=actions.update_tasks,
        list_columns=("title", "kind", "customer", "due_at", "priority", "status", "owner"),
        quick_fields=("title", "kind", "customer", "due_at", "owner"),
        sections=(
            Section(
                "time", _("When and where"), ("due_at", "ends_at", "is_all_day", "place", "remind_at", "repeat_rule")
            ),
            Section("result", _("Result"), ("status", "outcome", "result", "done_at")),
        ),
        order=("due_at", "id"),
        search={"title": "A", "note": "C", "place": "C"},
        match_on=("title", "due_at", "kind", "customer"),
        scope=Scope(owner="owner", team="team"),
        late={"due_at": Late(("status", "is_all_day"), queries.is_overdue)},
        hidden={"about_type", "about_id", "reminded_at", "repeat_except", "zone", "once"},
        panels=(
            Panel(
                "customers.customer",
                _("Tasks"),
                queries.tasks_of_customer,
                "planning.task",
                "customer",
                icon="circle-check",
                order=10,
            ),
        ),
    )
)
MINE = {"field": "owner", "op": "is", "value": {"var": "me"}}
STILL_OPEN = {"field": "status", "op": "is", "value": "open"}
declare_view("planning.task", "mine", _("My open tasks"), {"all": [MINE, STILL_OPEN]}, sort="due_at")
declare_view("planning.task", "open", pgettext_lazy("status", "Open"), STILL_OPEN, sort="due_at")
declare_view(
    "planning.task",
    "late",
    _("Overdue"),
    {"all": [STILL_OPEN, {"field": "due_at", "op": "before", "value": {"days_ago": 0}}]},
    sort="due_at",
)
