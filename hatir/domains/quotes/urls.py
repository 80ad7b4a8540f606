"""Addresses of the room's own screens; those of records stand before the generic ones of the same shape."""

from __future__ import annotations

from django.urls import path, re_path

from hatir.domains.quotes.screens import offer, page, verbs

TYPE = {"type_key": "quotes.quote"}
ONE = r"^records/quotes\.quote/(?P<record_id>[0-9A-Za-z]{13})/"
urlpatterns = [
    re_path(f"{ONE}$", page.quote_page, TYPE, name="quote_page"),
    re_path(f"{ONE}sheet/$", page.save_sheet, TYPE, name="quote_sheet"),
    re_path(f"{ONE}(?P<verb>{'|'.join(verbs.EDITS)})/$", verbs.move, TYPE, name="quote_move"),
    re_path(f"{ONE}(?P<verb>approval|refusal)/$", verbs.decide, TYPE, name="quote_decision"),
    re_path(f"{ONE}prices/$", verbs.take_prices, TYPE, name="quote_prices"),
    re_path(f"{ONE}acceptance/$", verbs.accept, TYPE, name="quote_acceptance"),
    re_path(f"{ONE}link/(?P<verb>closing|renewal)/$", verbs.link, TYPE, name="quote_link"),
    re_path(f"{ONE}mail/$", verbs.mail, TYPE, name="quote_mail"),
    re_path(f"{ONE}pdf/$", verbs.pdf, TYPE, name="quote_pdf"),
    re_path(f"{ONE}signature/$", verbs.signature, TYPE, name="quote_signature"),
    path("quotes/products/", page.named_products, {"type_key": "catalog.product"}, name="quote_products"),
    path("q/<str:token>/", offer.offer, name="offer"),
    path("q/<str:token>/pdf/", offer.offer_pdf, name="offer_pdf"),
]
