"""The deals of the example company: a pipeline for furniture, rivals, reasons, and two years of won and lost deals."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Sum
from django.utils import timezone

from hatir.domains.customers.models import COMPANY, Customer
from hatir.domains.planning import actions as planning
from hatir.domains.sales import actions
from hatir.domains.sales.models import (
    BY_LEAD,
    LOST,
    MONTH,
    OPEN,
    WON,
    Competitor,
    Deal,
    LossReason,
    Pipeline,
    Quota,
    Stage,
)
from hatir.foundation.access.queries import visible
from hatir.foundation.records import actions as generic
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.refs import RecordRef
from hatir.foundation.records.registry import type_of_model

BATCH = 1000
PIPELINES: tuple[tuple[str, int, tuple[tuple[str, str, int, int | None, str, str, str, int], ...]], ...] = (
    ("Kurumsal satış", 7, (
        ("Yeni", OPEN, 10, 14, "prospecting", "call", "Ara, ihtiyacı öğren", 1),
        ("Nitelikli", OPEN, 25, 14, "engaging", "meeting", "Tanışma toplantısı ayarla", 2),
        ("Keşif ve tasarım", OPEN, 40, 21, "discovery", "visit", "Yerinde keşif yap", 3),
        ("Teklif", OPEN, 65, 14, "proposal", "call", "Teklif için ara", 3),
        ("Pazarlık", OPEN, 80, 10, "negotiation", "call", "Karar için ara", 2),
        ("Kazanıldı", WON, 100, None, "won", "", "", 2), ("Kaybedildi", LOST, 0, None, "lost", "", "", 2),
    )),
    ("Mağaza", 2, (
        ("Görüşme", OPEN, 20, 7, "", "visit", "Evde ölçü al", 2),
        ("Ölçü ve çizim", OPEN, 50, 10, "", "meeting", "Çizimi göster", 3),
        ("Kapora", OPEN, 90, 5, "", "call", "Kaporayı hatırlat", 1),
        ("Satıldı", WON, 100, None, "", "", "", 2), ("Vazgeçti", LOST, 0, None, "", "", "", 2),
    )),
)  # fmt: skip
GATED, LIMIT = "Pazarlık", 500_000
"""Deals above this amount enter this stage of the first pipeline only with the approval of the team's lead."""
OF_STAGE = ("name", "kind", "probability", "stale_days", "code", "next_kind", "next_title", "next_days")
REASONS = ("Fiyat yüksek", "Rakibi seçti", "Bütçe yok", "Zamanı değil", "Cevap vermiyor", "İhtiyaca uymadı")
RIVALS = ("Ege Mobilya", "Modern Ofis", "Anadolu Ahşap", "Kuzey Dekor")
BIG = (
    "Otel lobisi, 24 oturma",
    "Ofis mobilyası",
    "Klinik bekleme salonu",
    "Restoran, 120 kişilik",
    "Butik otel, 18 oda",
    "Kafe zinciri, 3 şube",
    "Yönetici katı",
    "Kütüphane rafları",
    "Örnek daire, 3+1",
    "Öğretmen evi, 12 oda",
    "Toplantı odaları",
    "Eczane raf ve banko",
    "Sergi salonu",
    "Depo ofisi",
    "Anaokulu sınıf takımı",
)
SMALL = (
    "Salon takımı",
    "Yatak odası",
    "Mutfak ve antre",
    "Bahçe mobilyası",
    "Çocuk odası",
    "Yazlık, komple",
    "Teras mobilyası",
    "Bebek odası takımı",
    "Yemek odası",
    "Çalışma odası",
    "Düğün hazırlığı, komple ev",
)
SOURCES = ("Web sitesi", "Mağaza", "Fuar", "Tavsiye", "Instagram", "Telefon")
STEPS = ("call", "meeting", "visit", "todo")
LINED = 0.4
"""So many of the open deals have lines of products; the others a typed amount."""


@dataclass(frozen=True)
class Ground:
    """What deals are made of: stages by pipeline; reasons, rivals and products by id."""

    stages: Sequence[Sequence[Stage]]
    reasons: Sequence[int]
    rivals: Sequence[int]
    products: Sequence[int] = ()


