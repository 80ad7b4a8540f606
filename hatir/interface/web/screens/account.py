"""One's own account: particulars, look, keys, and the way to password, second step, passkeys and sessions."""

from __future__ import annotations

import re
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hatir.foundation.access.queries import visible
from hatir.foundation.preferences.actions import set_own
from hatir.foundation.preferences.declaration import preference
from hatir.foundation.preferences.queries import user_values
from hatir.foundation.records.actor import system_actor
from hatir.foundation.records.errors import Invalid, RecordError
from hatir.foundation.records.fields import FieldSpec
from hatir.foundation.records.registry import fields_of, record_type
from hatir.foundation.staff.actions import sign_out_everywhere, sign_out_place, update_own_profile
from hatir.foundation.staff.models import User
from hatir.foundation.staff.queries import places_of, second_steps_of
from hatir.interface.web.acting import actor_of
from hatir.interface.web.answers import done, refused, undo_url
from hatir.interface.web.permission import screen
from hatir.interface.web.settings_forms import SettingsForm, draw_fields, read_form
from hatir.interface.web.settings_frame import show
from hatir.kit.ids import decode_id
from hatir.kit.text_tr import fold

PROFILE, SECURITY = "/settings/profile/", "/settings/security/"
OWN = ("name", "job_title", "phone", "language")
LOOK = ("user.theme", "user.density", "user.shortcuts", "user.keys")
YEAR_SECONDS = 365 * 24 * 3600
COOKIE_DENSITY = {"compact": "compact", "normal": "normal", "roomy": "comfortable"}
_PAIR = re.compile(r"^[a-zçğıöşü]=[a-zçğıöşü]$")


def _profile_specs() -> list[FieldSpec]:
    fields = fields_of(record_type("staff.user"))
    return [fields[name] for name in OWN]


def _look_specs() -> list[FieldSpec]:
    return [preference(key).spec for key in LOOK]


def _me(request: HttpRequest) -> User:
    """Give the signed-in user as a record; the request itself carries a stand-in that the write door does not know."""
    user: User = visible(system_actor("profile"), User).get(pk=request.user.pk)
    return user


@screen()
@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    """Show or change one's own name, language, look and keys."""
    user = _me(request)
    values = {**{name: getattr(user, name) for name in OWN}, **user_values(user.pk)}
    if request.method != "POST":
        return _page(request, values)
    actor = actor_of(request)
    try:
        own = read_form(actor, _profile_specs(), request.POST)
        look = read_form(actor, _look_specs(), request.POST)
        look["user.keys"] = read_keys(look.get("user.keys", ""))
        update_own_profile(user, own, actor=actor)
        set_own(look, actor=actor)
    except Invalid as wrong:
        user.refresh_from_db()
        return _page(request, {**values, **request.POST.dict()}, wrong.errors, status=422)
    except RecordError as problem:
        return refused(request, problem, back=PROFILE)
    return wear_look(
        done(request, _("Your profile was saved."), back=PROFILE, undo=undo_url(actor)), user_values(user.pk), request
    )


def read_keys(text: str) -> str:
    """Read pairs such as "n=y, f=u" and write them tidily. Raises Invalid naming what is no pair."""
    pairs = [part.strip().replace(" ", "") for part in re.split(r"[,;\n]", text or "") if part.strip()]
    wrong = [pair for pair in pairs if not _PAIR.match(pair)]
    if wrong:
        raise Invalid({"user.keys": [_("“%(pair)s” is no pair of keys; write for example n=y.") % {"pair": wrong[0]}]})
    wanted = [pair.split("=")[1] for pair in pairs]
    if len(set(wanted)) != len(wanted) or "g" in wanted:
        raise Invalid({"user.keys": [_("Each key can stand for one thing only, and g leads to the areas.")]})
    return ", ".join(pairs)


def wear_look(response: HttpResponse, look: dict[str, Any], request: HttpRequest) -> HttpResponse:
    """Let the browser wear the chosen look: the shell reads it from cookies, so that pages cost no query."""
    cookies = {
        "hatir_theme": look["user.theme"],
        "hatir_density": COOKIE_DENSITY.get(look["user.density"], "normal"),
        "hatir_shortcuts": "on" if look["user.shortcuts"] else "off",
        "hatir_keys": re.sub(r"[^a-z=.]", "", fold((look["user.keys"] or "").replace(", ", "."))),
    }
    for name, value in cookies.items():
        response.set_cookie(name, value, max_age=YEAR_SECONDS, secure=request.is_secure(), samesite="Lax")
    return response


def _page(
    request: HttpRequest, values: dict[str, Any], errors: dict[str, list[str]] | None = None, *, status: int = 200
) -> HttpResponse:
    actor = actor_of(request)
    user: Any = request.user
    context = {
        "page_title": _("My profile"),
        "intro": f"{user.email}",
        "url": PROFILE,
        "draft": "settings/profile",
        "form": SettingsForm(errors=tuple((errors or {}).get("", ()))),
        "settings": draw_fields(actor, [*_profile_specs(), *_look_specs()], values, errors),
    }
    return show(request, "web/settings/form.html", "profile", context, status=status)


@screen()
@require_safe
def security(request: HttpRequest) -> HttpResponse:
    """Show how one signs in, and where one is signed in."""
    user: Any = request.user
    kinds = second_steps_of(user)
    context = {
        "page_title": _("Sign-in and security"),
        "intro": _("Whoever holds this account sees your customers. Two steps or a passkey keep strangers out."),
        "has_password": user.has_usable_password(),
        "has_totp": "totp" in kinds,
        "has_codes": "recovery_codes" in kinds,
        "passkeys": kinds.count("webauthn"),
        "places": places_of(user, request.session.session_key or ""),
    }
    return show(request, "web/settings/security.html", "security", context)


@screen()
@require_POST
def sign_out_elsewhere(request: HttpRequest) -> HttpResponse:
    """End one's sessions in one other browser, or in all of them."""
    user: Any = request.user
    place = request.POST.get("place", "")
    if place:
        try:
            ended = int(sign_out_place(user, decode_id(place)))
        except ValueError:
            ended = 0
    else:
        ended = sign_out_everywhere(user, but=request.session.session_key or "")
    return done(request, _("Signed out in %(count)d places.") % {"count": ended}, back=SECURITY)


@screen()
@require_safe
def short_address(request: HttpRequest) -> HttpResponse:
    """Lead from the short address to the profile."""
    return HttpResponseRedirect(PROFILE)


@screen()
@require_safe
def to_security(request: HttpRequest) -> HttpResponse:
    """Lead from the sign-in package's own overviews to the house's one page."""
    return HttpResponseRedirect(SECURITY)


urlpatterns = [
    path("settings/profile/", profile, name="profile"),
    path("settings/account/", short_address, name="account"),
    path("settings/security/", security, name="security"),
    path("settings/security/sign-out/", sign_out_elsewhere, name="security_sign_out"),
]
