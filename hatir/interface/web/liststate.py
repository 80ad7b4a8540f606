"""What a list's address says: view, filter, order, columns, place. The address is the truth; links are made from it.

`?view=` names a view, `?f=` carries a filter as compact JSON and stands above the view's own, `?sort=`, `?cols=`,
`?archived=1`, `?at=` (cursor); and the short form `?stage=lead` for whoever writes links by hand.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils.translation import gettext as _

from hatir.foundation.access.queries import open_fields
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.declaration import RecordType
from hatir.foundation.records.errors import NotFoundHere
from hatir.foundation.records.fields import TEXTUAL, FieldSpec
from hatir.foundation.savedviews.declared import declared_views
from hatir.foundation.savedviews.lists import ListQuery, tidy_sort
from hatir.foundation.savedviews.models import SavedView
from hatir.foundation.savedviews.queries import views_of
from hatir.kit.filters.schema import FilterError

ALL_VIEW = "all"
LONGEST_FILTER = 20_000
_OWN = frozenset({"view", "f", "sort", "cols", "archived", "at", "format", "join", "do", "keep", "edit", "q", "next"})


@dataclass(frozen=True)
class Tab:
    """A view as a tab: everything, one that a room declared, or a saved one."""

    key: str
    label: str
    filter: Mapping[str, Any] = field(default_factory=dict)
    columns: tuple[str, ...] = ()
    sort: str = ""
    saved: SavedView | None = None


@dataclass(frozen=True)
class ListState:
    """The list as asked for; None means "as the view has it"."""

    rt: RecordType
    path: str
    tab: Tab
    own_filter: Mapping[str, Any] | None = None
    own_sort: str | None = None
    own_columns: tuple[str, ...] | None = None
    archived: bool = False
    cursor: str = ""

    @property
    def filter(self) -> Mapping[str, Any]:
        return self.tab.filter if self.own_filter is None else self.own_filter

    @property
    def sort(self) -> str:
        return self.tab.sort if self.own_sort is None else self.own_sort

    @property
    def columns(self) -> tuple[str, ...]:
        return self.tab.columns if self.own_columns is None else self.own_columns

    @property
    def is_changed(self) -> bool:
        """Whether something differs from the view as it was saved."""
        differs = (
            (parts_of(self.filter) != parts_of(self.tab.filter)),
            self.sort != self.tab.sort,
            self.own_columns is not None and self.own_columns != self.tab.columns,
        )
        return any(differs)

    @property
    def query(self) -> ListQuery:
        return ListQuery(self.filter, self.sort, self.columns, self.archived, self.cursor)

    def parameters(self) -> dict[str, str]:
        """Give the parameters of the address, as few as say it."""
        said: dict[str, str] = {}
        if self.tab.key != ALL_VIEW:
            said["view"] = self.tab.key
        if self.own_filter is not None and parts_of(self.own_filter) != parts_of(self.tab.filter):
            said["f"] = compact(self.own_filter)
        if self.own_sort is not None and self.own_sort != self.tab.sort:
            said["sort"] = self.own_sort
        if self.own_columns is not None and self.own_columns != self.tab.columns:
            said["cols"] = ",".join(self.own_columns)
        if self.archived:
            said["archived"] = "1"
        if self.cursor:
            said["at"] = self.cursor
        return said

    def url(self, **changes: Any) -> str:
        """Give the address of this list with something changed; the place starts anew unless it is given."""
        changed = replace(self, **{"cursor": "", **changes})
        said = changed.parameters()
        return f"{self.path}?{urlencode(said)}" if said else self.path

    def beside(self, page: str, **more: str) -> str:
        """Give the address of a screen about this list ("filter/", "columns/"), which knows how the list stands."""
        return f"/records/{self.rt.key}/{page}?{urlencode({**self.parameters(), 'next': self.path, **more})}"

    @property
    def here(self) -> str:
        return self.url(cursor=self.cursor)


def compact(tree: Mapping[str, Any]) -> str:
    """Write a filter as short JSON."""
    return json.dumps(tree, ensure_ascii=False, separators=(",", ":"))


def parts_of(tree: Mapping[str, Any]) -> list[Any]:
    """List the conditions that must all hold; a tree of another form is one part."""
    if not tree:
        return []
    if set(tree) == {"all"} and isinstance(tree["all"], list):
        return list(tree["all"])
    return [dict(tree)]


def joined(parts: Sequence[Any]) -> dict[str, Any]:
    """Make a filter of parts that must all hold."""
    return {"all": list(parts)} if parts else {}


def tabs_of(actor: Actor, rt: RecordType) -> list[Tab]:
    """List the tabs of a type: all, the declared ones, the actor's own and shared ones."""
    tabs = [Tab(ALL_VIEW, _("All"))]
    tabs += [
        Tab(view.key, str(view.label), view.filter, view.columns, view.sort)
        for view in (*declared_views(rt.key), *(declared_views(rt.root_key) if rt.narrows else ()))
    ]
    tabs += [
        Tab(view.public_id, view.name, view.filter, tuple(view.columns), view.sort, view)
        for view in views_of(actor, rt.key)
    ]
    return list({tab.key: tab for tab in tabs}.values())


