"""A quote as people read it: every word and amount written out, for the PDF and for the customer's page."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path

import typst
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from hatir.domains.customers.models import Customer
from hatir.domains.quotes.models import SECTION, Quote, QuoteLine
from hatir.domains.quotes.queries.quotes import amounts_of, input_of
from hatir.domains.quotes.rules import EXPIRED, REPLACED
from hatir.foundation.files.models import StoredFile
from hatir.foundation.files.queries import path_of
from hatir.foundation.preferences.queries import value_of
from hatir.kit.amount_words import amount_in_words
from hatir.kit.document_amounts import DocumentAmounts, document_amounts
from hatir.kit.formats_tr import format_date, format_money, format_number, format_percent

TEMPLATE = Path(__file__).resolve().parent.parent / "templates/quotes/quote.typ"
FONTS = Path(__file__).resolve().parents[3] / "interface/web/static/vendor/print"
PICTURES = frozenset({"image/png", "image/jpeg", "image/webp"})
OF_COMPANY = ("address", "phone", "email", "website")
HOME = "TRY"


@dataclass(frozen=True)
class PaperLine:
    """One line as it is read. `id` is the line's public id; `amount` is after its own discount, as the prices are."""

    id: str
    number: str
    name: str
    detail: str
    quantity: str
    price: str
    discount: str
    tax: str
    amount: str
    is_optional: bool = False
    is_chosen: bool = False


@dataclass(frozen=True)
class PaperBlock:
    """Lines below one heading; the first block may have none."""

    heading: str
    lines: list[PaperLine] = field(default_factory=list)


@dataclass(frozen=True)
class PaperTotal:
    """One line of the sums; the main ones are set in bold."""

    label: str
    amount: str
    is_main: bool = False


@dataclass(frozen=True)
class Paper:
    """A whole quote in the customer's language."""

    language: str
    number: str
    title: str
    company: str
    company_lines: list[str]
    customer: str
    customer_lines: list[str]
    facts: list[tuple[str, str]]
    intro: str
    blocks: list[PaperBlock]
    totals: list[PaperTotal]
    in_words: str
    notes: list[str]
    terms: str
    owner: str
    banner: str
    has_discounts: bool
    has_options: bool
    words: dict[str, str]


def paper_of(quote: Quote, lines: Sequence[QuoteLine]) -> Paper:
    """Write a quote out. The caller has found both through the read door."""
    with translation.override(quote.language):
        counted = [line for line in lines if line.counts]
        amounts = amounts_of(quote, counted)
        writer = _Writer(quote)
        return Paper(
            language=quote.language,
            number=quote.number,
            title=quote.title,
            company=str(value_of("company.legal_name") or value_of("company.name") or "Hatır"),
            company_lines=_company_lines(),
            customer=quote.customer.legal_name or quote.customer.name,
            customer_lines=_customer_lines(quote.customer, quote.contact),
            facts=writer.facts(),
            intro=quote.intro,
            blocks=writer.blocks(lines, amounts, counted),
            totals=writer.totals(amounts),
            in_words=amount_in_words(amounts.payable, quote.currency) if quote.language == "tr" else "",
            notes=writer.notes(),
            terms=quote.terms,
            owner=quote.owner.name if quote.owner else "",
            banner=_banner(quote),
            has_discounts=any(line.discount_percent for line in lines if line.kind != SECTION),
            has_options=any(line.is_optional for line in lines),
            words=_words(),
        )


