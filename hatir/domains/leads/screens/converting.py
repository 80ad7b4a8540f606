"""Turning a lead into a customer and a deal: who it may be already is offered, the rest is made."""

from __future__ import annotations

from textwrap import shorten
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from hatir.domains.customers.models import Customer
from hatir.domains.leads import actions
from hatir.domains.leads.models import Lead
from hatir.domains.leads.queries import companies_like, people_like
from hatir.domains.leads.screens.page import REFRESH
from hatir.domains.sales.models import Deal
from hatir.foundation.access.queries import may
from hatir.foundation.records.errors import Invalid, RecordError
from hatir.foundation.records.refs import RecordRef
from hatir.foundation.records.registry import type_of_model
from hatir.interface.web.answers import done, is_fragment, panel, refused, toast, undo_url
from hatir.interface.web.permission import screen
from hatir.interface.web.recordpages import Opened, open_record
from hatir.kit.formats_tr import format_number
from hatir.kit.ids import decode_id
from hatir.kit.parsing_tr import parse_decimal

NAME_LENGTH = 80


@screen(":edit")
@require_http_methods(["GET", "HEAD", "POST"])
def convert(request: HttpRequest, type_key: str, record_id: str) -> HttpResponse:
    """Ask what the lead becomes, or let it become so."""
    opened = open_record(request, type_key, record_id)
    if not opened.editable:
        return refused(request, Invalid({"": [_("You do not have the right to do this.")]}), back=opened.url)
    if request.method != "POST":
        return _ask(request, opened)
    sent = request.POST
    try:
        made = actions.convert_lead(
            opened.record.pk,
            actor=opened.actor,
            person=_choice(sent.get("person", "")),
            company=_choice(sent.get("company", "")),
            deal=_deal(request) if sent.get("deal") else None,
        )
    except Invalid as problem:
        return _ask(request, opened, problem=str(problem), status=422)
    except RecordError as problem:
        return refused(request, problem, back=opened.url)
    text = _("%(lead)s was converted.") % {"lead": made.lead.name}
    undo = undo_url(opened.actor)
    answer = done(request, text, back=opened.url, undo=undo, events=REFRESH)
    if is_fragment(request):
        toast(answer, text, undo=undo, url=_became_url(made), label=_("Open"))
    return answer


def _became_url(made: actions.Conversion) -> str:
    """Give the page on which work goes on: the deal's, else the customer's."""
    if made.deal is not None:
        return RecordRef(type_of_model(Deal).key, made.deal.pk).url
    customer = made.company or made.person
    return RecordRef(type_of_model(Customer).key, customer.pk).url if customer is not None else ""


def _choice(text: str) -> actions.Choice:
    if text in ("", "none"):
        return "none"
    if text == "new":
        return "new"
    try:
        return decode_id(text)
    except ValueError:
        raise Invalid({"": [_("Choose somebody of the list.")]}) from None


def _deal(request: HttpRequest) -> dict[str, Any]:
    """Read the deal's name and amount. Raises Invalid for an amount that is no number."""
    said: dict[str, Any] = {}
    if name := request.POST.get("deal_name", "").strip():
        said["name"] = name[:200]
    if text := request.POST.get("amount", "").strip():
        try:
            said["amount"] = parse_decimal(text)
        except ValueError:
            raise Invalid({"amount": [_("Enter a number.")]}) from None
    return said


def _ask(request: HttpRequest, opened: Opened, *, problem: str = "", status: int = 200) -> HttpResponse:
    lead: Lead = opened.record
    people, companies = people_like(opened.actor, lead), companies_like(opened.actor, lead)
    may_make = may(opened.actor, "create", Customer)
    context = {
        "url": f"{opened.url}conversion/",
        "title": lead.name,
        "lead": lead,
        "people": [_option(one, request, "person", at == 0) for at, one in enumerate(people)],
        "companies": [_option(one, request, "company", at == 0) for at, one in enumerate(companies)],
        "person": request.POST.get("person", "" if people else "new" if _is_person(lead) else "none"),
        "company": request.POST.get("company", "" if companies else "new" if lead.company_name else "none"),
        "may_make": may_make,
        "may_deal": may(opened.actor, "create", Deal),
        "deal_name": request.POST.get("deal_name", _deal_name(lead)),
        "amount": request.POST.get("amount", _amount(lead)),
        "has_deal": request.method != "POST" or bool(request.POST.get("deal")),
        "problem": problem,
    }
    return panel(request, "leads/_convert.html", context, title=_("Convert the lead"), status=status)


def _deal_name(lead: Lead) -> str:
    """Propose how the deal is called: what the lead is interested in, else the first words of its need."""
    if lead.product is not None:
        return lead.product.name
    return shorten(lead.need.partition("\n")[0], NAME_LENGTH, placeholder=" …")


def _amount(lead: Lead) -> str:
    if lead.estimated_value is None:
        return ""
    return format_number(lead.estimated_value, decimals=None, language=get_language() or "tr")


def _is_person(lead: Lead) -> bool:
    return lead.name != lead.company_name


def _option(customer: Customer, request: HttpRequest, name: str, is_first: bool) -> dict[str, Any]:
    sent = request.POST.get(name)
    note = ", ".join(part for part in (customer.email, customer.phone, customer.city) if part)
    chosen = is_first if sent is None else sent == customer.public_id
    return {"id": customer.public_id, "name": customer.name, "note": note, "is_chosen": chosen}
