"""Addresses of the room's own screens; those of segments stand before the generic ones of the same shape."""

from __future__ import annotations

from django.urls import path, re_path

from hatir.domains.customers.screens import reach, segment_forms, segments

TYPE = {"type_key": "customers.segment"}
NEW = "records/customers.segment/new/"
ONE = r"^records/customers\.segment/(?P<record_id>[0-9A-Za-z]{13})/"
urlpatterns = [
    path(NEW, segment_forms.new_segment, TYPE, name="segment_new"),
    re_path(f"{ONE}edit/$", segment_forms.edit_segment, TYPE, name="segment_edit"),
    re_path(f"{ONE}$", segments.segment_page, TYPE, name="segment_page"),
    re_path(f"{ONE}breakdown/$", segments.segment_breakdown, TYPE, name="segment_breakdown"),
    re_path(f"{ONE}calculation/$", segments.calculate, TYPE, name="segment_calculate"),
    path("segments/rule/", segment_forms.rule_part, TYPE, name="segment_rule"),
    path("segments/reach/", reach.reach, TYPE, name="segment_reach"),
]
