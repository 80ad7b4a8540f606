"""The list of any record type: one address, a page for the browser and its fragment for htmx."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from hatir.foundation.access.queries import may, open_fields, writable_fields
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.declaration import RecordType
from hatir.foundation.records.errors import NotFoundHere
from hatir.foundation.records.fields import FieldSpec
from hatir.foundation.records.querying import PAGE_SIZE, BadCursor, Estimate, Page
from hatir.foundation.records.registry import declared_types
from hatir.foundation.savedviews import lists
from hatir.foundation.savedviews.lists import Total
from hatir.foundation.savedviews.queries import may_change
from hatir.foundation.transfer.exporting import has_cards
from hatir.interface.web import filterforms
from hatir.interface.web.acting import actor_of
from hatir.interface.web.answers import is_fragment
from hatir.interface.web.bulk_offers import bulk_offers
from hatir.interface.web.cells import RIGHT_ALIGNED
from hatir.interface.web.duplicate_pages import duplicates_url
from hatir.interface.web.filterforms import Chip
from hatir.interface.web.filtertrees import Ground, has_conditions, parts_of_group, read_groups, settle
from hatir.interface.web.layouts import layouts_of
from hatir.interface.web.liststate import ListState, Tab, compact, joined, load_filter, parts_of, read_state, tabs_of
from hatir.interface.web.permission import screen
from hatir.interface.web.presenting import Presenter, capital, manner
from hatir.interface.web.settings_frame import frame_of
from hatir.interface.web.types import type_or_404
from hatir.kit.filters.schema import FilterError
from hatir.kit.formats_tr import format_compact_money, format_money, format_number
from hatir.kit.text_tr import fold

INLINE_KINDS = frozenset(
    {"text", "integer", "number", "money", "percent", "boolean", "date", "datetime", "choice", "multichoice",
     "relation", "relations", "user", "team", "email", "phone", "url"}
)  # fmt: skip
LARGE_SUM = 1_000_000


@dataclass(frozen=True)
class Column:
    """One column as the template draws its head."""

    name: str
    label: str
    kind: str
    sort_url: str
    sort: str
    is_right: bool
    is_editable: bool


@screen(":view")
@require_safe
def record_list(request: HttpRequest, type_key: str) -> HttpResponse:
    """Show a page of records: the whole screen, or the fragment #list with its tabs and chips."""
    actor = actor_of(request)
    rt = type_or_404(actor, type_key)
    try:
        state = read_state(actor, rt, request.path, request.GET)
        if has_conditions(request.GET):
            return _with_edited_filter(request, actor, state)
        return _answer(request, actor, state)
    except NotFoundHere:
        raise Http404 from None
    except (FilterError, BadCursor) as problem:
        return _unreadable(request, actor, rt, str(problem))


def _with_edited_filter(request: HttpRequest, actor: Actor, state: ListState) -> HttpResponse:
    """Take over what the filter editor sent, and say the list's proper address."""
    changed = edited_filter(actor, state, request)
    url = state.url(own_filter=changed)
    if not is_fragment(request):
        return HttpResponseRedirect(url)
    response = _answer(request, actor, replace(state, own_filter=changed, cursor=""))
    response["HX-Push-Url"] = url
    return response


def edited_filter(actor: Actor, state: ListState, request: HttpRequest) -> dict[str, Any]:
    """Put the editor's conditions among the parts that it left alone. Raises FilterError."""
    sent = request.GET
    ground = Ground(actor, state.rt)
    made = [part for group in settle(ground, read_groups(sent)) for part in parts_of_group(ground, group)]
    if sent.get("join") == "any" and len(made) > 1:
        made = [{"any": made}]
    kept = parts_of(load_filter(sent["keep"])) if "keep" in sent else []
    place = int(sent["place"]) if sent.get("place", "").isdecimal() else len(kept)
    tree = joined([*kept[:place], *made, *kept[place:]])
    lists.read_filter(actor, state.rt, tree)
    return tree


