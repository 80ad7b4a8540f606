"""Addresses of the room's own screens."""

from __future__ import annotations

from django.urls import path, re_path

from hatir.domains.sales.screens import approving, board, forecast, forecast_past, moves, page, reports, steps, winning

TYPE = {"type_key": "sales.deal"}
ID = r"[0-9A-Za-z]{13}"
urlpatterns = [
    re_path(rf"^records/sales\.deal/(?P<record_id>{ID})/$", page.deal_page, TYPE, name="deal_page"),
    path("sales/board/", board.board, TYPE, name="deal_board"),
    path("sales/forecast/", forecast.forecast, TYPE, name="forecast"),
    path("sales/forecast/accuracy/", forecast_past.accuracy, TYPE, name="forecast_accuracy"),
    path("sales/forecast/changes/<slug:kind>/", forecast_past.changed, TYPE, name="forecast_changes"),
    path("sales/reports/", reports.report, TYPE, name="sales_reports"),
    path("sales/reports/<slug:report>/", reports.report, TYPE, name="sales_report"),
    path("sales/winning/", winning.winning, TYPE, name="winning"),
    path("sales/pipeline/", board.make_pipeline, name="ready_pipeline"),
    re_path(rf"^sales/board/(?P<pipeline_id>{ID})/$", board.board, TYPE, name="deal_board_of"),
    re_path(rf"^sales/deals/(?P<record_id>{ID})/stage/$", moves.move, TYPE, name="deal_move"),
    re_path(rf"^sales/deals/(?P<record_id>{ID})/loss/$", moves.loss, TYPE, name="deal_loss"),
    re_path(
        rf"^sales/approvals/(?P<asking_id>{ID})/(?P<verb>approval|refusal|withdrawal)/$",
        approving.decide,
        TYPE,
        name="deal_approval",
    ),
    re_path(rf"^sales/deals/(?P<record_id>{ID})/step/$", steps.step, TYPE, name="deal_step"),
]