def seed_pipelines(*, actor: Actor, products: Sequence[int] = ()) -> Ground:
    """Make the pipelines, reasons and rivals that are not there yet."""
    ids = _named(
        Pipeline, [{"name": name, "hue": hue, "position": at} for at, (name, hue, _s) in enumerate(PIPELINES)], actor
    )
    stages: list[list[Stage]] = []
    for name, _hue, found in PIPELINES:
        rows = visible(actor, Stage).filter(pipeline=ids[name], archived_at=None).order_by("position")
        if not rows.exists():
            actions.create_stages(
                [
                    {"pipeline": ids[name], "position": at, **dict(zip(OF_STAGE, stage, strict=True))}
                    for at, stage in enumerate(found)
                ],
                actor=actor,
            )
            _close(rows.filter(name=GATED).first(), actor)
        stages.append(list(rows.all()))
    reasons = _named(LossReason, [{"name": name} for name in REASONS], actor)
    rivals = _named(Competitor, [{"name": name} for name in RIVALS], actor)
    return Ground(stages, list(reasons.values()), list(rivals.values()), products)


def _close(stage: Stage | None, actor: Actor) -> None:
    if stage is not None:
        values = {"approval_by": BY_LEAD, "approval_rule": f"amount > {LIMIT}"}
        actions.update_stages([(stage, values)], actor=actor)


def seed_approvals(*, actor: Actor) -> None:
    """Let two large deals wait for the approval of their team's lead."""
    gated = visible(actor, Stage).filter(name=GATED, approval_by=BY_LEAD, archived_at=None).first()
    if gated is None or visible(actor, Deal).filter(approvals__stage=gated).exists():
        return
    rows = visible(actor, Deal).filter(
        stage__pipeline=gated.pipeline_id, stage__position__lt=gated.position, status=OPEN, amount__gt=LIMIT,
        currency="TRY", archived_at=None, owner__is_admin=False,
    )  # fmt: skip
    for deal in rows.order_by("-stage__position", "-amount")[:2]:
        actions.ask_approval(deal, gated, actor=actor, note="Müşteri bu hafta karar verecek.", asker=deal.owner_id)


def seed_forecast(*, seed: int, actor: Actor, at: datetime | None = None) -> None:
    """Set targets of this year for sellers, teams and the company, look back on weekly snapshots, and learn."""
    if visible(actor, Quota).exists():
        return
    chance, today = random.Random(seed + 11), timezone.localdate(at or timezone.now())  # noqa: S311 — a demo
    won = visible(actor, Deal).filter(status=WON, closed_on__gt=today - timedelta(days=365))
    months = [date(today.year, month, 1) for month in range(1, 13)]
    rows: list[dict[str, Any]] = []
    for name in ("owner", "team"):
        for key, total in won.exclude(**{name: None}).order_by().values_list(name).annotate(Sum("amount")):
            usual = Decimal(total or 0) / 12 * Decimal("1.15")
            rows += [
                {name: key, "starts_on": start, "period": MONTH, "amount": _round(usual, chance)} for start in months
            ]
    actions.create_quotas(rows, actor=actor)
    actions.seed_snapshots([today - timedelta(days=today.weekday() + 7 * week) for week in range(27)], seed=seed)
    actions.learn_winning()


