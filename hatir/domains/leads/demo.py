"""The leads of the example company: half a year of them, in every status, from every source."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from hatir.domains.customers.models import Customer
from hatir.domains.leads import actions
from hatir.domains.leads.models import DisqualifyReason, FormField, Holiday, Lead, Touch
from hatir.domains.leads.rules import CONVERTED, DISQUALIFIED, NEW, NURTURING, QUALIFIED, WORKING
from hatir.domains.sales.models import Deal
from hatir.foundation.access.queries import visible
from hatir.foundation.records import actions as generic
from hatir.foundation.records import bulk
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.registry import type_of_model
from hatir.foundation.staff.models import Team
from hatir.kit.text_tr import fold

MOST = 120
GIVEN = (
    "Aylin", "Berk", "Ceyda", "Deniz", "Ece", "Fırat", "Gülşen", "Hülya", "İlker", "Jale", "Kerim", "Lâle", "Melih",
    "Nihan", "Oya", "Özgün", "Pelin", "Rüzgâr", "Sinem", "Şafak", "Taylan", "Umut", "Ümit", "Vildan", "Yeşim", "Zerrin",
)  # fmt: skip
FAMILY = (
    "Akgül", "Başar", "Cömert", "Çağlar", "Dinç", "Ergin", "Fidan", "Gündüz", "Hızal", "Iğsız", "İlgün", "Keskin",
    "Mutlu", "Oral", "Öz", "Pekcan", "Sağlam", "Şen", "Turan", "Ulusoy", "Ünlü", "Varol", "Yalın", "Zengin",
)  # fmt: skip
REASONS = ("İhtiyacı yok", "Bütçesi yok", "Ulaşılamıyor", "Bize göre değil", "Başka yerden aldı", "Bilgileri yanlış")
TOUCHES = (
    ("Web sitesi", "google", "cpc", "kis-koleksiyonu", "/koleksiyon/kis/"),
    ("Web sitesi", "google", "organic", "", "/mutfak/"),
    ("Instagram", "instagram", "social", "bahce-indirimi", "/bahce/"),
    ("Fuar", "", "", "imob-2026", ""),
    ("Tavsiye", "", "", "", ""),
    ("Telefon", "", "", "", ""),
    ("Web sitesi", "bulten", "email", "mimarlara-ozel", "/mimarlar/"),
)
WEIGHTS = (24, 18, 20, 10, 12, 10, 6)
NEEDS = (
    "Salon takımı için fiyat istiyor", "Otel lobisine 12 koltuk", "Yeni ev, mutfak ve antre", "Klinik bekleme salonu",
    "Ofise 8 çalışma masası", "Yazlığa bahçe takımı", "Kafe için 20 sandalye", "Çocuk odası, iki çocuklu",
    "Düğün hazırlığı, yatak odası", "Numune görmek istiyor", "Teslim süresini soruyor",
)  # fmt: skip
FIRMS = (
    "Mavi Koy Otel", "Ada Mimarlık", "Çınar Kafe", "Umut Diş Kliniği", "Işık Yazılım", "Köşk Restoran", "Ege Emlak",
    "Deniz Butik Otel", "Yıldız Anaokulu", "Poyraz Lojistik",
)  # fmt: skip
CITIES = ("İzmir", "İzmir", "İstanbul", "İstanbul", "Ankara", "Aydın", "Muğla", "Bursa", "Denizli", "Manisa")
PAGES = ("/fiyat/", "/mutfak/", "/koleksiyon/kis/", "/iletisim/", "/bahce/", "/projeler/otel/")
SCORES = (
    {"name": "Yetki alanımızda (Ege, Marmara)", "points": 15, "rule": 'region in ("aegean", "marmara")'},
    {"name": "Firma adına yazıyor", "points": 15, "rule": "company_name not_empty"},
    {"name": "Bütçesi 100 bin üstü", "points": 20, "rule": "estimated_value >= 100000"},
    {"name": "Tavsiyeyle geldi", "points": 15, "rule": "referred_by not_empty"},
    {"name": "Form doldurdu", "kind": "behaviour", "event": "form", "points": 20, "half_life_days": 21},
    {"name": "Fiyat sayfasına baktı", "kind": "behaviour", "event": "visit", "page_contains": "/fiyat", "points": 12,
     "half_life_days": 14},
    {"name": "Sayfalara baktı", "kind": "behaviour", "event": "visit", "points": 3, "half_life_days": 7},
    {"name": "Telefonda konuştu", "kind": "behaviour", "event": "reply", "points": 15, "half_life_days": 30},
)  # fmt: skip
STATUSES = ((NEW, 14), (WORKING, 20), (NURTURING, 10), (QUALIFIED, 14), (CONVERTED, 24), (DISQUALIFIED, 18))
HOLIDAYS = (
    ("Yılbaşı", 1, 1), ("Ulusal Egemenlik ve Çocuk Bayramı", 4, 23), ("Emek ve Dayanışma Günü", 5, 1),
    ("Atatürk’ü Anma, Gençlik ve Spor Bayramı", 5, 19), ("Demokrasi ve Millî Birlik Günü", 7, 15),
    ("Zafer Bayramı", 8, 30), ("Cumhuriyet Bayramı", 10, 29),
)  # fmt: skip
"""The holidays with a fixed day in the calendar. Source: law 2429 on national and general holidays."""


def seed_leads(owners: Sequence[tuple[int, int | None]], *, seed: int, actor: Actor, at: datetime | None = None) -> int:
    """Make the leads with their reasons and holidays; give how many. What is there already is not made again."""
    if visible(actor, Lead).exists():
        return 0
    chance, now = random.Random(seed + 11), at or timezone.now()  # noqa: S311 — a demo, not a secret
    _holidays(now, actor)
    reasons = _reasons(actor)
    customers = list(visible(actor, Customer).filter(archived_at=None).order_by("pk")[:200])
    deals = list(visible(actor, Deal).filter(customer__isnull=False).select_related("customer").order_by("pk")[:60])
    rows = [_row(chance, owners, reasons, customers, now) for _n in range(MOST)]
    for row in rows:
        if row["status"] == CONVERTED and deals:
            _become(row, deals.pop(0))
    _rules(actor)
    _forms(actor)
    made = actions.create_leads(rows, actor=actor)
    _touches(chance, made, now)
    _steps(chance, made, now)
    answered = {lead.pk: _answered(chance, lead) for lead in made if lead.status != NEW or chance.random() < 0.15}
    for pk, moment in answered.items():
        actions.note_activity([pk], at=min(moment, now), answered=True)
    actions.rescore()
    actions.learn()
    return len(made)


def _rules(actor: Actor) -> None:
    """Make the rules of assignment and of the score."""
    teams = dict(visible(actor, Team).filter(archived_at=None).values_list("name", "pk"))
    large = teams.get("Kurumsal satış")
    ways: list[dict[str, Any]] = [
        {"name": "Kurumsal projeler", "rule": "employee_count >= 20", "way": "load", "team": large,
         "response_minutes": 30},
        {"name": "Şehre göre bölge ekibi", "way": "territory"},
        {"name": "Kalanlar sırayla", "way": "turns", "team": teams.get("Satış")},
    ]  # fmt: skip
    known = [{**row, "position": at} for at, row in enumerate(ways) if "team" not in row or row["team"]]
    actions.create_rules(known, actor=actor)
    actions.create_score_rules([dict(row) for row in SCORES], actor=actor)


def _forms(actor: Actor) -> None:
    row = {
        "name": "Teklif isteyin",
        "title": "Ücretsiz keşif ve teklif",
        "intro": "Bilgilerinizi bırakın, bir iş günü içinde sizi arayalım.",
        "button": "Gönder",
        "consent_text": "Kampanya ve yeniliklerden e-postayla haberdar olmak istiyorum.",
        "consent_channel": "email",
        "thank_you": "Teşekkür ederiz. En kısa sürede sizi arayacağız.",
        "lead_source": "Web sitesi",
        "origins": "https://defneev.example",
    }
    form = actions.create_forms([row], actor=actor)[0]
    city = {"form": form.pk, "asks": "city", "position": 9}
    generic.create(type_of_model(FormField), [city], actor=actor)


def _touches(chance: random.Random, leads: Sequence[Lead], now: datetime) -> None:
    """Let leads of the website have looked at pages before they wrote."""
    rows = []
    for lead in leads:
        if not lead.first_page or lead.captured_at is None:
            continue
        at = lead.captured_at
        came = {"utm_source": lead.utm_source, "utm_medium": lead.utm_medium, "utm_campaign": lead.utm_campaign}
        rows.append(Touch(lead=lead, at=at - timedelta(days=chance.uniform(0, 9)), page=lead.first_page, **came))
        for _n in range(chance.choice((0, 1, 1, 2, 4))):
            page = f"https://defneev.example{chance.choice(PAGES)}"
            rows.append(Touch(lead=lead, at=min(now, at + timedelta(days=chance.uniform(-3, 3))), page=page))
        if chance.random() < 0.3:
            rows.append(Touch(lead=lead, at=at, kind="visit", page=lead.first_page, utm_source="bulten",
                              utm_medium="email", utm_campaign="kasim-bulteni"))  # fmt: skip
        rows.append(Touch(lead=lead, at=at, kind="form", title="Teklif isteyin", origin="Web sitesi"))
    bulk.insert(rows)


def _steps(chance: random.Random, leads: Sequence[Lead], now: datetime) -> None:
    """Let leads that are no longer new have been new for a while, and those that came further being worked."""
    told = []
    for lead in leads:
        if lead.status == NEW or lead.captured_at is None:
            continue
        at, steps = lead.captured_at, [(NEW, lead.captured_at)]
        for status, hours in ((WORKING, 1), (lead.status, 12)):
            if steps[-1][0] != status:
                at = min(now, at + timedelta(hours=hours * chance.lognormvariate(2, 1)))
                steps.append((status, at))
        told.append((lead, steps))
    actions.retell_steps(told)


def _holidays(now: datetime, actor: Actor) -> None:
    held = set(visible(actor, Holiday).values_list("day", flat=True))
    years = (now.year, now.year + 1)
    rows = [{"name": name, "day": now.date().replace(year=year, month=month, day=day)}
            for year in years for name, month, day in HOLIDAYS]  # fmt: skip
    generic.create(type_of_model(Holiday), [row for row in rows if row["day"] not in held], actor=actor)


def _reasons(actor: Actor) -> list[int]:
    held = dict(visible(actor, DisqualifyReason).values_list("name", "pk"))
    rows = [{"name": name} for name in REASONS if name not in held]
    made = generic.create(type_of_model(DisqualifyReason), rows, actor=actor)
    return [*held.values(), *(reason.pk for reason in made)]


def _row(
    chance: random.Random, owners: Sequence[Any], reasons: Sequence[int], customers: Sequence[Customer], now: datetime
) -> dict[str, Any]:
    name = f"{chance.choice(GIVEN)} {chance.choice(FAMILY)}"
    status = chance.choices([one for one, _w in STATUSES], [weight for _one, weight in STATUSES])[0]
    age = chance.uniform(0.01, 0.9) if status == NEW else chance.uniform(1, 12) if status == WORKING else 12
    age += chance.expovariate(1 / 40) if status not in (NEW, WORKING) else 0
    captured = _at_work(now - timedelta(days=age), now)
    source, utm_source, medium, campaign, page = chance.choices(TOUCHES, WEIGHTS)[0]
    owner, team = chance.choice(owners) if owners and (status != NEW or chance.random() < 0.7) else (None, None)
    row: dict[str, Any] = {
        "name": name,
        "company_name": chance.choice(FIRMS) if chance.random() < 0.4 else "",
        "email": f"{'.'.join(fold(name).split())}{chance.randint(1, 99)}@example.com",
        "phone": f"0555 01{chance.randint(0, 9)} {chance.randint(10, 99)} {chance.randint(10, 99)}",
        "city": chance.choice(CITIES),
        "need": chance.choice(NEEDS),
        "estimated_value": Decimal(int(chance.lognormvariate(11, 0.7)) // 500 * 500),
        "source": source,
        "utm_source": utm_source,
        "utm_medium": medium,
        "utm_campaign": campaign,
        "first_page": f"https://defneev.example{page}" if page else "",
        "referred_by": chance.choice(customers).pk if source == "Tavsiye" and customers else None,
        "status": status,
        "captured_at": captured,
        "owner": owner,
        "team": team,
    }
    if status == NURTURING:
        row["nurture_until_on"] = timezone.localdate(now) + timedelta(days=chance.randint(-2, 60))
    if status == DISQUALIFIED:
        row["disqualify_reason"] = chance.choice(reasons)
    return row


def _at_work(at: datetime, now: datetime) -> datetime:
    """Move an instant into the working hours of a working day: most people write while they work too."""
    local = timezone.localtime(at)
    local -= timedelta(days=max(0, local.weekday() - 4))
    return min(local.replace(hour=9 + local.hour % 8), now)


def _become(row: dict[str, Any], deal: Deal) -> None:
    """Let a converted lead be what became of it: a customer with a deal who is there."""
    customer = deal.customer
    assert customer is not None
    row |= {"name": customer.name, "email": customer.email, "phone": customer.phone, "city": customer.city}
    row |= {"owner": deal.owner_id, "team": deal.team_id, "deal": deal.pk, "estimated_value": deal.amount}
    row["company_name"] = customer.name if customer.kind == "company" else ""
    row["company" if customer.kind == "company" else "customer"] = customer.pk
    row["need"] = deal.name


def _answered(chance: random.Random, lead: Lead) -> datetime:
    assert lead.captured_at is not None
    return lead.captured_at + timedelta(minutes=chance.lognormvariate(4, 1))
