"""Settings of the API keys: make one (shown once), withdraw it, see when it was last used."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hatir.foundation.access.grants import MANAGE
from hatir.foundation.access.keys import FULL, api_key, api_keys, create_api_key, revoke_api_key
from hatir.foundation.access.models import VERBS, ApiKey
from hatir.foundation.access.queries import get_visible, visible
from hatir.foundation.records.errors import Invalid, RecordError
from hatir.foundation.records.expressions import SortText
from hatir.foundation.records.fields import FieldSpec
from hatir.foundation.staff.models import User
from hatir.interface.web.acting import actor_of
from hatir.interface.web.answers import done, is_fragment, refused
from hatir.interface.web.permission import screen
from hatir.interface.web.presenting import capital
from hatir.interface.web.role_matrix import scoped_types
from hatir.interface.web.settings_forms import form_of, read_form
from hatir.interface.web.settings_frame import show
from hatir.kit.ids import decode_id, encode_id

LIST = "/settings/api-keys/"
EXPIRIES = (
    ("30", gettext_lazy("in 30 days")),
    ("90", gettext_lazy("in 90 days")),
    ("365", gettext_lazy("in a year")),
    ("never", gettext_lazy("never")),
)


def _specs(request: HttpRequest) -> list[FieldSpec]:
    users = visible(actor_of(request), User).filter(is_active=True, archived_at=None).order_by(SortText("name"))
    return [
        FieldSpec(
            "name",
            gettext_lazy("What is it for?"),
            "text",
            required=True,
            max_length=80,
            help=gettext_lazy("For example: web shop, accounting."),
        ),
        FieldSpec(
            "user",
            gettext_lazy("Acts as"),
            "choice",
            required=True,
            choices=tuple((encode_id(user.pk), user.name) for user in users),
            help=gettext_lazy("The key can never do more than this person."),
        ),
        FieldSpec("expires", gettext_lazy("Ends"), "choice", required=True, choices=EXPIRIES),
        FieldSpec("scopes", gettext_lazy("Allowed"), "multichoice", choices=scope_choices()),
    ]


def scope_choices() -> tuple[tuple[str, str], ...]:
    """List what a key may be allowed: everything, a verb on everything, or a verb on one kind of record."""
    choices = [(FULL, _("everything this person may"))]
    choices += [(f"{verb}:*", f"{_('All records')}: {label}") for verb, label in VERBS]
    for rt in scoped_types():
        choices += [(f"{verb}:{rt.key}", f"{capital(rt.plural_label)}: {label}") for verb, label in VERBS]
    return tuple(choices)


@screen(MANAGE)
@require_safe
def keys(request: HttpRequest) -> HttpResponse:
    """List the keys, newest first."""
    return _page(request)


def _page(request: HttpRequest, secret: str = "") -> HttpResponse:
    now = timezone.now()
    labels = dict(scope_choices())
    rows = [(key, _state(key, now), [labels.get(scope, scope) for scope in key.scopes]) for key in
            api_keys(actor_of(request))[:200]]  # fmt: skip
    context = {
        "page_title": _("API keys"),
        "is_wide": True,
        "intro": _("With a key a program acts for a person: a web shop, an accounting program, a script."),
        "keys": rows,
        "secret": secret,
    }
    return show(request, "web/settings/api_keys.html", "api_keys", context)


def _state(key: ApiKey, now: Any) -> str:
    if key.revoked_at is not None:
        return "revoked"
    return "over" if key.expires_at is not None and key.expires_at <= now else "live"


@screen(MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def new_key(request: HttpRequest) -> HttpResponse:
    """Make a key and show it this one time."""
    actor = actor_of(request)
    specs = _specs(request)
    if request.method != "POST":
        first = {"user": encode_id(actor.user_id or 0), "expires": "365", "scopes": [FULL]}
        return _form(request, specs, first)
    try:
        values = read_form(actor, specs, request.POST)
        user = get_visible(actor, User, decode_id(values["user"]))
        ends = None if values["expires"] == "never" else timezone.now() + timedelta(days=int(values["expires"]))
        made = create_api_key(user, values["name"], values.get("scopes") or (), actor=actor, expires_at=ends)
    except Invalid as wrong:
        typed = {**request.POST.dict(), "scopes": request.POST.getlist("scopes")}
        return _form(request, specs, typed, wrong.errors)
    except RecordError as problem:
        return refused(request, problem, back=LIST)
    if is_fragment(request):
        return render(request, "web/settings/_key_dialog.html", {"secret": made.plain})
    return _page(request, made.plain)


def _form(
    request: HttpRequest, specs: list[FieldSpec], values: dict[str, Any], errors: dict[str, list[str]] | None = None
) -> HttpResponse:
    title = _("New API key")
    context = {
        "title": title,
        "page_title": title,
        "url": f"{LIST}new/",
        "draft": "settings/api-key",
        "form": form_of(actor_of(request), specs, values, errors),
        "submit": _("Make the key"),
    }
    status = 422 if errors else 200
    if is_fragment(request):
        return render(request, "web/form/dialog.html", context, status=status)
    return show(request, "web/settings/form.html", "api_keys", context, status=status)


@screen(MANAGE)
@require_POST
def revoke(request: HttpRequest, public_id: str) -> HttpResponse:
    """Withdraw a key at once."""
    actor = actor_of(request)
    try:
        key = api_key(actor, decode_id(public_id))
        revoke_api_key(key, actor=actor)
    except ValueError:
        raise Http404 from None
    except RecordError as problem:
        return refused(request, problem, back=LIST)
    return done(request, _("The key “%(name)s” opens nothing any more.") % {"name": key.name}, back=LIST)


urlpatterns = [
    path("settings/api-keys/", keys, name="api_keys"),
    path("settings/api-keys/new/", new_key, name="api_key_new"),
    path("settings/api-keys/<str:public_id>/revocation/", revoke, name="api_key_revocation"),
]