def read_state(actor: Actor, rt: RecordType, path: str, asked: QueryDict) -> ListState:
    """Read the address. What cannot be read is left out; an unknown view raises NotFoundHere."""
    tabs = {tab.key: tab for tab in tabs_of(actor, rt)}
    tab = tabs.get(asked.get("view") or ALL_VIEW)
    if tab is None:
        raise NotFoundHere(asked.get("view", ""))
    columns = tuple(name for name in asked.get("cols", "").split(",") if name) if "cols" in asked else None
    return ListState(
        rt=rt,
        path=path,
        tab=tab,
        own_filter=_filter(actor, rt, tab, asked),
        own_sort=tidy_sort(actor, rt, asked.get("sort", "")) if "sort" in asked else None,
        own_columns=columns,
        archived=asked.get("archived") == "1",
        cursor=asked.get("at", ""),
    )


def _filter(actor: Actor, rt: RecordType, tab: Tab, asked: QueryDict) -> Mapping[str, Any] | None:
    given = load_filter(asked.get("f", "")) if "f" in asked else None
    simple = _simple(open_fields(actor, rt), asked)
    if not simple:
        return given
    return joined([*parts_of(tab.filter if given is None else given), *simple])


def load_filter(text: str) -> dict[str, Any]:
    """Read filter JSON from an address. Raises FilterError when it is no JSON object."""
    if len(text) > LONGEST_FILTER:
        raise FilterError(_("This filter cannot be read."))
    try:
        tree = json.loads(text) if text else {}
    except (ValueError, RecursionError):
        raise FilterError(_("This filter cannot be read.")) from None
    if not isinstance(tree, dict):
        raise FilterError(_("This filter cannot be read."))
    return tree


def _simple(fields: Mapping[str, FieldSpec], asked: QueryDict) -> list[dict[str, Any]]:
    """Read `?stage=lead&city=İzmir`; several values of one field are alternatives."""
    found: list[dict[str, Any]] = []
    for name in asked:
        spec = fields.get(name)
        values = [value for value in asked.getlist(name) if value]
        if name in _OWN or spec is None or not spec.filterable or not values:
            continue
        if spec.is_many:
            found.append({"field": name, "op": "any_of", "value": values})
        elif spec.kind == "boolean":
            found.append({"field": name, "op": "true" if values[0] in ("1", "true") else "false"})
        elif spec.kind in TEXTUAL and len(values) == 1:
            found.append({"field": name, "op": "contains", "value": values[0]})
        else:
            found.append({"field": name, "op": "in", "value": values} if len(values) > 1 else _is(name, values[0]))
    return found


def _is(name: str, value: str) -> dict[str, Any]:
    return {"field": name, "op": "is", "value": {"var": "me"} if value == "me" else value}
