"""The room's part of the demo company: believable Turkish people and companies of any number."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from hatir.domains.customers import actions
from hatir.domains.customers.actions.membership import build_segment, invent_history
from hatir.domains.customers.models import COMPANY, PERSON, Customer, CustomerList, RelationKind, Segment, Tag
from hatir.domains.customers.queries import live_segments
from hatir.foundation.access.queries import visible
from hatir.foundation.records import actions as generic
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.registry import record_type
from hatir.kit.company_names import normalise_company
from hatir.kit.places_tr import provinces
from hatir.kit.text_tr import fold

BATCH = 500
FEMALE = (  # noqa: SIM905 — a list of forty quoted names reads worse
    "Ayşe Fatma Zeynep Elif Merve Emine Hatice Selin Derya Gökçe Işıl Ülkü Yağmur İrem Tuğba Çağla Şule "
    "Nur Defne Nazlı Ebru Pınar Özlem Gizem Burcu Melis Sibel Gül Aslı Esra Ceren Duygu Hande İpek Nehir "
    "Öykü Rüya Şeyma Tuba Yasemin "
).split()
MALE = (  # noqa: SIM905 — a list of forty quoted names reads worse
    "Mehmet Mustafa Ahmet Ali Hüseyin İbrahim Emre Burak Can Oğuzhan Serkan Kâmil Ömer Yusuf Murat Kerem "
    "Barış Çağrı Doğan Efe Ferhat Gökhan Hakan Ilgaz Kaan Levent Mert Onur Özgür Rıza Selim Şahin Tolga "
    "Uğur Volkan Yiğit Zafer Alper Bora Cem "
).split()
FAMILY = (  # noqa: SIM905 — a list of forty quoted names reads worse
    "Yılmaz Kaya Demir Çelik Şahin Yıldız Yıldırım Öztürk Aydın Özdemir Arslan Doğan Kılıç Aslan Çetin "
    "Kara Koç Kurt Özkan Şimşek Polat Korkmaz Çakır Erdoğan Işık Iğdırlı Güneş Bulut Tekin Ünal Bayraktar "
    "Sönmez Kaçar Uğurlu Çınar İnce Akın Erdem Tunç Gürbüz Yağız Erdoğdu Ateş Sezer Bozkurt Avcı Taş "
    "Duman Ekinci Uysal "
).split()
TRADES = (
    ("Mobilya", "Mobilya"), ("Lojistik", "Lojistik"), ("Gıda", "Gıda"), ("Tekstil", "Tekstil"), ("Yapı", "İnşaat"),
    ("Otelcilik", "Turizm"), ("Yazılım", "Bilişim"), ("Eczanesi", "Sağlık"), ("Otomotiv", "Otomotiv"),
    ("Mimarlık", "Mimarlık"), ("Tarım", "Tarım"), ("Market", "Perakende"), ("Danışmanlık", "Danışmanlık"),
    ("Matbaacılık", "Matbaa"), ("Enerji", "Enerji"),
)  # fmt: skip
FORMS = ("Ltd. Şti.", "A.Ş.", "San. ve Tic. Ltd. Şti.", "San. ve Tic. A.Ş.")
STREETS = (
    "Atatürk Cad.",
    "Cumhuriyet Cad.",
    "İnönü Sok.",
    "Gül Sok.",
    "Çınar Sok.",
    "Barbaros Bulvarı",
    "Şehit Ali Sok.",
)
JOBS = (
    "Satın alma müdürü",
    "Genel müdür",
    "Mimar",
    "Muhasebe uzmanı",
    "İşletme sahibi",
    "Operasyon sorumlusu",
    "Doktor",
)
TAGS = (("VIP", 1), ("Mimar", 9), ("Yeni taşınan", 4), ("Kurumsal", 6), ("Düğün hazırlığı", 11), ("Servis takibi", 8),
        ("Otel", 5), ("Sessiz", 2), ("Klinik", 7), ("Kafe", 3))  # fmt: skip
RELATIONS = (
    ("Çalışanı", "İşvereni"), ("Bağlı şirketi", "Ana şirketi"), ("Ev halkından", "Ev halkından biri"),
    ("Tavsiye eden", "Tavsiye edilen"), ("Ortağı", "Ortak olduğu"), ("Mali müşaviri", "Müşterisi"),
)  # fmt: skip
SOURCES = ("web", "fuar", "tavsiye", "mağaza", "telefon", "pazaryeri", "sosyal medya")
STAGE_WEIGHTS = (("lead", 18), ("prospect", 22), ("customer", 38), ("loyal", 10), ("dormant", 8), ("lost", 4))
NEEDS = ("", "", "", "Ofis için 8 kişilik toplantı masası", "Yazlık için bahçe takımı", "Hızlı teslimat bekliyor",
         "Fiyat karşılaştırması yapıyor", "Bakım sözleşmesi istiyor")  # fmt: skip


@dataclass(frozen=True)
class Hands:
    """To whom the demo gives its customers: user and team ids; `more` adds values of the company's own fields."""

    owners: Sequence[tuple[int, int | None]]
    more: Callable[[random.Random], Mapping[str, Any]] | None = None


