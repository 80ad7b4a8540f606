"""The room's part of the demo company: two sequences that have been running for some weeks."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from hatir.domains.leads.models import FormSubmission, Lead, WebForm
from hatir.domains.planning.actions import complete_task
from hatir.domains.privacy.actions import record_consents
from hatir.domains.sales.models import OPEN, Deal
from hatir.domains.sequences import actions
from hatir.domains.sequences.models import Enrolment
from hatir.domains.sequences.models import Sequence as ContactSequence
from hatir.domains.sequences.queries.running import planned_runs, written_to
from hatir.domains.sequences.rules import CALL
from hatir.foundation.access.queries import visible
from hatir.foundation.records import bulk
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.errors import Invalid

WELCOME: tuple[dict[str, Any], ...] = (
    {"kind": "email", "title": "{{ad|Merhaba}}, talebiniz bize ulaştı",
     "text": "Merhaba {{ad|değerli ilgili}},\n\nDefne Ev’e yazdığınız için teşekkür ederiz. İhtiyacınızı konuşmak için "
             "sizi bugün arayacağım; uygun bir saat varsa bu e-postayı yanıtlamanız yeterli.\n\nSevgilerle\n"
             "{{temsilci}}\n{{şirketimiz}}"},
    {"kind": "call", "title": "İhtiyacı dinle: {{ad soyad|aday}}", "text": "Oda ölçüsü, bütçe ve zaman planını sor.",
     "limit_days": 2},
    {"kind": "wait", "wait_amount": 2, "wait_unit": "working"},
    {"kind": "email", "title": "Size benzer evlerden üç örnek", "if_refused": "skip",
     "text": "Merhaba {{ad|değerli ilgili}},\n\n{{şehir|Şehriniz}} ve çevresinde geçen ay kurduğumuz üç salondan "
             "fotoğraf topladım. Beğendiğiniz olursa ölçü için uğrayabiliriz.\n\n{{temsilci}}"},
    {"kind": "wait", "wait_amount": 3, "wait_unit": "working"},
    {"kind": "call", "title": "Karar aşamasını sor: {{ad soyad|aday}}", "text": "Ulaşılamazsa not bırak.",
     "limit_days": 3},
    {"kind": "task", "title": "Adayı değerlendir: sürdür ya da ele", "text": "Yanıt yoksa beslemeye al."},
)  # fmt: skip
REMINDER: tuple[dict[str, Any], ...] = (
    {"kind": "call", "title": "Teklif eline ulaştı mı: {{fırsat}}", "limit_days": 2},
    {"kind": "wait", "wait_amount": 3, "wait_unit": "working"},
    {"kind": "email", "title": "{{fırsat}} teklifimiz hakkında", "if_refused": "skip",
     "text": "Merhaba {{ad|değerli ilgili}},\n\n{{fırsat}} için verdiğimiz {{tutar|teklif}} hâlâ geçerli. Ölçü, kumaş "
             "ya da ödeme planında değiştirmek istediğiniz bir şey varsa birlikte bakalım.\n\n{{temsilci}}"},
    {"kind": "wait", "wait_amount": 1, "wait_unit": "days"},
    {"kind": "task", "title": "Karar vericiye ulaşmanın yolunu bul: {{fırsat}}", "limit_days": 5},
)  # fmt: skip
SEQUENCES: tuple[tuple[dict[str, Any], tuple[dict[str, Any], ...]], ...] = (
    ({"name": "Web’den gelen adayı karşılama", "carries": "leads", "state": "active",
      "purpose": "Form dolduran adaya aynı gün yazılsın, iki iş günü içinde aransın, kimse unutulmasın."}, WELCOME),
    ({"name": "Teklif sonrası takip", "carries": "deals", "state": "active", "rule": "amount >= 50000",
      "purpose": "50.000 ₺ ve üstü fırsatlarda teklif sessiz kalmasın."}, REMINDER),
)  # fmt: skip
MOST_LEADS, MOST_DEALS, DAYS = 26, 14, 12
MANAGER = "Zeynep Arslan"


def seed_sequences(owners: dict[str, int], *, seed: int, actor: Actor, at: datetime | None = None) -> int:
    """Make two sequences with enrolments in every state; give how many. What is there already is not made again."""
    if visible(actor, ContactSequence).exists():
        return 0
    chance, now = random.Random(seed + 17), at or timezone.now()  # noqa: S311 — a demo, not a secret
    made = []
    for row, steps in SEQUENCES:
        sequence = actions.create_sequences([{**row, "owner": owners.get(MANAGER)}], actor=actor)[0]
        actions.create_steps([{**step, "sequence": sequence.pk} for step in steps], actor=actor)
        made.append(sequence)
    leads = _leads(actor)
    _agree(leads, now, actor)
    asked: list[dict[str, Any]] = [{"sequence": made[0].pk, "lead": lead.pk} for lead in leads]
    asked += [{"sequence": made[1].pk, "deal": deal.pk} for deal in _deals(actor)]
    for row in asked:
        row["enrolled_at"] = now - timedelta(days=chance.uniform(0, DAYS))
    enrolled = [one for row in asked for one in _enrolled(row, actor)]
    _let_run(chance, now, actor)
    return len(enrolled)


def _leads(actor: Actor) -> list[Lead]:
    rows = visible(actor, Lead).filter(status__in=("new", "working"), archived_at=None, owner__isnull=False)
    return list(rows.exclude(email="").order_by("-pk")[:MOST_LEADS])


def _deals(actor: Actor) -> list[Deal]:
    rows = visible(actor, Deal).filter(status=OPEN, archived_at=None, amount__gte=50_000, owner__isnull=False)
    deals = list(rows.select_related("customer").exclude(customer=None).order_by("-pk")[:MOST_DEALS])
    said = [{"customer": deal.customer_id, "channel": "email", "status": "given", "obtained_from": "HS_FIZIKSEL_ORTAM",
             "obtained_at": timezone.now() - timedelta(days=200), "evidence": "Mağaza kayıt formu"}
            for deal in deals[: MOST_DEALS // 2]]  # fmt: skip
    record_consents(said, actor=actor)
    return deals


def _agree(leads: Sequence[Lead], now: datetime, actor: Actor) -> None:
    """Let leads have ticked the consent of the company's form; a few did not."""
    form = visible(actor, WebForm).order_by("pk").first()
    if form is None:
        return
    bulk.insert([
        FormSubmission(
            form_id=form.pk, lead_id=lead.pk, at=now - timedelta(days=DAYS + 1), address_hash="demo",
            print_hash=f"demo{lead.pk}"[:32], consent=True, consent_channel="email", consent_text=form.consent_text,
        )
        for lead in leads[: MOST_LEADS - 3]
    ])  # fmt: skip


