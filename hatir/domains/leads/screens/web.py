"""What strangers reach: forms on their own page and inside other websites, and the report of a visit.

A form needs no cookie and no script. Against robots stand a field that people do not see, the signed instant at which
the form was drawn, and limits for each address and each form; a person whose entry looks like a robot's is asked to
send it once more, and loses nothing.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from hatir.domains.leads import actions
from hatir.domains.leads.models import QUESTION, FormField, WebForm
from hatir.domains.leads.queries.web import fields_of_form, form_of, origins_in, sites
from hatir.foundation.records.errors import Invalid
from hatir.interface.web.permission import public

TRAP = "website"
SALT = "hatir.leads.form"
LEAST_SECONDS, MOST_SECONDS = 2, 24 * 3600
LARGEST = 64 * 1024
KINDS = {
    "email": ("email", "email"),
    "phone": ("tel", "tel"),
    "name": ("text", "name"),
    "city": ("text", "address-level2"),
    "company_name": ("text", "organization"),
    "job_title": ("text", "organization-title"),
}
UTM = ("utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content")
Sent = Mapping[str, Any]


@public()
@csrf_exempt
@xframe_options_exempt
@require_http_methods(["GET", "HEAD", "POST", "OPTIONS"])
def form(request: HttpRequest, token: str) -> HttpResponse:
    """Show a form, or take an entry in: from its own page, from a frame, from a plain HTML form, from a script."""
    found = form_of(token)
    if found is None:
        raise Http404
    allowed = origins_in(found.origins)
    if request.method in ("GET", "HEAD"):
        return _framed(_draw(request, found, dict(request.GET.items())), found, allowed)
    origin = request.headers.get("Origin", "")
    if origin and origin not in allowed and not _is_own(request, origin):
        return JsonResponse({"error": _("This website may not send this form.")}, status=403)
    answer = HttpResponse(status=204) if request.method == "OPTIONS" else _taken(request, found)
    return _shared(_framed(answer, found, allowed), origin if origin in allowed else "")


def _is_own(request: HttpRequest, origin: str) -> bool:
    own = {f"{request.scheme}://{request.get_host()}", settings.HATIR_BASE_URL.rstrip("/")}
    return origin in own


def _framed(answer: HttpResponse, found: WebForm, allowed: frozenset[str]) -> HttpResponse:
    """Let only the websites of the form put it into a frame, and let it lead to its own page of thanks."""
    policy = dict(settings.CONTENT_SECURITY_POLICY)
    policy["frame-ancestors"] = " ".join(["'self'", *sorted(allowed)])
    policy["form-action"] = " ".join(["'self'", *sorted(origins_in(found.redirect_url))])
    answer["Content-Security-Policy"] = "; ".join(f"{name} {value}" for name, value in policy.items())
    # With "no-referrer" browsers send the form itself with `Origin: null`, which is nobody's.
    answer["Referrer-Policy"] = "same-origin"
    answer["Cache-Control"] = "no-store"
    return answer


def _shared(answer: HttpResponse, origin: str) -> HttpResponse:
    if origin:
        answer["Access-Control-Allow-Origin"] = origin
        answer["Access-Control-Allow-Methods"] = "POST"
        answer["Access-Control-Allow-Headers"] = "Content-Type"
        answer["Vary"] = "Origin"
    return answer


def _taken(request: HttpRequest, found: WebForm) -> HttpResponse:
    is_json = request.headers.get("Content-Type", "").startswith("application/json")
    try:
        sent = _read(request, is_json=is_json)
    except ValueError:
        return JsonResponse({"error": _("This cannot be read.")}, status=400)
    if sent.get(TRAP):  # a field that people do not see and programs fill in: thank it, and forget it
        return _thanks(request, found, is_json=is_json)
    if not _is_timely(found, str(sent.get("t", ""))):
        return _again(request, found, sent, is_json=is_json)
    try:
        actions.submit(found, sent, _arrival(request, sent), consent=bool(sent.get("consent")))
    except Invalid as wrong:
        if is_json:
            return JsonResponse({"errors": wrong.errors}, status=422)
        return _draw(request, found, sent, errors=wrong.errors, status=422)
    except actions.TooMany as problem:
        if is_json:
            return JsonResponse({"error": str(problem)}, status=429)
        return _draw(request, found, sent, errors={"": [str(problem)]}, status=429)
    return _thanks(request, found, is_json=is_json)


def _read(request: HttpRequest, *, is_json: bool) -> dict[str, str]:
    """Read what was sent as texts. Raises ValueError for what is no object of texts, or too much."""
    if len(request.body) > LARGEST:
        raise ValueError("too large")
    if not is_json:
        return {name: str(request.POST.get(name, "")) for name in request.POST}
    body = json.loads(request.body)
    if not isinstance(body, dict):
        raise ValueError("no object")
    return {
        str(name): str(value) for name, value in body.items() if isinstance(value, (str, int, float, bool)) and value
    }


def stamp(found: WebForm) -> str:
    """Sign when a form was drawn."""
    return signing.TimestampSigner(salt=SALT).sign(found.token)


def _is_timely(found: WebForm, text: str) -> bool:
    """Tell whether a form was drawn long enough ago for a person to fill it in, and not days ago."""
    signer = signing.TimestampSigner(salt=SALT)
    try:
        if signer.unsign(text, max_age=MOST_SECONDS) != found.token:
            return False
    except signing.BadSignature:
        return False
    try:
        signer.unsign(text, max_age=LEAST_SECONDS)
    except signing.SignatureExpired:
        return True
    return False  # quicker than people type


def _again(request: HttpRequest, found: WebForm, sent: Sent, *, is_json: bool) -> HttpResponse:
    """Ask once more: the entry came too fast, too late, or from a page that cannot sign when it was drawn."""
    if is_json:
        told = _("Please check your entry and send it again.")
        return JsonResponse({"error": told, "t": stamp(found)}, status=409)
    return _draw(request, found, sent, note=_("Please check your entry and send it again."), status=200)


def _thanks(request: HttpRequest, found: WebForm, *, is_json: bool) -> HttpResponse:
    if is_json:
        return JsonResponse({"thanks": found.thank_you or _("Thank you. We will get in touch with you."),
                             "redirect": found.redirect_url}, status=201)  # fmt: skip
    if found.redirect_url:
        return HttpResponseRedirect(found.redirect_url)
    context = {"form": found, "page_title": found.title or found.name, "is_done": True, "wide": True}
    return render(request, _template(request), context)


def _template(request: HttpRequest) -> str:
    return "leads/form_framed.html" if "embed" in request.GET else "leads/form_page.html"


def _draw(
    request: HttpRequest, found: WebForm, sent: Sent, *, errors: Any = None, note: str = "", status: int = 200
) -> HttpResponse:
    wrong = errors or {}
    here = {name: str(sent.get(name, ""))[:500] for name in (*UTM, "page", "referrer", "v")}
    context = {
        "form": found,
        "page_title": found.title or found.name,
        "wide": True,
        "fields": [_field(one, sent, wrong) for one in fields_of_form(found)],
        "errors": wrong.get("", []),
        "note": note,
        "hidden": [(name, value) for name, value in here.items() if value],
        "stamp": stamp(found),
        "consent": bool(sent.get("consent")),
        "action": request.get_full_path(),
    }
    return render(request, _template(request), context, status=status)


def _field(one: FormField, sent: Sent, wrong: Mapping[str, list[str]]) -> dict[str, Any]:
    kind, complete = KINDS.get(one.asks, ("text", "off"))
    name = one.public_id
    return {
        "name": name,
        "label": str(one),
        "kind": "select" if one.options.strip() else "textarea" if one.asks in ("need", QUESTION) else kind,
        "autocomplete": complete,
        "options": actions.options_of(one),
        "value": sent.get(name, ""),
        "required": one.is_required,
        "errors": wrong.get(name, []),
    }


def _arrival(request: HttpRequest, sent: Sent) -> actions.Arrival:
    """Give from where an entry comes: what the page told, else the browser."""
    page = str(sent.get("page", "")) or request.headers.get("Referer", "")
    utm = {name: str(sent.get(name, "")) for name in UTM}
    return actions.Arrival(
        address=str(request.META.get("REMOTE_ADDR", "")),
        page=_address(page),
        referrer=_address(str(sent.get("referrer", ""))),
        utm=utm,
        visitor=str(sent.get("v", "")),
    )


def _address(text: str) -> str:
    """Give a web address, else nothing: what stands here becomes a link on our own pages."""
    return text[:500] if urlsplit(text[:500]).scheme in ("http", "https") else ""


# --- visits ----------------------------------------------------------------------------------------


@public()
@csrf_exempt
@require_http_methods(["POST", "OPTIONS"])
def visit(request: HttpRequest) -> HttpResponse:
    """Take the report of a page that was opened by somebody who agreed to it; only our own websites may report."""
    origin = request.headers.get("Origin", "")
    if origin not in sites():
        return HttpResponse(status=403)
    if request.method == "OPTIONS":
        return _shared(HttpResponse(status=204), origin)
    try:
        if len(request.body) > LARGEST:
            raise ValueError("too large")
        body = json.loads(request.body)
        if not isinstance(body, dict):
            raise ValueError("no object")
    except ValueError:
        return _shared(HttpResponse(status=400), origin)
    page = _address(str(body.get("page", "")))
    asked = _query(page)
    arrival = actions.Arrival(
        address=str(request.META.get("REMOTE_ADDR", "")),
        page=page.partition("?")[0],
        referrer=_address(str(body.get("referrer", ""))),
        utm={name: asked.get(name, "") for name in UTM},
    )
    taken = bool(page) and actions.note_visit(str(body.get("v", "")), arrival, title=str(body.get("title", "")))
    return _shared(HttpResponse(status=204 if taken else 429), origin)


def _query(page: str) -> dict[str, str]:
    return {name: str(value) for name, value in QueryDict(urlsplit(page).query).items()}


@public()
@require_safe
def script(request: HttpRequest, name: str) -> HttpResponse:
    """Give one of the small scripts that other websites include."""
    answer = render(request, f"leads/{name}.js", {"base": settings.HATIR_BASE_URL.rstrip("/")},
                    content_type="text/javascript; charset=utf-8")  # fmt: skip
    answer["Cross-Origin-Resource-Policy"] = "cross-origin"
    answer["Cache-Control"] = "public, max-age=3600"
    return answer
