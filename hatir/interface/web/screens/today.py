"""The first address leads to the day, whose page a room brings along."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path
from django.views.decorators.http import require_safe

from hatir.interface.web.acting import actor_of
from hatir.interface.web.nav import home_of
from hatir.interface.web.permission import screen


@screen()
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Lead to the first page of one's role, or to the day."""
    return HttpResponseRedirect(home_of(actor_of(request)))


urlpatterns = [path("", home, name="home")]
