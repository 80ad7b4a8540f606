"""Settings: the way in, and the company's own page."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
    StreamingHttpResponse,
)
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hatir.foundation.access.grants import MANAGE
from hatir.foundation.access.queries import has_permission
from hatir.foundation.files import queries as files
from hatir.foundation.files.actions import store
from hatir.foundation.files.errors import FileRefused
from hatir.foundation.preferences.actions import set_company
from hatir.foundation.preferences.declaration import Preference, preferences
from hatir.foundation.preferences.queries import company_values, value_of
from hatir.foundation.records.actor import Actor, system_actor
from hatir.foundation.records.errors import Invalid, NotFoundHere
from hatir.foundation.records.fields import FieldSpec
from hatir.foundation.records.registry import record_type
from hatir.interface.web import sample_data
from hatir.interface.web.acting import actor_of
from hatir.interface.web.answers import done, undo_url
from hatir.interface.web.context import provide_company_name, provide_logo
from hatir.interface.web.first_steps import SECTORS
from hatir.interface.web.permission import public, screen
from hatir.interface.web.settings_forms import FormField, SettingsForm, draw_fields, raw_values
from hatir.interface.web.settings_frame import show
from hatir.interface.web.tasks import remove_sample_records

AT_ONCE = 500
"""Above so many example records a job removes them."""
BACK = "/settings/company/"
HANDLED_APART = frozenset({"company.logo", "company.onboarded"})
LOGO_BYTES = 512 * 1024
PICTURES = frozenset({"image/png", "image/jpeg", "image/webp", "image/gif"})


@provide_company_name
def company_name() -> str:
    """Give what the company calls itself."""
    return str(value_of("company.name"))


@screen()
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Show the settings: the company's page for those who manage it, else one's own."""
    if not has_permission(actor_of(request), MANAGE):
        return HttpResponseRedirect("/settings/profile/")
    return _company_page(request, {}, is_home=True)


