"""Addresses of the room's own screens; they stand before the generic ones of the same shape."""

from __future__ import annotations

from django.urls import re_path

from hatir.domains.accounts.screens import plans

PLAN = {"type_key": "accounts.plan"}
ONE = r"^records/accounts\.plan/(?P<record_id>[0-9A-Za-z]{13})/"
urlpatterns = [
    re_path(f"{ONE}$", plans.plan_page, PLAN, name="account_plan"),
    re_path(f"{ONE}review/$", plans.review, PLAN, name="account_plan_review"),
    re_path(f"{ONE}needs/$", plans.need, PLAN, name="account_plan_need"),
]