@dataclass(frozen=True)
class _Writer:
    """Writes numbers in the language and currency of a quote."""

    quote: Quote

    @property
    def money(self) -> Callable[[Decimal], str]:
        quote = self.quote
        return lambda amount: format_money(amount, quote.currency, decimals=2, language=quote.language)

    def facts(self) -> list[tuple[str, str]]:
        quote = self.quote
        found = [(_("Quote number"), quote.number), (_("Date"), self.day(quote.quoted_on))]
        if quote.valid_until:
            found.append((_("Valid until"), self.day(quote.valid_until)))
        if quote.promised_on:
            found.append((pgettext("quote", "Delivery by"), self.day(quote.promised_on)))
        if quote.currency != HOME:
            rate = format_money(quote.rate, HOME, decimals=4, language=quote.language)
            found.append((_("Exchange rate"), f"1 {quote.currency} = {rate}"))
        if quote.owner:
            found.append((_("Contact"), quote.owner.name))
        return found

    def day(self, day: date) -> str:
        return format_date(day, language=self.quote.language)

    def percent(self, value: Decimal) -> str:
        exponent = value.normalize().as_tuple().exponent
        return format_percent(
            value, decimals=max(0, -exponent) if isinstance(exponent, int) else 0, language=self.quote.language
        )

    def blocks(
        self, lines: Sequence[QuoteLine], amounts: DocumentAmounts, counted: Sequence[QuoteLine]
    ) -> list[PaperBlock]:
        worth = {line.pk: found.gross - found.discount for line, found in zip(counted, amounts.lines, strict=True)}
        blocks, number = [PaperBlock("")], 0
        for line in lines:
            if line.kind == SECTION:
                blocks.append(PaperBlock(line.name))
                continue
            number += 1
            alone = worth.get(line.pk)
            if alone is None:
                found = document_amounts([input_of(line)], with_tax=self.quote.prices_include_tax).lines[0]
                alone = found.gross - found.discount
            blocks[-1].lines.append(self.line(line, number, alone))
        return [block for block in blocks if block.lines or block.heading]

    def line(self, line: QuoteLine, number: int, amount: Decimal) -> PaperLine:
        language, price = self.quote.language, line.unit_price or Decimal(0)
        exponent = price.normalize().as_tuple().exponent
        places = max(2, -exponent if isinstance(exponent, int) else 2)
        sized = format_number(price, decimals=places, language=language)
        quantity = format_number(line.quantity, language=language)
        return PaperLine(
            id=line.public_id,
            number=str(number),
            name=line.name,
            detail=line.detail,
            quantity=f"{quantity} {line.unit}".strip(),
            price=sized,
            discount=self.percent(line.discount_percent) if line.discount_percent else "",
            tax=self.percent(line.tax_percent or Decimal(0)),
            amount=format_number(amount, decimals=2, language=language),
            is_optional=line.is_optional,
            is_chosen=line.is_chosen,
        )

    def totals(self, amounts: DocumentAmounts) -> list[PaperTotal]:
        money, lines = self.money, amounts.lines
        own = sum((line.discount for line in lines), Decimal("0.00"))
        shared = sum((line.share for line in lines), Decimal("0.00"))
        found = []
        if amounts.discount:
            found.append(PaperTotal(_("Before discount"), money(amounts.gross)))
        if own:
            found.append(PaperTotal(_("Discounts on lines"), f"−{money(own)}"))
        if shared:
            label = _("Discount")
            if self.quote.discount_percent and not self.quote.discount_amount:
                label = f"{label} {self.percent(self.quote.discount_percent)}"
            found.append(PaperTotal(label, f"−{money(shared)}"))
        found.append(PaperTotal(pgettext("quote", "Total without VAT"), money(amounts.net)))
        for tax in amounts.taxes:
            label = pgettext("quote", "VAT %(percent)s of %(base)s") % {
                "percent": self.percent(tax.percent), "base": money(tax.base),
            }  # fmt: skip
            found.append(PaperTotal(label, money(tax.tax)))
        found.append(PaperTotal(pgettext("quote", "Total with VAT"), money(amounts.total), not amounts.withheld))
        for held in amounts.withholdings:
            label = pgettext("quote", "VAT withholding %(code)s (%(part)s)") % {
                "code": held.code, "part": f"{(held.percent / 10).normalize():f}/10",
            }  # fmt: skip
            found.append(PaperTotal(label, f"−{money(held.amount)}"))
        if amounts.withheld:
            found.append(PaperTotal(_("Payable"), money(amounts.payable), True))
        return found

    def notes(self) -> list[str]:
        with_tax = _("Unit prices and amounts of lines include VAT.")
        without = _("Unit prices and amounts of lines are without VAT.")
        return [with_tax if self.quote.prices_include_tax else without]


