"""What every company of Türkiye counts in and pays: units, KDV rates, codes of tevkifat."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from hatir.domains.catalog.models import Tax, TaxRate, Unit, Withholding
from hatir.foundation.records import writing
from hatir.foundation.records.actor import Actor

UNITS = (
    ("Adet", "C62"), ("Takım", "SET"), ("Çift", "PR"), ("Paket", "PA"), ("Kutu", "BX"), ("Koli", "CT"),
    ("Kilogram", "KGM"), ("Gram", "GRM"), ("Litre", "LTR"), ("Metre", "MTR"), ("Metrekare", "MTK"),
    ("Metreküp", "MTQ"), ("Saat", "HUR"), ("Gün", "DAY"), ("Ay", "MON"),
)  # fmt: skip
"""Name and code of UN/ECE Recommendation 20."""
TAXES = (
    ("Genel oran", ((date(2002, 1, 1), 18), (date(2023, 7, 10), 20))),
    ("İndirimli oran (temel gıda, tekstil, hizmet)", ((date(2002, 1, 1), 8), (date(2023, 7, 10), 10))),
    ("İndirimli oran %1", ((date(2002, 1, 1), 1),)),
    ("İstisna", ((date(2002, 1, 1), 0),)),
)
"""Kinds of KDV with their rates by day. Source: KDV Kanunu 28; BKK 2007/13033; CK 7346 (from 10.7.2023 on)."""
WITHHOLDINGS = (
    ("601", "Yapım işleri ile bu işlerle birlikte ifa edilen mühendislik-mimarlık ve etüt-proje hizmetleri", 40),
    ("602", "Etüt, plan-proje, danışmanlık, denetim ve benzeri hizmetler", 90),
    ("603", "Makine, teçhizat, demirbaş ve taşıtlara ait tadil, bakım ve onarım hizmetleri", 70),
    ("604", "Yemek servis hizmeti", 50),
    ("605", "Organizasyon hizmeti", 50),
    ("606", "İşgücü temin hizmetleri", 90),
    ("607", "Özel güvenlik hizmeti", 90),
    ("608", "Yapı denetim hizmetleri", 90),
    ("609", "Fason tekstil ve konfeksiyon, çanta ve ayakkabı dikim işleri ile aracılık hizmetleri", 70),
    ("610", "Turistik mağazalara verilen müşteri bulma ve götürme hizmetleri", 90),
    ("611", "Spor kulüplerinin yayın, reklam ve isim hakkı gelirlerine konu işlemleri", 90),
    ("612", "Temizlik hizmeti", 90),
    ("613", "Çevre ve bahçe bakım hizmetleri", 90),
    ("614", "Servis taşımacılığı hizmeti", 50),
    ("615", "Her türlü baskı ve basım hizmetleri", 70),
    ("616", "Diğer hizmetler", 50),
    ("617", "Hurda metalden elde edilen külçe teslimleri", 70),
    ("618", "Bakır, çinko, demir-çelik, alüminyum ve kurşun külçe teslimi", 70),
    ("619", "Bakır, çinko, demir-çelik, alüminyum ve kurşun ürünlerinin teslimi", 70),
    ("620", "İstisnadan vazgeçenlerin hurda ve atık teslimi", 70),
    ("621", "Metal, plastik, lastik, kauçuk, kâğıt ve cam hurda ve atıklardan elde edilen hammadde teslimi", 90),
    ("622", "Pamuk, tiftik, yün ve yapağı ile ham post ve deri teslimleri", 90),
    ("623", "Ağaç ve orman ürünleri teslimi", 50),
    ("624", "Yük taşımacılığı hizmeti", 20),
    ("625", "Ticari reklam hizmetleri", 30),
    ("626", "Diğer teslimler", 20),
    ("627", "Demir-çelik ürünlerinin teslimi", 50),
)
"""Codes of partial tevkifat, the part of the KDV in per cent. Source: code list of the e-invoice, KDV GUT I/C-2.1.3."""


def install_standards(*, actor: Actor) -> bool:
    """Lay out units, KDV and codes of tevkifat in a house that has none of them; tell whether that was so."""
    if Unit.objects.exists() or Tax.objects.exists() or Withholding.objects.exists():
        return False
    writing.save_many([Unit(name=name, code=code) for name, code in UNITS], actor=actor)
    for name, rates in TAXES:
        tax = writing.save(Tax(name=name), actor=actor)
        rows = [TaxRate(tax=tax, percent=Decimal(percent), valid_from=since) for since, percent in rates]
        writing.save_many(rows, actor=actor)
    rows_of_codes = [Withholding(code=code, name=name, percent=Decimal(part)) for code, name, part in WITHHOLDINGS]
    writing.save_many(rows_of_codes, actor=actor)
    return True
