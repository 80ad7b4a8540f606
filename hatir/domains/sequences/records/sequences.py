"""The declarations of sequences and their steps."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from hatir.domains.sequences import actions
from hatir.domains.sequences.models import Sequence, Step
from hatir.domains.sequences.rules import IN_USE
from hatir.foundation.records.declaration import RecordType, Scope, Section
from hatir.foundation.records.registry import register
from hatir.foundation.savedviews.declared import declare_view
from hatir.interface.web.nav import Page, add_page

KEY = "sequences.sequence"
SEQUENCE = register(
    RecordType(
        key=KEY,
        model=Sequence,
        title="name",
        path="sequences",
        icon="route",
        area="sales",
        create=actions.create_sequences,
        update=actions.update_sequences,
        list_columns=("name", "carries", "state", "purpose", "rule", "owner"),
        quick_fields=("name", "carries", "purpose"),
        sections=(
            Section("what", _("Sequence"), ("purpose", "carries", "rule", "state")),
            Section("whose", _("Whose"), ("owner", "team", "is_shared")),
            Section("stops", _("When it stops"), ("stops_on_reply", "stops_on_meeting")),
        ),
        order=("name", "id"),
        search={"name": "A", "purpose": "C"},
        match_on=("name",),
        scope=Scope(owner="owner", team="team", shared="is_shared"),
    )
)
STEP = register(
    RecordType(
        key="sequences.step",
        model=Step,
        title="title",
        path="sequence-steps",
        icon="list-checks",
        create=actions.create_steps,
        update=actions.update_steps,
        list_columns=("sequence", "position", "kind", "title", "wait_amount", "wait_unit", "limit_days", "assignee"),
        quick_fields=("sequence", "kind", "title", "text", "wait_amount", "wait_unit", "limit_days"),
        order=("sequence", "position", "id"),
        match_on=("sequence", "position"),
        scope=Scope(follows="sequence"),
        part_of="sequence",
    )
)
declare_view(KEY, "used", pgettext_lazy("sequence", "In use"), {"field": "state", "op": "is", "value": IN_USE})
declare_view(KEY, "mine", _("My sequences"), {"field": "owner", "op": "is", "value": {"var": "me"}})
add_page("sales", Page(KEY, _("Sequences"), "/sales/sequences/", type_key=KEY, order=30))
