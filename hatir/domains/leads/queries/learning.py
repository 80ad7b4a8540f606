"""What the trained model says of a lead, and why; or what it still lacks."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from hatir.domains.leads.models import Lead, LeadModel
from hatir.foundation.records.registry import fields_of, type_of_model
from hatir.interface.web.presenting import capital
from hatir.kit.formats_tr import format_number
from hatir.kit.learning import LEAST_ROWS, OTHER, UNKNOWN, Reason, Value, model_from_json

FEATURES = (
    "source", "utm_source", "utm_medium", "utm_campaign", "region", "city_fold", "industry", "product_id",
    "estimated_value", "employee_count",
)  # fmt: skip
SHOWN = 3


def features_of(values: dict[str, Any]) -> dict[str, Value]:
    """Give the features of a lead from its columns; what is empty is unknown."""
    found: dict[str, Value] = {}
    for name in FEATURES:
        value = values[name]
        is_number = name in ("estimated_value", "employee_count") and value is not None
        found[name] = float(value) if is_number else str(value) if value not in (None, "") else None
    found["has_company"] = "1" if values["company_name"] else "0"
    found["is_recommended"] = "1" if values["referred_by_id"] else "0"
    found["has_phone"] = "1" if values["phone_e164"] else "0"
    return found


COLUMNS = (*FEATURES, "company_name", "referred_by_id", "phone_e164")


def kept_model() -> LeadModel | None:
    """Give what was learnt last; for the house's own reckoning."""
    return LeadModel.objects.first()


def said_of(lead: Lead) -> dict[str, Any]:
    """Give what the model says of a lead for its page: chance with reasons, or why there is none."""
    kept = kept_model()
    if kept is None or not kept.model:
        return {"decided": kept.decided if kept else 0, "needed": LEAST_ROWS, "learnt": False}
    model = model_from_json(kept.model)
    row = features_of({name: getattr(lead, name) for name in COLUMNS})
    chance = round(model.predict(row) * 100)
    reasons = [(_words(lead, reason), reason.effect > 0) for reason in model.reasons(row, SHOWN)]
    return {
        "learnt": True,
        "chance": chance,
        "why": reasons,
        "decided": kept.decided,
        "base": round(model.base_rate * 100),
    }


def _words(lead: Lead, reason: Reason) -> str:
    own = {
        "has_company": (_("names a company"), _("names no company")),
        "is_recommended": (_("was recommended"), _("was not recommended")),
        "has_phone": (_("left a number"), _("left no number")),
    }
    if reason.feature in own:
        return own[reason.feature][reason.level != "1"]
    name = {"city_fold": "city", "product_id": "product"}.get(reason.feature, reason.feature)
    label = capital(str(fields_of(type_of_model(Lead))[name].label))
    if reason.level == UNKNOWN:
        return _("%(field)s: not known") % {"field": label}
    if reason.low is not None or reason.high is not None:
        return f"{label}: {_end(reason.low)} – {_end(reason.high)}"
    value = _("a rare one") if reason.level == OTHER else _shown(lead, name)
    return f"{label}: {value}"


def _end(value: float | None) -> str:
    return "…" if value is None else format_number(Decimal(round(value)), decimals=0)


def _shown(lead: Lead, name: str) -> str:
    if name == "region":
        return str(lead.get_region_display())
    return str(getattr(lead, name) or "")
