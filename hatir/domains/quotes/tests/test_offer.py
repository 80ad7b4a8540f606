"""The customer's page: what a stranger with the link may do, and what nobody may."""

from __future__ import annotations

import base64
import struct
import zlib
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from hatir.domains.catalog.models import Product
from hatir.domains.commerce.models import Order
from hatir.domains.quotes import actions, queries
from hatir.domains.quotes.models import Quote, QuoteLine, Sighting
from hatir.domains.quotes.rules import NotASignature, read_signature
from hatir.domains.quotes.tests.factories import make_quote, make_table
from hatir.foundation.events.dispatch import deliver_waiting
from hatir.foundation.files.queries import read
from hatir.foundation.notifications.models import Notification
from hatir.foundation.records.memory import piece_of_work
from hatir.foundation.timeline.models import TimelineEntry
from tests.world.cast import SYSTEM, Cast, make_cast

pytestmark = pytest.mark.django_db
D = Decimal
PERSON: dict[str, Any] = {"HTTP_USER_AGENT": "Mozilla/5.0 (iPhone)"}
SCRIPT = "<script>alert(1)</script>{{ 7|add:7 }}"
YES = {"do": "acceptance", "name": "Lale Aksoy", "agreed": "on"}


@pytest.fixture(autouse=True)
def memory(settings: Any, tmp_path: Path) -> Iterator[None]:
    settings.HATIR_HOME = tmp_path
    with piece_of_work():
        yield


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast()


@pytest.fixture
def table(cast: Cast) -> Product:
    return make_table()


@pytest.fixture
def quote(cast: Cast, table: Product) -> Quote:
    made = make_quote(
        cast.lale_market,
        {"product": table.pk},
        {"name": "Montaj", "unit_price": D(300), "tax_percent": D(20), "is_optional": True},
        owner=cast.ayse.user.pk,
        language="en",
    )
    return actions.send_quote(made, actor=SYSTEM)


def url(quote: Quote) -> str:
    link = queries.link_of(quote)
    assert link is not None
    return queries.path_of_link(link)


def fresh(quote: Quote) -> Quote:
    return Quote.objects.get(pk=quote.pk)


def png(width: int = 4, height: int = 2) -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    rows = zlib.compress(b"".join(b"\x00" + b"\x00" * width for _row in range(height)))
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def data_url(picture: bytes) -> str:
    return f"data:image/png;base64,{base64.b64encode(picture).decode()}"


class TestReading:
    def test_needs_nothing_but_the_link_and_is_kept_by_nobody(self, quote: Quote) -> None:
        answer = Client().get(url(quote), **PERSON)

        page = answer.content.decode()
        assert answer.status_code == 200
        assert "Ceviz masa" in page
        assert "₺1,200.00" in page
        assert "no-store" in answer["Cache-Control"]
        assert answer["X-Robots-Tag"] == "noindex, nofollow"
        assert answer["Referrer-Policy"] == "same-origin"

    def test_counts_the_customer_and_neither_colleagues_nor_previews(self, cast: Cast, quote: Quote) -> None:
        colleague = Client()
        colleague.force_login(cast.mehmet.user, "django.contrib.auth.backends.ModelBackend")

        colleague.get(url(quote), **PERSON)
        Client().get(url(quote), HTTP_USER_AGENT="WhatsApp/2.23")
        Client().head(url(quote), **PERSON)
        unseen = fresh(quote).status
        Client().get(url(quote), **PERSON)
        Client().get(f"{url(quote)}pdf/", **PERSON)

        assert (unseen, fresh(quote).status, Sighting.objects.get().times) == ("sent", "viewed", 2)

    def test_gives_the_pdf(self, quote: Quote) -> None:
        answer = Client().get(f"{url(quote)}pdf/", **PERSON)

        assert answer.content.startswith(b"%PDF-")
        assert answer["Content-Disposition"] == f'attachment; filename="{quote.number}.pdf"'

    @pytest.mark.parametrize("token", ["x", "a" * 32, "a" * 65, "..%2F..", "%00"])
    def test_a_wrong_token_leads_nowhere(self, quote: Quote, token: str) -> None:
        assert Client().get(f"/q/{token}/").status_code == 404
        assert Client().post(f"/q/{token}/", YES).status_code == 404

    def test_a_closed_link_and_a_draft_lead_nowhere(self, cast: Cast, quote: Quote) -> None:
        place = url(quote)
        actions.revoke_link(quote, actor=cast.admin.actor)

        assert Client().get(place).status_code == 404

    def test_guessing_tokens_is_slowed(self, quote: Quote) -> None:
        codes = [Client().get(f"/q/guess{at}/").status_code for at in range(40)]

        assert (codes[0], codes[-1]) == (404, 429)

    def test_shows_words_of_people_as_words(self, cast: Cast) -> None:
        made = make_quote(
            cast.lale_market, {"name": SCRIPT, "detail": SCRIPT, "unit_price": D(1)},
            {"kind": "section", "name": SCRIPT},
            title=SCRIPT, intro=SCRIPT, terms=SCRIPT,
        )  # fmt: skip
        actions.send_quote(made, actor=SYSTEM)

        page = Client().get(url(made), **PERSON).content.decode()

        assert "<script>alert" not in page
        assert page.count("&lt;script&gt;alert(1)&lt;/script&gt;{{ 7|add:7 }}") >= 6


