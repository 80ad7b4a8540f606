"""What decided deals teach about open ones: the features that are known at a deal's beginning, and what they tell.

Amount, stage and days are left out on purpose: they are known late, or are written when a deal is decided, and a model
that saw them would only tell what happened already.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from hatir.domains.catalog.models import Product
from hatir.domains.sales.models import HELD, LOST, OPEN, WON, Deal, Pipeline, WinModel
from hatir.foundation.records.actor import Actor
from hatir.foundation.staff.models import Team, User
from hatir.kit.formats_tr import format_number, format_percent
from hatir.kit.ids import decode_id, encode_id
from hatir.kit.learning import MOST_ROWS, OTHER, UNKNOWN, Model, Reason, Row, model_from_json

NAMES = (
    "customer", "owner", "team", "product", "pipeline", "source", "opened_on", "referred_by", "customer__industry",
    "customer__city", "customer__kind", "customer__employee_count",
)  # fmt: skip
LINKED: Mapping[str, type[Any]] = {"owner": User, "team": Team, "product": Product, "pipeline": Pipeline}


@dataclass(frozen=True)
class Cases:
    """Decided deals in the order in which they were decided: features, whether won, and the day of the decision."""

    rows: list[Row]
    won: list[bool]
    days: list[date]


class History:
    """How many deals of each customer were won and lost before a day."""

    def __init__(self, decided: Sequence[tuple[int | None, str, date]]) -> None:
        self._days: dict[tuple[int, str], list[date]] = defaultdict(list)
        for customer, status, day in sorted(decided, key=lambda row: row[2]):
            if customer:
                self._days[customer, status].append(day)

    def before(self, customer: int | None, status: str, day: date | None) -> int:
        """Count a customer's deals of a kind decided before a day."""
        if customer is None or day is None:
            return 0
        return bisect_left(self._days.get((customer, status), []), day)

    def share(self, customer: int | None, day: date | None) -> float | None:
        """Give how much per cent of a customer's deals decided before a day was won; None where there was none.

        A share, because counts grow with the years: a model that learnt from them would drift.
        """
        won, lost = self.before(customer, WON, day), self.before(customer, LOST, day)
        return 100 * won / (won + lost) if won + lost else None


def decided_cases() -> Cases:
    """Read the decided deals of the whole company, the last 60,000 of them, for the house's own learning."""
    rows = Deal.objects.filter(status__in=(WON, LOST), archived_at=None, closed_on__isnull=False)
    newest = rows.order_by("-closed_on", "-pk").values(*NAMES, "status", "closed_on")[:MOST_ROWS]
    found = sorted(newest, key=lambda row: row["closed_on"])
    history = History([(row["customer"], row["status"], row["closed_on"]) for row in found])
    return Cases(
        [features(row, history) for row in found],
        [row["status"] == WON for row in found],
        [row["closed_on"] for row in found],
    )


def features(row: Mapping[str, Any], history: History) -> Row:
    """Give what was known when a deal began."""
    opened, customer = row["opened_on"], row["customer"]
    linked = {name: encode_id(row[name]) if row[name] else None for name in LINKED}
    return {
        **linked,
        "source": row["source"] or None,
        "industry": row["customer__industry"] or None,
        "city": row["customer__city"] or None,
        "kind": row["customer__kind"],
        "employees": float(row["customer__employee_count"]) if row["customer__employee_count"] is not None else None,
        "quarter": f"Q{(opened.month + 2) // 3}" if opened else None,
        "recommended": "yes" if row["referred_by"] else "no",
        "won_before": history.share(customer, opened),
    }


def newest_learning() -> WinModel | None:
    """Give what was learnt last."""
    return WinModel.objects.order_by("-trained_at").first()


def newest_model() -> Model | None:
    """Give the model in use; None where nothing could be learnt yet."""
    found = WinModel.objects.order_by("-trained_at").exclude(refusal__gt="").first()
    return model_from_json(found.model) if found is not None and found.model else None


def row_of(deal: Deal) -> Row:
    """Give the features of one deal."""
    values = Deal.objects.filter(pk=deal.pk).values(*NAMES)[0]
    decided = Deal.objects.filter(
        Q(closed_on__lt=deal.opened_on) if deal.opened_on else Q(pk__in=()),
        customer=deal.customer_id, status__in=(WON, LOST), archived_at=None,
    ) if deal.customer_id else Deal.objects.none()  # fmt: skip
    known = decided.values_list("customer", "status", "closed_on")
    return features(values, History([(customer, status, day) for customer, status, day in known if day is not None]))


def winning_figure(actor: Actor, deal: Deal) -> Any:
    """Give the learnt probability of an open deal for its page, with what speaks for or against it most."""
    del actor
    if deal.status not in (OPEN, HELD):
        return None
    model = newest_model()
    if model is None:
        return None
    row = row_of(deal)
    told = next((reason_text(reason) for reason in named_reasons(model.reasons(row))), "")
    chance = format_percent(round(model.predict(row) * 100), language=get_language() or "tr")
    return chance, told or _("like the average deal")


def winning_reasons(deal: Deal) -> list[NamedReason]:
    """List what moves the learnt probability of an open deal most, the strongest first; nothing without a model."""
    model = newest_model() if deal.status in (OPEN, HELD) else None
    return named_reasons(model.reasons(row_of(deal))) if model is not None else []


@dataclass(frozen=True)
class NamedReason:
    """A reason in the reader's words; `is_for` says whether it speaks for winning."""

    feature: str
    value: str
    is_for: bool


def named_reasons(reasons: Sequence[Reason]) -> list[NamedReason]:
    """Write reasons in the reader's words; linked records by their names."""
    names = _names(reasons)
    return [NamedReason(labels()[one.feature], _value(one, names), one.effect > 0) for one in reasons]


def reason_text(reason: NamedReason) -> str:
    """Write a reason on one line: ▲ Product: GTX Pro."""
    return f"{'▲' if reason.is_for else '▼'} {reason.feature}: {reason.value}"


def labels() -> dict[str, str]:
    """Name the features."""
    return {
        "owner": _("Owner"), "team": _("Team"), "product": _("Product"), "pipeline": _("Pipeline"),
        "source": _("Source"), "industry": _("Industry"), "city": _("City"), "kind": _("Kind of customer"),
        "employees": _("Employees"), "quarter": _("Opened in the quarter"), "recommended": _("Recommended"),
        "won_before": _("Won of earlier deals (%)"),
    }  # fmt: skip


def _names(reasons: Sequence[Reason]) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, model in LINKED.items():
        ids = [decode_id(one.level) for one in reasons if one.feature == name and one.level not in (UNKNOWN, OTHER)]
        if ids:
            found |= {encode_id(pk): text for pk, text in model.objects.filter(pk__in=ids).values_list("pk", "name")}
    return found


def _value(reason: Reason, names: Mapping[str, str]) -> str:
    if reason.level == UNKNOWN:
        return _("not known")
    if reason.level == OTHER:
        return pgettext("value", "another")
    if reason.low is not None or reason.high is not None:
        return _range(reason.low, reason.high)
    words = {"yes": _("yes"), "no": _("no"), "person": _("Person"), "company": _("Company")}
    return names.get(reason.level) or words.get(reason.level, reason.level)


def _range(low: float | None, high: float | None) -> str:
    ends = [None if end is None else format_number(round(end), language=get_language() or "tr") for end in (low, high)]
    if ends[0] is None:
        return _("below %(high)s") % {"high": ends[1]}
    if ends[1] is None:
        return _("%(low)s and more") % {"low": ends[0]}
    return f"{ends[0]}–{ends[1]}"
