"""Components give plain, escaped HTML; values are written as Turkish readers write them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.template import Context, Template
from django.utils import translation

from hatir.interface.web.cells import Manner, Named, draw, title_cell
from hatir.interface.web.templatetags.hatir import device, hue

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
MANNER = Manner(language="tr", zone=ZoneInfo("Europe/Istanbul"), now=NOW, yes="Evet", no="Hayır")
EVIL = "<script>alert('x')</script>"


def drawn(source: str, **context: object) -> str:
    with translation.override("tr"):
        return Template("{% load hatir %}" + source).render(Context(context))


class TestTags:
    def test_a_button_shows_its_shortcut_and_tells_it(self) -> None:
        html = drawn('{% button kind="primary" icon_name="plus" key="n" hx_get="/x/" %}Yeni{% endbutton %}')

        assert html.startswith('<button type="button" hx-get="/x/" data-key="n" aria-keyshortcuts="n"')
        assert 'class="btn btn--primary"' in html
        assert html.endswith("Yeni<kbd>N</kbd></button>")

    def test_an_icon_button_has_a_name(self) -> None:
        html = drawn('{% button icon_name="x" label="Kapat" %}{% endbutton %}')

        assert 'aria-label="Kapat"' in html
        assert "btn--icon" in html

    def test_a_meter_needs_no_style(self) -> None:
        html = drawn("{% meter 5214 8412 %}")

        assert '<rect width="61.98" height="4"/>' in html
        assert "style" not in html

    def test_initials_and_hues_follow_turkish(self) -> None:
        assert ">İŞ</span>" in drawn('{% avatar "irem şahin" %}')
        assert hue("IŞIK") == hue("ışık")

    def test_what_people_wrote_is_escaped(self) -> None:
        html = drawn("{% tag text %}{% avatar text %}{% kpi text text %}{% icon 'x' label=text %}", text=EVIL)

        assert "<script" not in html

    def test_values_are_written_in_turkish(self) -> None:
        html = drawn("{{ sum|money }} {{ share|percent }} {{ when|day }}", sum=Decimal("184250.5"),
                     share=Decimal("12.4"), when=date(2026, 11, 21))  # fmt: skip

        assert html == "₺184.250,50 %12,4 21 Kasım 2026"

    def test_a_device_is_named(self) -> None:
        assert device("Mozilla/5.0 (Windows NT 10.0) Chrome/156.0 Safari/537.36") == "Chrome, Windows"


class TestCells:
    @pytest.mark.parametrize(
        ("kind", "value", "expected"),
        [
            ("money", (Decimal("36900"), "TRY"), "₺36.900"),
            ("date", date(2026, 11, 21), '<time datetime="2026-11-21">21.11.2026</time>'),
            ("choice", Named("Aktif", tone="ok"), '<span class="tag tag--ok">Aktif</span>'),
            ("relation", Named("Lale", "/r/"), '<a class="lnk trunc" href="/r/">Lale</a>'),
            ("text", None, '<span class="mute">–</span>'),
        ],
    )
    def test_draw_a_value_by_its_kind(self, kind: str, value: object, expected: str) -> None:
        assert draw(kind, value, MANNER) == expected

    def test_draw_an_instant_as_time_gone_by(self) -> None:
        assert ">12 dk önce</time>" in draw("datetime", NOW - timedelta(minutes=12), MANNER)

    @pytest.mark.parametrize("kind", ["text", "choice", "relation", "user", "email", "url", "phone", "longtext"])
    def test_never_let_markup_through(self, kind: str) -> None:
        value = Named(EVIL, EVIL) if kind in ("choice", "relation", "user") else EVIL

        assert "<script" not in draw(kind, value, MANNER)

    def test_never_link_to_a_script(self) -> None:
        assert "<a" not in draw("url", "javascript:alert(1)", MANNER)

    def test_the_title_is_escaped_everywhere(self) -> None:
        assert "<script" not in title_cell(EVIL, "/r/", EVIL, peek_label=EVIL)
