"""The room's part of the demo company: a homeware catalogue with variants, a bundle, price lists and discounts."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from hatir.domains.catalog import actions
from hatir.domains.catalog.models import Product, Tax, Unit
from hatir.domains.customers.models import Segment
from hatir.foundation.access.queries import visible
from hatir.foundation.records import actions as generic
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.registry import record_type
from hatir.kit.gtin import check_digit

SHELVES: tuple[tuple[str, str], ...] = (
    ("Salon", ("Üçlü koltuk, Defne|SL-101|38900;Berjer, Işıl|SL-110|14750;Orta sehpa, ceviz|SL-120|8990;"
     "Televizyon ünitesi, meşe|SL-130|17900;Kitaplık, beş raflı|SL-140|9450")),
    ("Yemek odası", ("Yemek masası, Çınar|YM-201|24900;Sandalye, İğde|YM-210|3450;Konsol, ceviz|YM-220|19800;"
     "Bank, iki kişilik|YM-230|6200")),
    ("Yatak odası", ("Karyola, Öykü|YT-301|27500;Komodin, çekmeceli|YT-310|4980;Gardırop, sürgülü|YT-320|42600;"
     "Şifonyer, altı çekmeceli|YT-330|15400")),
    ("Ofis", ("Çalışma masası|OF-401|12900;Toplantı masası, sekiz kişilik|OF-410|46500;"
     "Ofis koltuğu, fileli|OF-420|7850;Dosya dolabı|OF-430|9980")),
    ("Tekstil", ("Nevresim takımı, çift kişilik|TK-501|1890;Yastık, kaz tüyü|TK-510|950;"
     "Kilim, el dokuması|TK-520|5600;Masa örtüsü, keten|TK-530|780")),
    ("Aydınlatma ve aksesuar", ("Lambader, pirinç|AY-601|4250;Masa lambası, seramik|AY-610|1690;"
     "Ayna, yuvarlak|AY-620|2380;Vazo, çini|AY-630|640")),
)  # fmt: skip
"""Category, and its goods with stock code and price."""
SERVICES = (
    ("Montaj", "HZ-901", 750, "Saat"),
    ("Nakliye, şehir içi", "HZ-910", 1200, "Adet"),
    ("İç mimarlık danışmanlığı", "HZ-920", 2500, "Saat"),
)
VARIANTS = (
    ("YM-201", (("160 cm, ceviz", None), ("200 cm, ceviz", 29100), ("200 cm, meşe", 28500))),
    ("SL-101", (("Keten, krem", None), ("Kadife, petrol", 41800))),
)
"""Stock code of the model, and its variants with their own price where they have one."""
RATES = (("USD", "41.8520", "41.9275"), ("EUR", "48.3410", "48.4280"), ("GBP", "54.8890", "55.1750"))
DEALERS = "A grubu"
"""The customer group of the segments' part of the demo that has prices of its own, where it is there."""


def seed_catalog(*, actor: Actor) -> list[Product]:
    """Make the catalogue with its prices; what is there already is not made again."""
    actions.install_standards(actor=actor)
    if visible(actor, Product).filter(sku="SL-101").exists():
        return list(visible(actor, Product).filter(archived_at=None).order_by("pk"))
    taxes = dict(visible(actor, Tax).values_list("name", "pk"))
    units = dict(visible(actor, Unit).values_list("name", "pk"))
    shelves = {
        row.name: row.pk for row in _make("catalog.category", [{"name": name} for name, _rows in SHELVES], actor)
    }
    rows = [
        _goods(good, shelf, at, shelves, units, taxes)
        for at, (shelf, good) in enumerate((shelf, good) for shelf, goods in SHELVES for good in goods.split(";"))
    ]
    rows += [
        {"name": name, "kind": "service", "sku": sku, "price": Decimal(price), "unit": units[unit],
         "tax": taxes["Genel oran"]}
        for name, sku, price, unit in SERVICES
    ]  # fmt: skip
    made = actions.create_products(rows, actor=actor)
    by_sku = {product.sku: product for product in made}
    made += _variants(by_sku, actor)
    made += _bundle(by_sku, units, taxes, actor)
    _prices(by_sku, shelves, actor)
    return made


