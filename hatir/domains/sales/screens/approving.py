"""What waits for an approval on a deal, and the buttons that decide."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from hatir.domains.sales import actions
from hatir.domains.sales.models import ASKED, REFUSED, Deal, DealApproval
from hatir.domains.sales.queries.approving import ALWAYS, approvals_of, may_decide
from hatir.foundation.access.queries import open_fields
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.errors import NotFoundHere, RecordError
from hatir.interface.web.acting import actor_of
from hatir.interface.web.answers import done, is_fragment, refused, safe_next, toast
from hatir.interface.web.permission import screen
from hatir.interface.web.recordpages import Opened
from hatir.kit.formats_tr import format_money
from hatir.kit.ids import decode_id

PLACE = "/sales/approvals/"


def approvals_on(opened: Opened) -> dict[str, Any]:
    """Give what waits for an approval, why one was refused, and what was decided before."""
    deal: Deal = opened.record
    found = approvals_of(deal)
    asked = next((one for one in found if one.state == ASKED), None)
    last = found[0] if found else None
    return {
        "asked": asked,
        "asked_amount": _amount(opened, asked) if asked else "",
        "decide_url": f"{PLACE}{asked.public_id}/" if asked else "",
        "may_decide": asked is not None and may_decide(opened.actor, [(deal, asked.stage)])[0],
        "may_withdraw": asked is not None and opened.editable and not asked.is_standing,
        "refusal": last if last is not None and last.state == REFUSED else None,
        "approvals": [one for one in found if one.state != ASKED],
    }


def _amount(opened: Opened, asked: DealApproval) -> str:
    """Write the amount that was asked about, to whoever may see amounts."""
    if asked.watched.get("amount") is None or not set(ALWAYS) <= set(open_fields(opened.actor, opened.rt)):
        return ""
    return format_money(asked.watched["amount"], asked.watched["currency"], language=get_language() or "tr")


@screen(":view")
@require_POST
def decide(request: HttpRequest, type_key: str, asking_id: str, verb: str) -> HttpResponse:
    """Let a deal in (`approval`), keep it out (`refusal`, with a `reason`), or take the asking back (`withdrawal`)."""
    del type_key
    actor = actor_of(request)
    asked = _asking(actor, asking_id)
    page = f"/records/sales.deal/{asked.deal.public_id}/"
    back = safe_next(request, page)
    try:
        said = _decided(request, actor, asked, verb)
    except RecordError as problem:
        return refused(request, problem, back=back)
    if is_fragment(request):
        return toast(HttpResponse(""), said, url=page, label=_("Open"))
    return done(request, said, back=back)


def _asking(actor: Actor, asking_id: str) -> DealApproval:
    try:
        return actions.asking_or_not_found(actor, decode_id(asking_id))
    except (ValueError, NotFoundHere):
        raise Http404 from None


def _decided(request: HttpRequest, actor: Actor, asked: DealApproval, verb: str) -> str:
    facts = {"deal": asked.deal.name, "stage": asked.stage.name}
    if verb == "approval":
        actions.approve(asked, actor=actor)
        return _("“%(deal)s” may enter “%(stage)s”.") % facts
    if verb == "refusal":
        actions.refuse(asked, actor=actor, reason=request.POST.get("reason", ""))
        return _("“%(deal)s” may not enter “%(stage)s”.") % facts
    actions.withdraw(asked, actor=actor)
    return _("The asking was taken back.")
