"""The editor of steps: add, change, move and remove, with a look at the words on a real record."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from hatir.domains.sequences import actions, forms, queries, rules
from hatir.domains.sequences.forms import StepForm
from hatir.domains.sequences.models import REFUSALS, UNITS, Step
from hatir.domains.sequences.models import Sequence as ContactSequence
from hatir.foundation.access.queries import get_visible
from hatir.foundation.records.errors import Denied, EditConflict, Invalid, NotFoundHere, RecordError
from hatir.foundation.records.fields import FieldSpec
from hatir.interface.web.answers import done, panel, refused, undo_url
from hatir.interface.web.inputs import input_of, read_sent
from hatir.interface.web.permission import screen
from hatir.interface.web.recordpages import Opened, open_record
from hatir.kit.ids import decode_id

REFRESH: dict[str, Any] = {"dialog:close": {}, "record:refresh": {}}
RECORD = "record"


@screen(":edit")
@require_http_methods(["GET", "HEAD", "POST"])
def new_step(request: HttpRequest, type_key: str, record_id: str) -> HttpResponse:
    """Ask for a new step, or add it; `place` says where among the others."""
    opened = _editable(request, type_key, record_id)
    kind = request.POST.get("kind") or request.GET.get("kind") or rules.EMAIL
    if kind not in dict(_kinds()):
        raise Http404
    place = request.POST.get("place") or request.GET.get("place") or ""
    url = f"{opened.url}steps/new/"
    if request.method != "POST":
        return _ask(request, opened, forms.empty_form(kind), url, place=place)
    if "preview" in request.POST:
        return _previewed(request, opened, kind, url, place=place)
    try:
        values = forms.read_step(kind, request.POST)
        actions.insert_step(opened.record, values, place=int(place) if place.isdecimal() else None, actor=opened.actor)
    except Invalid as wrong:
        form = forms.typed_form(kind, request.POST, wrong.errors)
        return _ask(request, opened, form, url, place=place, status=422)
    except RecordError as problem:
        return refused(request, problem, back=opened.url)
    return done(request, _("The step was added."), back=_back(opened), undo=undo_url(opened.actor), events=REFRESH)


@screen(":edit")
@require_http_methods(["GET", "HEAD", "POST"])
def edit_step(request: HttpRequest, type_key: str, record_id: str, step_id: str) -> HttpResponse:
    """Ask for changes of a step, or make them."""
    opened = _editable(request, type_key, record_id)
    step = _step(opened, step_id)
    url = f"{opened.url}steps/{step.public_id}/"
    if request.method != "POST":
        return _ask(request, opened, forms.form_of(step), url, step=step)
    if "preview" in request.POST:
        return _previewed(request, opened, step.kind, url, step=step)
    try:
        values = forms.read_step(step.kind, request.POST)
        version = request.POST.get("version", "")
        actions.update_steps(
            [(step, values)], actor=opened.actor, expected_version=int(version) if version.isdecimal() else None
        )
    except Invalid as wrong:
        form = forms.typed_form(step.kind, request.POST, wrong.errors)
        return _ask(request, opened, form, url, step=step, status=422)
    except EditConflict as conflict:
        form = forms.typed_form(step.kind, request.POST, {"": [str(conflict)]})
        return _ask(request, opened, form, url, step=step, status=409)
    except RecordError as problem:
        return refused(request, problem, back=opened.url)
    return done(request, _("The step was saved."), back=_back(opened), undo=undo_url(opened.actor), events=REFRESH)


@screen(":edit")
@require_POST
def place_step(request: HttpRequest, type_key: str, record_id: str, step_id: str) -> HttpResponse:
    """Move a step to another place (`to`, counted from 0)."""
    opened = _editable(request, type_key, record_id)
    step, to = _step(opened, step_id), request.POST.get("to", "")
    if not to.isdecimal() or len(to) > 4:
        raise Http404
    try:
        actions.move_step(step, place=int(to), actor=opened.actor)
    except RecordError as problem:
        return refused(request, problem, back=opened.url)
    return done(request, _("The step was moved."), back=_back(opened), undo=undo_url(opened.actor), events=REFRESH)


@screen(":edit")
@require_POST
def remove_step(request: HttpRequest, type_key: str, record_id: str, step_id: str) -> HttpResponse:
    """Take a step out."""
    opened = _editable(request, type_key, record_id)
    try:
        actions.remove_step(_step(opened, step_id), actor=opened.actor)
    except RecordError as problem:
        return refused(request, problem, back=opened.url)
    told = _("The step was removed; whoever stands on it goes on from its place.")
    return done(request, told, back=_back(opened), undo=undo_url(opened.actor), events=REFRESH)


def _editable(request: HttpRequest, type_key: str, record_id: str) -> Opened:
    """Open a sequence that may be changed. Raises Http404 for who may not: the editor does not exist for them."""
    opened = open_record(request, type_key, record_id)
    if not opened.editable:
        raise Http404
    return opened


def _step(opened: Opened, step_id: str) -> Step:
    try:
        found: Step = get_visible(opened.actor, Step, decode_id(step_id))
    except (ValueError, NotFoundHere):
        raise Http404 from None
    if found.sequence_id != opened.record.pk or found.archived_at is not None:
        raise Http404
    return found


def _back(opened: Opened) -> str:
    return f"{opened.url}#steps"


def _kinds() -> tuple[tuple[str, str], ...]:
    return ((rules.EMAIL, ""), (rules.CALL, ""), (rules.TASK, ""), (rules.WAIT, ""))


# --- the form ----------------------------------------------------------------------------------------


def _ask(
    request: HttpRequest,
    opened: Opened,
    form: StepForm,
    url: str,
    *,
    step: Step | None = None,
    place: str = "",
    preview: queries.Preview | None = None,
    status: int = 200,
) -> HttpResponse:
    sequence: ContactSequence = opened.record
    title = _("Change the step") if step is not None else _("New step")
    labels, names = forms.labels_of(form.kind), forms.merge_names(sequence.carries)
    context: dict[str, Any] = {
        "title": title,
        "url": url,
        "form": form,
        "texts": form.texts,
        "kind": form.kind,
        "place": place,
        "title_label": labels[0],
        "text_label": labels[1],
        "is_mail": form.kind == rules.EMAIL,
        "is_wait": form.kind == rules.WAIT,
        "is_planned": form.kind in rules.PLANNED,
        "units": UNITS,
        "refusals": REFUSALS,
        "names": [f"{{{{{name}}}}}" for name in names],
        "example": f"{{{{{names[0]}|…}}}}",
        "colleagues": forms.colleagues(opened.actor) if form.kind in rules.PLANNED else [],
        "record_input": _record_input(opened, request),
        "preview": preview,
        "standing": queries.standing_on(opened.actor, step) if step is not None else 0,
    }
    return panel(request, "sequences/_step.html", context, title=title, status=status)


def _record_spec(opened: Opened) -> FieldSpec:
    return FieldSpec(RECORD, _("Try it with"), "relation", target=queries.type_of(opened.record.carries))


def _record_input(opened: Opened, request: HttpRequest) -> Any:
    chosen = request.POST.get(RECORD, "")
    return input_of(opened.actor, _record_spec(opened), chosen or None, prefix="step")


def _previewed(
    request: HttpRequest, opened: Opened, kind: str, url: str, *, step: Step | None = None, place: str = ""
) -> HttpResponse:
    """Show how the typed words read for a record: the chosen one, else the newest."""
    form = forms.typed_form(kind, request.POST)
    spec = _record_spec(opened)
    try:
        raw = read_sent(opened.actor, {RECORD: spec}, _only(request, RECORD))
        chosen = decode_id(raw[RECORD]) if raw.get(RECORD) else None
        preview = queries.preview_of(opened.actor, opened.record, form.texts["title"], form.texts["text"], chosen)
    except (Invalid, ValueError) as wrong:
        errors = wrong.errors if isinstance(wrong, Invalid) else {RECORD: [str(wrong)]}
        form = forms.typed_form(kind, request.POST, errors)
        return _ask(request, opened, form, url, step=step, place=place, status=422)
    except (Denied, NotFoundHere):
        raise Http404 from None
    return _ask(request, opened, form, url, step=step, place=place, preview=preview)


def _only(request: HttpRequest, name: str) -> Any:
    """Give the sent values of one field alone."""
    sent = request.POST.copy()
    for other in list(sent):
        if other not in (name, f"{name}__text"):
            del sent[other]
    return sent