def _round(amount: Decimal, chance: random.Random) -> Decimal:
    return Decimal(max(10_000, int(float(amount) * chance.uniform(0.85, 1.2)) // 5000 * 5000))


def _named(model: Any, rows: Sequence[Mapping[str, Any]], actor: Actor) -> dict[str, int]:
    names = [row["name"] for row in rows]
    held = dict(visible(actor, model).filter(name__in=names).values_list("name", "pk"))
    made = generic.create(type_of_model(model), [row for row in rows if row["name"] not in held], actor=actor)
    return {**held, **{record.name: record.pk for record in made}}


def seed_deals(
    count: int, *, seed: int, actor: Actor, products: Sequence[int] = (), at: datetime | None = None
) -> Iterator[list[Deal]]:
    """Make `count` deals with customers that are there, in batches; about one in five is still open.

    Four in five of the open ones have a next step, and some have lines of these products (ids).
    """
    chance, now = random.Random(seed + 7), at or timezone.now()  # noqa: S311 — a demo, not a secret
    ground = seed_pipelines(actor=actor, products=products)
    customers = list(visible(actor, Customer).filter(archived_at=None).order_by("pk")[:5000])
    if not customers:
        return
    for start in range(0, count, BATCH):
        rows = [_deal(chance, ground, customers, now) for _n in range(min(BATCH, count - start))]
        deals = actions.create_deals(rows, actor=actor)
        still_open = [deal for deal in deals if deal.status == OPEN]
        planning.create_tasks([_step(chance, deal, now) for deal in still_open if chance.random() < 0.8], actor=actor)
        actions.refresh_steps([deal.pk for deal in still_open])
        if products:
            lines = [line for deal in still_open if chance.random() < LINED for line in _lines(chance, deal, products)]
            actions.create_deal_lines(lines, actor=actor)
        yield deals


def _step(chance: random.Random, deal: Deal, now: datetime) -> dict[str, Any]:
    day = timezone.localdate(now) + timedelta(days=chance.choice((-4, -2, 0, 0, 1, 2, 3, 5, 8, 12)))
    due = timezone.make_aware(datetime.combine(day, time(chance.randint(9, 17), chance.choice((0, 30)))))
    kind = deal.stage.next_kind or chance.choice(STEPS)
    return {
        "about": RecordRef("sales.deal", deal.pk),
        "kind": kind,
        "title": deal.stage.next_title or "Ara",
        "customer": deal.customer_id,
        "owner": deal.owner_id,
        "team": deal.team_id,
        "due_at": due,
    }


def _lines(chance: random.Random, deal: Deal, products: Sequence[int]) -> list[dict[str, Any]]:
    chosen = chance.sample(list(products), min(len(products), chance.randint(1, 4)))
    return [
        {
            "deal": deal.pk,
            "product": product,
            "quantity": Decimal(chance.choice((1, 2, 4, 6, 12, 24))),
            "discount_percent": Decimal(chance.choice((0, 0, 5, 10))),
        }
        for product in chosen
    ]


def _deal(chance: random.Random, ground: Ground, customers: Sequence[Customer], now: datetime) -> dict[str, Any]:
    customer = chance.choice(customers)
    is_big = customer.kind == COMPANY
    stages = ground.stages[0 if is_big or chance.random() < 0.5 else 1]
    today = timezone.localdate(now)
    decided = chance.random() < 0.8
    row: dict[str, Any] = {
        "name": chance.choice(BIG if is_big else SMALL),
        "customer": customer.pk,
        "owner": customer.owner_id,
        "team": customer.team_id,
        "amount": Decimal(int(chance.lognormvariate(12 if is_big else 11, 0.7)) // 100 * 100),
        "product": chance.choice(ground.products) if ground.products else None,
        "source": chance.choice(SOURCES),
        "competitors": chance.sample(list(ground.rivals), chance.choice((0, 0, 1, 2))),
        "referred_by": chance.choice(customers).pk if chance.random() < 0.08 else None,
    }
    return row | (_decided(chance, ground, stages, today) if decided else _open(chance, stages, now))


def _decided(chance: random.Random, ground: Ground, stages: Sequence[Stage], today: date) -> dict[str, Any]:
    won = chance.random() < 0.36
    closed = today - timedelta(days=int(chance.expovariate(1 / 170)))
    stage = next(stage for stage in stages if stage.kind == (WON if won else LOST))
    row: dict[str, Any] = {
        "stage": stage.pk,
        "closed_on": closed,
        "opened_on": closed - timedelta(days=chance.randint(4, 75)),
    }
    if not won:
        row["loss_reason"] = chance.choice(ground.reasons) if chance.random() < 0.9 else None
        row["lost_to"] = chance.choice(ground.rivals) if chance.random() < 0.45 else None
    return row


def _open(chance: random.Random, stages: Sequence[Stage], now: datetime) -> dict[str, Any]:
    stage = chance.choices([stage for stage in stages if stage.kind == OPEN], (9, 7, 6, 5, 3)[: len(stages) - 2])[0]
    opened = timezone.localdate(now) - timedelta(days=min(60, int(chance.expovariate(1 / 9))))
    return {
        "stage": stage.pk,
        "opened_on": opened,
        "expected_on": timezone.localdate(now) + timedelta(days=chance.randint(-6, 75)),
        "category": chance.choice(("pipeline", "pipeline", "best_case", "commit")),
    }