def _company_lines() -> list[str]:
    lines = [str(value_of(f"company.{name}") or "") for name in OF_COMPANY]
    office, number = str(value_of("company.tax_office") or ""), str(value_of("company.tax_number") or "")
    if office or number:
        lines.append(_("Tax office %(office)s, number %(number)s") % {"office": office or "–", "number": number or "–"})
    return [line for line in lines if line]


def _customer_lines(customer: Customer, contact: Customer | None) -> list[str]:
    place = " ".join(part for part in (customer.postal_code, customer.district) if part)
    where = " / ".join(part for part in (place, customer.city) if part)
    lines = [customer.address, where]
    if customer.tax_office and customer.vkn:
        office = {"office": customer.tax_office, "number": customer.vkn}
        lines.append(_("Tax office %(office)s, number %(number)s") % office)
    if contact is not None:
        lines.insert(0, _("Attention of %(name)s") % {"name": contact.name})
    return [line for line in lines if line]


def _banner(quote: Quote) -> str:
    if quote.status == REPLACED:
        return _("This version was replaced by a newer one.")
    return _("This quote is no longer valid.") if quote.status == EXPIRED else ""


def _words() -> dict[str, str]:
    return {
        "quote": _("Quote"), "to": pgettext("quote", "To"), "number": _("No."), "description": _("Description"),
        "quantity": _("Quantity"), "price": _("Unit price"), "discount": _("Discount"), "tax": pgettext("quote", "VAT"),
        "amount": _("Amount"), "optional": _("optional"), "chosen": _("chosen"),
        "options_note": _("Optional lines are not part of the total unless they are chosen."),
        "terms": _("Terms"), "approval": _("Order confirmation"),
        "approval_note": _("We accept this quote with its terms."), "name": _("Name"), "date": _("Date"),
        "signature": _("Signature and stamp"), "page": _("Page"), "prepared": _("Prepared by"),
        "bank": _("Bank account"), "iban": str(value_of("company.iban") or ""),
    }  # fmt: skip


# --- the document --------------------------------------------------------------------------------------


def pdf_name(quote: Quote) -> str:
    """Give the name of the file that the customer keeps."""
    kept = "".join(letter if letter.isalnum() or letter in "-_" else "-" for letter in quote.number)
    return f"{kept}.pdf"


def pdf_of(quote: Quote, lines: Sequence[QuoteLine]) -> bytes:
    """Set a quote as PDF: about 20 ms for a page, without network or programs of the machine.

    Words of people go in as data, never as markup: what looks like markup in a product's name is printed as it is.
    """
    return set_paper(paper_of(quote, lines), _logo())


def set_paper(paper: Paper, logo: bytes = b"") -> bytes:
    """Set a written-out quote as PDF with the company's picture, b"" without one."""
    try:
        return _set(paper, logo)
    except typst.TypstError:
        if not logo:
            raise
        # A picture that cannot be read costs the letterhead, never the quote.
        return _set(paper, b"")


def _set(paper: Paper, logo: bytes) -> bytes:
    data = json.dumps({**asdict(paper), "logo": list(logo)})
    made: bytes = typst.compile(  # type: ignore[misc]  # its types ask for one kind of input and output
        TEMPLATE.read_bytes(),
        sys_inputs={"data": data},
        font_paths=[str(FONTS)],
        ignore_system_fonts=True,
        timestamp=int(timezone.now().timestamp()),
    )
    return made


def _logo() -> bytes:
    chosen = str(value_of("company.logo"))
    found = StoredFile.objects.filter(pk=int(chosen)).first() if chosen.isdigit() else None
    if found is None or found.mime not in PICTURES or not path_of(found).exists():
        return b""
    return path_of(found).read_bytes()
