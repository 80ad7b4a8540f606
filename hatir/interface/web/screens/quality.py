"""Quality of the data: how each field stands, what is wrong with it, and corrections with preview and undo."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hatir.foundation.access.grants import MANAGE
from hatir.foundation.jobs.declaration import task_of
from hatir.foundation.quality import actions, queries
from hatir.foundation.quality.checks import Check, checks_of
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.declaration import RecordType
from hatir.foundation.records.errors import NotFoundHere, RecordError
from hatir.foundation.records.fields import FieldSpec
from hatir.foundation.records.registry import fields_of, root_types, steps_of
from hatir.interface.web.acting import actor_of
from hatir.interface.web.answers import done, refused, undo_url
from hatir.interface.web.permission import screen
from hatir.interface.web.presenting import capital
from hatir.interface.web.settings_frame import SettingsPage, add_settings_page, show
from hatir.interface.web.types import list_url
from hatir.kit.ids import decode_id

PLACE = "/settings/quality/"
FIRST = "customers.customer"
RECORDS = 2
add_settings_page(RECORDS, SettingsPage("quality", gettext_lazy("Data quality"), PLACE, "target", MANAGE))


def _types() -> list[RecordType]:
    """List the types worth a profile: those that people keep records of."""
    return [rt for rt in root_types() if rt.scope is not None and not rt.admin_only and not rt.part_of]


def _type(key: str) -> RecordType:
    found = next((rt for rt in _types() if rt.key == key), None)
    if found is None:
        raise Http404
    return found


@screen(MANAGE)
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """Show how the fields of a type stand in the last profile."""
    actor = actor_of(request)
    rt = _type(request.GET.get("type", FIRST))
    profiles = queries.last_profiles(rt)
    lines = [_line(rt, state) for state in queries.field_states(actor, rt, profiles)]
    context = {
        "page_title": _("Data quality"),
        "is_wide": True,
        "intro": _("How much of each field is filled, what is wrong with it, and whether anybody uses it."),
        "types": [(other.key, capital(other.plural_label), other.key == rt.key) for other in _types()],
        "type": rt,
        "profile": profiles[0] if profiles else None,
        "lines": sorted(lines, key=lambda line: -line["wrong"]),
        "unused": [line for line in lines if line["state"].is_unused],
        "trend": [(one.taken_at, one.row_count, _wrong_in(one.figures)) for one in profiles],
        "take_url": f"{PLACE}profile/",
    }
    return show(request, "web/quality/screen.html", "quality", context)


def _wrong_in(figures: dict[str, Any]) -> int:
    return sum(count for each in figures.values() for count in each["checks"].values())


def _line(rt: RecordType, state: queries.FieldState) -> dict[str, Any]:
    name = state.spec.name
    return {
        "label": capital(state.spec.label),
        "state": state,
        "wrong": sum(count for _check, count in state.checks),
        "missing_url": _list_of(rt, {"field": name, "op": "empty"}) if state.spec.filterable else "",
        "checks": [(check.label, count, _check_url(rt, name, check.key)) for check, count in state.checks],
    }


def _check_url(rt: RecordType, field: str, check_key: str) -> str:
    return f"{PLACE}findings/?{urlencode({'type': rt.key, 'field': field, 'check': check_key})}"


def _list_of(rt: RecordType, tree: dict[str, Any]) -> str:
    return f"{list_url(rt)}?{urlencode({'f': json.dumps(tree)})}"


@screen(MANAGE)
@require_POST
def take(request: HttpRequest) -> HttpResponse:
    """Take a new profile in the background."""
    rt = _type(request.POST.get("type", ""))
    job = task_of("quality.profile").using(unique_key=f"quality:{rt.key}")
    job.enqueue(type_key=rt.key, actor=actor_of(request))
    return done(request, _("The data are being looked at."), back=f"{PLACE}?type={rt.key}")


@screen(MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def found(request: HttpRequest) -> HttpResponse:
    """Preview the corrections of a check, before and after; a POST puts the chosen ones, or all, in place."""
    actor = actor_of(request)
    sent = request.POST if request.method == "POST" else request.GET
    rt, field, check_key = _type(sent.get("type", "")), sent.get("field", ""), sent.get("check", "")
    spec, check = _asked(rt, field, check_key)
    if request.method == "POST":
        return _correct(request, actor, rt, spec, check)
    rows = queries.findings(actor, rt, field, check_key)
    where = [{"field": "field", "op": "is", "value": field}, {"field": "check_key", "op": "is", "value": check_key}]
    step = f"{rt.key}.finding"
    asked = any(one.key == step for one in steps_of(rt.key))
    context = {
        "page_title": f"{capital(spec.label)}: {check.label}",
        "is_wide": True,
        "type": rt,
        "field": field,
        "check_key": check_key,
        "rows": [(row, rt.title_of(row.record), rt.ref(row.record).url) for row in rows],
        "count": queries.findings_of(rt, field, check_key).count(),
        "can_correct": any(row.after for row in rows),
        "list_url": _list_of(rt, {"has": step, "where": {"all": where}}) if asked else "",
        "back_url": f"{PLACE}?type={rt.key}",
        "url": f"{PLACE}findings/",
    }
    return show(request, "web/quality/findings.html", "quality", context)


def _asked(rt: RecordType, field: str, check_key: str) -> tuple[FieldSpec, Check]:
    spec = fields_of(rt).get(field)
    check = next((one for one in checks_of(rt, spec) if one.key == check_key), None) if spec else None
    if spec is None or check is None:
        raise Http404
    return spec, check


def _correct(request: HttpRequest, actor: Actor, rt: RecordType, spec: FieldSpec, check: Check) -> HttpResponse:
    back = _check_url(rt, spec.name, check.key)
    if request.POST.get("what") == "all":
        task = task_of("quality.correct").using(subject=str(spec.label))
        job = task.enqueue(type_key=rt.key, field=spec.name, check_key=check.key, actor=actor)
        told = _("The corrections are being made; this page shows what came of them, and the way back.")
        return done(request, told, back=f"/jobs/{job.public_id}/")
    try:
        ids = [decode_id(text) for text in request.POST.getlist("ids")]
        outcome = actions.correct(rt, spec.name, check.key, actor=actor, finding_ids=ids)
    except (ValueError, NotFoundHere):
        raise Http404 from None
    except RecordError as problem:
        return refused(request, problem, back=back)
    text = _("%(count)d records were corrected.") % {"count": outcome.changed}
    if outcome.skipped:
        text += " " + _("Left alone, because they were changed since: %(names)s") % {
            "names": ", ".join(outcome.skipped[:5])
        }
    return done(request, text, back=back, undo=undo_url(actor) if outcome.changed else "")


urlpatterns = [
    path("settings/quality/", overview, name="quality"),
    path("settings/quality/profile/", take, name="quality_take"),
    path("settings/quality/findings/", found, name="quality_findings"),
]
