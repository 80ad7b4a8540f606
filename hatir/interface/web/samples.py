"""Made-up content for the styleguide: every screen template with all that its context may hold.

Whole pages lie in samples_of_pages/*.json; there "@fields" and "@facts" stand for the ones made here, and keys that
end in _html hold HTML.
"""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.safestring import SafeString

from hatir.interface.web.cells import Manner, Named, draw, title_cell
from hatir.interface.web.context import JobCard
from hatir.interface.web.presenting import Cell, Row

NOW = datetime(2026, 11, 21, 12, 50, tzinfo=UTC)
MANNER = Manner(language="tr", zone=ZoneInfo("Europe/Istanbul"), now=NOW, yes="Evet", no="Hayır")
NAMES = ("Ayşe Yıldırım", "İrem Şahin", "Ömer Faruk Çelik", "Işıl Akın")
SWATCHES = [
    "canvas",
    "surface",
    "surface-2",
    "raised",
    "hover",
    "active",
    "line",
    "line-2",
    "line-field",
    "ink",
    "ink-2",
    "ink-3",
    "accent",
    "accent-tint",
    "accent-ink",
    "brand",
    "brand-tint",
    "brand-ink",
    "ok",
    "ok-tint",
    "warn",
    "warn-tint",
    "bad",
    "bad-tint",
    "c1",
    "c2",
    "c3",
    "c4",
    "c5",
    "c6",
]
TAGS = ("VIP", "Otel", "Mimar", "Kafe", "Bebek odası", "Kurumsal", "Müteahhit", "Yeni taşınan", "Klinik", "Ege")
PEOPLE = (
    ("Ömer Faruk Çelik", "", "Konya", ("Servis takibi",), 36900, 52, 5, "Selin Koç"),
    ("Ayşe Yıldırım", "Yıldırım Mimarlık", "İzmir", ("VIP", "Mimar"), 184250, 12, 12, "Elif Kaya"),
    ("Tuğba Erdoğdu", "", "Manisa", ("Düğün hazırlığı",), 31640, 33, 33, "Elif Kaya"),
    ("Mehmet Kılıç", "", "Ankara", ("Düğün hazırlığı", "VIP", "Otel"), 96400, 22, 60, "Burak Demir"),
    ("Hüseyin Yağız", "Yağız İnşaat Ltd.", "Antalya", ("Müteahhit",), 612900, 27, 70, "Can Arı"),
    ("İrem Şahin", "Şahin Otelcilik A.Ş.", "Muğla", ("Otel", "VIP"), 1248600, 8, 130, "Elif Kaya"),
    ("Emre Doğan", "", "İstanbul", ("Yeni taşınan",), 14300, 39, 190, "Zeynep Ak"),
    ("Gökçe Iğdırlı", "Atölye Gökçe", "İzmir", ("Mimar",), 118700, 14, 1500, "Elif Kaya"),
)


def field(name: str, label: str, kind: str, value: Any = None, **more: Any) -> dict[str, Any]:
    """Make a field as form/_field.html draws it."""
    own: dict[str, Any] = {key: more.pop(key) for key in ("help", "errors", "is_wide") if key in more}
    control = {"id": f"s-{name}", "name": name, "kind": kind, "value": value, **more}
    if own.get("errors"):
        control |= {"is_invalid": True, "described_by": f"s-{name}-error"}
    elif own.get("help"):
        control["described_by"] = f"s-{name}-help"
    return {"label": label, "input": control, **own}


def option(value: str, label: str, chosen: bool = False, **more: Any) -> dict[str, Any]:
    return {"value": value, "label": label, "is_chosen": chosen, **more}


CITIES = [option("35", "İzmir", True), option("34", "İstanbul"), option("06", "Ankara")]


def fields() -> list[dict[str, Any]]:
    return [
        field("name", "Ad ve soyad", "text", "İbrahim Iğdır", is_required=True),
        field("phone", "Cep telefonu", "phone", "0555 010", errors=["Numara 10 haneli olmalı"]),
        field("city", "İl", "choice", choices=CITIES, help="Adresten doldurulur"),
        field("value", "Yaşam boyu değer", "money", "184.250,00"),
        field("born", "Doğum günü", "date", date(1988, 12, 14)),
        field("firm", "Kurum", "relation", chosen=option("1", "Yıldırım Mimarlık"), lookup_url="/styleguide/options/"),
        field(
            "tags", "Etiketler", "relations", values=[option("1", "VIP"), option("2", "Mimar")],
            lookup_url="/styleguide/options/",
        ),
        field("note", "Not", "longtext", "", placeholder="Kısaca", is_wide=True),
    ]  # fmt: skip


def facts() -> list[dict[str, Any]]:
    def fact(name: str, label: str, html: str, **more: Any) -> dict[str, Any]:
        return {"name": name, "label": label, "html": html, "edit_url": "/styleguide/fact/", **more}

    return [
        fact("mobile", "Cep", draw("phone", "0555 010 24 68", MANNER)),
        fact("mail", "E-posta", draw("email", "ayse@ornekmimarlik.test", MANNER)),
        fact("owner", "Sahibi", draw("user", Named("Elif Kaya"), MANNER)),
        fact("firm", "Kurum", draw("relation", Named("Yıldırım Mimarlık", "/styleguide/record/"), MANNER)),
        fact("tax", "Vergi no", SafeString('<span class="mono">•••• ••• 418</span>'), reveal_url="/styleguide/fact/"),
        fact("need", "İhtiyaç", "", is_empty=True),
    ]


