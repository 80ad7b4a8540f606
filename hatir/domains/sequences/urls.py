"""Addresses of the room's own screens; those of records stand before the generic ones of the same shape."""

from __future__ import annotations

from django.urls import path, re_path

from hatir.domains.sequences.screens import enrolling, enrolment, outbox, page, steps, trying

SEQUENCE = {"type_key": "sequences.sequence"}
ENROLMENT = {"type_key": "sequences.enrolment"}
ID = "[0-9A-Za-z]{13}"
ONE = rf"^records/sequences\.sequence/(?P<record_id>{ID})/"
STEP = rf"{ONE}steps/(?P<step_id>{ID})/"
WAY = rf"^records/sequences\.enrolment/(?P<record_id>{ID})/"
urlpatterns = [
    re_path(f"{ONE}$", page.sequence_page, SEQUENCE, name="sequence_page"),
    re_path(f"{ONE}(?P<verb>start|pause)/$", page.set_state, SEQUENCE, name="sequence_state"),
    re_path(f"{ONE}copy/$", page.copy, SEQUENCE, name="sequence_copy"),
    re_path(f"{ONE}trial/$", trying.trial, SEQUENCE, name="sequence_trial"),
    re_path(f"{ONE}steps/new/$", steps.new_step, SEQUENCE, name="sequence_step_new"),
    re_path(f"{STEP}$", steps.edit_step, SEQUENCE, name="sequence_step"),
    re_path(f"{STEP}place/$", steps.place_step, SEQUENCE, name="sequence_step_place"),
    re_path(f"{STEP}removal/$", steps.remove_step, SEQUENCE, name="sequence_step_removal"),
    path("records/sequences.enrolment/new/", enrolling.enrol, ENROLMENT, name="enrol"),
    re_path(f"{WAY}$", enrolment.enrolment_page, ENROLMENT, name="enrolment_page"),
    re_path(f"{WAY}(?P<verb>{'|'.join(enrolment.VERBS)})/$", enrolment.act, ENROLMENT, name="enrolment_act"),
    path("sequences/enrolling/<str:type_key>/", enrolling.ask_many, name="enrol_many_ask"),
    path("sequences/enrolling/<str:type_key>/apply/", enrolling.enrol_many, name="enrol_many"),
    path("sales/sequences/outbox/", outbox.outbox, ENROLMENT, name="sequences_outbox"),
]
