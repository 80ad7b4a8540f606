"""The settings of exchange rates: where they come from, which count, and how the last fetch went."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from hatir.domains.catalog import actions, queries
from hatir.domains.catalog.ports import rate_feed
from hatir.domains.catalog.preferences import FETCH_RATES, RATE_MARKET, RATES
from hatir.foundation.access.grants import MANAGE
from hatir.foundation.jobs.queries import live_job
from hatir.foundation.preferences.actions import set_company
from hatir.foundation.preferences.declaration import preferences
from hatir.foundation.preferences.queries import company_values
from hatir.foundation.records.errors import Invalid
from hatir.foundation.records.fields import FieldSpec
from hatir.interface.web.acting import actor_of
from hatir.interface.web.answers import done
from hatir.interface.web.permission import screen
from hatir.interface.web.settings_forms import SettingsForm, draw_fields, raw_values
from hatir.interface.web.settings_frame import SettingsPage, add_settings_page, show

OUR_COMPANY = 1
PLACE = "/settings/exchange-rates/"
LIST = "/records/catalog.currency_rate/"
add_settings_page(OUR_COMPANY, SettingsPage("rates", gettext_lazy("Exchange rate settings"), PLACE, "coins", MANAGE))


@screen(MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def rate_settings(request: HttpRequest) -> HttpResponse:
    """Show or change where exchange rates come from and which count."""
    if request.method != "POST":
        return _page(request, {})
    actor = actor_of(request)
    raw = raw_values(actor, _specs(), request.POST)
    try:
        set_company(raw, actor=actor)
    except Invalid as wrong:
        return _page(request, raw, wrong.errors, status=422)
    return done(request, _("The settings of exchange rates were saved."), back=PLACE)


@screen(MANAGE)
@require_POST
def fetch_now(request: HttpRequest) -> HttpResponse:
    """Let the worker fetch rates now."""
    actions.ask_for_rates(actor=actor_of(request))
    return done(request, _("The rates are being fetched. You will hear when it is done."), back=PLACE)


def _specs() -> list[FieldSpec]:
    """Give the settings as fields; without a publisher nothing can be fetched."""
    absent = set() if rate_feed() else {FETCH_RATES.key, RATE_MARKET.key}
    return [one.spec for one in preferences("company") if one.section == RATES and one.key not in absent]


def _page(
    request: HttpRequest, typed: Mapping[str, Any], errors: dict[str, list[str]] | None = None, *, status: int = 200
) -> HttpResponse:
    actor, feed = actor_of(request), rate_feed()
    values = {**company_values(), **typed}
    context = {
        "page_title": _("Exchange rate settings"),
        "intro": _("What foreign money is worth in lira: prices, quotes and orders reckon with it."),
        "url": PLACE,
        "draft": "settings/exchange-rates",
        "form": SettingsForm(errors=tuple((errors or {}).get("", ()))),
        "settings": draw_fields(actor, _specs(), values, errors),
        "feed": feed,
        "fetch": queries.last_fetch(feed) if feed else None,
        "is_fetching": live_job(f"{actions.FETCH}:asked") is not None,
        "rates": queries.latest_rates(actor),
        "list_url": LIST,
    }
    return show(request, "catalog/rate_settings.html", "rates", context, status=status)