def components() -> dict[str, Any]:
    return {
        "page_title": "Bileşenler ve durumlar",
        "swatches": SWATCHES,
        "names": NAMES,
        "tag_names": TAGS,
        "now": datetime.now(UTC) - timedelta(minutes=5),
        "amount": Decimal("184250.50"),
        "share": Decimal("12.4"),
        "fields": fields(),
        "facts": facts(),
        "sample_jobs": [JobCard("1", "İçe aktarım", "Yaklaşık 1 dk.", 5214, 8412, "5.214 / 8.412", "/styleguide/")],
        "empty_action": {"url": "#content", "label": "Dosyadan aktar", "icon": "upload"},
        "empty_second": {"url": "#content", "label": "Tek müşteri ekle"},
    }


def page(name: str) -> dict[str, Any]:
    """Read the made-up content of one page."""
    text = (Path(__file__).parent / "samples_of_pages" / f"{name}.json").read_text(encoding="utf-8")
    content: dict[str, Any] = _typed("", json.loads(text))
    return content


def _typed(key: str, value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _typed(name, each) for name, each in value.items()}
    if isinstance(value, list):
        return [_typed("", each) for each in value]
    if value in ("@fields", "@facts"):
        return fields() if value == "@fields" else facts()
    if key == "at":
        return datetime.fromisoformat(value)
    return SafeString(value) if key == "html" or key.endswith("_html") else value


# --- a list ---------------------------------------------------------------------------------------


def _row(at: int, person: tuple[Any, ...]) -> Row:
    name, firm, city, tags, value, risk, minutes, owner = person
    cells = (
        Cell(title_cell(name, "/styleguide/record/", firm, peek_label=f"Önizle: {name}"), "s-title"),
        Cell(draw("multichoice", [Named(tag) for tag in tags], MANNER)),
        Cell(draw("text", city, MANNER), "s-sub"),
        Cell(draw("money", Decimal(value), MANNER), "s-end", is_right=True),
        Cell(draw("datetime", NOW - timedelta(minutes=minutes), MANNER), "s-end2"),
        Cell(draw("percent", Decimal(risk), MANNER), is_right=True),
        Cell(draw("phone", "0555 010 24 68", MANNER)),
        Cell(draw("user", Named(owner), MANNER)),
    )
    public_id = f"S{at:012}"
    return Row(public_id, f"customers.customer:{public_id}", name, "/styleguide/record/", cells, f"Seç: {name}")


def a_list() -> dict[str, Any]:
    def column(name: str, label: str, kind: str, **more: Any) -> dict[str, Any]:
        return {"name": name, "label": label, "kind": kind, "sort_url": "?sort=" + name, "is_editable": True, **more}

    columns = [
        column("name", "Müşteri", "text"),
        column("tags", "Etiketler", "relations"),
        column("city", "İl", "text"),
        column("value", "Yaşam değeri", "money", is_right=True),
        column("last", "Son etkileşim", "datetime", sort="descending"),
        column("risk", "Kayıp riski", "percent", is_right=True),
        column("phone", "Cep", "phone"),
        column("owner", "Sahibi", "user"),
    ]
    condition = "/styleguide/filter/"
    return {
        "page_title": "Müşteriler",
        "page_count": "12.480",
        "type": {
            "key": "customers.customer", "label": "müşteri", "new_url": "/styleguide/dialog/",
            "import_url": "/styleguide/import/", "export_url": "/styleguide/",
        },
        "may_create": True, "may_import": True, "may_export": True,
        "views": [
            {"label": "Tüm müşteriler", "url": "?", "count": "12.480"},
            {
                "label": "Değerli, izinli", "url": "?v=1", "count": "312", "is_active": True, "is_changed": True,
                "edit_url": "/styleguide/dialog/",
            },
            {"label": "Bugün aranacaklar", "url": "?v=2", "count": "14"},
            {"label": "Kurumsal, Ege", "url": "?v=3", "count": "241"},
        ],
        "new_view_url": "/styleguide/dialog/",
        "filters": [
            {"field": "Yaşam boyu değer", "op": "≥", "value": "₺5.000", "url": condition, "remove_url": "?"},
            {"field": "İl", "op": "şunlardan biri", "value": "8 il", "url": condition, "remove_url": "?"},
        ],
        "filter_url": condition, "clear_url": "?", "sort_url": condition, "columns_url": "/styleguide/columns/",
        "view": {"is_changed": True, "reset_url": "?", "save_url": "/styleguide/"},
        "table": {
            "type_key": "customers.customer", "label": "Müşteriler", "columns": columns, "has_selection": True,
            "edit_url": "/styleguide/cell/?id={id}&field={field}", "peek_url": "/styleguide/peek/?id={id}", "query": "",
        },
        "rows": [_row(at, PEOPLE[at % len(PEOPLE)]) for at in range(20)],
        "pager": {
            "text": "1–50 / 312", "prev_url": "", "next_url": "?after=1",
            "sums": [{"label": "Toplam yaşam değeri", "value": "₺21,4 mn"}, {"label": "Ortalama", "value": "₺68.590"}],
        },
        "bulk_actions": [
            {"label": "Sahip ata", "icon": "user", "url": "/styleguide/dialog/", "key": "a", "asks": True},
            {"label": "Etiketle", "icon": "tag", "url": "/styleguide/dialog/", "key": "l", "asks": True},
            {"label": "Alan düzenle", "icon": "pencil", "url": "/styleguide/dialog/", "asks": True},
        ],
        "bulk_more": [{"label": "Arşive kaldır", "icon": "archive", "url": "/styleguide/dialog/", "danger": True}],
        "total_text": "312", "filter_json": "{}",
    }  # fmt: skip