def _enrolled(row: dict[str, Any], actor: Actor) -> list[Enrolment]:
    """Enrol one record; who has no consent is left out, as in daily life."""
    try:
        return actions.create_enrolments([row], actor=actor)
    except Invalid:
        return []


def _let_run(chance: random.Random, now: datetime, actor: Actor) -> None:
    """Let the days since then pass: mails go, calls are made, some answer, one bounces."""
    for day in range(DAYS, -1, -1):
        for hour in (10, 15):
            begin = timezone.localtime(now - timedelta(days=day)).replace(hour=hour, minute=7)
            for moment in (begin + timedelta(minutes=4 * turn) for turn in range(6)):
                if moment <= now:
                    actions.run_due(moment)
                    actions.send_due(moment)
        _live(chance, now - timedelta(days=day), actor)


def _live(chance: random.Random, at: datetime, actor: Actor) -> None:
    """Let people do most of their calls, and some of those who were written to answer."""
    done = []
    for run in planned_runs(before=at):
        if run.task_id and chance.random() < 0.7:
            outcome = chance.choice(("reached", "no_answer", "reached")) if run.step.kind == CALL else ""
            complete_task(run.task_id, actor=actor, outcome=outcome, at=at)
            done.append(run.task_id)
    actions.follow_tasks(done, at=at)
    for one in written_to():
        dice = chance.random()
        if dice < 0.03:
            actions.record_reply(one.pk, actor=actor, at=at, text="Perşembe öğleden sonra arayabilirsiniz.")
        elif dice < 0.04:
            actions.record_bounce(one.pk, actor=actor, at=at, text="550 5.1.1 kullanıcı bulunamadı")
        elif dice < 0.055:
            actions.record_meeting(one.pk, actor=actor, at=at)
