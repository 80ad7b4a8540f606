"""Addresses of the room's own screens; they stand before the generic ones of the same shape."""

from __future__ import annotations

from django.urls import re_path

from hatir.domains.leads.screens import converting, page

TYPE = {"type_key": "leads.lead"}
ONE = r"^records/leads\.lead/(?P<record_id>[0-9A-Za-z]{13})/"
urlpatterns = [
    re_path(f"{ONE}$", page.lead_page, TYPE, name="lead_page"),
    re_path(f"{ONE}status/$", page.move, TYPE, name="lead_move"),
    re_path(f"{ONE}conversion/$", converting.convert, TYPE, name="lead_convert"),
]
