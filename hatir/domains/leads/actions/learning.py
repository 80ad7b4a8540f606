"""Learning from own leads: which were converted, which were put aside; and saying of open ones how likely they are."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from hatir.domains.leads.models import Lead, LeadModel
from hatir.domains.leads.queries.learning import COLUMNS, features_of, kept_model
from hatir.domains.leads.rules import CONVERTED, DISQUALIFIED, OPEN
from hatir.foundation.records import bulk
from hatir.kit.learning import MOST_ROWS, Model, TooLittleData, back_test, fit, model_from_json

BATCH = 2000


def learn() -> LeadModel:
    """Learn from the decided leads, in the order in which they came; keep it where it says more than the average.

    The chances of the open leads follow. With too little data, or without use, there are no chances.
    """
    decided = Lead.objects.filter(status__in=(CONVERTED, DISQUALIFIED), archived_at=None)
    latest = list(decided.order_by("-captured_at", "-pk").values("status", *COLUMNS)[:MOST_ROWS])[::-1]
    rows = [features_of(values) for values in latest]
    outcomes = [values["status"] == CONVERTED for values in latest]
    kept = LeadModel(trained_at=timezone.now(), decided=len(rows))
    try:
        tested = back_test(rows, outcomes)
        kept.auc = tested.auc
        if tested.is_useful:
            kept.model = fit(rows, outcomes).as_json()
    except TooLittleData:
        pass
    with transaction.atomic():
        LeadModel.objects.all().delete()
        kept.save(force_insert=True)
    refresh_chances()
    return kept


def refresh_chances(ids: list[int] | None = None) -> int:
    """Write how likely open leads are to be converted; give how many changed."""
    kept = kept_model()
    model: Model | None = model_from_json(kept.model) if kept is not None and kept.model else None
    rows = Lead.objects.filter(status__in=OPEN, archived_at=None)
    if ids is not None:
        rows = rows.filter(pk__in=ids)
    if model is None:
        return rows.filter(chance__isnull=False).update(chance=None)
    changed, after = 0, -1
    while part := list(rows.filter(pk__gt=after).order_by("pk").values("pk", "chance", *COLUMNS)[:BATCH]):
        found = [(round(model.predict(features_of(values)) * 100), values["pk"], values["chance"]) for values in part]
        differing = [(chance, pk) for chance, pk, was in found if chance != was]
        with transaction.atomic():
            bulk.update_rows(Lead, ["chance"], differing)
        changed, after = changed + len(differing), part[-1]["pk"]
    return changed
