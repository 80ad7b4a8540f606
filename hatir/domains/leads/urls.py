"""Addresses of the room's own screens; they stand before the generic ones of the same shape."""

from __future__ import annotations

from django.urls import path, re_path

from hatir.domains.leads.screens import converting, forms, page, report, web

TYPE = {"type_key": "leads.lead"}
ONE = r"^records/leads\.lead/(?P<record_id>[0-9A-Za-z]{13})/"
FORM = r"^records/leads\.form/(?P<record_id>[0-9A-Za-z]{13})/"
urlpatterns = [
    re_path(f"{ONE}$", page.lead_page, TYPE, name="lead_page"),
    re_path(f"{ONE}status/$", page.move, TYPE, name="lead_move"),
    re_path(f"{ONE}conversion/$", converting.convert, TYPE, name="lead_convert"),
    re_path(f"{FORM}$", forms.form_page, {"type_key": "leads.form"}, name="form_page"),
    path("sales/leads/report/", report.report, TYPE, name="leads_report"),
    path("f/visit/", web.visit, name="form_visit"),
    path("f/embed.js", web.script, {"name": "embed"}, name="form_embed_script"),
    path("f/frame.js", web.script, {"name": "frame"}, name="form_frame_script"),
    path("f/visit.js", web.script, {"name": "visit"}, name="form_visit_script"),
    path("f/<str:token>/", web.form, name="web_form"),
]
