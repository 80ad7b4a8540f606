"""Learning from decided deals: what came out is kept with its back-test, a refusal with its reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from hatir.domains.sales.models import WinModel
from hatir.domains.sales.queries.winning import decided_cases, newest_learning
from hatir.foundation.preferences.queries import value_of
from hatir.kit.learning import TooLittleData, back_test, fit

KEPT = 12
EVERY_DAYS = 7


def learn_winning(*, at: datetime | None = None) -> WinModel:
    """Learn how likely deals are won from the company's own decided ones; the model is judged on the last quarter of
    them before all of them teach it. Of too few cases only the refusal is kept.
    """
    cases = decided_cases()
    made = WinModel(trained_at=at or timezone.now())
    try:
        report = back_test(cases.rows, cases.won)
        made.report = {**asdict(report), "is_useful": report.is_useful, "cut": _cut_day(cases.days, report.trained_on)}
        made.model = fit(cases.rows, cases.won).as_json()
    except TooLittleData:
        with override(value_of("company.language")):
            told = _("%(count)d decided deals are too few to learn from: about 150 are needed, some won and some lost.")
            made.refusal = told % {"count": len(cases.rows)}
        made.report, made.model = {}, {}
    made.save()
    old = WinModel.objects.order_by("-trained_at").values_list("pk", flat=True)[KEPT:]
    WinModel.objects.filter(pk__in=list(old)).delete()
    return made


def learn_when_due(*, at: datetime | None = None) -> WinModel | None:
    """Learn once a week."""
    at, last = at or timezone.now(), newest_learning()
    if last is not None and last.trained_at > at - timedelta(days=EVERY_DAYS):
        return None
    return learn_winning(at=at)


def _cut_day(days: Sequence[date], at: int) -> str:
    return str(days[at]) if at < len(days) else ""