def _answer(request: HttpRequest, actor: Actor, state: ListState) -> HttpResponse:
    page = lists.read_list(actor, state.rt, state.query)
    counted = lists.how_many(actor, state.rt, state.query, page)
    context = list_context(actor, state, page, counted)
    if is_fragment(request) and request.headers.get("HX-Boosted") != "true":
        return render(request, "web/list/_table.html", {**context, "oob": True})
    return render(request, "web/list/screen.html", context)


def _unreadable(request: HttpRequest, actor: Actor, rt: RecordType, problem: str) -> HttpResponse:
    """A filter that cannot be read: say so, and show the way back to all records."""
    state = ListState(rt, request.path, Tab("all", _("All")))
    context = list_context(actor, state, Page([]), Estimate(0))
    context |= {
        "rows": [],
        "is_empty": False,
        "problem": problem,
        "no_match": {"url": state.url(), "label": _("Clear filters")},
    }
    template = "web/list/_table.html" if is_fragment(request) else "web/list/screen.html"
    return render(request, template, context, status=400 if not is_fragment(request) else 200)


# --- what the templates are given ------------------------------------------------------------------


def list_context(actor: Actor, state: ListState, page: Page, counted: Estimate) -> dict[str, Any]:
    """Give everything that list/screen.html and its fragments draw."""
    rt = state.rt
    specs = lists.columns_of(actor, rt, state.columns)
    presenter = Presenter(actor, rt, specs)
    presenter.prepare(page.rows)
    count = count_text(counted)
    unfiltered = not parts_of(state.filter) and not state.archived
    return {
        "page_title": capital(rt.plural_label),
        "page_count": count,
        "type": _type_links(rt),
        "sections": frame_of(actor, rt),
        "may_create": may(actor, "create", rt),
        "may_import": may(actor, "import", rt),
        "duplicates_url": duplicates_url(actor, rt),
        "may_export": may(actor, "export", rt),
        "views": _tabs(actor, state, count),
        "new_view_url": state.beside("views/new/"),
        **tool_row(actor, state),
        "table": _table(actor, state, specs, count),
        "rows": [presenter.row(record) for record in page.rows],
        "pager": _pager(actor, state, page, counted, specs),
        "is_empty": unfiltered and not page.rows and not state.cursor,
        "empty": _empty(actor, rt),
        "no_match": {"url": state.url(own_filter={}, archived=False), "label": _("Clear filters")},
        **bulk_context(actor, state, count, counted),
    }


def count_text(counted: Estimate) -> str:
    """Write how many: "312", or "10.000+" when nobody counted further."""
    number = format_number(counted.count, language=manner().language)
    return number if counted.exact else f"{number}+"


def _type_links(rt: RecordType) -> dict[str, Any]:
    return {
        "key": rt.key,
        "label": rt.singular_label,
        "plural": rt.plural_label,
        "icon": rt.icon,
        "new_url": f"/records/{rt.key}/new/",
        "import_url": f"/import/?type={rt.key}",
        "export_url": f"/records/{rt.key}/export/",
        "has_cards": has_cards(rt),
    }


def _tabs(actor: Actor, state: ListState, count: str) -> list[dict[str, Any]]:
    found = []
    for tab in tabs_of(actor, state.rt):
        active = tab.key == state.tab.key
        changed = active and state.is_changed
        editable = tab.saved is not None and may_change(actor, tab.saved)
        found.append(
            {
                "key": tab.key,
                "label": tab.label,
                "url": ListState(state.rt, state.path, tab).url(),
                "count": count if active else "",
                "is_active": active,
                "is_changed": changed,
                "is_shared": tab.saved is not None and tab.saved.shared != "mine",
                "edit_url": state.beside(f"views/{tab.key}/") if editable else "",
            }
        )
    return found


