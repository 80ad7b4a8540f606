"""The page of a quote, its sheet, its buttons and its PDF."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from django.core import mail
from django.test import Client

from hatir.domains.catalog.models import Product
from hatir.domains.commerce.models import Order
from hatir.domains.quotes import actions, queries
from hatir.domains.quotes.models import Quote, QuoteLine
from hatir.domains.quotes.queries.papers import set_paper
from hatir.domains.quotes.tasks import mail as mail_task
from hatir.domains.quotes.tests.factories import make_quote, make_table
from hatir.foundation.jobs.models import Job
from hatir.foundation.records.memory import piece_of_work
from tests.world.cast import SYSTEM, Cast, Member, make_cast

pytestmark = pytest.mark.django_db
D = Decimal
MARKUP = '#set page(fill: red) *bold* $x^2$ #image("/etc/passwd") <script>alert(1)</script> @ref \\ [e]'


@pytest.fixture(autouse=True)
def memory() -> Iterator[None]:
    with piece_of_work():
        yield


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast()


@pytest.fixture
def table(cast: Cast) -> Product:
    return make_table(sku="MASA-1")


@pytest.fixture
def quote(cast: Cast, table: Product) -> Quote:
    return make_quote(cast.lale_market, {"product": table.pk}, owner=cast.ayse.user.pk, team=cast.shop.pk)


def browser(member: Member) -> Client:
    client = Client()
    client.force_login(member.user, "django.contrib.auth.backends.ModelBackend")
    return client


def address(quote: Quote, verb: str = "") -> str:
    return f"/records/quotes.quote/{quote.public_id}/{verb}"


def fresh(quote: Quote) -> Quote:
    return Quote.objects.get(pk=quote.pk)


def row(at: int, **values: str) -> dict[str, str]:
    return {f"{name}-{at}": value for name, value in {"name": "", **values}.items()}


class TestTheSheet:
    def test_takes_a_stock_code_a_whole_name_a_free_line_and_a_section(
        self, cast: Cast, table: Product, quote: Quote
    ) -> None:
        line = QuoteLine.objects.get(quote=quote)
        sent = {
            **row(0, id=line.public_id, version=str(line.version), name="Ceviz masa", quantity="2", price="1.200"),
            **row(1, name="Salon", kind="section"),
            **row(2, name="MASA-1", quantity="3"),
            **row(3, name="ceviz MASA", discount="12,5"),
            **row(4, name="Nakliye", price="1.234,56", tax="20", optional="on"),
            **row(5),
        }

        answer = browser(cast.admin).post(address(quote, "sheet/"), sent)

        found = [
            (line.kind, line.name, line.quantity, line.unit_price, line.discount_percent, line.is_optional)
            for line in queries.lines_of(SYSTEM, quote)
        ]
        assert answer.status_code == 302
        assert found == [
            ("item", "Ceviz masa", D(2), D(1200), D(0), False),
            ("section", "Salon", D(1), D(0), D(0), False),
            ("item", "Ceviz masa", D(3), D(1200), D(0), False),
            ("item", "Ceviz masa", D(1), D(1200), D("12.5"), False),
            ("item", "Nakliye", D(1), D("1234.56"), D(0), True),
        ]
        # 2 × 1,200 + 3 × 1,200 + 1,050
        assert fresh(quote).total == D("7050.00")

    def test_gives_back_every_word_when_one_cell_cannot_be_read(self, cast: Cast, quote: Quote) -> None:
        line = QuoteLine.objects.get(quote=quote)
        sent = {
            **row(0, id=line.public_id, version=str(line.version), name="Ceviz masa", quantity="bin"),
            **row(1, name="Uzun yazılmış bir satır", price="55"),
        }

        answer = browser(cast.admin).post(address(quote, "sheet/"), sent)

        page = answer.content.decode()
        assert answer.status_code == 422
        assert 'value="bin"' in page
        assert 'value="Uzun yazılmış bir satır"' in page
        assert fresh(quote).total == D("1200.00")

    def test_marks_the_row_that_has_no_price(self, cast: Cast, quote: Quote) -> None:
        answer = browser(cast.admin).post(address(quote, "sheet/"), {**row(0), **row(1, name="Fiyatsız")})

        assert answer.status_code == 422
        assert 'id="row-1-e"' in answer.content.decode()

    def test_of_a_sent_quote_is_closed(self, cast: Cast, quote: Quote) -> None:
        actions.send_quote(quote, actor=SYSTEM)

        answer = browser(cast.admin).post(address(quote, "sheet/"), row(0, name="Sonradan", price="1"))

        assert answer.status_code == 422
        assert QuoteLine.objects.filter(quote=quote).count() == 1

    def test_names_products_while_one_types(self, cast: Cast, table: Product) -> None:
        page = browser(cast.admin).get("/quotes/products/?name-3=CEVİZ").content.decode()

        assert '<option value="Ceviz masa">MASA-1</option>' in page


class TestTheButtons:
    def test_lead_from_draft_to_a_new_version(self, cast: Cast, quote: Quote) -> None:
        client = browser(cast.admin)

        client.post(address(quote, "sending/"))
        page = client.get(address(quote)).content.decode()
        client.post(address(quote, "version/"))

        new = Quote.objects.get(replaces=quote)
        assert re.search(r"/q/[\w-]{32}/", page)
        assert "https://wa.me/?text=" in page
        assert "mailto:bilgi%40lalemarket.com.tr?subject=" in page
        assert (fresh(quote).status, new.status) == ("replaced", "draft")

    def test_approve_with_one_press(self, cast: Cast, table: Product) -> None:
        line = {"product": table.pk, "discount_percent": D(40)}
        quote = make_quote(cast.lale_market, line, owner=cast.ayse.user.pk, team=cast.shop.pk)
        browser(cast.ayse).post(address(quote, "sending/"))
        waiting = fresh(quote).status

        browser(cast.ayse).post(address(quote, "approval/"))
        still = fresh(quote).status
        answer = browser(cast.admin).post(address(quote, "approval/"), {"next": "/today"})

        assert (waiting, still, fresh(quote).status, answer["Location"]) == (
            "waiting", "waiting", "approved", "/today",
        )  # fmt: skip

    def test_write_down_a_yes_by_telephone(self, cast: Cast, quote: Quote) -> None:
        client = browser(cast.admin)
        client.post(address(quote, "sending/"))

        client.post(address(quote, "acceptance/"), {"name": ""})
        before = fresh(quote).status
        client.post(address(quote, "acceptance/"), {"name": "Lale Aksoy"})

        accepted = fresh(quote)
        assert (before, accepted.status, accepted.decided_by) == ("sent", "accepted", "Lale Aksoy")
        assert accepted.order == Order.objects.get(reference=quote.number)

    def test_do_nothing_for_a_stranger(self, cast: Cast, quote: Quote) -> None:
        client = browser(cast.can)
        verbs = ("sending/", "approval/", "version/", "acceptance/", "sheet/", "prices/", "link/closing/", "mail/")

        codes = [client.post(address(quote, verb)).status_code for verb in verbs]

        assert [*codes, client.get(address(quote, "pdf/")).status_code] == [404] * (len(verbs) + 1)
        assert fresh(quote).status == "draft"

    def test_mail_the_quote_with_its_pdf(self, cast: Cast, quote: Quote) -> None:
        actions.send_quote(quote, actor=SYSTEM)
        sent = {"to": "lale@ornek.com.tr", "subject": "Teklif\nBcc: x@y.z", "text": "Merhaba"}

        browser(cast.admin).post(address(quote, "mail/"), {**sent, "to": "kime"})
        browser(cast.admin).post(address(quote, "mail/"), sent)

        job = Job.objects.get(key="quotes.mail")
        assert mail_task.key == job.key
        mail_task.body(type("Context", (), {"actor": SYSTEM})(), **job.kwargs)
        message = mail.outbox[0]
        name, body, kind = message.attachments[0]
        assert (message.to, message.subject, name, kind) == (
            ["lale@ornek.com.tr"], "Teklif Bcc: x@y.z", f"{quote.number}.pdf", "application/pdf",
        )  # fmt: skip
        assert bytes(body).startswith(b"%PDF-")


class TestThePdf:
    def test_is_given_to_who_sees_the_quote(self, cast: Cast, quote: Quote) -> None:
        answer = browser(cast.ayse).get(address(quote, "pdf/"))

        assert answer["Content-Type"] == "application/pdf"
        assert answer.content.startswith(b"%PDF-")

    def test_of_a_quote_without_lines_and_of_many_is_made(self, cast: Cast) -> None:
        rows = [{"name": f"Şık İğne {at}", "unit_price": D(at + 1), "tax_percent": D(20)} for at in range(60)]

        empty = queries.pdf_of(make_quote(cast.lale_market), [])
        many = make_quote(cast.lale_market, *rows)

        assert empty.startswith(b"%PDF-")
        assert queries.pdf_of(many, queries.lines_of(SYSTEM, many)).count(b"/Type /Page\n") in (0, 2, 3, 4)

    def test_prints_markup_of_people_as_text(self, cast: Cast) -> None:
        texts: dict[str, Any] = {"title": MARKUP, "intro": MARKUP, "terms": MARKUP}
        quote = make_quote(
            cast.lale_market, {"name": MARKUP, "detail": MARKUP, "unit_price": D(1)},
            {"kind": "section", "name": MARKUP},
            **texts,
        )  # fmt: skip
        lines = queries.lines_of(SYSTEM, quote)
        paper = queries.paper_of(quote, lines)

        made = set_paper(paper)

        assert paper.blocks[0].lines[0].name == MARKUP
        assert made.startswith(b"%PDF-")
        assert b"(/etc/passwd)" not in made

    def test_comes_without_the_letterhead_when_the_picture_is_broken(self, cast: Cast, quote: Quote) -> None:
        paper = queries.paper_of(quote, queries.lines_of(SYSTEM, quote))

        assert set_paper(paper, b"\x89PNG\r\n\x1a\n no picture").startswith(b"%PDF-")

    def test_says_amounts_in_turkish_form_and_in_english_for_the_english(self, cast: Cast, table: Product) -> None:
        turkish = make_quote(cast.lale_market, {"product": table.pk, "quantity": D(2)})
        english = make_quote(cast.lale_market, {"product": table.pk, "quantity": D(2)}, language="en")

        papers = [queries.paper_of(quote, queries.lines_of(SYSTEM, quote)) for quote in (turkish, english)]

        assert [paper.totals[-1].amount for paper in papers] == ["₺2.400,00", "₺2,400.00"]
        assert [paper.in_words for paper in papers] == ["yalnız iki bin dört yüz lira", ""]
        assert papers[1].words["quote"] == "Quote"