def _make(type_key: str, rows: list[dict[str, Any]], actor: Actor) -> list[Any]:
    return generic.create(record_type(type_key), rows, actor=actor)


def _goods(
    good: str, shelf: str, at: int, shelves: dict[str, int], units: dict[str, int], taxes: dict[str, int]
) -> dict[str, Any]:
    name, sku, price = good.split("|")
    digits = f"868100{at:06d}"
    reduced = next(name for name in taxes if name.startswith("İndirimli oran ("))
    return {
        "name": name,
        "sku": sku,
        "barcode": f"{digits}{check_digit(digits)}",
        "category": shelves[shelf],
        "brand": "Defne Ev",
        "unit": units["Takım" if "takımı" in name else "Adet"],
        "price": Decimal(price),
        "cost": (Decimal(price) * Decimal("0.52")).quantize(Decimal("0.01")),
        "tax": taxes[reduced if shelf == "Tekstil" else "Genel oran"],
    }


def _variants(by_sku: dict[str, Product], actor: Actor) -> list[Product]:
    rows = [
        {
            "name": f"{by_sku[sku].name}, {options}",
            "sku": f"{sku}-{at}",
            "variant_of": by_sku[sku].pk,
            "options": options,
            "price": None if price is None else Decimal(price),
        }
        for sku, variants in VARIANTS
        for at, (options, price) in enumerate(variants, start=1)
    ]
    return actions.create_products(rows, actor=actor)


def _bundle(by_sku: dict[str, Product], units: dict[str, int], taxes: dict[str, int], actor: Actor) -> list[Product]:
    row = {
        "name": "Yemek odası takımı, masa ve altı sandalye",
        "kind": "bundle",
        "sku": "PK-701",
        "unit": units["Takım"],
        "tax": taxes["Genel oran"],
    }
    made = actions.create_products([row], actor=actor)
    items = [
        {"bundle": made[0].pk, "product": by_sku["YM-201"].pk, "quantity": Decimal(1)},
        {"bundle": made[0].pk, "product": by_sku["YM-210"].pk, "quantity": Decimal(6)},
    ]
    actions.create_bundle_items(items, actor=actor)
    return made


def _prices(by_sku: dict[str, Product], shelves: dict[str, int], actor: Actor) -> None:
    today = timezone.localdate()
    loyal = visible(actor, Segment).filter(name=DEALERS).first()
    project = {"name": "Proje fiyatları", "includes_tax": False, "priority": 1, "segment": loyal.pk if loyal else None,
               "valid_from": date(today.year, 1, 1)}  # fmt: skip
    held = actions.create_price_lists([project], actor=actor)[0]
    rows = [
        {"price_list": held.pk, "product": by_sku[sku].pk, "min_quantity": Decimal(least), "percent_off": Decimal(off)}
        for sku in ("OF-401", "OF-410", "OF-420", "OF-430", "YM-210")
        for least, off in ((1, 8), (10, 15), (50, 22))
    ]
    actions.create_list_prices(rows, actor=actor)
    actions.create_discounts(
        [
            {"name": "Güz tekstil indirimi", "percent": Decimal(10), "category": shelves["Tekstil"],
             "valid_from": today - timedelta(days=20), "valid_until": today + timedelta(days=30)},
            {"name": "Web’e özel aydınlatma", "percent": Decimal(5), "channel": "web",
             "category": shelves["Aydınlatma ve aksesuar"]},
        ],
        actor=actor,
    )  # fmt: skip
    days = [today - timedelta(days=back) for back in range(5)]
    _make(
        "catalog.currency_rate",
        [{"currency": code, "valid_on": day, "buying": Decimal(buying), "selling": Decimal(selling)}
         for day in days for code, buying, selling in RATES],
        actor,
    )  # fmt: skip