@screen(MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def company(request: HttpRequest) -> HttpResponse:
    """Show or change the company's name, zone, currency, language and working time."""
    if request.method != "POST":
        return _company_page(request, {})
    actor = actor_of(request)
    raw = raw_values(actor, _specs(), request.POST)
    try:
        set_company(raw, actor=actor)
    except Invalid as wrong:
        return _company_page(request, raw, wrong.errors, status=422)
    return done(request, _("The company's settings were saved."), back=BACK)


def _specs() -> list[FieldSpec]:
    """Give the settings as fields; the line of business is chosen here, packs may know more."""
    specs = [one.spec for one in _shown()]
    sectors = tuple((key, label) for key, label, _icon in SECTORS)
    return [replace(s, kind="choice", choices=sectors) if s.name == "company.sector" else s for s in specs]


def _shown() -> list[Preference]:
    known = [one for one in preferences("company") if one.key not in HANDLED_APART]
    return [one for section in _sections() for one in known if one.section == section]


def _sections() -> dict[str, str]:
    """Name the parts of the page, in their order; the company's own facts need no heading."""
    return {
        "company": "", "hours": _("Working hours"), "leads": _("Leads"), "quotes": _("Quotes"),
        "sequences": _("Sequences"), "general": _("Numbers, limits and records"), "api": _("Programs"),
        "backups": _("Backup"),
    }  # fmt: skip


def _drawn(actor: Actor, values: dict[str, Any], errors: dict[str, list[str]] | None) -> list[FormField]:
    """Draw the settings, each part below its heading."""
    shown, headings = _shown(), _sections()
    drawn = draw_fields(actor, _specs(), values, errors)
    sections = [one.section for one in shown]
    firsts = [at == 0 or sections[at - 1] != section for at, section in enumerate(sections)]
    return [
        replace(field, heading=headings[section]) if is_first else field
        for field, section, is_first in zip(drawn, sections, firsts, strict=True)
    ]


def _company_page(
    request: HttpRequest,
    typed: dict[str, Any],
    errors: dict[str, list[str]] | None = None,
    *,
    is_home: bool = False,
    status: int = 200,
) -> HttpResponse:
    actor = actor_of(request)
    values = {**company_values(), **typed}
    counts = sample_data.sample_counts()
    return show(
        request,
        "web/settings/company.html",
        "company",
        {
            "page_title": _("Settings") if is_home else _("Our company"),
            "heading": _("Our company"),
            "intro": _("What everybody shares: the name, the time and the language of the house."),
            "is_home": is_home,
            "url": BACK,
            "draft": "settings/company",
            "form": SettingsForm(errors=tuple((errors or {}).get("", ()))),
            "settings": _drawn(actor, values, errors),
            "logo": bool(value_of("company.logo")),
            "logo_errors": (errors or {}).get("company.logo", ()),
            "samples": [(record_type(key).plural_label, count) for key, count in counts.items()],
            "sample_total": sum(counts.values()),
        },
        status=status,
    )


@screen(MANAGE)
@require_POST
def new_logo(request: HttpRequest) -> HttpResponse:
    """Put an uploaded picture in the place of the logo."""
    try:
        set_company({"company.logo": _kept_logo(request)}, actor=actor_of(request))
    except Invalid as wrong:
        return _company_page(request, {}, wrong.errors, status=422)
    return done(request, _("The logo was changed."), back=BACK)


def _kept_logo(request: HttpRequest) -> str:
    """Keep an uploaded picture. Raises Invalid for what is no small picture."""
    sent = request.FILES.get("logo")
    if sent is None:
        raise Invalid({"company.logo": [_("Choose a picture: PNG, JPEG or WebP.")]})
    try:
        kept = store(sent.chunks(), name=sent.name or "logo", actor=actor_of(request), limit_bytes=LOGO_BYTES)
    except FileRefused as refused:
        raise Invalid({"company.logo": [str(refused)]}) from None
    if kept.mime not in PICTURES:
        raise Invalid({"company.logo": [_("Choose a picture: PNG, JPEG or WebP.")]})
    return str(kept.pk)


@provide_logo
def logo_url(is_stranger: bool) -> str:
    """Give where the logo is to be had: for strangers only when the company wants it; "" without one."""
    chosen = str(value_of("company.logo"))
    if not chosen.isdigit():
        return ""
    if not is_stranger:
        return f"/settings/company/logo/?v={chosen}"
    return f"/logo/?v={chosen}" if value_of("company.logo_for_strangers") else ""


@public()
@require_safe
def logo_for_strangers(request: HttpRequest) -> HttpResponseBase:
    """Give the company's logo to the sign-in page, if the company chose so."""
    del request
    if not value_of("company.logo_for_strangers"):
        raise Http404
    return _logo()


@screen()
@require_safe
def logo(request: HttpRequest) -> HttpResponseBase:
    """Give the company's logo."""
    del request
    return _logo()


def _logo() -> HttpResponseBase:
    chosen = str(value_of("company.logo"))
    if not chosen.isdigit():
        raise Http404
    try:
        found = files.stored_file(system_actor("logo"), int(chosen))
    except NotFoundHere:
        raise Http404 from None
    response = StreamingHttpResponse(files.read(found), content_type=found.mime)
    response["Cache-Control"] = "private, max-age=86400"
    return response


@screen(MANAGE)
@require_POST
def remove_logo(request: HttpRequest) -> HttpResponse:
    """Go back to the house's own mark."""
    set_company({"company.logo": ""}, actor=actor_of(request))
    return done(request, _("The logo was removed."), back=BACK)


@screen(MANAGE)
@require_POST
def remove_samples(request: HttpRequest) -> HttpResponse:
    """Take the example company out, with a way back."""
    actor = actor_of(request)
    if sum(sample_data.sample_counts().values()) > AT_ONCE:
        remove_sample_records.using(unique_key="samples").enqueue(actor=actor)
        text = _("The example records are being removed. You will hear when it is done.")
        return done(request, text, back=BACK)
    count = sample_data.remove_samples(actor=actor)
    text = _("%(count)d example records were removed.") % {"count": count}
    return done(request, text, back=BACK, undo=undo_url(actor))


urlpatterns = [
    path("settings/", index, name="settings"),
    path("settings/company/", company, name="settings_company"),
    path("logo/", logo_for_strangers, name="logo_for_strangers"),
    path("settings/company/logo/", logo, name="company_logo"),
    path("settings/company/logo/new/", new_logo, name="company_logo_new"),
    path("settings/company/logo/removal/", remove_logo, name="company_logo_removal"),
    path("settings/samples/removal/", remove_samples, name="samples_removal"),
]
