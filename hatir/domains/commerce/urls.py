"""Addresses of the room's own screens; they stand before the generic ones of the same shape."""

from __future__ import annotations

from django.urls import re_path

from hatir.domains.commerce import screens

TYPE = {"type_key": "commerce.order"}
ONE = r"^records/commerce\.order/(?P<record_id>[0-9A-Za-z]{13})/"
urlpatterns = [
    re_path(f"{ONE}$", screens.order_page, TYPE, name="order_page"),
    re_path(f"{ONE}(?P<verb>{'|'.join(screens.VERBS)})/$", screens.move, TYPE, name="order_move"),
    re_path(
        f"{ONE}lines/(?P<line_id>[0-9A-Za-z]{{13}})/removal/$", screens.remove_line, TYPE, name="order_line_removal"
    ),
]
