"""The first address leads to the day, whose page a room brings along."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path
from django.views.decorators.http import require_safe

from hatir.interface.web.permission import screen


@screen()
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Lead to the day."""
    del request
    return HttpResponseRedirect("/today")


urlpatterns = [path("", home, name="home")]