class TestAnswering:
    def test_choosing_an_option_moves_the_sums(self, quote: Quote) -> None:
        option = QuoteLine.objects.get(quote=quote, is_optional=True)

        sent = {"do": "options", "option": option.public_id, "name": "Ayşe Ak", "agreed": "on"}
        answer = Client().post(url(quote), sent)

        assert (answer.status_code, fresh(quote).total) == (200, D("1500.00"))
        text = answer.content.decode()
        assert 'value="Ayşe Ak"' in text
        assert 'name="agreed" checked' in text
        Client().post(url(quote), {"do": "options"})
        assert fresh(quote).total == D("1200.00")

    def test_accepting_twice_makes_one_order_of_what_was_chosen(self, quote: Quote) -> None:
        option = QuoteLine.objects.get(quote=quote, is_optional=True)
        sent = {**YES, "has_options": "1", "option": [option.public_id, "NONSENSE"], "signature": data_url(png())}

        first = Client().post(url(quote), sent)
        Client().post(url(quote), sent)

        order, picture = Order.objects.get(), queries.signature_of(quote)
        assert (first.status_code, fresh(quote).status, order.total) == (302, "accepted", D("1500.00"))
        assert picture is not None
        assert b"".join(read(picture)) == png()
        assert "Lale Aksoy" in Client().get(url(quote)).content.decode()

    @pytest.mark.parametrize(
        "signature",
        ["data:image/png;base64,!!", "data:image/png;base64," + "A" * 500_000, data_url(b"GIF89a" + b"0" * 60),
         data_url(png(5000, 1)), "data:image/svg+xml;base64,PHN2Zz4=", "<svg onload=alert(1)>"],
    )  # fmt: skip
    def test_no_picture_or_a_huge_one_is_no_signature(self, quote: Quote, signature: str) -> None:
        answer = Client().post(url(quote), {**YES, "signature": signature})

        assert (answer.status_code, fresh(quote).status, Order.objects.count()) == (422, "sent", 0)
        with pytest.raises(NotASignature):
            read_signature(signature)

    def test_a_flood_is_refused_by_the_house(self, quote: Quote) -> None:
        answer = Client().post(url(quote), {**YES, "signature": "A" * 4_000_000})

        assert (answer.status_code, fresh(quote).status) in ((400, "sent"), (413, "sent"), (422, "sent"))

    @pytest.mark.parametrize("sent", [{"name": ""}, {"name": "Lale", "agreed": None}])
    def test_a_yes_needs_a_name_and_the_tick(self, quote: Quote, sent: dict[str, Any]) -> None:
        values = {name: value for name, value in {**YES, **sent}.items() if value is not None}

        answer = Client().post(url(quote), values)

        assert (answer.status_code, fresh(quote).status) == (422, "sent")

    def test_expired_and_replaced_ones_are_read_and_not_accepted(self, cast: Cast, quote: Quote) -> None:
        yesterday = timezone.localdate() - timedelta(days=1)
        Quote.objects.filter(pk=quote.pk).update(valid_until=yesterday, quoted_on=yesterday)
        expired = Client().post(url(quote), YES)
        new = actions.send_quote(actions.new_version(quote, actor=SYSTEM), actor=SYSTEM)
        replaced = Client().post(url(quote), YES)

        page = Client().get(url(quote), **PERSON).content.decode()

        assert (expired.status_code, replaced.status_code, Order.objects.count()) == (409, 409, 0)
        assert f'href="{url(new)}"' in page
        assert 'value="acceptance"' not in page

    def test_declining_keeps_the_reason(self, quote: Quote) -> None:
        Client().post(url(quote), {"do": "refusal", "decliner": "Lale", "reason": "Pahalı"})

        assert (fresh(quote).status, fresh(quote).decline_reason, fresh(quote).decided_by) == (
            "declined", "Pahalı", "Lale",
        )  # fmt: skip

    def test_a_question_stands_on_timelines_and_tells_the_owner(self, cast: Cast, quote: Quote) -> None:
        Client().post(url(quote), {"do": "question", "asker": "La\x00le", "question": f"{SCRIPT}\x00"})
        Client().post(url(quote), {"do": "question", "question": " "})
        deliver_waiting()

        entries = TimelineEntry.objects.filter(data__quote="quotes.quote_asked")
        assert sorted(entries.values_list("type_key", "body")) == [
            ("customers.customer", SCRIPT), ("quotes.quote", SCRIPT),
        ]  # fmt: skip
        assert Notification.objects.filter(user=cast.ayse.user, kind="other", detail=SCRIPT).count() == 1

    def test_answers_are_limited(self, quote: Quote) -> None:
        codes = [Client().post(url(quote), {"do": "options"}).status_code for _try in range(25)]

        assert (codes[0], codes[-1]) == (200, 429)
