"""The room's part of the demo company: what its people have to do this week, and what they did last month."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from hatir.domains.customers.models import Customer
from hatir.domains.planning import actions, rules
from hatir.domains.planning.models import CALL, DONE, MEETING, TO_DO, VISIT, Task
from hatir.foundation.access.queries import visible
from hatir.foundation.records.actor import Actor

WORK: Mapping[str, tuple[str, ...]] = {
    TO_DO: ("Teklifi gönder", "Kumaş numunesi yolla", "Çizimi onaylat", "Ölçüleri atölyeye ilet", "Ödemeyi sor"),
    CALL: ("Teklif için ara", "Geri ara", "Teslimatı teyit et", "Memnuniyetini sor", "Kampanyayı anlat"),
    MEETING: ("Proje sunumu", "Sözleşme görüşmesi", "Numune tanıtımı", "Çevrim içi görüşme"),
    VISIT: ("Keşif", "Yerinde ölçü", "Montaj sonrası ziyaret", "Mağaza ziyareti"),
}
KINDS = ((CALL, 42), (TO_DO, 30), (VISIT, 16), (MEETING, 12))
RESULTS = ("Ceviz seçeneğini sordu.", "Fiyatı eşiyle konuşacak.", "Çok memnun kaldı.", "")
SERIES = (("Haftalık satış toplantısı", MEETING, "her hafta"), ("Hedefleri gözden geçir", TO_DO, "her ay"))
TASKS_A_CUSTOMER = 0.3
HOURS = (9, 9.5, 10, 10.5, 11, 13.5, 14, 14.5, 15, 15.5, 16, 16.5, 17)


def seed_tasks(customers: Sequence[Customer], *, seed: int, actor: Actor, at: datetime | None = None) -> None:
    """Give three in ten of these customers a task of their owner, from a month ago to three weeks ahead."""
    chance = random.Random(seed + 7)  # noqa: S311 — a demo, not a secret
    now = at or timezone.now()
    chosen = [customer for customer in customers if customer.owner_id and chance.random() < TASKS_A_CUSTOMER]
    actions.create_tasks([_row(chance, customer, now) for customer in chosen], actor=actor)


def _row(chance: random.Random, customer: Customer, now: datetime) -> dict[str, Any]:
    kind = chance.choices([kind for kind, _w in KINDS], [weight for _k, weight in KINDS])[0]
    hour = chance.choice(HOURS)
    day = timezone.localtime(now) + timedelta(days=min(21, int(chance.gauss(0, 9))))
    while day.weekday() >= 5:
        day += timedelta(days=1)
    due = day.replace(hour=int(hour), minute=int(hour % 1 * 60), second=0, microsecond=0)
    row: dict[str, Any] = {
        "kind": kind,
        "title": chance.choice(WORK[kind]),
        "customer": customer.pk,
        "owner": customer.owner_id,
        "team": customer.team_id,
        "due_at": due,
        "place": customer.city if kind == VISIT else "",
        "priority": chance.choices(("normal", "high", "low"), (80, 13, 7))[0],
    }
    if due < now - timedelta(days=2) or (due < now and chance.random() < 0.7):
        row |= {"status": DONE, "outcome": chance.choice(rules.RESULTS[kind][:2]), "result": chance.choice(RESULTS)}
    return row


def seed_series(owners: Sequence[tuple[int, int | None]], *, actor: Actor, at: datetime | None = None) -> None:
    """Give everybody a weekly meeting and a monthly look at the goals; what is there stays."""
    if visible(actor, Task).filter(title=SERIES[0][0]).exists():
        return
    local = timezone.localtime(at or timezone.now())
    monday = (local + timedelta(days=7 - local.weekday())).replace(hour=9, minute=30, second=0, microsecond=0)
    rows = [
        {"kind": kind, "title": title, "repeat_rule": rule, "owner": user, "team": team, "due_at": monday}
        for user, team in dict.fromkeys(owners)
        for title, kind, rule in SERIES
    ]
    actions.create_tasks(rows, actor=actor)