def seed_lookups(*, actor: Actor) -> dict[str, int]:
    """Make the tags and kinds of relation that are not there yet; give tag ids by name."""
    held = set(visible(actor, Tag).values_list("name", flat=True))
    rows = [{"name": name, "hue": hue} for name, hue in TAGS if name not in held]
    generic.create(record_type("customers.tag"), rows, actor=actor)
    kinds = set(visible(actor, RelationKind).values_list("name", flat=True))
    pairs = [{"name": name, "reverse_name": back} for name, back in RELATIONS if name not in kinds]
    generic.create(record_type("customers.relation_kind"), pairs, actor=actor)
    return dict(visible(actor, Tag).values_list("name", "pk"))


def seed_customers(
    count: int, *, seed: int, hands: Hands, actor: Actor, at: datetime | None = None
) -> Iterator[list[Customer]]:
    """Make `count` customers, one in five a company, in batches; the same seed gives the same people."""
    chance = random.Random(seed)  # noqa: S311 — a demo, not a secret
    tags = list(seed_lookups(actor=actor).values())
    now = at or timezone.now()
    companies: list[Customer] = []
    for start in range(0, count, BATCH):
        size = min(BATCH, count - start)
        share = max(1, size // 5)
        made = actions.create_customers(
            [_company(chance, start + n, hands, tags, now) for n in range(share)], actor=actor
        )
        companies = (companies + made)[-2000:]
        rows = [_person(chance, start + share + n, companies, hands, tags, now) for n in range(size - share)]
        yield made + actions.create_customers(rows, actor=actor)


def seed_relations(customers: Sequence[Customer], *, seed: int, actor: Actor) -> None:
    """Tie some customers to one another and put some on a list, for pages worth looking at."""
    chance = random.Random(seed)  # noqa: S311 — a demo, not a secret
    people = [customer for customer in customers if customer.kind == PERSON]
    companies = [customer for customer in customers if customer.kind == COMPANY]
    kinds = {kind.name: kind.pk for kind in visible(actor, RelationKind)}
    if len(people) < 2 or len(companies) < 2:
        return
    rows: list[dict[str, Any]] = []
    for person in people[: len(people) // 3]:
        other = chance.choice(people)
        if other.pk != person.pk:
            rows.append({"customer": person.pk, "kind": kinds["Tavsiye eden"], "other": other.pk})
    for first, second in zip(companies[::2], companies[1::2], strict=False):
        rows.append({"customer": first.pk, "kind": kinds["Bağlı şirketi"], "other": second.pk, "role": "Üretim"})
    generic.create(record_type("customers.relation"), rows, actor=actor)
    points = [
        {"customer": person.pk, "kind": "instagram", "label": "", "value": f"@{fold(person.name).replace(' ', '.')}"}
        for person in people[: len(people) // 2]
    ]
    generic.create(record_type("customers.contact_point"), points, actor=actor)
    fair = generic.create(record_type("customers.list"), [{"name": "Fuar davetlileri"}], actor=actor)[0]
    fresh = visible(actor, CustomerList).get(pk=fair.pk)
    actions.add_to_list(fresh, [person.pk for person in people[:40]], actor=actor)


SEGMENTS = (
    ("İzmirli sadık müşteriler", "Mağazaya yakın, en çok gelenler",
     'city is "İzmir" and stage in ("customer", "loyal")', 1),
    ("A grubu", "Cironun yüzde seksenini getirenler", 'value_band is "A"', 4),
    ("Doksan gündür sessiz", "Aranmazsa unutacaklar",
     'stage in ("customer", "loyal") and last_contact_at before days_ago(90)', 2),
    ("Doğum günü yaklaşanlar", "Önümüzdeki yedi gün içinde", "birthday_in <= 7", 11),
    ("Bahçe meraklıları, 30–55 yaş", "Yaz kampanyası için",
     'age between (30, 55) and has traits where (name in ("Bahçe", "Yazlık"))', 5),
    ("Ege’nin kurumsalları", "Otel, klinik, ofis", 'kind is "company" and region is "aegean"', 6),
    ("Bir kez alıp dönmeyenler", "İkinci alışverişe çağrılacaklar",
     "order_count is 1 and last_purchase_on before days_ago(120)", 8),
)  # fmt: skip
"""Name, description, conditions, colour."""
NESTED = ("A grubundan sessizler", "Önce bunlar aranır", 'segments any_of ("{a}") and segments any_of ("{quiet}")', 3)
TRAITS = (
    ("Bahçe", "interest"), ("Yazlık", "lifestyle"), ("Yemek yapmak", "interest"), ("Doğa yürüyüşü", "interest"),
    ("Minimal ev", "lifestyle"), ("Kalabalık aile", "lifestyle"), ("Çevreye duyarlı", "value"),
    ("Yerli üretim", "value"), ("Titiz", "personality"), ("Çabuk karar veren", "personality"),
)  # fmt: skip
MOST_WITH_TRAITS = 5000
"""So many customers of an example company have traits, however large it is."""
TARGETS = (
    ("Büyük şehirde yaşıyor", 'city in ("İzmir", "İstanbul", "Ankara")', 3),
    ("Geliri orta üstü", 'income_band in ("upper_middle", "high")', 3),
    ("30–55 yaşında", "age between (30, 55)", 2),
    ("Birden çok alışverişi var", "order_count >= 2", 2),
)


def seed_segments(*, seed: int, actor: Actor) -> None:
    """Make segments with their history, the target customer, and what both ask about; all that is there stays."""
    if visible(actor, Segment).filter(name=SEGMENTS[0][0]).exists():
        return
    _score_customers(seed, actor)
    actions.recalculate_bands(actor=actor)
    rows = [dict(zip(("name", "description", "rule", "hue"), row, strict=True)) for row in SEGMENTS]
    made = {segment.name: segment for segment in actions.create_segments(rows, actor=actor)}
    name, description, rule, hue = NESTED
    ids = {"a": made["A grubu"].public_id, "quiet": made["Doksan gündür sessiz"].public_id}
    actions.create_segments(
        [{"name": name, "description": description, "rule": rule.format(**ids), "hue": hue}], actor=actor
    )
    profile = generic.create(record_type("customers.target_profile"), [{"name": "Evini yenileyen aile"}], actor=actor)[
        0
    ]
    criteria = [{"profile": profile.pk, "name": n, "rule": r, "weight": w} for n, r, w in TARGETS]
    actions.create_criteria(criteria, actor=actor)
    actions.recalculate_fit(actor=actor)
    for ruled in live_segments():
        build_segment(ruled, actor=actor)
    invent_history(days=120, seed=seed)


def _score_customers(seed: int, actor: Actor) -> None:
    """Give customers traits, and the purchases that the sales room will reckon one day."""
    chance = random.Random(seed)  # noqa: S311 — a demo, not a secret
    kinds = [{"name": name, "dimension": dimension} for name, dimension in TRAITS]
    traits = [trait.pk for trait in generic.create(record_type("customers.trait"), kinds, actor=actor)]
    today = timezone.localdate()
    rows = visible(actor, Customer).filter(archived_at=None).order_by("pk")
    buyers = rows.filter(stage__in=("customer", "loyal", "dormant", "lost")).values_list("pk", flat=True)
    bought = ((pk, _bought(chance, today)) for pk in buyers.iterator(chunk_size=2000))
    actions.replace_scores(bought, actor=actor)
    customers = list(rows[:MOST_WITH_TRAITS])
    for source in ("survey", "staff", "inference"):
        for part in _parts_of([customer for customer in customers if chance.random() < 0.2], 20):
            actions.note_traits(part, chance.sample(traits, 2), given_by=source, actor=actor)


def _parts_of(customers: Sequence[Customer], size: int) -> Iterator[Sequence[Customer]]:
    for start in range(0, len(customers), size):
        yield customers[start : start + size]


def _bought(chance: random.Random, today: date) -> dict[str, Any]:
    orders = 1 + int(chance.expovariate(0.6))
    last = today - timedelta(days=int(chance.expovariate(1 / 130)))
    between = chance.randint(20, 160)
    basket = Decimal(int(chance.lognormvariate(8.6, 0.8)))
    r, f = 5 - min(4, (today - last).days // 60), min(5, orders)
    m = min(5, 1 + int(orders * basket / 15_000))
    return {
        "order_count": orders,
        "first_purchase_on": last - timedelta(days=between * (orders - 1)),
        "last_purchase_on": last,
        "average_basket": basket,
        "days_between_orders": Decimal(between) if orders > 1 else None,
        "repeat_rate": Decimal(0 if orders == 1 else min(95, 20 * orders)),
        "revenue": basket * orders,
        "profit": (basket * orders * Decimal("0.22")).quantize(Decimal("0.01")),
        "rfm": f"{r}{f}{m}",
        "rfm_score": r + f + m,
    }


DOUBLES = 5
"""Customers of an example company that are entered twice."""


def seed_doubles(customers: Sequence[Customer], *, actor: Actor) -> None:
    """Enter a few people and a company once more, as a colleague in a hurry would: for the page of duplicates."""
    people = [customer for customer in customers if customer.kind == PERSON][: DOUBLES - 1]
    companies = [customer for customer in customers if customer.kind == COMPANY][:1]
    rows: list[dict[str, Any]] = [
        {
            "kind": PERSON,
            "given_name": person.given_name if at % 2 else fold(person.given_name),
            "family_name": fold(person.family_name),
            "phone": person.phone if at != 1 else "",
            "email": person.email if at == 1 else "",
            "birth_on": person.birth_on if at > 1 else None,
            "city": person.city,
            "owner": person.owner_id,
            "team": person.team_id,
            "note": "Fuarda yeniden kaydedildi." if at == 0 else "",
        }
        for at, person in enumerate(people)
    ]
    rows += [
        {
            "kind": COMPANY,
            "name": normalise_company(company.name).display.split(" San.")[0].removesuffix(" Ltd. Şti."),
            "phone": company.phone,
            "city": company.city,
            "owner": company.owner_id,
            "team": company.team_id,
        }
        for company in companies
    ]
    actions.create_customers(rows, actor=actor)


def _common(chance: random.Random, hands: Hands, tags: Sequence[int], now: datetime) -> dict[str, Any]:
    province = chance.choices(provinces(), weights=[p.population for p in provinces()])[0]
    owner, team = chance.choice(hands.owners) if hands.owners else (None, None)
    contact = now - timedelta(minutes=int(chance.expovariate(1 / 40_000)))
    return {
        "city": province.name,
        "district": chance.choice(province.districts),
        "address": f"{chance.choice(STREETS)} No: {chance.randint(1, 180)}",
        "postal_code": f"{province.plate:02d}{chance.randint(0, 999):03d}",
        "country": "Türkiye",
        "stage": chance.choices([stage for stage, _w in STAGE_WEIGHTS], [weight for _s, weight in STAGE_WEIGHTS])[0],
        "source": chance.choice(SOURCES),
        "needs": chance.choice(NEEDS),
        "tags": chance.sample(list(tags), chance.choice((0, 0, 1, 1, 2))) if tags else [],
        "owner": owner,
        "team": team,
        "last_contact_at": contact,
        "last_contact_channel": chance.choice(("phone", "email", "whatsapp", "visit", "sms")),
        "lifetime_value": Decimal(int(chance.lognormvariate(9.5, 1.2))),
        "preferred_channel": chance.choice(("phone", "email", "whatsapp", "")),
        **(hands.more(chance) if hands.more else {}),
    }


def _person(
    chance: random.Random, number: int, companies: Sequence[Customer], hands: Hands, tags: Sequence[int], now: datetime
) -> dict[str, Any]:
    female = chance.random() < 0.5
    given = chance.choice(FEMALE if female else MALE)
    if chance.random() < 0.12:
        given = f"{given} {chance.choice(FEMALE if female else MALE)}"
    family = chance.choice(FAMILY)
    works = companies and chance.random() < 0.45
    return {
        **_common(chance, hands, tags, now),
        "kind": PERSON,
        "given_name": given,
        "family_name": family,
        "phone": _mobile(chance),
        "email": f"{fold(given).replace(' ', '.')}.{fold(family)}{number}@ornek.com.tr",
        "gender": "female" if female else "male",
        "income_band": chance.choice(("low", "lower_middle", "middle", "middle", "upper_middle", "high", "")),
        "education": chance.choice(("high_school", "college", "bachelor", "bachelor", "master", "")),
        "occupation": chance.choice(("Öğretmen", "Mühendis", "Esnaf", "Doktor", "Emekli", "Serbest", "")),
        "birth_on": date(chance.randint(1955, 2005), chance.randint(1, 12), chance.randint(1, 28)),
        "company": chance.choice(companies).pk if works else None,
        "job_title": chance.choice(JOBS) if works else "",
        "tckn": _tckn(chance) if chance.random() < 0.3 else "",
    }


def _company(chance: random.Random, number: int, hands: Hands, tags: Sequence[int], now: datetime) -> dict[str, Any]:
    trade, industry = chance.choice(TRADES)
    stem = f"{chance.choice(FAMILY)} {trade}"
    form = chance.choice(FORMS)
    return {
        **_common(chance, hands, tags, now),
        "kind": COMPANY,
        "name": f"{stem} {form}",
        "legal_name": f"{stem} Sanayi ve Ticaret {'Anonim Şirketi' if 'A.Ş.' in form else 'Limited Şirketi'}",
        "phone": f"0212 {chance.randint(200, 899)} {chance.randint(10, 99)} {chance.randint(10, 99)}",
        "email": f"bilgi{number}@{fold(stem).replace(' ', '')}.com.tr",
        "website": f"https://www.{fold(stem).replace(' ', '')}.com.tr",
        "industry": industry,
        "employee_count": int(chance.lognormvariate(3, 1.1)) + 1,
        "annual_revenue": Decimal(int(chance.lognormvariate(15, 1.3))),
        "founded_year": chance.randint(1965, 2024),
        "vkn": _vkn(chance),
    }


def _mobile(chance: random.Random) -> str:
    operator = chance.choice(("530", "532", "535", "541", "542", "505", "507", "555"))
    return f"0{operator} {chance.randint(100, 999)} {chance.randint(10, 99)} {chance.randint(10, 99)}"


def _tckn(chance: random.Random) -> str:
    """Make a number that passes the check digits of an identity number, of nobody."""
    digits = [chance.randint(1, 9), *(chance.randint(0, 9) for _n in range(8))]
    tenth = (sum(digits[0:9:2]) * 7 - sum(digits[1:8:2])) % 10
    return "".join(map(str, [*digits, tenth, (sum(digits) + tenth) % 10]))


def _vkn(chance: random.Random) -> str:
    """Make a number that passes the check digit of a tax number, of nobody."""
    digits = [chance.randint(0, 9) for _n in range(9)]
    total = 0
    for at, digit in enumerate(digits):
        shifted = (digit + 9 - at) % 10
        total += shifted if shifted == 9 else (shifted * 2 ** (9 - at)) % 9
    return "".join(map(str, [*digits, (10 - total % 10) % 10]))
