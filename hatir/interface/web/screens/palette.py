"""The command palette: search, commands, and actions on a result; rows come as HTML while typing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_POST, require_safe

from hatir.foundation.access.queries import get_visible, may, readable_fields, visible
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.declaration import RecordType
from hatir.foundation.records.errors import NotFoundHere
from hatir.foundation.records.registry import record_type, type_of
from hatir.foundation.records.snapshot import value_of
from hatir.foundation.savedviews.queries import recent_records
from hatir.foundation.search.queries import Hit, search
from hatir.interface.web.acting import actor_of
from hatir.interface.web.answers import is_fragment, panel
from hatir.interface.web.commands import Command, commands_for
from hatir.interface.web.inputs import options
from hatir.interface.web.liststate import compact as as_json
from hatir.interface.web.liststate import joined
from hatir.interface.web.permission import screen
from hatir.interface.web.presenting import Presenter
from hatir.interface.web.screens.appearance import CHOICES, YEAR_SECONDS
from hatir.interface.web.screens.forms import creatable
from hatir.interface.web.types import list_url
from hatir.kit.ids import decode_id
from hatir.kit.text_tr import fold

MOST_ROWS = 12
MOST_HITS = 8
MOST_COMMANDS = 4
PEOPLE = "staff.user"
SQUARE = ("building", "store", "factory")


@dataclass(frozen=True)
class Found:
    """One row; exactly one of href, post, dialog, copy and press is set."""

    label_html: SafeString
    note: str = ""
    icon: str = ""
    name: str = ""
    square: bool = False
    hint: str = ""
    key: str = ""
    href: str = ""
    post: str = ""
    dialog: str = ""
    copy: str = ""
    press: str = ""
    actions_url: str = ""


@screen()
@require_safe
def palette(request: HttpRequest) -> HttpResponse:
    """Answer what is typed: `>` only commands, `#` a record by its number, `@` colleagues, nothing the recent ones."""
    actor = actor_of(request)
    typed = request.GET.get("q", "").strip()[:200]
    groups = [group for group in _groups(actor, typed) if group["rows"]]
    context = {"groups": groups, "query": typed}
    if is_fragment(request):
        return render(request, "web/palette/_results.html", context)
    return panel(request, "web/palette/page.html", context, title=_("Search"))


def _groups(actor: Actor, typed: str) -> list[dict[str, Any]]:
    if typed.startswith(">"):
        return [_group(_("Commands"), [_command(c, typed[1:]) for c in commands_for(actor, typed[1:])[:MOST_ROWS]])]
    if typed.startswith("#"):
        return [_group(_("Records"), _by_number(actor, typed[1:]))]
    if typed.startswith("@"):
        return [_group(_("Colleagues"), _people(actor, typed[1:]))]
    if not fold(typed):
        recent = [_record(actor, type_of(record), record, "") for record in recent_records(actor, MOST_HITS)]
        commands = [_command(command, "") for command in commands_for(actor)[:MOST_COMMANDS]]
        return [_group(_("Opened lately"), recent), _group(_("Commands"), commands)]
    return _found(actor, typed)


def _found(actor: Actor, typed: str) -> list[dict[str, Any]]:
    hits = search(actor, typed, limit=MOST_HITS)
    first_root = next((rt.root_key for rt in creatable(actor)), "")
    ours = [_hit(hit, typed) for hit in hits if hit.ref.type_key == first_root]
    others = [_hit(hit, typed) for hit in hits if hit.ref.type_key != first_root]
    commands = [_command(command, typed) for command in commands_for(actor, typed)[:MOST_COMMANDS]]
    label = str(record_type(first_root).plural_label) if first_root else ""
    rows = [*_offers(actor, typed, bool(hits)), *commands]
    left = max(2, MOST_ROWS - len(hits))
    return [
        _group(label[:1].upper() + label[1:], ours),  # ascii-only
        _group(_("Records"), others),
        _group(_("Commands"), rows[:left]),
    ]


def _group(label: str, rows: list[Found]) -> dict[str, Any]:
    return {"label": label, "rows": rows}


def _hit(hit: Hit, typed: str) -> Found:
    square = hit.type.icon.startswith(SQUARE)
    return Found(
        marked(hit.title, typed),
        note=hit.subtitle,
        name=hit.title,
        square=square,
        href=hit.url,
        actions_url=f"/palette/actions/{hit.ref.type_key}/{hit.ref.public_id}/",
    )


def _record(actor: Actor, rt: RecordType, record: Any, typed: str) -> Found:
    ref = rt.ref(record)
    title = rt.title_of(record) or _("Without a name")
    narrowed = Presenter(actor, rt, ()).narrowed(record)
    return Found(
        marked(title, typed),
        note=str(narrowed.singular_label),
        name=title,
        square=narrowed.icon.startswith(SQUARE),
        href=ref.url,
        actions_url=f"/palette/actions/{ref.type_key}/{ref.public_id}/",
    )


def _command(command: Command, typed: str) -> Found:
    return Found(
        marked(command.label, typed),
        icon=command.icon,
        key=command.key,
        href=command.href,
        dialog=command.dialog,
        post=command.post,
        press=command.press,
    )


def _offers(actor: Actor, typed: str, any_hit: bool) -> list[Found]:
    """Offer to make what was not found, and to filter the list by the text."""
    rt = next(iter(creatable(actor)), None)
    if rt is None:
        return []
    new = Found(
        mark_safe(escape(_("New: %(type)s “%(name)s”") % {"type": rt.singular_label, "name": typed})),  # noqa: S308 — escaped
        icon="user-plus",
        dialog=f"/records/{rt.key}/new/?{urlencode({'quick': '1', rt.title: typed})}",
    )
    wide = record_type(rt.root_key)
    tree = joined([{"field": wide.title, "op": "contains", "value": typed}])
    words = _("Filter %(list)s by “%(text)s”") % {"list": wide.plural_label, "text": typed}
    narrow = Found(
        mark_safe(escape(words)),  # noqa: S308 — escaped
        icon="filter",
        href=f"{list_url(wide)}?{urlencode({'f': as_json(tree)})}",
    )
    return [narrow] if any_hit else [new, narrow]


def _by_number(actor: Actor, number: str) -> list[Found]:
    """Find a record by the 13 characters of its number, or by a document number that it carries."""
    text = number.strip()
    if not text:
        return []
    try:
        pk = decode_id(text)
    except ValueError:
        return [_hit(hit, text) for hit in search(actor, text, limit=MOST_HITS)]
    found: list[Found] = []
    for rt in creatable(actor):
        record = visible(actor, record_type(rt.root_key)).filter(pk=pk).first()
        if record is not None:
            return [_record(actor, record_type(rt.root_key), record, "")]
    return found


def _people(actor: Actor, text: str) -> list[Found]:
    if not may(actor, "view", PEOPLE):
        return []
    wide = next((rt for rt in creatable(actor) if rt.scope and rt.scope.owner), None)
    rows = []
    for option in options(actor, record_type(PEOPLE), text, MOST_HITS):
        url = f"{list_url(record_type(wide.root_key))}?{wide.scope.owner}={option.value}" if wide and wide.scope else ""
        rows.append(Found(marked(option.label, text), name=option.label, note=_("their records"), href=url or "/today"))
    return rows


def marked(text: str, typed: str) -> SafeString:
    """Escape a text and mark the beginnings that were typed; folding keeps places only for letters of one sign."""
    folded = fold(text)
    if len(folded) != len(text):
        return mark_safe(escape(text))  # noqa: S308 — escaped
    places: set[int] = set()
    for word in fold(typed).split():
        at = folded.find(word)
        if at >= 0:
            places.update(range(at, at + len(word)))
    pieces = [f"<mark>{escape(sign)}</mark>" if at in places else str(escape(sign)) for at, sign in enumerate(text)]
    return mark_safe("".join(pieces).replace("</mark><mark>", ""))  # noqa: S308 — each piece is escaped


@screen(":view")
@require_safe
def result_actions(request: HttpRequest, type_key: str, record_id: str) -> HttpResponse:
    """List what can be done with a result."""
    actor = actor_of(request)
    try:
        rt = record_type(type_key)
        record = get_visible(actor, rt, decode_id(record_id))
    except (NotFoundHere, ValueError):
        raise Http404 from None
    ref = rt.ref(record)
    title = rt.title_of(record)
    rows = [Found(marked(_("Open"), ""), icon="external-link", href=ref.url, note=title)]
    for spec in readable_fields(actor, rt).values():
        value = value_of(spec, record) if spec.kind in ("phone", "email", "url") else ""
        if not value or spec.masked:
            continue
        if spec.kind == "phone":
            tel = f"tel:{''.join(str(value).split())}"
            rows.append(Found(marked(pgettext("verb", "Call"), ""), icon="phone", href=tel, note=value))
        if spec.kind == "email":
            rows.append(Found(marked(_("Write an e-mail"), ""), icon="mail", href=f"mailto:{value}", note=value))
        rows.append(
            Found(
                marked(_("Copy: %(field)s") % {"field": spec.label}, ""), icon="copy", copy=str(value), note=str(value)
            )
        )
    if may(actor, "edit", rt):
        rows.append(Found(marked(_("Edit"), ""), icon="pencil", href=f"{ref.url}edit/"))
    rows.append(Found(marked(_("Copy the link"), ""), icon="link", copy=request.build_absolute_uri(ref.url)))
    return render(request, "web/palette/_results.html", {"groups": [_group(title, rows[:MOST_ROWS])], "query": ""})


@screen()
@require_POST
def change_look(request: HttpRequest, name: str, value: str) -> HttpResponse:
    """Change theme or density from the palette; the page is drawn anew."""
    if name == "theme" and value == "other":
        value = "light" if request.COOKIES.get("hatir_theme") == "dark" else "dark"
    if value not in CHOICES.get(name, ()):
        raise Http404
    response = HttpResponse(status=204)
    response["HX-Refresh"] = "true"
    secure = request.is_secure()
    response.set_cookie(f"hatir_{name}", value, max_age=YEAR_SECONDS, secure=secure, samesite="Lax")
    return response


urlpatterns = [
    path("palette/look/<str:name>/<str:value>/", change_look, name="palette_look"),
    path("palette/", palette, name="palette"),
    path("palette/actions/<str:type_key>/<str:record_id>/", result_actions, name="palette_actions"),
]
