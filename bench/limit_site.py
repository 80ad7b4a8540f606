"""The limit page: bare Django, the ORM and one template with 50 rows, on the database being measured.

No middleware, no rights, no audit, no language: what this stack can do at best. Served by the same
server (uvicorn with a2wsgi) as the product.
"""

from __future__ import annotations

import os
import sys

import django
from django.conf import settings

PAGE = """<!doctype html><title>limit</title><table>{% for c in rows %}<tr><td>{{ c.name }}</td><td>{{ c.phone }}</td>
<td>{{ c.email }}</td><td>{{ c.city }}</td><td>{{ c.stage }}</td></tr>{% endfor %}</table>"""


def configure() -> None:
    """Set Django up with the product's database and nothing else of it in the way of a request."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hatir.config.settings.prod")
    django.setup()
    settings.MIDDLEWARE = []
    settings.ROOT_URLCONF = __name__
    settings.ALLOWED_HOSTS = ["*"]


configure()

from django.http import HttpRequest, HttpResponse  # noqa: E402
from django.template import engines  # noqa: E402
from django.urls import path  # noqa: E402

from hatir.domains.customers.models import Customer  # noqa: E402

TEMPLATE = engines["django"].from_string(PAGE)


def limit(request: HttpRequest) -> HttpResponse:
    """Show the 50 newest customers, as directly as Django can."""
    return HttpResponse(TEMPLATE.render({"rows": list(Customer.objects.order_by("-id")[:50])}))


urlpatterns = [path("limit/", limit)]


def serve(port: int) -> None:
    """Answer on the port until killed."""
    import uvicorn
    from a2wsgi import WSGIMiddleware
    from django.core.wsgi import get_wsgi_application

    uvicorn.run(
        WSGIMiddleware(get_wsgi_application(), workers=4),  # type: ignore[arg-type]
        host="127.0.0.1", port=port, loop="uvloop", http="httptools", log_level="error", access_log=False,
        lifespan="off",
    )  # fmt: skip


if __name__ == "__main__":
    serve(int(sys.argv[1]))
