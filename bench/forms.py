"""Entries of a web form a second and worker, and what one costs beside a bare POST that stores one row."""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hatir.config.settings.prod")
django.setup()

from django.core import signing  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from django.http import HttpRequest, HttpResponse  # noqa: E402
from django.test import Client, override_settings  # noqa: E402
from django.urls import path  # noqa: E402
from django.utils import timezone  # noqa: E402
from django.views.decorators.csrf import csrf_exempt  # noqa: E402

from bench.measuring import machine  # noqa: E402
from hatir.domains.leads import actions  # noqa: E402
from hatir.domains.leads.models import FormField, Touch, WebForm  # noqa: E402
from hatir.domains.leads.screens.web import SALT  # noqa: E402
from hatir.foundation.preferences.actions import set_company  # noqa: E402
from hatir.foundation.records.actor import system_actor  # noqa: E402
from hatir.foundation.records.memory import piece_of_work  # noqa: E402
from hatir.kit.ids import new_id  # noqa: E402

ENTRIES, WARM_UP = 600, 40
BAR = "≥ 100/s per worker"


@csrf_exempt
def bare(request: HttpRequest) -> HttpResponse:
    """Store one row of what was sent, and nothing else."""
    Touch.objects.create(id=new_id(), at=timezone.now(), title=request.POST.get("name", "")[:200])
    return HttpResponse("ok")


urlpatterns = [path("bare/", bare)]


def timed(post: Callable[[int], Any]) -> list[float]:
    """Send all entries one after another; give the times in milliseconds."""
    times = []
    for number in range(ENTRIES + WARM_UP):
        started = time.perf_counter()
        answer = post(number)
        if number >= WARM_UP:
            times.append((time.perf_counter() - started) * 1000)
        if answer.status_code != 200:
            raise RuntimeError(f"{answer.status_code} {answer.content[:300]!r}")
    return times


def sender(form: WebForm) -> Callable[[int], Any]:
    """Give what sends one entry of a new person, as a browser does."""
    ids = {field.asks: field.public_id for field in FormField.objects.filter(form=form)}
    stamp = signing.TimestampSigner(salt=SALT).sign(form.token)
    time.sleep(3)  # people do not type faster
    client = Client(HTTP_HOST="localhost")

    def post(number: int) -> Any:
        sent = {ids["name"]: f"Işıl Çınar {number}", ids["email"]: f"isil{number}-{new_id()}@example.com",
                ids["need"]: "Otel lobisi", "utm_source": "google", "t": stamp}  # fmt: skip
        return client.post(f"/f/{form.token}/", sent, REMOTE_ADDR=f"10.0.{number // 250}.{number % 250}")

    return post


def main() -> None:
    """Measure inside one process, as one worker serves; all that was written is rolled back."""
    print(machine())
    actor = system_actor("bench")
    with transaction.atomic():
        with piece_of_work():
            set_company({"leads.form_per_minute": 100_000}, actor=actor)
            form = actions.create_forms([{"name": "Bench"}], actor=actor)[0]
        post = sender(form)
        began = time.process_time()
        times = timed(post)
        spent = time.process_time() - began
        with override_settings(ROOT_URLCONF="bench.forms"):
            client = Client(HTTP_HOST="localhost")
            limits = timed(lambda number: client.post("/bare/", {"name": f"Işıl Çınar {number}"}))
        transaction.set_rollback(True)
    processor = spent * 1000 / (ENTRIES + WARM_UP)
    mine, limit = statistics.median(times), statistics.median(limits)
    print(
        f"{connection.vendor}: form {1000 / statistics.mean(times):.0f}/s per worker (bar {BAR})   "
        f"p50 {mine:.1f} ms   p95 {sorted(times)[int(len(times) * 0.95)]:.1f} ms   "
        f"processor {processor:.1f} ms an entry   bare POST p50 {limit:.1f} ms   ratio {mine / limit:.1f} x"
    )


if __name__ == "__main__":
    main()