def tool_row(actor: Actor, state: ListState) -> dict[str, Any]:
    """Give the chips and the buttons beside them."""
    parts = parts_of(state.filter)
    saved = state.tab.saved
    may_save = saved is not None and may_change(actor, saved)
    return {
        "filters": [_chip(actor, state, parts, at) for at in range(len(parts))],
        "filter_url": state.beside("filter/", edit="new"),
        "clear_url": state.url(own_filter={}),
        "view": {
            "is_changed": state.is_changed,
            "reset_url": ListState(state.rt, state.path, state.tab).url(),
            "save_url": state.beside(f"views/{state.tab.key}/save/") if may_save else "",
            "save_as_url": state.beside("views/new/"),
        },
        "columns_url": state.beside("columns/"),
        "archived_url": state.url(archived=not state.archived),
        "is_archived": state.archived,
        "layouts": layouts_of(state.rt, state.path),
    }


def _chip(actor: Actor, state: ListState, parts: Sequence[Mapping[str, Any]], at: int) -> Chip:
    name, op, value = filterforms.chip_texts(actor, state.rt, parts[at])
    rest = joined([part for number, part in enumerate(parts) if number != at])
    return Chip(str(at), name, op, value, state.beside("filter/", edit=str(at)), state.url(own_filter=rest))


def _table(actor: Actor, state: ListState, specs: Sequence[FieldSpec], count: str) -> dict[str, Any]:
    rt = state.rt
    writable = writable_fields(actor, rt) if may(actor, "edit", rt) and not state.archived else {}
    base = f"/records/{rt.root_key}/{{id}}"
    label = str(rt.plural_label)
    return {
        "type_key": rt.root_key,
        "label": label,
        "caption": f"{label}: {count}",
        "columns": [_column(actor, state, spec, spec.name in writable) for spec in specs],
        "edit_url": f"/records/{rt.key}/{{id}}/cells/{{field}}/?{_kept(state)}" if writable else "",
        "peek_url": f"{base}/peek/",
        "row_url": f"/records/{rt.key}/{{id}}/row/?{_kept(state)}",
        "query": state.here.partition("?")[2],
        "has_selection": True,
    }


def _kept(state: ListState) -> str:
    """Give what a single row must know of its list: which columns it has."""
    return f"cols={','.join(state.columns)}"


def _column(actor: Actor, state: ListState, spec: FieldSpec, writable: bool) -> Column:
    sortable = spec.sortable and spec.name in open_fields(actor, state.rt)
    current = state.sort or ",".join(state.rt.order)
    lead = current.split(",")[0]
    is_lead = lead.removeprefix("-") == spec.name
    descends_first = spec.kind in ("money", "number", "integer", "percent", "date", "datetime")
    following = spec.name if (lead.startswith("-") if is_lead else not descends_first) else f"-{spec.name}"
    return Column(
        name=spec.name,
        label=capital(spec.label),
        kind=spec.kind,
        sort_url=state.url(own_sort=following) if sortable else "",
        sort=("descending" if lead.startswith("-") else "ascending") if is_lead else "",
        is_right=spec.kind in RIGHT_ALIGNED,
        is_editable=writable and spec.kind in INLINE_KINDS,
    )


def _pager(actor: Actor, state: ListState, page: Page, counted: Estimate, specs: Sequence[FieldSpec]) -> dict[str, Any]:
    totals = lists.totals(actor, state.rt, state.query, specs, counted) if page.rows else []
    shown = format_number(len(page.rows), language=manner().language)
    text = _("%(shown)s of %(count)s") % {"shown": shown, "count": count_text(counted)}
    return {
        "text": text if page.rows else "",
        "prev_url": replace(state, cursor=page.previous).here if page.previous else "",
        "next_url": replace(state, cursor=page.next).here if page.next else "",
        "sums": [line for total in totals[:2] for line in _sum_lines(total)],
    }


def _sum_lines(total: Total) -> list[dict[str, str]]:
    is_total = fold(str(total.spec.label)) == fold(_("Total"))
    label = _("Total") if is_total else _("Total, %(field)s") % {"field": total.spec.label}
    return [
        {"label": label, "value": _sum_text(total.spec, total.sum)},
        {"label": _("Average"), "value": _sum_text(total.spec, round(total.average))},
    ]


def _sum_text(spec: FieldSpec, amount: Any) -> str:
    language = manner().language
    if spec.kind == "money":
        write = format_compact_money if abs(amount) >= LARGE_SUM else format_money
        return write(amount, language=language)
    return format_number(round(amount, 1), language=language)


def _empty(actor: Actor, rt: RecordType) -> dict[str, Any]:
    empty: dict[str, Any] = {"title": _("No records yet: %(type)s") % {"type": rt.plural_label}, "text": ""}
    if may(actor, "create", rt):
        empty["text"] = _("Bring them in from a file, or add the first one by hand.")
        new = {
            "url": f"/records/{rt.key}/new/",
            "label": _("New: %(type)s") % {"type": rt.singular_label},
            "icon": "plus",
            "dialog": True,
        }
        empty["action"] = new
        if may(actor, "import", rt):
            empty["second"] = {"url": f"/import/?type={rt.key}", "label": _("Import from a file")}
    return empty


def bulk_context(actor: Actor, state: ListState, count: str, counted: Estimate) -> dict[str, Any]:
    """Give the bulk bar: what may be done with selected rows."""
    rt = state.rt
    base = f"/records/{rt.key}/bulk"
    more: list[dict[str, Any]] = []
    shown: list[dict[str, Any]] = []
    if may(actor, "edit", rt) and not state.archived:
        writable = writable_fields(actor, rt)
        if rt.scope is not None and rt.scope.owner in writable:
            shown.append(_bulk(_("Assign owner"), "user", f"{base}/assign/", key="a"))
        if _tag_field(rt, writable):
            shown.append(_bulk(_("Tag"), "tag", f"{base}/tag/", key="l"))
        shown.append(_bulk(_("Edit a field"), "pencil", f"{base}/edit/"))
    if not state.archived:
        shown += [_bulk(str(one.label), one.icon, one.url.format(type=rt.key), key=one.key)
                  for one in bulk_offers(actor, rt)]  # fmt: skip
    if may(actor, "export", rt):
        shown.append(_bulk(_("Export"), "download", f"{base}/export/"))
    if may(actor, "archive", rt):
        name, icon = (_("Restore"), "archive-restore") if state.archived else (_("Archive"), "archive")
        more.append(
            _bulk(name, icon, f"{base}/{'restore' if state.archived else 'archive'}/", danger=not state.archived)
        )
    return {
        "bulk_actions": shown or more,
        "bulk_more": more if shown else [],
        "total_text": count if counted.count > len_of_page(counted) else "",
        "filter_json": compact({"filter": dict(state.filter), "archived": state.archived}),
    }


def len_of_page(counted: Estimate) -> int:
    """Selecting "all" is offered only when there is more than one page."""
    return PAGE_SIZE if counted.exact else 0


def _bulk(label: str, icon: str, url: str, *, key: str = "", danger: bool = False) -> dict[str, Any]:
    return {"label": label, "icon": icon, "url": url, "key": key, "danger": danger, "asks": True}


def _tag_field(rt: RecordType, writable: Mapping[str, FieldSpec]) -> str:
    return next((name for name, spec in writable.items() if spec.kind == "relations"), "")


# --- addresses -------------------------------------------------------------------------------------


def area_list(type_key: str) -> Any:
    """Serve a type under its own short address, such as /customers/people/."""

    def serve(request: HttpRequest) -> Any:
        return record_list(request, type_key=type_key)

    setattr(serve, "permission", ":view")  # noqa: B010 — the guard stands on the list itself
    return serve


def area_urls() -> list[URLPattern]:
    """Give each area's types their addresses: the first stands at the area's own, the others beneath it."""
    found: list[URLPattern] = []
    for rt in declared_types():
        if not rt.area or not rt.path:
            continue
        route = f"{rt.area}/" if rt.path == rt.area else f"{rt.area}/{rt.path}/"
        found.append(path(route, area_list(rt.key), name=f"list.{rt.key}"))
    return found


urlpatterns = [*area_urls(), path("records/<str:type_key>/", record_list, name="record_list")]
